"""No room left: reading one's own goes on, writing is refused by name, others are shown what can still be noted in the ledger
and nothing else, nothing is half, and with room again all works."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from network.database import Database
from network.errors import StorageFull
from tests.api.fixtures import Template
from tests.api.ledger.rows import rows
from tests.api.test_factories import LATHE, made
from tests.api.world import World, world_at

MEGABYTE = 1 << 20
MOST = 400
SIGNED = {"Accept": "application/vc+jwt"}


def whole(path: Path) -> None:
    """The file is undamaged, and every factory in it has its profile and its policy."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for revisions in ("profile_revisions", "policy_revisions"):
            missing = f"SELECT count(*) FROM factories WHERE id NOT IN (SELECT factory_id FROM {revisions})"
            assert connection.execute(missing).fetchone() == (0,)


def until_full(world: World) -> tuple[int, TestResponse]:
    """Make factories until one is refused; how many were made, and the refusal."""
    for count in range(MOST):
        answer = world.post("acme", "/v1/factories", json={**LATHE, "legal_name": {"en": "Full " * 30 + str(count)}})
        if answer.status_code != 201:
            return count, answer
    raise AssertionError("it never became full")


def noted_or_refused(world: World, who: str | None, path: str, **other: Any) -> TestResponse | None:
    """The answer, where there was room to note it; None where it was refused for want of room."""
    before = len(rows(world))
    answer = world.get(who, path, **other)
    added = len(rows(world)) - before
    if answer.status_code == 200:
        assert added > 0
        return answer
    assert (answer.status_code, answer.json["code"], added) == (503, "disclosure_unrecorded", 0), answer.text
    return None


def reads_go_on_and_writes_are_refused(world: World, factory: str, before: bytes) -> None:
    known = len(world.get("acme", "/v1/factories").json["factories"])
    count, refused = until_full(world)
    assert (refused.status_code, refused.json["code"]) == (503, "storage_full"), refused.text
    assert refused.content_type == "application/problem+json"
    again = world.post("acme", "/v1/factories", json=LATHE)
    assert again.status_code in (201, 503)
    assert len(world.get("acme", "/v1/factories").json["factories"]) == known + count + (again.status_code == 201)
    world.clock.move(minutes=1)
    seen = noted_or_refused(world, None, f"/v1/factories/{factory}", headers=SIGNED)
    assert seen is None or seen.data == before
    found = noted_or_refused(world, None, "/v1/search?q=dong")
    assert found is None or factory in found.text
    noted_or_refused(world, "globex", f"/v1/factories/{factory}", purpose="rfq")
    noted_or_refused(world, "globex", f"/v1/factories/{factory}/bundle", purpose="rfq")
    assert world.get("acme", f"/v1/factories/{factory}").status_code == 200
    assert world.get("acme", f"/v1/factories/{factory}/bundle").status_code == 200
    assert world.get(None, "/readyz").status_code == 200


def test_a_database_that_may_not_grow_is_read_on(new_world: Callable[..., World]) -> None:
    world = new_world()
    factory = made(world)
    before = world.get(None, f"/v1/factories/{factory}", headers=SIGNED).data
    limit = {"pages": 0}

    def bound(connection: sqlite3.Connection, _: object) -> None:
        if limit["pages"]:
            connection.execute(f"PRAGMA max_page_count = {limit['pages']}")

    event.listen(world.database._engine, "connect", bound)
    with world.database.read() as session:
        limit["pages"] = int(str(session.execute(text("PRAGMA page_count")).scalar())) + 20
    world.database.dispose()
    reads_go_on_and_writes_are_refused(world, factory, before)
    path = Path(str(world.database.url.database))
    whole(path)
    limit["pages"] = 100_000
    world.database.dispose()
    assert made(world)
    world.database.dispose()
    whole(path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("a small file system cannot be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, *, leave: int) -> Path:
    free = shutil.disk_usage(folder).free
    filler = folder / "filler"
    filler.write_bytes(b"x" * max(free - leave, 0))
    return filler


def test_a_full_disk_is_read_on(template: Template, small_disk: Path) -> None:
    path = small_disk / "node.db"
    shutil.copy(template[0], path)
    world = world_at(f"sqlite:///{path}", template[1], journal_file=str(small_disk / "journal"))
    try:
        factory = made(world)
        before = world.get(None, f"/v1/factories/{factory}", headers=SIGNED).data
        filler = fill(small_disk, leave=MEGABYTE // 2)
        reads_go_on_and_writes_are_refused(world, factory, before)
        filler.unlink()
        assert made(world)
        answer = world.post("acme", f"/v1/factories/{factory}/withdraw")
        assert answer.status_code == 204
    finally:
        world.app.extensions["guildnet"].close()
    whole(path)


def test_a_journal_without_room_refuses_the_write_before_it_is_made(
    new_world: Callable[..., World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(journal_file=str(tmp_path / "journal"))
    factory = made(world)
    (tmp_path / "journal").unlink()
    world.app.extensions["guildnet"].close()
    world = world_at(world.settings.database_url, world.clients, seed=5, journal_file=str(tmp_path / "journal"))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", full)
        refused = world.post("acme", f"/v1/factories/{factory}/withdraw")
    assert (refused.status_code, refused.json["code"]) == (503, "storage_full")
    assert world.get(None, f"/v1/factories/{factory}").status_code == 200
    assert world.post("acme", f"/v1/factories/{factory}/withdraw").status_code == 204
    world.app.extensions["guildnet"].close()


def test_postgresql_without_room_is_named_alike(postgres_database: Database) -> None:
    said = text("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$")
    with pytest.raises(StorageFull), postgres_database.write() as session:
        session.execute(said)
