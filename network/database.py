"""One database, two kinds of transaction, and a change number that never lies.

    with database.read() as session: ...     one snapshot, nothing can be written
    with database.write("publish") as session: ...    commits when the block ends, rolls back when it raises

Guarantees
    * `read()` sees one snapshot from its first query to its end: REPEATABLE READ on PostgreSQL, an explicit BEGIN in
    WAL
      mode on SQLite. Neither is the driver's default, so both are asked for here and tested.
    * `write()` on SQLite is BEGIN IMMEDIATE, so writers queue (5 s) instead of failing half-way; on PostgreSQL READ
      COMMITTED.
    * `next_change()` numbers commit in their own order and without gaps, since the counter's row stays locked until
      commit. A sequence would not do: it hands out 7 and 8, commits 8 first, and who has read up to 8 never sees 7.
    * Every error of the driver or of SQLAlchemy leaves the block as a `NetworkError`. A service that wants to name a
      broken constraint catches `sqlalchemy.exc.IntegrityError` around its own flush.

Not here: retries (who asked knows whether asking again is right), and rows outside their transaction: services hand out
frozen dataclasses, never ORM rows.
"""

from __future__ import annotations

import os
import sqlite3
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session

from network import lasting, points, standing
from network.errors import (
    DatabaseBusy,
    DatabaseFailure,
    DatabaseUnavailable,
    NetworkError,
    ReadOnlyTransaction,
    SchemaMismatch,
    StorageFull,
    UnsupportedDatabase,
)
from network.journal import Journal

BUSY_TIMEOUT_MS: Final = 5_000
"""How long a SQLite connection waits for a lock, a PostgreSQL writer for a row, and anybody for a free connection."""

_MODE = "guildnet_transaction"
_MIGRATION_LOCK = 0x6775696C646E6574  # "guildnet": any number that nobody else on this server uses
_BUSY_STATES = frozenset({"40001", "40P01", "55P03", "57014"})
"""PostgreSQL: serialization failure, deadlock, lock not available, query cancelled."""
_BUSY_SQLITE = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_FULL_STATES = frozenset({"53100"})
_FULL_SQLITE_EXTENDED = frozenset({sqlite3.SQLITE_IOERR | 19 << 8})
"""`SQLITE_IOERR_SHMSIZE`: no room for the index of the write-ahead log. Python has no name for it before 3.13."""
_MISSING_TABLE = frozenset({"42P01", "42703"})


class Base(DeclarativeBase):
    """The one declarative base; constraint names are fixed so that migrations can name what they drop."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class _Writing(Session):
    """The session of a write transaction: what must outlive a restored backup is noted as it is written."""


event.listen(_Writing, "before_flush", lasting.watch)
event.listen(_Writing, "do_orm_execute", lasting.refuse_bulk)


def parse_url(url: str) -> URL:
    """The URL, if it is `sqlite:///<path>` or `postgresql+psycopg://...`; raises `UnsupportedDatabase`."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise UnsupportedDatabase("The database URL cannot be read; see `guildnet settings`.") from error
    if parsed.drivername == "postgresql+psycopg":
        return parsed
    if parsed.drivername != "sqlite":
        raise UnsupportedDatabase(
            "The database URL must begin with sqlite:/// or postgresql+psycopg://.", scheme=parsed.drivername
        )
    if not parsed.database or parsed.database == ":memory:" or parsed.database.startswith("file:"):
        # Every connection would get a database of its own, and snapshots would mean nothing.
        raise UnsupportedDatabase("A SQLite database needs the path of a file.", scheme=parsed.drivername)
    return parsed


class Database:
    """One database for the life of a process. Safe to share between threads; a child of a fork opens connections of its own,
    and must not inherit an open transaction."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        """Opens no connection yet. `pool_size`: connections kept; as many again may be open in a rush."""
        self.journal: Journal | None = None
        """Where the node remembers what it took back; None: nowhere, and an older copy is not noticed."""
        self.kek_name: str | None = None
        """The key-encryption key that whoever writes here seals under; None: nobody seals."""
        self.url = parse_url(url)
        self.dialect = self.url.get_backend_name()
        self._engine = _engine(self.url, pool_size)
        _open_here.add(self)
        if self.dialect == "sqlite":
            self._readers = self._engine.execution_options(**{_MODE: "read"})
            self._writers = self._engine.execution_options(**{_MODE: "write"})
        else:
            self._readers = self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True, **{_MODE: "read"}
            )
            self._writers = self._engine.execution_options(
                isolation_level="READ COMMITTED", postgresql_readonly=False, **{_MODE: "write"}
            )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session in one snapshot that is rolled back at the end; raises `ReadOnlyTransaction` for a write."""
        with _named_errors(), Session(self._readers, expire_on_commit=False, autoflush=False) as session:
            self._mark(session)
            session.connection()
            yield session

    @contextmanager
    def write(self, use: str = "unnamed") -> Iterator[Session]:
        """A session that commits when the block ends and rolls back when it raises.

        `use` names what is written, for `network.points`. Code of the product always gives a constant or the endpoint of
        its route (a contract test says so); only tests leave it out.
        """
        with _named_errors(), _Writing(self._writers, expire_on_commit=False) as session:
            self._mark(session)
            with session.begin():
                # Take SQLite's write lock now: whoever waits, waits before having read anything stale.
                session.connection()
                yield session
                session.flush()
                if self.kek_name is not None:
                    standing.require_seal(session, self.kek_name)
                generation = self._take_generation(session)
                points.reached(f"{use}:before-commit")
            points.reached(f"{use}:after-commit")
            if self.journal is not None and generation is not None:
                self.journal.append(generation, lasting.notes_of(session))

    def _mark(self, session: Session) -> None:
        # Before the snapshot: what is known to be committed now must be in it.
        if self.journal is not None:
            session.info[standing.MARK] = self.journal.newest()

    def _take_generation(self, session: Session) -> int | None:
        notes = lasting.notes_of(session)
        if not notes:
            return None
        if self.journal is not None:
            self.journal.reserve(notes)
        return standing.take_generation(session)

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A connection in one write transaction, for migrations only; a second caller waits for the first.

        SQLite alters a table by copying it, which would cascade into the tables that point at it: foreign keys are off
        meanwhile, and checked before the commit.
        """
        with _named_errors(), self._writers.connect() as connection:
            if self.dialect == "sqlite":
                # Past SQLAlchemy, which would begin a transaction first, inside which this pragma does nothing.
                cursor = connection.connection.cursor()
                cursor.execute("PRAGMA foreign_keys = OFF")
                cursor.close()
            try:
                with connection.begin():
                    if self.dialect == "postgresql":
                        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                    yield connection
                    if self.dialect == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                        raise SchemaMismatch("The migration would leave rows that point nowhere; nothing was changed.")
                    points.reached("migrate:before-commit")
                points.reached("migrate:after-commit")
            finally:
                # The pragma outlives the transaction: this connection must not go back to the pool.
                connection.invalidate()

    def scrub(self) -> None:
        """After something was erased: take what was deleted out of the files, as far as the database allows it.

        SQLite overwrites what is deleted (`secure_delete`); here its write-ahead log is emptied too, unless a reader still
        needs it, and then at the next time. PostgreSQL forgets deleted rows at its next vacuum of a table, which is asked for
        here, and overwrites their place when it needs it; its write-ahead log and every backup keep them as long as they do.
        """
        with _named_errors(), self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            else:
                connection.exec_driver_sql("VACUUM")

    def forked(self) -> None:
        """In a child of a fork: let the parent's connections be the parent's."""
        self._engine.dispose(close=False)

    def dispose(self) -> None:
        """Close every idle connection."""
        self._engine.dispose()


_open_here: Final[weakref.WeakSet[Database]] = weakref.WeakSet()


def _after_fork() -> None:
    for database in list(_open_here):
        database.forked()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def next_change(session: Session) -> int:
    """Take the next change number (1, 2, 3 ...) for this write transaction; others wait for its commit.

    Take it late and once: from here on every other writer that wants a number waits.
    """
    number = session.execute(text("UPDATE change_counter SET value = value + 1 WHERE id = 1 RETURNING value")).scalar()
    if number is None:
        raise SchemaMismatch("The change counter is missing; run `guildnet init` or restore a backup.")
    return int(number)


def hold_changes(session: Session) -> None:
    """Wait for every other writer that took or holds the change number, and make the others wait; takes none itself."""
    session.execute(text("UPDATE change_counter SET value = value WHERE id = 1"))


def current_change(session: Session) -> int:
    """The newest change number in this snapshot; 0 before the first change."""
    number = session.execute(text("SELECT value FROM change_counter WHERE id = 1")).scalar()
    if number is None:
        raise SchemaMismatch("The change counter is missing; run `guildnet init` or restore a backup.")
    return int(number)


def _engine(url: URL, pool_size: int) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=BUSY_TIMEOUT_MS / 1000,
            hide_parameters=True,  # stored values must not reach a log through an error
            # The driver must not open or end transactions by itself: _begin does.
            connect_args={"isolation_level": None, "timeout": BUSY_TIMEOUT_MS / 1000},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=BUSY_TIMEOUT_MS / 1000,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"options": f"-c lock_timeout={BUSY_TIMEOUT_MS} -c timezone=UTC"},
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        _use_wal(cursor)
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # what an owner erases must not stay in free pages
        cursor.execute("PRAGMA synchronous = FULL")
    finally:
        cursor.close()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    # The mode stays with the file. Two connections that both find a new file get SQLITE_BUSY here at once: SQLite does not
    # wait for this lock, whatever the busy timeout.
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            if cursor.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise sqlite3.NotSupportedError("this file system has no shared memory for a write-ahead log")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_MODE) == "write"
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise DatabaseFailure("A constraint of the database refused this change.") from error
    except DataError as error:
        raise DatabaseFailure("A value cannot be stored in this database.") from error
    except DBAPIError as error:
        raise _named(error) from error
    except PoolTimeout as error:
        raise DatabaseBusy("Every connection is in use; nothing was stored. Try again.") from error
    except StatementError as error:
        # What a column type refuses reaches us wrapped.
        if isinstance(error.orig, NetworkError):
            raise error.orig from None
        raise DatabaseFailure("A value cannot be stored.") from error
    except SQLAlchemyError as error:
        raise DatabaseFailure("The database layer refused this operation.") from error


def _named(error: DBAPIError) -> DatabaseFailure:
    state = getattr(error.orig, "sqlstate", None)
    number = getattr(error.orig, "sqlite_errorcode", None)
    primary = None if number is None else number & 0xFF
    words = str(error.orig)
    if state in _BUSY_STATES or primary in _BUSY_SQLITE:
        return DatabaseBusy("The database is busy; nothing was stored. Try again.")
    if state in _FULL_STATES or primary == sqlite3.SQLITE_FULL or number in _FULL_SQLITE_EXTENDED:
        return StorageFull("There is no room left for the database; nothing was stored.")
    if state == "25006" or primary == sqlite3.SQLITE_READONLY:
        return ReadOnlyTransaction("Something was written in a read-only transaction.")
    missing = primary == sqlite3.SQLITE_ERROR and words.startswith(("no such table", "no such column"))
    if state in _MISSING_TABLE or missing:
        return SchemaMismatch("The database has not the tables of this release; run `guildnet init` or migrate it.")
    return DatabaseUnavailable("The database cannot be used.", state=state)
