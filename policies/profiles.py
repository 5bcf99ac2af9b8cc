"""Policies key by key: under which clause a key is shown or capped at which level, cut down to what can make a difference.

Guarantees: from the profiles of a field, of its inputs and of ``$listing`` the level of the field follows for every
viewer on ``today`` and every later day. Left out are only clauses that can no longer be true, or that another one of
the same policy always covers. Numbers mean something only together with the ``Clauses`` that gave them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from policies.conditions import Condition, condition_of
from policies.levels import Level
from policies.model import BACKING, Effect, PlatformCap, Policy, Vocabulary
from policies.said import levels_of, said_by

THERE = "$there"
"""The key of whether the factory is there at all: ``$listing`` with two levels, hidden and exact."""

Spoken = frozenset[tuple[int, Level]]
"""(clause, level) pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """When a rule counts. A cap counts unless false; one that is ``known_only`` (a platform cap), when true."""

    condition: Condition
    known_only: bool

    @property
    def unknown_counts(self) -> bool:
        """Whether it counts for a viewer of whom nobody can tell."""
        return self.condition.effect is Effect.CAP and not self.known_only

    @property
    def impossible(self) -> bool:
        """Whether no viewer can ever make it count: it asks for one of nothing."""
        to = self.condition.to
        asked = (to.sector, to.role, to.nda, to.group)
        named = () if self.unknown_counts else (to.org, to.country, self.condition.purposes)
        return any(words is not None and not words for words in (*asked, *named))


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What one policy says of one key."""

    shows: Spoken
    caps: Spoken

    @property
    def pairs(self) -> Spoken:
        """Both."""
        return self.shows | self.caps


@dataclass(slots=True)
class Clauses:
    """Gives each distinct clause one number, and knows which one always counts when another does."""

    today: date
    each: list[Clause] = field(default_factory=list)
    _numbers: dict[Clause, int] = field(default_factory=dict)
    _within: dict[tuple[int, int], bool] = field(default_factory=dict)

    def number(self, clause: Clause) -> int:
        """The number of a clause, new if it has none yet."""
        known = self._numbers.get(clause)
        if known is None:
            known = self._numbers[clause] = len(self.each)
            self.each.append(clause)
        return known

    def can_count(self, number: int) -> bool:
        """Whether there is a day from ``today`` on, and a viewer, for which it counts."""
        clause = self.each[number]
        first, last = self.days(number)
        return first <= last and not clause.impossible

    def days(self, number: int) -> tuple[date, date]:
        """First and last day from ``today`` on; the last is before the first when it is over."""
        condition = self.each[number].condition
        return max(condition.start or self.today, self.today), condition.until or date.max

    def within(self, narrow: int, wide: int) -> bool:
        """Whether ``wide`` counts whenever ``narrow`` does. Of two shows or two caps."""
        known = self._within.get((narrow, wide))
        if known is None:
            one, other = self.each[narrow], self.each[wide]
            first, last = self.days(narrow)
            begins, ends = self.days(wide)
            known = (
                begins <= first and last <= ends and _binds_within(one, other) and _asks_within(one.condition, other.condition)
            )
            self._within[narrow, wide] = known
        return known


def profiles(
    policy: Policy,
    platform: Sequence[PlatformCap],
    keys: Iterable[str],
    vocabulary: Vocabulary,
    clauses: Clauses,
) -> Mapping[str, Profile]:
    """The profile of each key (a field, ``$listing`` or ``capability/<id>``). Raises UnknownField."""
    wanted = tuple(keys)
    shows: dict[str, dict[int, Level]] = {key: {} for key in wanted}
    caps: dict[str, dict[int, Level]] = {key: {} for key in wanted}
    for said in said_by(policy, platform):
        known_only = said.binds == "identified"
        number = clauses.number(Clause(condition=condition_of(said.rule), known_only=known_only))
        if not clauses.can_count(number):
            continue
        for key, level in levels_of(said.rule, wanted, vocabulary).items():
            if said.rule.effect is Effect.SHOW and level > Level.HIDDEN:
                shows[key][number] = max(level, shows[key].get(number, level))
            elif said.rule.effect is Effect.CAP and level < Level.EXACT:
                caps[key][number] = min(level, caps[key].get(number, level))
    trimmed: dict[tuple[Spoken, Spoken], Profile] = {}
    found = {}
    for key in wanted:
        spoken = frozenset(shows[key].items()), frozenset(caps[key].items())
        if spoken not in trimmed:
            trimmed[spoken] = Profile(shows=_trimmed(spoken[0], 1, clauses), caps=_trimmed(spoken[1], -1, clauses))
        found[key] = trimmed[spoken]
    return found


def whether(profile: Profile, clauses: Clauses) -> Profile:
    """The profile of whether a key is shown at all."""
    shows = frozenset((number, Level.EXACT) for number, _ in profile.shows)
    caps = frozenset(pair for pair in profile.caps if pair[1] is Level.HIDDEN)
    return Profile(shows=_trimmed(shows, 1, clauses), caps=_trimmed(caps, -1, clauses))


def _trimmed(spoken: Spoken, sign: int, clauses: Clauses) -> Spoken:
    """Without the pairs that another pair always covers; of two that cover each other the first stays."""
    kept: list[tuple[int, Level]] = []
    for number, level in sorted(spoken, key=lambda pair: (-sign * pair[1], pair[0])):
        if not any(sign * other >= sign * level and clauses.within(number, wide) for wide, other in kept):
            kept = [pair for pair in kept if not (pair[1] == level and clauses.within(pair[0], number))]
            kept.append((number, level))
    return frozenset(kept)


def _binds_within(narrow: Clause, wide: Clause) -> bool:
    return narrow.known_only == wide.known_only or not wide.known_only


def _asks_within(narrow: Condition, wide: Condition) -> bool:
    """Whether each atom of ``wide`` is at least as true as some atom of ``narrow``, for every viewer."""
    one, other = narrow.to, wide.to
    if other.verified is not None:
        if one.verified is None:
            return False
        lower, higher = sorted((one.verified, other.verified))
        if (one.verified, other.verified) != ((higher, lower) if wide.effect is Effect.SHOW else (lower, higher)):
            return False
    if other.holds is not None:
        backing, enough = BACKING[one.attested or "document"], BACKING[other.attested or "document"]
        if one.holds is None or not other.holds <= one.holds or (other.holds and backing < enough):
            return False
    if other.tier is not None and (one.tier is None or one.tier < other.tier):
        return False
    return all(
        theirs is None or (ours is not None and ours <= theirs)
        for ours, theirs in (
            (narrow.purposes, wide.purposes),
            (one.org, other.org),
            (one.country, other.country),
            (one.sector, other.sector),
            (one.role, other.role),
            (one.nda, other.nda),
            (one.group, other.group),
        )
    )
