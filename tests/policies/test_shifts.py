"""The impact on a directory is what asking every member finds, and tells nothing of a member that is theirs to show."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings

from policies import (
    LISTING,
    NO_RELATION,
    PURPOSES,
    Credentials,
    DirectoryImpact,
    FieldShift,
    Level,
    Listed,
    Viewer,
    Vocabulary,
    decide,
    impact_on,
)
from tests.policies.examples import DAY, VOCABULARY, example_policy
from tests.policies.test_impact import shifts
from tests.policies.worlds import (
    DERIVED,
    SMALL,
    TODAY,
    random_platform,
    random_policy,
    random_relation,
    random_rule,
    random_viewer,
    rngs,
)


def directory(rng: Random, vocabulary: Vocabulary, count: int) -> list[Listed]:
    found = []
    for number in range(count):
        relation = replace(random_relation(rng, vocabulary), ndas=frozenset(), groups=frozenset())
        viewer = replace(random_viewer(rng), holds={}, member=True)
        found.append(Listed(name=f"m{number}", viewer=viewer, relation=relation if rng.random() < 0.4 else NO_RELATION))
    return found


@pytest.mark.parametrize("vocabulary", [SMALL, DERIVED], ids=["small", "derived"])
@settings(max_examples=60, deadline=None)
@given(rng=rngs())
def test_it_agrees_with_asking_every_member(vocabulary: Vocabulary, rng: Random) -> None:
    current, platform = random_policy(rng, vocabulary), random_platform(rng, vocabulary)
    draft = replace(current, rules=(*current.rules[1:], random_rule(rng, vocabulary, "new")))
    members = directory(rng, vocabulary, 6)
    found = impact_on(current, draft, members, day=TODAY, vocabulary=vocabulary, platform=platform)
    assert found.left_out == 0
    told = {
        (name, purpose): {(change.field, change.before, change.after) for change in shift.changes}
        for shift in found.as_listed
        for name in shift.names
        for purpose in shift.purposes
    }
    for member in members:
        for purpose in PURPOSES:
            asker = (replace(member.viewer, purpose=purpose), member.relation, TODAY)
            assert told.get((member.name, purpose), set()) == shifts(current, draft, asker, vocabulary, platform)
    by_name = {member.name: member for member in members}
    for shift in found.conditional:
        for name in shift.names:
            for purpose in shift.purposes:
                viewer = replace(by_name[name].viewer, purpose=purpose)
                asker = (*shift.given.given_to(viewer, by_name[name].relation), TODAY)
                assert {(c.field, c.before, c.after) for c in shift.changes} == shifts(
                    current, draft, asker, vocabulary, platform
                )


def test_of_a_certificate_it_says_whoever_holds_it() -> None:
    maker = Viewer(org="did:web:x", country="JP", verified=2, purpose=None, member=True, sectors=frozenset({"C29"}))
    members = [Listed(name="japan", viewer=maker), Listed(name="vietnam", viewer=replace(maker, country="VN"))]
    found = impact_on(example_policy(), example_policy(without=("auto-jp",)), members, day=DAY, vocabulary=VOCABULARY)
    assert found.as_listed == ()
    (shift,) = found.conditional
    assert shift.names == ("japan",)
    assert shift.purposes == {"sourcing"}
    assert shift.given == Credentials(holds=frozenset({("IATF16949", "body")}))
    assert set(shift.changes) == {
        FieldShift(field="equipment", before=Level.EXACT, after=Level.EXISTENCE),
        FieldShift(field="quality", before=Level.BAND, after=Level.HIDDEN),
    }


def test_whoever_holds_it_already_sees_it() -> None:
    maker = Viewer(org="did:web:x", country="JP", verified=2, purpose=None, member=True, sectors=frozenset({"C29"}))
    current = example_policy()
    wider = replace(current.rules[2], id="wider", to=replace(current.rules[2].to, holds=None, attested=None))
    found = impact_on(
        current, replace(current, rules=(*current.rules, wider)), [Listed(name="japan", viewer=maker)],
        day=DAY, vocabulary=VOCABULARY,
    )  # fmt: skip
    assert {change.field for shift in found.as_listed for change in shift.changes} == {"equipment", "quality"}
    (shift,) = found.conditional
    assert shift.changes == ()


def test_members_whom_the_rules_cannot_tell_apart_are_decided_once() -> None:
    plain = Viewer(org="did:web:x", country="DE", verified=2, purpose=None, member=True)
    members = [Listed(name=str(n), viewer=replace(plain, org=f"did:web:{n}", verified=n % 4)) for n in range(2000)]
    found = impact_on(example_policy(), example_policy(without=("members",)), members, day=DAY, vocabulary=VOCABULARY)
    assert found.kinds == 1
    assert {len(shift.names) for shift in found.as_listed} == {2000}
    assert all(shift.purposes == {"sourcing", "rfq"} for shift in found.as_listed)


def test_a_rule_that_is_over_touches_nobody() -> None:
    late = date(2028, 1, 1)
    acme = Viewer(org="did:web:oem.example:orgs:acme", country="DE", verified=2, purpose=None, member=True)
    found = impact_on(
        example_policy(), example_policy(without=("acme-price",)), [Listed(name="acme", viewer=acme)],
        day=late, vocabulary=VOCABULARY,
    )  # fmt: skip
    assert found.as_listed == found.conditional == ()
    assert decide(example_policy(), acme, NO_RELATION, late, VOCABULARY).level(LISTING) is Level.EXACT


def told(found: DirectoryImpact) -> set[tuple[object, ...]]:
    return {
        (name, purpose, shift.given, shift.changes)
        for shift in (*found.as_listed, *found.conditional)
        for name in shift.names
        for purpose in shift.purposes
    }


@pytest.mark.parametrize("vocabulary", [SMALL, DERIVED], ids=["small", "derived"])
def test_many_at_once_are_told_what_each_is_told(vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    rng, compared = Random(11), 0
    for _ in range(60):
        current, platform = random_policy(rng, vocabulary), random_platform(rng, vocabulary)
        draft = replace(current, rules=(*current.rules[1:], random_rule(rng, vocabulary, "new")))
        members = [replace(each, relation=NO_RELATION) for each in directory(rng, vocabulary, 12)]
        at_once = told(impact_on(current, draft, members, day=TODAY, vocabulary=vocabulary, platform=platform))
        with monkeypatch.context() as one_by_one:
            one_by_one.setattr("policies.shifts.plain", lambda kind: False)
            each = told(impact_on(current, draft, members, day=TODAY, vocabulary=vocabulary, platform=platform))
        assert at_once == each
        compared += len(each)
    assert compared > 100
