"""`guildnet worker --once` and `guildnet fsck` on a node that the demonstration left behind."""

from __future__ import annotations

import json
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.cli.conftest import Shell
from tests.processes.running import MAIN


@pytest.fixture
def demo(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Everything that the product does has been done."""
    # It would stay configured for every later test of this process.
    monkeypatch.setattr("api.logs.configure", lambda level: None)
    empty.run("demo", "--no-serve", "--folder", empty.path("demo"))
    monkeypatch.setenv("GUILDNET_DATABASE_URL", f"sqlite:///{empty.folder / 'demo' / 'guildnet.db'}")
    monkeypatch.setenv("GUILDNET_KEK_FILE", str(empty.folder / "demo" / "guildnet.kek"))
    monkeypatch.setenv("GUILDNET_DEVELOPMENT", "true")
    return empty


def test_the_demonstrations_node_is_sound_before_and_after_the_workers_round(demo: Shell) -> None:
    assert demo.json("fsck")["sound"]
    ran = {each["job"]: each for each in demo.json("worker", "--once")}
    assert ran["index-snapshot"]["done"] == 1
    assert [each["failure"] for each in ran.values()] == [""] * len(ran)
    file = Path(demo.path("demo")) / "guildnet.db.index"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    report = demo.json("fsck")
    assert (report["findings"], report["notes"]) == ([], [])
    assert report["checked"]["snapshot"] == 1
    # In a process of its own: what sets logging up would reach every later test of this one.
    shown = subprocess.run([sys.executable, "-c", MAIN, "fsck"], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "sound"
    assert "snapshot_loaded" not in shown.stdout
    assert "snapshot_loaded" in {json.loads(line)["event"] for line in shown.stderr.splitlines()}
    assert {each["done"] for each in demo.json("worker", "--once")} == {0}


def test_damage_ends_with_three_names_no_value_and_what_is_derived_is_rebuilt(demo: Shell) -> None:
    demo.run("worker", "--once")
    (Path(demo.path("demo")) / "guildnet.db.index").write_bytes(b"nonsense")
    with sqlite3.connect(Path(demo.path("demo")) / "guildnet.db") as connection:
        connection.execute("UPDATE stored_views SET projection_digest = 'x'")
    said = demo.run("fsck", code=3).stdout
    assert "FOUND: snapshot: snapshot_refused" in said
    assert "FOUND: views: not_the_projection" in said
    report = demo.json("fsck", "--rebuild")
    assert report["findings"] == []
    assert {each["problem"] for each in report["repaired"]} == {"signed_anew", "written_anew"}
    demo.run("fsck")
