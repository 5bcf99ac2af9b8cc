"""Every sealed column, told where it is declared, and putting them all under another key-encryption key.

    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed_key("kid", "owner"))
    worksheet: Mapped[str] = mapped_column(Text, info=sealed_blob("worksheet/{id}"))

This is the one registry: what is sealed and not declared would be lost when the key is changed, so a test seals through
every door and looks for what it finds in a column that is not declared.

Guarantees of `rewrap`: everything declared is opened with the old key and sealed with the new one in the caller's
transaction, or nothing is; what does not open raises `SealBroken` and names its place, never its content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Table, and_, func, select, update
from sqlalchemy.orm import Session

from network import standing
from network.database import Base
from network.errors import SealBroken
from network.keystore import Keystore

_INFO: Final = "sealed"
_BATCH: Final = 500

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedColumn:
    """A column and what its values are sealed for: names with the row's own columns in braces."""

    table: Table
    column: Column[Any]
    names: tuple[str, ...]

    @property
    def place(self) -> str:
        """`table.column`."""
        return f"{self.table.name}.{self.column.name}"


def sealed_key(*columns: str) -> dict[Any, Any]:
    """`info` of a column of private keys, which `Keystore.new_key` made; names the columns of kid and owner."""
    return {_INFO: ("key", *(f"{{{name}}}" for name in columns))}


def sealed_blob(label: str) -> dict[Any, Any]:
    """`info` of a column that `Keystore.seal` made under `label`, as bytes, or as hexadecimal in a column of text."""
    return {_INFO: ("blob", label)}


def sealed_columns() -> tuple[SealedColumn, ...]:
    """Every declared column, by name."""
    found = (
        SealedColumn(table=table, column=column, names=column.info[_INFO])
        for table in Base.metadata.tables.values()
        for column in table.columns
        if _INFO in column.info
    )
    return tuple(sorted(found, key=lambda each: each.place))


def rewrap(session: Session, old: Keystore, new: Keystore, step: Step) -> dict[str, int]:
    """Put everything sealed under `new`; how many values, by place. `step` hears (values so far, values in all)."""
    standing.lock_seals(session)
    columns = sealed_columns()
    total = sum(session.scalar(select(func.count()).where(each.column.is_not(None))) or 0 for each in columns)
    done = dict.fromkeys((each.place for each in columns), 0)
    for each in columns:
        for row in _rows(session, each):
            fresh = _rewrapped(each, row, old, new)
            here = and_(*(column == row[column.name] for column in each.table.primary_key.columns))
            session.execute(update(each.table).where(here).values({each.column.name: fresh}))
            done[each.place] += 1
            step(sum(done.values()), total)
    standing.sealed_under(session, new.name)
    return done


def look_through(session: Session, keystore: Keystore) -> Iterator[tuple[str, str, bool]]:
    """(place, key of the row, whether it opens) of every sealed value, for `fsck`."""
    for each in sealed_columns():
        for row in _rows(session, each):
            try:
                _rewrapped(each, row, keystore, keystore)
                opens = True
            except SealBroken:
                opens = False
            yield each.place, str(row[next(iter(each.table.primary_key.columns)).name]), opens


def _rows(session: Session, each: SealedColumn) -> Iterator[dict[str, Any]]:
    """Rows by key, some at a time, so that a large table does not stand in the memory."""
    key = list(each.table.primary_key.columns)
    if len(key) != 1:  # every table with something sealed has a key of one column; another would need another walk
        raise NotImplementedError(each.place)
    last: object = None
    while True:
        query = select(each.table).where(each.column.is_not(None)).order_by(key[0]).limit(_BATCH)
        found = session.execute(query if last is None else query.where(key[0] > last)).mappings().all()
        if not found:
            return
        yield from (dict(row) for row in found)
        last = found[-1][key[0].name]


def _rewrapped(each: SealedColumn, row: dict[str, Any], old: Keystore, new: Keystore) -> bytes | str:
    names = tuple(name.format(**row) for name in each.names)
    value = row[each.column.name]
    if not value:
        return value  # type: ignore[no-any-return]  # emptied, for example when its owner was erased
    try:
        if isinstance(value, str):
            return new.seal_anew(old, names, bytes.fromhex(value)).hex()
        return new.seal_anew(old, names, value)
    except (SealBroken, ValueError) as error:
        raise SealBroken(f"A value in {each.place} does not open with the key-encryption key in use.") from error
