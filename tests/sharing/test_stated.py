"""When values were stated: the day of a level moves with what that level shows, or when its owner confirms it."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from network.database import Database
from policies import Level
from sharing import confirming, factories, publish, views
from sharing.catalogue import field
from sharing.errors import InvalidDocument, NotFound
from sharing.freshness import confidence
from sharing.stated import Stated, hours_as_of, restated, stated_of, stated_on, stated_text
from tests.sharing.profile_documents import documents, record
from tests.world import NOW, World

FIRST, SECOND, THIRD = date(2026, 11, 1), date(2026, 11, 10), date(2026, 11, 20)
SHOP: dict[str, Any] = {
    "legal_name": "Shop",
    "country": "VN",
    "capabilities": [{"process": "3.2.1", "tolerance_um": "6", "material_family": "P"}],
    "capacity_groups": [{"name": "Mills", "installed_hours": "80", "spare_hours": {"2026-W48": "41"}}],
}
BANDS = {"v": 1, "rules": [{"id": "bands", "to": "anyone", "show": [["*", "band"]]},
                           {"id": "exact", "to": {"tier": "member"}, "show": [["*", "exact"]]}]}  # fmt: skip


def test_a_day_moves_at_the_levels_that_show_something_else() -> None:
    before = record(SHOP)
    document = deepcopy(SHOP)
    document["capabilities"][0] |= {"tolerance_um": "9", "axes": "5"}
    document["capacity_groups"][0]["spare_hours"] = {"2026-W48": "80"}
    after = record(document)
    stated = restated(before, stated_on(FIRST), after, SECOND)
    (capability,), (group,) = after.capabilities, after.capacity_groups
    old, new = FIRST.isoformat(), SECOND.isoformat()
    assert stated.at(f"capability/{capability}/tolerance_um") == (old, old, new)
    assert stated.at(f"capability/{capability}/process") == (old, old, old)
    assert stated.at(f"capability/{capability}/axes") == (new, new, new)
    assert stated.at(f"capacity/{group}/spare_hours") == (old, new, new)
    assert hours_as_of(after, stated) == {group: (SECOND, SECOND)}
    assert stated.of("country", Level.BAND) == old


@given(documents(), documents())
def test_no_day_moves_where_a_level_shows_what_it_showed(one: dict[str, object], other: dict[str, object]) -> None:
    before, after = record(one), record(other)
    old = {path: value for path, _, value in before.values()}
    stated = restated(before, stated_on(FIRST), after, SECOND)
    assert set(stated.days) <= {path for path, _, _ in after.values()}
    assert stated_of(stated_text(stated)) == stated
    for path, key, value in after.values():
        for level in (Level.EXISTENCE, Level.BAND, Level.EXACT):
            same = path in old and field(key).cell(old[path], level) == field(key).cell(value, level)
            assert stated.of(path, level) == (FIRST if same else SECOND).isoformat()


def test_confidence_falls_with_age() -> None:
    words = {days: confidence(date.fromordinal(NOW.date().toordinal() - days).isoformat(), NOW.date()) for days in range(50)}
    assert [words[each] for each in (0, 6, 7, 13, 14, 27, 28, 41, 42, 49)] == [
        "high", "high", "good", "good", "fair", "fair", "low", "low", "stale", "stale",
    ]  # fmt: skip


@pytest.fixture
def world(sqlite_database: Database) -> World:
    world = World.on(sqlite_database)
    world.organization("maker")
    world.organization("reader")
    return world


def put(world: World, factory_id: str, change: dict[str, Any]) -> None:
    with world.house.database.write("edit") as session:
        caller = world.caller("maker")
        document = deepcopy(dict(factories.get_profile(world.house, session, caller, factory_id).document))
        document["capacity_groups"][0] |= change  # type: ignore[index]
        factories.put_profile(world.house, session, caller, factory_id, document)


def seen(world: World, factory_id: str, who: str | None) -> Any:
    with world.house.database.read() as session:
        return views.view(world.house, session, world.caller(who), factory_id)


def hours(world: World, factory_id: str, who: str | None) -> str:
    (group,) = seen(world, factory_id, who).projection.content["capacity"].values()
    return str(group["spare_hours"]["as_of"])


def confirm(world: World, factory_id: str, paths: list[str] | None = None, who: str = "maker") -> confirming.Confirmation:
    with world.house.database.write("confirm") as session:
        return confirming.confirm_unchanged(world.house, session, world.caller(who), factory_id, paths)


def made(world: World) -> str:
    factory_id = world.factory("maker", SHOP)
    world.policy("maker", factory_id, BANDS)
    return factory_id


def test_a_change_inside_a_band_moves_the_day_of_the_exact_value_alone(world: World) -> None:
    factory_id = made(world)
    first = world.house.today().isoformat()
    world.clock.forward(days=8)
    put(world, factory_id, {"spare_hours": {"2026-W48": "50"}})
    assert hours(world, factory_id, "reader") == first, "a draft is not live"
    world.publish("maker", factory_id)
    assert hours(world, factory_id, None) == first
    assert hours(world, factory_id, "reader") == world.house.today().isoformat()


def test_an_edit_taken_back_before_it_was_published_leaves_no_trace(world: World) -> None:
    factory_id = made(world)
    before = seen(world, factory_id, "reader").projection.canonical
    world.clock.forward(days=8)
    put(world, factory_id, {"spare_hours": {"2026-W48": "70"}})
    put(world, factory_id, {"spare_hours": {"2026-W48": "41"}})
    world.publish("maker", factory_id)
    assert seen(world, factory_id, "reader").projection.canonical == before


def test_confirming_over_a_draft_moves_the_levels_that_show_the_same(world: World) -> None:
    factory_id = made(world)
    first = world.house.today().isoformat()
    world.clock.forward(days=8)
    put(world, factory_id, {"spare_hours": {"2026-W48": "50"}})
    done = confirm(world, factory_id)
    assert "spare_hours" in {each.rpartition("/")[2] for each in done.paths}
    assert "spare_hours" not in {each.rpartition("/")[2] for each in done.live}, "the exact value is another one"
    today = world.house.today().isoformat()
    assert (hours(world, factory_id, None), hours(world, factory_id, "reader")) == (today, first)
    world.publish("maker", factory_id)
    assert (hours(world, factory_id, None), hours(world, factory_id, "reader")) == (today, today)


def test_confirming_over_a_draft_in_another_band_moves_no_band(world: World) -> None:
    factory_id = made(world)
    first = world.house.today().isoformat()
    world.clock.forward(days=8)
    put(world, factory_id, {"spare_hours": {"2026-W48": "39"}})
    confirm(world, factory_id)
    assert (hours(world, factory_id, None), hours(world, factory_id, "reader")) == (first, first)


def withdraw(world: World, factory_id: str) -> None:
    with world.house.database.write("withdraw") as session:
        publish.withdraw(world.house, session, world.caller("maker"), factory_id)


@pytest.mark.parametrize("gone", [False, True])
def test_withdrawn_and_published_again_a_factory_shows_no_edit_that_nobody_saw(world: World, gone: bool) -> None:
    factory_id = made(world)
    before = seen(world, factory_id, "reader").projection.canonical
    if gone:
        withdraw(world, factory_id)
    for spare in ("39", "41"):
        world.clock.forward(days=3)
        put(world, factory_id, {"spare_hours": {"2026-W48": spare}})
    for _ in range(2):
        if not gone:
            world.publish("maker", factory_id)
            world.clock.forward(days=3)
            withdraw(world, factory_id)
        world.publish("maker", factory_id)
        assert seen(world, factory_id, "reader").projection.canonical == before


def test_published_again_with_another_value_only_the_levels_that_changed_are_as_of_then(world: World) -> None:
    factory_id = made(world)
    first = world.house.today().isoformat()
    world.clock.forward(days=3)
    withdraw(world, factory_id)
    put(world, factory_id, {"spare_hours": {"2026-W48": "50"}})
    edited = world.house.today().isoformat()
    world.clock.forward(days=3)
    world.publish("maker", factory_id)
    assert (hours(world, factory_id, None), hours(world, factory_id, "reader")) == (first, edited)


def test_confirming_while_withdrawn_counts_once_it_is_published_again(world: World) -> None:
    factory_id = made(world)
    withdraw(world, factory_id)
    world.clock.forward(days=8)
    assert confirm(world, factory_id).live == ()
    day = world.house.today().isoformat()
    world.clock.forward(days=3)
    world.publish("maker", factory_id)
    assert hours(world, factory_id, None) == hours(world, factory_id, "reader") == day


def test_confirming_states_every_level_anew_and_is_live_at_once(world: World) -> None:
    factory_id = made(world)
    world.clock.forward(days=30)
    (aged,) = {each["confidence"] for each in seen(world, factory_id, "reader").freshness.values()}
    assert aged == "low"
    done = confirm(world, factory_id)
    assert done.live == done.paths
    assert [each.rpartition("/")[2] for each in done.paths] == ["installed_hours", "name", "spare_hours", "utilisation"]
    today = world.house.today().isoformat()
    assert hours(world, factory_id, None) == hours(world, factory_id, "reader") == today
    assert {each["confidence"] for each in seen(world, factory_id, None).freshness.values()} == {"high"}
    assert seen(world, factory_id, None).projection.content["country"]["as_of"] < today


def test_confirming_a_draft_publishes_nothing_and_leaves_what_is_published_as_old_as_it_is(world: World) -> None:
    factory_id = made(world)
    first = world.house.today().isoformat()
    world.clock.forward(days=9)
    put(world, factory_id, {"spare_hours": {"2026-W48": "10"}})
    done = confirm(world, factory_id)
    assert not [each for each in done.live if each.endswith("/spare_hours")]
    (group,) = seen(world, factory_id, "reader").projection.content["capacity"].values()
    assert group["spare_hours"] == {"level": "exact", "unit": "HUR", "value": {"2026-W48": "41"}, "as_of": first}
    assert group["installed_hours"]["as_of"] == world.house.today().isoformat()


def test_confirming_twice_in_a_day_signs_nothing_anew(world: World) -> None:
    factory_id = made(world)
    world.clock.forward(days=9)
    confirm(world, factory_id)
    with world.house.database.read() as session:
        before = views.signed_view(world.house, session, world.caller(None), factory_id)
    confirm(world, factory_id)
    with world.house.database.read() as session:
        assert views.signed_view(world.house, session, world.caller(None), factory_id) == before


def test_only_the_owner_confirms_and_only_what_is_stated(world: World) -> None:
    factory_id = made(world)
    with pytest.raises(NotFound):
        confirm(world, factory_id, who="reader")
    with pytest.raises(InvalidDocument) as refused:
        confirm(world, factory_id, ["country", "capacity/0", "nonsense"])
    assert [each.path for each in refused.value.problems] == ["paths/1", "paths/2"]
    assert confirm(world, factory_id, ["country"]).paths == ("country",)


def test_what_is_computed_is_confirmed_with_all_that_it_comes_from_or_not_at_all(world: World) -> None:
    factory_id = made(world)
    group = confirm(world, factory_id).paths[0].split("/")[1]
    world.clock.forward(days=1)
    assert confirm(world, factory_id, [f"capacity/{group}/utilisation"]).paths == ()
    both = [f"capacity/{group}/spare_hours", f"capacity/{group}/installed_hours", f"capacity/{group}/utilisation"]
    assert confirm(world, factory_id, both).paths == tuple(sorted(both))


def test_a_factory_without_capacity_confirms_nothing(world: World) -> None:
    factory_id = world.factory("maker", {"legal_name": "Bare", "country": "VN"})
    assert confirm(world, factory_id).paths == ()


def test_a_calibration_or_certificate_that_ran_out_is_said_beside_the_view(world: World) -> None:
    document = {
        **SHOP,
        "equipment": [{"class": "measuring", "calibration_due": "2026-11-30"}],
        "certificates": [{"scheme": "ISO9001", "scope": "All", "valid_until": "2026-12-01"}],
    }
    factory_id = world.factory("maker", document)
    world.policy("maker", factory_id, BANDS)

    def said(who: str | None) -> list[bool]:
        aged = seen(world, factory_id, who).freshness
        return [each[word] for word in ("overdue", "expired") for each in aged.values() if word in each]

    assert said("reader") == [False, False]
    world.clock.forward(days=9)  # 1 December
    assert said("reader") == [True, False]
    world.clock.forward(days=1)
    assert said("reader") == [True, True]
    assert said(None) == [False, False], "the quarter is not over"
    world.clock.forward(days=30)
    assert said(None) == [True, True]


def test_publishing_asks_nothing_anew_when_a_day_passes(world: World) -> None:
    factory_id = world.factory("maker", SHOP, live=False)
    with world.house.database.read() as session:
        seen = publish.first_preview(world.house, session, world.caller("maker"), [factory_id]).digest
    world.clock.forward(days=1)
    with world.house.database.write("publish") as session:
        publish.publish(world.house, session, world.caller("maker"), factory_id, confirm=seen)


def test_what_is_not_listed_has_the_default_day() -> None:
    stated = Stated(default="2026-11-01", days={"country": ("2026-11-01", "2026-11-02", "2026-11-03")})
    assert stated.of("province", Level.EXACT) == "2026-11-01"
    assert [stated.of("country", level) for level in (Level.EXISTENCE, Level.BAND, Level.EXACT)] == [
        "2026-11-01", "2026-11-02", "2026-11-03",
    ]  # fmt: skip
    assert stated.confirmed(["country"], THIRD).at("country") == ("2026-11-20",) * 3
