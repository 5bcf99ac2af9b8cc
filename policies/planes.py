"""The compiled form of a policy: per condition one integer to set and one to clear.

Guarantees the same decision as ``evaluate`` for every policy, viewer, relation, day and platform cap. A compiled policy
is plain data: nothing is executed. Bit layout: see ``decision``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from policies.conditions import Condition, ConditionNumber, ConditionTable, Standing, condition_of, standing, truth
from policies.decision import LEVEL_COUNT, Decision, bits_above, bits_up_to, capability_bit
from policies.levels import Kleene, Level
from policies.model import (
    CAPABILITY_PREFIX,
    LISTING,
    NO_RELATION,
    Effect,
    PlatformCap,
    Policy,
    Relation,
    Rule,
    Viewer,
    Vocabulary,
)

UNCUT = -1
_KEPT = 16384
_known: dict[int, tuple[Rule, Vocabulary, int]] = {}
"""Bits of rules by their identity; each rule is kept with them, so that no other can come to have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPolicy:
    """``rows`` are (condition, bits it shows, bits it clears), each condition at most once."""

    vocabulary: Vocabulary = field(repr=False)
    rows: tuple[tuple[ConditionNumber, int, int], ...]
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPlatform:
    """The operator's caps: ``rows`` are (condition, bits it clears, whether it binds everyone)."""

    rows: tuple[tuple[ConditionNumber, int, bool], ...] = ()


NO_PLATFORM = CompiledPlatform()


def compile_policy(policy: Policy, vocabulary: Vocabulary, conditions: ConditionTable) -> CompiledPolicy:
    """Rows for a policy; its conditions enter the table. Raises UnknownField for a target outside the vocabulary."""
    capabilities = policy.capabilities
    rows: dict[ConditionNumber, tuple[int, int]] = {}
    for rule in policy.effective:
        number = conditions.number(condition_of(rule))
        show, cap = rows.get(number, (0, 0))
        if rule.effect is Effect.SHOW:
            show |= _show_bits(rule, capabilities, vocabulary)
        else:
            cap |= _cap_bits(rule, capabilities, vocabulary)
        rows[number] = (show, cap)
    ordered = tuple((number, show, cap) for number, (show, cap) in sorted(rows.items()))
    return CompiledPolicy(vocabulary=vocabulary, rows=ordered, capabilities=capabilities)


def compile_platform(caps: Iterable[PlatformCap], vocabulary: Vocabulary, conditions: ConditionTable) -> CompiledPlatform:
    """Rows for the operator's caps, the same for every policy of the node."""
    return CompiledPlatform(
        rows=tuple(
            (
                conditions.number(condition_of(cap.rule)),
                _cap_bits(cap.rule, (), vocabulary),
                cap.binds == "everyone",
            )
            for cap in caps
        )
    )


def platform_bits(platform: CompiledPlatform, conditions: ConditionTable, viewer: Viewer, day: date) -> int:
    """Bits the operator's caps clear for a viewer, in every factory alike."""
    plain, cleared = standing(viewer, NO_RELATION, day), 0
    for number, cap, everyone in platform.rows:
        value = truth(conditions.conditions[number], viewer, plain, day)
        if value is Kleene.TRUE or (everyone and value is Kleene.UNKNOWN):
            cleared |= cap
    return cleared


def decide_compiled(  # noqa: PLR0917 - the six inputs of every decision, in the order all callers know them
    compiled: CompiledPolicy,
    conditions: ConditionTable,
    viewer: Viewer,
    relation: Relation,
    day: date,
    platform: CompiledPlatform = NO_PLATFORM,
) -> Decision:
    """The same decision as the reference evaluator's."""
    held = standing(viewer, relation, day)
    shown = 0 if held.direct is None else _direct_bits(held.direct, compiled)
    cleared = platform_bits(platform, conditions, viewer, day) if platform.rows else 0
    for number, show, cap in compiled.rows:
        condition = conditions.conditions[number]
        value = truth(condition, viewer, held, day)
        if value is Kleene.FALSE:
            continue
        cleared |= cap
        if value is Kleene.TRUE and show:
            shown |= show & cut(condition, held, compiled.vocabulary)
    bits = _limited(shown & ~cleared, compiled.vocabulary)
    return Decision(vocabulary=compiled.vocabulary, capabilities=compiled.capabilities, bits=bits)


def cut(condition: Condition, held: Standing, vocabulary: Vocabulary) -> int:
    """Bits that a true show keeps: all (``UNCUT``), unless only narrow grants made its tier atom true; then their
    fields, ``$listing`` and every capability's listing."""
    tier = condition.to.tier
    if tier is None or held.tier >= tier:
        return UNCUT
    fields = frozenset[str]().union(*(fields for granted, fields in held.narrow if granted >= tier))
    return _whole(fields, vocabulary)


def _limited(bits: int, vocabulary: Vocabulary) -> int:
    """The bits with each derived field cut to the levels of its inputs."""
    for derived, inputs in vocabulary.limits:
        if bits & derived and bits & inputs != inputs:
            bits ^= derived
    return bits


def _show_bits(rule: Rule, capabilities: Sequence[str], vocabulary: Vocabulary) -> int:
    bits = _field_bits(rule, vocabulary)
    for target, level in rule.targets if capabilities else ():
        if level > Level.HIDDEN:
            bits |= _capability_bits(target, capabilities, vocabulary)
    return bits


def _cap_bits(rule: Rule, capabilities: Sequence[str], vocabulary: Vocabulary) -> int:
    bits = _field_bits(rule, vocabulary)
    for target, level in rule.targets if capabilities else ():
        if level is Level.HIDDEN:
            bits |= _capability_bits(target, capabilities, vocabulary)
    return bits


def _field_bits(rule: Rule, vocabulary: Vocabulary) -> int:
    """The bits that a rule sets or clears of fields and ``$listing``."""
    known = _known.get(id(rule))
    if known is not None and known[0] is rule and known[1] is vocabulary:
        return known[2]
    bits, of = 0, bits_up_to if rule.effect is Effect.SHOW else bits_above
    for target, level in rule.targets:
        for position in _positions(target, vocabulary):
            bits |= of(position, level, vocabulary.width)
    if len(_known) >= _KEPT:
        _known.clear()
    _known[id(rule)] = (rule, vocabulary, bits)
    return bits


def _positions(target: str, vocabulary: Vocabulary) -> Iterable[int]:
    if target.startswith(CAPABILITY_PREFIX):
        return ()
    return (vocabulary.position(name) for name in vocabulary.expand(target))


def _capability_bits(target: str, capabilities: Sequence[str], vocabulary: Vocabulary) -> int:
    """Listing bits of the named capabilities a target covers."""
    if target.startswith(CAPABILITY_PREFIX):
        covered = [name for name in capabilities if CAPABILITY_PREFIX + name == target]
    else:
        covered = list(capabilities) if LISTING in vocabulary.expand(target) else []
    return sum(capability_bit(capabilities.index(name), vocabulary.width) for name in covered)


def _whole(fields: Iterable[str], vocabulary: Vocabulary) -> int:
    """All bits of the given fields, of ``$listing`` and of every capability's listing. Unknown fields are ignored."""
    width = vocabulary.width
    bits = bits_up_to(0, Level.EXACT, width) | (-1 << LEVEL_COUNT * width)
    for name in fields:
        if name in vocabulary.positions:
            bits |= bits_up_to(vocabulary.position(name), Level.EXACT, width)
    return bits


def _direct_bits(fields: Iterable[str], compiled: CompiledPolicy) -> int:
    width = compiled.vocabulary.width
    named = (1 << len(compiled.capabilities)) - 1 << LEVEL_COUNT * width
    return _whole(fields, compiled.vocabulary) & ((1 << LEVEL_COUNT * width) - 1) | named
