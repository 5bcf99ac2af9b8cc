"""Every write that signs or takes back moves one number; a database behind the journal signs nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from api import migrations
from network import identity, membership, standing
from network.errors import DatabaseFailure, NodeBehind
from network.journal import Journal
from network.lasting import is_lasting
from network.models import ClientRow, SigningState
from sharing import relations
from sharing.models import ListMember
from tests.databases import opened
from tests.world import World


def generation(database):
    with database.read() as session:
        return session.scalars(select(SigningState.generation)).one()


def journal_of(world, path):
    world.house.database.journal = made = Journal(path, "ab" * 32, world.clock)
    return made


def test_a_write_that_takes_nothing_back_leaves_the_generation(database):
    world = World.on(database)
    world.organization("acme")
    before = generation(database)
    with database.write() as session:
        membership.create_client(
            session, world.ids["acme"], label="x", scopes=["read"], entropy=world.house.entropy, now=world.clock()
        )
    assert generation(database) == before


def test_a_write_that_takes_something_back_moves_it_by_one_and_is_in_the_journal(database, tmp_path):
    world = World.on(database)
    world.organization("acme")
    journal = journal_of(world, tmp_path / "j")
    before = generation(database)
    with database.write() as session:
        made = membership.create_client(
            session, world.ids["acme"], label="x", scopes=["read"], entropy=world.house.entropy, now=world.clock()
        )
    with database.write() as session:
        membership.revoke_client(session, world.ids["acme"], made.client.client_id, now=world.clock())
    assert generation(database) == before + 1 == journal.newest()
    (entry,) = journal.entries(after=before)
    assert entry.notes == (["set", "clients", [made.client.client_id], {"revoked_at": "2026-11-22T09:30:00+00:00"}],)


def test_a_write_that_is_rolled_back_is_not_in_the_journal(database, tmp_path):
    world = World.on(database)
    world.organization("acme")
    journal = journal_of(world, tmp_path / "j")
    before = generation(database)

    def rotate_and_fail() -> None:
        with database.write() as session:
            identity.rotate(session, world.house.keystore, identity.node(session).did, "token", now=world.clock())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rotate_and_fail()
    assert (generation(database), journal.newest()) == (before, 0)


def test_who_leaves_a_list_is_noted_and_who_stays_is_not(database, tmp_path):
    world = World.on(database)
    for slug in ("acme", "one", "two", "three"):
        world.organization(slug)
    journal = journal_of(world, tmp_path / "j")
    with database.write() as session:
        relations.put_list(world.house, session, world.caller("acme"), "friends", ["one", "two"])
    before = journal.newest()
    with database.write() as session:
        relations.put_list(world.house, session, world.caller("acme"), "friends", ["two", "three"])
    notes = journal.entries(after=before)[0].notes
    assert sorted((note[0], note[2][2]) for note in notes) == [("gone", world.ids["one"]), ("new", world.ids["three"])]


@pytest.mark.parametrize("statement", [update(ClientRow).values(revoked_at=None), delete(ListMember)])
def test_a_bulk_change_that_the_journal_would_miss_is_refused(database, statement):
    World.on(database)
    with pytest.raises(DatabaseFailure, match="one by one"), database.write() as session:
        session.execute(statement)


TAKE_BACK = {"revoked", "revoked_at", "withdrawn_at", "suspended_at", "compromised_at"}


def test_what_takes_back_is_declared_lasting():
    tables = migrations.metadata().tables.values()
    found = [column for table in tables for column in table.columns if column.name in TAKE_BACK]
    assert [str(column) for column in found if not column.info.get("lasting")] == []
    noted = {table.name for table in tables if is_lasting(table)}
    assert {"grants", "keys", "status_entries", "publications", "nda_acceptances", "list_members"} <= noted


def older_copy(url: str, folder: Path) -> str:
    shutil.copyfile(url.removeprefix("sqlite:///"), folder / "older.db")
    return f"sqlite:///{folder / 'older.db'}"


def test_an_older_copy_signs_nothing_and_takes_nothing_back(sqlite_url, tmp_path):
    with opened(sqlite_url) as database:
        world = World.on(database)
        world.organization("acme")
    older = older_copy(sqlite_url, tmp_path)
    with opened(sqlite_url) as database:
        world = World.on(database, fresh=False, seed="again")
        journal_of(world, tmp_path / "j")
        with database.write() as session:
            identity.rotate(session, world.house.keystore, identity.node(session).did, "token", now=world.clock())
    with opened(older) as database:
        world = World.on(database, fresh=False, seed="again")
        journal_of(world, tmp_path / "j")
        with database.read() as session, pytest.raises(NodeBehind):
            identity.node_signer(session, world.house.keystore, "status")
        with pytest.raises(NodeBehind), database.write() as session:
            identity.rotate(session, world.house.keystore, identity.node(session).did, "root", now=world.clock())
    with opened(sqlite_url) as database:
        world = World.on(database, fresh=False, seed="again")
        journal_of(world, tmp_path / "j")
        with database.read() as session:
            identity.node_signer(session, world.house.keystore, "status")


def test_a_file_that_is_exchanged_under_a_running_node_is_noticed_at_the_next_signature(sqlite_url, tmp_path):
    with opened(sqlite_url) as database:
        world = World.on(database)
        world.organization("acme")
        older = older_copy(sqlite_url, tmp_path)
        journal_of(world, tmp_path / "j")
        with database.write() as session:
            identity.rotate(session, world.house.keystore, identity.node(session).did, "token", now=world.clock())
        journal = database.journal
    with opened(older) as database:
        database.journal = journal
        with database.read() as session:
            assert standing.is_behind(session)


def test_a_snapshot_from_before_a_commit_may_still_sign(database, tmp_path):
    world = World.on(database)
    world.organization("acme")
    journal_of(world, tmp_path / "j")
    with database.read() as early:
        early.scalars(select(SigningState)).one()
        with database.write() as session:
            identity.rotate(session, world.house.keystore, identity.node(session).did, "token", now=world.clock())
        identity.node_signer(early, world.house.keystore, "status")
    with database.read() as late:
        identity.node_signer(late, world.house.keystore, "status")
