"""Which rules gave what was shown: every shown level has a giver, and no giver is named that gave nothing."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given

from policies import (
    ANYONE,
    GRANT,
    LISTING,
    ActiveGrant,
    Decision,
    Effect,
    Level,
    Policy,
    Relation,
    Rule,
    RuleId,
    Tier,
    Vocabulary,
    decide,
    granted,
    parse_policy,
)
from tests.policies.worlds import DERIVED, LARGE, SMALL, TODAY, World, random_world, rngs

LISTED = Rule(id=RuleId("listed"), to=ANYONE, effect=Effect.SHOW, targets=((LISTING, Level.EXACT),))
"""Shows that the factory exists and nothing more; without it most rules show nothing by themselves."""


def decided(world: World, policy: Policy, relation: Relation) -> Decision:
    return decide(policy, world.viewer, relation, world.day, world.vocabulary, world.platform)


def without(policy: Policy, names: set[str]) -> Policy:
    return replace(
        policy,
        rules=tuple(rule for rule in policy.rules if rule.effect is Effect.CAP or rule.id not in names),
        inherited=tuple(rule for rule in policy.inherited if rule.effect is Effect.CAP or rule.id not in names),
    )


def renamed(policy: Policy) -> Policy:
    """Each rule under a name of its own."""
    rules = (*policy.rules, *policy.inherited)
    return replace(policy, rules=tuple(replace(rule, id=RuleId(f"r{place}")) for place, rule in enumerate(rules)), inherited=())


def indirect(relation: Relation) -> Relation:
    return replace(relation, grants=tuple(each for each in relation.grants if not each.direct))


@pytest.mark.parametrize("vocabulary", [SMALL, LARGE, DERIVED], ids=["small", "large", "derived"])
@given(rng=rngs())
def test_without_the_named_rules_nothing_is_shown_as_it_was(vocabulary: Vocabulary, rng: Random) -> None:
    world = random_world(rng, vocabulary)
    policy = renamed(world.policy)
    decision = decided(world, policy, world.relation)
    shown = [name for name, level in decision.levels.items() if level > Level.HIDDEN]
    found = granted(policy, world.viewer, world.relation, world.day, decision=decision, shown=shown)
    relation = indirect(world.relation) if GRANT in found.rules else world.relation
    left = decided(world, without(policy, set(found.rules)), relation)
    assert all(left.level(name) < decision.level(name) for name in shown)
    assert bool(found.rules) == bool(shown)
    assert found.close <= set(shown)


@given(rng=rngs())
def test_each_named_rule_alone_gives_something_of_what_was_shown(rng: Random) -> None:
    world = random_world(rng, LARGE)
    policy = renamed(world.policy)
    decision = decided(world, policy, world.relation)
    shown = [name for name, level in decision.levels.items() if level > Level.HIDDEN]
    found = granted(policy, world.viewer, world.relation, world.day, decision=decision, shown=shown)
    for name in found.rules:
        others = {rule.id for rule in policy.effective} - {name}
        relation = world.relation if name == GRANT else indirect(world.relation)
        policy_of_one = without(policy, others)
        alone = decided(world, replace(policy_of_one, rules=(*policy_of_one.rules, LISTED)), relation)
        assert any(alone.level(each) >= decision.level(each) for each in shown)


def test_only_what_nothing_lower_gives_is_close() -> None:
    world = random_world(Random(1), SMALL)
    first, second = SMALL.fields[:2]
    document = {
        "v": 1,
        "factory": "0",
        "revision": 1,
        "rules": [
            {"id": "card", "to": "anyone", "show": [["$listing", "exact"], [first, "exact"]]},
            {"id": "close", "to": {"tier": "confidential"}, "show": [[first, "exact"], [second, "exact"]]},
        ],
    }
    policy = parse_policy(document, SMALL, known_capabilities=None)
    viewer = replace(world.viewer, purpose="rfq")
    grant = ActiveGrant(tier=Tier.CONFIDENTIAL, purpose="rfq", start=TODAY, until=TODAY)
    relation = Relation(grants=(grant,))
    decision = decide(policy, viewer, relation, TODAY, SMALL)
    found = granted(policy, viewer, relation, TODAY, decision=decision, shown=[first, second])
    assert (found.rules, found.close) == (("card", "close"), frozenset({second}))
    direct = Relation(grants=(replace(grant, tier=None, fields=frozenset({second}), direct=True),))
    decision = decide(policy, viewer, direct, TODAY, SMALL)
    found = granted(policy, viewer, direct, TODAY, decision=decision, shown=[first, second])
    assert (found.rules, found.close) == (("card", GRANT), frozenset({second}))
