"""Play what the journal remembers into a restored database.

Guarantees: what was taken back after the backup is taken back again: closed keys, withdrawn grants, revoked clients, set
status bits, whatever `network.lasting` declares. In order of generation, so that the last word counts. Rows that the
backup does not have are left out; the caller learns what was made and is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Table, and_, delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network.columns import UtcTime
from network.database import Base
from network.errors import JournalUnusable
from network.journal import Entry
from network.lasting import GONE, KEPT, MARK, NEW, SET, TOUCHED, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A row that was made after the backup: its table, its key, and its lasting columns as they were last."""

    table: str
    key: tuple[object, ...]
    said: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many rows were changed or deleted again, by table, and what was made since and is lost."""

    again: dict[str, int] = field(default_factory=dict)
    made: list[Made] = field(default_factory=list)
    touched: set[tuple[str, tuple[object, ...]]] = field(default_factory=set)
    """(table, key) of what was watched and changed: the copy has it as it was before."""
    changed: set[tuple[str, tuple[object, ...]]] = field(default_factory=set)
    """(table, key) of the rows of the copy that were changed or deleted again."""
    kept: list[tuple[str, str]] = field(default_factory=list)
    """(name, text) of what `lasting.keep` noted, in its order."""


def missing(entries: Iterable[Entry], after: int, until: int) -> int:
    """How many of the generations after `after`, up to `until`, no entry tells of."""
    known = {entry.generation for entry in entries}
    return sum(1 for number in range(after + 1, until + 1) if number not in known)


def replay(session: Session, entries: Iterable[Entry]) -> Replayed:
    """Play `entries`, which are in order of generation. Raises `JournalUnusable` for a note of unknown form."""
    done = Replayed()
    for entry in entries:
        for note in entry.notes:
            if note[0] == KEPT:
                done.kept.append(_kept(note))
            elif note[0] != MARK:
                _play(session, note, done)
    return done


def _kept(note: Note) -> tuple[str, str]:
    match note:
        case [_, str(name), str(text)]:
            return name, text
    raise JournalUnusable("The journal tells of something that this release does not know.")


def _play(session: Session, note: Note, done: Replayed) -> None:
    try:
        kind, name, key, *rest = note
        table = Base.metadata.tables[str(name)]
        found = _typed_key(table, key)
        said = _typed(table, rest[0]) if rest else {}
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise JournalUnusable("The journal tells of something that this release does not know.") from error
    here = and_(*(column == found[column.name] for column in table.primary_key.columns))
    if kind == NEW:
        done.made.append(Made(table=table.name, key=tuple(found.values()), said=said))
        if {column.name for column in table.columns} == set(found):
            _insert(session, table, found)
        return
    if kind == TOUCHED:
        done.touched.add((table.name, tuple(found.values())))
        return
    if kind not in (SET, GONE):
        raise JournalUnusable("The journal tells of something that this release does not know.")
    statement = update(table).where(here).values(**said) if kind == SET else delete(table).where(here)
    changed = session.execute(statement).rowcount  # type: ignore[attr-defined]  # a cursor result, for these two
    if kind == SET and not changed:
        for made in done.made:
            if (made.table, made.key) == (table.name, tuple(found.values())):
                made.said.update(said)
    if changed:
        done.changed.add((table.name, tuple(found.values())))
        done.again[table.name] = done.again.get(table.name, 0) + changed


def _insert(session: Session, table: Table, row: Mapping[str, object]) -> None:
    """A row that is nothing but its key, such as a place on a list; left out when what it points at is lost."""
    try:
        with session.begin_nested():
            session.execute(insert(table).values(**row))
    except IntegrityError:
        return


def _typed_key(table: Table, key: object) -> dict[str, object]:
    columns = list(table.primary_key.columns)
    if not isinstance(key, list) or len(key) != len(columns):
        raise ValueError(table.name)
    return {column.name: _value(column, value) for column, value in zip(columns, key, strict=True)}


def _typed(table: Table, said: object) -> dict[str, object]:
    if not isinstance(said, Mapping):
        raise TypeError(table.name)
    return {name: _value(table.columns[name], value) for name, value in said.items()}


def _value(column: Column[Any], value: object) -> object:
    if value is None or not isinstance(value, str):
        return value
    if isinstance(column.type, UtcTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(column.type, Date) else value
