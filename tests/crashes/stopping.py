"""Processes that kill themselves (SIGKILL) at a named point, and the same step done by a process that does not.

Each step runs in a process of its own, started from a server that has the imports done and nothing else: it opens the
database, does the one thing that a client or an operator asks for, and writes the answer into a file. SIGKILL runs no
`finally`, no `atexit` and no rollback: what is left is what the database holds.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

from network import points
from tests.api.world import KEK, NOON
from trust import base64url

PATIENCE_S = 120
CHEAP = {
    "password_memory_kib": 64,
    "password_rounds": 1,
    "password_lanes": 1,
    "sign_in_floor_ms": 0,
    "rate_limit_sign_in": "100000 per minute",
}
"""Settings with which hashing a password takes no time worth speaking of."""
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.crashes.preloaded"])


@dataclass(frozen=True, kw_only=True)
class Request:
    """One HTTP request with its token, as a client sends it once and, when no answer comes, again."""

    method: str
    path: str
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    data: Any = None
    now: datetime = NOON

    def __call__(self, url: str) -> Any:
        from tests.api.world import world_at

        world = world_at(url, {}, seed=int.from_bytes(os.urandom(6)), **CHEAP)
        world.clock.now = self.now
        body = {"data": self.data} if self.data is not None else {"json": self.json}
        answer = world.client.open(self.path, method=self.method, headers=dict(self.headers), **body)
        return {"status": answer.status_code, "body": answer.get_data(as_text=True)}


@dataclass(frozen=True, kw_only=True)
class Command:
    """One call of `guildnet`."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, url: str) -> Any:
        from click import ClickException

        from api.cli import main

        for name in [each for each in os.environ if each.startswith("GUILDNET_")]:
            del os.environ[name]
        os.environ |= {"GUILDNET_DATABASE_URL": url, "GUILDNET_KEK": base64url.encode(KEK.secret), **self.environment}
        out, err, code = StringIO(), StringIO(), 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                main(list(self.arguments), prog_name="guildnet", standalone_mode=False)
            except ClickException as error:
                code = error.exit_code
                err.write(error.format_message())
            except SystemExit as end:
                code = int(end.code or 0)
        return {"status": code, "body": out.getvalue(), "error": err.getvalue()}


Step = Request | Command | Callable[[str], Any]
"""What is done to the database at this URL, in a process of its own; returns what can be written as JSON."""


def done(url: str, step: Step) -> Any:
    """The step's answer, from a process that nobody stops."""
    code, answer, _ = _run(url, step, None)
    assert code == 0, f"{step} ended with {code}"
    return answer


def stopped(url: str, step: Step, at: str) -> None:
    """Do the step in a process that kills itself when it reaches `at`; fails when it never does."""
    code, answer, seen = _run(url, step, at)
    assert code == -signal.SIGKILL, f"never reached {at}; it reached {seen} and answered {answer}"
    assert answer is None, "an answer left the process that was killed"


def reached(url: str, step: Step) -> list[str]:
    """The points that a step comes by."""
    code, answer, seen = _run(url, step, None)
    assert code == 0, answer
    return seen


def _run(url: str, step: Step, at: str | None) -> tuple[int | None, Any, list[str]]:
    # A node on PostgreSQL would take it for its own, and `fsck` refuse it.
    assert not Path("guildnet.index").exists(), "a search index lies in the working directory: whose is it?"
    with tempfile.TemporaryDirectory() as folder:
        process = _CONTEXT.Process(target=_work, args=(url, step, at, folder))
        process.start()
        process.join(PATIENCE_S)
        if process.is_alive():  # pragma: no cover - a deadlock, which the assertion then names
            process.kill()
            process.join()
        answer = Path(folder, "answer")
        seen = Path(folder, "seen")
        found = json.loads(answer.read_text()) if answer.exists() else None
        return process.exitcode, found, seen.read_text().split() if seen.exists() else []


def _work(url: str, step: Step, at: str | None, folder: str) -> None:
    import structlog

    structlog.configure(processors=[structlog.testing.LogCapture()])

    def watch(name: str) -> None:
        with Path(folder, "seen").open("a") as seen:
            seen.write(name + "\n")
        if name == at:
            os.kill(os.getpid(), signal.SIGKILL)

    points.install(watch)
    # What stands where nobody named a place (the snapshot of a node on PostgreSQL) is this process's alone.
    os.chdir(folder)
    answer = step(url)
    Path(folder, "answer").write_text(json.dumps(answer))
