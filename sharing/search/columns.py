"""Numeric fields as dense columns of scaled integers, one row per record id.

Guarantees: a comparison is *certain*: an exact value is compared as it is, an interval [a, b) satisfies `>= x` iff a
>= x and `<= x` iff b - 1 <= x, all in scaled integers (multiples of 10**-decimals of the field), and an interval
without an upper end never satisfies `<=`. Rows without a value satisfy nothing.
Does not guarantee: visibility. The caller passes only the ids at which the value, or its interval, is shown.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sharing.search.bitmaps import Bitmap, Rids, Values, bitmap, union
from sharing.search.dense import resized, room
from sharing.search.ladder import Ladder

MISSING = int(np.iinfo(np.int64).min)
ENDLESS = int(np.iinfo(np.int64).max)
_NO_BAND = np.iinfo(np.uint16).max

_N = TypeVar("_N", bound=np.generic)
Mask = NDArray[np.bool_]
Split = tuple[Bitmap, Bitmap]


class NumberColumn:
    """The values of one numeric field and the number of the interval each lies in."""

    def __init__(self) -> None:
        self._value: Values = np.zeros(0, dtype=np.int64)
        self._band: NDArray[np.uint16] = np.zeros(0, dtype=np.uint16)
        self._bands: dict[tuple[int, int], int] = {}
        self._floor: Values = np.zeros(0, dtype=np.int64)
        self._last: Values = np.zeros(0, dtype=np.int64)
        self._ladder: Ladder | None = None
        self._rows_of_band: list[Bitmap] | None = None

    def put(self, start: int, end: int, value: int, band: tuple[int, int | None]) -> None:
        """Give rows start..end-1 a scaled value that lies in the half-open `band` (upper end None: no end)."""
        self._value = room(self._value, end, MISSING)
        self._band = room(self._band, end, _NO_BAND)
        self._value[start:end] = value
        self._band[start:end] = self._number(band)
        self._changed(start, end)

    def clear(self, start: int, end: int) -> None:
        """Take the values of rows start..end-1 away."""
        if start < len(self._value) and (self._band[start:end] != _NO_BAND).any():
            self._value[start:end] = MISSING
            self._band[start:end] = _NO_BAND
            self._changed(start, end)

    def tighten(self, end: int) -> None:
        """Arrays of about the size that records up to `end` need."""
        size = min(end, len(self._value))
        self._value, self._band = resized(self._value, size, MISSING), resized(self._band, size, _NO_BAND)

    def exact(self, rids: Rids) -> Values:
        """The value of each row, MISSING where there is none; `rids` ascending."""
        return _take(self._value, rids, MISSING)

    def floors(self, rids: Rids) -> Values:
        """The lower end of each row's interval, MISSING where there is none."""
        return self._of_band(self._floor, rids)

    def lasts(self, rids: Rids) -> Values:
        """The last value of each row's interval, MISSING where there is none; ENDLESS for one without an end."""
        return self._of_band(self._last, rids)

    def exact_split(self, within: Bitmap, at_least: int | None, at_most: int | None) -> Split:
        """Those of `within` that have a value, and of these the ones whose exact value lies within the one bound given."""
        if self._ladder is None or self._ladder.worn:
            self._ladder = Ladder(self._value, MISSING)
        known = self._ladder.known(within, self._value, MISSING)
        if at_most is not None:
            return known, self._ladder.up_to(within, at_most, self._value, MISSING)
        return known, known - self._ladder.up_to(within, (at_least or 0) - 1, self._value, MISSING)

    def band_split(self, within: Bitmap, at_least: int | None, at_most: int | None) -> Split:
        """The same for intervals that lie certainly within the bound."""
        rows = self._of_bands()
        held = [(number, within & members) for number, members in enumerate(rows) if members]
        satisfied = _within(self._floor, self._last, at_least, at_most)
        return union(members for _, members in held), union(members for number, members in held if satisfied[number])

    def _of_bands(self) -> list[Bitmap]:
        """The rows in each interval; made when first asked for, kept right as rows change."""
        if self._rows_of_band is None:
            self._rows_of_band = [
                bitmap(np.flatnonzero(self._band == each).astype(np.uint32)) for each in range(len(self._floor))
            ]
        return self._rows_of_band

    def _changed(self, start: int, end: int) -> None:
        if self._ladder is not None:
            self._ladder.change(start, end)
        if self._rows_of_band is not None:
            self._rows_of_band += [bitmap() for _ in range(len(self._floor) - len(self._rows_of_band))]
            for members in self._rows_of_band:
                members.remove_range(start, end)
            number = int(self._band[start])
            if number != _NO_BAND:
                self._rows_of_band[number].add_range(start, end)

    def _of_band(self, table: Values, rids: Rids) -> Values:
        numbers = _take(self._band, rids, _NO_BAND).astype(np.int64)
        numbers[numbers == _NO_BAND] = len(table)
        return np.append(table, np.int64(MISSING))[numbers]

    def _number(self, band: tuple[int, int | None]) -> int:
        low, high = band
        key = (low, ENDLESS if high is None else high - 1)
        number = self._bands.get(key)
        if number is None:
            number = self._bands[key] = len(self._bands)
            self._floor = np.append(self._floor, np.int64(key[0]))
            self._last = np.append(self._last, np.int64(key[1]))
        return number


def _take(column: NDArray[_N], rids: Rids, fill: int) -> NDArray[_N]:
    held = column.shape[0]
    if not len(rids) or int(rids[-1]) < held:
        return column[rids]
    taken: NDArray[_N] = np.full(len(rids), fill, dtype=column.dtype)
    known = rids < held
    taken[known] = column[rids[known]]
    return taken


def _within(low: Values, high: Values, at_least: int | None, at_most: int | None) -> Mask:
    mask: Mask = low != MISSING
    if at_least is not None:
        mask &= low >= at_least
    if at_most is not None:
        mask &= (high <= at_most) & (high != ENDLESS)
    return mask
