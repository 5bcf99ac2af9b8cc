"""Run the migrations from code. Errors leave as `network.errors.DatabaseFailure`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import MetaData

import api.repeats  # noqa: F401 - likewise
import network.leases
import network.models
import network.people.models  # noqa: F401 - likewise
import sharing.alerts.models
import sharing.auditing.models
import sharing.exchange.models
import sharing.files.models
import sharing.models  # noqa: F401 - likewise
from network.database import Base, Database
from network.errors import SchemaMismatch


def metadata() -> MetaData:
    """Every table that the models declare."""
    return Base.metadata


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to `revision`; creates a missing SQLite file. A database already there is left as it is."""
    with _config(url) as config:
        command.upgrade(config, revision)


def downgrade(url: str, revision: str) -> None:
    """Take the database back to `revision`; `base` drops every table and all that is in them."""
    with _config(url) as config:
        command.downgrade(config, revision)


def current(url: str) -> str | None:
    """The revision the database is at; None for one without tables."""
    database = Database(url)
    try:
        with database.read() as session:
            return MigrationContext.configure(session.connection()).get_current_revision()
    finally:
        database.dispose()


def revise(url: str, message: str) -> Path:
    """Write the revision from an up-to-date database to what the models declare now; for developers."""
    with _config(url) as config:
        script = command.revision(config, message, autogenerate=True)
    if not isinstance(script, Script):
        raise SchemaMismatch("No revision was written.")
    return Path(script.path)


def head() -> str:
    """The newest revision this release knows."""
    with _scripts() as config:
        revision = ScriptDirectory.from_config(config).get_current_head()
    if revision is None:
        raise SchemaMismatch("This installation holds no migrations; install it again.")
    return revision


def known() -> frozenset[str]:
    """Every revision this release knows; a database at another one was made by a newer release, or by hand."""
    with _scripts() as config:
        return frozenset(each.revision for each in ScriptDirectory.from_config(config).walk_revisions())


@contextmanager
def _scripts() -> Iterator[Config]:
    with as_file(files("api.migrations")) as directory:
        config = Config()
        # ConfigParser reads % as the start of an interpolation.
        config.set_main_option("script_location", str(directory).replace("%", "%%"))
        try:
            yield config
        except CommandError as error:
            raise SchemaMismatch(f"The migration cannot run: {error}") from error


@contextmanager
def _config(url: str) -> Iterator[Config]:
    database = Database(url)
    try:
        with _scripts() as config, database.migrating() as connection:
            config.attributes["connection"] = connection
            yield config
    finally:
        database.dispose()
