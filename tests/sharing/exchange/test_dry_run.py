"""Whatever a workbook holds, its dry run says what the real run then does, and the second run changes nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from network.database import Database
from sharing.exchange import ImportPlan, ImportResult, Outcome, apply_import, plan_import
from tests.sharing.exchange.books import book
from tests.world import World

NAMES = st.sampled_from(["An Phat", "AN PHÁT", "Binh Minh", "", "=1", "An Phat 2"])
REFERENCES = st.sampled_from([None, "F1", "F2", "f1"])
FACTORY = st.tuples(
    REFERENCES, NAMES, st.sampled_from(["VN", "Vietnam", "CN", "Atlantis"]), st.sampled_from(["", "1 A", "2 B"])
)
CAPABILITY = st.tuples(
    st.sampled_from([None, "F1", "F2", "An Phat", "Nobody"]),
    st.sampled_from(["Turning", "3.2.2", "Nonsense", "=1"]),
    st.sampled_from([None, "CNC", "cnc", "Mill", "Nope"]),
    st.sampled_from([None, 5, "0,01 mm", "1,234", "x"]),
)
HOURS = st.tuples(
    st.sampled_from([None, "F1", "F2"]), st.sampled_from(["CNC", "Mill", ""]), st.sampled_from([None, 8, "20 h", -1, "x"])
)


def workbook(factories: Any, capabilities: Any, hours: Any) -> bytes:
    return book(
        {
            "Factories": [("Own reference", "Name", "Country", "Address"), *factories],
            "Capabilities": [("Factory", "Process", "Runs on", "Tolerance"), *capabilities],
            "Weekly capacity": [("Factory", "Capacity group", "2026-W48"), *hours],
        }
    )


def run(world: World, plan: ImportPlan, **options: Any) -> ImportResult:
    with world.house.database.write() as session:
        return apply_import(world.house, session, world.caller("one"), plan, **options)


def said(result: ImportResult) -> list[object]:
    applied = [(each.sheet, each.row, each.outcome, each.published, len(each.alike)) for each in result.applied]
    return [applied, [(each.sheet, each.row, each.place, each.code, each.message) for each in result.errors]]


FILE = st.tuples(st.lists(FACTORY, max_size=4), st.lists(CAPABILITY, max_size=4), st.lists(HOURS, max_size=3))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(FILE, min_size=1, max_size=2))
def test_a_dry_run_is_the_real_run_and_the_second_run_changes_nothing(
    new_database: Callable[[], Database], files: list[Any]
) -> None:
    world = World.on(new_database())
    world.organization("one")
    for file in files:
        plan = plan_import(io.BytesIO(workbook(*file)))
        trial = run(world, plan, dry_run=True)
        real = run(world, plan)
        assert said(trial) == said(real)
        again = run(world, plan)
        assert {each.outcome for each in again.applied} <= {Outcome.UNCHANGED}
        assert [each.code for each in again.errors] == [each.code for each in real.errors]
