"""Dense internal record ids: one run of consecutive ids per factory.

The first id of a run is the factory's head record, the following ones are its capabilities. Ids are internal: they
depend on the order of arrival, so nothing derived from them may leave the process; ties are ordered by `tie`, taken
from random public ids.

State owned here: which run belongs to which factory, the head of each id, the public name and the tie of each id.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sharing.search.bitmaps import Bitmap, Rids, bitmap

_N = TypeVar("_N", bound=np.generic)
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
        self.names: list[str | None] = []
        self.runs: dict[str, Run] = {}
        self._free: dict[int, list[int]] = {}

    @property
    def end(self) -> int:
        """One after the largest id ever given out."""
        return len(self.names)

    def assign(self, factory_id: str, capability_ids: tuple[str, ...]) -> Run:
        """The run of a factory for these capabilities, in order; an earlier run of it must be out of all postings."""
        used = 1 + len(capability_ids)
        old = self.runs.get(factory_id)
        if old is not None and old.size >= used:
            self._forget(old)
            run = Run(head=old.head, size=old.size, used=used)
        else:
            if old is not None:
                self.release(factory_id)
            run = Run(head=self._reserve(used), size=used, used=used)
        self.runs[factory_id] = run
        self.heads.add(run.head)
        if used == 1:
            self.bare.add(run.head)
        self.head_of[run.head : run.head + run.size] = run.head
        for offset, capability_id in enumerate((None, *capability_ids)):
            rid = run.head + offset
            self.names[rid] = factory_id if capability_id is None else capability_id
            self.tie[rid] = tie(factory_id, capability_id)
        return run

    def release(self, factory_id: str) -> None:
        """Give a factory's run back."""
        run = self.runs.pop(factory_id)
        self._forget(run)
        self._free.setdefault(run.size, []).append(run.head)

    def public(self, rid: int) -> tuple[str, str | None]:
        """(factory id, capability id or None for a head) of a record."""
        head = int(self.head_of[rid])
        factory_id = self.names[head]
        own = self.names[rid]
        if factory_id is None or own is None:
            raise LookupError(rid)
        return factory_id, None if rid == head else own

    def capability_ids(self, run: Run) -> tuple[str, ...]:
        """The public ids of a run's capabilities, in its order."""
        return tuple(name for name in self.names[run.head + 1 : run.end] if name is not None)

    def end_of(self, head: int) -> int:
        """One after the last record of the run of a head."""
        return self.runs[self.public(head)[0]].end

    def factories(self, rids: Rids) -> int:
        """How many different factories the ascending `rids` belong to."""
        if not len(rids):
            return 0
        heads = self.head_of[rids]
        return 1 + int(np.count_nonzero(heads[1:] != heads[:-1]))

    def _forget(self, run: Run) -> None:
        self.heads.discard(run.head)
        self.bare.discard(run.head)
        for rid in range(run.head, run.head + run.size):
            self.names[rid] = None

    def _reserve(self, size: int) -> int:
        free = self._free.get(size)
        if free:
            return free.pop()
        start = len(self.names)
        self.names.extend([None] * size)
        self.head_of = room(self.head_of, start + size, 0)
        self.tie = room(self.tie, start + size, 0)
        return start
