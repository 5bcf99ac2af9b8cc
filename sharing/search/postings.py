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
from sharing.search.reading import BACKED_FIELDS, FACETS, TERM_FIELDS, WORD_FIELDS
from sharing.search.spelling import Spelling, entries

FILE = "file"


class Use(Enum):
    """What a posting is for."""

    TERM = "term"  # a filter's term, codes bring their ancestors
    WORD = "word"  # a folded word of a text
    FACET = "facet"  # the shown code itself
    BACKED = "backed"  # how a shown value is backed, and until when (`backed_term`); FILE: by the document beside it


_FIELDS = {
    Use.TERM: tuple(each.key for each in TERM_FIELDS),
    Use.WORD: tuple(each.key for each in WORD_FIELDS),
    Use.FACET: tuple(FACETS.values()),
    Use.BACKED: tuple(each.key for each in BACKED_FIELDS),
}
_TABLES = tuple((use, key, level) for use, keys in _FIELDS.items() for key in keys for level in (Level.BAND, Level.EXACT))

TABLE_NUMBER = {table: number for number, table in enumerate(_TABLES)}
"""(use, field key, level) -> the number of its table."""

Key = tuple[int, str]
"""A posting: the number of its table, and its term. (Hashing enumerations for every term would cost more than the rest.)"""


def backed_term(rank: int, until: int) -> str:
    """The term of a value that is backed with this rank until the end of a day (an ordinal)."""
    return f"{rank}/{until}"


def backs(term: str, rank: int, day: int) -> bool:
    """Whether a value with this term is backed at least so on a day. (FILE is not asked here: whether it counts depends on
    the viewer.)"""
    if term == FILE:
        return False
    given, _, until = term.partition("/")
    return int(given) >= rank and int(until) >= day


@dataclass(frozen=True, slots=True)
class Table:
    """The postings of one use, field and level, by term."""

    field: str
    level: Level
    by_term: dict[str, Bitmap]


class Postings:
    """All tables."""

    def __init__(self) -> None:
        self._tables = [Table(key, level, {}) for _, key, level in _TABLES]
        self._number: dict[Key, int] = {}
        self._posting: list[tuple[Key, Bitmap] | None] = []
        self._free: list[int] = []
        self._of_factory: dict[str, array[int]] = {}
        self._spelled: dict[int, Spelling] = {}  # of the tables somebody asked about; derived, so no snapshot has it

    def post(self, factory_id: str, entries: dict[Key, list[tuple[int, int]]]) -> None:
        """Add a factory's records: for each posting the ranges [start, end) of ids that belong in it."""
        numbers = array("I")
        for key, ranges in entries.items():
            number = self._number.get(key)
            if number is None:
                number = self._create(key)
            place = self._posting[number]
            assert place is not None  # noqa: S101 - a number in use has a place
            members = place[1]
            for start, end in ranges:
                members.add_range(start, end)
            numbers.append(number)
        self._of_factory[factory_id] = numbers

    def withdraw(self, factory_id: str, run: Run) -> None:
        """Take a factory out of every posting."""
        for number in self._of_factory.pop(factory_id):
            place = self._posting[number]
            assert place is not None  # noqa: S101 - a number in use has a place
            key, members = place
            members.remove_range(run.head, run.head + run.size)
            if not members:
                del self._tables[key[0]].by_term[key[1]]
                del self._number[key]
                if (spelled := self._spelled.get(key[0])) is not None:
                    for entry in entries(key[1]):
                        spelled.discard(entry)
                self._posting[number] = None
                self._free.append(number)

    def tables(self, use: Use) -> list[Table]:
        """Every table of one use. Their bitmaps are not to be changed."""
        return [self._tables[number] for number, (own, _, _) in enumerate(_TABLES) if own is use]

    def every(self) -> list[Table]:
        """Every table, by number. Their bitmaps are not to be changed."""
        return self._tables

    def table(self, use: Use, field: str, level: Level) -> dict[str, Bitmap]:
        """The postings of a use, field and level by term. Not to be changed."""
        return self._tables[TABLE_NUMBER[use, field, level]].by_term

    def spelled(self, use: Use, field: str, level: Level) -> Spelling:
        """The terms of a table in order, as `spelling.entries`; made when first asked for and followed from then on."""
        number = TABLE_NUMBER[use, field, level]
        known = self._spelled.get(number)
        if known is None:
            known = self._spelled[number] = Spelling(each for term in self._tables[number].by_term for each in entries(term))
        return known

    def _create(self, key: Key) -> int:
        members = self._tables[key[0]].by_term[key[1]] = bitmap()
        if (spelled := self._spelled.get(key[0])) is not None:
            for entry in entries(key[1]):
                spelled.add(entry)
        if self._free:
            number = self._free.pop()
            self._posting[number] = (key, members)
        else:
            number = len(self._posting)
            self._posting.append((key, members))
        self._number[key] = number
        return number
