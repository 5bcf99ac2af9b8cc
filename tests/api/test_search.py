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


def suggested(world: World, who: str | None, query: str, **other: Any) -> list[tuple[str, str, int]]:
    answer = world.get(who, f"/v1/search/suggest?{query}", **other)
    assert answer.status_code == 200, answer.text
    return [(each["parameter"], each["value"], each["hits"]) for each in answer.json["suggestions"]]


def test_a_search_box_is_offered_codes_words_and_names_of_what_the_asker_sees(world: World) -> None:
    for number in range(2):
        made(world, named(f"Cơ khí Đông Anh {number}"))
    everywhere = suggested(world, "globex", "typed=tiện", purpose="sourcing")
    assert everywhere == [("process", "3.2.1", 2), ("q", "tien", 2)]
    names = suggested(world, "globex", "typed=dong a&field=q", purpose="sourcing")
    assert names == [("q", "dong anh", 2), ("q", "Cơ khí Đông Anh 0", 1), ("q", "Cơ khí Đông Anh 1", 1)]
    assert suggested(world, "globex", "typed=dong a&field=process") == []
    assert suggested(world, "globex", "typed=tiện&process=1", purpose="sourcing") == [("process", "3.2.1", 2)]
    assert suggested(world, "globex", "typed=tiện&country=KR", purpose="sourcing") == []
    corrected = world.get("globex", "/v1/search/suggest?typed=tunring&limit=1", purpose="sourcing").json["suggestions"]
    assert [(each["label_vi"], each["corrected"], each["kind"]) for each in corrected] == [("Tiện", True, "code")]


def test_what_is_withdrawn_is_suggested_no_more(world: World) -> None:
    factory = made(world, named("Đông Anh"))
    assert suggested(world, None, "typed=dong")
    assert world.post("acme", f"/v1/factories/{factory}/withdraw").status_code == 204
    assert suggested(world, None, "typed=dong") == []
    assert suggested(world, None, "typed=tien") == []


@pytest.mark.parametrize("query", ["", "typed=", "typed=%20-", "typed=a&field=no", "typed=a&limit=0", "typed=a&weeks_from=x"])
def test_what_cannot_be_completed_is_refused(world: World, query: str) -> None:
    assert world.get(None, f"/v1/search/suggest?{query}").status_code == 422
