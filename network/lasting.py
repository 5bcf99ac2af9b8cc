"""What must outlive a restored backup: which rows and columns the journal remembers, noticed as they are written.

A model says so where it is declared:

    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)     each change of it is noted
    __table_args__ = ({"info": MADE},)                                               each new row is noted, by its key
    __table_args__ = ({"info": ENDED},)                                              each row that is deleted is noted

Declare what takes something back (a revocation, a withdrawal, a suspension, a closed key) and what was signed. A write
that notes anything takes the next *generation*, a number without gaps in commit order, which the journal keeps with it.

Guarantees: every change made through the session is noticed, and a bulk statement, which would pass by unnoticed, is
refused on such a table. Values are noted as plain JSON; a column of content must not be declared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, cast

from sqlalchemy import Table, inspect
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

SET, NEW, GONE = "set", "new", "gone"

Note = Sequence[object]

_NOTES = "guildnet_notes"


def notes_of(session: Session) -> list[Note]:
    """What this transaction noted so far; complete after its last flush."""
    return cast("list[Note]", session.info.get(_NOTES, []))


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
    """The session's `do_orm_execute`: a bulk change of a lasting table would not be noticed."""
    if state.is_select or state.bind_mapper is None:
        return
    table = _table(state.bind_mapper)
    if is_lasting(table) and not state.session.info.get("guildnet_replaying"):
        raise DatabaseFailure(f"Rows of {table.name} are changed one by one, so that the journal notices.")


def is_lasting(table: Table) -> bool:
    """Whether anything of this table is noted."""
    return "lasting" in table.info or any("lasting" in column.info for column in table.columns)


def _made(row: object) -> Iterator[Note]:
    table = _table(inspect(row).mapper)
    if "made" in table.info.get("lasting", ()):
        yield [NEW, table.name, _key(row)]


def _ended(row: object) -> Iterator[Note]:
    table = _table(inspect(row).mapper)
    if "ended" in table.info.get("lasting", ()):
        yield [GONE, table.name, _key(row)]


def _changed(row: object) -> Iterator[Note]:
    state = inspect(row)
    mapper: Mapper[Any] = state.mapper
    changed = {}
    for column in _table(mapper).columns:
        if "lasting" in column.info:
            name = mapper.get_property_by_column(column).key
            if state.attrs[name].history.has_changes():
                changed[column.name] = plain(getattr(row, name))
    if changed:
        yield [SET, _table(mapper).name, _key(row), changed]


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


WORDS: Final = MappingProxyType({SET: 4, NEW: 3, GONE: 3})
"""How many members a note of each kind has."""
