"""Posting bitmaps: for each field, level and term the records that show the term at that level.

Guarantees: a term of a level is computed from what is shown at that level alone (the catalogue does it), so a finer
value is in no posting of a coarser level. A posting that loses its last record is forgotten with its term.
Does not guarantee: visibility; a posting is the same for every viewer and is always intersected with what one may
see.

What a snapshot holds stays in its arrays (`Bound`, the first numbers); apart from them stand the postings that are new since,
and those of the arrays that were changed or are asked for often.

State owned here: the bitmaps, and for each factory the list of postings it is in (by number, to take it out again).
"""

from collections.abc import ItemsView, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from policies import Level
from sharing.search.bitmaps import Bitmap, bitmap
from sharing.search.bound import Bound
from sharing.search.dense import Run
from sharing.search.ragged import Ragged
from sharing.search.reading import BACKED_FIELDS, FACETS, TERM_FIELDS, WORD_FIELDS
from sharing.search.spelling import Spelling, entries

FILE = "file"

_RARE = 64
"""Up to so many members a bitmap of a snapshot is made anew each time: most terms are names that one factory has."""


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
    by_term: Mapping[str, Bitmap]


class Postings:
    """All tables."""

    def __init__(self) -> None:
        self._bound = Bound()
        self._open: dict[int, Bitmap] = {}  # of `_bound`: changed, or asked for
        self._gone: set[int] = set()  # of `_bound`: without members
        self._common: dict[Key, int] = {}  # of `_bound`: numbers of terms that many have, once looked for
        self._numbers: list[dict[str, int]] = [{} for _ in _TABLES]  # of the terms that are not bound
        self._posting: list[tuple[Key, Bitmap] | None] = []
        self._free: list[int] = []
        self._of_factory = Ragged()
        self._spelled: dict[int, Spelling] = {}  # of the tables somebody asked about; derived, so no snapshot has it

    def post(self, head: int, entries: dict[Key, list[tuple[int, int]]]) -> None:
        """Add the records of the factory with this head: for each posting the ranges [start, end) of ids that belong in it."""
        numbers, bound, own = [], len(self._bound), self._numbers
        # A factory is in hundreds of postings, so no call is made for each that need not be made.
        for key, ranges in entries.items():
            number = own[key[0]].get(key[1])
            if number is None:
                number = self._found(key) if bound else None
                if number is None:
                    number = self._create(key)
            place = self._posting[number - bound] if number >= bound else None
            members = place[1] if place is not None else self._changing(number)
            for start, end in ranges:
                members.add_range(start, end)
            numbers.append(number)
        self._of_factory.put(head, numbers)

    def withdraw(self, run: Run) -> None:
        """Take a factory out of every posting."""
        for number in self._of_factory.taken(run.head):
            members = self._changing(number)
            members.remove_range(run.head, run.head + run.size)
            if not members:
                self._discard(number)

    def tables(self, use: Use) -> list[Table]:
        """Every table of one use. Their bitmaps are not to be changed."""
        return [self._table(number) for number, (own, _, _) in enumerate(_TABLES) if own is use]

    def every(self) -> list[Table]:
        """Every table, by number. Their bitmaps are not to be changed."""
        return [self._table(number) for number in range(len(_TABLES))]

    def table(self, use: Use, field: str, level: Level) -> Mapping[str, Bitmap]:
        """The postings of a use, field and level by term. Not to be changed."""
        return Terms(self, TABLE_NUMBER[use, field, level])

    def spelled(self, use: Use, field: str, level: Level) -> Spelling:
        """The terms of a table in order, as `spelling.entries`; made when first asked for and followed from then on."""
        number = TABLE_NUMBER[use, field, level]
        known = self._spelled.get(number)
        if known is None:
            known = self._spelled[number] = Spelling(each for term in self.terms(number) for each in entries(term))
        return known

    def number(self, table: int, term: str) -> int | None:
        """The number of a posting; None when there is none."""
        own = self._numbers[table].get(term)
        if own is not None:
            return own
        return self._found((table, term)) if len(self._bound) else None

    def terms(self, table: int) -> Iterator[str]:
        """The terms of a table."""
        return (term for term, _ in self.numbered(table))

    def numbered(self, table: int) -> Iterator[tuple[str, int]]:
        """The terms of a table, each with the number of its posting."""
        yield from self._numbers[table].items()
        yield from ((term, number) for number, term in self._bound.terms(table) if number not in self._gone)

    def members(self, number: int) -> Bitmap:
        """The bitmap of a posting. Not to be changed."""
        if number >= len(self._bound):
            return self._own(number)[1]
        known = self._open.get(number)
        if known is None:
            known = self._bound.members(number)
            if len(known) > _RARE:
                self._open[number] = known
        return known

    def count(self, table: int) -> int:
        """How many terms a table has."""
        numbers = self._bound.numbers(table)
        return len(self._numbers[table]) + len(numbers) - sum(number in numbers for number in self._gone)

    def bind(self, heads: int) -> None:
        """Bring everything into the form of a snapshot, for factories with heads below `heads`."""
        before = len(self._bound) + len(self._posting)
        new = np.zeros(before, dtype=np.uint32)
        tables, at = [], 0
        for table in range(len(_TABLES)):
            found = []
            for term in sorted(self.terms(table), key=lambda each: each.encode("utf-8", "surrogatepass")):
                number = self.number(table, term)
                if number is not None:
                    found.append((term, self.members(number)))
                    new[number] = at
                    at += 1
            tables.append(found)
        self._of_factory.renumber(new)
        self._of_factory.tighten(heads)
        self._bound, self._open, self._gone, self._common = Bound(tables), {}, set(), {}
        self._numbers, self._posting, self._free = [{} for _ in _TABLES], [], []

    def _found(self, key: Key) -> int | None:
        """The number of a bound posting that has members."""
        number = self._common.get(key)
        if number is None:
            number = self._bound.find(*key)
            if number is None or number in self._gone:
                return None
            if len(self.members(number)) > _RARE:
                self._common[key] = number
        return number

    def _table(self, number: int) -> Table:
        _, key, level = _TABLES[number]
        return Table(key, level, Terms(self, number))

    def _own(self, number: int) -> tuple[Key, Bitmap]:
        place = self._posting[number - len(self._bound)]
        assert place is not None  # noqa: S101 - a number in use has a place
        return place

    def _changing(self, number: int) -> Bitmap:
        if number >= len(self._bound):
            return self._own(number)[1]
        if number not in self._open:
            self._open[number] = self._bound.members(number)
        return self._open[number]

    def _create(self, key: Key) -> int:
        table, term = key
        if (spelled := self._spelled.get(table)) is not None:
            for entry in entries(term):
                spelled.add(entry)
        bound = self._bound.find(table, term) if len(self._bound) else None
        if bound is not None:
            self._gone.discard(bound)
            self._open[bound] = bitmap()
            return bound
        if self._free:
            number = self._free.pop()
            self._posting[number - len(self._bound)] = (key, bitmap())
        else:
            number = len(self._bound) + len(self._posting)
            self._posting.append((key, bitmap()))
        self._numbers[table][term] = number
        return number

    def _discard(self, number: int) -> None:
        if number < len(self._bound):
            table = next(each for each in range(len(_TABLES)) if number in self._bound.numbers(each))
            term = self._bound.term(number)
            self._open.pop(number)
            self._common.pop((table, term), None)
            self._gone.add(number)
        else:
            (table, term), _ = self._own(number)
            del self._numbers[table][term]
            self._posting[number - len(self._bound)] = None
            self._free.append(number)
        if (spelled := self._spelled.get(table)) is not None:
            for entry in entries(term):
                spelled.discard(entry)


class Terms(Mapping[str, Bitmap]):
    """The postings of one table by their terms, as they are now. Not to be changed."""

    __slots__ = ("_postings", "_table")

    def __init__(self, postings: Postings, table: int) -> None:
        self._postings = postings
        self._table = table

    def __getitem__(self, term: str) -> Bitmap:
        number = self._postings.number(self._table, term)
        if number is None:
            raise KeyError(term)
        return self._postings.members(number)

    def __contains__(self, term: object) -> bool:
        return isinstance(term, str) and self._postings.number(self._table, term) is not None

    def __iter__(self) -> Iterator[str]:
        return self._postings.terms(self._table)

    def __len__(self) -> int:
        return self._postings.count(self._table)

    def items(self) -> ItemsView[str, Bitmap]:
        """Terms and postings, without looking for each term."""
        return _Items(self)

    def every(self) -> Iterator[tuple[str, Bitmap]]:
        """The same, once."""
        return ((term, self._postings.members(number)) for term, number in self._postings.numbered(self._table))


class _Items(ItemsView[str, Bitmap]):
    __slots__ = ("_terms",)

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self._terms = terms

    def __iter__(self) -> Iterator[tuple[str, Bitmap]]:
        return self._terms.every()
