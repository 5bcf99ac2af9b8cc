"""The search over HTTP: the floor, the page, the cursor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from api.resources import search as resource
from tests.api.test_factories import LATHE, made
from tests.api.world import World


def named(name: str) -> dict[str, Any]:
    return dict(LATHE) | {"legal_name": {"vi": name}}


def test_a_hit_is_the_factory_as_the_asker_sees_it(world: World) -> None:
    factory = made(world)
    answer = world.get("globex", "/v1/search?process=3.2.1&tolerance_um_max=20", purpose="sourcing").json
    assert (answer["capabilities"], answer["factories"], answer["next"]) == (1, 1, None)
    view = world.get("globex", f"/v1/factories/{factory}", purpose="sourcing").json["factory"]
    assert answer["items"][0]["factory"] == view
    assert answer["items"][0]["capability"] in view["capability"]
    assert world.get(None, "/v1/search?process=3.2.1&tolerance_um_max=20").json["items"] == []


def test_pages_follow_each_other_by_a_cursor_of_one_asker(world: World) -> None:
    factories = {made(world, named(f"A {number}")) for number in range(3)}
    seen: list[str] = []
    query, cursor = "/v1/search?limit=2", None
    while True:
        page = world.get(None, query + (f"&cursor={cursor}" if cursor else "")).json
        seen += [item["factory"]["id"].rpartition(":")[2] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert (len(seen), set(seen)) == (3, factories)
    assert world.get("globex", f"{query}&cursor={cursor}").json["code"] == "invalid_cursor"
    assert world.get(None, f"/v1/search?limit=2&q=A&cursor={cursor}").json["code"] == "invalid_cursor"


def test_a_page_is_as_large_as_the_node_allows(new_world: Callable[..., World]) -> None:
    world = new_world(page_size_max=5)
    assert world.get(None, "/v1/search?limit=5").status_code == 200
    answer = world.get(None, "/v1/search?limit=6")
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (422, "limit")
    told = {world.get(None, f"/v1/search?limit={limit}").json["errors"][0]["message"] for limit in (0, 6, 100_001)}
    assert told == {"A whole number from 1 to 5."}


def test_no_search_answers_sooner_than_the_floor(new_world: Callable[..., World]) -> None:
    world = new_world(search_floor_ms=80)
    for address in ("/v1/search", "/v1/search?cursor=x"):
        started = time.monotonic()
        world.get(None, address)
        assert time.monotonic() - started >= 0.08


def test_the_floor_is_waited_after_the_connection_is_returned(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    world = new_world(search_floor_ms=200)
    order: list[str] = []
    reading = world.database.read

    @contextmanager
    def noted() -> Iterator[Any]:
        with reading() as session:
            yield session
        order.append("returned")

    monkeypatch.setattr(world.database, "read", noted)
    monkeypatch.setattr(resource.time, "sleep", lambda _: order.append("waited"))
    assert world.get(None, "/v1/search").status_code == 200
    assert order[-2:] == ["returned", "waited"]
    assert order.count("waited") == 1


@pytest.mark.parametrize(
    "query", ["nonsense=1", "process=nope", "sort=price", "spare_hours=1&hours_mode=x", "limit=0", "limit=x"]
)
def test_what_cannot_be_asked_does_not_depend_on_who_asks(world: World, query: str) -> None:
    nobody, member = world.get(None, f"/v1/search?{query}"), world.get("globex", f"/v1/search?{query}")
    assert nobody.status_code == member.status_code == 422
    assert nobody.data == member.data
