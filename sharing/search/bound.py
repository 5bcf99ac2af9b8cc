"""Postings as they stand in a snapshot: terms in order, each with its serialised bitmap, in arrays that processes share.

Guarantees: never changes. A term is found by halving; its bitmap is made anew each time somebody asks.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sharing.search.bitmaps import Bitmap

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int64]

Table = Sequence[tuple[str, Bitmap]]


class Bound:
    """The postings of several tables, numbered in the order of tables and of their terms' UTF-8 bytes."""

    def __init__(self, tables: Iterable[Table] = ()) -> None:
        """Each table's terms with their bitmaps, in the order of the terms' UTF-8 bytes."""
        texts: list[bytes] = []
        bits: list[bytes] = []
        first = [0]
        for table in tables:
            for term, members in table:
                texts.append(term.encode("utf-8", "surrogatepass"))
                bits.append(members.serialize())
            first.append(len(texts))
        self._first: Offsets = np.array(first, dtype=np.int64)
        self._text, self._text_at = _joined(texts)
        self._bits, self._bits_at = _joined(bits)

    def __len__(self) -> int:
        return len(self._text_at) - 1

    def numbers(self, table: int) -> range:
        """The numbers of a table's postings."""
        return range(int(self._first[table]), int(self._first[table + 1])) if table + 1 < len(self._first) else range(0)

    def term(self, number: int) -> str:
        """The term of a posting."""
        return self._encoded(number).decode("utf-8", "surrogatepass")

    def members(self, number: int) -> Bitmap:
        """The bitmap of a posting, the caller's own."""
        return Bitmap.deserialize(self._bits[self._bits_at[number] : self._bits_at[number + 1]].tobytes())

    def find(self, table: int, term: str) -> int | None:
        """The number of a term's posting."""
        numbers = self.numbers(table)
        low, end = numbers.start, numbers.stop
        if low == end:
            return None
        wanted, high = term.encode("utf-8", "surrogatepass"), end
        while low < high:
            middle = (low + high) // 2
            if self._encoded(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < end and self._encoded(low) == wanted else None

    def terms(self, table: int) -> Iterator[tuple[int, str]]:
        """Number and term of each posting of a table, in order."""
        return ((number, self.term(number)) for number in self.numbers(table))

    def _encoded(self, number: int) -> bytes:
        found: bytes = self._text[self._text_at[number] : self._text_at[number + 1]].tobytes()
        return found


def _joined(pieces: Sequence[bytes]) -> tuple[Bytes, Offsets]:
    ends = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
    return np.frombuffer(bytearray(b"".join(pieces)), dtype=np.uint8), ends
