"""Saved searches and alerts over HTTP: what is kept, when it is looked at, and what is told."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from sqlalchemy import func, select

from sharing.alerts import looking, saved
from sharing.alerts.models import Alert, Followed, SavedSearch
from sharing.ledger import legend
from sharing.ledger.models import Disclosure
from tests.api.people.members import log_in, owner, post
from tests.api.test_factories import UNKNOWN, hide, made
from tests.api.world import World

TURNING: dict[str, Any] = {"name": "Turning", "parameters": {"process": ["3.2"]}, "every": "hourly"}
SHOW = [["$listing", "exact"], ["identity", "exact"], ["process", "exact"]]


def keep(world: World, who: str = "globex", **changes: Any) -> str:
    answer = world.post(who, "/v1/saved-searches", json=TURNING | changes, purpose="sourcing")
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def look(world: World, **later: float) -> int:
    """Let time pass and do the worker's job."""
    world.clock.move(**later)
    world._tokens.clear()
    return looking.look_at_due(world.app.extensions["guildnet"].house)


def told(world: World, who: str = "globex", query: str = "") -> list[tuple[str, str]]:
    answer = world.get(who, f"/v1/alerts{query}", purpose="sourcing")
    assert answer.status_code == 200, answer.text
    return [(each["kind"], each["factory_id"]) for each in answer.json["alerts"]]


def newest(world: World) -> dict[str, Any]:
    return dict(world.get("globex", "/v1/alerts", purpose="sourcing").json["alerts"][0])


def edit(world: World, factory: str, **changes: Any) -> None:
    document = deepcopy(dict(world.get("acme", f"/v1/factories/{factory}/profile").json["document"]))
    document["capabilities"][0] |= changes
    assert world.put("acme", f"/v1/factories/{factory}/profile", json=document).status_code == 200
    assert world.post("acme", f"/v1/factories/{factory}/publish", json={}).status_code == 200


def show(world: World, factory: str, *more: list[str]) -> None:
    rules = {"v": 1, "rules": [{"id": "all", "to": "anyone", "show": [*SHOW, *more]}]}
    address = f"/v1/factories/{factory}/policy"
    answer = world.put("acme", address, json=rules)
    if answer.status_code == 409:
        answer = world.put("acme", f"{address}?confirm={answer.json['digest']}", json=rules)
    assert answer.status_code == 200, answer.text


def rows(world: World, table: Any) -> int:
    with world.database.read() as session:
        return session.scalars(select(func.count()).select_from(table)).one()


def test_a_search_is_kept_listed_renamed_run_and_deleted(world: World) -> None:
    made(world)
    identifier = keep(world)
    address = f"/v1/saved-searches/{identifier}"
    found = world.get("globex", address).json
    assert (found["name"], found["parameters"], found["purpose"]) == ("Turning", {"process": ["3.2"]}, "sourcing")
    assert world.get("globex", "/v1/saved-searches").json == {"saved_searches": [found]}
    changed = world.put("globex", address, json={"name": "Lathes", "every": "daily", "mail": True})
    assert (changed.json["name"], changed.json["every"], changed.json["mail"]) == ("Lathes", "daily", True)
    results = world.get("globex", f"{address}/results?limit=5", purpose="sourcing")
    assert results.json == world.get("globex", "/v1/search?process=3.2&limit=5", purpose="sourcing").json
    assert results.json["factories"] == 1
    assert world.delete("globex", address).status_code == 204
    assert world.get("globex", address).status_code == 404
    assert rows(world, SavedSearch) == 0


def test_nobody_elses_saved_search_is_there(world: World) -> None:
    address = f"/v1/saved-searches/{keep(world)}"
    change = {"name": "x", "every": "never", "mail": False}
    for answer in (
        world.get("umbrella", address),
        world.get("umbrella", f"{address}/results"),
        world.put("umbrella", address, json=change),
        world.delete("umbrella", address),
        world.get("umbrella", f"/v1/alerts?search={address[-32:]}"),
    ):
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")
    assert world.get("umbrella", "/v1/saved-searches").json == {"saved_searches": []}


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {"nope": ["1"]}},
        {"parameters": {"process": ["no-code"]}},
        {"parameters": {"process": "3.2"}},
        {"parameters": {"sort": ["wishes"]}},
        {"name": ""},
        {"every": "yearly"},
        {"mail": "yes"},
    ],
)
def test_what_no_search_would_read_is_not_kept(world: World, changes: dict[str, Any]) -> None:
    assert world.post("globex", "/v1/saved-searches", json=TURNING | changes).status_code == 422
    assert rows(world, SavedSearch) == 0


def test_a_key_makes_one_and_an_organization_keeps_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"Idempotency-Key": "the-same-again"}
    first, second = (world.post("globex", "/v1/saved-searches", json=TURNING, headers=headers) for _ in range(2))
    assert first.json["id"] == second.json["id"]
    monkeypatch.setattr(saved, "SAVED_MOST", 2)
    keep(world)
    full = world.post("globex", "/v1/saved-searches", json=TURNING)
    assert (full.status_code, full.json["code"]) == (409, "state_conflict")
    keep(world, "umbrella")


def test_the_first_look_tells_nothing_and_later_ones_what_changed(world: World) -> None:
    first = made(world)
    keep(world)
    assert (look(world), told(world)) == (1, [])
    second = made(world)
    assert (look(world, minutes=59), told(world)) == (0, [])
    assert (look(world, minutes=1), told(world)) == (1, [("appeared", second)])
    edit(world, first, tolerance_um="25")
    assert look(world, hours=1) == 1
    alert = newest(world)
    assert (alert["kind"], alert["factory_id"], alert["name"]) == ("changed", first, "Turning")
    (change,) = alert["changes"]
    assert change["path"].endswith("/tolerance_um")
    assert change["before"] == {"level": "band", "unit": "4H", "value": {"at_least": "10", "below": "20"}}
    assert change["after"] == {"level": "band", "unit": "4H", "value": {"at_least": "20", "below": "50"}}
    assert alert["factory"] == world.get("globex", f"/v1/factories/{first}", purpose="sourcing").json["factory"]
    assert (look(world, hours=1), len(told(world))) == (1, 2)


def test_a_change_inside_a_band_and_a_confirmation_are_no_change(world: World) -> None:
    factory = made(world)
    keep(world)
    look(world)
    edit(world, factory, tolerance_um="19.9")
    assert world.post("acme", f"/v1/factories/{factory}/confirmation", json={}).status_code == 200
    assert (look(world, days=1), told(world)) == (1, [])


def test_hours_that_become_stale_are_a_change_as_far_as_they_show(world: World) -> None:
    factory = made(world)
    keep(world)
    look(world)
    assert (look(world, days=41), told(world)) == (1, [])
    assert look(world, days=1) == 1
    changes = newest(world)["changes"]
    assert {(each["path"].split("/")[0], each["after"]["freshness"]) for each in changes} == {("capacity", "stale")}
    assert all("freshness" not in each["before"] for each in changes)
    assert told(world) == [("changed", factory)]


@pytest.mark.parametrize("way", ["withdrawn", "hidden", "no match", "erased"])
def test_what_is_found_no_more_is_told_alike_and_nothing_is_kept_of_it(world: World, way: str) -> None:
    factory = made(world)
    keep(world)
    look(world)
    edit(world, factory, tolerance_um="25")
    look(world, hours=1)
    assert told(world) == [("changed", factory)]
    if way == "withdrawn":
        assert world.post("acme", f"/v1/factories/{factory}/withdraw").status_code == 204
    elif way == "hidden":
        hide(world, factory)
    elif way == "no match":
        edit(world, factory, process="1.1")
    else:
        from sharing.erasing import erase
        from sharing.models import Factory

        with world.database.write() as session:
            erase(session, session.get_one(Factory, factory, with_for_update=True), world.clock())
    if way != "no match":
        assert told(world) == [], "at once, before anybody looked"
    assert look(world, hours=1) == 1
    alert = newest(world)
    del alert["id"], alert["at"], alert["search"]
    expected = {"kind": "gone", "factory_id": factory, "name": "Turning", "factory": None, "changes": []}
    assert (alert, len(told(world))) == (expected, 1)
    assert rows(world, Followed) == 0
    with world.database.read() as session:
        assert [each.changes for each in session.scalars(select(Alert))] == [None]


def test_a_value_that_is_hidden_is_told_no_more_and_erased(world: World) -> None:
    factory = made(world)
    show(world, factory, ["tolerance", "exact"])
    keep(world)
    look(world)
    edit(world, factory, tolerance_um="25")
    look(world, hours=1)
    assert [each["before"]["value"] for each in newest(world)["changes"]] == ["12"]
    show(world, factory, ["tolerance", "band"])
    assert told(world) == [], "what it was exactly is not shown any more"
    look(world, hours=1)
    (change,) = newest(world)["changes"]
    assert (change["before"], change["after"]["level"]) == (None, "band")
    show(world, factory)
    look(world, hours=1)
    (change,) = newest(world)["changes"]
    assert (change["before"], change["after"]) == (None, None)
    with world.database.read() as session:
        kept = [looking.stored_changes(each.changes) for each in session.scalars(select(Alert).order_by(Alert.at))]
    assert [[(each.before, each.after) for each in changes] for changes in kept] == [[], [], [(None, None)]]


def test_a_search_about_a_factory_that_is_not_seen_answers_like_an_unknown_id(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    factory = made(world)
    answer = world.post(
        "globex", "/v1/saved-searches", json={"name": "One", "factory": factory, "every": "hourly", "mail": True},
        purpose="sourcing",
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    identifier = answer.json["id"]
    made(world)
    address = f"/v1/saved-searches/{identifier}"
    assert world.get("globex", f"{address}/results", purpose="sourcing").json["factories"] == 1
    look(world)
    edit(world, factory, tolerance_um="25")
    look(world, hours=1)
    assert told(world) == [("changed", factory)]
    hide(world, factory)
    post(world)
    look(world, hours=1)
    unknown = world.get("globex", f"/v1/saved-searches/{'0' * 32}")
    for path in (address, f"{address}/results", f"/v1/alerts?search={identifier}"):
        gone = world.get("globex", path, purpose="sourcing")
        assert (gone.status_code, gone.data) == (404, unknown.data)
    assert world.delete("globex", address).status_code == 404
    assert world.get("globex", "/v1/saved-searches").json == {"saved_searches": []}
    assert (told(world), post(world)) == ([], [])
    assert rows(world, Followed) == 0
    again = {"name": "One", "factory": factory}
    refused = world.post("globex", "/v1/saved-searches", json=again)
    assert refused.data == world.post("globex", "/v1/saved-searches", json={"name": "x", "factory": UNKNOWN}).data
    monkeypatch.setattr(saved, "SAVED_MOST", 1)
    keep(world)


def test_a_search_that_finds_too_much_follows_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = made(world)
    identifier = keep(world, mail=True)
    look(world)
    monkeypatch.setattr(looking, "FOLLOWED_MOST", 1)
    second = made(world)
    look(world, hours=1)
    assert world.get("globex", f"/v1/saved-searches/{identifier}").json["broad"] is True
    assert (told(world), rows(world, Followed)) == ([], 0)
    assert world.post("acme", f"/v1/factories/{second}/withdraw").status_code == 204
    look(world, hours=1)
    assert (told(world), rows(world, Followed)) == ([], 1)
    edit(world, first, tolerance_um="25")
    look(world, hours=1)
    assert told(world) == [("changed", first)]


def test_a_letter_says_how_much_and_nothing_of_a_factory(world: World) -> None:
    boss = owner(world)
    post(world)
    answer = boss.for_("kinh-bac", "POST", "/v1/saved-searches", json=TURNING | {"mail": True})
    assert answer.status_code == 201, answer.text
    look(world)
    made(world)
    look(world, hours=1)
    (letter,) = post(world)
    assert (letter.to, letter.subject) == (boss.email, "Your saved search: Turning")
    assert "new: 1" in letter.text
    assert "Đông" not in letter.text
    change = {"name": "Turning", "every": "hourly", "mail": False}
    boss.secret = log_in(world).json["secret"]
    assert boss.for_("kinh-bac", "PUT", f"/v1/saved-searches/{answer.json['id']}", json=change).status_code == 200
    made(world)
    look(world, hours=1)
    assert post(world) == []


def test_pages_of_alerts_follow_each_other(world: World) -> None:
    keep(world)
    look(world)
    factories = [made(world) for _ in range(3)]
    look(world, hours=1)
    hide(world, factories[1])
    first = world.get("globex", "/v1/alerts?limit=1", purpose="sourcing").json
    second = world.get("globex", f"/v1/alerts?limit=1&cursor={first['next']}", purpose="sourcing").json
    assert second["next"] is None
    seen = {each["factory_id"] for page in (first, second) for each in page["alerts"]}
    assert seen == {factories[0], factories[2]}
    other = world.get("umbrella", f"/v1/alerts?limit=1&cursor={first['next']}", purpose="sourcing")
    assert (other.status_code, other.json["code"]) == (422, "invalid_cursor")


def test_who_leaves_leaves_no_saved_search(world: World) -> None:
    boss = owner(world)
    made(world)
    assert boss.for_("kinh-bac", "POST", "/v1/saved-searches", json=TURNING).status_code == 201
    look(world)
    assert rows(world, Followed) == 1
    boss.secret = log_in(world).json["secret"]
    assert boss.for_("kinh-bac", "POST", "/v1/organization/leaving", json={"confirm": "kinh-bac"}).status_code == 204
    assert [rows(world, each) for each in (SavedSearch, Followed, Alert)] == [0, 0, 0]


def disclosures(world: World, way: str) -> list[tuple[str | None, set[str], str | None]]:
    """(factory, fields, purpose) of what was noted on this way."""
    with world.database.read() as session:
        rows_ = session.scalars(select(Disclosure).where(Disclosure.way == way).order_by(Disclosure.number))
        return [(each.factory_id, set(legend.shown_of(each.shown, legend.KEYS)), each.purpose) for each in rows_]


def test_owners_are_told_of_alerts_that_are_read_and_of_letters(world: World) -> None:
    first = made(world)
    keep(world, mail=True)
    look(world)
    assert disclosures(world, "look-at-searches") == []
    edit(world, first, tolerance_um="25")
    look(world, hours=1)
    ((factory, shown, purpose),) = disclosures(world, "look-at-searches")
    assert (factory, purpose) == (first, "sourcing")
    assert shown == {"capability.tolerance_um"}, "the one field that changed"
    assert disclosures(world, "alerts.list_alerts") == []
    assert told(world) == [("changed", first)]
    ((factory, whole, _),) = disclosures(world, "alerts.list_alerts")
    assert factory == first
    assert whole > shown
    look(world, hours=1)
    assert len(disclosures(world, "look-at-searches")) == 1, "no letter, nothing to note"


def test_what_may_not_be_asked_may_not_be_kept(new_world: Any) -> None:
    world = new_world(probing_limit=2)
    for number in range(2):
        keep(world, parameters={"tolerance_um_max": [str(number + 5)]})
    refused = world.post("globex", "/v1/saved-searches", json=TURNING | {"parameters": {"tolerance_um_max": ["9"]}})
    assert (refused.status_code, refused.json["code"]) == (429, "probing_limited")
