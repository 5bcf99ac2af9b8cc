"""The least credentials that can matter: what a viewer must hold for some show to speak, and nothing besides.

Credentials (tier, grants, sectors, roles, certificates, agreements, lists) only ever make shows true. So if any viewer is
shown some keys at some levels in some policies, one with the least credentials for it is: take one true show for each
key that is seen, and drop every credential that none of them asks for; no show that was false becomes true. It is
therefore enough to look at one set of credentials for each choice of shows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from policies.levels import Tier
from policies.model import BACKING, CAPABILITY_PREFIX, EVERYTHING, LISTING
from policies.profiles import THERE, Clauses, Profile, Spoken
from policies.regions import Box, Truths, narrowed, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Credentials of an organization, as far as the keys in question go.

    ``tiers``: keys (``*`` for all) on a tier above member, by whichever grant. ``direct``: keys that a direct grant names.
    ``holds`` is closed downwards: (scheme, 1) to (scheme, backing).
    """

    tiers: frozenset[tuple[str, Tier]] = frozenset()
    direct: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    holds: frozenset[tuple[str, int]] = frozenset()
    ndas: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def joined(self, other: "Held") -> "Held":
        """Both."""
        return Held(
            tiers=self.tiers | other.tiers,
            direct=self.direct | other.direct,
            sectors=self.sectors | other.sectors,
            roles=self.roles | other.roles,
            holds=self.holds | other.holds,
            ndas=self.ndas | other.ndas,
            groups=self.groups | other.groups,
        )

    def within(self, other: "Held") -> bool:
        """Whether the other has all of these."""
        return (
            self.tiers <= other.tiers
            and self.direct <= other.direct
            and self.sectors <= other.sectors
            and self.roles <= other.roles
            and self.holds <= other.holds
            and self.ndas <= other.ndas
            and self.groups <= other.groups
        )

    @property
    def size(self) -> int:
        """How many there are."""
        parts = (self.tiers, self.direct, self.sectors, self.roles, self.holds, self.ndas, self.groups)
        return sum(len(part) for part in parts)

    @property
    def granted(self) -> bool:
        """Whether a grant is among them; a grant counts for a purpose that is known."""
        return bool(self.tiers or self.direct)

    def tier(self, key: str) -> Tier:
        """The tier on which ``key`` is seen; a grant for anything is one for the listing."""
        return max(
            (tier for each, tier in self.tiers if each in (key, EVERYTHING) or follows_listing(key)), default=Tier.MEMBER
        )

    def directly(self, key: str) -> bool:
        """Whether a direct grant shows ``key``."""
        return bool(self.direct) if follows_listing(key) else key in self.direct

    def satisfies(self, number: int, clauses: Clauses) -> bool:
        """Whether the optional atoms of a clause are true, apart from the tier."""
        to = clauses.each[number].condition.to
        return (
            (to.sector is None or not to.sector.isdisjoint(self.sectors))
            and (to.role is None or not to.role.isdisjoint(self.roles))
            and (to.nda is None or not to.nda.isdisjoint(self.ndas))
            and (to.group is None or not to.group.isdisjoint(self.groups))
            and (to.holds is None or all((scheme, BACKING[to.attested or "document"]) in self.holds for scheme in to.holds))
        )


NONE_HELD = Held()


class TooMany(Exception):
    """More choices or regions than allowed; never leaves this package."""

    def __init__(self, least: int, limit: int, *, choices: bool) -> None:
        self.least, self.limit, self.choices = least, limit, choices
        super().__init__(least)


def follows_listing(key: str) -> bool:
    """Whether a grant narrowed to any field reaches it too."""
    return key in (LISTING, THERE) or key.startswith(CAPABILITY_PREFIX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How a key comes to be shown, by ``sides``: the shows of one policy or of two. ``optional``: it may stay hidden."""

    key: str
    sides: tuple[Profile, ...]
    optional: bool = False


Choice = tuple[Held, Box]
"""Credentials that make some shows true, for whoever of a box of organizations has them."""


def choices(
    ways: Sequence[Ways], truths: Truths, touching: frozenset[int] | None, most: int, *, piecemeal: bool = True
) -> Sequence[Choice]:
    """One ``Choice`` for each choice of shows that can be true together, fewest credentials first.

    Of the shows that all sides have in common the strongest that is true does for all; each side may add one of its own.
    With ``touching`` only organizations for whom one of these clauses counts. Without ``piecemeal`` nobody has a grant that
    is narrowed or direct. Raises TooMany beyond ``most``.
    """
    words = _Words(truths, {number for each in ways for profile in each.sides for number, _ in profile.shows}, piecemeal)
    everybody = whole(truths.universe, granted=False)
    found: set[Choice] = {(NONE_HELD, everybody)}
    if touching is not None:
        found = {choice for each in ways for profile in each.sides for choice in words.counting(each.key, profile, touching)}
    for each in ways:
        common = frozenset.intersection(*(profile.shows for profile in each.sides))
        options = set(words.needs(each.key, common))
        if piecemeal:
            options.add((Held(direct=frozenset({each.key})), everybody))
        for profile in each.sides:
            own = set(words.needs(each.key, profile.shows - common))
            options = options | own | _combined(options, own, most)
        if each.optional:
            options.add((NONE_HELD, everybody))
        found = _combined(found, options, most)
    return sorted(found, key=lambda choice: choice[0].size)


def _combined(some: Iterable[Choice], others: Iterable[Choice], most: int) -> set[Choice]:
    found: set[Choice] = set()
    others = tuple(others)
    for one, box in some:
        for other, narrower in others:
            both = tuple(these & those for these, those in zip(box, narrower, strict=True))
            if all(both):
                found.add((one.joined(other), both))
        if len(found) > most:
            raise TooMany(len(found), most, choices=True)
    return found


class _Words:
    """The words of some shows; of words that the same shows name, the first stands for all."""

    def __init__(self, truths: Truths, numbers: Iterable[int], piecemeal: bool) -> None:
        self.truths, self.clauses, self.piecemeal = truths, truths.clauses, piecemeal
        asked = [self.clauses.each[number].condition.to for number in sorted(numbers)]
        self.sector = _standing_for([to.sector for to in asked])
        self.role = _standing_for([to.role for to in asked])
        self.nda = _standing_for([to.nda for to in asked])
        self.group = _standing_for([to.group for to in asked])
        self.everybody = whole(truths.universe, granted=False)

    def counting(self, key: str, profile: Profile, numbers: frozenset[int]) -> Iterator[Choice]:
        """Those for whom some of these clauses counts, as far as they speak of ``key``."""
        yield from self.needs(key, frozenset(pair for pair in profile.shows if pair[0] in numbers))
        for number, _ in profile.caps:
            box = narrowed(self.everybody, number, self.truths) if number in numbers else None
            if box is not None:
                yield NONE_HELD, box

    def needs(self, key: str, shows: Spoken) -> Iterator[Choice]:
        """What each show of ``key`` asks for."""
        for number, _ in shows:
            box = narrowed(self.everybody, number, self.truths)
            if box is not None:
                for held in self._of(number, key):
                    yield held, box

    def _of(self, number: int, key: str) -> Iterator[Held]:
        to = self.clauses.each[number].condition.to
        plain = NONE_HELD
        if to.tier is not None and to.tier > Tier.MEMBER:
            plain = replace(plain, tiers=frozenset({(key if self.piecemeal else EVERYTHING, to.tier)}))
        if to.holds is not None:
            backing = BACKING[to.attested or "document"]
            held = frozenset((scheme, level) for scheme in to.holds for level in range(1, backing + 1))
            plain = replace(plain, holds=held)
        for sector, role, nda, group in product(
            _one(to.sector, self.sector), _one(to.role, self.role), _one(to.nda, self.nda), _one(to.group, self.group)
        ):
            yield replace(plain, sectors=sector, roles=role, ndas=nda, groups=group)


def _one(asked: frozenset[str] | None, standing_for: Mapping[str, str]) -> Iterable[frozenset[str]]:
    if asked is None:
        return (frozenset(),)
    return {frozenset({standing_for[word]}) for word in asked}


def _standing_for(asked: Sequence[frozenset[str] | None]) -> Mapping[str, str]:
    by_signature: dict[tuple[int, ...], str] = {}
    found = {}
    for word in sorted({word for words in asked if words is not None for word in words}):
        named = tuple(place for place, words in enumerate(asked) if words is not None and word in words)
        found[word] = by_signature.setdefault(named, word)
    return found
