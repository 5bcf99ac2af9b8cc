"""A policy that may show anybody more asks once; one that cannot is saved at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from network.database import Database
from policies import NO_RELATION, Level, Policy, Relation, Viewer, decide
from policies.model import LISTING
from sharing import catalogue, factories, own_policy, publish
from sharing.answers.widening import digest_of, may_widen
from sharing.errors import WideningNotConfirmed
from sharing.policy_reading import read_policy
from tests.policies.worlds import TODAY as JUNE
from tests.policies.worlds import random_policy, random_relation, random_viewer
from tests.sharing.test_journey import LATHE
from tests.world import YES, World

TODAY = date(2026, 11, 22)
CARD = {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"], ["capacity", "band"]]}
PARTNER = {"id": "partner", "to": {"tier": "partner", "country": ["JP", "KR"]}, "until": "2027-06-30", "show": [["*", "exact"]]}
RIVAL = {"id": "rival", "to": {"org": ["did:web:a", "did:web:b"]}, "cap": [["$listing", "hidden"]]}
BASE = [CARD, PARTNER, RIVAL]


def policy(rules: list[dict[str, Any]], **more: Any) -> Policy:
    return read_policy({"v": 1, "rules": rules, **more}, "F", 1, frozenset({"c1"}))


def changed(place: int, **members: Any) -> list[dict[str, Any]]:
    return [rule | members if number == place else rule for number, rule in enumerate(BASE)]


@pytest.mark.parametrize(
    "rules",
    [
        BASE,
        [RIVAL, PARTNER, CARD],
        changed(0, show=[["$listing", "exact"], ["identity", "band"]]),
        changed(0, note="New words"),
        changed(0, to={"tier": "member"}),
        changed(1, to={"tier": "confidential", "country": ["JP"]}),
        changed(1, until="2027-01-31"),
        changed(1, **{"from": "2027-01-01"}),
        changed(1, **{"for": ["rfq"]}),
        [*changed(0, note="x")[:2], {"id": "x", "to": {"org": ["did:web:a"]}, "cap": [["*", "band"]]}, RIVAL],
        changed(2, to="anyone"),
        changed(2, to={"org": ["did:web:a", "did:web:b", "did:web:c"]}),
        changed(2, cap=[["*", "hidden"]]),
        [*BASE, {"id": "more", "to": "anyone", "cap": [["capability/c1", "hidden"]]}],
        [*BASE, {"id": "old", "to": "anyone", "until": "2026-11-21", "show": [["*", "exact"]]}],
        [*BASE, {"id": "idle", "to": "anyone", "show": [["note", "hidden"]]}],
        [CARD, RIVAL],
    ],
)
def test_what_narrows_or_says_the_same_is_not_asked_about(rules: list[dict[str, Any]]) -> None:
    assert not may_widen(policy(BASE), policy(rules), TODAY)


@pytest.mark.parametrize(
    "rules",
    [
        changed(0, show=[["$listing", "exact"], ["identity", "exact"], ["capacity", "exact"]]),
        changed(0, show=[["$listing", "exact"], ["identity", "exact"], ["capacity", "band"], ["note", "existence"]]),
        changed(1, to={"tier": "partner"}),
        changed(1, to={"tier": "member", "country": ["JP", "KR"]}),
        changed(1, until="2027-07-01"),
        [CARD, {k: v for k, v in PARTNER.items() if k != "until"}, RIVAL],
        changed(2, to={"org": ["did:web:a"]}),
        changed(2, to={"org": ["did:web:a", "did:web:b"], "country": ["CN"]}),
        changed(2, cap=[["$listing", "hidden"]], until="2030-01-01"),
        changed(2, cap=[["identity", "hidden"]]),
        [CARD, PARTNER],
        [*BASE, {"id": "new", "to": {"org": ["did:web:c"]}, "show": [["capacity", "exact"]]}],
        [*BASE, {"id": "later", "to": "anyone", "from": "2030-01-01", "show": [["*", "exact"]]}],
    ],
)
def test_what_may_show_somebody_more_is(rules: list[dict[str, Any]]) -> None:
    assert may_widen(policy(BASE), policy(rules), TODAY)


def test_a_cap_on_a_capability_that_goes_is_asked_about() -> None:
    capped = [*BASE, {"id": "secret", "to": "anyone", "cap": [["capability/c1", "hidden"]]}]
    assert may_widen(policy(capped), policy(BASE), TODAY)
    everything = [*BASE, {"id": "secret", "to": "anyone", "cap": [["$listing", "hidden"]]}]
    assert not may_widen(policy(capped), policy(everything), TODAY)


def test_no_is_certain_for_every_viewer_and_every_later_day() -> None:
    """Random pairs of policies, most of them near each other: whenever nothing is asked, nobody sees more."""
    vocabulary, quiet = catalogue.vocabulary(), 0
    for seed in range(400):
        random = Random(seed)
        old = random_policy(random, vocabulary)
        new = narrowed(random, old)
        if may_widen(old, new, JUNE):
            continue
        quiet += 1
        for _ in range(12):
            viewer, relation = random_viewer(random), random_relation(random, vocabulary)
            day = JUNE + timedelta(days=random.choice([0, 1, 2, 3, 4]))
            assert_no_more(old, new, viewer, relation, day)
        assert_no_more(old, new, Viewer.anonymous(), NO_RELATION, JUNE)
    assert quiet > 100


def narrowed(random: Random, old: Policy) -> Policy:
    """A policy with some rules left out, some cut and some of another one's."""
    rules = []
    for rule in old.rules:
        chance = random.random()
        if chance < 0.15:
            continue
        if chance < 0.4:
            rules.append(replace(rule, until=JUNE + timedelta(days=random.choice([1, 2, 3]))))
        elif chance < 0.6:
            rules.append(replace(rule, targets=tuple((target, Level(max(0, level - 1))) for target, level in rule.targets)))
        else:
            rules.append(rule)
    if random.random() < 0.3:
        rules += random_policy(random, catalogue.vocabulary()).rules[:1]
    return replace(old, rules=tuple(rules))


def assert_no_more(old: Policy, new: Policy, viewer: Viewer, relation: Relation, day: date) -> None:
    before = decide(old, viewer, relation, day, catalogue.vocabulary())
    after = decide(new, viewer, relation, day, catalogue.vocabulary())
    for name in (LISTING, *catalogue.vocabulary().fields):
        assert after.level(name) <= before.level(name), (name, viewer, relation, day)
    for capability in {*old.capabilities, *new.capabilities}:
        assert after.capability_listed(capability) <= before.capability_listed(capability)


def test_the_digest_is_of_this_change_and_of_no_other() -> None:
    one, two, three = policy(BASE), policy([CARD]), policy([CARD, PARTNER])
    digests = {digest_of(one, two), digest_of(two, one), digest_of(one, three), digest_of(one, replace(two, factory="G"))}
    assert len(digests) == 4
    assert digest_of(replace(one, revision=7), replace(two, revision=9)) == digest_of(one, two)


@pytest.fixture
def world(database: Database) -> World:
    world = World.on(database)
    world.organization("one")
    return world


def put(world: World, factory: str, rules: list[dict[str, Any]], *yes: str) -> int:
    with world.house.database.write() as session:
        said = YES | frozenset(yes)
        document = {"v": 1, "rules": rules}
        return own_policy.put_policy(world.house, session, world.caller("one"), factory, document, confirmed=said).revision


def test_a_published_factory_asks_once_and_a_draft_does_not(world: World) -> None:
    factory = world.factory("one", LATHE, live=False)
    put(world, factory, [CARD])
    put(world, factory, BASE[:2])
    world.publish("one", factory)
    with pytest.raises(WideningNotConfirmed) as asked:
        put(world, factory, [CARD, {**PARTNER, "until": "2028-01-01"}])
    with pytest.raises(WideningNotConfirmed):
        put(world, factory, [CARD, {**PARTNER, "until": "2029-01-01"}], asked.value.digest)
    assert put(world, factory, [CARD, {**PARTNER, "until": "2028-01-01"}], asked.value.digest) == 4
    assert put(world, factory, [CARD]) == 5
    with pytest.raises(WideningNotConfirmed):
        put(world, factory, [CARD, PARTNER], asked.value.digest)


def test_withdrawing_is_no_way_around_the_question(world: World) -> None:
    factory = world.factory("one", LATHE)
    put(world, factory, [{**CARD, "show": [["$listing", "exact"]]}])
    with world.house.database.write() as session:
        publish.withdraw(world.house, session, world.caller("one"), factory)
    with pytest.raises(WideningNotConfirmed):
        put(world, factory, [CARD])
    with world.house.database.read() as session:
        assert factories.list_factories(world.house, session, world.caller("one"))[0].state == "withdrawn"
