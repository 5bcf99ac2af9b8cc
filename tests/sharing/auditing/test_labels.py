"""Attestations among friends: found when they are issued, also through others, and never worth more than one's own word."""

from __future__ import annotations

import pytest

from network import membership
from network.database import Database
from sharing import attestations
from sharing.auditing.labels import label_organization
from sharing.errors import NotFound
from sharing.viewers import viewer_of
from tests.sharing.auditing import engagements as do
from tests.world import World
from trust import bundle as bundles


@pytest.fixture
def world(database: Database) -> World:
    return World.on(database)


def owned(world: World, *slugs: str) -> None:
    """The operator learns that these have the same beneficial owner."""
    for slug in slugs:
        with world.house.database.write("test") as session:
            membership.set_facts(
                session, world.ids[slug], "beneficial_owner", ["tran-family"], source="operator", now=world.clock()
            )
            label_organization(world.house, session, world.ids[slug])


def test_two_who_attest_each_other_are_both_reciprocal_from_the_second_on(world: World) -> None:
    factories = {slug: do.peer(world, slug) for slug in ("an", "binh")}
    first = do.attested(world, factories["binh"], owner="binh", auditor="an")
    assert do.tolerance(world, factories["binh"])["provenance"] == "peer"
    second = do.attested(world, factories["an"], owner="an", auditor="binh")
    assert (do.label(world, first), do.label(world, second)) == ("reciprocal", "reciprocal")
    for factory_id in factories.values():
        said = do.tolerance(world, factory_id)
        assert (said["verdict"], said["provenance"]) == ("verified_current", "self")
        assert [each["label"] for each in said["attestations"]] == ["reciprocal"]


def test_a_bundle_proves_the_label_offline_and_cannot_be_rid_of_it(world: World) -> None:
    factories = {slug: do.peer(world, slug) for slug in ("an", "binh")}
    do.attested(world, factories["binh"], owner="binh", auditor="an")
    do.attested(world, factories["an"], owner="an", auditor="binh")
    report = bundles.verify(do.bundle(world, factories["an"]), do.anchors(world), world.house.now())
    found = next(each for each in report.fields if each.path.endswith("/tolerance_um"))
    assert (str(found.provenance), found.attestations[0].label) == ("self", "reciprocal")


@pytest.mark.parametrize(("length", "expected"), [(3, "ring"), (5, "ring"), (6, None)])
def test_a_ring_is_found_up_to_five_organizations(world: World, length: int, expected: str | None) -> None:
    slugs = [f"peer-{place}" for place in range(length)]
    factories = [do.peer(world, slug) for slug in slugs]
    made = [do.attested(world, factories[place], owner=slugs[place], auditor=slugs[place - 1]) for place in range(1, length)]
    assert {do.label(world, each) for each in made} == {None}
    made.append(do.attested(world, factories[0], owner=slugs[0], auditor=slugs[-1]))
    assert {do.label(world, each) for each in made} == {expected}


def test_who_hangs_on_a_ring_without_being_in_it_keeps_a_clean_attestation(world: World) -> None:
    factories = {slug: do.peer(world, slug) for slug in ("an", "binh", "chi", "dung")}
    outside = do.attested(world, factories["dung"], owner="dung", auditor="an")
    inside = do.attested(world, factories["an"], owner="an", auditor="chi")
    do.attested(world, factories["binh"], owner="binh", auditor="an")
    do.attested(world, factories["chi"], owner="chi", auditor="binh")
    assert (do.label(world, inside), do.label(world, outside)) == ("ring", None)


def test_what_lies_a_year_back_or_was_revoked_closes_no_ring(world: World) -> None:
    factories = {slug: do.peer(world, slug) for slug in ("an", "binh", "chi")}
    do.attested(world, factories["binh"], owner="binh", auditor="an")
    gone = do.attested(world, factories["chi"], owner="chi", auditor="an")
    do.move(world, "revoke", gone, signed="", auditor="an")
    assert do.label(world, do.attested(world, factories["an"], owner="an", auditor="chi")) is None
    world.clock.forward(days=367)
    assert do.label(world, do.attested(world, factories["an"], owner="an", auditor="binh")) is None


def test_one_beneficial_owner_is_one_organization_also_when_it_is_learnt_later(world: World) -> None:
    factories = {slug: do.peer(world, slug) for slug in ("an", "binh", "chi")}
    within = do.attested(world, factories["binh"], owner="binh", auditor="an")
    out = do.attested(world, factories["chi"], owner="chi", auditor="binh")
    back = do.attested(world, factories["an"], owner="an", auditor="chi")
    assert do.label(world, within) == "ring"
    owned(world, "an", "binh")
    assert [do.label(world, each) for each in (within, out, back)] == ["self", "reciprocal", "reciprocal"]
    later = do.attested(world, factories["an"], owner="an", auditor="binh")
    assert do.label(world, later) == "self"


def test_a_labelled_attestation_gives_nobody_an_attribute(world: World) -> None:
    factories = {slug: do.peer(world, slug) for slug in ("an", "binh")}
    audit = do.engaged(world, factories["an"], owner="an", auditor="binh", scope=("certificate",))
    sheet = do.sheet_of(world, audit, "binh")
    assert sheet["label"] is None
    owned(world, "an", "binh")
    assert do.sheet_of(world, audit, "binh")["label"] == "self"
    do.attested(world, factories["an"], owner="an", auditor="binh")
    with world.house.database.read() as session:
        assert viewer_of(session, world.caller("an"), world.house.today()).holds == {}


def test_every_reader_of_a_claim_reads_the_same_label_and_who_sees_no_claim_reads_none(world: World) -> None:
    factories = {slug: do.peer(world, slug) for slug in ("an", "binh")}
    world.organization("buyer", roles=["buyer"])
    only_friends = {
        "v": 1,
        "rules": [{"id": "friend", "to": {"org": ["did:web:node.example:orgs:binh"]}, "show": [["*", "exact"]]}],
    }
    made = do.attested(world, factories["binh"], owner="binh", auditor="an")
    do.attested(world, factories["an"], owner="an", auditor="binh")
    world.policy("an", factories["an"], only_friends)  # nobody but Binh sees the other half of the pair
    for slug in (None, "buyer", "an", "binh"):
        assert [each["label"] for each in do.tolerance(world, factories["binh"], slug)["attestations"]] == ["reciprocal"]
    with world.house.database.read() as session:
        for slug, seen in ((None, "reciprocal"), ("an", "reciprocal"), ("buyer", "reciprocal")):
            found = attestations.get_attestation(world.house, session, world.caller(slug), made)
            assert found.label == seen
    world.policy("binh", factories["binh"], only_friends)
    with world.house.database.read() as session, pytest.raises(NotFound):
        attestations.get_attestation(world.house, session, world.caller("buyer"), made)


def test_beneficial_owners_join_organizations_also_through_others(world: World) -> None:
    for slug in ("an", "binh", "chi", "dung"):
        world.organization(slug)
    stated = {"an": ["one"], "binh": ["one", "two"], "chi": ["two"], "dung": ["three"]}
    with world.house.database.write("test") as session:
        for slug, values in stated.items():
            membership.set_facts(session, world.ids[slug], "beneficial_owner", values, source="operator", now=world.clock())
        groups = membership.owner_groups(session)
    assert len({groups[world.ids[slug]] for slug in ("an", "binh", "chi")}) == 1
    assert groups[world.ids["dung"]] == world.ids["dung"]
