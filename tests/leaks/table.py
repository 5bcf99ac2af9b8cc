"""The table of planted leaks: which channel each opens, which property caught it, after how many examples and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.leaks import test_alerts
from tests.leaks.nodes import Template
from tests.leaks.planted import ALERTS, LEAKS, STARRED, Leak
from tests.leaks.properties import Finder
from tests.leaks.questions import Difference
from tests.leaks.running import rounds
from tests.leaks.tally import Tally

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
            # Alerts are followed over steps of their own networks, which nobody counts.
            text = f"{networks or ''} / {comparisons}".strip() if name in self.needed else "-"
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
    if leak.row == ALERTS:
        return _proved_by_alerts(leak, template, most)
    finder = Finder(leak.by)
    with pytest.MonkeyPatch.context() as patch:
        leak.plant(patch)
        rounds(template, finder, most, about=leak.about)
    needed = {name: (each.networks, each.compared) for name, each in finder.tallies.items()}
    return Row(leak=leak, needed=needed, missed=frozenset(set(leak.by) - set(finder.found)))


def _proved_by_alerts(leak: Leak, template: Template, most: int) -> Row:
    """What alerts tell hangs on what was seen before, so these have networks and steps of their own."""
    needed, missed = {}, set()
    for name in leak.by:
        counted = Tally(name)
        with pytest.MonkeyPatch.context() as patch:
            leak.plant(patch)
            try:
                prove = {"P1": test_alerts.projected, "P2": test_alerts.paired}[name]
                test_alerts.run(prove, template, counted, most, **test_alerts.SHARPER.get(leak.name, {}))
                missed.add(name)
            except Difference:
                pass
        needed[name] = (0, counted.compared)
    return Row(leak=leak, needed=needed, missed=frozenset(missed))


def everything_planted() -> tuple[Leak, ...]:
    """Those of `planted`, and those of alerts."""
    alerts = (
        Leak(name=name, plant=plant, row=ALERTS, by=("P1", "P2") if in_pairs else ("P1",))
        for name, (plant, in_pairs) in test_alerts.LEAKS.items()
    )
    return (*LEAKS, *alerts)


def line(cells: list[str] | tuple[str, ...]) -> str:
    """One line of the table."""
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def chosen(names: list[str]) -> list[Leak]:
    """The leaks with one of these words in their name or row; all without any."""
    return [each for each in everything_planted() if not names or any(word in f"{each.name} {each.row}" for word in names)]
