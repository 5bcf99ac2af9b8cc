"""Two changes take their numbers in one order and try to be committed in the other; a second process misses neither."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from network.database import Database
from sharing import publications
from tests.leaks.building import add_factory, caller
from tests.leaks.nodes import Node, Template, closing
from tests.leaks.worlds import FactorySpec, WorldSpec
from tests.world import save_policy

ALONE = WorldSpec(factories=(), friends=(), agreed=False, days_later=0, platform=())
CLOSED = [{"id": "none", "to": {"org": ["did:web:node.example:orgs:stranger"]}, "show": [["*", "exact"]]}]
OPEN = {"v": 1, "rules": [{"id": "all", "to": "anyone", "show": [["*", "exact"]]}]}
ROOT = Path(__file__).parents[2]


class SecondProcess:
    """A running `second_process`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def found(self) -> set[str]:
        """What nobody finds now, asked there."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write("ask\n")
        stdin.flush()
        return set(json.loads(stdout.readline()))


@contextmanager
def second_process(url: str) -> Iterator[SecondProcess]:
    command = [sys.executable, "-m", "tests.leaks.second_process", url]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield SecondProcess(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(20)


@pytest.fixture
def node(postgres_node: Template) -> Iterator[Node]:
    with closing(postgres_node.node("order")) as node:
        spec = FactorySpec(
            owner="maker", rules=CLOSED, grants=(), scope=(), revoked=False, edited=False,
            document={"legal_name": "Works", "country": "VN", "capabilities": [{"process": "3.2.1"}]},
        )  # fmt: skip
        for _ in range(2):
            add_factory(node, spec, ALONE)
        yield node


def _open(node: Node, factory_id: str, numbered: threading.Event, go_on: threading.Event) -> None:
    """Open a factory to everybody; the change number is taken, then the commit waits for `go_on`."""
    house, who = node.house, caller(node, "maker")
    with house.database.write() as session:
        save_policy(house, session, who, factory_id, OPEN)
        numbered.set()
        assert go_on.wait(20)


@contextmanager
def _overtaking(node: Node) -> Iterator[tuple[Future[None], threading.Event, Future[None]]]:
    """A first change that holds its number uncommitted, and a second one that began later and would commit at once."""
    first, second = (factory_id for _, factory_id in node.factories)
    numbered, release, free = threading.Event(), threading.Event(), threading.Event()
    free.set()
    with ThreadPoolExecutor(2) as pool:
        try:
            slow = pool.submit(_open, node, first, numbered, release)
            assert numbered.wait(20)
            quick = pool.submit(_open, node, second, threading.Event(), free)
            yield slow, release, quick
        finally:
            release.set()


def test_the_next_question_of_a_second_process_sees_both_changes(node: Node) -> None:
    first, second = (factory_id for _, factory_id in node.factories)
    with second_process(node.url) as process:
        assert process.found() == set()
        with _overtaking(node) as (slow, release, quick):
            with pytest.raises(TimeoutError):
                quick.result(1)  # it waits: a later number cannot be committed before an earlier one
            assert process.found() == set()
            release.set()
            slow.result(20)
            quick.result(20)
        assert process.found() == {first, second}


def test_with_numbers_that_do_not_wait_the_second_process_would_miss_a_change(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above can fail: numbers taken outside the transaction are what a sequence does."""
    first, second = (factory_id for _, factory_id in node.factories)
    beside = Database(node.url)

    def next_change(_: Session) -> int:
        with beside.write() as session:
            number: Any = session.execute(text("UPDATE change_counter SET value = value + 1 RETURNING value")).scalar()
        return int(number)

    monkeypatch.setattr(publications, "next_change", next_change)
    with second_process(node.url) as process:
        assert process.found() == set()
        with _overtaking(node) as (slow, release, quick):
            quick.result(20)
            assert process.found() == {second}
            release.set()
            slow.result(20)
        assert process.found() == {second}, "the first change is missed for ever"
    beside.dispose()
    assert first
