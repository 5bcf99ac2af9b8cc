"""What must outlive a restored backup: which rows and columns the journal remembers, noticed as they are written.

A model says so where it is declared:

    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)     each change of it is noted
    __table_args__ = ({"info": MADE},)          each new row is noted, with its key and its lasting columns
    __table_args__ = ({"info": ENDED},)         each row that is deleted is noted
    policy: Mapped[str] = mapped_column(Text, info=WATCHED)     that it changed is noted, not to what

Declare what takes something back (a revocation, a withdrawal, a suspension, a closed key) and what was signed. A write
that notes anything takes the next *generation*, a number without gaps in commit order, which the journal keeps with it.

Guarantees: every change made through the session is noticed, and a bulk statement, which would pass by unnoticed, is
refused on such a table. Values are noted as plain JSON; a column of content must not be declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, cast

from sqlalchemy import Column, Table, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from network.columns import as_utc
from network.errors import DatabaseFailure

LASTING: Final[dict[Any, Any]] = {"lasting": True}
"""`info` of a column whose every change is noted."""
MADE: Final[dict[Any, Any]] = {"lasting": frozenset({"made"})}
"""`info` of a table whose new rows are noted."""
ENDED: Final[dict[Any, Any]] = {"lasting": frozenset({"ended"})}
"""`info` of a table whose deleted rows are noted."""
MADE_OR_ENDED: Final[dict[Any, Any]] = {"lasting": frozenset({"made", "ended"})}
"""Both."""

WATCHED: Final[dict[Any, Any]] = {"watched": True}
"""`info` of a table, or of a column of content, of which only *that* it changed is noted, or that a row was deleted."""

SET, NEW, GONE, TOUCHED, MARK, KEPT = "set", "new", "gone", "touched", "mark", "kept"

Note = Sequence[object]

_NOTES = "guildnet_notes"


def notes_of(session: Session) -> list[Note]:
    """What this transaction noted so far; complete after its last flush."""
    return cast("list[Note]", session.info.get(_NOTES, []))


def mark(session: Session) -> None:
    """Note that something happened that changes no lasting row, so that the transaction takes a generation."""
    session.info.setdefault(_NOTES, []).append([MARK, "", []])


def keep(session: Session, name: str, text: str) -> None:
    """Note `text`, which a restored copy will be given back under `name`. Digests and places, never content."""
    session.info.setdefault(_NOTES, []).append([KEPT, name, text])


def touch(session: Session, row: object) -> None:
    """Note that something changed that hangs on this row and that none of its columns tells."""
    session.info.setdefault(_NOTES, []).append([TOUCHED, _table(inspect(row).mapper).name, _key(row)])


def watch(session: Session, _flush: object = None, _instances: object = None) -> None:
    """The session's `before_flush`: note what is about to be written."""
    notes = session.info.setdefault(_NOTES, [])
    for row in session.new:
        notes.extend(_made(row))
    for row in session.deleted:
        notes.extend(_ended(row))
    for row in session.dirty:
        notes.extend(_changed(row))


def refuse_bulk(state: ORMExecuteState) -> None:
    """The session's `do_orm_execute`: a bulk change that would have to be noted, and would not be, is refused."""
    if state.is_select or state.bind_mapper is None:
        return
    table = _table(state.bind_mapper)
    told = [column.info for column in table.columns]
    unseen = (
        (state.is_insert and "made" in table.info.get("lasting", ()))
        or (state.is_delete and ("ended" in table.info.get("lasting", ()) or "watched" in table.info))
        or (state.is_update and any("lasting" in each or "watched" in each for each in told))
    )
    if unseen:
        raise DatabaseFailure(f"Rows of {table.name} are changed one by one, so that the journal notices.")


def is_lasting(table: Table) -> bool:
    """Whether anything of this table is noted."""
    return not {"lasting", "watched"}.isdisjoint({*table.info, *(name for column in table.columns for name in column.info)})


def _made(row: object) -> Iterator[Note]:
    mapper: Mapper[Any] = inspect(row).mapper
    table = _table(mapper)
    if "made" in table.info.get("lasting", ()):
        said = {each.name: plain(getattr(row, mapper.get_property_by_column(each).key)) for each in _lasting_columns(table)}
        yield [NEW, table.name, _key(row), {name: value for name, value in said.items() if value is not None}]


def _ended(row: object) -> Iterator[Note]:
    table = _table(inspect(row).mapper)
    if "ended" in table.info.get("lasting", ()):
        yield [GONE, table.name, _key(row)]
    if "watched" in table.info:
        yield [TOUCHED, table.name, _key(row)]


def _changed(row: object) -> Iterator[Note]:
    state = inspect(row)
    mapper: Mapper[Any] = state.mapper
    changed = {}
    for column in _lasting_columns(_table(mapper)):
        name = mapper.get_property_by_column(column).key
        if state.attrs[name].history.has_changes():
            changed[column.name] = plain(getattr(row, name))
    if changed:
        yield [SET, _table(mapper).name, _key(row), changed]
    watched = [mapper.get_property_by_column(each).key for each in _table(mapper).columns if "watched" in each.info]
    if any(state.attrs[name].history.has_changes() for name in watched):
        yield [TOUCHED, _table(mapper).name, _key(row)]


def _lasting_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if "lasting" in column.info]


def _table(mapper: Mapper[Any]) -> Table:
    return cast(Table, mapper.local_table)


def _key(row: object) -> list[object]:
    mapper: Mapper[Any] = inspect(row).mapper
    return [plain(getattr(row, mapper.get_property_by_column(column).key)) for column in mapper.primary_key]


def plain(value: object) -> object:
    """A stored value as the journal keeps it; `network.replay` reads it back by the column's type."""
    if isinstance(value, datetime):
        return as_utc(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value
