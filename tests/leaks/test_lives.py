"""P1 and P2 while a network lives on: the state machine of `machine`, over sockets."""

from __future__ import annotations

from tests.leaks.machine import machine
from tests.leaks.nodes import Template
from tests.leaks.test_views import judged

LIVES = 8
LEAST = 0.12
"""Of the comparisons say something: errors and what was withdrawn meanwhile do not."""


def test_answers_stay_those_of_the_viewers_world_while_owners_act_and_viewers_go_on_asking(sqlite_node: Template) -> None:
    with judged("over sockets, while networks change", LEAST) as judge:
        machine(sqlite_node, judge, 1, lives=LIVES)
    assert all(each.compared >= 4 * LIVES for each in judge.tallies.values())
