"""A migration that is killed at any revision has changed nothing, and runs when asked again."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine, inspect

from api import migrations
from tests.crashes.state import dump
from tests.crashes.stopping import done, stopped
from tests.databases import opened

RELEASED = "0003"
"""The last revision of the release before this one: real nodes stand there."""


def revisions() -> list[str]:
    """Every revision, oldest first."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "api:migrations")
    return [each.revision for each in reversed(list(ScriptDirectory.from_config(config).walk_revisions()))]


REVISIONS = revisions()


@dataclass(frozen=True)
class Upgrade:
    """What `guildnet init --upgrade` does to the tables."""

    revision: str = "head"

    def __call__(self, url: str) -> str:
        migrations.upgrade(url, self.revision)
        return str(migrations.current(url))


def places(revisions: list[str]) -> list[object]:
    """A point at each revision; the default tier takes the last two."""
    names = [*(f"migration:{each}" for each in revisions), "migrate:before-commit"]
    return [pytest.param(name, marks=() if name in names[-2:] else pytest.mark.slow) for name in names]


@pytest.mark.parametrize("place", places(REVISIONS))
def test_a_killed_migration_of_an_empty_database_leaves_it_empty(place: str, empty_url: str) -> None:
    stopped(empty_url, Upgrade(), place)
    assert migrations.current(empty_url) is None
    assert _tables(empty_url) == set()
    assert done(empty_url, Upgrade()) == migrations.head()
    assert _tables(empty_url) >= set(migrations.metadata().tables)


@pytest.mark.parametrize("place", places([each for each in REVISIONS if each > RELEASED]))
def test_a_killed_migration_of_a_node_leaves_the_tables_and_rows_of_the_last_release(place: str, empty_url: str) -> None:
    migrations.upgrade(empty_url, RELEASED)
    _fill(empty_url)
    before, tables = _rows(empty_url), _tables(empty_url)
    stopped(empty_url, Upgrade(), place)
    assert migrations.current(empty_url) == RELEASED
    assert (_rows(empty_url), _tables(empty_url)) == (before, tables)
    assert done(empty_url, Upgrade()) == migrations.head()
    assert _rows(empty_url)["organizations"] == before["organizations"]


def test_a_migration_killed_after_its_commit_is_done(empty_url: str) -> None:
    stopped(empty_url, Upgrade(), "migrate:after-commit")
    assert migrations.current(empty_url) == migrations.head()
    before = dump(empty_url)
    assert done(empty_url, Upgrade()) == migrations.head()
    assert dump(empty_url) == before


def _fill(url: str) -> None:
    """Rows as the last release left them, in its own tables."""
    with opened(url) as database, database.write() as session:
        connection = session.connection()
        for number in range(20):
            connection.exec_driver_sql(
                "INSERT INTO organizations (id, slug, name, did, created) "
                f"VALUES ('{number:032x}', 'org-{number}', 'Org', 'did:web:node.example:orgs:org-{number}', "
                "'2026-11-01T00:00:00.000000Z')"
            )


def _rows(url: str) -> dict[str, list[str]]:
    with opened(url) as database, database.read() as session:
        connection = session.connection()
        names = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
        return {name: sorted(repr(tuple(row)) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")) for name in names}


def _tables(url: str) -> set[str]:
    engine = create_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()
