"""The named points of a write."""

from __future__ import annotations

import pytest

from network import points
from network.database import Database, current_change, next_change


class Stopped(Exception):
    pass


def test_a_write_reaches_its_points_before_and_after_its_commit(database: Database) -> None:
    seen: list[tuple[str, int]] = []

    def watch(name: str) -> None:
        with database.read() as session:
            seen.append((name, current_change(session)))

    with points.watched(watch), database.write("count") as session:
        next_change(session)
    assert seen == [("count:before-commit", 0), ("count:after-commit", 1)]


def test_what_fails_before_the_commit_leaves_nothing(database: Database) -> None:
    with pytest.raises(Stopped), points.watched(_stop_at("count:before-commit")), database.write("count") as session:
        next_change(session)
    with database.read() as session:
        assert current_change(session) == 0


def test_what_fails_after_the_commit_stays(database: Database) -> None:
    with pytest.raises(Stopped), points.watched(_stop_at("count:after-commit")), database.write("count") as session:
        next_change(session)
    with database.read() as session:
        assert current_change(session) == 1


def test_a_write_that_raised_reaches_no_point(database: Database) -> None:
    seen: list[str] = []
    with pytest.raises(Stopped), points.watched(seen.append), database.write("count"):
        raise Stopped
    assert seen == []


def test_nothing_is_watched_after_the_block() -> None:
    seen: list[str] = []
    with points.watched(seen.append):
        points.reached("one")
    points.reached("two")
    assert seen == ["one"]


def _stop_at(point: str) -> points.Watcher:
    def watch(name: str) -> None:
        if name == point:
            raise Stopped

    return watch
