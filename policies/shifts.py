"""What changes for the members of a directory if a draft is saved.

Guarantees: each member named has the changes given, if they are what the directory says and no more; what depends on
credentials that are theirs to show is said as a condition ("whoever of these holds X"), never of a person. Members whom
the policies cannot tell apart are decided once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from policies.conditions import ConditionTable, standing, truth
from policies.crowd import Crowd, plain
from policies.decision import Decision
from policies.directory import (
    NOTHING,
    Credentials,
    Kind,
    Listed,
    assumptions,
    come_for,
    kinds,
    purposes_told_apart,
    together,
)
from policies.levels import Kleene, Level
from policies.model import CAPABILITY_PREFIX, LISTING, PURPOSES, PlatformCap, Policy, Vocabulary
from policies.planes import CompiledPlatform, CompiledPolicy, compile_platform, compile_policy, decide_compiled
from policies.said import about, levels_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShift:
    """A field, ``$listing`` or ``capability/<id>`` (HIDDEN or EXACT) from one level to another."""

    field: str
    before: Level
    after: Level


Changes = tuple[FieldShift, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Members for whom the same changes, when they come for one of ``purposes`` and have ``given`` besides."""

    names: tuple[str, ...]
    purposes: frozenset[str]
    given: Credentials
    changes: Changes


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryImpact:
    """``as_listed``: by what the directory says, holding nothing besides. ``conditional``: whoever of them has the credentials
    named: these changes instead, which may be none (they saw it already).

    ``kinds`` of members were told apart; ``left_out`` conditions were not looked at, because there are too many.
    """

    as_listed: tuple[Shift, ...]
    conditional: tuple[Shift, ...]
    kinds: int
    left_out: int


def impact_on(
    current: Policy,
    draft: Policy,
    directory: Iterable[Listed],
    *,
    day: date,
    vocabulary: Vocabulary,
    platform: Sequence[PlatformCap] = (),
) -> DirectoryImpact:
    """Who of a directory gains and loses what on ``day`` if ``draft`` takes the place of ``current``.

    Raises UnknownField for a target outside the vocabulary.
    """
    keys = _affected(current, draft, vocabulary)
    if not keys:
        return DirectoryImpact(as_listed=(), conditional=(), kinds=0, left_out=0)
    read = frozenset({LISTING, *keys, *(each for key in keys for each in vocabulary.inputs.get(key, ()))})
    before, after = (about(policy, read, vocabulary) for policy in (current, draft))
    rules = [*before.effective, *after.effective, *(cap.rule for cap in platform)]
    assumed = assumptions(rules)
    ask = _Pair(before, after, keys, vocabulary, platform, day, assumed.each)
    # First by the few rules that differ: most members are often met by none of them, whatever they hold.
    differing = frozenset(before.effective) ^ frozenset(after.effective)
    met = (kind.members for kind in kinds(directory, differing) if any(ask.touches(kind, purpose) for purpose in PURPOSES))
    everybody = kinds(chain.from_iterable(met), rules)
    found: dict[tuple[frozenset[str], Credentials, Changes], list[str]] = {}
    purposes = purposes_told_apart(rules, everybody)
    for kind in everybody:
        if plain(kind):
            continue
        seen: dict[tuple[Credentials, Changes], set[str]] = {}
        for purpose, alike in purposes.items():
            for given, changes in ask.shifts(kind, purpose):
                seen.setdefault((given, changes), set()).update(alike)
        for (given, changes), seen_for in seen.items():
            found.setdefault((frozenset(seen_for), given, changes), []).extend(kind.names)
    crowd = Crowd([kind for kind in everybody if plain(kind)], (before, after), platform, keys, vocabulary, day=day)
    for kind, came_for, given, changes in _at_once(crowd, purposes, assumed.each):
        found.setdefault((came_for, given, changes), []).extend(kind.names)
    shifts = [
        Shift(names=tuple(names), purposes=seen_for, given=given, changes=changes)
        for (seen_for, given, changes), names in found.items()
    ]
    return DirectoryImpact(
        as_listed=tuple(shift for shift in shifts if shift.given == NOTHING),
        conditional=tuple(shift for shift in shifts if shift.given != NOTHING),
        kinds=len(everybody),
        left_out=assumed.left_out,
    )


def _at_once(
    crowd: Crowd, purposes: Mapping[str, frozenset[str]], assumed: Sequence[Credentials]
) -> Iterator[tuple[Kind, frozenset[str], Credentials, Changes]]:
    """The shifts of plain kinds, as ``_Pair`` finds them one by one."""
    known: dict[bytes, int] = {}
    numbers_of: dict[Changes, int] = {}
    seen: dict[tuple[int, Credentials, int], set[str]] = {}
    for purpose, alike in purposes.items():
        earlier: list[tuple[Credentials, NDArray[np.int64]]] = []
        for given in (NOTHING, *assumed):
            before, after = crowd.levels(purpose, given)
            numbers = np.full(len(crowd.crowd), -1, dtype=np.int64)
            shifted = np.flatnonzero((before != after).any(axis=0))
            for at, row in zip(shifted, np.concatenate([before, after])[:, shifted].T.tolist(), strict=True):
                said = bytes(row)
                if said not in known:
                    known[said] = numbers_of.setdefault(_changes(crowd, row), len(numbers_of))
                numbers[at] = known[said]
            fresh = numbers >= 0 if given == NOTHING else np.ones(len(numbers), dtype=np.bool_)
            for less, same in earlier:
                if less <= given:
                    fresh &= same != numbers
            earlier.append((given, numbers))
            for place in map(int, np.flatnonzero(fresh)):
                seen.setdefault((place, given, int(numbers[place])), set()).update(alike)
    numbered = tuple(numbers_of)
    for (place, given, number), seen_for in seen.items():
        yield crowd.crowd[place], frozenset(seen_for), given, numbered[number] if number >= 0 else ()


def _changes(crowd: Crowd, row: Sequence[int]) -> Changes:
    before, after = row[: len(crowd.groups)], row[len(crowd.groups) :]
    levels = {key: shift for keys, *shift in zip(crowd.groups, before, after, strict=True) for key in keys}
    return tuple(
        FieldShift(field=key, before=Level(was), after=Level(now))
        for key, (was, now) in ((key, levels[key]) for key in crowd.keys)
        if was != now
    )


class _Pair:
    """Two policies side by side, compiled, for the keys that can differ."""

    def __init__(  # noqa: PLR0917 - private, made in one place
        self,
        before: Policy,
        after: Policy,
        keys: Sequence[str],
        vocabulary: Vocabulary,
        platform: Sequence[PlatformCap],
        day: date,
        assumed: Sequence[Credentials],
    ) -> None:
        self.table, self.keys, self.day = ConditionTable(), keys, day
        self.before: CompiledPolicy = compile_policy(before, vocabulary, self.table)
        self.after: CompiledPolicy = compile_policy(after, vocabulary, self.table)
        self.caps: CompiledPlatform = compile_platform(platform, vocabulary, self.table)
        self.everything = together(assumed)
        rows = [{number: (show, cap) for number, show, cap in each.rows} for each in (self.before, self.after)]
        self.differing = [number for number in rows[0].keys() | rows[1].keys() if rows[0].get(number) != rows[1].get(number)]
        self.assumed = assumed
        self._known: dict[tuple[int, int], Changes] = {}

    def touches(self, kind: Kind, purpose: str) -> bool:
        """Whether a rule that differs can count for a kind, whatever they hold."""
        viewer, relation = self.everything.given_to(come_for(kind.viewer, purpose), kind.relation)
        held = standing(viewer, relation, self.day)
        return any(truth(self.table[number], viewer, held, self.day) is not Kleene.FALSE for number in self.differing)

    def shifts(self, kind: Kind, purpose: str) -> Iterator[tuple[Credentials, Changes]]:
        """What changes as the directory stands, and under which least credentials something else does."""
        if not self.touches(kind, purpose):
            return
        viewer = come_for(kind.viewer, purpose)
        told: list[tuple[Credentials, Changes]] = []
        for given in (NOTHING, *self.assumed):
            with_them = given.given_to(viewer, kind.relation)
            before, after = (
                decide_compiled(policy, self.table, *with_them, self.day, self.caps) for policy in (self.before, self.after)
            )
            changes = self._between(before, after)
            if not any(less <= given and same == changes for less, same in told):
                told.append((given, changes))
                if changes or given != NOTHING:
                    yield given, changes

    def _between(self, before: Decision, after: Decision) -> Changes:
        """The keys whose levels differ."""
        bits = before.bits, after.bits
        if bits not in self._known:
            levels = ((key, _level(before, key), _level(after, key)) for key in self.keys)
            self._known[bits] = tuple(
                FieldShift(field=key, before=was, after=now) for key, was, now in levels if was is not now
            )
        return self._known[bits]


def _level(decision: Decision, key: str) -> Level:
    if key.startswith(CAPABILITY_PREFIX):
        listed = decision.capability_listed(key.removeprefix(CAPABILITY_PREFIX))
        return Level.EXACT if listed else Level.HIDDEN
    return decision.level(key)


def _affected(current: Policy, draft: Policy, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Keys of which the policies do not say the same; all of them where that goes for the listing."""
    named = [CAPABILITY_PREFIX + each for each in sorted({*current.capabilities, *draft.capabilities})]
    keys = (LISTING, *vocabulary.fields, *named)
    before, after = frozenset(current.effective), frozenset(draft.effective)
    touched = {key for rule in before ^ after for key in levels_of(rule, keys, vocabulary)}
    if LISTING in touched:
        return keys
    return tuple(key for key in keys if key in touched or not touched.isdisjoint(vocabulary.inputs.get(key, ())))
