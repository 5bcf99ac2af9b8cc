"""Which of an owner's rules gave a viewer what they were shown: for the owner's record, never for the decision.

Guarantees: a rule is named when it is a show that is true for this viewer and by itself reaches the decided level of a
field that was shown; `GRANT` stands for what a direct grant shows without a rule. Reads what `decide` reads and agrees
with it: whatever was shown is given by at least one of the names (a property test says so). Says nothing of caps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.conditions import Condition, Standing, condition_of, standing, truth
from policies.decision import LEVEL_COUNT, Decision, bits_up_to
from policies.levels import Kleene, Tier
from policies.model import CAPABILITY_PREFIX, Effect, Policy, Relation, Rule, Viewer, Vocabulary
from policies.planes import cut

GRANT: Final = "$grant"
_KEPT: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """The names of what gave the fields, in the policy's order, and which of the fields nothing below the tier
    `confidential`, or nothing but a direct grant, gave."""

    rules: tuple[str, ...]
    close: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Show:
    name: str
    condition: Condition
    bits: int


_known: dict[int, tuple[tuple[Rule, ...], tuple[Rule, ...], tuple[_Show, ...]]] = {}
"""Compiled shows by the identity of a policy's rules, which policies with equal rules share; the rules are kept with them, so
that no other tuple can come to have their identity."""


def granted(
    policy: Policy, viewer: Viewer, relation: Relation, day: date, *, decision: Decision, shown: Iterable[str]
) -> Granted:
    """What gave the fields `shown` at the levels of `decision`, which was made of the other four."""
    vocabulary = decision.vocabulary
    held = standing(viewer, relation, day)
    names = tuple(shown)
    wanted = _tops(decision, names)
    rules, plain, close = [], 0, 0
    for show in _shows(policy, vocabulary):
        if not show.bits & wanted or truth(show.condition, viewer, held, day) is not Kleene.TRUE:
            continue
        given = show.bits & cut(show.condition, held, vocabulary) & wanted
        if given:
            rules.append(show.name)
            if show.condition.to.tier is Tier.CONFIDENTIAL:
                close |= given
            else:
                plain |= given
    direct = _direct(held, vocabulary) & wanted
    if direct:
        rules.append(GRANT)
        close |= direct
    only = close & ~plain
    return Granted(
        rules=tuple(rules), close=frozenset(name for name in names if only & _tops(decision, (name,))) if only else frozenset()
    )


def _tops(decision: Decision, names: Iterable[str]) -> int:
    """Of each of these fields the bit of the highest level that the decision has for it, if any."""
    vocabulary, bits = decision.vocabulary, 0
    for name in names:
        bits |= 1 << vocabulary.position(name)
    found, width = 0, vocabulary.width
    for level in reversed(range(LEVEL_COUNT)):
        reached = decision.bits >> width * level & bits
        found |= reached << width * level
        bits &= ~reached
    return found


def _shows(policy: Policy, vocabulary: Vocabulary) -> tuple[_Show, ...]:
    key = id(policy.rules)
    known = _known.get(key)
    if known is not None and known[0] is policy.rules and known[1] is policy.inherited:
        return known[2]
    made = tuple(
        _Show(rule.id, condition_of(rule), _bits(rule, vocabulary)) for rule in policy.effective if rule.effect is Effect.SHOW
    )
    if len(_known) >= _KEPT:
        _known.clear()
    _known[key] = (policy.rules, policy.inherited, made)
    return made


def _bits(rule: Rule, vocabulary: Vocabulary) -> int:
    bits = 0
    for target, level in rule.targets:
        if not target.startswith(CAPABILITY_PREFIX):
            for name in vocabulary.expand(target):
                bits |= bits_up_to(vocabulary.position(name), level, vocabulary.width)
    return bits


def _direct(held: Standing, vocabulary: Vocabulary) -> int:
    bits = 0
    for name in held.direct or ():
        position = vocabulary.positions.get(name)
        if position is not None:
            bits |= sum(1 << position + vocabulary.width * level for level in range(LEVEL_COUNT))
    return bits
