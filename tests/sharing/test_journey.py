"""The whole job on the services: publish, be found, come closer, be audited, verify offline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from network import identity
from network.database import Database
from sharing import access, attestations, audits, grants, views
from sharing.errors import NotFound
from sharing.search import parse_query
from sharing.searching import SearchAnswer, search
from sharing.worksheet import Assessment, sign_worksheet
from tests.world import World
from trust import bundle as bundles
from trust.attestation import Independence
from trust.keys import PrivateKey

LATHE = {
    "legal_name": {"vi": "Cơ khí Đông Anh", "en": "Dong Anh Mechanics"},
    "country": "VN",
    "province": "VN-HN",
    "capabilities": [{"process": "3.2.1", "material_family": "P", "tolerance_um": "12", "capacity_group": "Lathes"}],
    "capacity_groups": [{"name": "Lathes", "unit": "HUR", "spare_hours": {"2026-W48": "30", "2026-W49": "60"}}],
    "certificates": [{"scheme": "ISO9001:2015", "scope": "Turned parts", "number": "Q-1"}],
}


def found(world: World, slug: str | None, purpose: str | None = None, **given: str) -> SearchAnswer:
    query = parse_query({name: [value] for name, value in given.items()}, world.house.today())
    return search(world.house, lambda _: world.caller(slug, purpose), query, limit=20)


@pytest.fixture
def world(database: Database) -> World:
    world = World.on(database)
    world.organization("maker")
    world.organization("buyer", roles=["buyer"], country="JP")
    return world


def test_a_factory_is_published_found_asked_granted_audited_and_verified_offline(world: World) -> None:
    house = world.house
    factory_id = world.factory("maker", LATHE)
    key = PrivateKey.from_seed(b"\x07" * 32, did="did:web:node.example:orgs:auditor")
    world.organization("auditor", roles=["auditor"], public_jwk=key.public.jwk)

    assert found(world, None, process="3.2.1").capabilities == 1
    assert found(world, None, tolerance_um_max="20").capabilities == 0
    assert found(world, "buyer", "sourcing", tolerance_um_max="20").capabilities == 1
    assert found(world, "buyer", "sourcing", tolerance_um_max="19").capabilities == 0

    with house.database.write() as session:
        asked = access.request_access(
            house, session, world.caller("buyer", "rfq"), factory_id=factory_id, purpose="rfq", message="Shafts"
        )
    with house.database.write() as session:
        decided = access.decide_request(
            house,
            session,
            world.caller("maker"),
            asked.id,
            grant=True,
            tier="partner",
            until=house.today() + timedelta(days=10),
        )
    assert found(world, "buyer", "rfq", tolerance_um_max="12").capabilities == 1
    assert found(world, "buyer", "sourcing", tolerance_um_max="12").capabilities == 0

    engagement = audits.Engagement(
        factory_id=factory_id,
        auditor="auditor",
        scheme="peer-check",
        scheme_version="1",
        kind="peer",
        modality="onsite",
        scope=("capability.tolerance_um", "capability.process"),
        scope_text="Turning",
        start=house.today(),
        until=house.today() + timedelta(days=5),
    )
    with house.database.write() as session:
        audit = audits.propose_audit(house, session, world.caller("maker"), engagement)
    with house.database.write() as session:
        audits.accept_audit(house, session, world.caller("auditor", "audit"), audit.id)
    with house.database.write() as session:
        sheet = attestations.make_worksheet(house, session, world.caller("auditor", "audit"), audit.id)
    assessment = Assessment(
        paths=None,
        method="onsite",
        assessed_on=house.today(),
        valid_until=house.today() + timedelta(days=365),
        independence=Independence(months=24),
    )
    signed = sign_worksheet(sheet, assessment, signer=key, at=house.now(), entropy=house.entropy)
    with house.database.write() as session:
        attestations.submit_attestation(house, session, world.caller("auditor", "audit"), str(sheet["attestation"]), signed)

    with house.database.read() as session:
        view = views.view(house, session, world.caller("buyer", "rfq"), factory_id)
        bundle = views.bundle(house, session, world.caller("buyer", "rfq"), factory_id)
        public = views.bundle(house, session, world.caller(None), factory_id)
        anchors = identity.own_anchors(session)
    path = next(each for each in view.verdicts if each.endswith("/tolerance_um"))
    assert view.verdicts[path]["verdict"] == "verified_current"
    report = bundles.verify(bundle, anchors, house.now())
    assert {str(each.verdict) for each in report.fields} == {"verified_current", "not_attested"}
    assert bundles.verify(public, anchors, house.now()).view.audience == "public"

    with house.database.write() as session:
        grants.withdraw_grant(house, session, world.caller("maker"), str(decided.grant_id))
    assert found(world, "buyer", "rfq", tolerance_um_max="12").capabilities == 0


def test_a_capped_rival_and_the_public_do_not_find_the_factory(world: World) -> None:
    rival = "did:web:node.example:orgs:buyer"
    factory_id = world.factory(
        "maker",
        LATHE,
        policy={
            "v": 1,
            "rules": [
                {"id": "card", "to": "anyone", "show": [["*", "exact"]]},
                {"id": "rivals", "to": {"org": [rival]}, "cap": [["$listing", "hidden"]]},
            ],
        },
    )
    world.organization("friend", roles=["buyer"])
    assert found(world, "buyer", "sourcing").factories == 0
    assert found(world, None).factories == 0
    assert found(world, "friend", "sourcing").factories == 1
    with world.house.database.read() as session, pytest.raises(NotFound):
        views.view(world.house, session, world.caller("buyer", "sourcing"), factory_id)
