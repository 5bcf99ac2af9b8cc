"""Each planted leak must be caught by the same properties that the product passes, within so many comparisons."""

from __future__ import annotations

import pytest

from tests.leaks import tally
from tests.leaks.nodes import Template
from tests.leaks.planted import LEAKS, STARRED, Leak
from tests.leaks.properties import Finder
from tests.leaks.running import rounds

MOST = 2000
"""Comparisons after which a leak counts as not caught; the product has to pass more than as many."""


def needed(leak: Leak, template: Template) -> dict[str, str]:
    """By property: how many comparisons the leaking application passed, and in how many networks, before it was caught."""
    finder = Finder(leak.by)
    rounds(template, finder, MOST, about=leak.about)
    said = {name: f"{each.compared} in {each.networks}" for name, each in finder.tallies.items()}
    return {name: text if name in finder.found else f"> {text}" for name, text in said.items()}


@pytest.mark.slow
@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.name.replace(" ", "-"))
def test_a_planted_leak_is_caught(leak: Leak, sqlite_node: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    leak.plant(monkeypatch)
    found = needed(leak, sqlite_node)
    tally.caught(leak.name, row=leak.row, needed=found)
    assert set(found) == set(leak.by)
    assert not [each for each in found.values() if each.startswith(">")]


def test_every_starred_channel_has_a_planted_leak_and_there_are_at_least_twenty() -> None:
    assert {each.row for each in LEAKS} >= set(STARRED)
    assert len({each.name for each in LEAKS}) == len(LEAKS) >= 20
