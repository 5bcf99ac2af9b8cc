"""A server is killed (SIGKILL) between the ledger's commit and the answer, and at moments of chance: no answer that reached
a client is missing from the ledger, and what is there beyond them is at most what was on its way."""

from __future__ import annotations

import http.client
import os
import signal
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from random import Random

import pytest
from sqlalchemy import select

from network import points
from sharing.ledger.models import Disclosure
from tests.api import world as worlds
from tests.api.test_factories import made
from tests.api.world import World
from tests.crashes.state import check
from tests.crashes.stopping import _CONTEXT

CLIENTS = 3
PLACES = ("record-disclosures:after-commit", "record-disclosures:before-commit", "by chance")
LAST = 30
"""The most requests that one client sends in one round."""


def serve(url: str, tell: Connection, place: str, after: int) -> None:
    """Answer over HTTP until the ledger comes to `place` for the `after`th time, and die there."""
    import logging

    import structlog
    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").disabled = True
    structlog.configure(processors=[structlog.testing.LogCapture()])
    node = worlds.world_at(url, {}, seed=int.from_bytes(os.urandom(6)))
    seen = Counter[str]()

    def watch(name: str) -> None:
        seen[name] += 1
        if name == place and seen[name] == after:
            os.kill(os.getpid(), signal.SIGKILL)

    points.install(watch)
    server = make_server("127.0.0.1", 0, node.app, threaded=True)
    tell.send(server.server_port)
    server.serve_forever()


@dataclass
class Client:
    """Asks until the server is gone; `got` counts the answers that arrived whole, by (way, factory)."""

    port: int
    headers: Mapping[str, str]
    factories: list[str]
    rng: Random
    got: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: int = 0

    def run(self) -> None:
        for _ in range(LAST):
            factory = self.rng.choice(self.factories)
            path, way = self.rng.choice(
                [
                    (f"/v1/factories/{factory}", "views.view_factory"),
                    (f"/v1/factories/{factory}/bundle", "views.bundle_factory"),
                    ("/v1/search?limit=50", "search.search"),
                ]
            )
            self.asked += 1
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            try:
                connection.request("GET", path, headers=dict(self.headers))
                answer = connection.getresponse()
                body = answer.read()
            except (OSError, http.client.HTTPException):
                return
            finally:
                connection.close()
            assert answer.status == 200, body
            for each in self.factories if way == "search.search" else [factory]:
                assert way == "views.bundle_factory" or each.encode() in body
                self.got[way, each] += 1


def one_round(node: World, factories: list[str], rng: Random, before: Counter[tuple[str, str]]) -> Counter[tuple[str, str]]:
    """A server, its clients and its death; what arrived. `before`: the rows that were there."""
    mine, theirs = _CONTEXT.Pipe()
    place = rng.choice(PLACES)
    url = node.settings.database_url
    process = _CONTEXT.Process(target=serve, args=(url, theirs, place, rng.randint(1, 25)))
    process.start()
    try:
        assert mine.poll(120), "the server did not start"
        headers = {"Authorization": f"Bearer {node.token('globex', 'rfq')}"}
        port = mine.recv()
        clients = [Client(port, headers, factories, Random(rng.random())) for _ in range(CLIENTS)]
        threads = [threading.Thread(target=each.run) for each in clients]
        for thread in threads:
            thread.start()
        if place == PLACES[2]:
            threads[0].join(rng.random() * 2)
            process.kill()
        for thread in threads:
            thread.join(120)
    finally:
        process.kill()
        process.join()
    got = sum((each.got for each in clients), Counter[tuple[str, str]]())
    now = recorded(node)
    new = now - before
    missing = got - new
    assert not missing, f"reached a client and stands in no ledger: {missing}"
    lost = new - got
    per_way = Counter({way: max((count for (name, _), count in lost.items() if name == way), default=0) for way, _ in lost})
    assert sum(per_way.values()) <= CLIENTS, f"more than was on its way: {lost}"
    return got


def recorded(node: World) -> Counter[tuple[str, str]]:
    with node.database.read() as session:
        return Counter((way, str(factory)) for way, factory in session.execute(select(Disclosure.way, Disclosure.factory_id)))


@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.slow)])
def test_no_answer_that_reached_a_client_is_missing_after_a_kill(sqlite_url: str, rounds: int) -> None:
    killed(sqlite_url, rounds, seed=5)


@pytest.mark.slow
def test_no_answer_that_reached_a_client_is_missing_after_a_kill_on_postgresql(postgres_url: str) -> None:
    killed(postgres_url, 100, seed=6)


def killed(url: str, rounds: int, *, seed: int) -> None:
    node = worlds.world_at(url, worlds.populate(url))
    rng = Random(seed)
    try:
        factories = [made(node) for _ in range(2)]
        arrived = 0
        for _ in range(rounds):
            arrived += one_round(node, factories, rng, recorded(node)).total()
        assert arrived > rounds, "nothing arrived, so nothing could be missing"
        assert check(url) == frozenset()
    finally:
        node.database.dispose()
