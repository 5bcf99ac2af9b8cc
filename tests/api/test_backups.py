"""A backup is a verified copy of one moment, taken while others write; what is not as it was written is refused."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, update

from api import backups, migrations
from api.backups import BackupDamaged, BackupFailed, OtherKek, TargetNotEmpty, manifest
from network import identity
from network.keystore import Kek, Keystore
from sharing import fsck
from sharing.house import House
from sharing.models import Publication, StoredView
from tests.api.restoring import Place, again, place, restored, settled
from tests.api.test_factories import made
from tests.api.world import KEK, NOON, World, populate
from trust import bundle as bundles

__all__ = ["place"]

ROUNDS = 12
ROOT = str(Path(__file__).resolve().parents[2])
OTHER = Keystore(Kek(secret=bytes(32)), os.urandom)


def house_of(world: World) -> House:
    house: House = world.app.extensions["guildnet"].house
    return house


def keystore() -> Keystore:
    return Keystore(KEK, os.urandom)


@contextmanager
def writer(world: World, place: Place) -> Iterator[subprocess.Popen[str]]:
    clients = place.folder / "clients.json"
    clients.write_text(json.dumps(world.clients))
    arguments = [world.settings.database_url, str(place.folder / "journal"), str(clients)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.api.loading", *arguments],
        env=os.environ | {"PYTHONPATH": ROOT},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    assert process.stdout is not None
    found = [process.stdout.readline().strip() for _ in range(count)]
    assert all(found), "the writer ended"
    return found


def every_signature_verifies(world: World) -> int:
    with world.database.read() as session:
        anchors = identity.own_anchors(session)
        published = list(session.scalars(select(Publication.factory_id)))
    for factory in published:
        data = world.get(None, f"/v1/factories/{factory}/bundle").data
        report = bundles.verify(data, anchors, world.clock())
        assert report.view.status == "in_force", factory
        assert {str(each.verdict) for each in report.fields} == {"not_attested"}, factory
    return len(published)


def test_a_backup_taken_under_load_verifies_and_is_settled_exactly(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    house = world.app.extensions["guildnet"].house
    with writer(world, place) as process:
        before = lines(process, 3)
        taken = backups.take(house, place.url, place.folder / "backup", lambda *_: None)
        lines(process, ROUNDS)
    with world.database.read() as session:
        last = identity.node(session).did, len(list(session.scalars(select(Publication.factory_id))))
    assert taken.manifest.node == last[0]
    world = restored(world, place, taken.file)
    done = settled(world)
    assert done.exactly
    assert done.lost["grants"] >= ROUNDS - 1
    world = again(world, place)
    kept = every_signature_verifies(world)
    assert fsck.fsck(house_of(world)).findings == ()
    assert 1 <= kept < last[1]
    for number, factory in enumerate(before):
        assert world.get(None, f"/v1/factories/{factory}").status_code == (404 if number % 2 else 200)
    assert made(world)


def test_a_backup_says_what_it_is_and_is_private(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    made(world)
    steps: list[tuple[int, int]] = []
    taken = backups.take(house_of(world), place.url, place.folder, lambda *step: steps.append(step))
    assert taken.file.name.startswith("guildnet-20261122T121700Z.")
    stated = json.loads(manifest.beside(taken.file).read_text())
    assert stated["node"] == "did:web:node.example"
    assert stated["tables"] == migrations.head()
    assert stated["change"] >= 1
    assert stated["generation"] >= 1
    assert {"tables", "keys", "fsck"} <= set(stated["checked"])
    for file in (taken.file, manifest.beside(taken.file)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        data = file.read_bytes()
        assert KEK.secret not in data
        assert world.settings.kek.encode() not in data
    assert {each.name for each in place.folder.iterdir() if each.name.startswith(".")} == set()
    if stated["form"] == "sqlite":
        assert steps[-1][0] == steps[-1][1] > 0
    with pytest.raises(TargetNotEmpty):
        backups.take(house_of(world), place.url, taken.file, lambda *_: None)


def a_backup(place: Place) -> Path:
    world = place.world(place.url, populate(place.url), seed=1)
    file = backups.take(house_of(world), place.url, place.folder / "backup", lambda *_: None).file
    place.close()
    place.opened.clear()
    return file


def test_a_target_with_something_in_it_is_left_alone(place: Place) -> None:
    file = a_backup(place)
    with pytest.raises(TargetNotEmpty):
        backups.restore(file, place.url, keystore(), NOON)
    fresh = place.another()
    backups.restore(file, fresh, keystore(), NOON)
    with pytest.raises(TargetNotEmpty):
        backups.restore(file, fresh, keystore(), NOON)


def test_the_log_of_a_crashed_database_is_not_played_into_a_restored_one(tmp_path: Path, sqlite_url: str) -> None:
    here = Place(folder=tmp_path, url=sqlite_url, another=lambda: f"sqlite:///{tmp_path / 'new.db'}")
    file = a_backup(here)
    (tmp_path / "new.db-wal").write_bytes(b"left behind")
    with pytest.raises(TargetNotEmpty, match=r"new\.db-wal"):
        backups.restore(file, here.another(), keystore(), NOON)
    assert not (tmp_path / "new.db").exists()


def test_another_key_is_told_from_damage_and_nothing_is_restored(place: Place) -> None:
    file = a_backup(place)
    fresh = place.another()
    with pytest.raises(OtherKek, match="key file"):
        backups.restore(file, fresh, OTHER, NOON)
    backups.restore(file, fresh, keystore(), NOON)


@pytest.mark.parametrize("harm", ["byte", "short", "empty", "gone", "manifest", "seal", "no manifest", "not json", "node"])
def test_what_is_not_as_it_was_written_is_refused(tmp_path: Path, sqlite_url: str, harm: str) -> None:
    here = Place(folder=tmp_path, url=sqlite_url, another=lambda: f"sqlite:///{tmp_path / 'new.db'}")
    file = a_backup(here)
    beside = manifest.beside(file)
    data, stated = bytearray(file.read_bytes()), json.loads(beside.read_text())
    match harm:
        case "byte":
            data[len(data) // 2] ^= 1
            file.write_bytes(data)
        case "short" | "empty":
            file.write_bytes(data[: len(data) // 2 if harm == "short" else 0])
        case "gone":
            file.unlink()
        case "manifest" | "node":
            name = "change" if harm == "manifest" else "node"
            beside.write_text(json.dumps(stated | {name: 10**6 if harm == "manifest" else "did:web:other.example"}))
        case "seal":
            beside.write_text(json.dumps(stated | {"seal": "0" * 64}))
        case "no manifest":
            beside.unlink()
        case "not json":
            beside.write_text("{")
    with pytest.raises(BackupDamaged):
        backups.restore(file, here.another(), keystore(), NOON)
    assert not (tmp_path / "new.db").exists()
    assert not list(tmp_path.glob(".new.db*"))


def test_a_damaged_database_is_no_backup(tmp_path: Path, sqlite_url: str) -> None:
    here = Place(folder=tmp_path, url=sqlite_url, another=lambda: "")
    world = here.world(sqlite_url, populate(sqlite_url), seed=1)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE clients SET organization_id = 'nobody'")
        connection.commit()
    with pytest.raises(BackupDamaged, match="point nowhere"):
        backups.take(house_of(world), sqlite_url, tmp_path / "backup", lambda *_: None)
    assert not (tmp_path / "backup").exists()
    assert not list(tmp_path.glob(".backup*"))
    here.close()


def test_what_fsck_finds_is_no_backup(place: Place) -> None:
    world = place.world(place.url, populate(place.url), seed=1)
    made(world)
    with world.database.write() as session:
        session.execute(update(StoredView).values(projection_digest="0" * 64))
    with pytest.raises(BackupDamaged, match="not sound"):
        backups.take(house_of(world), place.url, place.folder / "backup", lambda *_: None)
    assert not list(place.folder.glob("*backup*"))


def test_a_backup_of_another_kind_of_database_says_so(tmp_path: Path, sqlite_url: str) -> None:
    file = a_backup(Place(folder=tmp_path, url=sqlite_url, another=lambda: ""))
    with pytest.raises(BackupFailed, match="sqlite"):
        backups.restore(file, "postgresql+psycopg://nobody@localhost:1/x", keystore(), NOON)


def test_without_postgresqls_programs_it_says_what_to_install(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Place(folder=tmp_path, url=postgres_url, another=lambda: "").world(postgres_url, populate(postgres_url), seed=1)
    monkeypatch.setattr("api.backups.dumps._candidates", lambda _: [])
    with pytest.raises(BackupFailed, match="postgresql-client"):
        backups.take(house_of(world), postgres_url, tmp_path / "backup", lambda *_: None)
    assert not (tmp_path / "backup").exists()
    world.app.extensions["guildnet"].close()
