"""The node that a command works on: settings from the environment, opened for the length of the command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from api import migrations
from api.container import Container, build
from api.settings import Settings
from network import membership
from network.database import parse_url
from network.errors import NodeMissing, OrganizationUnknown, SchemaMismatch
from network.membership import Member
from sharing.viewers import MANAGE, READ_AND_WRITE, Caller


def read_settings() -> Settings:
    """The settings of this process; raises `SettingsError`."""
    return Settings.from_env(os.environ)


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Container]:
    """Everything the services need, closed at the end. Raises `NodeMissing` rather than make an empty database file."""
    settings = settings or read_settings()
    require_database(settings)
    container = build(settings)
    try:
        yield container
    finally:
        container.close()


def require_database(settings: Settings) -> None:
    """Raise `NodeMissing` when a SQLite file is not there: opening it would make an empty one."""
    url = parse_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise NodeMissing("There is no database yet; run `guildnet init --origin ...`, or set GUILDNET_DATABASE_URL.")


def require_tables(settings: Settings, *, migrate: bool = False) -> None:
    """Raise `NodeMissing` without a database, `SchemaMismatch` when its tables are not those of this release.

    `migrate` brings those of an earlier release to this one first; those of a later one are refused in any case.
    """
    require_database(settings)
    found = migrations.current(settings.database_url)
    if found == migrations.head():
        return
    if found is not None and found not in migrations.known():
        raise SchemaMismatch("The database was made by a newer release of guildnet; install that one.", found=found)
    if not migrate:
        raise SchemaMismatch(
            "The database has the tables of an older release. Make a backup, then run `guildnet init --upgrade` "
            "or `guildnet serve --migrate`.",
            found=found,
        )
    migrations.upgrade(settings.database_url)


def organization(session: Session, name: str) -> Member:
    """The organization of a slug, DID or id; raises `OrganizationUnknown`."""
    found = membership.find(session, name)
    if found is None:
        raise OrganizationUnknown(f"There is no organization {name!r}; `guildnet org list` shows them.")
    return found


def acting_for(member: Member) -> Caller:
    """The operator of the node's own machine, acting for an organization at home here."""
    return Caller(member=member, purpose=None, may=READ_AND_WRITE | {MANAGE})
