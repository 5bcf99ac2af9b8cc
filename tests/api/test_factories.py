"""An owner's factories over HTTP, and what others get to see of them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.world import World

LATHE: Mapping[str, Any] = {
    "legal_name": {"vi": "Cơ khí Đông Anh"},
    "country": "VN",
    "province": "VN-HN",
    "capabilities": [{"process": "3.2.1", "material_family": "P", "tolerance_um": "12", "capacity_group": "Lathes"}],
    "capacity_groups": [{"name": "Lathes", "unit": "HUR", "spare_hours": {"2026-W48": "30"}}],
}
UNKNOWN = "0" * 21


def made(world: World, document: Mapping[str, Any] = LATHE, *, owner: str = "acme", live: bool = True) -> str:
    factory: str = world.post(owner, "/v1/factories", json=document).json["id"]
    if live:
        address = f"/v1/factories/{factory}/publish"
        digest = world.post(owner, address, json={}).json["digest"]
        assert world.post(owner, address, json={"preview": digest}).status_code == 200
    return factory


def hide(world: World, factory: str) -> None:
    rules = {"v": 1, "rules": [{"id": "nobody", "to": {"tier": "confidential"}, "show": [["$listing", "exact"]]}]}
    world.save_policy("acme", factory, rules)


def bytes_of(answer: TestResponse) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All of an answer but the request id, the date and the headers of the limits."""
    left_out = ("X-Request-Id", "Date", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    return answer.status_code, answer.data, sorted(item for item in answer.headers.items() if item[0] not in left_out)


def test_a_factory_is_made_listed_and_read_back(world: World) -> None:
    answer = world.post("acme", "/v1/factories", json=LATHE)
    assert answer.status_code == 201
    found = world.get("acme", answer.headers["Location"])
    assert found.json["document"]["legal_name"] == LATHE["legal_name"]
    listed = world.get("acme", "/v1/factories").json["factories"]
    assert [(each["id"], each["state"], each["revision"]) for each in listed] == [(answer.json["id"], "draft", 1)]
    assert world.get("umbrella", "/v1/factories").json == {"factories": []}


def test_what_get_gives_put_takes_and_the_etag_guards_it(world: World) -> None:
    address = f"/v1/factories/{made(world, live=False)}/profile"
    first = world.get("acme", address)
    again = world.put("acme", address, json=first.json["document"], headers={"If-Match": first.headers["ETag"]})
    assert (again.status_code, again.json["document"]) == (200, first.json["document"])
    assert again.headers["ETag"] == '"profile-2"'
    stale = world.put("acme", address, json=first.json["document"], headers={"If-Match": first.headers["ETag"]})
    assert (stale.status_code, stale.json["code"]) == (412, "revision_mismatch")
    assert world.get("acme", address, headers={"If-None-Match": '"profile-2"'}).status_code == 304


@pytest.mark.parametrize("tag", ['"policy-1"', 'W/"profile-1"', '"profile-01"', "profile-1", '"profile-1", "profile-2"', "x"])
def test_a_tag_that_is_not_the_current_one_does_not_match(world: World, tag: str) -> None:
    address = f"/v1/factories/{made(world, live=False)}/profile"
    assert world.put("acme", address, json=dict(LATHE), headers={"If-Match": tag}).status_code == 412


@pytest.mark.parametrize("headers", [{}, {"If-Match": "*"}])
def test_without_a_tag_the_last_write_wins(world: World, headers: dict[str, str]) -> None:
    address = f"/v1/factories/{made(world, live=False)}/profile"
    document = world.get("acme", address).json["document"]
    assert world.put("acme", address, json=document, headers=headers).status_code == 200


def test_the_policy_asks_before_it_hides_from_everybody(world: World) -> None:
    address = f"/v1/factories/{made(world, live=False)}/policy"
    document = copy.deepcopy(world.get("acme", address).json["document"])
    document["rules"].append({"id": "not-cn", "to": {"country": ["CN"]}, "cap": [["capacity", "hidden"]]})
    warned = world.put("acme", address, json=document)
    assert (warned.status_code, warned.json["code"]) == (409, "confirmation_needed")
    assert warned.json["errors"][0]["code"] == "cap_reaches_public"
    assert world.put("acme", f"{address}?confirm=cap_reaches_public", json=document).status_code == 200


def test_a_bad_policy_is_told_fault_by_fault(world: World) -> None:
    address = f"/v1/factories/{made(world, live=False)}/policy"
    answer = world.put("acme", address, json={"v": 1, "rules": [{"id": "x", "to": "anyone", "show": [["nope", "exact"]]}]})
    assert (answer.status_code, answer.json["code"]) == (422, "document_invalid")
    assert answer.json["errors"][0]["path"].startswith("rules/0/show")


def test_the_first_publication_asks_with_both_previews(world: World) -> None:
    factory = made(world, live=False)
    question = world.post("acme", f"/v1/factories/{factory}/publish", json={})
    assert (question.status_code, question.json["code"]) == (409, "preview_not_confirmed")
    shown = question.json["previews"][0]
    assert shown["id"] == factory
    capability = next(iter(shown["member"]["capability"].values()))
    band = {"level": "band", "unit": "4H", "value": {"at_least": "10", "below": "20"}}
    assert capability["tolerance_um"] == {**band, "as_of": capability["process"]["as_of"]}
    assert "tolerance_um" not in next(iter(shown["public"]["capability"].values()))
    wrong = world.post("acme", f"/v1/factories/{factory}/publish", json={"preview": "0" * 64})
    assert wrong.json["code"] == "preview_not_confirmed"


def test_a_preview_is_what_that_audience_gets(world: World) -> None:
    factory = made(world)
    address = f"/v1/factories/{factory}"
    assert world.get("acme", f"{address}/preview?as=public").json["factory"] == world.get(None, address).json["factory"]
    seen = world.get("globex", address, purpose="sourcing").json["factory"]
    assert world.get("acme", f"{address}/preview?as=globex&purpose=sourcing").json["factory"] == seen


def test_a_withdrawn_factory_is_gone_for_everybody_and_stays_its_owners(world: World) -> None:
    factory = made(world)
    assert world.get(None, f"/v1/factories/{factory}").status_code == 200
    assert world.post("acme", f"/v1/factories/{factory}/withdraw").status_code == 204
    assert world.get(None, f"/v1/factories/{factory}").status_code == 404
    assert world.get(None, "/v1/search").json["factories"] == 0
    assert world.get("acme", f"/v1/factories/{factory}/profile").status_code == 200


OWN_ROUTES = [
    ("GET", "profile", None), ("PUT", "profile", dict(LATHE)), ("GET", "policy", None),
    ("PUT", "policy", {"v": 1, "rules": []}), ("GET", "preview?as=public", None), ("POST", "publish", {}),
    ("POST", "withdraw", None),
]  # fmt: skip


@pytest.mark.parametrize(("method", "part", "body"), OWN_ROUTES, ids=lambda value: str(value)[:12])
def test_another_owners_factory_and_an_unknown_one_are_the_same_404(world: World, method: str, part: str, body: object) -> None:
    factory = made(world)
    for who in ("globex", "umbrella"):
        theirs = world.ask(who, method, f"/v1/factories/{factory}/{part}", json=body)
        unknown = world.ask(who, method, f"/v1/factories/{UNKNOWN}/{part}", json=body)
        assert theirs.status_code == 404
        assert bytes_of(theirs) == bytes_of(unknown)


@pytest.mark.parametrize("part", ["", "/bundle"])
@pytest.mark.parametrize("accept", ["application/json", "application/vc+jwt"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("who", [None, "globex"])
def test_a_hidden_factory_and_an_unknown_one_are_the_same_404(
    world: World, who: str | None, method: str, accept: str, part: str
) -> None:
    factory = made(world)
    hide(world, factory)
    headers = {"Accept": accept}
    hidden = world.ask(who, method, f"/v1/factories/{factory}{part}", headers=headers)
    unknown = world.ask(who, method, f"/v1/factories/{UNKNOWN}{part}", headers=headers)
    assert hidden.status_code == 404
    assert bytes_of(hidden) == bytes_of(unknown)


def test_an_access_request_for_a_hidden_factory_is_the_same_404_and_queues_nothing(world: World) -> None:
    factory = made(world)
    hide(world, factory)
    body = {"factory": factory, "purpose": "rfq"}
    hidden = world.post("globex", "/v1/access-requests", json=body)
    unknown = world.post("globex", "/v1/access-requests", json=body | {"factory": UNKNOWN})
    assert bytes_of(hidden) == bytes_of(unknown)
    assert world.get("acme", "/v1/access-requests").json == {"made": [], "received": []}


def test_the_etag_of_a_view_changes_with_the_view_and_with_nothing_else(world: World) -> None:
    factory = made(world)
    address, profile = f"/v1/factories/{factory}", f"/v1/factories/{factory}/profile"
    before = world.get(None, address)
    document = world.get("acme", profile).json["document"]

    hours = copy.deepcopy(document)
    hours["capacity_groups"][0]["spare_hours"] = {"2026-W48": "39"}  # hidden from the public
    world.put("acme", profile, json=hours)
    world.post("acme", f"{address}/publish", json={})
    world.clock.move(minutes=5)
    unchanged = world.get(None, address)
    assert bytes_of(before) == bytes_of(unchanged)
    assert world.get(None, address, headers={"If-None-Match": before.headers["ETag"]}).status_code == 304

    renamed = copy.deepcopy(hours)
    renamed["legal_name"] = {"vi": "Cơ khí Gia Lâm"}
    world.put("acme", profile, json=renamed)
    world.post("acme", f"{address}/publish", json={})
    changed = world.get(None, address, headers={"If-None-Match": before.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != before.headers["ETag"]


def test_each_accepted_form_is_told_apart(world: World) -> None:
    address = f"/v1/factories/{made(world)}"
    plain = world.get(None, address)
    signed = world.get(None, address, headers={"Accept": "application/vc+jwt"})
    assert (plain.content_type, signed.content_type) == ("application/json", "application/vc+jwt")
    assert plain.headers["ETag"] != signed.headers["ETag"]
    assert {"Accept", "Authorization"} <= set(plain.vary) | {name.title() for name in plain.vary}
    assert world.get(None, address, headers={"Accept": "text/html, */*;q=0.1"}).content_type == "application/json"


def test_head_of_a_view_has_the_headers_of_its_get(world: World) -> None:
    address = f"/v1/factories/{made(world)}"
    whole, head = world.get(None, address), world.ask(None, "HEAD", address)
    assert head.data == b""
    assert bytes_of(head)[2] == bytes_of(whole)[2]
