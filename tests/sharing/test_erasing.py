"""Erase is destroy: the words of an erased factory are in no table and in no file any more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from api import migrations
from network.database import Database
from network.people.errors import NotConfirmed
from sharing import access, audits, erasing, factories, grants, leaving, own_policy, snapshots
from sharing.answers import previews
from sharing.answers.pictures import Asked
from sharing.audits import Engagement
from sharing.errors import NotFound, RoleRequired
from sharing.models import Change, Factory, StatusEntry, StoredView
from sharing.search.parameters import parse_query
from sharing.searching import search
from sharing.snapshots import SnapshotFile
from sharing.viewers import MANAGE, READ_AND_WRITE, Caller
from tests.sharing.test_journey import LATHE as LATHE_SHOP
from tests.world import World

WORDS = ("Xylographe", "Quetzalcoatl", "Zyzzyva")
"""In the name, in a request's message, in an audit's scope: nothing else holds them."""


def owner(world: World, slug: str) -> Caller:
    caller = world.caller(slug)
    return Caller(member=caller.member, purpose=None, may=READ_AND_WRITE | {MANAGE})


def shared_widely(world: World) -> str:
    """A factory with revisions, a grant, a request with a message, and an audit with a worksheet."""
    for slug, roles in (("maker", ("supplier",)), ("buyer", ("buyer",)), ("auditor", ("auditor",))):
        world.organization(slug, roles=roles)
    document = {**LATHE_SHOP, "legal_name": f"{WORDS[0]} Turning"}
    factory = world.factory("maker", document)
    with world.house.database.write() as session:
        factories.put_profile(world.house, session, world.caller("maker"), factory, document)
    with world.house.database.write() as session:
        asked = access.request_access(
            world.house, session, world.caller("buyer"), factory_id=factory, purpose="rfq", message=f"{WORDS[1]} calling"
        )
        access.decide_request(world.house, session, world.caller("maker"), asked.id, grant=True, tier="partner")
    day = world.house.today()
    engagement = Engagement(
        factory_id=factory, auditor="auditor", scheme="peer-check", scheme_version="", kind="peer", modality="onsite",
        scope=("process",), scope_text=WORDS[2], start=day, until=day,
    )  # fmt: skip
    with world.house.database.write() as session:
        audit = audits.propose_audit(world.house, session, world.caller("maker"), engagement)
        audits.accept_audit(world.house, session, world.caller("auditor"), audit.id)
    return factory


def rows_holding(database: Database, words: tuple[str, ...]) -> set[str]:
    found = set()
    with database.read() as session:
        for table in inspect(session.connection()).get_table_names():
            rows = session.execute(text(f'SELECT * FROM "{table}"')).all()
            if any(word in str(row) for row in rows for word in words):
                found.add(table)
    return found


def erase(world: World, factory: str) -> None:
    with world.house.database.write() as session:
        leaving.erase_factory(world.house, session, owner(world, "maker"), factory, confirm=factory)
    erasing.scrub(world.house)


def test_no_table_holds_a_word_of_an_erased_factory(database: Database) -> None:
    world = World.on(database)
    factory = shared_widely(world)
    assert {"factories", "profile_revisions", "publications"} <= rows_holding(database, WORDS[:1])
    assert rows_holding(database, WORDS[1:]) == {"access_requests", "audits"}
    erase(world, factory)
    assert rows_holding(database, WORDS) == set()
    with database.read() as session:
        # What is signed is encoded, so words do not show in it: there must be none left.
        assert session.query(StoredView).count() == 0


def test_no_file_of_the_database_holds_a_word_of_an_erased_factory(sqlite_database: Database) -> None:
    world = World.on(sqlite_database)
    factory = shared_widely(world)
    folder = Path(str(sqlite_database.url.database)).parent
    snapshot = folder / "snapshot.index"
    world.house.replica.shelf = SnapshotFile(snapshot, key=bytes(32))
    assert snapshots.save(world.house) == 1

    def holding() -> list[str]:
        words = [word.encode() for word in WORDS]
        return [file.name for file in folder.iterdir() if any(word in file.read_bytes() for word in words)]

    assert holding() != [], "the search finds what is there"
    assert snapshot.is_file()
    erase(world, factory)
    assert holding() == []
    assert not snapshot.exists()


def test_an_erased_factory_is_unknown_to_everybody_its_owner_too(database: Database) -> None:
    world = World.on(database)
    factory = shared_widely(world)
    with database.read() as session:
        bits = [(row.status_list_id, row.status_index) for row in session.query(StoredView)]
    erase(world, factory)
    with database.read() as session:
        maker = world.caller("maker")
        assert factories.list_factories(world.house, session, maker) == []
        for ask in (factories.get_profile, own_policy.get_policy):
            with pytest.raises(NotFound):
                ask(world.house, session, maker, factory)
        for slug in ("maker", "buyer"):
            assert list(grants.list_grants(world.house, session, world.caller(slug))) == []
        assert all(session.get_one(StatusEntry, bit).revoked for bit in bits)
        left = session.get_one(Factory, factory)
        assert (left.state, left.legal_name, left.import_key, left.first_published_at) == ("erased", "", None, None)
        assert session.query(Change).count() >= 2
    parameters = parse_query({}, world.house.today())
    assert search(world.house, lambda _: world.caller("buyer"), parameters, limit=10).factories == 0


def test_a_draft_is_erased_too(database: Database) -> None:
    world = World.on(database)
    world.organization("maker")
    factory = world.factory("maker", {**LATHE_SHOP, "legal_name": WORDS[0]}, live=False)
    erase(world, factory)
    assert rows_holding(database, WORDS) == set()


def test_erasing_waits_for_the_id_and_for_an_owner_and_tells_strangers_nothing(sqlite_database: Database) -> None:
    world = World.on(sqlite_database)
    for slug in ("maker", "rival"):
        world.organization(slug)
    factory = world.factory("maker", LATHE_SHOP)
    refusals = {
        "an editor": (world.caller("maker"), factory, RoleRequired),
        "the wrong word": (owner(world, "maker"), "yes", NotConfirmed),
        "a stranger": (owner(world, "rival"), factory, NotFound),
    }
    for caller, confirm, error in refusals.values():
        with pytest.raises(error), world.house.database.write() as session:
            leaving.erase_factory(world.house, session, caller, factory, confirm=confirm)
    with world.house.database.read() as session:
        assert len(factories.list_factories(world.house, session, world.caller("maker"))) == 1


def test_other_factories_of_the_owner_stay_whole(database: Database) -> None:
    world = World.on(database)
    factory = shared_widely(world)
    other = world.factory("maker", {**LATHE_SHOP, "legal_name": "Untouched"})
    erase(world, factory)
    with database.write() as session:
        assert previews.preview(world.house, session, world.caller("maker"), other, Asked()).projection is not None
    assert {"profile_revisions", "publications"} <= rows_holding(database, ("Untouched",))


def test_every_table_that_points_at_a_factory_is_known_to_erasing_by_itself() -> None:
    """What erasing finds with its own imports is what there is with every table of the product declared."""
    code = "from sharing.erasing import belonging; print(*sorted(belonging('x')))"
    alone = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert migrations.metadata() is not None
    everything = erasing.belonging("x")
    assert alone == sorted(everything)
    assert {"profile_revisions", "stored_views", "grants", "audits", "attestations", "findings", "disputes"} <= set(everything)
