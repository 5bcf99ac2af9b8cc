"""P1 and P2 of the promise "a viewer's world is the world with everything hidden from them deleted", over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.leaks import tally
from tests.leaks.nodes import Template
from tests.leaks.properties import Judge
from tests.leaks.running import rounds
from tests.long.portions import Portion

EACH_ON_SQLITE = 500
EACH_ON_POSTGRES = 150
A_GOOD_PART = 0.25
LIVES = 5
"""Networks that live on over sockets, after each round of a long run."""
APART = 1_000_000
"""Seeds of networks between two seeds of a long run."""


@contextmanager
def judged(where: str, least: float = A_GOOD_PART) -> Iterator[Judge]:
    """A judge of both properties whose counts the summary will show."""
    with ExitStack() as stack:
        judge = Judge({name: stack.enter_context(tally.counting(f"{name} {where}")) for name in ("P1", "P2")})
        yield judge
        # What compares emptiness with emptiness proves nothing.
        assert all(each.share >= least for each in judge.tallies.values())


def test_answers_are_those_of_the_viewers_world_and_equal_where_two_networks_look_the_same(sqlite_node: Template) -> None:
    with judged("on SQLite") as judge:
        rounds(sqlite_node, judge, EACH_ON_SQLITE)


def test_answers_are_those_of_the_viewers_world_on_postgresql_too(postgres_node: Template) -> None:
    with judged("on PostgreSQL") as judge:
        rounds(postgres_node, judge, EACH_ON_POSTGRES, start=500)


@pytest.mark.long("leaks")
def test_the_same_over_many_more_networks(sqlite_node: Template, portion: Portion) -> None:
    with judged("at length", 0.2) as judge:
        start = APART * portion.seed + portion.numbers.start
        # A pair is compared only for viewers who see the same in both, so most comparisons are with the plain engine.
        least = portion.count // 4
        rounds(sqlite_node, judge, least, altogether=portion.count, start=start, lives=LIVES, step=portion.step)
    for each in judge.tallies.values():
        portion.note(f"{each.name}: {each.compared:,} compared in {each.networks:,} networks, {each.share:.0%} substantial")
