"""The baseline of writing: one durable commit of the same bytes in the same tables, and nothing else.

`Bare` is the driver itself with the pragmas of the product. `difference` finds out which rows a write left;
`again` takes them back unmeasured, and commits them once more in one transaction, which is what is measured. Afterwards the
database holds what it held before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Table

from network.database import BUSY_TIMEOUT_MS, Base, Database
from tests.benchmarks.timing import once

Key = tuple[object, ...]
Stored = Mapping[str, Mapping[Key, tuple[object, ...]]]
"""Table -> primary key -> the row as the driver gives it."""

OF_A_FACTORY = (
    ("factories", "id = {0}"),
    ("profile_revisions", "factory_id = {0}"),
    ("policy_revisions", "factory_id = {0}"),
    ("publications", "factory_id = {0}"),
    ("status_lists", "id IN (SELECT status_list_id FROM stored_views WHERE factory_id = {0})"),
    ("status_entries", "list_id IN (SELECT status_list_id FROM stored_views WHERE factory_id = {0})"),
    ("stored_views", "factory_id = {0}"),
    ("changes", "factory_id = {0} AND number > (SELECT value - 1000 FROM change_counter)"),
    ("change_counter", "{0} <> ''"),
)
"""Everything that publishing or a policy may write about one factory, in the order of insertion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The rows that a write left (new or changed), and what stood there before."""

    written: Stored
    before: Stored

    @property
    def rows(self) -> int:
        """How many rows."""
        return sum(map(len, self.written.values()))


class Bare:
    """The driver's own connection to the database of a product."""

    def __init__(self, database: Database) -> None:
        self._sqlite = database.dialect == "sqlite"
        self._connection: Any
        if self._sqlite:
            self._connection = sqlite3.connect(str(database.url.database), isolation_level=None)
            for pragma in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "foreign_keys = ON", "synchronous = FULL"):
                self._connection.execute(f"PRAGMA {pragma}")
            assert self._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        else:
            url = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection = psycopg.connect(url, autocommit=True)

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def stored(self, factory_id: str) -> Stored:
        """Every row about a factory, as it is now."""
        found: dict[str, dict[Key, tuple[object, ...]]] = {}
        for name, condition in OF_A_FACTORY:
            table = _table(name)
            sql = f"SELECT {_columns(table)} FROM {name} WHERE {condition.format(self._mark)}"
            rows = self._connection.cursor().execute(sql, [factory_id] * condition.count("{0}")).fetchall()
            found[name] = {_key(table, row): tuple(row) for row in rows}
        return found

    def again(self, difference: Difference) -> float:
        """Take the difference back, then commit it once more; the seconds of the second."""
        self._undo(difference)
        return once(lambda: self._commit(difference.written))

    def anew(self, written: Sequence[Stored]) -> float:
        """Delete all of these rows and commit them once more; the seconds of the second. The counter stays as it is."""
        together: dict[str, dict[Key, tuple[object, ...]]] = {name: {} for name, _ in OF_A_FACTORY[:-1]}
        for stored in written:
            for name, rows in together.items():
                rows.update(stored[name])
        return self.again(Difference(written=together, before={name: {} for name in together}))

    def _commit(self, stored: Stored) -> None:
        cursor = self._connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if self._sqlite else "BEGIN")
        for name, rows in stored.items():
            if rows:
                cursor.executemany(self._upsert(_table(name)), list(rows.values()))
        cursor.execute("COMMIT")

    def _undo(self, difference: Difference) -> None:
        cursor = self._connection.cursor()
        if self._sqlite:
            # Nobody measures this, and the check would read whole tables to learn that nothing points at a deleted row.
            cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("BEGIN IMMEDIATE" if self._sqlite else "BEGIN")
        for name, rows in reversed(list(difference.written.items())):
            table, before = _table(name), difference.before[name]
            names = [column.name for column in table.primary_key.columns]
            condition = " AND ".join(f"{each} = {self._mark}" for each in names)
            for key in rows.keys() - before.keys():
                cursor.execute(f"DELETE FROM {name} WHERE {condition}", key)
        for name, before in difference.before.items():
            changed = [before[key] for key in difference.written[name] if key in before]
            if changed:
                cursor.executemany(self._upsert(_table(name)), changed)
        cursor.execute("COMMIT")
        if self._sqlite:
            cursor.execute("PRAGMA foreign_keys = ON")

    def _upsert(self, table: Table) -> str:
        keys = [column.name for column in table.primary_key.columns]
        others = [column.name for column in table.columns if column.name not in keys]
        marks = ", ".join([self._mark] * len(table.columns))
        insert = f"INSERT INTO {table.name} ({_columns(table)}) VALUES ({marks})"
        if not others:
            return f"{insert} ON CONFLICT DO NOTHING"
        sets = ", ".join(f"{name} = excluded.{name}" for name in others)
        return f"{insert} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {sets}"

    @property
    def _mark(self) -> str:
        return "?" if self._sqlite else "%s"


def difference(before: Stored, after: Stored) -> Difference:
    """What was written between two readings."""
    written = {name: {key: row for key, row in rows.items() if before[name].get(key) != row} for name, rows in after.items()}
    return Difference(written=written, before=before)


def _table(name: str) -> Table:
    return Base.metadata.tables[name]


def _columns(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)


def _key(table: Table, row: Sequence[object]) -> Key:
    places = [place for place, column in enumerate(table.columns) if column.primary_key]
    return tuple(row[place] for place in places)
