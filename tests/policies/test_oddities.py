"""Oddities: what is called idle can be left out and nobody notices; what is called telling is seen by somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings

from policies import (
    LISTING,
    Combination,
    Impact,
    Level,
    Odd,
    Oddity,
    Policy,
    RuleId,
    Tells,
    Vocabulary,
    decide,
    impact,
    oddities,
    parse_policy,
)
from tests.policies.every_viewer import ATOMS, TINY, TINY_DERIVED, everyone, small_platform, small_policy
from tests.policies.examples import DAY, VOCABULARY, example_policy
from tests.policies.test_impact import shifts
from tests.policies.worlds import DERIVED, SMALL, TODAY, rngs

LOOKING = 150
REMOVABLE = {Oddity.DEAD, Oddity.SHADOWED, Oddity.NEVER_SEEN, Oddity.CAP_SHADOWED}


def without(policy: Policy, names: Iterable[RuleId | None]) -> Policy:
    left_out = frozenset(names)
    return replace(policy, rules=tuple(rule for rule in policy.rules if rule.id not in left_out))


def written(*rules: dict[str, object], vocabulary: Vocabulary = SMALL) -> Policy:
    numbered = [{"id": f"r{place}", **rule} for place, rule in enumerate(rules)]
    document = {"v": 1, "factory": "F", "revision": 1, "rules": numbered}
    return parse_policy(document, vocabulary, known_capabilities={"c1", "c2"})


def found(policy: Policy, vocabulary: Vocabulary = SMALL, tells: Tells | None = None, today: date = TODAY) -> list[Odd]:
    answer = oddities(policy, today=today, vocabulary=vocabulary, tells=tells or Tells())
    assert answer.unfinished == frozenset()
    return list(answer.found)


def codes(policy: Policy, vocabulary: Vocabulary = SMALL, tells: Tells | None = None) -> list[tuple[object, str]]:
    return [(odd.rule, odd.code.value) for odd in found(policy, vocabulary, tells)]


def check_removals(policy: Policy, vocabulary: Vocabulary, platform, rng: Random) -> int:
    """How many idle rules there were; each, and all together, are left out and none of some viewers notices."""
    answer = oddities(policy, today=TODAY, vocabulary=vocabulary, platform=platform)
    idle = [odd.rule for odd in answer.found if odd.code in REMOVABLE]
    bitless = [odd.rule for odd in answer.found if odd.code is Oddity.CAP_NEVER_BITES]
    askers = everyone([*policy.rules, *(cap.rule for cap in platform)], vocabulary, TODAY) if idle or bitless else None
    for asker in rng.sample(askers, min(len(askers), LOOKING)) if askers else ():
        for left_out in (*([one] for one in idle), idle):
            assert not shifts(policy, without(policy, left_out), asker, vocabulary, platform)
        if not any(grant.direct for grant in asker[1].grants):
            assert not shifts(policy, without(policy, [*idle, *bitless]), asker, vocabulary, platform)
    return len(idle) + len(bitless) if askers else 0


@pytest.mark.parametrize("vocabulary", [TINY, TINY_DERIVED], ids=["plain", "derived"])
@settings(max_examples=60, deadline=None)
@given(rng=rngs())
def test_idle_rules_can_be_left_out(vocabulary: Vocabulary, rng: Random) -> None:
    atoms = rng.sample(ATOMS, rng.randint(1, 2))
    check_removals(small_policy(rng, vocabulary, atoms, most=5), vocabulary, small_platform(rng, vocabulary, atoms), rng)


def test_the_property_is_not_empty() -> None:
    rng = Random(3)
    checked = 0
    for _ in range(60):
        atoms = rng.sample(ATOMS, rng.randint(1, 2))
        checked += check_removals(small_policy(rng, TINY, atoms, most=5), TINY, small_platform(rng, TINY, atoms), rng)
    assert checked > 20


CARD = {"to": "anyone", "show": [["$listing", "exact"], ["name", "exact"]]}
PAST, SOON = (TODAY - timedelta(days=1)).isoformat(), (TODAY + timedelta(days=30)).isoformat()


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([CARD], []),
        ([CARD, {"to": "anyone", "until": PAST, "show": [["price", "exact"]]}], [("r1", "dead")]),
        ([CARD, {"to": {"tier": "member"}, "show": [["name", "band"]]}], [("r1", "shadowed")]),
        ([{"to": {"tier": "member"}, "show": [["name", "band"]]}, CARD], [("r0", "shadowed")]),
        ([CARD, CARD], [("r1", "shadowed")]),
        ([CARD, {"to": {"country": ["VN"]}, "show": [["name", "band"], ["price", "band"]]}], []),
        (
            [
                CARD,
                {"to": {"country": ["VN", "JP"]}, "show": [["price", "exact"]]},
                {"to": {"country": ["VN"], "verified": 2}, "for": ["rfq"], "show": [["price", "band"]]},
            ],
            [("r2", "shadowed")],
        ),
        (
            [
                CARD,
                {"to": {"holds": ["A"], "attested": "peer"}, "show": [["price", "exact"]]},
                {"to": {"holds": ["A", "B"], "attested": "body"}, "show": [["price", "exact"]]},
                {"to": {"holds": ["A", "B"]}, "show": [["price", "exact"]]},
            ],
            [("r2", "shadowed")],
        ),
        (
            [CARD, {"to": "anyone", "show": [["price", "exact"]]}, {"to": "anyone", "cap": [["price", "hidden"]]}],
            [("r1", "never_seen")],
        ),
        ([CARD, {"to": "anyone", "cap": [["price", "band"]]}], [("r1", "cap_never_bites")]),
        (
            [
                CARD,
                {"to": {"country": ["JP"]}, "show": [["price", "exact"]]},
                {"to": {"country": ["VN"]}, "cap": [["price", "band"]]},
            ],
            [("r2", "cap_never_bites")],  # it also meets whoever does not say from where, but the show is not for them
        ),
        (
            [
                CARD,
                {"to": "anyone", "show": [["price", "exact"]]},
                {"to": "anyone", "cap": [["price", "band"]]},
                {"to": {"country": ["VN"]}, "cap": [["price", "band"], ["name", "exact"]]},
            ],
            [("r3", "cap_shadowed")],
        ),
        ([CARD, {"to": "anyone", "until": SOON, "show": [["price", "exact"]]}], [("r1", "expiring")]),
    ],
)
def test_what_is_idle(rules: list[dict[str, object]], expected: list[tuple[str, str]]) -> None:
    assert codes(written(*rules)) == expected


def test_a_show_that_is_shadowed_names_what_covers_it() -> None:
    policy = written(CARD, {"to": "anyone", "show": [["price", "exact"]]}, {"to": {"role": ["buyer"]}, "show": [["*", "band"]]})
    assert found(policy) == []
    (odd,) = found(written(*[CARD, {"to": "anyone", "show": [["price", "exact"]]}, {
        "to": {"role": ["buyer"]}, "show": [["name", "band"], ["price", "band"]]}]))  # fmt: skip
    assert (odd.rule, odd.by, odd.fields) == ("r2", ("r0", "r1"), ("name", "price"))


def test_the_example_is_not_odd_until_it_ends() -> None:
    assert [(odd.rule, odd.code) for odd in found(example_policy(), VOCABULARY, today=date(2027, 1, 1))] == []
    last = found(example_policy(), VOCABULARY, today=DAY)
    assert [(odd.rule, odd.code, odd.day) for odd in last] == [("acme-price", Oddity.EXPIRING, DAY)]
    over = found(example_policy(), VOCABULARY, today=DAY + timedelta(days=1))
    assert [(odd.rule, odd.code) for odd in over] == [("acme-price", Oddity.DEAD)]


def test_a_start_after_the_end_is_dead_whenever() -> None:
    policy = written(CARD, {"to": "anyone", "show": [["price", "exact"]]})
    never = replace(policy.rules[1], start=TODAY + timedelta(days=9), until=TODAY + timedelta(days=8))
    assert [(odd.rule, odd.code) for odd in found(replace(policy, rules=(policy.rules[0], never)))] == [("r1", Oddity.DEAD)]


TELLS = Tells(places=("place",), names=("name",))


def test_where_without_who_comes_with_somebody_who_sees_it() -> None:
    policy = written(
        {"to": "anyone", "show": [["$listing", "exact"]]},
        {"to": {"tier": "member"}, "show": [["name", "exact"], ["place", "band"]]},
        {"to": {"nda": ["one"]}, "show": [["place", "exact"]]},
        {"to": {"country": ["JP"]}, "for": ["rfq"], "cap": [["name", "hidden"]]},
    )
    (odd,) = [odd for odd in found(policy, tells=TELLS) if odd.code is Oddity.PLACE_BESIDE_HIDDEN_NAME]
    assert odd.witness is not None
    seen = decide(policy, odd.witness.viewer, odd.witness.relation, odd.witness.day, SMALL)
    assert (seen.level("place"), seen.level("name")) == (Level.EXACT, Level.HIDDEN)
    assert codes(without(policy, ["r3"]), tells=TELLS) == []
    assert codes(without(policy, ["r2"]), tells=TELLS) == []


def test_a_grant_of_a_place_alone_is_what_the_owner_chose() -> None:
    policy = written({"to": "anyone", "show": [["$listing", "exact"]]}, {"to": {"tier": "partner"}, "show": [["*", "exact"]]})
    assert codes(policy, tells=TELLS) == []


def test_fields_by_which_few_fit_are_told_at_the_levels_at_which_few_do() -> None:
    policy = written(
        {"to": "anyone", "show": [["$listing", "exact"], ["place", "band"], ["hours", "exact"]]},
        {"to": {"tier": "partner"}, "show": [["*", "exact"]]},
    )
    pair = ("place", "hours")
    exact, band = (Level.EXACT, Level.EXACT), (Level.BAND, Level.EXACT)

    def told(counts: dict[tuple[Level, ...], int]) -> list[tuple[tuple[Level, ...], int | None]]:
        tells = Tells(names=("name",), combinations=(Combination(fields=pair, counts=counts),))
        return [(odd.levels, odd.count) for odd in found(policy, tells=tells) if odd.code is Oddity.IDENTIFYING]

    assert told({exact: 1, band: 7}) == [], "who sees both exactly sees the name as well"
    assert told({exact: 1, band: 2}) == [(band, 2)]
    assert told({exact: 1, band: 3}) == []


def test_a_derived_field_that_is_cut_by_its_inputs_is_told_with_the_rule() -> None:
    policy = written(
        {"to": "anyone", "show": [["$listing", "exact"], ["hours", "band"], ["price", "exact"]]},
        {"to": {"role": ["buyer"]}, "show": [["load", "exact"]]},
        vocabulary=DERIVED,
    )
    (odd,) = found(policy, DERIVED)
    assert (odd.code, odd.by, odd.fields, odd.levels) == (
        Oddity.DERIVED_CUT, ("r1",), ("load",), (Level.EXACT, Level.BAND),
    )  # fmt: skip
    assert odd.witness is not None
    assert odd.witness.viewer.roles == {"buyer"}


def test_a_hidden_field_that_can_be_computed_is_told() -> None:
    policy = written(
        {"to": "anyone", "show": [["$listing", "exact"], ["price", "exact"]]},
        {"to": {"group": ["friends"]}, "show": [["hours", "band"]]},
        vocabulary=DERIVED,
    )
    (odd,) = found(policy, DERIVED, Tells(computable=("load",)))
    assert (odd.code, odd.fields, odd.levels) == (Oddity.DERIVED_COMPUTABLE, ("load",), (Level.BAND, Level.HIDDEN))
    assert odd.witness is not None
    assert odd.witness.relation.groups == {"friends"}


@settings(max_examples=40, deadline=None)
@given(rng=rngs())
def test_idle_rules_change_nothing_by_the_impact_either(rng: Random) -> None:
    atoms = rng.sample(ATOMS, 3)
    policy = small_policy(rng, SMALL, atoms, most=6)
    for odd in found(policy):
        if odd.code in REMOVABLE:
            answer = impact(policy, without(policy, [odd.rule]), today=TODAY, vocabulary=SMALL)
            assert isinstance(answer, Impact)
            assert answer.changes == (), (odd, LISTING)
