"""The index snapshot: used when it is of this database, this program and these caps, and refused when anything is amiss."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from network import points
from network.database import Database
from network.keystore import Keystore
from policies import parse_platform
from sharing import catalogue, publish, snapshots, upkeep
from sharing.feed import PublishedFeed
from sharing.search import Replica, parse_query
from sharing.searching import SearchItem, search
from sharing.snapshots import SnapshotFile, SnapshotRefused, SnapshotUnwritable
from tests.databases import opened
from tests.world import World

KEY = bytes(32)
CARD = {"v": 1, "rules": [{"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["legal_name", "exact"]]}]}
HIDDEN = {"v": 1, "rules": [{"id": "none", "to": "anyone", "cap": [["*", "hidden"]]}]}
CAPS = [{"id": "x", "to": {"country": ["KP"]}, "cap": [["*", "hidden"]], "binds": "identified"}]
DOCUMENT = {"legal_name": "Turning works", "country": "VN", "capabilities": [{"process": "3.2.1"}]}


class Counting(PublishedFeed):
    """Counts how often everything is read."""

    def __init__(self, keystore: Keystore) -> None:
        super().__init__(keystore)
        self.whole = 0

    def everything(self, session):
        self.whole += 1
        return super().everything(session)


def started(world: World, path: Path, *, key: bytes = KEY, platform=()) -> tuple[World, Counting]:
    """The node as a process sees it that starts now."""
    feed = Counting(world.house.keystore)
    replica = Replica(feed, platform, SnapshotFile(path, key=key, platform=platform))
    return World(house=replace(world.house, replica=replica, platform=platform), clock=world.clock, ids=world.ids), feed


def found(world: World) -> list[str]:
    house = world.house
    caller = world.caller(None)
    answer = search(house, lambda _: caller, parse_query({}, house.today()), limit=50)
    assert answer.capabilities == len(answer.items)
    return sorted(name_of(each) for each in answer.items)


def name_of(item: SearchItem) -> str:
    cell: Any = item.projection.content["legal_name"]
    name: str = cell["value"]["und"]
    return name


@pytest.fixture
def node(database: Database, tmp_path: Path) -> tuple[World, Path]:
    """Three factories, and the place of a snapshot."""
    return populated(database), tmp_path / "node.index"


def populated(database: Database) -> World:
    world = World.on(database)
    world.organization("maker")
    for number in range(3):
        world.factory("maker", DOCUMENT | {"legal_name": f"Works {number}"}, policy=CARD)
    return world


def test_a_process_starts_from_it_and_follows_the_changes_since(node: tuple[World, Path]) -> None:
    world, path = node
    worker, built = started(world, path)
    assert snapshots.save(worker.house) == 1
    assert built.whole == 1
    assert snapshots.save(worker.house) == 0, "nothing has changed"
    gone = found(world)[0]
    with world.house.database.write() as session:
        publish.withdraw(world.house, session, world.caller("maker"), first_id(world, gone))
    world.factory("maker", DOCUMENT | {"legal_name": "Works 3"}, policy=CARD)
    fresh, feed = started(world, path)
    assert found(fresh) == found(world) == ["Works 1", "Works 2", "Works 3"]
    assert feed.whole == 0
    assert snapshots.save(fresh.house) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.glob("*.index*")] == ["node.index"]


@pytest.mark.skipif(sys.platform == "win32", reason="there the file is read, not mapped")
def test_processes_share_its_arrays_and_what_one_of_them_changes_is_its_own(node: tuple[World, Path]) -> None:
    world, path = node
    worker, _ = started(world, path)
    snapshots.save(worker.house)
    written = path.read_bytes()
    (one, _), (other, _) = started(world, path), started(world, path)
    assert found(one) == found(other) == ["Works 0", "Works 1", "Works 2"]
    ties = [each.house.replica._index.store.ids.tie for each in (one, other)]
    assert not any(each.flags.owndata for each in ties), "the arrays lie in the file"
    assert all(each.flags.writeable and each.flags.aligned for each in ties)

    with world.house.database.write() as session:
        publish.withdraw(world.house, session, world.caller("maker"), first_id(world, "Works 0"))
    assert found(one) == ["Works 1", "Works 2"]
    ties[0][:] = 0
    assert ties[1].any(), "another process does not see it"
    assert path.read_bytes() == written


def first_id(world: World, name: str) -> str:
    caller = world.caller(None)
    answer = search(world.house, lambda _: caller, parse_query({}, world.house.today()), limit=50)
    return next(each.projection.factory_id for each in answer.items if name_of(each) == name)


def refused(world: World, path: Path, **other) -> str:
    """Why a starting process refuses the file; that it answers all the same."""
    fresh, feed = started(world, path, **other)
    with pytest.MonkeyPatch.context() as patch:
        said: list[str] = []
        patch.setattr(snapshots.log, "warning", lambda event, reason: said.append(reason), raising=False)
        assert found(fresh) == found(world)
    assert feed.whole == 1
    (reason,) = said
    return reason


def test_one_damaged_in_any_byte_or_cut_off_anywhere_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    world, path = populated(sqlite_database), tmp_path / "node.index"
    snapshots.save(started(world, path)[0].house)
    whole = path.read_bytes()
    step = max(1, len(whole) // 700)
    places = sorted({*range(0, len(whole), step), *range(64), *range(len(whole) - 64, len(whole))})
    file = SnapshotFile(path, key=KEY)
    for at in places:
        for changed in (
            whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :],
            whole[:at],
            whole[:at] + whole[at + 1 :],
        ):
            path.write_bytes(changed)
            with pytest.raises(SnapshotRefused):
                file.read()
    path.write_bytes(whole + b"\0")
    assert refused(world, path).startswith("damaged")
    path.write_bytes(b"")
    assert refused(world, path) == "not a snapshot"
    path.write_bytes(whole)
    assert found(started(world, path)[0]) == found(world)


def test_one_of_another_key_node_release_or_under_other_caps_is_refused(
    sqlite_database: Database, tmp_path: Path, new_database: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    world, path = populated(sqlite_database), tmp_path / "node.index"
    snapshots.save(started(world, path)[0].house)
    assert refused(world, path, key=bytes(31) + b"1") == snapshots.OTHER_KEY
    assert refused(world, path, platform=parse_platform(CAPS, catalogue.vocabulary())) == "made under other platform caps"
    other = World.on(new_database(), origin="https://other.example")
    other.organization("maker")
    other.factory("maker", DOCUMENT, policy=CARD)
    assert refused(other, path) == "of another node"
    monkeypatch.setattr(snapshots, "program", lambda: "later")
    assert refused(world, path) == "of another release or catalogue"


def test_one_that_is_older_than_the_change_table_is_refused(node: tuple[World, Path]) -> None:
    world, path = node
    snapshots.save(started(world, path)[0].house)
    world.factory("maker", DOCUMENT | {"legal_name": "Works 3"}, policy=CARD)
    assert found(started(world, path)[0]) == found(world)
    upkeep.trim_changes(world.house, kept=1)
    assert refused(world, path) == "older than the change table"


def test_one_of_a_history_that_a_backup_put_an_end_to_is_refused(sqlite_database: Database, tmp_path: Path) -> None:
    """The same numbers were given out again, for changes of the same factories in the same order."""
    world, path = populated(sqlite_database), tmp_path / "node.index"
    world.house.database.dispose()
    source = Path(str(sqlite_database.url.database))
    backup = shutil.copyfile(source, tmp_path / "backup.db")
    factory_id = first_id(world, "Works 0")
    world.policy(
        "maker", factory_id, CARD | {"rules": [*CARD["rules"], {"id": "n", "to": "anyone", "show": [["note", "exact"]]}]}
    )
    snapshots.save(started(world, path)[0].house)
    with opened(f"sqlite:///{backup}") as restored:
        later = World.on(restored, fresh=False)
        assert refused(later, path) == "newer than the tables"
        later.policy("maker", factory_id, HIDDEN)
        assert refused(later, path) == "of another history of this database"
        assert found(later) == ["Works 1", "Works 2"]


def test_one_that_was_half_written_leaves_the_one_before(sqlite_database: Database, tmp_path: Path) -> None:
    world, path = populated(sqlite_database), tmp_path / "node.index"
    house = started(world, path)[0].house
    snapshots.save(house)
    before = path.read_bytes()
    world.factory("maker", DOCUMENT | {"legal_name": "Works 3"}, policy=CARD)

    class Stopped(Exception):
        pass

    def stop(name: str) -> None:
        if name == "snapshot:half-written":
            halves = list(tmp_path.glob("*.half"))
            assert len(halves) == 1
            assert stat.S_IMODE(halves[0].stat().st_mode) == 0o600
            raise Stopped

    with points.watched(stop), pytest.raises(Stopped):
        snapshots.save(house)
    assert path.read_bytes() == before
    assert list(tmp_path.glob("*.half")) == []
    assert snapshots.save(house) == 1
    assert path.read_bytes() != before


def test_where_it_cannot_be_written_the_error_says_so(sqlite_database: Database, tmp_path: Path) -> None:
    world = populated(sqlite_database)
    with pytest.raises(SnapshotUnwritable):
        snapshots.save(started(world, tmp_path / "nowhere" / "node.index")[0].house)
    (tmp_path / "taken").mkdir()
    with pytest.raises(SnapshotUnwritable):
        snapshots.save(started(world, tmp_path / "taken")[0].house)
    assert list(tmp_path.glob("*.half")) == []
    assert snapshots.save(world.house) == 0, "without a place there is nothing to do"


def test_an_index_without_any_change_is_not_written(sqlite_database: Database, tmp_path: Path) -> None:
    world, _ = started(World.on(sqlite_database), tmp_path / "node.index")
    assert snapshots.save(world.house) == 0
    assert not (tmp_path / "node.index").exists()


def test_the_digest_of_the_program_changes_with_every_source_and_with_nothing_else(tmp_path: Path) -> None:
    assert len(snapshots.program()) == 64
    (tmp_path / "inner").mkdir()
    for name in ("a.py", "inner/b.py", "inner/words.csv", "notes.txt"):
        (tmp_path / name).write_text("1")
    first = snapshots.digest_of([tmp_path])
    (tmp_path / "notes.txt").write_text("2")
    assert snapshots.digest_of([tmp_path]) == first
    digests = {first}
    for name in ("a.py", "inner/b.py", "inner/words.csv"):
        (tmp_path / name).write_text("2")
        digests.add(snapshots.digest_of([tmp_path]))
    (tmp_path / "a.py").rename(tmp_path / "c.py")
    digests.add(snapshots.digest_of([tmp_path]))
    assert len(digests) == 5
