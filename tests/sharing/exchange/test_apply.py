"""Applying a plan is one transaction, repeatable, and never touches what was published."""

from __future__ import annotations

import io
from typing import Any

import pytest

from network import points
from network.database import Database
from sharing import factories
from sharing.exchange import ImportPlan, ImportResult, Outcome, plan_import
from sharing.exchange import apply_import as apply_
from tests.world import World


def plan(*rows: str) -> ImportPlan:
    return plan_import(io.BytesIO("\n".join(("name,country,address,website", *rows)).encode()))


@pytest.fixture
def world(sqlite_database: Database) -> World:
    made = World.on(sqlite_database)
    made.organization("one")
    made.organization("two")
    return made


def apply(world: World, made: ImportPlan, slug: str = "one", **options: Any) -> ImportResult:
    with world.house.database.write() as session:
        return apply_(world.house, session, world.caller(slug), made, **options)


def outcomes(result: ImportResult) -> list[tuple[int, Outcome]]:
    return [(each.row, each.outcome) for each in result.applied]


def listed(world: World) -> list[tuple[str, int]]:
    with world.house.database.read() as session:
        found = factories.list_factories(world.house, session, world.caller("one"))
    return sorted((each.legal_name, each.revision) for each in found)


def test_every_draft_is_created_once_and_the_second_import_changes_nothing(world: World) -> None:
    made = plan("A,VN,1,", "B,VN,2,", "a,Vietnam,1,")
    assert outcomes(apply(world, made)) == [(2, Outcome.CREATED), (3, Outcome.CREATED)]
    second = apply(world, made)
    assert outcomes(second) == [(2, Outcome.UNCHANGED), (3, Outcome.UNCHANGED)]
    assert second.count(Outcome.UNCHANGED) == 2
    assert listed(world) == [("A", 1), ("B", 1)]


def test_a_dry_run_does_the_same_and_leaves_nothing(world: World) -> None:
    made = plan("A,VN,1,", "B,VN,2,")
    trial = apply(world, made, dry_run=True)
    assert trial.dry_run
    assert listed(world) == []
    assert outcomes(trial) == outcomes(apply(world, made))


def test_a_failure_half_way_leaves_nothing_and_is_not_swallowed(world: World) -> None:
    def fail(name: str) -> None:
        if name == "import:row-100":
            raise RuntimeError("the disk is full")

    made = plan(*(f"A{at},VN,{at}," for at in range(150)))
    for dry_run in (False, True):
        with points.watched(fail), pytest.raises(RuntimeError, match="disk"):
            apply(world, made, dry_run=dry_run)
    assert listed(world) == []


def test_every_hundredth_row_is_a_point(world: World) -> None:
    seen: list[str] = []
    with points.watched(seen.append):
        apply(world, plan(*(f"A{at},VN,{at}," for at in range(250))))
    assert [each for each in seen if each.startswith("import:")] == ["import:row-100", "import:row-200"]


def test_what_the_owner_wrote_by_hand_survives_an_unchanged_list(world: World) -> None:
    made = plan("A,VN,1,http://old.example")
    (first,) = apply(world, made).applied
    caller = world.caller("one")
    with world.house.database.write() as session:
        known = factories.get_profile(world.house, session, caller, first.factory_id).document
        by_hand = {**known, "contacts": [{"role": "sales", "channel": "by hand"}]}
        factories.put_profile(world.house, session, caller, first.factory_id, by_hand)
    assert outcomes(apply(world, made)) == [(2, Outcome.UNCHANGED)]
    with world.house.database.read() as session:
        after = factories.get_profile(world.house, session, caller, first.factory_id).document
    assert after["contacts"] == [{"role": "sales", "channel": "by hand"}]


def test_two_organizations_may_import_the_same_list(world: World) -> None:
    made = plan("A,VN,1,")
    apply(world, made)
    assert outcomes(apply(world, made, "two")) == [(2, Outcome.CREATED)]


def test_a_published_factory_gets_a_new_revision_only_when_asked_and_shows_nothing_new(world: World) -> None:
    (first,) = apply(world, plan("A,VN,1,")).applied
    world.publish("one", first.factory_id)
    assert outcomes(apply(world, plan("A,VN,1,http://new.example"))) == [(2, Outcome.KEPT)]
    assert outcomes(apply(world, plan("A,VN,1,http://new.example"), revise=True)) == [(2, Outcome.CHANGED)]
    assert listed(world) == [("A", 2)]
    assert outcomes(apply(world, plan("A,VN,1,http://new.example"))) == [(2, Outcome.UNCHANGED)]


def test_progress_counts_the_drafts(world: World) -> None:
    seen: list[tuple[int, int]] = []
    apply(world, plan("A,VN,1,", "B,VN,2,"), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
