"""Dense internal record ids: one run of consecutive ids per factory.

The first id of a run is the factory's head record, the following ones are its capabilities. Ids are internal: they
depend on the order of arrival, so nothing derived from them may leave the process; ties are ordered by `tie`, taken
from random public ids.

All of it stands in arrays, which the processes of a machine share; factories are found by a table of hashes.

State owned here: which run belongs to which factory, the head of each id, the public name and the tie of each id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sharing.search.bitmaps import Bitmap, Rids, bitmap

_N = TypeVar("_N", bound=np.generic)
_NAME = 32
"""Characters of the longest public id."""
_EMPTY, _LEFT = 0, 0xFFFFFFFF
_SPARE = 32
_CROCKFORD = {character: number for number, character in enumerate("0123456789ABCDEFGHJKMNPQRSTVWXYZ")}


def tie(factory_id: str, capability_id: str | None) -> int:
    """The place of a record among equals: 64 bits of its random public id (the capability's, else the factory's)."""
    if capability_id is not None:
        return int(capability_id[:16], 16)
    number = 0
    for character in factory_id[:13]:
        number = number * 32 + _CROCKFORD[character]
    return number >> 1


def room(array: NDArray[_N], size: int, fill: int) -> NDArray[_N]:
    """`array`, or a larger copy of it (along the first axis, filled with `fill`) with at least `size` rows."""
    held = int(array.shape[0])
    if size <= held:
        return array
    larger: NDArray[_N] = np.full((max(size, held * 2, 1024), *array.shape[1:]), fill, dtype=array.dtype)
    larger[:held] = array
    return larger


def resized(array: NDArray[_N], size: int, fill: int) -> NDArray[_N]:
    """The first `size` rows with room for a few more: what is written down should neither be half empty nor grow at once."""
    tight: NDArray[_N] = np.full((size + size // _SPARE + _SPARE, *array.shape[1:]), fill, dtype=array.dtype)
    tight[:size] = array[:size]
    return tight


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """`size` ids from `head` on are reserved for a factory; `used` of them carry records."""

    head: int
    size: int
    used: int

    @property
    def end(self) -> int:
        """One after the last id that carries a record."""
        return self.head + self.used


class RecordIds:
    """The runs of all factories.

    A run that grows beyond its size moves whole to the end; its old ids are free for a run of that size.
    """

    def __init__(self) -> None:
        self.head_of: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        self.tie: NDArray[np.uint64] = np.zeros(0, dtype=np.uint64)
        self.heads: Bitmap = bitmap()
        self.bare: Bitmap = bitmap()  # heads of factories without any capability
        self.end = 0
        """One after the largest id ever given out."""
        self._names: NDArray[np.bytes_] = np.zeros(0, dtype=f"S{_NAME}")
        self._size: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)  # of the run of a head
        self._used: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        self._table: NDArray[np.uint32] = np.zeros(1024, dtype=np.uint32)  # by hash: a head and one, _EMPTY or _LEFT
        self._filled = 0
        self._count = 0
        self._free: dict[int, list[int]] = {}

    @property
    def runs(self) -> "Runs":
        """The run of each factory, by its id."""
        return Runs(self)

    def run(self, factory_id: str) -> Run | None:
        """The run of a factory, None when it has none."""
        place = self._place(factory_id.encode())
        return None if place is None else self.run_at(int(self._table[place]) - 1)

    def run_at(self, head: int) -> Run:
        """The run of a head."""
        return Run(head=head, size=int(self._size[head]), used=int(self._used[head]))

    def __len__(self) -> int:
        return self._count

    def assign(self, factory_id: str, capability_ids: tuple[str, ...]) -> Run:
        """The run of a factory for these capabilities, in order; an earlier run of it must be out of all postings."""
        used = 1 + len(capability_ids)
        old = self.run(factory_id)
        if old is not None and old.size >= used:
            self._forget(old)
            run = Run(head=old.head, size=old.size, used=used)
        else:
            if old is not None:
                self.release(factory_id)
            run = Run(head=self._reserve(used), size=used, used=used)
            old = None
        self._size[run.head], self._used[run.head] = run.size, run.used
        self.heads.add(run.head)
        if used == 1:
            self.bare.add(run.head)
        self.head_of[run.head : run.head + run.size] = run.head
        for offset, capability_id in enumerate((None, *capability_ids)):
            rid, name = run.head + offset, (factory_id if capability_id is None else capability_id).encode()
            assert len(name) <= _NAME, "a longer id would be cut"  # noqa: S101 - ids are made by this program
            self._names[rid] = name
            self.tie[rid] = tie(factory_id, capability_id)
        if old is None:
            self._enter(factory_id.encode(), run.head)
        return run

    def release(self, factory_id: str) -> None:
        """Give a factory's run back."""
        place = self._place(factory_id.encode())
        if place is None:
            raise LookupError(factory_id)
        run = self.run_at(int(self._table[place]) - 1)
        self._table[place] = _LEFT
        self._count -= 1
        self._forget(run)
        self._used[run.head] = 0
        self._free.setdefault(run.size, []).append(run.head)

    def name(self, rid: int) -> str:
        """The public id of a record; empty for none."""
        return bytes(self._names[rid]).decode()

    def public(self, rid: int) -> tuple[str, str | None]:
        """(factory id, capability id or None for a head) of a record."""
        head = int(self.head_of[rid])
        factory_id, own = self.name(head), self.name(rid)
        if not factory_id or not own:
            raise LookupError(rid)
        return factory_id, None if rid == head else own

    def capability_ids(self, run: Run) -> tuple[str, ...]:
        """The public ids of a run's capabilities, in its order."""
        return tuple([each.decode() for each in self._names[run.head + 1 : run.end].tolist()])

    def end_of(self, head: int) -> int:
        """One after the last record of the run of a head."""
        return head + int(self._used[head])

    def factories(self, rids: Rids) -> int:
        """How many different factories the ascending `rids` belong to."""
        if not len(rids):
            return 0
        heads = self.head_of[rids]
        return 1 + int(np.count_nonzero(heads[1:] != heads[:-1]))

    def tighten(self) -> None:
        """Arrays of about the size that they need."""
        self.head_of, self._size, self._used = (resized(each, self.end, 0) for each in (self.head_of, self._size, self._used))
        self.tie, self._names = resized(self.tie, self.end, 0), resized(self._names, self.end, 0)
        self._spread()

    def _forget(self, run: Run) -> None:
        self.heads.discard(run.head)
        self.bare.discard(run.head)
        self._names[run.head : run.head + run.size] = b""

    def _reserve(self, size: int) -> int:
        free = self._free.get(size)
        if free:
            return free.pop()
        start, self.end = self.end, self.end + size
        self.head_of, self._size, self._used = (room(each, self.end, 0) for each in (self.head_of, self._size, self._used))
        self.tie, self._names = room(self.tie, self.end, 0), room(self._names, self.end, 0)
        return start

    def _place(self, name: bytes) -> int | None:
        """Where in the table the head of a factory stands."""
        last = len(self._table) - 1
        at = crc32(name) & last
        while (held := int(self._table[at])) != _EMPTY:
            if held != _LEFT and self._names[held - 1] == name:
                return at
            at = at + 1 & last
        return None

    def _enter(self, name: bytes, head: int) -> None:
        if 2 * self._filled >= len(self._table):
            self._spread()
        last = len(self._table) - 1
        at = crc32(name) & last
        while self._table[at] != _EMPTY:
            at = at + 1 & last
        self._table[at] = head + 1
        self._filled += 1
        self._count += 1

    def _spread(self) -> None:
        """A new table, four times as large as what is in it, without what was left."""
        heads = [int(held) - 1 for held in self._table if held not in {_EMPTY, _LEFT}]
        self._table = np.zeros(max(1024, 1 << (4 * len(heads)).bit_length()), dtype=np.uint32)
        self._filled = self._count = 0
        for head in sorted(heads):
            self._enter(bytes(self._names[head]), head)


class Runs(Mapping[str, Run]):
    """The runs of all factories, by their ids, in the order of their heads."""

    __slots__ = ("_ids",)

    def __init__(self, ids: RecordIds) -> None:
        self._ids = ids

    def __getitem__(self, factory_id: str) -> Run:
        run = self._ids.run(factory_id)
        if run is None:
            raise KeyError(factory_id)
        return run

    def __iter__(self) -> Iterator[str]:
        return (self._ids.name(head) for head in self._ids.heads)

    def __len__(self) -> int:
        return len(self._ids)
