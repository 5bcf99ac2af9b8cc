"""Each planted leak must be caught by the same properties that the product passes, within so many comparisons."""

from __future__ import annotations

import pytest

from tests.leaks import tally
from tests.leaks.nodes import Template
from tests.leaks.planted import LEAKS, Leak
from tests.leaks.questions import Difference
from tests.leaks.running import Runs, paired_runs, projected_runs, until
from tests.leaks.tally import Tally

RUNS = {"P1": projected_runs, "P2": paired_runs}
MOST = 2000
"""Comparisons after which a leak counts as not caught: as many as the product has to pass."""


def lived(runs: Runs, template: Template, about: str | None) -> str:
    """How many comparisons the application passed before it was caught."""
    counted = Tally("planted")
    try:
        until(runs, template, counted, MOST, about=about)
    except Difference:
        return str(counted.compared)
    return f"> {counted.compared}"


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.name.replace(" ", "-"))
def test_a_planted_leak_is_caught(leak: Leak, sqlite_node: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    leak.plant(monkeypatch)
    needed = {name: lived(RUNS[name], sqlite_node, leak.about) for name in leak.by}
    tally.caught(leak.name, row=leak.row, needed=needed)
    assert not [each for each in needed.values() if each.startswith(">")]
