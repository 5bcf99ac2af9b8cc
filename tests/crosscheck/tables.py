"""What every record would show at each level, as rows of SQLite: the facts of the cross-check, the same for every viewer.

Guarantees: one row for each field, level and term, taken from the catalogue's reading of stored values; nothing of the index,
of its bitmaps, columns or order of records. Several machines of a factory are several rows.
Not here: who sees which of it (`masks`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache

from policies import Level
from sharing.catalogue import FIELDS, Field, Value, field
from sharing.catalogue.document import FACTORY_WIDE
from sharing.catalogue.quantities import scale
from sharing.catalogue.weeks import week_number
from sharing.profile import Element
from sharing.search import FACETS, FactoryState
from sharing.search.reading import (
    HOURS,
    NOT_IN_FORCE,
    NUMBER_FIELDS,
    SCHEME,
    STATUS,
    TERM_FIELDS,
    VALID_FROM,
    VALID_UNTIL,
    WORD_FIELDS,
)

NUMBER = {each.key: place for place, each in enumerate(FIELDS)}
STEPS = (Level.BAND, Level.EXACT)
_TERMS = frozenset(each.key for each in TERM_FIELDS)
_WORDS = frozenset(each.key for each in WORD_FIELDS)
_NUMBERS = frozenset(each.key for each in NUMBER_FIELDS)
_FACETS = {key: name for name, key in FACETS.items()}
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

SCHEMA = """
CREATE TABLE factories (fno INTEGER PRIMARY KEY, factory_id TEXT UNIQUE);
CREATE TABLE records (rid INTEGER PRIMARY KEY, fno INTEGER, capability_id TEXT, tie TEXT, grp INTEGER);
CREATE TABLE terms (field INTEGER, step INTEGER, term TEXT, rid INTEGER);
CREATE TABLE words (field INTEGER, step INTEGER, word TEXT, rid INTEGER);
CREATE TABLE facets (facet TEXT, field INTEGER, step INTEGER, value TEXT, rid INTEGER);
CREATE TABLE numbers (field INTEGER, rid INTEGER, exact INTEGER, low INTEGER, last INTEGER);
CREATE TABLE groups (grp INTEGER PRIMARY KEY, band_on INTEGER, exact_on INTEGER);
CREATE TABLE hours (grp INTEGER, week INTEGER, tenths INTEGER, floor INTEGER);
CREATE TABLE certificates (
    fno INTEGER, term TEXT, barred INTEGER, begun INTEGER, begun_last INTEGER, ended INTEGER, ended_first INTEGER);
"""
INDEXES = """
CREATE INDEX records_fno ON records (fno);
CREATE INDEX terms_term ON terms (term, field, step, rid);
CREATE INDEX words_word ON words (word, field, step, rid);
CREATE INDEX facets_rid ON facets (rid);
CREATE INDEX numbers_field ON numbers (field, rid, exact, low, last);
CREATE INDEX hours_grp ON hours (grp, week, tenths, floor);
CREATE INDEX certificates_term ON certificates (term, fno);
ANALYZE;
"""


def build(states: Iterable[FactoryState]) -> sqlite3.Connection:
    """The facts of these factories, in memory; factory numbers count from 0 in their order."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    filling = _Filling(connection)
    connection.execute("BEGIN")
    for fno, state in enumerate(states):
        filling.add(fno, state)
    connection.execute("COMMIT")
    connection.executescript(INDEXES)
    return connection


class _Filling:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._rid = self._grp = 0

    def add(self, fno: int, state: FactoryState) -> None:
        record = state.record
        self._many("factories", [(fno, state.factory_id)])
        everywhere = [
            dict(record.factory),
            *(dict(each.values) for scope in FACTORY_WIDE for each in record.collection(scope).values()),
        ]
        groups = {id_: self._group(each, state.hours_as_of.get(id_)) for id_, each in record.capacity_groups.items()}
        self._record(fno, None, _tie_of_factory(state.factory_id), None, everywhere)
        for id_, capability in record.capabilities.items():
            group = record.capacity_groups.get(capability.runs_on or "")
            parts = [dict(capability.values), *everywhere, *([dict(group.values)] if group else [])]
            self._record(fno, id_, id_[:16], None if group is None else groups[group.id], parts)
        self._many("certificates", [row for each in record.certificates.values() for row in _certificate(fno, each)])

    def _record(self, fno: int, id_: str | None, tie: str, grp: int | None, parts: list[dict[str, Value]]) -> None:
        self._rid += 1
        rid = self._rid
        self._many("records", [(rid, fno, id_, tie, grp)])
        shown = [(NUMBER[key], *each) for part in parts for key, value in part.items() for each in _read(key, value)]
        for kind in ("terms", "words"):
            self._many(kind, sorted({(number, step, text, rid) for number, what, step, text in shown if what == kind}))
        names = {NUMBER[key]: name for key, name in _FACETS.items()}
        self._many("facets", sorted({(names[n], n, step, text, rid) for n, what, step, text in shown if what == "facets"}))
        self._many(
            "numbers",
            [(NUMBER[key], rid, *_number(field(key), v)) for part in parts for key, v in part.items() if key in _NUMBERS],
        )

    def _group(self, group: Element, stated: tuple[date, date] | None) -> int:
        self._grp += 1
        given = group.values.get(HOURS)
        if isinstance(given, Mapping) and stated is not None:
            self._many("groups", [(self._grp, *(each.toordinal() for each in stated))])
            each, decimals = field(HOURS), field(HOURS).decimals
            edges = [edge * 10**decimals for edge in each.edges]
            rows = [(week_number(week), scale(str(hours), decimals)) for week, hours in given.items()]
            self._many(
                "hours", [(self._grp, week, tenths, max(edge for edge in edges if edge <= tenths)) for week, tenths in rows]
            )
        return self._grp

    def _many(self, table: str, rows: list[tuple[object, ...]]) -> None:
        if rows:
            self._connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _read(key: str, value: Value) -> Iterable[tuple[str, int, str]]:
    return (
        _remembered(key, value) if isinstance(value, str) and field(key).codes is not None else tuple(_worked_out(key, value))
    )


@lru_cache(maxsize=65536)
def _remembered(key: str, value: str) -> tuple[tuple[str, int, str], ...]:
    return tuple(_worked_out(key, value))


def _worked_out(key: str, value: Value) -> Iterator[tuple[str, int, str]]:
    each = field(key)
    for step in STEPS:
        if each.shown(step) is not step:
            continue
        if key in _TERMS:
            yield from (("terms", step, term) for term in each.terms(value, step))
        if key in _WORDS:
            yield from (("words", step, word) for word in each.words(value, step))
        if key in _FACETS:
            shown = (each.cell(value, step) or {}).get("value")
            codes = shown if isinstance(shown, list) else [shown]
            yield from (("facets", step, code) for code in codes if isinstance(code, str))


def _number(each: Field, value: Value) -> tuple[int, int, int | None]:
    low, high = each.band_scaled(value)
    return each.scaled(value), low, None if high is None else high - 1


def _certificate(fno: int, certificate: Element) -> list[tuple[object, ...]]:
    values = certificate.values
    if SCHEME not in values:
        return []
    begun = _number(field(VALID_FROM), values[VALID_FROM]) if VALID_FROM in values else (None, None, None)
    ended = _number(field(VALID_UNTIL), values[VALID_UNTIL]) if VALID_UNTIL in values else (None, None, None)
    barred = int(values.get(STATUS) in NOT_IN_FORCE)
    terms = field(SCHEME).terms(values[SCHEME], Level.EXACT)
    return [(fno, term, barred, begun[0], begun[2], ended[0], ended[1]) for term in terms]


def _tie_of_factory(factory_id: str) -> str:
    number = 0
    for character in factory_id[:13]:
        number = number * 32 + _DIGITS.index(character)
    return f"{number >> 1:016x}"
