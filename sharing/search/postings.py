"""Posting bitmaps: for each field, level and term the records that show the term at that level.

Guarantees: a term of a level is computed from what is shown at that level alone (the catalogue does it), so a finer
value is in no posting of a coarser level. A posting that loses its last record is forgotten with its term.
Does not guarantee: visibility; a posting is the same for every viewer and is always intersected with what one may
see.

State owned here: the bitmaps, and for each factory the list of postings it is in (by number, to take it out again).
"""

from array import array
from dataclasses import dataclass
from enum import Enum

from policies import Level
from sharing.search.bitmaps import Bitmap, bitmap
from sharing.search.dense import Run


class Use(Enum):
    """What a posting is for."""

    TERM = "term"  # a filter's term, codes bring their ancestors
    WORD = "word"  # a folded word of a text
    FACET = "facet"  # the shown code itself


Key = tuple[Use, str, Level, str]
"""A posting: its use, field key, level and term."""


@dataclass(frozen=True, slots=True)
class Table:
    """The postings of one use, field and level, by term."""

    use: Use
    field: str
    level: Level
    by_term: dict[str, Bitmap]


class Postings:
    """All tables."""

    def __init__(self) -> None:
        self._tables: dict[tuple[Use, str, Level], Table] = {}
        self._number: dict[Key, int] = {}
        self._posting: list[tuple[Table, str] | None] = []
        self._free: list[int] = []
        self._of_factory: dict[str, array[int]] = {}

    def post(self, factory_id: str, entries: dict[Key, list[tuple[int, int]]]) -> None:
        """Add a factory's records: for each (use, field, level, term) the ranges [start, end) of ids that show it."""
        numbers = array("I")
        for key, ranges in entries.items():
            number = self._number.get(key)
            if number is None:
                number = self._create(key)
            place = self._posting[number]
            assert place is not None  # noqa: S101 - a number in use has a place
            members = place[0].by_term[place[1]]
            for start, end in ranges:
                members.add_range(start, end)
            numbers.append(number)
        self._of_factory[factory_id] = numbers

    def withdraw(self, factory_id: str, run: Run) -> None:
        """Take a factory out of every posting."""
        for number in self._of_factory.pop(factory_id):
            place = self._posting[number]
            assert place is not None  # noqa: S101 - a number in use has a place
            table, term = place
            members = table.by_term[term]
            members.remove_range(run.head, run.head + run.size)
            if not members:
                del table.by_term[term]
                del self._number[table.use, table.field, table.level, term]
                self._posting[number] = None
                self._free.append(number)

    def tables(self, use: Use) -> list[Table]:
        """Every table of one use."""
        return [table for table in self._tables.values() if table.use is use]

    def members(self, use: Use, field: str, level: Level, term: str) -> Bitmap | None:
        """The records that show `term` of `field` at `level`; None for none. Not to be changed."""
        table = self._tables.get((use, field, level))
        return None if table is None else table.by_term.get(term)

    def table(self, use: Use, field: str, level: Level) -> dict[str, Bitmap]:
        """The postings of a use, field and level by term. Not to be changed."""
        table = self._tables.get((use, field, level))
        return {} if table is None else table.by_term

    def _create(self, key: Key) -> int:
        use, field, level, term = key
        table = self._tables.get((use, field, level))
        if table is None:
            table = self._tables[use, field, level] = Table(use, field, level, {})
        table.by_term[term] = bitmap()
        if self._free:
            number = self._free.pop()
            self._posting[number] = (table, term)
        else:
            number = len(self._posting)
            self._posting.append((table, term))
        self._number[key] = number
        return number
