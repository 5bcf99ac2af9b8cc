"""Weekly spare hours of capacity groups: one row of 104 weeks of tenth-hours per group, and the group of each record
id.

Guarantees: a group is one row, however many capabilities run on it; a row starts at the group's own first week, so no
calendar is kept. At band level a week counts with the floor of its interval. A week outside the row or not given
counts as not given, and so does a whole row that was last confirmed `STALE_DAYS` days ago or earlier. A row has one such date
for each of the two levels: that of the exact hours says nothing to who sees bands.
Does not guarantee: visibility. The caller passes only ids of factories whose spare hours are shown at the level asked
for.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from sharing.freshness import STALE_DAYS
from sharing.search.bitmaps import Rids, Values
from sharing.search.columns import ENDLESS
from sharing.search.dense import resized, room

SPAN = 104
_NOT_GIVEN = int(np.iinfo(np.uint16).max)
_NO_ROW = -1
_AT_ONCE = 16384
_EPOCH = date(2000, 1, 1).toordinal()
_LAST_DAY = int(np.iinfo(np.uint16).max)

Places = NDArray[np.intp]
Counts = NDArray[np.int32]


class HourRows:
    """Rows by number; freed rows are used again."""

    def __init__(self, edges: tuple[int, ...]) -> None:
        """`edges`: the lower ends of the weekly intervals in tenth-hours, ascending."""
        lower = np.array(edges, dtype=np.int32)
        every = np.arange(_NOT_GIVEN + 1)
        self._floors = lower[np.maximum(np.searchsorted(lower, every, side="right") - 1, 0)].astype(np.uint16)
        """The lower end of the interval of every number of tenth-hours."""
        self._floors[_NOT_GIVEN] = _NOT_GIVEN
        self._hours: NDArray[np.uint16] = np.zeros((0, SPAN), dtype=np.uint16)
        self._first: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._as_of: NDArray[np.uint16] = np.zeros((0, 2), dtype=np.uint16)  # days since _EPOCH at band, at exact
        self._row_of: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._rows = 0
        self._free: list[int] = []

    def add(self, weeks: dict[int, int], as_of: tuple[date, date]) -> int:
        """Store a group's tenth-hours by week number (all within 104 weeks), confirmed last on these days at band and at
        exact level, and return its row."""
        row = self._free.pop() if self._free else self._rows
        self._rows = max(self._rows, row + 1)
        self._hours = room(self._hours, self._rows, _NOT_GIVEN)
        self._first = room(self._first, self._rows, 0)
        first = min(weeks)
        self._as_of = room(self._as_of, self._rows, 0)
        self._as_of[row] = [min(max(day.toordinal() - _EPOCH, 0), _LAST_DAY) for day in as_of]
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
        """Let records start..end-1 run on nothing, and forget the groups that they ran on, on which nobody else runs."""
        for row in np.unique(self._row_of[start:end]).tolist():
            if row != _NO_ROW:
                self.remove(row)
        self._row_of[start:end] = _NO_ROW

    def tighten(self) -> None:
        """Arrays of about the size that they need."""
        self._hours, self._first = resized(self._hours, self._rows, _NOT_GIVEN), resized(self._first, self._rows, 0)
        self._as_of = resized(self._as_of, self._rows, 0)
        self._row_of = resized(self._row_of, len(self._row_of), _NO_ROW)

    def rows_of(self, rids: Rids) -> bytes:
        """Everything that is kept of the group of each record, in the order of `rids`; equal bytes for equal hours."""
        known = np.flatnonzero(rids < len(self._row_of))
        row: NDArray[np.int32] = np.full(len(rids), _NO_ROW, dtype=np.int32)
        row[known] = self._row_of[rids[known]]
        running = row[row != _NO_ROW]
        parts = (row != _NO_ROW, self._first[running], self._hours[running], self._as_of[running])
        return b"".join(each.tobytes() for each in parts)

    def ages(self, rids: Rids, day: int, *, band: bool) -> Values:
        """Per record: the days from the last confirmation to `day` (an ordinal); ENDLESS where no group's hours are given."""
        ages: Values = np.full(len(rids), ENDLESS, dtype=np.int64)
        places, rows = self._running(rids)
        ages[places] = day - _EPOCH - self._as_of[rows, 0 if band else 1].astype(np.int64)
        return ages

    def _running(self, rids: Rids) -> tuple[Places, Places]:
        """Which of the records run on a group, and on which row."""
        known = np.flatnonzero(rids < len(self._row_of))
        rows = self._row_of[rids[known]]
        running = rows != _NO_ROW
        return known[running], rows[running].astype(np.intp)

    def totals(self, rids: Rids, first: int, last: int, day: int, *, band: bool) -> tuple[Values, Values, Values]:
        """Per record, over weeks first..last: weeks given, tenth-hours in sum, and of the least week (0: none).

        `day` is the ordinal of the day that staleness is judged on.
        """
        given = np.zeros(len(rids), dtype=np.int64)
        total = np.zeros(len(rids), dtype=np.int64)
        least = np.zeros(len(rids), dtype=np.int64)
        on_a_row, rows = self._running(rids)
        fresh = day - _EPOCH - self._as_of[rows, 0 if band else 1].astype(np.int64) < STALE_DAYS
        on_a_row, rows = on_a_row[fresh], rows[fresh]
        # In slices that stay in the cache, and of rows that begin in one week: most do, and their weeks stand side by side.
        begun = self._first[rows]
        for week in np.unique(begun).tolist():
            since, until = max(0, first - week), min(SPAN, last + 1 - week)
            if since < until:
                alike = np.flatnonzero(begun == week)
                for start in range(0, len(alike), _AT_ONCE):
                    chosen = alike[start : start + _AT_ONCE]
                    places = on_a_row[chosen]
                    sums = self._sums(self._hours[rows[chosen], since:until], band=band)
                    given[places], total[places], least[places] = sums
        return given, total, least

    def _sums(self, block: NDArray[np.uint16], *, band: bool) -> tuple[Counts, Counts, Counts]:
        """Of each row of a block of weeks: how many are given, their sum, and the least (0: none is given)."""
        counted: Counts = np.zeros(len(block), dtype=np.int32)
        total: Counts = np.zeros(len(block), dtype=np.int32)
        least: NDArray[np.uint16] = np.full(len(block), _NOT_GIVEN, dtype=np.uint16)
        for week in block.T:
            present = week != _NOT_GIVEN
            hours = self._floors[week] if band else week
            counted += present
            total += np.where(present, hours, 0)
            np.minimum(least, hours, out=least)  # what is not given is the largest number, and so is its floor
        return counted, total, np.where(counted > 0, least, 0).astype(np.int32)
