"""The baseline of the search: the same words, terms and numbers in SQLite FTS5 and plain tables, with no policy at all.

Guarantees: one row per record as the index has them, every value at its exact level. It is given what makes it fast: one
column of ready tokens without positions or sizes, indexes on what is compared, 256 MB of page cache, and the questions
written for it by hand.
Does not keep anything from anybody: this is what a search costs that has no owner to obey.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from policies import Level
from sharing.catalogue import FIELDS, Field, Match, Value, field
from sharing.catalogue.document import FACTORY_WIDE
from sharing.catalogue.forms.codes import ManyCodes
from sharing.catalogue.quantities import scale
from sharing.catalogue.weeks import week_number
from sharing.profile import Element, Record
from sharing.search import FACETS, Order, Query
from tests.benchmarks.questions import PAGE, Question

TOLERANCE, HOURS = "capability.tolerance_um", "capacity.spare_hours"
SEVERAL = tuple(
    name for name, key in FACETS.items() if field(key).scope in FACTORY_WIDE or isinstance(field(key).form, ManyCodes)
)
"""Facets of which a record may show several values; they have a table of their own."""
SINGLE = tuple(name for name in FACETS if name not in SEVERAL)

_NUMBER = {each.key: place for place, each in enumerate(FIELDS)}
_TERMS = frozenset(each.key for each in FIELDS if any(one.match is Match.TERM for one in each.search))
_WORDS = frozenset(each.key for each in FIELDS if any(one.match is Match.WORDS for one in each.search))
_AT_ONCE = 500

Facets = dict[str, dict[str, int]]
Hit = tuple[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the search answers too: counts, facets (name -> value -> records) and the first page."""

    records: int
    factories: int
    facets: Facets
    hits: tuple[Hit, ...]


def token(key: str, term: str) -> str:
    """A term of a field (or a word, for the empty key) as one FTS5 token."""
    return f"t{_NUMBER[key]}x{term.encode().hex()}" if key else f"w{term}"


class Plain:
    """The baseline, over one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA cache_size = -262144")
        self._connection.execute("PRAGMA mmap_size = 1073741824")

    @classmethod
    def build(cls, path: Path, records: Iterable[tuple[str, Record]], step: Callable[[int], None]) -> Plain:
        """Make the file anew from records by factory id."""
        path.unlink(missing_ok=True)
        made = cls(path)
        columns = ", ".join(f"f_{name} TEXT" for name in SINGLE)
        made._connection.executescript(
            f"""
            PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            CREATE VIRTUAL TABLE found USING fts5(
                tokens, content='', columnsize=0, detail=none, tokenize='unicode61 remove_diacritics 0');
            CREATE TABLE records (
                rid INTEGER PRIMARY KEY, factory INTEGER, factory_id TEXT, capability_id TEXT, tie TEXT,
                tolerance INTEGER, grp INTEGER, {columns});
            CREATE TABLE several (rid INTEGER, facet TEXT, value TEXT, PRIMARY KEY (rid, facet, value)) WITHOUT ROWID;
            CREATE TABLE hours (grp INTEGER, week INTEGER, tenths INTEGER, PRIMARY KEY (grp, week)) WITHOUT ROWID;
            """
        )
        made._fill(records, step)
        made._connection.executescript(
            """
            CREATE INDEX records_tolerance ON records (tolerance);
            CREATE INDEX records_grp ON records (grp);
            CREATE INDEX records_tie ON records (tie);
            INSERT INTO found (found) VALUES ('optimize');
            ANALYZE;
            """
        )
        return made

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size

    def count(self, question: Question) -> int:
        """How many records."""
        if question.tokens and not question.where:
            sql = "SELECT count(*) FROM found WHERE found MATCH ?"
        else:
            sql = f"SELECT count(*) FROM {_source(question)}"
        found: int = self._connection.execute(sql, _values(question)).fetchone()[0]
        return found

    def answer(self, question: Question, query: Query) -> Answer:
        """Everything that one search answers, in three statements."""
        facets: Facets = {name: {} for name in FACETS}
        total = 0
        columns = ", ".join(f"r.f_{name}" for name in SINGLE)
        source, values = _source(question), _values(question)
        grouped = f"SELECT {columns}, count(*) FROM {source} GROUP BY {columns}"
        for *shown, count in self._connection.execute(grouped, values):
            total += count
            for name, value in zip(SINGLE, shown, strict=True):
                if value is not None:
                    facets[name][value] = facets[name].get(value, 0) + count
        several = (
            f"SELECT s.facet, s.value, count(*) FROM {source_with(source, 'JOIN several s ON s.rid = r.rid')} GROUP BY 1, 2"
        )
        for name, value, count in self._connection.execute(several, values):
            facets[name][value] = count
        factories = self._connection.execute(f"SELECT count(DISTINCT r.factory) FROM {source}", values).fetchone()[0]
        return Answer(records=total, factories=factories, facets=facets, hits=self.page(question, query))

    def page(self, question: Question, query: Query) -> tuple[Hit, ...]:
        """The first page in the order of the query."""
        source, values = _source(question), _values(question)
        if query.order is Order.SPARE_HOURS:
            total = "(SELECT sum(tenths) FROM hours h WHERE h.grp = r.grp AND h.week BETWEEN ? AND ?)"
            sql = f"SELECT r.factory_id, r.capability_id, {total} AS total FROM {source}"
            rows = self._connection.execute(
                f"{sql} ORDER BY total IS NULL, total DESC, r.tie LIMIT {PAGE}", (*query.weeks, *values)
            )
        else:
            order = "found.rank, r.tie" if question.ranked else "r.tie"
            rows = self._connection.execute(
                f"SELECT r.factory_id, r.capability_id FROM {source} ORDER BY {order} LIMIT {PAGE}", values
            )
        return tuple((row[0], row[1]) for row in rows)

    def page_behind(self, question: Question, tie: str) -> tuple[Hit, ...]:
        """The page of the plain order that begins behind a tie."""
        source, values = _source(question), _values(question)
        sql = f"SELECT r.factory_id, r.capability_id FROM {source} AND r.tie > ? ORDER BY r.tie LIMIT {PAGE}"
        return tuple((row[0], row[1]) for row in self._connection.execute(sql, (*values, tie)))

    def _fill(self, records: Iterable[tuple[str, Record]], step: Callable[[int], None]) -> None:
        rows, done = _Rows(), 0
        given = iter(records)
        while chunk := list(islice(given, _AT_ONCE)):
            for factory_id, record in chunk:
                rows.add(factory_id, record)
            marks = ", ".join("?" * (7 + len(SINGLE)))
            self._connection.execute("BEGIN")
            self._connection.executemany(f"INSERT INTO records VALUES ({marks})", rows.records)
            self._connection.executemany("INSERT INTO found (rowid, tokens) VALUES (?, ?)", rows.tokens)
            self._connection.executemany("INSERT INTO several VALUES (?, ?, ?)", rows.several)
            self._connection.executemany("INSERT INTO hours VALUES (?, ?, ?)", rows.hours)
            self._connection.execute("COMMIT")
            rows.clear()
            done += len(chunk)
            step(done)


class _Rows:
    """Rows that wait for their insertion, and the numbers given out so far."""

    def __init__(self) -> None:
        self._rid = self._group = self._factory = 0
        self.records: list[tuple[object, ...]] = []
        self.tokens: list[tuple[int, str]] = []
        self.several: list[tuple[int, str, str]] = []
        self.hours: list[tuple[int, int, int]] = []

    def clear(self) -> None:
        for kept in (self.records, self.tokens, self.several, self.hours):
            kept.clear()

    def add(self, factory_id: str, record: Record) -> None:
        self._factory += 1
        everywhere = [record.factory]
        for scope in FACTORY_WIDE:
            everywhere += [each.values for each in record.collection(scope).values()]
        several = sorted({(name, shown) for part in everywhere for name in SEVERAL for shown in _several(part, FACETS[name])})
        groups = {group.id: self._weeks(group) for group in record.capacity_groups.values()}
        for capability in record.capabilities.values() or [None]:
            self._rid += 1
            own: list[Mapping[str, Value]] = [] if capability is None else [capability.values]
            runs_on = None if capability is None else capability.runs_on
            parts = [*own, *everywhere, *([record.capacity_groups[runs_on].values] if runs_on else [])]
            values = {key: value for part in reversed(parts) for key, value in part.items()}
            tolerance = values.get(TOLERANCE)
            self.records.append(
                (
                    self._rid,
                    self._factory,
                    factory_id,
                    None if capability is None else capability.id,
                    _tie(factory_id, None if capability is None else capability.id),
                    None if tolerance is None else field(TOLERANCE).scaled(tolerance),
                    None if runs_on is None else groups[runs_on],
                    *(values.get(FACETS[name]) for name in SINGLE),
                )
            )
            self.tokens.append((self._rid, " ".join(sorted({each for part in parts for each in _tokens(part)}))))
            self.several += [(self._rid, *each) for each in several]

    def _weeks(self, group: Element) -> int:
        self._group += 1
        given = group.values.get(HOURS)
        if isinstance(given, Mapping):
            decimals = field(HOURS).decimals
            self.hours += [(self._group, week_number(week) or 0, scale(str(hours), decimals)) for week, hours in given.items()]
        return self._group


def _several(values: Mapping[str, Value], key: str) -> Iterable[str]:
    """The codes that a part of a record gives a facet."""
    given = values.get(key, ())
    return (given,) if isinstance(given, str) else [str(each) for each in given]


def source_with(source: str, join: str) -> str:
    """A source with one more join, which stands before the conditions."""
    before, where, after = source.partition(" WHERE ")
    return f"{before} {join}{where}{after}"


def _source(question: Question) -> str:
    """Tables and conditions of a question, with the records as `r`."""
    tables = "found JOIN records r ON r.rid = found.rowid" if question.tokens else "records r"
    conditions = [*(["found MATCH ?"] if question.tokens else []), *([question.where] if question.where else [])]
    return f"{tables} WHERE {' AND '.join(conditions)}"


def _values(question: Question) -> tuple[object, ...]:
    match = (" OR " if question.ranked else " AND ").join(token(key, term) for key, term in question.tokens)
    return (*((match,) if match else ()), *question.values)


def _tokens(values: Mapping[str, Value]) -> Iterator[str]:
    for key, value in values.items():
        if key in _TERMS or key in _WORDS:
            yield from _remembered(key, value) if isinstance(value, str) else _worked_out(field(key), value)


@lru_cache(maxsize=65536)
def _remembered(key: str, value: str) -> tuple[str, ...]:
    return _worked_out(field(key), value)


def _worked_out(each: Field, value: Value) -> tuple[str, ...]:
    terms = each.terms(value, Level.EXACT) if each.key in _TERMS else ()
    words = each.words(value, Level.EXACT) if each.key in _WORDS else ()
    return (*(token(each.key, term) for term in terms), *(token("", word) for word in words))


def _tie(factory_id: str, capability_id: str | None) -> str:
    if capability_id is not None:
        return capability_id[:16]
    return f"{int(factory_id[:13].translate(_DIGITS), 32) >> 1:016x}"


# Crockford's digits to those that int() reads in base 32.
_DIGITS = str.maketrans("0123456789ABCDEFGHJKMNPQRSTVWXYZ", "0123456789abcdefghijklmnopqrstuv")
