"""The compiled form answers like the reference, in the promised layout, with shared conditions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings

from policies import (
    NO_RELATION,
    ActiveGrant,
    Audience,
    ConditionTable,
    Effect,
    Kleene,
    Level,
    Policy,
    Relation,
    Rule,
    RuleId,
    Tier,
    UnknownField,
    Viewer,
    Vocabulary,
    compile_platform,
    compile_policy,
    condition_of,
    decide,
    decide_compiled,
)
from tests.policies.worlds import (
    DERIVED,
    LARGE,
    SMALL,
    TODAY,
    World,
    random_policy,
    random_relation,
    random_rule,
    random_viewer,
    random_world,
    rngs,
)


def compiled_answer(world: World, conditions: ConditionTable | None = None) -> object:
    conditions = ConditionTable() if conditions is None else conditions
    compiled = compile_policy(world.policy, world.vocabulary, conditions)
    platform = compile_platform(world.platform, world.vocabulary, conditions)
    return decide_compiled(compiled, conditions, world.viewer, world.relation, world.day, platform)


def reference_answer(world: World) -> object:
    return decide(world.policy, world.viewer, world.relation, world.day, world.vocabulary, world.platform)


@settings(max_examples=400, deadline=None)
@given(rng=rngs())
def test_compiled_policies_decide_like_the_reference(rng: Random) -> None:
    world = random_world(rng, SMALL)
    assert compiled_answer(world) == reference_answer(world)


@settings(max_examples=400, deadline=None)
@given(rng=rngs())
def test_compiled_policies_decide_like_the_reference_with_derived_fields(rng: Random) -> None:
    world = random_world(rng, DERIVED)
    assert compiled_answer(world) == reference_answer(world)


@settings(max_examples=100, deadline=None)
@given(rng=rngs())
def test_compiled_policies_decide_like_the_reference_in_a_large_vocabulary(rng: Random) -> None:
    world = random_world(rng, LARGE)
    assert compiled_answer(world) == reference_answer(world)


@pytest.mark.parametrize("vocabulary", [SMALL, DERIVED, LARGE], ids=["small", "derived", "large"])
def test_many_policies_in_one_table_decide_like_the_reference(vocabulary: Vocabulary) -> None:
    rng, conditions, seen = Random(4), ConditionTable(), Counter[bool]()
    for _ in range(4000 if vocabulary is SMALL else 600):
        world = random_world(rng, vocabulary)
        expected = reference_answer(world)
        assert compiled_answer(world, conditions) == expected
        seen[expected.listed] += 1
    assert min(seen.values()) > sum(seen.values()) / 10, "both listed and unlisted factories must occur"


def test_bit_layout_is_the_promised_one() -> None:
    rule = Rule(
        id=RuleId("r"),
        to=Audience(),
        effect=Effect.SHOW,
        targets=(("$listing", Level.EXISTENCE), ("place", Level.BAND), ("price", Level.EXACT)),
    )
    hide = Rule(id=RuleId("h"), to=Audience(), effect=Effect.CAP, targets=(("capability/c9", Level.HIDDEN),))
    named = Rule(id=RuleId("n"), to=Audience(), effect=Effect.SHOW, targets=(("capability/c1", Level.EXACT),))
    conditions = ConditionTable()
    compiled = compile_policy(Policy(factory="F", revision=1, rules=(rule, hide, named)), SMALL, conditions)
    bits = decide_compiled(compiled, conditions, Viewer.anonymous(), NO_RELATION, TODAY).bits
    width = 5
    assert compiled.capabilities == ("c1", "c9")
    assert bits == sum(
        1 << bit for bit in (0, 2, 2 + width, 4, 4 + width, 4 + 2 * width, 3 * width + 0)
    )  # $listing; place twice; price three times; c1 but not c9


def test_equal_conditions_share_one_number() -> None:
    rng, conditions = Random(1), ConditionTable()
    rule = random_rule(rng, SMALL, "a", Effect.SHOW)
    twin = replace(rule, id=RuleId("b"), targets=(("price", Level.EXACT),), note="other")
    first = compile_policy(Policy(factory="F", revision=1, rules=(rule, twin)), SMALL, conditions)
    second = compile_policy(Policy(factory="G", revision=7, rules=(twin,)), LARGE_WITH_PRICE, conditions)
    assert len(conditions) == 1
    assert [number for number, _, _ in first.rows] == [number for number, _, _ in second.rows] == [0]


LARGE_WITH_PRICE = Vocabulary(fields=("price", *LARGE.fields), groups={**LARGE.groups, "commercial": ("price",)})


def test_show_and_cap_to_the_same_audience_are_two_conditions() -> None:
    """``verified`` reads "at least" in one and "at most" in the other."""
    conditions = ConditionTable()
    show = Rule(id=RuleId("s"), to=Audience(verified=2), effect=Effect.SHOW, targets=(("*", Level.EXACT),))
    cap = Rule(id=RuleId("c"), to=Audience(verified=2), effect=Effect.CAP, targets=(("*", Level.BAND),))
    compile_policy(Policy(factory="F", revision=1, rules=(show, cap)), SMALL, conditions)
    assert len(conditions) == 2


def test_generic_truths_are_the_truths_without_a_relation() -> None:
    rng, conditions = Random(2), ConditionTable()
    for _ in range(200):
        compile_policy(random_policy(rng, SMALL), SMALL, conditions)
    for viewer in (Viewer.anonymous(), Viewer.any_member(), *(random_viewer(rng) for _ in range(10))):
        truths = conditions.generic_truths(viewer, TODAY)
        assert list(truths) == [conditions.truth(n, viewer, NO_RELATION, TODAY) for n in range(len(conditions))]
        assert conditions.generic_truths(viewer, TODAY, since=50) == truths[50:]


def test_relational_conditions_are_false_without_a_relation_and_the_others_ignore_it() -> None:
    rng, conditions, seen = Random(3), ConditionTable(), Counter[bool]()
    for _ in range(300):
        compile_policy(random_policy(rng, SMALL), SMALL, conditions)
    for number, condition in enumerate(conditions.conditions):
        viewer, relation = random_viewer(rng), random_relation(rng, SMALL)
        seen[condition.relational] += 1
        if condition.relational:
            assert conditions.truth(number, viewer, NO_RELATION, TODAY) is Kleene.FALSE
        elif condition.to.tier is None:
            alone = conditions.truth(number, viewer, NO_RELATION, TODAY)
            assert conditions.truth(number, viewer, relation, TODAY) is alone
    assert min(seen[True], seen[False]) > 50


def test_next_change_is_the_next_day_on_which_time_changes_the_truth() -> None:
    rng, conditions, changes = Random(5), ConditionTable(), 0
    for _ in range(300):
        compile_policy(random_policy(rng, SMALL), SMALL, conditions)
    viewer = random_viewer(rng, known=True)
    for number, condition in enumerate(conditions.conditions):
        timeless = replace(condition, start=None, until=None)
        reachable = conditions.truth(conditions.number(timeless), viewer, NO_RELATION, TODAY) is not Kleene.FALSE
        day = TODAY - timedelta(days=8)
        while (coming := condition.next_change(day)) is not None:
            before = conditions.truth(number, viewer, NO_RELATION, coming - timedelta(days=1))
            assert all(
                conditions.truth(number, viewer, NO_RELATION, day + timedelta(days=ahead)) is before
                for ahead in range((coming - day).days)
            )
            if reachable:
                assert conditions.truth(number, viewer, NO_RELATION, coming) is not before
                changes += 1
            day = coming
    assert changes > 30


GRANT = ActiveGrant(tier=Tier.PARTNER, purpose="rfq", start=TODAY, until=TODAY, fields=frozenset({"hours"}), direct=False)
BUYER = Viewer(org="did:web:a:orgs:b", country="VN", verified=2, purpose="rfq", member=True)
OPEN_TO_PARTNERS = Policy(
    factory="F",
    revision=1,
    rules=(
        Rule(id=RuleId("m"), to=Audience(tier=Tier.MEMBER), effect=Effect.SHOW, targets=(("name", Level.BAND),)),
        Rule(
            id=RuleId("p"),
            to=Audience(tier=Tier.PARTNER),
            effect=Effect.SHOW,
            targets=(("*", Level.EXACT), ("capability/c1", Level.EXACT)),
        ),
    ),
)


@pytest.mark.parametrize(
    ("grants", "viewer", "expected"),
    [
        pytest.param((), BUYER, {}, id="no grant: nothing is listed"),
        pytest.param((GRANT,), BUYER, {"name": "band", "hours": "exact"}, id="narrow: its fields and the listing"),
        pytest.param(
            (GRANT, replace(GRANT, fields=frozenset({"price"}))),
            BUYER,
            {"name": "band", "hours": "exact", "price": "exact"},
            id="two narrow grants: the union",
        ),
        pytest.param((replace(GRANT, fields=frozenset()),), BUYER, {"name": "band"}, id="no fields: the listing alone"),
        pytest.param((replace(GRANT, fields=frozenset({"gone"})),), BUYER, {"name": "band"}, id="a field that is gone"),
        pytest.param(
            (GRANT, replace(GRANT, fields=None)),
            BUYER,
            {"name": "exact", "place": "exact", "hours": "exact", "price": "exact"},
            id="a full grant beside a narrow one: everything",
        ),
        pytest.param((replace(GRANT, tier=Tier.MEMBER, fields=None),), BUYER, {}, id="a grant below the tier asked"),
        pytest.param((GRANT,), replace(BUYER, purpose="audit"), {}, id="another purpose"),
        pytest.param((GRANT,), replace(BUYER, purpose=None), {}, id="no purpose"),
        pytest.param((replace(GRANT, until=TODAY - timedelta(days=1)),), BUYER, {}, id="over since yesterday"),
        pytest.param(
            (replace(GRANT, start=TODAY + timedelta(days=1), until=TODAY + timedelta(days=1)),),
            BUYER,
            {},
            id="from tomorrow",
        ),
        pytest.param(
            (replace(GRANT, tier=None, direct=True, fields=frozenset({"price"})),),
            replace(BUYER, member=False),
            {"price": "exact"},
            id="direct: exactly its fields",
        ),
        pytest.param(
            (replace(GRANT, tier=None, direct=True, fields=frozenset()),),
            replace(BUYER, member=False),
            {"$listing": "exact"},
            id="direct without fields: the listing alone",
        ),
        pytest.param((GRANT,), replace(BUYER, member=False), {"hours": "exact"}, id="the narrow grant also cuts member shows"),
    ],
)
def test_grants_show_what_they_should(grants: tuple[ActiveGrant, ...], viewer: Viewer, expected: dict[str, str]) -> None:
    world = World(
        vocabulary=SMALL,
        policy=OPEN_TO_PARTNERS,
        viewer=viewer,
        relation=Relation(grants=grants),
        day=TODAY,
        platform=(),
    )
    decision = reference_answer(world)
    assert compiled_answer(world) == decision
    assert decision.listed == bool(expected)
    assert {name: level.word for name, level in decision.levels.items() if level} == {
        name: word for name, word in expected.items() if name != "$listing"
    }
    assert decision.capability_listed("c1") == decision.capability_listed("c2") == decision.listed


def test_a_decision_refuses_a_field_it_does_not_know() -> None:
    decision = decide(OPEN_TO_PARTNERS, BUYER, NO_RELATION, TODAY, SMALL)
    with pytest.raises(UnknownField) as refused:
        decision.level("hours_")
    assert refused.value.field == "hours_"


def test_ten_thousand_conditions_are_evaluated_in_a_moment() -> None:
    rng, conditions = Random(6), ConditionTable()
    while len(conditions) < 10_000:
        rule = random_rule(rng, SMALL, "r")
        organizations = frozenset({f"did:web:h:orgs:{rng.randrange(10**9)}"})
        conditions.number(condition_of(replace(rule, to=replace(rule.to, org=organizations))))
    viewer = random_viewer(rng, known=True)
    started = process_time()
    conditions.generic_truths(viewer, TODAY)
    assert process_time() - started < 0.5, "measured about 0.01 s"
