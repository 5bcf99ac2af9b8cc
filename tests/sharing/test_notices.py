"""What runs out is told once per stage, to those it concerns and to nobody who may not know."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from network.database import Database
from sharing import factories, grants, notices
from sharing.auditing import findings
from sharing.auditing.findings import Raised
from tests.sharing.auditing import engagements as do
from tests.world import World

TODAY = date(2026, 11, 22)


@pytest.fixture
def world(database: Database) -> World:
    world = World.on(database)
    world.organization("maker")
    world.organization("buyer", roles=["buyer"])
    world.organization("auditor", roles=["auditor"], public_jwk=do.KEY.public.jwk)
    return world


def told(world: World, slug: str, purpose: str | None = None) -> list[tuple[str, int]]:
    with world.house.database.read() as session:
        found = notices.list_notices(world.house, session, world.caller(slug, purpose))
    return sorted((each.kind, each.stage) for each in found if each.kind in notices.WORDS)


@pytest.mark.parametrize(
    ("days", "stage"),
    [(61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7), (0, 0), (-7, 0), (-8, None), (9999, None)],
)
def test_a_stage_begins_on_its_day_and_lasts_until_the_next(days: int, stage: int | None) -> None:
    assert notices.stage_of(TODAY + timedelta(days=days), TODAY) == stage


def test_the_last_day_of_the_calendar_is_no_trouble() -> None:
    assert notices.stage_of(date.max, TODAY) is None
    assert notices.stage_of(date.min, TODAY) is None


def test_a_certificate_is_told_of_once_per_stage_whatever_is_done_twice(world: World) -> None:
    world.factory("maker", do.SHOP, policy=do.OPEN)  # a certificate until 2027-01-21: 60 days from here
    stages: list[list[tuple[str, int]]] = []
    for _ in range(62):
        notices.post_due(world.house)
        notices.post_due(world.house)
        stages.append(told(world, "maker"))
        world.clock.forward(days=1)
    assert stages[0] == [("certificate", 60)]
    assert stages[29] == [("certificate", 60)]
    assert stages[30] == [("certificate", 30), ("certificate", 60)]
    assert stages[-1] == [("certificate", 0), ("certificate", 7), ("certificate", 30), ("certificate", 60)]
    assert told(world, "buyer") == []


def test_a_renewed_certificate_is_told_of_anew(world: World) -> None:
    factory_id = world.factory("maker", do.SHOP, policy=do.OPEN)
    assert [notices.post_due(world.house) for _ in range(2)] == [1, 0]
    with world.house.database.write("test") as session:
        document: Any = dict(factories.get_profile(world.house, session, world.caller("maker"), factory_id).document)
        document["certificates"] = [{**document["certificates"][0], "valid_until": "2027-01-20"}]
        factories.put_profile(world.house, session, world.caller("maker"), factory_id, document)
    world.publish("maker", factory_id)
    assert [notices.post_due(world.house) for _ in range(2)] == [1, 0]


def test_an_attestation_an_audit_and_a_finding_concern_both_sides(world: World) -> None:
    factory_id = world.factory("maker", do.SHOP, policy=do.OPEN)
    audit = do.engaged(world, factory_id)
    do.hand_in(world, do.sheet_of(world, audit), valid_until=world.house.today() + timedelta(days=20))
    due = world.house.today() + timedelta(days=5)
    with world.house.database.write("test") as session:
        raised = Raised(clause="8.5", statement="Loose", objective_evidence="Seen", grade="minor", due=due)
        findings.raise_finding(world.house, session, world.caller("auditor", "audit"), audit, raised)
    notices.post_due(world.house)
    both = [("attestation", 30), ("audit", 30), ("finding", 7)]
    assert told(world, "auditor") == both
    assert told(world, "maker") == sorted([*both, ("certificate", 60)])
    assert told(world, "buyer") == []


def test_who_no_longer_sees_the_factory_is_told_nothing_and_reads_nothing_of_before(world: World) -> None:
    factory_id = world.factory("maker", do.SHOP, policy=do.OPEN)
    with world.house.database.write("test") as session:
        grants.give_grant(
            world.house, session, world.caller("maker"), factory_id=factory_id, organization="buyer", tier="partner",
            purpose="rfq", until=world.house.today() + timedelta(days=40),
        )  # fmt: skip
    notices.post_due(world.house)
    assert told(world, "buyer", "rfq") == [("grant", 60)]
    capped: dict[str, Any] = {"id": "cap", "to": {"org": ["did:web:node.example:orgs:buyer"]}, "cap": [["$listing", "hidden"]]}
    world.policy("maker", factory_id, {"v": 1, "rules": [*do.OPEN["rules"], capped]})  # type: ignore[misc]
    assert told(world, "buyer", "rfq") == []
    world.clock.forward(days=15)
    notices.post_due(world.house)
    assert [each for each in told(world, "maker") if each[0] == "grant"] == [("grant", 30), ("grant", 60)]
    world.policy("maker", factory_id, do.OPEN)
    assert told(world, "buyer", "rfq") == [("grant", 60)]


def test_what_was_taken_back_is_not_told_of(world: World) -> None:
    factory_id = world.factory("maker", {**do.SHOP, "certificates": []}, policy=do.OPEN)
    with world.house.database.write("test") as session:
        given = grants.give_grant(
            world.house, session, world.caller("maker"), factory_id=factory_id, organization="buyer", tier="partner",
            purpose="rfq", until=world.house.today() + timedelta(days=40),
        )  # fmt: skip
    sheet = do.sheet_of(world, do.engaged(world, factory_id, until=world.house.today() + timedelta(days=100)))
    made = do.hand_in(world, sheet, valid_until=world.house.today() + timedelta(days=20))
    do.move(world, "revoke", made)
    with world.house.database.write("test") as session:
        grants.withdraw_grant(world.house, session, world.caller("maker"), given.id)
    assert notices.post_due(world.house) == 0


def test_nobody_without_a_name_has_notices(world: World) -> None:
    with world.house.database.read() as session:
        assert notices.list_notices(world.house, session, world.caller(None)) == []
