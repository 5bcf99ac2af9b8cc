"""Rows of a column by value, as bitmaps of all rows up to one of a few values: what makes a comparison of very many rows cheap.

A ladder is made from the column when somebody compares, in one pass over it. Rows that change afterwards are kept apart and
compared one by one, until they are so many that the ladder is made anew.

Guarantees: the same answer as comparing each row; a ladder is never written to a snapshot, and holds nothing that the column
does not. Where its rungs stand depends on all values of the network, so it may change how long an answer takes, never the
answer.
"""

from bisect import bisect_right

import numpy as np

from sharing.search.bitmaps import Bitmap, Values, bitmap, rids_of

RUNGS = 32
FEW = 4096
"""So many changed rows are compared one by one at any rate."""
SHARE = 32
"""And one in so many of all."""


class Ladder:
    """The rows of one array of values; those equal to `missing` have none."""

    def __init__(self, values: Values, missing: int) -> None:
        rows = np.flatnonzero(values != missing).astype(np.uint32)
        order = np.argsort(values[rows], kind="stable")
        rows = rows[order]
        ascending = values[rows]
        self._edges: list[int] = []
        self._up_to: list[Bitmap] = []
        self._changed: Bitmap = bitmap()
        self._size = len(rows)
        below, start = bitmap(), 0
        for rung in range(1, RUNGS + 1):
            # All rows of one value stand below the same rung.
            end = (
                int(np.searchsorted(ascending, ascending[max(0, len(rows) * rung // RUNGS - 1)], side="right"))
                if len(rows)
                else 0
            )
            if end > start:
                below = below | bitmap(np.sort(rows[start:end]))
                self._edges.append(int(ascending[end - 1]))
                self._up_to.append(below)
                start = end

    def change(self, start: int, end: int) -> None:
        """Rows start..end-1 got other values, or lost them."""
        self._changed.add_range(start, end)

    @property
    def worn(self) -> bool:
        """Whether so many rows changed that making it anew is better."""
        return len(self._changed) > max(FEW, self._size // SHARE)

    def known(self, within: Bitmap, values: Values, missing: int) -> Bitmap:
        """Those of `within` that have a value."""
        if not self._up_to:
            return self._one_by_one(within & self._changed, values, missing, None)
        found = within & self._up_to[-1]
        if not self._changed:
            return found
        return (found - self._changed) | self._one_by_one(within & self._changed, values, missing, None)

    def up_to(self, within: Bitmap, bound: int, values: Values, missing: int) -> Bitmap:
        """Those of `within` whose value is `bound` or less."""
        place = bisect_right(self._edges, bound)
        sure = within & self._up_to[place - 1] if place else bitmap()
        loose = bitmap()
        if place < len(self._up_to):
            loose = within & self._up_to[place]
            if place:
                loose = loose - self._up_to[place - 1]
        if self._changed:
            sure = sure - self._changed
            loose = loose | (within & self._changed)
        return sure | self._one_by_one(loose, values, missing, bound) if loose else sure

    def _one_by_one(self, members: Bitmap, values: Values, missing: int, bound: int | None) -> Bitmap:
        rows = rids_of(members)
        rows = rows[: int(np.searchsorted(rows, len(values)))]
        given = values[rows]
        chosen = given != missing
        if bound is not None:
            chosen &= given <= bound
        return bitmap(rows[chosen])
