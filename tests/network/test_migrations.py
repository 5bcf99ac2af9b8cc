"""The migrations make exactly the tables that the models declare, on both databases, and take them away again."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from api import migrations
from api.migrations import run
from network.database import current_change
from network.errors import NetworkError, SchemaMismatch, UnsupportedDatabase
from tests.databases import opened


def test_models_and_migrations_declare_the_same_tables(database_url):
    with opened(database_url) as database, database.read() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_server_default": True})
        assert compare_metadata(context, migrations.metadata()) == []


def test_models_and_migrations_name_constraints_alike(database_url):
    with opened(database_url) as database, database.read() as session:
        found = inspect(session.connection())
        for table in migrations.metadata().tables.values():
            declared = {str(c.name) for c in table.constraints} | {str(index.name) for index in table.indexes}
            stored = {found.get_pk_constraint(table.name)["name"]}
            stored |= {c["name"] for c in found.get_foreign_keys(table.name)}
            stored |= {c["name"] for c in found.get_unique_constraints(table.name)}
            stored |= {c["name"] for c in found.get_check_constraints(table.name)}
            stored |= {index["name"] for index in found.get_indexes(table.name)}
            assert declared == stored, table.name


def test_a_database_goes_up_down_and_up_again(empty_url):
    assert migrations.current(empty_url) is None
    migrations.upgrade(empty_url)
    assert migrations.current(empty_url) == migrations.head()
    migrations.downgrade(empty_url, "base")
    assert migrations.current(empty_url) is None
    with opened(empty_url) as database, database.read() as session:
        assert set(inspect(session.connection()).get_table_names()) <= {"alembic_version"}
    migrations.upgrade(empty_url)
    with opened(empty_url) as database, database.read() as session:
        assert current_change(session) == 0


def test_upgrading_twice_changes_nothing(database_url):
    migrations.upgrade(database_url)
    assert migrations.current(database_url) == migrations.head()


def test_two_processes_may_upgrade_at_once(empty_url):
    failures: list[BaseException] = []

    def run() -> None:
        try:
            migrations.upgrade(empty_url)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert migrations.current(empty_url) == migrations.head()


def fail_half_way(connection):
    connection.exec_driver_sql("CREATE TABLE half (id INTEGER)")
    raise RuntimeError("half-way")


def test_a_failing_migration_leaves_nothing_behind(empty_url):
    with (
        pytest.raises(RuntimeError, match="half-way"),
        opened(empty_url) as database,
        database.migrating() as connection,
    ):
        fail_half_way(connection)
    with opened(empty_url) as database, database.read() as session:
        assert inspect(session.connection()).get_table_names() == []


def test_an_unknown_revision_is_a_schema_mismatch(database_url):
    with pytest.raises(SchemaMismatch):
        migrations.upgrade(database_url, "no-such-revision")


def test_queries_before_the_first_migration_say_so(empty_url):
    with opened(empty_url) as database, pytest.raises(SchemaMismatch), database.read() as session:
        current_change(session)


def test_a_foreign_key_broken_by_a_migration_is_refused(sqlite_url):
    with opened(sqlite_url) as database:
        with pytest.raises(SchemaMismatch), database.migrating() as connection:
            connection.exec_driver_sql(
                "INSERT INTO organization_facts VALUES ('nobody', 'role', 'buyer', 'node', '2026-11-22T12:00:00.000000Z')"
            )
        with database.read() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM organization_facts").scalar() == 0


def test_foreign_keys_are_enforced_again_after_a_migration(sqlite_url):
    with opened(sqlite_url) as database:
        with database.migrating() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 0
        with database.write() as session:
            assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "postgresql://x/y", "", "::", "sqlite:///"])
def test_other_databases_are_refused(url):
    with pytest.raises(UnsupportedDatabase) as caught:
        migrations.upgrade(url)
    assert isinstance(caught.value, NetworkError)


def test_a_new_revision_is_written_from_what_the_models_declare(sqlite_url, tmp_path, monkeypatch):
    copy = tmp_path / "migrations"
    shutil.copytree(Path(run.__file__).parent, copy)
    monkeypatch.setattr(run, "files", lambda package: copy)
    with opened(sqlite_url) as database, database.migrating() as connection:
        connection.exec_driver_sql("DROP TABLE clients")
    written = run.revise(sqlite_url, "bring the clients back")
    assert written.parent == copy / "versions"
    before = migrations.current(sqlite_url)
    migrations.upgrade(sqlite_url)
    assert migrations.current(sqlite_url) == migrations.head() != before
    with opened(sqlite_url) as database, database.read() as session:
        assert "clients" in inspect(session.connection()).get_table_names()


def test_migrations_run_from_any_folder(tmp_path, sqlite_template):
    root = Path(migrations.__file__).resolve().parents[2]
    code = f"import sys; sys.path.insert(0, {str(root)!r}); from api import migrations; migrations.upgrade('sqlite:///x.db')"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    assert migrations.current(f"sqlite:///{tmp_path / 'x.db'}") == migrations.head()
