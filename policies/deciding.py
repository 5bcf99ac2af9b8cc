"""Decisions of whole policies by their compiled form, which is made once for all policies with the same rules.

Guarantees what `evaluate.decide` gives, argument for argument (a property test compares). What is remembered is rules in
another form: no viewer, no day and no decision.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from policies.conditions import ConditionTable
from policies.decision import Decision
from policies.model import PlatformCap, Policy, Relation, Rule, Viewer, Vocabulary
from policies.planes import CompiledPlatform, CompiledPolicy, compile_platform, compile_policy, decide_compiled

_KEPT: Final = 4096


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What it was made of is kept with it, so that nothing else can come to have the same identity."""

    rules: tuple[Rule, ...]
    inherited: tuple[Rule, ...]
    platform: Sequence[PlatformCap]
    vocabulary: Vocabulary
    policy: CompiledPolicy
    caps: CompiledPlatform
    conditions: ConditionTable


_known: dict[int, _Compiled] = {}
"""By the identity of a policy's own rules, which policies with equal rules share."""


def decide_by_planes(  # noqa: PLR0917 - the six inputs of every decision, in the order all callers know them
    policy: Policy,
    viewer: Viewer,
    relation: Relation,
    day: date,
    vocabulary: Vocabulary,
    platform: Sequence[PlatformCap] = (),
) -> Decision:
    """The level of every field for this viewer, bound to the factory by ``relation``, on ``day`` (UTC)."""
    known = _known.get(id(policy.rules))
    if (
        known is None
        or known.rules is not policy.rules
        or known.inherited is not policy.inherited
        or known.platform is not platform
        or known.vocabulary is not vocabulary
    ):
        known = _compiled(policy, vocabulary, platform)
    return decide_compiled(known.policy, known.conditions, viewer, relation, day, known.caps)


def _compiled(policy: Policy, vocabulary: Vocabulary, platform: Sequence[PlatformCap]) -> _Compiled:
    conditions = ConditionTable()
    made = _Compiled(
        rules=policy.rules,
        inherited=policy.inherited,
        platform=platform,
        vocabulary=vocabulary,
        policy=compile_policy(policy, vocabulary, conditions),
        caps=compile_platform(platform, vocabulary, conditions),
        conditions=conditions,
    )
    if len(_known) >= _KEPT:
        _known.clear()
    _known[id(policy.rules)] = made
    return made
