"""What a run of the leak suite compared, for its log: a property that compared nothing proves nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Comparisons of one property. Substantial: something was hidden from the viewer and the answer was not empty."""

    name: str
    compared: int = 0
    substantial: int = 0
    networks: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def count(self, kind: str, *, substantial: bool) -> None:
        """Note one comparison."""
        self.compared += 1
        self.substantial += substantial
        self.kinds[kind] = self.kinds.get(kind, 0) + 1

    @property
    def share(self) -> float:
        """The substantial part."""
        return self.substantial / self.compared if self.compared else 0.0


_TALLIES: list[Tally] = []
_CAUGHT: list[Sequence[str]] = []
_NOTES: list[str] = []


@contextmanager
def counting(name: str) -> Iterator[Tally]:
    """A tally that the run's summary will show."""
    tally = Tally(name)
    _TALLIES.append(tally)
    started = time.monotonic()
    try:
        yield tally
    finally:
        tally.seconds = time.monotonic() - started


def caught(cells: Sequence[str]) -> None:
    """Note a line of the table of planted leaks (`table.Row.cells`)."""
    _CAUGHT.append(cells)


def note(text: str) -> None:
    """A line for the summary."""
    _NOTES.append(text)


def lines() -> list[str]:
    """The summary."""
    said = []
    if _TALLIES:
        said.append(f"{'compared':>8} {'substantial':>11} {'seconds':>7}  property")
    for each in _TALLIES:
        kinds = ", ".join(f"{kind} {number}" for kind, number in sorted(each.kinds.items()))
        said.append(f"{each.compared:>8} {each.share:>10.0%}  {each.seconds:>7.1f}  {each.name} ({kinds})")
    if _CAUGHT:
        said.append("networks / comparisons until a planted leak was caught (P1: against the reference, P2: between pairs)")
        said.extend("  ".join(cell.ljust(14) for cell in cells).rstrip() for cells in _CAUGHT)
    return said + _NOTES
