"""An examination finds each damage and nothing else; rebuilding mends what is derived and only that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text

from network.database import Database
from network.models import OrganizationRow
from sharing import fsck, leaving, publish, snapshots, views
from sharing.feed import PublishedFeed
from sharing.ledger import sealing
from sharing.ledger.collecting import PUBLIC, Recipient, collecting
from sharing.ledger.recording import record
from sharing.models import Attestation, Factory
from sharing.search import Replica
from sharing.search.bitmaps import bitmap
from sharing.search.comparing import compared, differences
from sharing.search.store import Store
from sharing.snapshots import SnapshotFile
from sharing.viewers import MANAGE, READ_AND_WRITE, Caller
from tests.databases import opened
from tests.sharing.test_journey import LATHE
from tests.sharing.test_journey import test_a_factory_is_published_found_asked_granted_audited_and_verified_offline as whole_job
from tests.world import World

DATED = {
    "v": 1,
    "rules": [
        {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["legal_name", "exact"]]},
        {"id": "week", "to": "anyone", "until": "2026-11-25", "show": [["province", "exact"]]},
    ],
}


def build(database: Database) -> None:
    """The whole job has been done; two more factories, one of them withdrawn, one under a rule that ends."""
    world = World.on(database)
    world.organization("maker")
    world.organization("buyer", roles=["buyer"], country="JP")
    whole_job(world)
    seen_by_the_public(world, world.factory("maker", LATHE, policy=DATED))
    gone = world.factory("maker", LATHE)
    with database.write() as session:
        publish.withdraw(world.house, session, world.caller("maker"), gone)


def seen_by_the_public(world: World, factory_id: str) -> None:
    """As if it had been asked for at a door; sealed in its owner's ledger."""
    with world.house.database.read() as session, collecting(Recipient(id=PUBLIC)) as gathered:
        views.bundle_for(world.house, session, world.caller("maker"), factory_id, audience="public", purpose=None)
    record(world.house, gathered, way="export bundle")
    assert sealing.seal_due(world.house) == 1


def at(database: Database, folder: Path) -> World:
    """The node of a built database, with a place for its snapshot."""
    world = World.on(database, fresh=False, seed="later")
    return with_file(world, SnapshotFile(folder / "node.index", key=bytes(32)))


def with_file(world: World, file: SnapshotFile | None) -> World:
    """As a process sees it that starts now."""
    replica = Replica(PublishedFeed(world.house.keystore), (), file)
    return World(house=replace(world.house, replica=replica), clock=world.clock, ids=world.ids)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    file = Path(shutil.copyfile(sqlite_template, tmp_path_factory.mktemp("fsck") / "node.db"))
    with opened(f"sqlite:///{file}") as database:
        build(database)
    return file


@pytest.fixture
def world(built: Path, tmp_path: Path) -> Iterator[World]:
    """On SQLite: what is wrong with a row is so on any database."""
    with opened(f"sqlite:///{shutil.copyfile(built, tmp_path / 'node.db')}") as database:
        yield at(database, tmp_path)


def found(world: World) -> set[tuple[str, str]]:
    return {(each.check, each.problem) for each in fsck.fsck(world.house).findings}


def run(world: World, statement: str) -> None:
    """What no service does."""
    with world.house.database.write() as session:
        if world.house.database.dialect == "postgresql":
            session.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        done = session.execute(text(statement))
        assert done.rowcount, "nothing was damaged"


def test_a_sound_node_is_found_sound_and_every_check_looked_at_something(database: Database, tmp_path: Path) -> None:
    build(database)
    world = at(database, tmp_path)
    snapshots.save(world.house)
    report = fsck.fsck(world.house)
    assert report.findings == ()
    assert report.notes == ()
    unseen = {name for name, count in report.checked.items() if not count}
    assert unseen <= ({"file"} if world.house.database.dialect == "postgresql" else set())
    assert report.checked["views"] == 4
    assert report.checked["attestations"] == 1


def test_a_node_larger_than_what_is_held_at_once_is_looked_through_whole(database: Database, tmp_path: Path) -> None:
    build(database)
    world = at(database, tmp_path)
    whole = fsck.fsck(world.house)
    assert whole.checked["published"] == 2
    assert fsck.fsck(world.house, at_once=1) == whole


DAMAGES = {
    "a disclosure that was changed after it was sealed": ("UPDATE disclosures SET way = 'another'", ("ledger", "rewritten")),
    "a number that was given and is not there": ("DELETE FROM changes WHERE number = 2", ("changes", "gap")),
    "a counter that went back": ("UPDATE change_counter SET value = 1", ("changes", "not_the_newest_change")),
    "a counter that ran ahead": ("UPDATE change_counter SET value = 99", ("changes", "not_the_newest_change")),
    "a record that nobody stated": (
        "UPDATE publications SET document = replace(document, 'Dong', 'Ding')",
        ("published", "not_the_stated_profile"),
    ),
    "a policy that nobody wrote": (
        "UPDATE publications SET policy = replace(policy, 'exact', 'band')",
        ("published", "not_the_newest_policy"),
    ),
    "a published factory stated withdrawn": (
        "UPDATE factories SET state = 'withdrawn'",
        ("published", "published_in_another_state"),
    ),
    "another owner": (
        "UPDATE publications SET organization_id = (SELECT id FROM organizations WHERE slug = 'buyer')",
        ("published", "another_owner"),
    ),
    "a record that is no JSON": ("UPDATE publications SET document = '{'", ("published", "unreadable")),
    "a missing view": ("DELETE FROM stored_views WHERE audience = 'member'", ("views", "view_missing")),
    "a view of another projection": ("UPDATE stored_views SET projection_digest = 'x'", ("views", "not_the_projection")),
    "a view whose bytes changed": (
        "UPDATE stored_views SET jwt = replace(jwt, substr(jwt, 900, 4), 'AAAA')",
        ("views", "not_signed:signature_invalid"),
    ),
    "a view in the place of another": (
        "UPDATE stored_views SET jwt = (SELECT max(jwt) FROM stored_views)",
        ("views", "signed_for_another_place"),
    ),
    "a view that was taken back": ("UPDATE status_entries SET revoked = true", ("views", "status_bit_set")),
    "an old view that is valid again": ("UPDATE status_entries SET revoked = false", ("status", "valid_without_a_view")),
    "a grant that says something else": ("UPDATE grants SET purpose = 'audit'", ("grants", "says_something_else")),
    "a grant that nobody signed": ("UPDATE grants SET signed = 'x.y.z'", ("grants", "not_signed")),
    "an attestation under another key": ("UPDATE attestations SET sealed = worksheet", ("attestations", "not_readable")),
    "an attestation of another factory": (
        "UPDATE attestations SET factory_id = (SELECT max(id) FROM factories WHERE id <> attestations.factory_id)",
        ("attestations", "of_something_else"),
    ),
    "a sealed value of another row": (
        "UPDATE attestations SET worksheet = (SELECT sealed FROM attestations)",
        ("sealed", "does_not_open"),
    ),
    "a key in another place": (
        "UPDATE keys SET sealed = (SELECT max(sealed) FROM keys k WHERE k.kid <> keys.kid) WHERE sealed IS NOT NULL",
        ("keys", "does_not_open"),
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_each_damage_is_found(world: World, what: str) -> None:
    statement, expected = DAMAGES[what]
    run(world, statement)
    assert expected in found(world)


def test_rows_that_point_nowhere_are_found(postgres_database: Database) -> None:
    world = World.on(postgres_database)
    world.organization("maker")
    world.factory("maker", LATHE)
    run(world, "DELETE FROM profile_revisions")
    run(world, "DELETE FROM organizations WHERE slug = 'maker'")
    assert ("rows", "points_nowhere") in found(world)


def test_what_is_due_is_no_damage(world: World) -> None:
    world.clock.now = world.clock.now.replace(day=26)
    report = fsck.fsck(world.house)
    assert report.findings == ()
    assert {(each.check, each.problem) for each in report.notes} == {("views", "due")}


def test_two_views_at_once_are_found_and_mended(database: Database, tmp_path: Path) -> None:
    build(database)
    world = at(database, tmp_path)
    with world.house.database.write() as session:
        session.execute(
            text(
                "INSERT INTO status_entries (list_id, entry, revoked) "
                "SELECT status_list_id, (status_index + 1) % 1000, false FROM stored_views WHERE audience = 'public'"
            )
        )
    report = fsck.fsck(world.house)
    assert {(each.check, each.problem, each.detail) for each in report.findings} == {("status", "two_views_at_once", "public")}
    again = fsck.rebuild(world.house, report)
    assert again.findings == ()
    assert {each.problem for each in again.repaired} == {"signed_anew", "written_anew"}


@pytest.mark.parametrize(
    "what",
    ["a missing view", "a view of another projection", "a view whose bytes changed", "a view in the place of another"],
)
def test_views_are_made_anew_and_the_old_ones_taken_back(world: World, what: str) -> None:
    run(world, DAMAGES[what][0])
    again = fsck.rebuild(world.house, fsck.fsck(world.house))
    assert again.findings == ()


def test_what_somebody_stated_or_signed_is_not_mended(world: World) -> None:
    run(world, DAMAGES["a grant that says something else"][0])
    run(world, DAMAGES["a policy that nobody wrote"][0])
    again = fsck.rebuild(world.house, fsck.fsck(world.house))
    assert {(each.check, each.problem) for each in again.findings} >= {
        ("grants", "says_something_else"),
        ("published", "not_the_newest_policy"),
    }


def test_a_wrong_bit_in_the_index_is_found_and_gone_after_rebuilding(world: World) -> None:
    house = world.house
    with house.replica.asking(house.database.read, lambda _, index: index) as (_, index):
        head = next(iter(index.store.ids.heads))
        rows = next(each for each in index.audiences.rows if each.shows)
        next(iter(rows.shows.values())).remove_range(head, head + 10)
    report = fsck.fsck(house)
    assert {each.problem for each in report.findings} >= {"not_as_the_tables", "another_level_than_decided"}
    assert {each.check for each in report.findings} == {"index"}
    assert fsck.rebuild(house, report).findings == ()


def test_a_snapshot_that_says_something_else_than_the_tables_is_found_and_written_anew(world: World) -> None:
    """As if the program had once followed an edit wrongly: the file is whole, and its own."""
    house = world.house
    with house.replica.asking(house.database.read, lambda _, index: index) as (_, index):
        table = next(each for each in index.store.postings.every() if each.by_term)
        next(iter(table.by_term.values())).clear()
    assert snapshots.save(house) == 1
    fresh = with_file(world, house.replica.shelf).house
    report = fsck.fsck(fresh)
    assert {(each.check, each.problem) for each in report.findings} == {("index", "not_as_the_tables")}
    assert fsck.rebuild(fresh, report).findings == ()
    assert fsck.fsck(with_file(world, house.replica.shelf).house).findings == ()


def test_a_damaged_snapshot_is_found_and_an_old_one_is_noted(world: World, tmp_path: Path) -> None:
    file = tmp_path / "node.index"
    snapshots.save(world.house)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    report = fsck.fsck(world.house)
    assert {(each.check, each.problem) for each in report.findings} == {("snapshot", "snapshot_refused")}
    assert fsck.rebuild(world.house, report).findings == ()
    file.write_bytes(whole)
    run(world, "DELETE FROM changes WHERE number < (SELECT max(number) FROM changes)")
    world.factory("maker", LATHE)
    run(world, "DELETE FROM changes WHERE number < (SELECT max(number) FROM changes)")
    report = fsck.fsck(world.house)
    assert report.findings == ()
    assert [each.detail for each in report.notes] == ["older than the change table"]


def test_a_snapshot_of_before_the_key_was_changed_is_noted(world: World, tmp_path: Path) -> None:
    snapshots.save(world.house)
    later = with_file(world, SnapshotFile(tmp_path / "node.index", key=bytes(31) + b"1"))
    report = fsck.fsck(later.house)
    assert report.findings == ()
    assert [each.detail for each in report.notes] == [snapshots.OTHER_KEY]
    snapshots.save(later.house, anew=True)
    assert fsck.fsck(later.house).notes == ()


def test_a_node_with_an_erased_factory_is_sound_and_an_emptied_attestation_of_another_is_not(world: World) -> None:
    with world.house.database.read() as session:
        (factory,) = session.scalars(select(Attestation.factory_id)).all()
        (slug,) = session.scalars(
            select(OrganizationRow.slug)
            .join(Factory, Factory.organization_id == OrganizationRow.id)
            .where(Factory.id == factory)
        ).all()
    with world.house.database.write() as session:
        member = world.caller(slug).member
        owner = Caller(member=member, purpose=None, may=READ_AND_WRITE | {MANAGE})
        leaving.erase_factory(world.house, session, owner, factory, confirm=factory)
    report = fsck.fsck(world.house)
    assert report.findings == ()
    assert report.checked["attestations"] == 1
    run(world, f"UPDATE factories SET state = 'withdrawn' WHERE id = '{factory}'")
    assert ("attestations", "not_readable") in found(world)


def test_a_check_that_cannot_go_on_is_a_finding_and_the_others_still_run(sqlite_database: Database) -> None:
    world = World.on(sqlite_database)

    def break_down(_: fsck.Examination) -> object:
        raise ValueError("a value")

    broken = fsck.Check(name="broken", look=break_down)  # type: ignore[arg-type]
    report = fsck.fsck(world.house, [broken, *fsck.CHECKS])
    assert [(each.check, each.problem, each.detail) for each in report.findings] == [("broken", "check_ended", "ValueError")]
    assert len(report.checked) == 1 + len(fsck.CHECKS)


def test_indexes_are_compared_whatever_numbers_their_records_have(world: World) -> None:
    house = world.house
    with house.replica.asking(house.database.read, lambda _, index: index) as (session, index):
        first = house.replica.build(session)
        assert differences(index, first) == []
        second = house.replica.build(session)
        second.put(sorted(second.store.ids.runs)[0], None)
        assert differences(index, second) == ["records"]
        for change in (
            lambda each: each.store.certificates._days.__iadd__(1),
            lambda each: each.store.hours._hours.__isub__(1),
            lambda each: next(column for column in each.store.numbers.values() if len(column._value))._value.__iadd__(1),
            lambda each: each.audiences.named.update(bitmap([1])),
            lambda each: each.store.ids.tie.__iadd__(1),
        ):
            other = house.replica.build(session)
            change(other)
            assert len(differences(index, other)) >= 1


def test_every_structure_of_the_store_is_compared() -> None:
    store = Store()
    assert compared(store) == set(vars(store)), "add how the new one is compared to sharing.search.comparing"
