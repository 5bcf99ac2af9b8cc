"""The viewer signature changes with everything a decision reads, and with nothing else."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings

from policies import (
    ActiveGrant,
    Audience,
    Effect,
    Level,
    Policy,
    Relation,
    Rule,
    RuleId,
    Tier,
    Viewer,
    decide,
    signature,
)
from tests.policies.laws import attributes_removed, credentials_added
from tests.policies.worlds import SMALL, TODAY, random_policy, random_world, rngs

GRANT = ActiveGrant(
    tier=Tier.PARTNER,
    purpose="rfq",
    start=TODAY - timedelta(days=5),
    until=TODAY + timedelta(days=5),
    fields=frozenset({"hours"}),
)
DIRECT = replace(GRANT, tier=None, direct=True, fields=frozenset({"place"}))
VIEWER = Viewer(
    org="did:web:a:orgs:b",
    country="VN",
    verified=2,
    purpose="rfq",
    member=True,
    sectors=frozenset({"C29"}),
    roles=frozenset({"buyer"}),
    holds={"ISO9001": "peer"},
)
RELATION = Relation(grants=(GRANT, DIRECT), ndas=frozenset({"n"}), groups=frozenset({"g"}))
TOMORROW = TODAY + timedelta(days=1)


def show(**audience: object) -> Rule:
    purposes = audience.pop("purposes", None)
    until = audience.pop("until", None)
    return Rule(
        id=RuleId("r"),
        to=Audience(**audience),
        effect=Effect.SHOW,
        targets=(("*", Level.EXACT),),
        purposes=purposes,
        until=until,
    )


def viewer_with(**changes: object) -> tuple[Viewer, Relation]:
    return replace(VIEWER, **changes), RELATION


def relation_with(**changes: object) -> tuple[Viewer, Relation]:
    return VIEWER, replace(RELATION, **changes)


# What is changed; and a rule that then decides otherwise, which shows that a decision reads it.
READ = [
    ("viewer", "org", viewer_with(org="did:web:a:orgs:c"), show(org=frozenset({"did:web:a:orgs:b"}))),
    ("viewer", "org", viewer_with(org=None), show(org=frozenset({"did:web:a:orgs:b"}))),
    ("viewer", "country", viewer_with(country="JP"), show(country=frozenset({"VN"}))),
    ("viewer", "country", viewer_with(country=None), show(country=frozenset({"VN"}))),
    ("viewer", "verified", viewer_with(verified=1), show(verified=2)),
    ("viewer", "verified", viewer_with(verified=3), show(verified=3)),
    ("viewer", "verified", viewer_with(verified=None), show(verified=2)),
    ("viewer", "purpose", viewer_with(purpose="audit"), show(purposes=frozenset({"rfq"}))),
    ("viewer", "purpose", viewer_with(purpose=None), show(purposes=frozenset({"rfq"}))),
    ("viewer", "member", viewer_with(member=False), show(tier=Tier.MEMBER)),
    ("viewer", "sectors", viewer_with(sectors=frozenset()), show(sector=frozenset({"C29"}))),
    ("viewer", "sectors", viewer_with(sectors=frozenset({"C29", "C30"})), show(sector=frozenset({"C30"}))),
    ("viewer", "roles", viewer_with(roles=frozenset({"auditor"})), show(role=frozenset({"buyer"}))),
    ("viewer", "holds", viewer_with(holds={}), show(holds=frozenset({"ISO9001"}))),
    ("viewer", "holds", viewer_with(holds={"ISO9001": "body"}), show(holds=frozenset({"ISO9001"}), attested="body")),
    ("relation", "ndas", relation_with(ndas=frozenset()), show(nda=frozenset({"n"}))),
    ("relation", "groups", relation_with(groups=frozenset({"h"})), show(group=frozenset({"h"}))),
    ("relation", "grants", relation_with(grants=()), show(tier=Tier.PARTNER)),
    ("relation", "grants", relation_with(grants=(GRANT,)), show(org=frozenset({"nobody"}))),
    ("relation", "grants", relation_with(grants=(DIRECT,)), show(tier=Tier.PARTNER)),
    ("relation", "grants", relation_with(grants=(replace(GRANT, fields=None), DIRECT)), show(tier=Tier.PARTNER)),
    (
        "relation",
        "grants",
        relation_with(grants=(replace(GRANT, fields=frozenset({"price"})), DIRECT)),
        show(tier=Tier.PARTNER),
    ),
    ("relation", "grants", relation_with(grants=(replace(GRANT, tier=Tier.MEMBER), DIRECT)), show(tier=Tier.PARTNER)),
    (
        "relation",
        "grants",
        relation_with(grants=(replace(GRANT, tier=Tier.CONFIDENTIAL), DIRECT)),
        show(tier=Tier.CONFIDENTIAL),
    ),
    (
        "relation",
        "grants",
        relation_with(grants=(GRANT, replace(DIRECT, fields=frozenset({"price"})))),
        show(tier=Tier.CONFIDENTIAL),
    ),
    ("relation", "grants", relation_with(grants=(replace(GRANT, purpose="audit"), DIRECT)), show(tier=Tier.PARTNER)),
    (
        "relation",
        "grants",
        relation_with(grants=(replace(GRANT, until=TODAY - timedelta(days=1)), DIRECT)),
        show(tier=Tier.PARTNER),
    ),
    ("relation", "grants", relation_with(grants=(replace(GRANT, start=TOMORROW), DIRECT)), show(tier=Tier.PARTNER)),
]


@pytest.mark.parametrize(("_kind", "_name", "changed", "rule"), READ)
def test_what_a_decision_reads_changes_the_signature(
    _kind: str, _name: str, changed: tuple[Viewer, Relation], rule: Rule
) -> None:
    policy = Policy(factory="F", revision=1, rules=(rule,))
    before = decide(policy, VIEWER, RELATION, TODAY, SMALL)
    assert decide(policy, *changed, TODAY, SMALL) != before, "the example must show that a decision reads this"
    assert signature(changed[0], {"F": changed[1]}, TODAY) != signature(VIEWER, {"F": RELATION}, TODAY)


def test_every_attribute_of_viewer_and_relation_is_perturbed_above() -> None:
    read = {(kind, name) for kind, name, _, _ in READ}
    assert read == {("viewer", f.name) for f in fields(Viewer)} | {("relation", f.name) for f in fields(Relation)}


def test_all_perturbations_have_different_signatures() -> None:
    before = signature(VIEWER, {"F": RELATION}, TODAY)
    changed = {signature(viewer, {"F": relation}, TODAY) for _, _, (viewer, relation), _ in READ}
    # Five ways of losing the same grant: taken away, no more than membership, another purpose, over, not begun.
    assert len(changed | {before}) == len(READ) + 1 - 4


def test_the_day_and_the_factory_change_the_signature() -> None:
    policy = Policy(factory="F", revision=1, rules=(show(until=TODAY),))
    assert decide(policy, VIEWER, RELATION, TODAY, SMALL) != decide(policy, VIEWER, RELATION, TOMORROW, SMALL)
    today = signature(VIEWER, {"F": RELATION}, TODAY)
    assert today != signature(VIEWER, {"F": RELATION}, TOMORROW)
    assert today != signature(VIEWER, {"G": RELATION}, TODAY)
    assert today != signature(VIEWER, {}, TODAY)


@pytest.mark.parametrize(
    ("viewer", "relations"),
    [
        pytest.param(VIEWER, {"F": replace(RELATION, grants=(DIRECT, GRANT))}, id="order of grants"),
        pytest.param(VIEWER, {"F": replace(RELATION, grants=(GRANT, DIRECT, GRANT))}, id="a grant twice"),
        pytest.param(
            VIEWER,
            {"F": replace(RELATION, grants=(replace(GRANT, until=GRANT.until + timedelta(days=900)), DIRECT))},
            id="a grant's last day",
        ),
        pytest.param(
            VIEWER,
            {"F": replace(RELATION, grants=(GRANT, DIRECT, replace(GRANT, fields=None, purpose="audit")))},
            id="a grant for another purpose",
        ),
        pytest.param(
            VIEWER,
            {"F": replace(RELATION, grants=(GRANT, DIRECT, replace(GRANT, fields=None, start=TOMORROW)))},
            id="a grant from tomorrow",
        ),
        pytest.param(
            VIEWER,
            {"F": replace(RELATION, grants=(GRANT, DIRECT, replace(GRANT, tier=Tier.MEMBER, fields=None)))},
            id="a member's grant for a member",
        ),
        pytest.param(VIEWER, {"F": RELATION, "G": Relation()}, id="a factory without relation"),
        pytest.param(
            VIEWER,
            {"F": RELATION, "G": Relation(grants=(replace(GRANT, purpose="audit"),))},
            id="a factory whose grant does not count",
        ),
        pytest.param(replace(VIEWER, holds={"ISO9001": "peer", "X": "hearsay"}), {"F": RELATION}, id="hearsay"),
    ],
)
def test_what_no_decision_reads_leaves_the_signature(viewer: Viewer, relations: dict[str, Relation]) -> None:
    assert signature(viewer, relations, TODAY) == signature(VIEWER, {"F": RELATION}, TODAY)


POLICIES = [random_policy(Random(seed), SMALL) for seed in range(30)]


@settings(max_examples=100, deadline=None)
@given(rng=rngs())
def test_equal_signatures_mean_equal_decisions(rng: Random) -> None:
    world = random_world(rng, SMALL)
    before = signature(world.viewer, {"F": world.relation}, world.day)
    for other in (*attributes_removed(world), *credentials_added(world, rng)):
        if signature(other.viewer, {"F": other.relation}, other.day) == before:
            for policy in (world.policy, *POLICIES):
                assert decide(policy, world.viewer, world.relation, world.day, SMALL) == decide(
                    policy, other.viewer, other.relation, other.day, SMALL
                )
