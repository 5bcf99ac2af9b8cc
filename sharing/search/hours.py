"""Weekly spare hours of capacity groups: one row of 104 weeks of tenth-hours per group, and the group of each record
id.

Guarantees: a group is one row, however many capabilities run on it; a row starts at the group's own first week, so no
calendar is kept. At band level a week counts with the floor of its interval. A week outside the row or not given
counts as not given.
Does not guarantee: visibility. The caller passes only ids of factories whose spare hours are shown at the level asked
for.
"""

import numpy as np
from numpy.typing import NDArray

from sharing.search.bitmaps import Rids
from sharing.search.columns import Values
from sharing.search.dense import room

SPAN = 104
_NOT_GIVEN = int(np.iinfo(np.uint16).max)
_NO_ROW = -1
_AT_ONCE = 65536


class HourRows:
    """Rows by number; freed rows are used again."""

    def __init__(self, edges: tuple[int, ...]) -> None:
        """`edges`: the lower ends of the weekly intervals in tenth-hours, ascending."""
        self._edges = np.array(edges, dtype=np.int32)
        self._hours: NDArray[np.uint16] = np.zeros((0, SPAN), dtype=np.uint16)
        self._first: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._row_of: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._rows = 0
        self._free: list[int] = []

    def add(self, weeks: dict[int, int]) -> int:
        """Store a group's tenth-hours by week number (all within 104 weeks) and return its row."""
        row = self._free.pop() if self._free else self._rows
        self._rows = max(self._rows, row + 1)
        self._hours = room(self._hours, self._rows, _NOT_GIVEN)
        self._first = room(self._first, self._rows, 0)
        first = min(weeks)
        self._first[row] = first
        self._hours[row] = _NOT_GIVEN
        for week, hours in weeks.items():
            self._hours[row, week - first] = hours
        return row

    def remove(self, row: int) -> None:
        """Free a row; no record may run on it any more."""
        self._hours[row] = _NOT_GIVEN
        self._free.append(row)

    def run_on(self, rid: int, row: int) -> None:
        """Let a record run on a group."""
        self._row_of = room(self._row_of, rid + 1, _NO_ROW)
        self._row_of[rid] = row

    def clear(self, start: int, end: int) -> None:
        """Let records start..end-1 run on nothing."""
        self._row_of[start:end] = _NO_ROW

    def totals(self, rids: Rids, first: int, last: int, *, band: bool) -> tuple[Values, Values, Values]:
        """Per record, over weeks first..last: weeks given, tenth-hours in sum, and of the least week (0: none)."""
        weeks = np.arange(first, last + 1, dtype=np.int32)
        given = np.zeros(len(rids), dtype=np.int64)
        total = np.zeros(len(rids), dtype=np.int64)
        least = np.zeros(len(rids), dtype=np.int64)
        known = np.flatnonzero(rids < len(self._row_of))
        rows = self._row_of[rids[known]]
        running = rows != _NO_ROW
        on_a_row, rows = known[running], rows[running]
        flat = self._hours.reshape(-1)
        # In slices, so that a million candidates over two years do not need gigabytes at once.
        for start in range(0, len(on_a_row), _AT_ONCE):
            places, row = on_a_row[start : start + _AT_ONCE], rows[start : start + _AT_ONCE]
            column = weeks[None, :] - self._first[row][:, None]
            inside = (column >= 0) & (column < SPAN)
            hours = flat[np.where(inside, row.astype(np.int64)[:, None] * SPAN + column, 0)].astype(np.int32)
            present = inside & (hours != _NOT_GIVEN)
            if band:
                hours = self._edges[np.maximum(np.searchsorted(self._edges, hours, side="right") - 1, 0)]
            counted = present.sum(axis=1)
            given[places] = counted
            total[places] = np.where(present, hours, 0).sum(axis=1, dtype=np.int64)
            least[places] = np.where(counted > 0, np.where(present, hours, _NOT_GIVEN).min(axis=1), 0)
        return given, total, least
