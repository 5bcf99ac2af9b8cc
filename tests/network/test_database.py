"""Snapshots, locks and change numbers, on both databases."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from network.columns import CanonicalJson, UtcTime, as_utc, hour_of
from network.database import Database, current_change, next_change, parse_url
from network.errors import (
    DatabaseBusy,
    DatabaseFailure,
    NetworkError,
    ReadOnlyTransaction,
    StoredValueInvalid,
    TimeInvalid,
    UnsupportedDatabase,
)
from network.models import ChangeCounterRow, OrganizationFactRow, OrganizationRow

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def organization(slug: str = "an-phat", created: datetime = NOON) -> OrganizationRow:
    return OrganizationRow(
        id=slug.encode().hex().ljust(32, "0")[:32],
        slug=slug,
        name=slug,
        did=f"did:web:x.example:orgs:{slug}",
        created=created,
    )


def slugs(session) -> list[str]:
    return list(session.scalars(select(OrganizationRow.slug).order_by(OrganizationRow.slug)))


def in_thread(work) -> None:
    """Run in another thread and raise here what it raises."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result(timeout=30)


def test_a_write_is_kept_when_the_block_ends(database):
    with database.write() as session:
        session.add(organization())
    with database.read() as session:
        assert slugs(session) == ["an-phat"]


def test_a_write_is_rolled_back_when_the_block_raises(database):
    def change_my_mind() -> None:
        with database.write() as session:
            session.add(organization())
            session.flush()
            raise RuntimeError("changed my mind")

    with pytest.raises(RuntimeError, match="changed my mind"):
        change_my_mind()
    with database.read() as session:
        assert slugs(session) == []


def test_a_reader_does_not_see_a_commit_made_after_its_first_read(database):
    def commit() -> None:
        with database.write() as session:
            session.add(organization())
            next_change(session)

    with database.read() as session:
        assert current_change(session) == 0
        in_thread(commit)
        assert current_change(session) == 0
        assert slugs(session) == []
    with database.read() as session:
        assert current_change(session) == 1
        assert slugs(session) == ["an-phat"]


def test_a_writer_is_not_held_up_by_a_reader(database):
    with database.read() as session:
        current_change(session)
        started = time.monotonic()
        in_thread(lambda: _add(database, "another"))
        assert time.monotonic() - started < 2


def test_a_postgresql_writer_sees_what_committed_before_each_statement(postgres_database):
    with postgres_database.write() as session:
        assert slugs(session) == []
        in_thread(lambda: _add(postgres_database, "another"))
        assert slugs(session) == ["another"]


def test_a_reader_cannot_write(database):
    with pytest.raises(ReadOnlyTransaction), database.read() as session:
        session.execute(text("UPDATE change_counter SET value = 5"))
    _add(database, "a-writer-after-a-reader-on-the-same-connection")


def test_a_reader_that_forgets_to_flush_stores_nothing(database):
    with database.read() as session:
        session.add(organization())
    with database.read() as session:
        assert slugs(session) == []


def test_sqlite_pragmas_are_set_on_every_connection(sqlite_database):
    expected = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000, "synchronous": 2}
    for transaction in (sqlite_database.read, sqlite_database.write, sqlite_database.read):
        with transaction() as session:
            for pragma, value in expected.items():
                assert session.execute(text(f"PRAGMA {pragma}")).scalar() == value, pragma


def test_isolation_levels_on_postgresql(postgres_database):
    for transaction, level, read_only in (
        (postgres_database.read, "repeatable read", "on"),
        (postgres_database.write, "read committed", "off"),
        (postgres_database.read, "repeatable read", "on"),
    ):
        with transaction() as session:
            assert session.execute(text("SHOW transaction_isolation")).scalar() == level
            assert session.execute(text("SHOW transaction_read_only")).scalar() == read_only
            assert session.execute(text("SHOW timezone")).scalar() == "UTC"


def test_a_sqlite_writer_holds_the_lock_before_its_first_statement(sqlite_url, monkeypatch):
    monkeypatch.setattr("network.database.BUSY_TIMEOUT_MS", 50)
    first, second = Database(sqlite_url), Database(sqlite_url)
    try:
        with first.write(), pytest.raises(DatabaseBusy), second.write():
            pytest.fail("two writers at once")
        with second.write() as session:
            session.add(organization())
    finally:
        first.dispose()
        second.dispose()


def test_a_second_sqlite_writer_waits_its_turn(sqlite_database):
    inside = threading.Event()

    def slow() -> None:
        with sqlite_database.write() as session:
            inside.set()
            time.sleep(0.3)
            session.add(organization("first"))

    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(slow)
        assert inside.wait(5)
        with sqlite_database.write() as session:
            assert slugs(session) == ["first"]
        done.result()


def test_change_numbers_count_from_one_without_gaps(database):
    taken = []
    for _ in range(3):
        with database.write() as session:
            taken.append(next_change(session))
    with database.write() as session:
        assert next_change(session) == 4
        session.rollback()
    with database.write() as session:
        taken.append(next_change(session))
    assert taken == [1, 2, 3, 4]


def test_change_numbers_cannot_commit_in_another_order(postgres_database):
    """The defect of a sequence: 1 is taken, 2 is taken and committed first; who then reads up to 2 never sees 1."""
    first_took, let_first_commit = threading.Event(), threading.Event()
    committed: list[int] = []

    def first() -> None:
        with postgres_database.write() as session:
            number = next_change(session)
            first_took.set()
            assert let_first_commit.wait(10)
            committed.append(number)

    def second() -> None:
        assert first_took.wait(10)
        with postgres_database.write() as session:
            number = next_change(session)
            committed.append(number)

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(first), pool.submit(second)]
        assert first_took.wait(10)
        time.sleep(0.3)
        assert committed == [], "the second took its number while the first was still open"
        with postgres_database.read() as session:
            assert current_change(session) == 0
        let_first_commit.set()
        for job in jobs:
            job.result(timeout=10)
    assert committed == [1, 2]


def test_many_writers_leave_no_gap_and_no_reader_misses_a_change(database):
    """Each writer stores its number beside its change; readers follow the counter and must always find all up to it."""
    writers, each = 4, 8

    def write(name: int) -> None:
        for turn in range(each):
            with database.write() as session:
                session.add(organization(f"org-{name}-{turn}"))
                session.flush()
                number = next_change(session)
                session.execute(
                    text("UPDATE organizations SET name = :n WHERE slug = :s"),
                    {"n": str(number), "s": f"org-{name}-{turn}"},
                )

    stop = threading.Event()

    def follow() -> None:
        while not stop.is_set():
            with database.read() as session:
                upto = current_change(session)
                numbers = sorted(int(name) for name in session.scalars(select(OrganizationRow.name)))
                assert numbers == list(range(1, upto + 1))

    with ThreadPoolExecutor(writers + 1) as pool:
        reader = pool.submit(follow)
        jobs = [pool.submit(write, name) for name in range(writers)]
        for job in jobs:
            job.result(timeout=60)
        stop.set()
        reader.result(timeout=10)
    with database.read() as session:
        assert current_change(session) == writers * each


def test_a_deadlock_is_reported_as_busy(postgres_database):
    _add(postgres_database, "left")
    _add(postgres_database, "right")
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def lock(first: str, second: str) -> None:
        update = text("UPDATE organizations SET name = 'x' WHERE slug = :slug")
        try:
            with postgres_database.write() as session:
                session.execute(update, {"slug": first})
                barrier.wait(5)
                session.execute(update, {"slug": second})
            outcomes.append("stored")
        except DatabaseBusy:
            outcomes.append("busy")

    with ThreadPoolExecutor(2) as pool:
        for job in [pool.submit(lock, "left", "right"), pool.submit(lock, "right", "left")]:
            job.result(timeout=20)
    assert sorted(outcomes) == ["busy", "stored"]


def test_foreign_keys_are_enforced(database):
    with pytest.raises(DatabaseFailure), database.write() as session:
        session.add(
            OrganizationFactRow(organization_id="0" * 32, attribute="role", value="buyer", source="operator", set_at=NOON)
        )


def test_a_service_may_name_a_constraint_itself(database):
    _add(database, "twice")
    with database.write() as session:
        session.add(organization("twice"))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_there_is_one_change_counter(database):
    with pytest.raises(DatabaseFailure), database.write() as session:
        session.add(ChangeCounterRow(id=2, value=0))


def test_no_free_connection_is_reported_as_busy(database_url, monkeypatch):
    monkeypatch.setattr("network.database.BUSY_TIMEOUT_MS", 50)
    small = Database(database_url, pool_size=1)
    with small.read(), small.read(), pytest.raises(DatabaseBusy), small.read():
        pytest.fail("a third connection of two")
    small.dispose()


def test_an_unreachable_server_is_a_network_error():
    database = Database("postgresql+psycopg://nobody@127.0.0.1:9/none?connect_timeout=2")
    with pytest.raises(NetworkError), database.read():
        pytest.fail("connected to nothing")
    database.dispose()


def test_a_file_that_is_no_database_is_a_network_error(tmp_path):
    path = tmp_path / "not.db"
    path.write_bytes(b"this is not a database" * 100)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(NetworkError), database.read():
        pytest.fail("opened a text file")
    database.dispose()


@given(st.text(max_size=60))
def test_any_text_as_url_is_accepted_or_refused_by_name(url):
    try:
        parse_url(url)
    except UnsupportedDatabase:
        return
    assert url.startswith(("sqlite:///", "postgresql+psycopg:"))


@pytest.mark.parametrize(
    "moment",
    [
        NOON,
        datetime(2026, 11, 22, 19, 0, 0, 1, tzinfo=timezone(timedelta(hours=7))),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_times_come_back_equal_and_in_utc(database, moment):
    with database.write() as session:
        session.add(organization(created=moment))
    with database.read() as session:
        stored = session.scalars(select(OrganizationRow.created)).one()
    assert stored == moment
    assert stored.utcoffset() == timedelta(0)


def test_times_order_as_times(database):
    moments = [NOON + timedelta(microseconds=n * 999_999) for n in (0, 1, 2, 3)] + [datetime(800, 1, 1, tzinfo=UTC)]
    with database.write() as session:
        session.add_all(organization(f"org-{n}", moment) for n, moment in enumerate(moments))
    with database.read() as session:
        assert list(session.scalars(select(OrganizationRow.created).order_by(OrganizationRow.created))) == sorted(moments)
        found = session.scalars(select(OrganizationRow.created).where(OrganizationRow.created > NOON)).all()
        assert len(found) == 3


def test_a_time_without_a_zone_is_refused(database):
    with pytest.raises(TimeInvalid), database.write() as session:
        session.add(organization(created=datetime(2026, 11, 22)))  # noqa: DTZ001


def test_the_hour_of_a_moment_is_in_utc():
    assert hour_of(datetime(2026, 11, 22, 1, 45, 9, 7, tzinfo=timezone(timedelta(hours=5, minutes=30)))) == datetime(
        2026, 11, 21, 20, 0, tzinfo=UTC
    )
    with pytest.raises(TimeInvalid):
        as_utc(datetime(2026, 11, 22))  # noqa: DTZ001


@pytest.mark.parametrize("stored", ["2026-11-22", "2026-11-22T12:00:00Z", "yesterday", "2026-11-22T12:00:00.000000+07:00"])
def test_a_stored_time_of_another_form_is_refused(sqlite_database, stored):
    _add(sqlite_database, "an-phat")
    with sqlite_database.write() as session:
        session.execute(text("UPDATE organizations SET created = :stored"), {"stored": stored})
    with pytest.raises(StoredValueInvalid), sqlite_database.read() as session:
        session.scalars(select(OrganizationRow.created)).one()


def test_json_is_stored_as_canonical_text():
    column = CanonicalJson()
    assert column.process_bind_param({"b": [1, "é"], "a": None}, None) == '{"a":null,"b":[1,"é"]}'
    assert column.process_bind_param(None, None) is None
    assert column.process_result_value('{"a":null,"b":[1,"é"]}', None) == {"a": None, "b": [1, "é"]}
    with pytest.raises(StoredValueInvalid):
        column.process_result_value('{"a":', None)


def test_a_time_read_in_another_zone_comes_back_in_utc():
    hanoi = NOON.astimezone(timezone(timedelta(hours=7)))
    assert UtcTime().process_result_value(hanoi, None).tzinfo is UTC


def test_column_types_may_be_cached():
    assert UtcTime.cache_ok
    assert CanonicalJson.cache_ok


def _add(database: Database, slug: str) -> None:
    with database.write() as session:
        session.add(organization(slug))
