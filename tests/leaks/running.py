"""Running a property over generated networks until enough answers were compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.leaks.changes import CHANGES
from tests.leaks.nodes import Template
from tests.leaks.properties import paired, projected
from tests.leaks.tally import Tally
from tests.leaks.worlds import VIEWERS, networks, searches

ROUND = 30
"""Networks generated from one seed."""

SOME_VIEWERS = st.lists(st.sampled_from(VIEWERS), min_size=3, max_size=3, unique=True)
SOME_QUERIES = st.lists(searches(), min_size=2, max_size=2)
QUICKLY = settings(
    max_examples=ROUND,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)

Run = Callable[[int], None]


def projected_runs(template: Template, tally: Tally, wanted: int) -> Run:
    """Rounds of P1, each with a seed of its own, that stop at `wanted` comparisons."""

    def run(number: int) -> None:
        @seed(number)
        @QUICKLY
        @given(spec=networks(), viewers=SOME_VIEWERS, queries=SOME_QUERIES, turn=st.integers(0, 11))
        def property_one(spec: Any, viewers: Any, queries: Any, turn: int) -> None:
            if tally.compared < wanted:
                projected(template, spec, viewers, queries, turn, tally)

        property_one()

    return run


def paired_runs(template: Template, tally: Tally, wanted: int) -> Run:
    """Rounds of P2, likewise."""

    def run(number: int) -> None:
        @seed(number)
        @QUICKLY
        @given(
            spec=networks(), changes=CHANGES, viewers=SOME_VIEWERS, queries=SOME_QUERIES, turn=st.integers(0, 11)
        )
        def property_two(spec: Any, changes: Any, viewers: Any, queries: Any, turn: int) -> None:
            if tally.compared < wanted:
                paired(template, spec, changes, viewers, queries, turn, tally)

        property_two()

    return run


Runs = Callable[[Template, Tally, int], Run]


def until(runs: Runs, template: Template, tally: Tally, wanted: int, *, start: int = 0) -> None:
    """Rounds with seeds from `start` on, until `wanted` answers were compared."""
    run, number = runs(template, tally, wanted), start
    while tally.compared < wanted:
        run(number)
        number += 1
