"""Carrying jobs out: one at a time, each under its lease.

Guarantees: a job that another process holds is left to it; the lease is renewed while a job runs and lost `LASTS` after
its process died; a job that fails is logged with an alarm, tried again after a minute (or `every`, if that is sooner) and
keeps no other job from its turn. Asked to stop, the loop finishes the job in hand and returns.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog

from api.settings import Settings
from api.worker.jobs import JOBS, Job
from network import leases
from network.errors import NetworkError
from sharing.house import House

LASTS: Final = timedelta(seconds=60)
"""How long a lease lasts that is not renewed; renewed three times as often."""
AGAIN: Final = timedelta(minutes=1)
"""When a job that failed is tried again."""
LOOK_S: Final = 2.0
"""Seconds between two looks at what is due."""

log = structlog.get_logger("guildnet.worker")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of a job: `done` things, or None when it failed; or `skipped`, since another process has it."""

    name: str
    done: int | None = None
    skipped: bool = False
    failure: str = ""


def run_once(
    house: House, settings: Settings, *, jobs: Sequence[Job] = JOBS, holder: str | None = None, lasts: timedelta = LASTS
) -> list[Ran]:
    """Every job once, now, whether due or not, but those that another process is at."""
    me = holder or house.new_id()
    return [_carried_out(house, settings, job, me, lasts, waiting=False) or _skipped(job) for job in jobs]


def run_until(
    stop: threading.Event,
    house: House,
    settings: Settings,
    *,
    jobs: Sequence[Job] = JOBS,
    lasts: timedelta = LASTS,
    look_s: float = LOOK_S,
) -> None:
    """Whatever is due, until `stop` is set. A database that cannot be reached is asked again at the next look."""
    me = house.new_id()
    while not stop.is_set():
        for job in jobs:
            if stop.is_set():
                return
            try:
                _carried_out(house, settings, job, me, lasts, waiting=True)
            except NetworkError as error:
                _alarm("worker_without_database", job=job.name, failure=error.code)
        stop.wait(look_s)


def _alarm(event: str, *, job: str, failure: str) -> None:
    # The text of what was raised stays out of the log, and so does its trace: they may hold a value.
    log.error(event, alarm=True, job=job, failure=failure)


def _skipped(job: Job) -> Ran:
    return Ran(name=job.name, skipped=True)


def _carried_out(house: House, settings: Settings, job: Job, me: str, lasts: timedelta, *, waiting: bool) -> Ran | None:
    with house.database.write("lease-take") as session:
        if not leases.take(session, job.name, me, now=house.now(), lasts=lasts, waiting=waiting):
            return None
    started = time.monotonic()
    with _kept(house, job.name, me, lasts):
        ran = _attempt(job, house, settings)
    took = round((time.monotonic() - started) * 1000, 1)
    now, good = house.now(), ran.done is not None
    with house.database.write("lease-release") as session:
        again = now + (job.every if good else min(job.every, AGAIN))
        mine = leases.release(session, job.name, me, now=now, again=again, done=good)
    if not mine:
        _alarm("lease_lost", job=job.name, failure="")
    if good:
        log.info("job_done", job=job.name, things=ran.done, milliseconds=took)
    return ran


def _attempt(job: Job, house: House, settings: Settings) -> Ran:
    try:
        return Ran(name=job.name, done=job.run(house, settings, house.now()))
    except Exception as error:  # noqa: BLE001 - one job's defect must not end the worker
        failure = str(getattr(error, "code", type(error).__qualname__))
        _alarm("job_failed", job=job.name, failure=failure)
        return Ran(name=job.name, failure=failure)


@contextmanager
def _kept(house: House, name: str, me: str, lasts: timedelta) -> Iterator[None]:
    """Renew the lease from a thread beside the work."""
    done = threading.Event()
    thread = threading.Thread(target=_renewing(house, name, me, lasts, done), name=f"lease of {name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renewing(house: House, name: str, me: str, lasts: timedelta, done: threading.Event) -> Callable[[], None]:
    def renew() -> None:
        while not done.wait(lasts.total_seconds() / 3):
            try:
                with house.database.write("lease-renew") as session:
                    if not leases.renew(session, name, me, now=house.now(), lasts=lasts):
                        return  # said when it is let go
            except NetworkError:
                continue  # busy: there are two more attempts before it ends

    return renew
