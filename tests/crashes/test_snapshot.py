"""A worker killed while it writes the index snapshot leaves the one before, whole, and the next one clears up."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from api.container import build
from api.settings import Settings
from sharing import fsck, snapshots
from tests.api.test_factories import made
from tests.api.world import KEK, NOON, populate, world_at
from tests.crashes.stopping import Command, done, stopped
from trust import base64url


def test_a_snapshot_half_written_is_never_read(database_url: str, tmp_path: Path) -> None:
    clients = populate(database_url)
    world = world_at(database_url, clients)
    made(world)
    file = tmp_path / "node.index"
    command = Command(arguments=("worker", "--once"), environment={"GUILDNET_INDEX_SNAPSHOT": str(file)})
    stopped(database_url, command, "snapshot:half-written")
    (half,) = tmp_path.glob("*.half")
    # The lease of the worker that is gone holds for a minute; nobody waits for it but the next snapshot.
    assert '"done"' not in done(database_url, command)["body"]
    assert not file.exists()

    settings = Settings(database_url=database_url, kek=base64url.encode(KEK.secret), index_snapshot=str(file))
    with closing(build(settings, clock=lambda: NOON)) as container:
        assert fsck.rebuild(container.house, fsck.fsck(container.house)).findings == ()
        before = file.read_bytes()
        made(world)
        old = half.stat().st_mtime - 2 * 3600
        os.utime(half, (old, old))
        later = replace(command, environment=dict(command.environment))
        stopped_again(database_url, later, file, before)
        report = fsck.fsck(container.house)
        assert (report.findings, report.notes) == ((), ())
        assert half.exists()
        assert snapshots.save(container.house) == 1
        assert not half.exists(), "what was left two hours ago is cleared up"
    world.app.extensions["guildnet"].close()


def stopped_again(url: str, command: Command, file: Path, before: bytes) -> None:
    """Killed a second time, by another holder, once the first one's lease is over; the file before is untouched."""
    from sqlalchemy import text

    from network.database import Database

    database = Database(url)
    with database.write() as session:
        session.execute(text("DELETE FROM leases"))
    database.dispose()
    stopped(url, command, "snapshot:half-written")
    assert file.read_bytes() == before
