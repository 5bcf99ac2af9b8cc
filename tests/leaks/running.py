"""Running the properties over generated networks until enough answers were compared."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.leaks.changes import CHANGES, Change
from tests.leaks.machine import machine
from tests.leaks.nodes import Template
from tests.leaks.properties import Judge, compared
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


Step = Callable[[int], None]


def quiet(_: int) -> None:
    """Nobody waits for how many comparisons were made."""


def rounds(
    template: Template,
    judge: Judge,
    wanted: int,
    *,
    about: str | None = None,
    altogether: int = 0,
    start: int = 0,
    lives: int = 0,
    step: Step = quiet,
) -> None:
    """Rounds of networks with seeds from `start` on, until each property that the judge wants made `wanted` comparisons, and
    all of them `altogether`.

    After each round so many `lives` go on over sockets (`machine`). The judge raises at a difference, or stops wanting the
    property.
    """
    number = start
    while not _enough(judge, wanted, altogether):
        _round(template, judge, (wanted, altogether), about, number)
        if lives:
            machine(template, judge, number, lives=lives)
        number += 1
        step(sum(each.compared for each in judge.tallies.values()))


def _enough(judge: Judge, wanted: int, altogether: int) -> bool:
    if any(judge.tallies[name].compared < wanted for name in judge.wanted):
        return False
    return not judge.wanted or sum(each.compared for each in judge.tallies.values()) >= altogether


def _round(template: Template, judge: Judge, wanted: tuple[int, int], about: str | None, number: int) -> None:
    @seed(number)
    @QUICKLY
    @given(example=examples(about), changes=CHANGES)
    def over_networks(example: Example, changes: list[Change]) -> None:
        if not _enough(judge, *wanted):
            compared(template, example, changes, judge)

    over_networks()
