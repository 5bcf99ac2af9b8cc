"""One check: what it is called, and how it looks.

A check reads one snapshot, changes nothing, and yields a `Finding` for each fault. What it cannot read at all it reports
too: an examination of a damaged node must come to its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from sharing.fsck.report import Finding
from sharing.house import House
from trust.keys import PublicKey


@dataclass(slots=True, kw_only=True)
class Examination:
    """What a check works with; `count` is how many things it looked at, `notes` what is worth a look and no damage.

    `at_once` is how many rows it holds at a time: a node is larger than memory. `keys` are the public keys it met, by kid.
    """

    house: House
    session: Session
    at_once: int = 500
    keys: dict[str, PublicKey] = field(default_factory=dict)
    count: int = 0
    notes: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A name, and a function of an examination."""

    name: str
    look: Callable[[Examination], Iterator[Finding]]

    def finding(self, subject: str, problem: str, detail: str = "") -> Finding:
        """A finding of this check."""
        return Finding(check=self.name, subject=subject, problem=problem, detail=detail)
