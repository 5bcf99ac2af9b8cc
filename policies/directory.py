"""A directory of members, in as few kinds as some policies can tell apart.

Guarantees: members of one kind get the same decision from these policies, for each purpose and whatever they are assumed
to hold besides. What others cannot know of a member (certificates, agreements, lists) is never read from a
directory: it is assumed, and said as "whoever holds X". A caller puts into a relation only what the asking owner knows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from policies.model import BACKING, NO_RELATION, PURPOSES, Effect, Relation, Rule, Viewer

MOST_ASSUMPTIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One member: a name of the caller's choice, and what the directory says. The viewer's purpose is not read."""

    name: str
    viewer: Viewer
    relation: Relation = NO_RELATION


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a member may hold that no directory tells: (scheme, backing at least), agreements accepted, lists they are on."""

    holds: frozenset[tuple[str, str]] = frozenset()
    ndas: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def __le__(self, other: "Credentials") -> bool:
        return self.ndas <= other.ndas and self.groups <= other.groups and all(
            any(scheme == held and BACKING[backing] <= BACKING[better] for held, better in other.holds)
            for scheme, backing in self.holds
        )  # fmt: skip

    def given_to(self, viewer: Viewer, relation: Relation) -> tuple[Viewer, Relation]:
        """The viewer as they would be with these besides."""
        holds = dict(viewer.holds)
        for scheme, backing in self.holds:
            if BACKING.get(holds.get(scheme, ""), 0) < BACKING[backing]:
                holds[scheme] = backing
        if self.ndas or self.groups:
            relation = replace(relation, ndas=relation.ndas | self.ndas, groups=relation.groups | self.groups)
        return replace(viewer, holds=holds), relation


NOTHING = Credentials()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """Credentials worth assuming, least first; ``left_out`` counts those beyond ``MOST_ASSUMPTIONS``."""

    each: tuple[Credentials, ...]
    left_out: int = 0


def assumptions(rules: Iterable[Rule]) -> Assumptions:
    """For each show that asks for credentials no directory tells: the least that satisfies it."""
    found = {
        credentials
        for rule in rules
        if rule.effect is Effect.SHOW
        for credentials in _least(rule)
        if credentials != NOTHING
    }  # fmt: skip
    ordered = sorted(found, key=_size)
    return Assumptions(each=tuple(ordered[:MOST_ASSUMPTIONS]), left_out=max(0, len(ordered) - MOST_ASSUMPTIONS))


def together(each: Iterable[Credentials]) -> Credentials:
    """All of them at once, every certificate backed in the best way."""
    every = tuple(each)
    best = max(BACKING, key=lambda word: BACKING[word])
    return Credentials(
        holds=frozenset((scheme, best) for credentials in every for scheme, _ in credentials.holds),
        ndas=frozenset(nda for credentials in every for nda in credentials.ndas),
        groups=frozenset(group for credentials in every for group in credentials.groups),
    )


def _least(rule: Rule) -> Iterator[Credentials]:
    holds = frozenset((scheme, rule.to.attested or "document") for scheme in rule.to.holds or ())
    for nda, group in product(rule.to.nda or (None,), rule.to.group or (None,)):
        yield Credentials(
            holds=holds,
            ndas=frozenset(() if nda is None else (nda,)),
            groups=frozenset(() if group is None else (group,)),
        )


def _size(credentials: Credentials) -> tuple[int, list[tuple[str, str]], list[str], list[str]]:
    asked = len(credentials.holds) + len(credentials.ndas) + len(credentials.groups)
    return asked, sorted(credentials.holds), sorted(credentials.ndas), sorted(credentials.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Members whom the rules cannot tell apart; ``viewer`` stands for all of them and has no purpose yet."""

    viewer: Viewer
    relation: Relation
    members: tuple[Listed, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(each.name for each in self.members)


def kinds(directory: Iterable[Listed], rules: Iterable[Rule]) -> tuple[Kind, ...]:
    """The directory by what the rules can tell apart."""
    sieve = _Sieve.of(rules)
    found: dict[tuple[object, ...], tuple[Viewer, Relation, list[Listed]]] = {}
    for each in directory:
        key = sieve.key(each.viewer, each.relation)
        kind = found.get(key)
        if kind is None:
            kind = found[key] = (replace(each.viewer, purpose=None), each.relation, [])
        kind[2].append(each)
    return tuple(Kind(viewer=viewer, relation=relation, members=tuple(each)) for viewer, relation, each in found.values())


def purposes_told_apart(rules: Iterable[Rule], directory_kinds: Sequence[Kind]) -> Mapping[str, frozenset[str]]:
    """One purpose -> all that have the same effect, over the six."""
    asked = {rule.purposes for rule in rules if rule.purposes is not None}
    granted = {grant.purpose for kind in directory_kinds for grant in kind.relation.grants}
    classes: dict[object, list[str]] = {}
    for purpose in PURPOSES:
        told = (purpose if purpose in granted else None, *(purpose in words for words in sorted(asked, key=sorted)))
        classes.setdefault(told, []).append(purpose)
    return {members[0]: frozenset(members) for members in classes.values()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sieve:
    """The words that some rules name: whatever else a member is makes no difference."""

    org: frozenset[str]
    country: frozenset[str]
    sectors: frozenset[str]
    roles: frozenset[str]
    schemes: frozenset[str]
    ndas: frozenset[str]
    groups: frozenset[str]
    verified: bool

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> "_Sieve":
        every = [rule.to for rule in rules]
        return cls(
            org=_words(to.org for to in every),
            country=_words(to.country for to in every),
            sectors=_words(to.sector for to in every),
            roles=_words(to.role for to in every),
            schemes=_words(to.holds for to in every),
            ndas=_words(to.nda for to in every),
            groups=_words(to.group for to in every),
            verified=any(to.verified is not None for to in every),
        )

    def key(self, viewer: Viewer, relation: Relation) -> tuple[object, ...]:
        org, country = viewer.org, viewer.country
        return (
            org if org is None or org in self.org else "",
            country if country is None or country in self.country else "",
            viewer.verified if self.verified else 0,
            viewer.member,
            self.sectors & viewer.sectors,
            self.roles & viewer.roles,
            frozenset(held for held in viewer.holds.items() if held[0] in self.schemes) if viewer.holds else None,
            None if relation is NO_RELATION else (relation.grants, self.ndas & relation.ndas, self.groups & relation.groups),
        )


def _words(asked: Iterable[frozenset[str] | None]) -> frozenset[str]:
    return frozenset(word for words in asked if words is not None for word in words)


def come_for(viewer: Viewer, purpose: str) -> Viewer:
    """The viewer with a purpose."""
    return replace(viewer, purpose=purpose)
