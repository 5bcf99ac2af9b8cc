"""One of however many workers does each job; a dead one's job is taken over; what the jobs do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.repeats import RepeatRow
from api.settings import Settings
from api.worker import JOBS, Job, loop, run_once
from network import leases
from network.database import Database
from sharing import upkeep
from sharing.house import House
from sharing.models import Change, StatusEntry, StoredView
from tests.api.worker.working import LASTS
from tests.api.world import populate
from tests.shared_material import ROOT
from tests.world import World

CARD = {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["legal_name", "exact"]]}
DOCUMENT = {"legal_name": "Turning works", "country": "VN", "capabilities": [{"process": "3.2.1"}]}


@dataclass(frozen=True, kw_only=True)
class Line:
    at: float
    pid: int
    word: str


def lines(file: Path) -> list[Line]:
    text = file.read_text() if file.exists() else ""
    found = [line.split() for line in text.splitlines()]
    return [Line(at=float(at), pid=int(pid), word=word) for at, pid, word in found]


@contextmanager
def workers(count: int, url: str, file: Path, seconds: float) -> Iterator[list[subprocess.Popen[bytes]]]:
    command = [sys.executable, "-m", "tests.api.worker.working", url, str(file), str(seconds)]
    # Without the log: failing to take a lease is not one of its lines.
    started = [
        subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
        for _ in range(count)
    ]
    try:
        yield started
    finally:
        for each in started:
            each.kill()
            each.wait()


def until(condition: object, seconds: float = 30) -> None:
    assert callable(condition)
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_two_workers_never_do_one_job_at_once(database_url: str, tmp_path: Path) -> None:
    populate(database_url)
    file = tmp_path / "lines"
    with workers(2, database_url, file, 0.05):
        until(lambda: len({each.pid for each in lines(file)}) == 2 and len(lines(file)) > 40)
    words = [(each.pid, each.word) for each in lines(file)]
    for begin, end in zip(words[::2], words[1::2], strict=False):
        assert (begin[1], end[1]) == ("begin", "end")
        assert begin[0] == end[0], "another began before this one ended"


def test_a_job_longer_than_its_lease_keeps_it_and_a_killed_workers_job_is_taken_over_when_it_ends(
    database_url: str, tmp_path: Path
) -> None:
    populate(database_url)
    file = tmp_path / "lines"
    with workers(2, database_url, file, 2.5 * LASTS.total_seconds()) as both:
        until(lambda: len(lines(file)) >= 3)
        first = lines(file)
        assert [each.word for each in first[:3]] == ["begin", "end", "begin"], "renewed: nobody else began meanwhile"
        holder = next(each for each in both if each.pid == first[2].pid)
        time.sleep(0.2)
        killed = time.time()
        holder.send_signal(signal.SIGKILL)
        until(lambda: len(lines(file)) >= 4)
        next_line = lines(file)[3]
    assert next_line.word == "begin"
    assert next_line.pid != holder.pid
    # Not at once: whether it is dead or slow cannot be told before its lease ended.
    assert next_line.at >= killed + 0.3 * LASTS.total_seconds()


def test_a_job_that_fails_keeps_no_other_from_its_turn_and_is_tried_again_soon(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = World.on(database).house

    def fail(house: House, settings: Settings, now: datetime) -> int:
        raise RuntimeError("a secret value")

    def work(house: House, settings: Settings, now: datetime) -> int:
        return 3

    jobs = [Job(name="bad", every=timedelta(hours=1), run=fail), Job(name="good", every=timedelta(hours=1), run=work)]
    said: list[tuple[object, ...]] = []
    monkeypatch.setattr(loop.log, "error", lambda event, **more: said.append((event, more)), raising=False)
    ran = run_once(house, Settings(), jobs=jobs)
    assert [(each.done, each.failure) for each in ran] == [(None, "RuntimeError"), (3, "")]
    assert said == [("job_failed", {"alarm": True, "job": "bad", "failure": "RuntimeError"})]
    assert "secret" not in str(said)
    with database.read() as session:
        bad, good = leases.leases(session, house.now())
    assert (bad.failures, bad.due_at - house.now()) == (1, timedelta(minutes=1))
    assert (good.failures, good.due_at - house.now()) == (0, timedelta(hours=1))


def test_a_job_that_another_worker_is_at_is_left_to_it(sqlite_database: Database) -> None:
    house = World.on(sqlite_database).house
    with sqlite_database.write() as session:
        leases.take(session, JOBS[0].name, "other", now=house.now(), lasts=timedelta(minutes=1))
    assert [each.skipped for each in run_once(house, Settings())] == [True] + [False] * (len(JOBS) - 1)


def test_names_of_jobs_are_different_and_fit_their_column() -> None:
    names = [job.name for job in JOBS]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 64


def test_a_view_whose_dated_rule_ended_is_signed_anew_though_nobody_reads_it(database: Database) -> None:
    world = World.on(database)
    world.organization("maker")
    dated = {"id": "open-week", "to": "anyone", "until": "2026-11-25", "show": [["trading_name", "exact"]]}
    factory_id = world.factory("maker", DOCUMENT | {"trading_name": "Works"}, policy={"v": 1, "rules": [CARD, dated]})

    def standing() -> tuple[str, int]:
        with database.read() as session:
            revoked = session.scalar(select(func.count()).select_from(StatusEntry).where(StatusEntry.revoked))
            return session.get_one(StoredView, (factory_id, "public")).projection_digest, revoked or 0

    before = standing()
    assert upkeep.restate_due(world.house) == 0
    assert standing() == before
    world.clock.now = world.clock.now.replace(day=26)
    assert world.house.today() == date(2026, 11, 26)
    assert upkeep.restate_due(world.house) == 1
    after = standing()
    assert after[0] != before[0]
    assert after[1] > before[1]
    assert upkeep.restate_due(world.house) == 0


def test_the_change_table_keeps_its_newest_rows_and_search_goes_on(database: Database) -> None:
    world = World.on(database)
    world.organization("maker")
    other = world.again()
    factory_id = world.factory("maker", DOCUMENT, policy={"v": 1, "rules": [CARD]})
    count = _found(other)
    for _ in range(5):
        world.publish("maker", factory_id)
    assert upkeep.trim_changes(world.house, kept=2) == 4
    with database.read() as session:
        assert list(session.scalars(select(Change.number).order_by(Change.number))) == [5, 6]
    assert upkeep.trim_changes(world.house, kept=2) == 0
    assert _found(other) == count == 1


def _found(world: World) -> int:
    with world.house.replica.asking(world.house.database.read, lambda _, index: len(index)) as (_, found):
        return found


def test_repeats_older_than_a_day_are_swept(sqlite_database: Database) -> None:
    world = World.on(sqlite_database)
    made = world.organization("maker")
    with sqlite_database.write() as session:
        for hours in (1, 23, 25, 100):
            at = world.clock.now - timedelta(hours=hours)
            digest = hours.to_bytes()
            session.add(RepeatRow(organization_id=made, key_digest=digest, request_digest=b"", made="x", made_at=at))
    ran = {each.name: each.done for each in run_once(world.house, Settings())}
    assert ran["sweep-repeats"] == 2
    with sqlite_database.read() as session:
        assert session.scalar(select(func.count()).select_from(RepeatRow)) == 2


def test_an_empty_node_is_no_trouble(sqlite_database: Database) -> None:
    ran = run_once(World.on(sqlite_database).house, Settings())
    assert [each.failure for each in ran] == [""] * len(JOBS)


def test_every_job_is_told_to_operators() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [job.name for job in JOBS if f"| `{job.name}` |" not in page] == []
