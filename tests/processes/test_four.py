"""Four processes answer while two owners write: no error, no answer older than what was acknowledged, no alarm.

Each write makes a factory's visible fields spell its number, so that an answer tells which state it is a function of. A
reader notes the number that was acknowledged before it asked and the one that was begun when the answer was there: the
answer must be of a state between the two.
"""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api.container import build
from api.settings import Settings
from sharing import fsck
from tests.api.world import KEK, populate
from tests.long.portions import Portion
from tests.processes.running import Redis, Server, command, environment, served, started
from trust import base64url

BITS = ("trading_name", "note", "address", "province", "established_year")
CYCLE = 1 << len(BITS)
EVERY, ABSENT = 8, 7
"""Of eight states one is withdrawn."""
DOCUMENT: dict[str, Any] = {
    "legal_name": "Turning works", "country": "VN", "trading_name": "Works", "note": "Ask", "address": "1 Lê Lợi",
    "province": "VN-HN", "established_year": 1999, "capabilities": [{"process": "3.2.1"}],
}  # fmt: skip
ENOUGH = 10
"""Writes, and answers that could be given in one way only."""
OWNERS = ("acme", "umbrella")


def rules(number: int) -> dict[str, Any]:
    shown = [["$listing", "exact"], ["legal_name", "exact"]]
    shown += [[name, "exact"] for bit, name in enumerate(BITS) if number >> bit & 1]
    return {"v": 1, "rules": [{"id": "card", "to": "anyone", "show": shown}]}


def state(number: int) -> int | None:
    """What the state `number` looks like: its number modulo the cycle, or nothing."""
    return None if number % EVERY == ABSENT else number % CYCLE


@dataclass
class Factory:
    """One factory, its owner's token, and how far its writer is; written by the writer alone."""

    id: str
    token: str
    begun: int = 0
    acknowledged: int = 0
    withdrawn: bool = False


@dataclass
class Seen:
    """What the readers and writers saw that should not be, and how many answers there were."""

    wrong: list[str] = field(default_factory=list)
    answers: int = 0
    sharp: int = 0
    writes: int = 0


def spelt(content: dict[str, Any]) -> int:
    return sum(1 << bit for bit, name in enumerate(BITS) if name in content)


def write(server: Server, factory: Factory, seen: Seen, done: threading.Event) -> None:
    """One state after the other, each acknowledged before the next begins."""
    address, number = f"/v1/factories/{factory.id}", 0
    while not done.is_set():
        number += 1
        factory.begun = number
        if state(number) is None:
            steps = [("POST", f"{address}/withdraw", None)]
        else:
            steps = [("PUT", f"{address}/policy", rules(number))]
            steps += [("POST", f"{address}/publish", {})] if factory.withdrawn or number % 3 == 0 else []
        for method, path, body in steps:
            answer = server.ask(method, path, token=factory.token, body=body)
            if answer.status == 409 and answer.json["code"] == "widening_not_confirmed":
                answer = server.ask(method, f"{path}?confirm={answer.json['digest']}", token=factory.token, body=body)
            if answer.status >= 300:
                seen.wrong.append(f"{method} {path}: {answer.status} {answer.text}")
        factory.withdrawn = state(number) is None
        factory.acknowledged = number
        seen.writes += 1
        if number % 4 == 0:
            rest(seen, done)


def rest(seen: Seen, done: threading.Event) -> None:
    """Until a request fell between two states, which can then be answered in one way only: soon, or not on a busy machine."""
    before, end = seen.sharp, time.monotonic() + 5
    while seen.sharp == before and not done.is_set() and time.monotonic() < end:
        time.sleep(0.05)


def read(server: Server, factories: list[Factory], tokens: list[str | None], seen: Seen, done: threading.Event) -> None:
    turn = 0
    while not done.is_set():
        turn += 1
        token = tokens[turn % len(tokens)]
        least = {each.id: each.acknowledged for each in factories}
        if turn % 3:
            answer = server.ask("GET", "/v1/search", token=token)
            found = _found(answer.json) if answer.status == 200 else None
        else:
            asked = factories[turn % len(factories)]
            answer = server.ask("GET", f"/v1/factories/{asked.id}", token=token)
            found = (
                {asked.id: None if answer.status == 404 else spelt(answer.json["factory"])}
                if answer.status in {200, 404}
                else None
            )
        most = {each.id: each.begun for each in factories}
        seen.answers += 1
        if found is None:
            seen.wrong.append(f"{answer.status} {answer.text}")
            continue
        for factory_id, shown in found.items() if turn % 3 == 0 else ((each.id, found.get(each.id)) for each in factories):
            first, last = least[factory_id], most[factory_id]
            seen.sharp += first == last
            possible = {state(number) for number in range(first, last + 1)}
            # Published again after a withdrawal is two requests: between them it is still withdrawn.
            if shown not in possible:
                seen.wrong.append(f"{factory_id}: {shown} is no state of {first} to {last}")


def _found(answer: dict[str, Any]) -> dict[str, int | None]:
    items = {each["factory"]["id"].rpartition(":")[2]: each["factory"] for each in answer["items"]}
    if answer["factories"] != len(items):
        return dict.fromkeys(items, -1)
    in_province = sum("province" in each for each in items.values())
    if sum(answer["facets"]["province"].values()) != in_province:
        return dict.fromkeys(items, -2)
    return {factory_id: spelt(each) for factory_id, each in items.items()}


def publish(server: Server, token: str) -> Factory:
    made = server.ask("POST", "/v1/factories", token=token, body=DOCUMENT)
    assert made.status == 201, made.text
    factory = Factory(id=made.json["id"], token=token)
    address = f"/v1/factories/{factory.id}"
    assert server.ask("PUT", f"{address}/policy", token=token, body=rules(0)).status == 200
    digest = server.ask("POST", f"{address}/publish", token=token, body={}).json["digest"]
    assert server.ask("POST", f"{address}/publish", token=token, body={"preview": digest}).status == 200
    return factory


def test_four_processes_two_writers_and_four_readers(database_url: str, tmp_path: Path, redis: Redis) -> None:
    serve_under_load(database_url, tmp_path, redis, 6)


@pytest.mark.long("processes")
def test_four_processes_for_much_longer(database_url: str, tmp_path: Path, redis: Redis, portion: Portion) -> None:
    assert portion.asked or portion.count >= 60, "the slow tier alone asks for a minute"
    portion.note(serve_under_load(database_url, tmp_path, redis, portion.count))


def serve_under_load(database_url: str, tmp_path: Path, redis: Redis, seconds: int) -> str:
    """Returns how much was seen."""
    clients = populate(database_url)
    snapshot = str(tmp_path / "node.index")
    settings = environment(
        database_url, rate_limit_storage=redis.url, index_snapshot=snapshot, token_lifetime_s="3600", log_level="INFO"
    )
    seen, done = Seen(), threading.Event()
    with (
        served(settings, tmp_path, "--workers", "4", "--threads", "4") as server,
        started(command("worker"), settings, tmp_path / "worker.log") as worker,
    ):
        factories = [publish(server, server.token(clients[owner])) for owner in OWNERS]
        tokens = [None, server.token(clients["globex"], "sourcing"), server.token(clients["initech"])]
        threads = [threading.Thread(target=write, args=(server, each, seen, done)) for each in factories]
        threads += [threading.Thread(target=read, args=(server, factories, tokens, seen, done)) for _ in range(4)]
        for each in threads:
            each.start()
        time.sleep(seconds / 2)
        if seconds > 10:
            # A graceful restart in the middle: new processes, old ones finish what they have in hand.
            server.process.send_signal(signal.SIGHUP)
        time.sleep(seconds / 2)
        # A busy machine gets longer, so that what is asked below is about the program.
        end = time.monotonic() + 90
        while (seen.sharp < ENOUGH or seen.writes < ENOUGH) and time.monotonic() < end:
            time.sleep(0.1)
        done.set()
        for each in threads:
            each.join(60)
            assert not each.is_alive()
        assert worker.poll() is None
        assert seen.wrong == []
        assert server.alarms() == []
        assert [line for line in server.lines() if line.get("status", 0) >= 500] == []
    assert "alarm" not in (tmp_path / "worker.log").read_text()
    kind = database_url.partition(":")[0]
    told = f"{kind}, {seconds} s: {seen.writes} writes, {seen.answers} answers, {seen.sharp} of them sharp"
    print(told)
    assert min(seen.writes, seen.answers, seen.sharp) >= ENOUGH
    container = build(Settings(database_url=database_url, kek=base64url.encode(KEK.secret), index_snapshot=snapshot))
    try:
        report = fsck.fsck(container.house)
    finally:
        container.close()
    assert report.findings == ()
    return told
