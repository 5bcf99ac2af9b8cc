"""Certificates as slots (factory head, valid from, valid until), with a bitmap of slots per scheme term.

Guarantees: which factories hold a certificate of a scheme that is not known to be out of date on a day, separately
for each precision at which the two dates may be shown: exact dates are compared, a quarter [a, b) counts as "until
day or later" only when a >= day and as "from day or earlier" only when b - 1 day <= day, and a date that is not given
or not shown excludes nothing. A certificate that its owner says is suspended or withdrawn is left out where the status is
shown.
Does not guarantee: visibility; the caller intersects each combination with the factories shown at that precision.
"""

import numpy as np
from numpy.typing import NDArray

from policies import Level
from sharing.search.bitmaps import Bitmap, bitmap, rids_of
from sharing.search.columns import Mask
from sharing.search.dense import resized, room

_NO_DATE = 0

Days = NDArray[np.int32]


class CertificateSlots:
    """Slots by number; freed slots are used again. Days are proleptic Gregorian ordinals."""

    def __init__(self) -> None:
        self._head: NDArray[np.uint32] = np.zeros(0, dtype=np.uint32)
        # columns: from, first day of its quarter, last day of its quarter; the same for until; whether it is not in force
        self._days: Days = np.zeros((0, 7), dtype=np.int32)
        self._terms: dict[str, Bitmap] = {}
        self._first: NDArray[np.int32] = np.zeros(0, dtype=np.int32)  # by head: one of its slots, and one; 0 for none
        self._next: NDArray[np.int32] = np.zeros(0, dtype=np.int32)  # by slot: another one of the same head, and one
        self._kind: NDArray[np.int32] = np.zeros(0, dtype=np.int32)  # by slot: which terms it has
        self._kinds: list[frozenset[str]] = []
        self._slots = 0
        self._free: list[int] = []

    def add(
        self,
        head: int,
        terms: frozenset[str],
        valid_from: tuple[int, int, int] | None,
        valid_until: tuple[int, int, int] | None,
        *,
        barred: bool = False,
    ) -> None:
        """Store a certificate; a date is (day, first day, last day of its interval). `barred`: suspended or withdrawn."""
        slot = self._free.pop() if self._free else self._slots
        self._slots = max(self._slots, slot + 1)
        self._head = room(self._head, self._slots, 0)
        self._days = room(self._days, self._slots, _NO_DATE)
        self._head[slot] = head
        self._days[slot] = (*(valid_from or (_NO_DATE,) * 3), *(valid_until or (_NO_DATE,) * 3), int(barred))
        self._first, self._next = room(self._first, head + 1, 0), room(self._next, self._slots, 0)
        self._kind = room(self._kind, self._slots, 0)
        self._next[slot], self._first[head] = self._first[head], slot + 1
        if terms not in self._kinds:
            self._kinds.append(terms)
        self._kind[slot] = self._kinds.index(terms)
        for term in terms:
            self._terms.setdefault(term, bitmap()).add(slot)

    def clear(self, head: int) -> None:
        """Take a factory's certificates away."""
        if head >= len(self._first):
            return
        following, self._first[head] = int(self._first[head]), 0
        while following:
            slot = following - 1
            for term in self._kinds[self._kind[slot]]:
                held = self._terms[term]
                held.discard(slot)
                if not held:
                    del self._terms[term]
            self._free.append(slot)
            following = int(self._next[slot])

    def tighten(self, heads: int) -> None:
        """Arrays of about the size that they need."""
        self._first = resized(self._first, min(heads, len(self._first)), 0)
        self._next, self._kind = resized(self._next, self._slots, 0), resized(self._kind, self._slots, 0)
        self._head = resized(self._head, self._slots, 0)
        self._days = resized(self._days, self._slots, _NO_DATE)

    def terms(self) -> list[str]:
        """Every scheme term that some certificate has."""
        return sorted(self._terms)

    def of(self, term: str) -> list[tuple[int, tuple[int, ...]]]:
        """(head, its six days and whether it is barred) of every certificate of a term."""
        return [(int(self._head[slot]), tuple(map(int, self._days[slot]))) for slot in self._terms[term]]

    def holders(self, terms: tuple[str, ...], day: int) -> "Holders":
        """The slots of any of the terms, judged on `day`."""
        slots = bitmap()
        for term in terms:
            slots = slots | self._terms.get(term, bitmap())
        chosen = rids_of(slots)
        return Holders(self._head[chosen], self._days[chosen], day)


class Holders:
    """The certificates of some schemes, judged on one day."""

    def __init__(self, heads: NDArray[np.uint32], days: Days, day: int) -> None:
        self._heads = heads
        begun, ended = days[:, 0:3], days[:, 3:6]
        self._in_force: Mask = days[:, 6] == 0
        always = np.ones(len(heads), dtype=np.bool_)
        self._from: dict[Level, Mask] = {
            Level.EXACT: (begun[:, 0] == _NO_DATE) | (begun[:, 0] <= day),
            Level.BAND: (begun[:, 0] == _NO_DATE) | (begun[:, 2] <= day),
            Level.HIDDEN: always,
        }
        self._until: dict[Level, Mask] = {
            Level.EXACT: (ended[:, 0] == _NO_DATE) | (ended[:, 0] >= day),
            Level.BAND: (ended[:, 0] == _NO_DATE) | (ended[:, 1] >= day),
            Level.HIDDEN: always,
        }

    def heads(self, from_shown: Level, until_shown: Level, *, status_shown: bool) -> NDArray[np.uint32]:
        """Heads of the factories that qualify when their dates are shown at these levels (HIDDEN: no date is shown)."""
        chosen = self._from[from_shown] & self._until[until_shown]
        return self._heads[chosen & self._in_force if status_shown else chosen]
