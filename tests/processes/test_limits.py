"""Several processes count together, refuse to start when they could not, and go on when Redis is gone."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.api.world import populate
from tests.processes.running import Redis, Server, command, environment, free_port, served

GUNICORN = [sys.executable, "-m", "gunicorn", "--no-control-socket"]


def refused(arguments: list[str], settings: dict[str, str], folder: Path) -> str:
    """What a command says that must not start."""
    done = subprocess.run(arguments, env=settings, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    return done.stdout + done.stderr


@pytest.fixture
def url(sqlite_url: str) -> str:
    populate(sqlite_url)
    return sqlite_url


def test_several_processes_are_refused_with_counters_in_memory(url: str, tmp_path: Path) -> None:
    said = refused(command("serve", "--workers", "2", "--port", str(free_port())), environment(url), tmp_path)
    assert "[limits_not_shared]" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("storage", ["redis://127.0.0.1:1/0", "redis://", "nonsense://x"])
def test_a_place_for_the_counters_that_does_not_answer_is_refused_even_for_one_process(
    url: str, tmp_path: Path, storage: str
) -> None:
    settings = environment(url, rate_limit_storage=storage)
    for workers in ("1", "2"):
        said = refused(command("serve", "--workers", workers, "--port", str(free_port())), settings, tmp_path)
        assert "[limits_unreachable]" in said
        assert "Traceback" not in said


@pytest.mark.parametrize(
    ("options", "more"),
    [
        (["-w", "2"], {}),
        ([], {"WEB_CONCURRENCY": "2"}),
        ([], {"GUNICORN_CMD_ARGS": "--workers=2"}),
        (["-w", "2", "--preload"], {}),
    ],
    ids=["option", "variable", "arguments", "preload"],
)
def test_gunicorn_itself_is_refused_likewise_however_it_is_told_the_number(
    url: str, tmp_path: Path, options: list[str], more: dict[str, str]
) -> None:
    arguments = [*GUNICORN, *options, "-b", f"127.0.0.1:{free_port()}", "wsgi:app"]
    assert "LimitsNotShared" in refused(arguments, environment(url) | more, tmp_path)


def test_gunicorn_itself_answers_with_one_process_and_with_several_that_share(url: str, tmp_path: Path, redis: Redis) -> None:
    with served(environment(url), tmp_path, arguments=[*GUNICORN, "wsgi:app"]) as server:
        assert server.ask("GET", "/v1/search").status == 200
    shared = environment(url, rate_limit_storage=redis.url)
    with served(shared, tmp_path, arguments=[*GUNICORN, "-w", "2", "--preload", "wsgi:app"]) as server:
        # The application, and a connection of its database, were made before the fork.
        assert {server.ask("GET", "/v1/search").status for _ in range(12)} == {200}
        assert server.alarms() == []


def statuses(server: Server, count: int) -> list[int]:
    return [server.ask("GET", "/v1/search").status for _ in range(count)]


def test_processes_count_together_and_each_alone_while_redis_is_gone(url: str, tmp_path: Path, redis: Redis) -> None:
    settings = environment(url, rate_limit_storage=redis.url, rate_limit="12 per hour")
    with served(settings, tmp_path, "--workers", "3") as server:
        assert statuses(server, 15) == [200] * 12 + [429] * 3
        redis.kill()
        # Answered, and still limited: each of the three counts its own twelve.
        after = statuses(server, 150)  # many more, since which process answers is chance
        assert set(after) == {200, 429}
        assert 12 <= after.count(200) <= 36
        assert after[-3:] == [429] * 3
        assert {line["event"] for line in server.alarms()} == {"limits_storage_gone"}
        redis.start()
        end = time.monotonic() + 60
        while statuses(server, 1) != [200]:
            # An empty Redis has counted nothing yet; each process looks again after 1, 2, 4 ... 32 seconds.
            assert time.monotonic() < end, "it was not found again"
            time.sleep(0.5)
        assert 500 not in {line.get("status") for line in server.lines()}


def test_a_server_that_runs_several_processes_by_itself_is_refused_at_each_request(url: str, tmp_path: Path) -> None:
    """Seen from the WSGI environment, for servers that cannot be asked."""
    from api.app import create_app
    from api.settings import Settings
    from tests.api.world import KEK
    from trust import base64url

    app = create_app(Settings(database_url=url, kek=base64url.encode(KEK.secret)))
    try:
        client = app.test_client()
        assert client.get("/healthz", environ_overrides={"wsgi.multiprocess": True}).status_code == 503
        assert client.get("/healthz", environ_overrides={"wsgi.multiprocess": False}).status_code == 200
    finally:
        app.extensions["guildnet"].close()
