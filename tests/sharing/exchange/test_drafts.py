"""Drafts in the database, on both databases: one transaction, found again by organization and key."""

from __future__ import annotations

import io

import pytest

from network.database import Database
from sharing import factories
from sharing.errors import RoleRequired
from sharing.exchange import ImportPlan, ImportResult, Outcome, apply_import, plan_import
from sharing.exchange.drafts import StoredDrafts
from tests.world import World


def plan(*rows: str) -> ImportPlan:
    return plan_import(io.BytesIO("\n".join(("name,country,address,website", *rows)).encode()))


def imported(world: World, slug: str, made: ImportPlan, *, dry_run: bool = False) -> ImportResult:
    with world.house.database.write() as session:
        return apply_import(world.house, session, world.caller(slug), made, dry_run=dry_run)


def listed(world: World, slug: str) -> list[tuple[str, str, int]]:
    with world.house.database.read() as session:
        found = factories.list_factories(world.house, session, world.caller(slug))
    return sorted((each.legal_name, each.state, each.revision) for each in found)


@pytest.fixture
def world(database: Database) -> World:
    made = World.on(database)
    made.organization("one")
    made.organization("two")
    made.organization("buyer", roles=("buyer",))
    return made


def test_a_list_is_stored_once_for_each_organization(world: World) -> None:
    made = plan("Đúc Một,VN,1,", "Hai,VN,2,")
    assert imported(world, "one", made).count(Outcome.CREATED) == 2
    assert imported(world, "one", made).count(Outcome.UNCHANGED) == 2
    assert imported(world, "two", made).count(Outcome.CREATED) == 2
    assert listed(world, "one") == listed(world, "two") == [("Hai", "draft", 1), ("Đúc Một", "draft", 1)]


def test_a_dry_run_stores_nothing(world: World) -> None:
    assert imported(world, "one", plan("A,VN,1,"), dry_run=True).count(Outcome.CREATED) == 1
    assert listed(world, "one") == []


def test_a_changed_row_makes_a_revision_that_keeps_what_the_list_does_not_state(world: World) -> None:
    first = imported(world, "one", plan("A,VN,1,http://old.example"))
    (factory_id,) = [each.factory_id for each in first.applied]
    caller = world.caller("one")
    with world.house.database.write() as session:
        profile = factories.get_profile(world.house, session, caller, factory_id)
        edited = {**profile.document, "note": "by hand", "capabilities": [{"process": "3.2.1"}]}
        factories.put_profile(world.house, session, caller, factory_id, edited)
    assert imported(world, "one", plan("A,VN,1,http://old.example")).count(Outcome.UNCHANGED) == 1
    assert imported(world, "one", plan("A,VN,1,http://new.example")).count(Outcome.CHANGED) == 1
    assert imported(world, "one", plan("A,VN,1,http://new.example")).count(Outcome.UNCHANGED) == 1
    with world.house.database.read() as session:
        now = factories.get_profile(world.house, session, caller, factory_id)
    assert now.revision == 3
    assert now.document["note"] == "by hand"
    assert now.document["contacts"] == [{"role": "website", "channel": "http://new.example"}]
    assert len(now.document["capabilities"]) == 1  # type: ignore[arg-type]


def test_a_factory_that_was_ever_published_is_left_alone(world: World) -> None:
    (applied,) = imported(world, "one", plan("A,VN,1,")).applied
    world.publish("one", applied.factory_id)
    (again,) = imported(world, "one", plan("A,VN,1,http://new.example")).applied
    assert (again.outcome, again.published) == (Outcome.KEPT, True)
    assert listed(world, "one") == [("A", "published", 1)]


def test_only_a_supplier_has_a_store(world: World) -> None:
    with pytest.raises(RoleRequired):
        imported(world, "buyer", plan("A,VN,1,"))
    with pytest.raises(RoleRequired), world.house.database.write() as session:
        StoredDrafts(world.house, session, world.caller(None))
