"""The compiled policies of an index in arrays: rows of numbers, and the masks that they name.

Guarantees: `of` gives what was put, row for row. A policy that was replaced leaves its rows behind (`Index.overgrown`).
State owned here: all of it.
"""

import numpy as np
from numpy.typing import NDArray

from policies import CompiledPolicy, ConditionNumber, Vocabulary
from sharing.search.dense import resized, room

Rows = tuple[tuple[ConditionNumber, int, int], ...]

_KEPT = 65536


class Ruled:
    """Which policy each factory has, by its head."""

    def __init__(self) -> None:
        self._policy: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)  # by head: the number of its policy, and one
        self._start: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        self._count: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        self._rows: NDArray[np.uint32] = np.zeros((0, 3), dtype=np.uint32)  # condition, and the masks it shows and clears
        self._masks: list[int] = []
        self._named: dict[int, tuple[str, ...]] = {}  # policy -> the capabilities that it names
        self._end = 0
        self._policies = 0
        self._mask_of: dict[int, int] = {}
        self._known: dict[tuple[Rows, tuple[str, ...]], int] = {}

    def __len__(self) -> int:
        """How many policies are kept, those among them that no factory has any more."""
        return self._policies

    def put(self, head: int, compiled: CompiledPolicy) -> None:
        """Give a factory a policy."""
        key = (compiled.rows, compiled.capabilities)
        number = self._known.get(key)
        if number is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            number = self._known[key] = self._add(compiled)
        self._policy = room(self._policy, head + 1, 0)
        self._policy[head] = number + 1

    def of(self, head: int, vocabulary: Vocabulary) -> CompiledPolicy:
        """The policy of a factory."""
        number = int(self._policy[head]) - 1
        start, count = int(self._start[number]), int(self._count[number])
        rows = tuple(
            (ConditionNumber(condition), self._masks[show], self._masks[cap])
            for condition, show, cap in self._rows[start : start + count].tolist()
        )
        return CompiledPolicy(vocabulary=vocabulary, rows=rows, capabilities=self._named.get(number, ()))

    def remove(self, head: int) -> None:
        """Take a factory's policy away."""
        self._policy[head] = 0

    def tighten(self, heads: int) -> None:
        """Arrays of about the size that they need."""
        self._policy = resized(self._policy, min(heads, len(self._policy)), 0)
        self._start, self._count = resized(self._start, self._policies, 0), resized(self._count, self._policies, 0)
        self._rows = resized(self._rows, self._end, 0)

    def _add(self, compiled: CompiledPolicy) -> int:
        if len(self._mask_of) < len(self._masks):
            self._mask_of = {mask: at for at, mask in enumerate(self._masks)}
        number, end = self._policies, self._end + len(compiled.rows)
        self._start, self._count = room(self._start, number + 1, 0), room(self._count, number + 1, 0)
        self._rows = room(self._rows, end, 0)
        self._start[number], self._count[number] = self._end, len(compiled.rows)
        for at, (condition, show, cap) in enumerate(compiled.rows, start=self._end):
            self._rows[at] = (condition, self._mask(show), self._mask(cap))
        if compiled.capabilities:
            self._named[number] = compiled.capabilities
        self._end, self._policies = end, number + 1
        return number

    def _mask(self, bits: int) -> int:
        known = self._mask_of.get(bits)
        if known is None:
            known = self._mask_of[bits] = len(self._masks)
            self._masks.append(bits)
        return known
