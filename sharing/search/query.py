"""What is asked: atoms that a record must satisfy together, atoms that it is merely ranked by, and an order.

Guarantees: a query is a value, made of the request alone; equal questions have equal digests. An atom says which
catalogue fields it reads and how, so the index and the plain predicate give it one meaning:

* an atom looks only at what is shown: a hidden field, and one shown as "provided", satisfies nothing;
* several values inside an atom are alternatives, several atoms must all hold;
* comparisons are certain: an interval [a, b) is >= x iff a >= x and <= x iff b - 1 <= x in scaled integers, and an
  open top is never <= x. Of an atom with several comparisons (`lot`) those on fields that show a value must hold, and
  at least one must show. Of several machines one is enough for a comparison.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from sharing.catalogue import Match


class Order(StrEnum):
    """How hits are ordered; equal ones by their random public ids, those that show no value last."""

    PLAIN = "plain"  # by public id alone
    WISHES = "wishes"  # most wishes matched first
    SPARE_HOURS = "spare_hours"  # most visible spare hours first
    LEAD_TIME = "lead_time"  # shortest visible median lead time first
    RELEVANCE = "relevance"  # rarest words of `text` first, rare among what the viewer sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every word stands among the visible words of one record (in any of its fields)."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyWords:
    """At least one word stands among the visible words of the record; the order "relevance" weighs which (`relevance`)."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One of the terms is shown by one of the fields."""

    name: str
    fields: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One bound on one field; `bound` in scaled integers of that field."""

    field: str
    match: Match
    bound: int

    @property
    def at_least(self) -> int | None:
        """The lower bound, if it is one."""
        return self.bound if self.match is Match.AT_LEAST else None

    @property
    def at_most(self) -> int | None:
        """The upper bound, if it is one."""
        return self.bound if self.match is Match.AT_MOST else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Comparisons that hold wherever a value is shown, and at least one is."""

    name: str
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Some certificate shows one of the schemes, no date that puts `day` (None: the day of the search) outside, and no state
    in which it is not in force.

    A shown exact date is compared; a shown quarter counts only when all of it is on the right side; a date not shown,
    shown as "provided" or not given does not exclude.
    """

    name: str
    terms: tuple[str, ...]
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpareHours:
    """At least `tenths` tenth-hours in weeks `first` to `last` (numbers of `catalogue.weeks`).

    `each`: in every single week, all of which must be given; else in total over the weeks that are given, at least one.
    An interval counts with its floor. Hours that were last confirmed `STALE_DAYS` days ago or earlier, at the level that is
    shown, count as not given.
    """

    name: str
    first: int
    last: int
    tenths: int
    each: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """Spare hours are shown, and were stated or confirmed at most `days` days ago at the level that is shown."""

    name: str
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackedBy:
    """Of each (field key, class) the record shows a value, exactly or as a band, that is backed at least so.

    The class is a rank of `backing.CLASSES`. A value that is merely "provided" is none.
    """

    name: str
    asked: tuple[tuple[str, int], ...]


Atom: TypeAlias = Words | AnyWords | Terms | Numbers | Certificates | SpareHours | Fresh | BackedBy


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """`filters` must all hold; each of `wishes` that holds counts one in the order "wishes".

    `weeks`: the first and last week (numbers of `catalogue.weeks`) that the order "spare_hours" adds up. `only`: the id of
    the one factory that is looked at; None: all of them.
    """

    filters: tuple[Atom, ...] = ()
    wishes: tuple[Atom, ...] = ()
    order: Order = Order.PLAIN
    weeks: tuple[int, int] = (0, 0)
    only: str | None = None

    @property
    def ranked(self) -> tuple[str, ...]:
        """The words that the order "relevance" weighs."""
        return tuple(word for atom in (*self.filters, *self.wishes) if isinstance(atom, AnyWords) for word in atom.words)

    @property
    def asks_backing(self) -> bool:
        """Whether a record's answer depends on how its values are backed."""
        return any(isinstance(atom, BackedBy) for atom in (*self.filters, *self.wishes))

    def digest(self) -> bytes:
        """32 bytes that differ between questions; the weeks count only where the order depends on them."""
        parts: list[object] = [self.order.value, self.weeks if self.order is Order.SPARE_HOURS else None]
        for group in (self.filters, self.wishes):
            parts.append(sorted(json.dumps([type(atom).__name__, asdict(atom)], default=str) for atom in group))
        if self.only is not None:
            parts.append(self.only)
        return hashlib.sha256(json.dumps(parts).encode()).digest()
