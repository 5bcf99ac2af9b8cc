"""What changes for the members of a directory if a draft is saved.

Guarantees: each member named has the changes given, if they are what the directory says and no more; what depends on
credentials that are theirs to show is said as a condition ("whoever of these holds X"), never of a person. Members whom
the policies cannot tell apart are decided once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from policies.conditions import ConditionTable
from policies.decision import Decision
from policies.directory import NOTHING, Credentials, Kind, Listed, assumptions, come_for, kinds, purposes_told_apart
from policies.levels import Level
from policies.model import CAPABILITY_PREFIX, LISTING, PlatformCap, Policy, Vocabulary
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
    everybody = kinds(directory, rules)
    assumed = assumptions(rules)
    ask = _Pair(before, after, keys, vocabulary, platform, day)
    found: dict[tuple[frozenset[str], Credentials, Changes], list[str]] = {}
    purposes = purposes_told_apart(rules, everybody)
    for kind in everybody:
        seen: dict[tuple[Credentials, Changes], set[str]] = {}
        for purpose, alike in purposes.items():
            for given, changes in ask.shifts(kind, purpose, assumed.each):
                seen.setdefault((given, changes), set()).update(alike)
        for (given, changes), seen_for in seen.items():
            found.setdefault((frozenset(seen_for), given, changes), []).extend(kind.names)
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
    ) -> None:
        self.table, self.keys, self.day = ConditionTable(), keys, day
        self.before: CompiledPolicy = compile_policy(before, vocabulary, self.table)
        self.after: CompiledPolicy = compile_policy(after, vocabulary, self.table)
        self.caps: CompiledPlatform = compile_platform(platform, vocabulary, self.table)
        self._known: dict[tuple[int, int], Changes] = {}

    def shifts(self, kind: Kind, purpose: str, assumed: Sequence[Credentials]) -> Iterator[tuple[Credentials, Changes]]:
        """What changes as the directory stands, and under which least credentials something else does."""
        viewer = come_for(kind.viewer, purpose)
        told: list[tuple[Credentials, Changes]] = []
        for given in (NOTHING, *assumed):
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
