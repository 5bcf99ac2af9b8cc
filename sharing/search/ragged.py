"""Lists of numbers by place, in three arrays: as objects of their own, hundreds of thousands of short lists would be most of a
process's memory, and no two processes could share them.

Guarantees: `taken` gives what was put, in its order. State owned here: all of it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sharing.search.bitmaps import EMPTY_RIDS, Rids
from sharing.search.dense import resized, room

_WORTH_IT = 1 << 16


class Ragged:
    """Each place has one list at most."""

    def __init__(self) -> None:
        self._start: Rids = np.zeros(0, dtype=np.uint32)
        self._count: Rids = np.zeros(0, dtype=np.uint32)
        self._numbers: Rids = np.zeros(0, dtype=np.uint32)
        self._end = 0
        self._left = 0  # numbers of lists that were taken

    def put(self, place: int, numbers: Sequence[int]) -> None:
        """Put a list where none is."""
        self._start = room(self._start, place + 1, 0)
        self._count = room(self._count, place + 1, 0)
        end = self._end + len(numbers)
        self._numbers = room(self._numbers, end, 0)
        self._numbers[self._end : end] = numbers
        self._start[place], self._count[place] = self._end, len(numbers)
        self._end = end

    def taken(self, place: int) -> list[int]:
        """The list of a place, which has none from now on."""
        if place >= len(self._start):
            return []
        start, count = int(self._start[place]), int(self._count[place])
        found: list[int] = self._numbers[start : start + count].tolist()
        self._count[place] = 0
        self._left += count
        if self._left > max(_WORTH_IT, self._end // 2):
            self._close()
        return found

    def renumber(self, new: Rids) -> None:
        """Put in the place of each number the one that stands at it in `new`."""
        self._close()
        self._numbers[: self._end] = new[self._numbers[: self._end]] if self._end else EMPTY_RIDS

    def tighten(self, places: int) -> None:
        """Lists without gaps, in the order of their places, with room for some more."""
        self._close()
        self._start, self._count = (resized(each, min(places, len(each)), 0) for each in (self._start, self._count))
        self._numbers = resized(self._numbers, self._end, 0)

    def _close(self) -> None:
        places = np.flatnonzero(self._count)
        lengths = self._count[places].astype(np.int64)
        ends = np.cumsum(lengths)
        begun = ends - lengths
        total = int(ends[-1]) if len(ends) else 0
        at: NDArray[np.int64] = np.repeat(self._start[places].astype(np.int64) - begun, lengths) + np.arange(total)
        self._numbers = self._numbers[at]
        self._start = np.zeros_like(self._start)
        self._start[places] = begun
        self._end, self._left = total, 0
