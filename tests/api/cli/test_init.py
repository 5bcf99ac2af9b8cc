"""`init` asks before it makes anything, keeps the key apart from the data, and happens once."""

import sqlite3
import stat
from pathlib import Path

import pytest

from tests.api.cli.conftest import ORIGIN, Shell


def test_without_an_origin_nothing_is_made(empty: Shell) -> None:
    empty.run("init", code=2)
    assert list(empty.folder.iterdir()) == []


@pytest.mark.parametrize(
    "origin", ["registry.example.org", "http://registry.example.org", "https://10.0.0.1", "https://a.org/x"]
)
def test_what_is_no_origin_makes_nothing(empty: Shell, origin: str) -> None:
    assert "origin_invalid" in empty.run("init", "--origin", origin, code=1).stderr
    assert list(empty.folder.iterdir()) == []


def test_a_new_node_prints_its_anchor_and_keeps_its_key_in_a_private_file(empty: Shell) -> None:
    made = empty.json("init", "--origin", ORIGIN)
    assert made["did"] == "did:web:registry.example.org"
    assert made["anchor"].startswith(f"node:{ORIGIN}#")
    key = Path(made["kek_file"])
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes().strip() not in (empty.folder / "node.db").read_bytes()


def test_a_second_init_is_refused_and_changes_nothing(shell: Shell) -> None:
    before = (shell.folder / "node.kek").read_bytes()
    assert "node_exists" in shell.run("init", "--origin", "https://other.example.org", code=1).stderr
    assert (shell.folder / "node.kek").read_bytes() == before
    assert shell.json("key", "list")["owner"] == "did:web:registry.example.org"


def test_a_run_that_broke_off_after_the_key_file_is_finished_with_that_key(empty: Shell) -> None:
    empty.run("init", "--origin", ORIGIN)
    kek = (empty.folder / "node.kek").read_bytes()
    for file in empty.folder.glob("node.db*"):
        file.unlink()
    assert empty.json("init", "--origin", ORIGIN)["kek_file"] is None
    assert (empty.folder / "node.kek").read_bytes() == kek
    empty.run("org", "add", "an-phat", "--name", "An Phát")


def test_a_run_that_broke_off_before_the_node_was_made_is_finished(empty: Shell) -> None:
    from api import migrations

    migrations.upgrade(f"sqlite:///{empty.folder / 'node.db'}")
    empty.run("init", "--origin", ORIGIN)


def test_a_key_file_that_others_can_read_is_refused(empty: Shell) -> None:
    (empty.folder / "node.kek").write_text("A" * 43)
    (empty.folder / "node.kek").chmod(0o644)
    assert "kek_unreadable" in empty.run("init", "--origin", ORIGIN, code=1).stderr


def test_a_local_origin_needs_the_development_setting(empty: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    for origin in ("http://localhost:8123", "http://localhost"):
        said = empty.run("init", "--origin", origin, code=1).stderr
        assert "origin_invalid" in said
        assert "GUILDNET_DEVELOPMENT=true" in said
    monkeypatch.setenv("GUILDNET_DEVELOPMENT", "true")
    assert empty.json("init", "--origin", "http://localhost:8123")["did"] == "did:web:localhost%3A8123"


def test_upgrade_goes_alone_and_needs_a_database(shell: Shell, empty: Shell) -> None:
    shell.run("init", "--upgrade", "--origin", ORIGIN, code=2)
    shell.run("init", "--upgrade")
    (shell.folder / "node.db").unlink()
    assert "node_missing" in shell.run("init", "--upgrade", code=1).stderr


@pytest.mark.parametrize("command", [("org", "list"), ("key", "list"), ("serve",), ("org", "show", "x")])
def test_a_command_without_a_node_says_how_to_make_one_and_makes_no_file(empty: Shell, command: tuple[str, ...]) -> None:
    assert "guildnet init" in empty.run(*command, code=1).stderr
    assert list(empty.folder.iterdir()) == []


def test_another_key_does_not_open_the_node_and_says_that_something_is_damaged(shell: Shell) -> None:
    (shell.folder / "node.kek").unlink()
    (shell.folder / "node.kek").write_text("A" * 43)
    (shell.folder / "node.kek").chmod(0o600)
    assert "seal_broken" in shell.run("org", "add", "new", "--name", "New", code=3).stderr
    assert "seal_broken" in shell.run("key", "list", code=3).stderr


def test_a_new_database_is_its_owners_alone(shell: Shell) -> None:
    assert stat.S_IMODE((shell.folder / "node.db").stat().st_mode) == 0o600


def test_tables_of_another_release_are_an_integrity_problem(shell: Shell) -> None:
    with sqlite3.connect(shell.folder / "node.db") as connection:
        connection.execute("DROP TABLE organizations")
    connection.close()
    assert "schema_mismatch" in shell.run("org", "list", code=3).stderr
