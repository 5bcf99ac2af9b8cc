"""A writer opens and closes rules while two other processes answer: who asks after a commit sees it, every time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient

from sharing import searching
from tests.leaks import tally
from tests.leaks.building import add_factory, put_policy
from tests.leaks.nodes import Node, Template, closing
from tests.leaks.worlds import FactorySpec, WorldSpec
from tests.long.portions import Portion

ALONE = WorldSpec(factories=(), friends=(), agreed=False, days_later=0, platform=())
BITS = ("trading_name", "note", "address", "province", "established_year")
"""The fields whose being shown spells the number of the last change, modulo 2 to the power of their number."""
CYCLE = 1 << len(BITS)
DOCUMENT: dict[str, Any] = {
    "legal_name": "Turning works", "country": "VN", "trading_name": "Works", "note": "Ask", "address": "1 Lê Lợi",
    "province": "VN-HN", "established_year": 1999, "capabilities": [{"process": "3.2.1"}],
}  # fmt: skip


def rules(number: int) -> list[dict[str, Any]]:
    """The policy of the change `number`."""
    shown = [["$listing", "exact"], ["legal_name", "exact"]]
    shown += [[name, "exact"] for bit, name in enumerate(BITS) if number >> bit & 1]
    return [{"id": "card", "to": "anyone", "show": shown}]


@dataclass
class Progress:
    """What the writer has begun and what has been committed; each is written by the writer alone."""

    begun: int = 0
    committed: int = 0
    done: bool = False
    checked: int = 0
    sharp: int = 0
    wrong: list[str] = field(default_factory=list)


def read(node: Node, factory_id: str, progress: Progress) -> None:
    """Ask until the writer is done; note every answer that is older than what was committed when it was asked for."""
    client, turn = node.client, 0
    while not progress.done:
        turn += 1
        least = progress.committed
        number = _by_search(client) if turn % 2 else _by_id(client, factory_id)
        most = progress.begun
        progress.checked += 1
        progress.sharp += least == most
        if isinstance(number, str):
            progress.wrong.append(number)
        elif most - least < CYCLE - 1 and (number - least) % CYCLE > most - least:
            progress.wrong.append(f"saw {number} although {least} was committed and {most} begun")


def _by_id(client: FlaskClient, factory_id: str) -> int | str:
    answer = client.get(f"/v1/factories/{factory_id}")
    return _number(answer.json["factory"]) if answer.status_code == 200 else answer.text


def _by_search(client: FlaskClient) -> int | str:
    answer = client.get("/v1/search")
    if answer.status_code != 200:
        return answer.text
    (item,) = answer.json["items"]
    shown = "province" in item["factory"]
    if bool(answer.json["facets"]["province"]) != shown:
        return f"facets {answer.json['facets']} beside {item['factory']}"
    return _number(item["factory"])


def _number(content: dict[str, Any]) -> int:
    return sum(1 << bit for bit, name in enumerate(BITS) if name in content)


@pytest.mark.parametrize("kind", ["sqlite_node", "postgres_node"])
def test_every_request_that_began_after_a_commit_shows_its_effect(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    toggle(request, monkeypatch, kind, range(1, 201), lambda _: None)


@pytest.mark.long("writer")
@pytest.mark.parametrize("kind", ["sqlite_node", "postgres_node"])
def test_every_request_shows_the_last_of_many_more_changes(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, kind: str, portion: Portion
) -> None:
    first = portion.seed + portion.numbers.start
    portion.note(toggle(request, monkeypatch, kind, range(first, first + portion.count), portion.step))


def toggle(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    numbers: range,
    step: Callable[[int], None],
) -> str:
    """Commit the policies of these numbers, in their order; returns what was seen meanwhile."""
    changes = len(numbers)
    template: Template = request.getfixturevalue(kind)
    alarms: list[Any] = []
    monkeypatch.setattr(searching.log, "error", lambda *said, **more: alarms.append((said, more)), raising=False)
    node, before = template.node("writer"), numbers.start - 1
    first = rules(before % CYCLE)
    spec = FactorySpec(owner="maker", document=DOCUMENT, rules=first, grants=(), scope=(), revoked=False, edited=False)
    factory_id = add_factory(node, spec, ALONE)
    readers = [node.second(), node.second()]
    progress = [Progress(begun=before, committed=before) for _ in readers]
    with closing(node, *readers):
        threads = [
            threading.Thread(target=read, args=(reader, factory_id, each), daemon=True)
            for reader, each in zip(readers, progress, strict=True)
        ]
        for reader in readers:
            reader.client.get("/v1/search")
        for thread in threads:
            thread.start()
        started = time.monotonic()
        for number in numbers:
            step(number - numbers.start)
            for each in progress:
                each.begun = number
            put_policy(node, "maker", factory_id, rules(number % CYCLE))
            for each in progress:
                each.committed = number
            # A breath, so that some requests fall between two changes and can show one answer only.
            time.sleep(0.02 if number % 4 == 0 else 0)
        for each in progress:
            each.done = True
        for thread in threads:
            thread.join(30)
            assert not thread.is_alive()
        checked, sharp = sum(each.checked for each in progress), sum(each.sharp for each in progress)
        took = f"{time.monotonic() - started:.0f} s"
        seen = f"{kind}: {changes} changes beside {checked} answers ({sharp} between two changes) in {took}"
        tally.note(seen)
    assert not [line for each in progress for line in each.wrong]
    assert not alarms
    assert all(each.checked >= changes / 10 for each in progress)
    assert sharp
    return seen
