"""`serve` answers over a real socket in one process, stops when told, and refuses to start without a node."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from api import migrations
from tests.api.cli.conftest import Shell

MAIN = "import sys; from api.cli import main; main(sys.argv[1:], prog_name='guildnet')"


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _answer(url: str, server: subprocess.Popen[bytes]) -> bytes:
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                body: bytes = response.read()
                return body
        except OSError:
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.1)


def test_it_answers_and_ends_when_told(shell: Shell) -> None:
    port = _free_port()
    root = str(Path(__file__).resolve().parents[3])
    log = shell.folder / "log"
    with log.open("wb") as stderr:
        server = subprocess.Popen(
            [sys.executable, "-c", MAIN, "serve", "--port", str(port)],
            env=os.environ | {"PYTHONPATH": root},
            cwd=shell.folder,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
    try:
        assert _answer(f"http://127.0.0.1:{port}/readyz", server) == b"ready\n"
        assert b"registry.example.org" in _answer(f"http://127.0.0.1:{port}/.well-known/did.json", server)
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0
        lines = [json.loads(line) for line in log.read_text().splitlines()]
        assert {"answered"} < {line["event"] for line in lines}
        assert any(line.get("logger") == "gunicorn.error" for line in lines)
        assert all({"event", "level", "timestamp"} <= line.keys() for line in lines)
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()


def tables_of(shell: Shell, revision: str) -> None:
    with sqlite3.connect(shell.folder / "node.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


def test_it_does_not_start_on_tables_of_an_older_release(shell: Shell) -> None:
    tables_of(shell, "0008")
    said = shell.run("serve", code=3).stderr
    assert "--migrate" in said
    assert "schema_mismatch" in said


def test_it_does_not_start_on_tables_of_a_newer_release_even_when_told_to_migrate(shell: Shell) -> None:
    tables_of(shell, "9999")
    for arguments in (["serve"], ["serve", "--migrate"], ["init", "--upgrade"]):
        assert "newer release" in shell.run(*arguments, code=3).stderr


def test_told_to_migrate_it_brings_the_tables_to_this_release(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{shell.folder / 'node.db'}"
    migrations.downgrade(url, "0008")
    monkeypatch.setattr("api.cli.serve._gunicorn", lambda *_: None)  # what comes after is another test's
    assert "older release" in shell.run("serve", code=3).stderr
    shell.run("serve", "--migrate")
    assert migrations.current(url) == migrations.head()
