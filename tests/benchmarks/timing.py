"""Time, measured beside a baseline.

Guarantees: what is measured and its baseline are run in turns in one process, so a busy machine slows both; a row keeps every
duration, and its ratio is that of the two medians. Nothing here judges a duration.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

LEAST, MOST = 5, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Durations in seconds, or one amount in another unit."""

    values: tuple[float, ...]
    unit: str = "s"

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float | None:
        """The 95th percentile (nearest rank); None for fewer than 20 values, where it would only be the maximum."""
        if len(self.values) < 20:
            return None
        return sorted(self.values)[-(-len(self.values) * 95 // 100) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    `found` is how many records the viewer's answer has, for a search. `answers` is what a check compares: (measured,
    baseline), when both answer one question.
    """

    group: str
    name: str
    viewer: str
    measured: Figures
    baseline: str
    base: Figures
    found: int | None = None
    answers: tuple[object, object] | None = field(default=None, repr=False)

    @property
    def ratio(self) -> float:
        """How many times the baseline."""
        return self.measured.median / self.base.median


def once(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turns(works: Sequence[Callable[[], object]], budget: float) -> list[Figures]:
    """Run the works in turns until the budget (seconds for all of them) is spent, each LEAST to MOST times.

    Each is run once before, unmeasured, so that what is cached on both sides is cached.
    """
    for work in works:
        work()
    return in_turns_timed([partial(once, work) for work in works], budget)


def in_turns_timed(takes: Sequence[Callable[[], float]], budget: float, *, most: int = MOST) -> list[Figures]:
    """The same for works that time themselves, because they have to prepare something; not run before."""
    values: list[list[float]] = [[] for _ in takes]
    until = time.perf_counter() + budget
    while len(values[0]) < most and (len(values[0]) < LEAST or time.perf_counter() < until):
        for kept, take in zip(values, takes, strict=True):
            kept.append(take())
    return [Figures(values=tuple(each)) for each in values]
