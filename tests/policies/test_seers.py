"""Who sees a field: the rules named are all there are, and of members nothing is told that their own page does not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import given, settings

from policies import (
    LISTING,
    NO_RELATION,
    PURPOSES,
    Credentials,
    Level,
    Listed,
    Relation,
    Viewer,
    When,
    decide,
    members_who_see,
    parse_policy,
    who_sees,
)
from policies.evaluate import truth
from tests.policies.examples import DAY, VOCABULARY, example_policy
from tests.policies.worlds import (
    DERIVED,
    SMALL,
    TODAY,
    random_platform,
    random_policy,
    random_relation,
    random_viewer,
    random_world,
    rngs,
)


@settings(max_examples=100, deadline=None)
@given(rng=rngs())
def test_whoever_sees_it_comes_through_a_rule_that_is_named(rng: Random) -> None:
    world = random_world(rng, DERIVED)
    relation = replace(world.relation, grants=tuple(g for g in world.relation.grants if not g.direct and g.fields is None))
    decision = decide(world.policy, world.viewer, relation, world.day, DERIVED, world.platform)

    def met(openings) -> bool:
        return any(opening.said.bites(truth(opening.said.rule, world.viewer, relation, world.day)) for opening in openings)

    for name in (LISTING, *DERIVED.fields):
        for level in (Level.EXISTENCE, Level.BAND, Level.EXACT):
            seers = who_sees(world.policy, name, level, day=world.day, vocabulary=DERIVED, platform=world.platform)
            own = met(seers.opens) and met(seers.listing) and not met(seers.limits) and not met(seers.unlisting)
            inputs = all(decision.level(each) >= level for each in seers.inputs)
            assert (decision.level(name) >= level) == (own and inputs)


def directory(rng: Random, count: int) -> list[Listed]:
    found = []
    for number in range(count):
        relation = replace(random_relation(rng, SMALL), ndas=frozenset(), groups=frozenset())
        viewer = replace(random_viewer(rng), holds={}, member=True)
        found.append(Listed(name=f"m{number}", viewer=viewer, relation=relation if rng.random() < 0.4 else NO_RELATION))
    return found


@settings(max_examples=50, deadline=None)
@given(rng=rngs())
def test_members_are_named_exactly_when_they_see_it(rng: Random) -> None:
    policy, members, platform = random_policy(rng, SMALL), directory(rng, 8), random_platform(rng, SMALL)
    name, level = rng.choice((LISTING, *SMALL.fields)), rng.choice((Level.EXISTENCE, Level.BAND, Level.EXACT))
    answer = members_who_see(policy, name, level, members, day=TODAY, vocabulary=SMALL, platform=platform)
    told: dict[tuple[str, str], set[Credentials]] = {}
    for sight in (*answer.certain, *answer.conditional):
        for member in sight.names:
            for purpose in sight.purposes:
                told.setdefault((member, purpose), set()).add(sight.given)
    assert answer.left_out == 0
    for member in members:
        for purpose in PURPOSES:
            viewer = replace(member.viewer, purpose=purpose)

            def sees(given: Credentials, viewer: Viewer = viewer, relation: Relation = member.relation) -> bool:
                return decide(policy, *given.given_to(viewer, relation), TODAY, SMALL, platform).level(name) >= level

            given_to = told.get((member.name, purpose), set())
            assert (Credentials() in given_to) == sees(Credentials())
            assert all(sees(given) for given in given_to)


def test_the_example_says_who_sees_quality() -> None:
    seers = who_sees(example_policy(), "quality", Level.BAND, day=DAY, vocabulary=VOCABULARY)
    assert [opening.said.rule.id for opening in seers.opens] == ["auto-jp", "partners"]
    assert [opening.said.rule.id for opening in seers.limits] == ["no-benchmark"]
    assert [opening.said.rule.id for opening in seers.listing] == ["card"]
    assert [opening.said.rule.id for opening in seers.unlisting] == ["rivals"]


def test_a_rule_that_is_over_stands_last() -> None:
    late = date(2028, 1, 1)
    seers = who_sees(example_policy(), "capacity", Level.BAND, day=late, vocabulary=VOCABULARY)
    assert [(opening.said.rule.id, opening.when) for opening in seers.opens] == [
        ("members", When.NOW),
        ("partners", When.OVER),
    ]


def test_of_a_certificate_it_says_whoever_holds_it() -> None:
    maker = Viewer(org="did:web:x", country="JP", verified=2, purpose=None, member=True, sectors=frozenset({"C29"}))
    members = [
        Listed(name="japan", viewer=maker),
        Listed(name="vietnam", viewer=replace(maker, country="VN")),
        Listed(name="other trade", viewer=replace(maker, sectors=frozenset())),
    ]
    answer = members_who_see(example_policy(), "quality", Level.BAND, members, day=DAY, vocabulary=VOCABULARY)
    assert answer.certain == ()
    (sight,) = answer.conditional
    assert sight.names == ("japan",)
    assert sight.purposes == {"sourcing"}
    assert sight.given == Credentials(holds=frozenset({("IATF16949", "body")}))


def test_one_agreement_of_two_is_enough_and_each_is_said() -> None:
    rule = {"id": "agreed", "to": {"nda": ["one", "two"]}, "show": [["*", "exact"]]}
    document = {"v": 1, "factory": "F", "revision": 1, "rules": [rule]}
    policy = parse_policy(document, SMALL, known_capabilities=())
    member = Listed(name="m", viewer=Viewer(org="did:web:x", country="JP", verified=1, purpose=None, member=True))
    answer = members_who_see(policy, "price", Level.EXACT, [member], day=TODAY, vocabulary=SMALL)
    assert {sight.given for sight in answer.conditional} == {
        Credentials(ndas=frozenset({"one"})),
        Credentials(ndas=frozenset({"two"})),
    }
