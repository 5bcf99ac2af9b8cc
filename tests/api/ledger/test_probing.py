"""Questions that differ in little are counted and limited from the questions alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from network import membership, points
from sharing.ledger.probing import asked_of
from sharing.search import parse_query
from tests.api.ledger.rows import rows
from tests.api.test_factories import bytes_of, hide, made
from tests.api.test_files import EXACT
from tests.api.world import World

DAY = date(2026, 11, 22)
NewWorld = Callable[..., World]


def opened(world: World) -> str:
    """A factory that shows everybody everything."""
    factory = made(world)
    world.save_policy("acme", factory, EXACT)
    return factory


def asked(world: World, number: int, who: str | None = "globex", **other: str) -> int:
    return world.get(who, "/v1/search", query_string={"spare_hours": str(number), **other}).status_code


def shapes(**given: str) -> tuple[str, ...]:
    return asked_of("x", parse_query({name: [value] for name, value in given.items()}, DAY)).shapes


def test_what_differs_in_numbers_weeks_and_days_alone_has_one_shape() -> None:
    narrow, wide = shapes(spare_hours="10", process="3.2.1")
    assert shapes(spare_hours="20", process="3.2.1") == (narrow, wide)
    assert shapes(spare_hours="20", process="3.2.1", weeks_from="2026-W50", weeks_until="2026-W51") == (narrow, wide)
    assert shapes(spare_hours="20", process="3.2.1", hours_mode="each") == (narrow, wide)
    assert shapes(spare_hours="10", process="3.2.2")[0] != narrow
    assert shapes(spare_hours="10", process="3.2.2")[1] == wide
    assert shapes(process="3.2.1")[1] != wide


def test_a_new_question_of_a_shape_that_had_enough_is_refused_and_old_ones_are_answered(new_world: NewWorld) -> None:
    world = new_world(probing_limit=3)
    assert [asked(world, number) for number in (1, 2, 3, 4)] == [200, 200, 200, 429]
    answer = world.get("globex", "/v1/search?spare_hours=5")
    assert (answer.status_code, answer.json["code"]) == (429, "probing_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= 7 * 86400
    assert asked(world, 2) == 200
    assert asked(world, 4, process="3.2.1") == 200
    assert asked(world, 4, "umbrella") == 200
    assert asked(world, 4, None) == 200
    world.clock.move(days=2)
    world._tokens.clear()
    assert asked(world, 4) == 200


def test_completing_within_a_search_counts_as_the_search_does(new_world: NewWorld) -> None:
    world = new_world(probing_limit=3)

    def completed(number: int, typed: str) -> int:
        query = {"typed": typed, "spare_hours": str(number)}
        return world.get("globex", "/v1/search/suggest", query_string=query).status_code

    assert [completed(1, typed) for typed in ("t", "ti", "tie", "tien", "turn")] == [200] * 5, "one question, typed on"
    assert [asked(world, 2), completed(3, "t"), completed(4, "t"), asked(world, 4)] == [200, 200, 429, 429]
    assert [completed(2, "t"), completed(3, "v")] == [200, 200]
    assert [world.get("globex", f"/v1/search/suggest?typed={each}").status_code for each in "abcde"] == [200] * 5


def test_the_limit_is_the_same_whatever_the_questions_hit(new_world: NewWorld) -> None:
    answers = []
    for hidden in (False, True):
        world = new_world(probing_limit=5)
        factory = opened(world)
        if hidden:
            hide(world, factory)
        answers.append([asked(world, number) for number in range(20, 40)])
        refused = [bytes_of(world.get("globex", f"/v1/search?spare_hours={number}")) for number in (50, 51)]
        answers.append([status for status, *_ in refused])
    assert answers[0] == answers[2] == [200] * 5 + [429] * 15
    assert answers[1] == answers[3]


def test_the_pages_of_a_question_and_asking_again_count_once(new_world: NewWorld) -> None:
    world = new_world(probing_limit=1)
    opened(world)
    opened(world)
    page = world.get("globex", "/v1/search?spare_hours=1&limit=1").json
    assert world.get("globex", f"/v1/search?spare_hours=1&limit=1&cursor={page['next']}").status_code == 200
    assert asked(world, 1) == 200
    assert asked(world, 2) == 429


def test_a_question_that_gave_out_nothing_is_written_once_a_week_and_the_publics_never(
    world: World,
) -> None:
    opened(world)

    def writes(who: str | None, path: str) -> int:
        if who is not None:
            world.token(who)
        seen: list[str] = []
        with points.watched(seen.append):
            assert world.get(who, path).status_code == 200
        return seen.count("record-disclosures:after-commit")

    nothing, something = "/v1/search?spare_hours=50000", "/v1/search?spare_hours=1"
    assert [writes(None, nothing) for _ in range(2)] == [0, 0]
    assert [writes("globex", nothing) for _ in range(3)] == [1, 0, 0]
    assert [writes("globex", something) for _ in range(2)] == [1, 1], "what was given out is recorded each time"
    assert writes("globex", "/v1/search?spare_hours=50001") == 1
    world.clock.move(days=2)
    world._tokens.clear()
    assert [writes("globex", nothing) for _ in range(2)] == [1, 0]


def test_organizations_of_one_beneficial_owner_share_a_count(new_world: NewWorld) -> None:
    world = new_world(probing_limit=2)
    with world.database.write() as session:
        for slug in ("globex", "umbrella"):
            member = membership.find(session, slug)
            assert member is not None
            membership.set_facts(session, member.id, "beneficial_owner", ["holding-1"], source="operator", now=world.clock())
    assert [asked(world, 1), asked(world, 2, "umbrella"), asked(world, 3), asked(world, 4, "umbrella")] == [200, 200, 429, 429]
    assert asked(world, 5, "initech") == 200


def test_the_wide_limit_counts_questions_with_the_same_parameters(new_world: NewWorld) -> None:
    world = new_world(question_limit=2)
    codes = ("3.2.1", "3.2.2", "3.2.3")
    assert [world.get("globex", f"/v1/search?process={code}").status_code for code in codes] == [200, 200, 429]


@pytest.mark.parametrize("touched", [True, False])
def test_an_owner_hears_of_alike_questions_once_one_gave_out_something_of_theirs(world: World, touched: bool) -> None:
    factory = opened(world)
    if not touched:
        hide(world, factory)
    for number in range(20, 40):
        asked(world, number)
    assert bool(rows(world)) is touched
    found = world.get("acme", "/v1/ledger/probing").json["probing"]
    assert world.get("umbrella", "/v1/ledger/probing").json["probing"] == []
    if not touched:
        assert found == []
        return
    [each] = found
    assert (each["viewer"], each["questions"], each["parameters"]) == ("did:web:node.example:orgs:globex", 20, ["spare_hours"])
    assert (each["factories"], each["week"]) == ([factory], "2026-11-16")
