"""The table of planted leaks: which channel each opens, which property caught it, after how many examples and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.leaks.nodes import Template
from tests.leaks.planted import LEAKS, STARRED, Leak
from tests.leaks.properties import Finder
from tests.leaks.running import rounds

MOST = 2000
"""Comparisons after which a leak counts as not caught; the product has to pass more than as many."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """What became of one leak: by property, the networks and comparisons that were needed; `missed` did not catch it."""

    leak: Leak
    needed: Mapping[str, tuple[int, int]]
    missed: frozenset[str]

    def cells(self) -> list[str]:
        """As text: `3 / 97` is found in the third network, at the 97th comparison."""
        said = []
        for name in ("P1", "P2"):
            networks, comparisons = self.needed.get(name, (0, 0))
            text = f"{networks} / {comparisons}" if name in self.needed else "-"
            said.append(f"missed, {text}" if name in self.missed else text)
        return [*said, self.leak.name, self.leak.row + (" *" if self.leak.row in STARRED else "")]


HEAD = ("P1", "P2", "planted leak", "row of the table of channels")
WIDTHS = (14, 14, 44, 0)
EXPLAINED = (
    "networks / comparisons until the leak was caught; P1: against a plain engine on the viewer's world, P2: between two",
    "networks that look the same to the viewer; -: that property is not asked (what it would need is in both); *: starred",
)


def proved(leak: Leak, template: Template, most: int = MOST) -> Row:
    """Plant it, and compare until each property that must catch it did, or `most` answers were compared."""
    finder = Finder(leak.by)
    with pytest.MonkeyPatch.context() as patch:
        leak.plant(patch)
        rounds(template, finder, most, about=leak.about)
    needed = {name: (each.networks, each.compared) for name, each in finder.tallies.items()}
    return Row(leak=leak, needed=needed, missed=frozenset(set(leak.by) - set(finder.found)))


def line(cells: list[str] | tuple[str, ...]) -> str:
    """One line of the table."""
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def chosen(names: list[str]) -> list[Leak]:
    """The leaks with one of these words in their name or row; all without any."""
    return [each for each in LEAKS if not names or any(word in f"{each.name} {each.row}" for word in names)]
