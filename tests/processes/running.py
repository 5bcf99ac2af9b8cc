"""Real processes: redis-server, `guildnet serve`, `guildnet worker`, and requests over real sockets."""

from __future__ import annotations

import base64
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.world import KEK
from tests.shared_material import ROOT
from trust import base64url

MAIN = "import sys; from api.cli import main; main(sys.argv[1:], prog_name='guildnet')"
PLENTY = "1000000 per minute"


def free_port() -> int:
    """A port of the loopback interface that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Redis:
    """A redis-server on a loopback port, that can be killed and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip("redis-server is not installed (Debian: apt-get install redis-server)")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < end, "redis-server does not start"
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """Take it away at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def environment(url: str, **settings: str) -> dict[str, str]:
    """Of a process of the node in the database at `url`; settings as `rate_limit="..."`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GUILDNET_")}
    chosen = {
        "database_url": url,
        "kek": base64url.encode(KEK.secret),
        "search_floor_ms": "0",
        "rate_limit": PLENTY,
        "rate_limit_token": PLENTY,
        "index_snapshot": "none",
        **settings,
    }
    return kept | {"PYTHONPATH": str(ROOT)} | {f"GUILDNET_{name.upper()}": value for name, value in chosen.items()}


def command(*arguments: str) -> list[str]:
    """`guildnet` with arguments, in this Python."""
    return [sys.executable, "-c", MAIN, *arguments]


@dataclass
class Server:
    """A running server and what it logs."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def lines(self) -> list[dict[str, Any]]:
        """Every JSON line of the log."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def alarms(self) -> list[dict[str, Any]]:
        """Those that somebody must look at."""
        return [line for line in self.lines() if line.get("alarm")]

    def ask(self, method: str, path: str, *, token: str | None = None, body: object = None, **headers: str) -> Answer:
        """One request on a connection of its own, so that any of the processes may answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None
        if body is not None:
            form = isinstance(body, str)
            data = body if isinstance(body, str) else json.dumps(body)
            sent["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=data, headers=sent | {"Connection": "close"})
            answer = connection.getresponse()
            return Answer(status=answer.status, headers=dict(answer.getheaders()), text=answer.read().decode())
        finally:
            connection.close()

    def token(self, client: tuple[str, str], purpose: str | None = None) -> str:
        """An access token."""
        form = {"grant_type": "client_credentials"} | ({"purpose": purpose} if purpose else {})
        basic = base64.b64encode(":".join(client).encode()).decode()
        answer = self.ask("POST", "/v1/token", body=urlencode(form), Authorization=f"Basic {basic}")
        assert answer.status == 200, answer.text
        token: str = answer.json["access_token"]
        return token


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str
    _parsed: dict[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        if "value" not in self._parsed:
            self._parsed["value"] = json.loads(self.text)
        return self._parsed["value"]


@contextmanager
def started(arguments: Sequence[str], settings: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is stopped at the end, by force if it does not follow."""
    with log.open("ab") as stderr:
        process = subprocess.Popen(arguments, env=dict(settings), cwd=log.parent, stdout=subprocess.DEVNULL, stderr=stderr)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def served(
    settings: Mapping[str, str], folder: Path, *options: str, arguments: Sequence[str] | None = None
) -> Iterator[Server]:
    """`guildnet serve` with options (or another server), once it answers."""
    port, log = free_port(), folder / "serve.log"
    chosen = list(arguments or command("serve", *options)) + (
        ["--port", str(port)] if arguments is None else ["-b", f"127.0.0.1:{port}"]
    )
    with started(chosen, settings, log) as process:
        server = Server(port=port, process=process, log=log)
        end = time.monotonic() + 90
        while True:
            assert process.poll() is None, log.read_text()
            try:
                if server.ask("GET", "/readyz").status == 200:
                    break
            except OSError:
                assert time.monotonic() < end, log.read_text()
                time.sleep(0.1)
        yield server
