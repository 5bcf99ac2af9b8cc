"""A lease is one process's at a time, until it ends, is let go, or its holder is late."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from network import leases
from network.database import Database

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def take(database: Database, holder: str, now: datetime = NOON, *, waiting: bool = True) -> bool:
    with database.write() as session:
        return leases.take(session, "work", holder, now=now, lasts=MINUTE, waiting=waiting)


def test_a_lease_is_one_holders_until_it_ends(database: Database) -> None:
    assert take(database, "a")
    assert not take(database, "b", NOON + MINUTE - timedelta(microseconds=1))
    assert take(database, "b", NOON + MINUTE)
    with database.write() as session:
        assert not leases.renew(session, "work", "a", now=NOON + MINUTE, lasts=MINUTE), "it was taken over"
        assert not leases.release(session, "work", "a", now=NOON, again=NOON, done=True)
        assert leases.renew(session, "work", "b", now=NOON + 1.5 * MINUTE, lasts=MINUTE)
    assert not take(database, "a", NOON + 2 * MINUTE)


def test_what_was_done_waits_until_it_is_due_again_unless_asked_not_to(database: Database) -> None:
    take(database, "a")
    with database.write() as session:
        leases.release(session, "work", "a", now=NOON, again=NOON + 5 * MINUTE, done=True)
    assert not take(database, "b", NOON + 4 * MINUTE)
    assert take(database, "b", NOON + 4 * MINUTE, waiting=False)
    with database.write() as session:
        leases.release(session, "work", "b", now=NOON + 4 * MINUTE, again=NOON + 5 * MINUTE, done=False)
        (told,) = leases.leases(session, NOON)
    assert (told.holder, told.done_at, told.failures, told.due_at) == (None, NOON, 1, NOON + 5 * MINUTE)
    assert take(database, "b", NOON + 5 * MINUTE)


def test_of_many_that_ask_at_once_one_gets_it(database: Database) -> None:
    """The very first time, when there is no row to lock, and again when the row is there."""
    for now in (NOON, NOON + 2 * MINUTE):
        start, got = threading.Barrier(6), []

        def ask(holder: str, now: datetime = now, start: threading.Barrier = start, got: list[str] = got) -> None:
            start.wait()
            if take(database, holder, now):
                got.append(holder)

        threads = [threading.Thread(target=ask, args=(str(number),)) for number in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        assert len(got) == 1
