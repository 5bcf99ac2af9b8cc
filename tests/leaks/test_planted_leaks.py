"""Each planted leak must be caught by the same properties that the product passes, within so many comparisons."""

from __future__ import annotations

import pytest

from tests.leaks import tally
from tests.leaks.nodes import Template
from tests.leaks.planted import LEAKS, OTHERS, STARRED, Leak
from tests.leaks.table import proved


@pytest.mark.slow
@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.name.replace(" ", "-"))
def test_a_planted_leak_is_caught(leak: Leak, sqlite_node: Template) -> None:
    row = proved(leak, sqlite_node)
    tally.caught(row.cells())
    assert set(row.needed) == set(leak.by)
    assert not row.missed


def test_every_starred_channel_has_a_planted_leak_and_there_are_at_least_twenty() -> None:
    assert {each.row for each in LEAKS} - set(OTHERS) == set(STARRED)
    assert len({each.name for each in LEAKS}) == len(LEAKS) >= 20
