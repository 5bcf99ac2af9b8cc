"""P1 and P2 of the promise "a viewer's world is the world with everything hidden from them deleted", over HTTP."""

from __future__ import annotations

import pytest

from tests.leaks import tally
from tests.leaks.nodes import Template
from tests.leaks.running import Runs, paired_runs, projected_runs, until
from tests.long.portions import Portion

EACH_ON_SQLITE = 1000
EACH_ON_POSTGRES = 200
A_THIRD = 1 / 3


def test_every_answer_equals_that_of_a_plain_engine_on_the_viewers_world(sqlite_node: Template) -> None:
    with tally.counting("P1 on SQLite") as counted:
        until(projected_runs, sqlite_node, counted, EACH_ON_SQLITE)
    assert counted.share >= A_THIRD


def test_databases_that_look_the_same_to_a_viewer_answer_with_the_same_bytes(sqlite_node: Template) -> None:
    with tally.counting("P2 on SQLite") as counted:
        until(paired_runs, sqlite_node, counted, EACH_ON_SQLITE)
    assert counted.share >= A_THIRD


def test_every_answer_equals_that_of_a_plain_engine_on_postgresql(postgres_node: Template) -> None:
    with tally.counting("P1 on PostgreSQL") as counted:
        until(projected_runs, postgres_node, counted, EACH_ON_POSTGRES, start=500)
    assert counted.share >= A_THIRD


def test_databases_that_look_the_same_answer_with_the_same_bytes_on_postgresql(postgres_node: Template) -> None:
    with tally.counting("P2 on PostgreSQL") as counted:
        until(paired_runs, postgres_node, counted, EACH_ON_POSTGRES, start=500)
    assert counted.share >= A_THIRD


@pytest.mark.long("leaks")
@pytest.mark.parametrize("runs", [projected_runs, paired_runs])
def test_the_same_over_many_more_networks(sqlite_node: Template, runs: Runs, portion: Portion) -> None:
    start = 10_000 * portion.seed + portion.numbers.start
    with tally.counting(f"{getattr(runs, '__name__', '')} at length") as counted:
        until(runs, sqlite_node, counted, portion.count, start=start)
    portion.note(f"{counted.name}: {counted.compared} compared, {counted.share:.0%} of them substantial")
    assert counted.share >= A_THIRD
