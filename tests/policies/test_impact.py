"""The impact of a draft over all possible viewers is exactly what asking every one of them finds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings

from policies import (
    LISTING,
    Change,
    Decision,
    DirectoryOnly,
    Impact,
    Kind,
    Level,
    PlatformCap,
    Policy,
    Reason,
    Tier,
    Vocabulary,
    decide,
    impact,
    parse_policy,
)
from policies.regions import Universe
from tests.policies.every_viewer import (
    ATOMS,
    TINY,
    TINY_DERIVED,
    Asker,
    edited,
    everyone,
    small_platform,
    small_policy,
)
from tests.policies.examples import DAY, VOCABULARY, example_policy
from tests.policies.worlds import CAPABILITIES, SMALL, TODAY, rngs

Shift = tuple[str, Level, Level]


def level(decision: Decision, key: str) -> Level:
    if key.startswith("capability/"):
        listed = decision.capability_listed(key.removeprefix("capability/"))
        return Level.EXACT if listed else Level.HIDDEN
    return decision.level(key)


def shifts(current: Policy, draft: Policy, asker: Asker, vocabulary: Vocabulary, platform) -> set[Shift]:
    """What changes for one viewer, by the reference evaluator; of capabilities those that a policy names."""
    viewer, relation, day = asker
    before = decide(current, viewer, relation, day, vocabulary, platform)
    after = decide(draft, viewer, relation, day, vocabulary, platform)
    named = [f"capability/{each}" for each in CAPABILITIES if each in {*current.capabilities, *draft.capabilities}]
    keys = (LISTING, *vocabulary.fields, *named)
    return {(key, level(before, key), level(after, key)) for key in keys if level(before, key) != level(after, key)}


def told(found: Impact) -> set[Shift]:
    return {(field, change.before, change.after) for change in found.changes for field in change.fields}


def check(current: Policy, draft: Policy, vocabulary: Vocabulary, platform: tuple[PlatformCap, ...]) -> bool:
    """Compare with every viewer; False where there are too many of them."""
    rules = [*current.effective, *draft.effective, *(cap.rule for cap in platform)]
    askers = everyone(rules, vocabulary, TODAY)
    if askers is None:
        return False
    found = impact(current, draft, today=TODAY, vocabulary=vocabulary, platform=platform)
    assert isinstance(found, Impact)
    expected = set().union(*(shifts(current, draft, asker, vocabulary, platform) for asker in askers))
    assert told(found) == expected
    for change in found.changes:
        witness = change.witness
        seen = shifts(current, draft, (witness.viewer, witness.relation, witness.day), vocabulary, platform)
        assert {(field, change.before, change.after) for field in change.fields} <= seen
        assert witness.day >= TODAY
    return True


@pytest.mark.parametrize("vocabulary", [TINY, TINY_DERIVED], ids=["plain", "derived"])
@settings(max_examples=40, deadline=None)
@given(rng=rngs())
def test_it_agrees_with_every_viewer(vocabulary: Vocabulary, rng: Random) -> None:
    atoms = rng.sample(ATOMS, rng.randint(1, 3))
    current = small_policy(rng, vocabulary, atoms)
    draft = edited(rng, current, vocabulary, atoms) if rng.random() < 0.7 else small_policy(rng, vocabulary, atoms)
    check(current, draft, vocabulary, small_platform(rng, vocabulary, atoms))


def agreements(seed: int, rounds: int) -> int:
    """How many comparisons were made. Raises AssertionError at the first difference."""
    rng, done = Random(seed), 0
    for _ in range(rounds):
        atoms = rng.sample(ATOMS, rng.randint(1, 3))
        current = small_policy(rng, TINY, atoms)
        done += check(current, edited(rng, current, TINY, atoms), TINY, small_platform(rng, TINY, atoms))
    return done


class OnlyToday(Universe):
    """A universe that forgets the days to come."""

    @classmethod
    def of(cls, clauses):
        known = Universe.of(clauses)
        return Universe(values=(*known.values[:-1], known.values[-1][:1]))


MISTAKES = {
    "direct grants are forgotten": ("policies.held.Held.directly", lambda self, key: False),
    "a narrow grant counts for every field": ("policies.held.follows_listing", lambda key: True),
    "only today counts": ("policies.survey.Universe", OnlyToday),
    "every show within another's words is dropped": ("policies.profiles._asks_within", lambda narrow, wide: True),
    "caps of the platform bind everyone": ("policies.profiles.Clause.unknown_counts", property(lambda self: True)),
}


@pytest.mark.parametrize(("name", "wrong"), MISTAKES.values(), ids=MISTAKES.keys())
def test_the_comparison_finds_a_mistake(name: str, wrong: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name, wrong)
    with pytest.raises(AssertionError):
        agreements(seed=5, rounds=600)


def of(found: Impact | DirectoryOnly, field: str) -> list[Change]:
    assert isinstance(found, Impact)
    return [change for change in found.changes if field in change.fields]


def test_the_example_without_its_rivals_rule_is_open_to_the_public_too() -> None:
    found = impact(example_policy(), example_policy(without=("rivals",)), today=DAY, vocabulary=VOCABULARY)
    (change,) = of(found, LISTING)
    assert (change.before, change.after) == (Level.HIDDEN, Level.EXACT)
    assert {who.kind for who in change.who} == {Kind.PUBLIC, Kind.ANY_MEMBER, Kind.ORGANIZATION}
    (rivals,) = [who.org for who in change.who if who.kind is Kind.ORGANIZATION]
    assert rivals is not None
    assert rivals.words == {"did:web:a.example:orgs:rival", "did:web:b.example:orgs:other"}
    assert not rivals.others


def test_a_rule_that_ends_changes_something_until_it_does() -> None:
    found = impact(example_policy(), example_policy(without=("acme-price",)), today=DAY, vocabulary=VOCABULARY)
    (change,) = of(found, "price")
    assert change.fields == ("price",)
    assert (change.before, change.after, change.gain) == (Level.EXACT, Level.HIDDEN, False)
    (who,) = change.who
    assert who.days == ((DAY, DAY),)
    assert who.org is not None
    assert who.org.words == {"did:web:oem.example:orgs:acme"}
    assert "benchmark" not in (who.purpose.words if who.purpose else ())


def test_a_change_to_come_is_told_with_its_day() -> None:
    current = example_policy()
    later = replace(current.rules[2], start=date(2027, 9, 1), to=replace(current.rules[2].to, holds=None, attested=None))
    draft = replace(current, rules=(*current.rules, replace(later, id="later")))
    for change in of(impact(current, draft, today=DAY, vocabulary=VOCABULARY), "quality"):
        assert change.witness.day >= date(2027, 9, 1)
        assert all(who.days[0][0] >= date(2027, 9, 1) for who in change.who)


def test_a_direct_grant_gains_when_a_cap_goes() -> None:
    rule = {"id": "cap", "to": "anyone", "cap": [["price", "hidden"]]}
    card = {"id": "card", "to": "anyone", "show": [["$listing", "exact"]]}
    both, bare = ({"v": 1, "factory": "F", "revision": 1, "rules": rules} for rules in ([card, rule], [card]))
    current, draft = (parse_policy(document, SMALL, known_capabilities=()) for document in (both, bare))
    (change,) = of(impact(current, draft, today=TODAY, vocabulary=SMALL), "price")
    assert [who.direct for who in change.who] == [True]
    assert change.witness.relation.grants[0].direct


def test_who_is_described_by_tier() -> None:
    current = example_policy()
    partners = replace(current.rules[3], targets=(("quality", Level.BAND),))
    draft = replace(current, rules=(*current.rules[:3], partners, *current.rules[4:]))
    changes = {(change.before, change.after): change for change in of(impact(
        current, draft, today=DAY, vocabulary=VOCABULARY), "quality")}  # fmt: skip
    assert set(changes) == {(Level.EXACT, Level.BAND)}
    assert [who.tier for who in changes[Level.EXACT, Level.BAND].who] == [Tier.PARTNER]


def test_nothing_changes_when_nothing_is_changed() -> None:
    assert impact(example_policy(), example_policy(), today=DAY, vocabulary=VOCABULARY) == Impact(changes=(), regions=0)


def test_the_order_of_rules_and_what_is_said_twice_change_nothing() -> None:
    policy = example_policy()
    again = replace(policy, rules=(*reversed(policy.rules), replace(policy.rules[0], id="again")))
    found = impact(policy, again, today=DAY, vocabulary=VOCABULARY)
    assert isinstance(found, Impact)
    assert found.changes == ()


def test_beyond_the_limit_it_says_so_and_gives_nothing() -> None:
    found = impact(example_policy(), example_policy(without=("card",)), today=DAY, vocabulary=VOCABULARY, most=50)
    assert isinstance(found, DirectoryOnly)
    assert (found.reason, found.limit) == (Reason.REGIONS, 50)
    assert found.count > 50


def test_the_count_is_the_same_whatever_the_limit() -> None:
    found = impact(example_policy(), example_policy(without=("card",)), today=DAY, vocabulary=VOCABULARY)
    assert isinstance(found, Impact)
    again = impact(example_policy(), example_policy(without=("card",)), today=DAY, vocabulary=VOCABULARY, most=found.regions)
    assert again == found
