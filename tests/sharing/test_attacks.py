"""Attacks on the services by name, each refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from network import identity
from network.database import Database
from sharing import access, attestations, audits, grants, relations, views
from sharing.errors import InvalidAttestation, InvalidDocument, NotFound, ProfileErrors, StateConflict
from sharing.viewers import viewer_of
from sharing.worksheet import Assessment, sign_worksheet
from tests.world import World
from trust.attestation import Independence
from trust.keys import PrivateKey

SHOP: dict[str, Any] = {
    "legal_name": "Shop",
    "country": "VN",
    "capabilities": [{"process": "3.2.1", "material_family": "P", "tolerance_um": "12.5"}],
    "certificates": [{"scheme": "ISO9001:2015", "scope": "Turned parts"}],
}
SECRET = {"v": 1, "rules": [{"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"]]}]}


@pytest.fixture
def world(sqlite_database: Database) -> World:
    world = World.on(sqlite_database)
    world.organization("maker")
    world.organization("buyer", roles=["buyer"])
    return world


def engage(world: World, factory_id: str, *scope: str) -> str:
    """An accepted audit of the factory by `auditor`; returns its id."""
    today = world.house.today()
    engagement = audits.Engagement(
        factory_id=factory_id,
        auditor="auditor",
        scheme="peer-check",
        scheme_version="1",
        kind="peer",
        modality="onsite",
        scope=scope,
        scope_text="",
        start=today,
        until=today + timedelta(days=5),
    )
    with world.house.database.write() as session:
        audit = audits.propose_audit(world.house, session, world.caller("maker"), engagement)
    with world.house.database.write() as session:
        audits.accept_audit(world.house, session, world.caller("auditor", "audit"), audit.id)
    return audit.id


def worksheet(world: World, audit_id: str) -> Any:
    with world.house.database.write() as session:
        return attestations.make_worksheet(world.house, session, world.caller("auditor", "audit"), audit_id)


def assessment(world: World) -> Assessment:
    today = world.house.today()
    return Assessment(
        paths=None,
        method="onsite",
        assessed_on=today,
        valid_until=today + timedelta(days=90),
        independence=Independence(months=24),
    )


def test_one_suppliers_dated_rule_that_cannot_be_signed_stops_nobody_else(world: World) -> None:
    own = PrivateKey.from_seed(b"\x05" * 32, did="did:web:node.example:orgs:proud")
    world.organization("proud", public_jwk=own.public.jwk)
    other = world.factory("maker", SHOP)
    tomorrow = (world.house.today() + timedelta(days=1)).isoformat()
    opens = {"v": 1, "rules": [{"id": "later", "to": "anyone", "from": tomorrow, "show": [["*", "exact"]]}]}
    stuck = world.factory("proud", SHOP, policy=opens)
    world.clock.forward(days=2)
    for factory_id in (other, stuck):
        views.refresh(world.house, factory_id)
    with world.house.database.read() as session:
        assert views.signed_view(world.house, session, world.caller(None), other)
        assert views.view(world.house, session, world.caller(None), stuck).projection.capabilities


def test_a_profile_too_large_to_be_shown_is_refused_when_it_is_stated(world: World) -> None:
    weeks = {f"2026-W{week:02}": "37.5" for week in range(1, 54)} | {f"2027-W{week:02}": "37.5" for week in range(1, 52)}
    groups = [{"name": f"Group {place}", "unit": "HUR", "spare_hours": weeks} for place in range(90)]
    with pytest.raises(ProfileErrors) as refused:
        world.factory("maker", {**SHOP, "capacity_groups": groups})
    assert [each.code for each in refused.value.problems] == ["too_large_to_show"]


def test_a_worksheet_is_the_same_whatever_its_auditor_cannot_see(new_database: Callable[[], Database]) -> None:
    sheets = []
    for tolerance in ("12.5", "13.5"):
        world = World.on(new_database())
        world.organization("maker")
        world.organization("auditor", roles=["auditor"])
        stated = {**SHOP, "capabilities": [{**SHOP["capabilities"][0], "tolerance_um": tolerance}]}
        factory_id = world.factory("maker", stated, policy=SECRET)
        sheets.append(worksheet(world, engage(world, factory_id, "legal_name")))
    assert sheets[0] == sheets[1]


def test_an_auditor_cannot_attest_another_value_than_the_worksheets(world: World) -> None:
    key = PrivateKey.from_seed(b"\x06" * 32, did="did:web:node.example:orgs:auditor")
    world.organization("auditor", roles=["auditor"], public_jwk=key.public.jwk)
    factory_id = world.factory("maker", SHOP)
    sheet = worksheet(world, engage(world, factory_id, "certificate.scheme"))
    name = next(each for each in sheet["claims"] if each.endswith("/scheme@exact"))
    forged = {**sheet, "claims": {**sheet["claims"], name: {"level": "exact", "value": "IATF16949:2016"}}}
    house = world.house

    def submit(document: Any) -> None:
        signed = sign_worksheet(document, assessment(world), signer=key, at=house.now(), entropy=house.entropy)
        with house.database.write() as session:
            caller = world.caller("auditor", "audit")
            attestations.submit_attestation(house, session, caller, sheet["attestation"], signed)

    with pytest.raises(InvalidAttestation, match="worksheet"):
        submit(forged)
    submit(sheet)
    with house.database.read() as session:
        assert viewer_of(session, world.caller("maker"), house.today()).holds == {"ISO9001": "peer", "ISO9001:2015": "peer"}
    with house.database.write() as session:
        identity.mark_compromised(session, key.kid, at=house.now(), now=house.now())


def test_asking_again_and_again_does_not_fill_an_owners_list(world: World) -> None:
    factory_id = world.factory("maker", SHOP)
    house, caller = world.house, world.caller("buyer", "rfq")

    def ask() -> str:
        with house.database.write() as session:
            return access.request_access(house, session, caller, factory_id=factory_id, purpose="rfq", message="").id

    for _ in range(access.MOST_A_DAY):
        asked = ask()
        with house.database.write() as session:
            access.withdraw_request(house, session, caller, asked)
    with pytest.raises(StateConflict):
        ask()
    world.clock.forward(days=2)
    ask()


def test_for_ever_is_a_date_like_any_other(world: World) -> None:
    factory_id = world.factory("maker", SHOP)
    rule = {"id": "card", "to": "anyone", "until": "9999-12-31", "show": [["*", "exact"]]}
    world.policy("maker", factory_id, {"v": 1, "rules": [rule]})
    with world.house.database.read() as session:
        assert views.signed_view(world.house, session, world.caller(None), factory_id)
    with world.house.database.write() as session, pytest.raises(InvalidDocument):
        grants.give_grant(
            world.house,
            session,
            world.caller("maker"),
            factory_id=factory_id,
            organization="buyer",
            tier="partner",
            purpose="rfq",
            start=date.max,
        )


def test_two_writers_of_one_list_leave_the_list_of_one_of_them(postgres_database: Database) -> None:
    world = World.on(postgres_database)
    for slug in ("maker", "globex", "initech"):
        world.organization(slug)
    caller = world.caller("maker")

    def put(slug: str) -> None:
        with world.house.database.write() as session:
            relations.put_list(world.house, session, caller, "friends", [slug])

    for _ in range(10):
        writers = [threading.Thread(target=put, args=(slug,)) for slug in ("globex", "initech")]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        with world.house.database.read() as session:
            assert len(relations.get_lists(world.house, session, caller)[0].organizations) == 1


def test_another_organizations_things_are_not_found(world: World) -> None:
    world.organization("auditor", roles=["auditor"])
    factory_id = world.factory("maker", SHOP)
    house, buyer = world.house, world.caller("buyer", "rfq")
    with house.database.write() as session:
        asked = access.request_access(house, session, buyer, factory_id=factory_id, purpose="rfq", message="")
    audit_id = engage(world, factory_id, "legal_name")
    stranger = world.caller("auditor", "rfq")
    with house.database.read() as session:
        with pytest.raises(NotFound):
            access.get_request(house, session, stranger, asked.id)
        with pytest.raises(NotFound):
            audits.get_audit(house, session, buyer, audit_id)
    with house.database.write() as session, pytest.raises(NotFound):
        access.decide_request(house, session, stranger, asked.id, grant=True)
