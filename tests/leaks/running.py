"""Running a property over generated networks until enough answers were compared."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.leaks.changes import CHANGES, Change
from tests.leaks.nodes import Template
from tests.leaks.properties import paired, projected
from tests.leaks.tally import Tally
from tests.leaks.worlds import Example, examples

ROUND = 30
"""Networks generated from one seed."""

QUICKLY = settings(
    max_examples=ROUND,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
    print_blob=False,
)

Run = Callable[[int], None]


def projected_runs(template: Template, tally: Tally, wanted: int, about: str | None = None) -> Run:
    """Rounds of P1, each with a seed of its own, that stop at `wanted` comparisons."""

    def run(number: int) -> None:
        @seed(number)
        @QUICKLY
        @given(example=examples(about))
        def property_one(example: Example) -> None:
            if tally.compared < wanted:
                projected(template, example, tally)

        property_one()

    return run


def paired_runs(template: Template, tally: Tally, wanted: int, about: str | None = None) -> Run:
    """Rounds of P2, likewise."""

    def run(number: int) -> None:
        @seed(number)
        @QUICKLY
        @given(example=examples(about), changes=CHANGES)
        def property_two(example: Example, changes: list[Change]) -> None:
            if tally.compared < wanted:
                paired(template, example, changes, tally)

        property_two()

    return run


Runs = Callable[[Template, Tally, int, str | None], Run]


def until(runs: Runs, template: Template, tally: Tally, wanted: int, *, start: int = 0, about: str | None = None) -> None:
    """Rounds with seeds from `start` on, until `wanted` answers were compared."""
    run, number = runs(template, tally, wanted, about), start
    while tally.compared < wanted:
        run(number)
        number += 1
