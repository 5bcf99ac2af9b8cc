"""What the worker does, as one list.

A job is harmless when it is done twice, stopped in the middle, or done late. It opens its own transactions, small ones,
and takes the time from its argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api import mail, repeats
from api.settings import Settings
from network.people import accounts
from sharing import notices, snapshots, upkeep
from sharing.alerts import looking
from sharing.house import House
from sharing.ledger import retention, sealing


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of work, how long after its end it is due again, and what does it: `run(house, settings, now)` returns how
    many things it did, for the log."""

    name: str
    every: timedelta
    run: Callable[[House, Settings, datetime], int]


def _restate(house: House, settings: Settings, now: datetime) -> int:
    del settings, now
    return upkeep.restate_due(house)


def _snapshot(house: House, settings: Settings, now: datetime) -> int:
    del settings, now
    return snapshots.save(house)


def _trim(house: House, settings: Settings, now: datetime) -> int:
    del settings, now
    return upkeep.trim_changes(house)


def _sweep(house: House, settings: Settings, now: datetime) -> int:
    del settings
    with house.database.write("sweep-repeats") as session:
        return repeats.sweep(session, now)


def _mail(house: House, settings: Settings, now: datetime) -> int:
    return mail.send_due(house, settings, now).sent


def _forget(house: House, settings: Settings, now: datetime) -> int:
    del settings
    with house.database.write("sweep-people") as session:
        return accounts.sweep(session, now=now)


def _notices(house: House, settings: Settings, now: datetime) -> int:
    del settings, now
    return notices.post_due(house)


def _seal(house: House, settings: Settings, now: datetime) -> int:
    del settings, now
    return sealing.seal_due(house)


def _shorten(house: House, settings: Settings, now: datetime) -> int:
    del now
    return retention.shorten(house, days=settings.ledger_days, public_days=settings.ledger_public_days)


def _alerts(house: House, settings: Settings, now: datetime) -> int:
    del settings, now
    return looking.look_at_due(house)


JOBS: Final[tuple[Job, ...]] = (
    Job(name="restate-views", every=timedelta(minutes=5), run=_restate),
    Job(name="index-snapshot", every=timedelta(minutes=5), run=_snapshot),
    Job(name="trim-changes", every=timedelta(hours=1), run=_trim),
    Job(name="sweep-repeats", every=timedelta(hours=1), run=_sweep),
    Job(name="send-mail", every=timedelta(minutes=1), run=_mail),
    Job(name="seal-ledger", every=timedelta(minutes=1), run=_seal),
    Job(name="shorten-ledger", every=timedelta(hours=6), run=_shorten),
    Job(name="post-notices", every=timedelta(hours=6), run=_notices),
    Job(name="look-at-searches", every=timedelta(minutes=5), run=_alerts),
    Job(name="sweep-people", every=timedelta(hours=1), run=_forget),
)
