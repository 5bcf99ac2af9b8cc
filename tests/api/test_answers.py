"""What an owner can ask before saving a policy: exact answers about their own factory, and nothing that others keep."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sharing.answers.widening import widens
from tests.api.test_factories import LATHE, made
from tests.api.world import World

GLOBEX = "did:web:node.example:orgs:globex"
CARD = {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"]]}
BUYERS = {"id": "buyers", "to": {"role": ["buyer"]}, "for": ["sourcing"], "show": [["capacity", "band"]]}
HOLDERS = {"id": "holders", "to": {"holds": ["IATF16949"]}, "show": [["hourly_rate", "exact"]]}
PERIOD = {"from": "2026-11-01", "until": "2026-12-31"}
RULES = [CARD, BUYERS, HOLDERS]


@pytest.fixture
def factory(world: World) -> str:
    factory = made(world)
    world.save_policy("acme", factory, {"v": 1, "rules": RULES})
    return factory


def post(world: World, path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = world.post("acme", path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def test_a_preview_is_byte_for_byte_what_that_viewer_gets(world: World, factory: str) -> None:
    address = f"/v1/factories/{factory}"
    for who, purpose, form in (
        (None, None, "anyone"),
        ("globex", "sourcing", "org:globex"),
        ("globex", "rfq", f"org:{GLOBEX}"),
        ("initech", "sourcing", "org:initech"),
    ):
        query = {"as": form} | ({"purpose": purpose} if purpose else {})
        seen = world.get(who, address, purpose=purpose).json["factory"]
        for profile in ("newest", "live"):
            shown = world.get("acme", f"{address}/preview", query_string=query | {"profile": profile}).json
            assert json.dumps(shown["factory"], sort_keys=True) == json.dumps(seen, sort_keys=True)


def test_a_preview_of_a_draft_and_of_a_made_up_viewer(world: World, factory: str) -> None:
    address = f"/v1/factories/{factory}/preview"
    viewer = {"role": ["buyer"], "purpose": "sourcing", "country": "JP"}
    assert "capacity" in post(world, address, {"viewer": viewer})["factory"]
    assert "capacity" not in post(world, address, {"viewer": {**viewer, "purpose": "rfq"}})["factory"]
    draft = {"v": 1, "rules": [CARD, {**BUYERS, "to": {"country": ["JP"]}, "from": "2027-01-01"}]}
    assert "capacity" not in post(world, address, {"viewer": viewer, "policy": draft})["factory"]
    assert "capacity" in post(world, address, {"viewer": {**viewer, "date": "2027-01-01"}, "policy": draft})["factory"]
    hidden = {"v": 1, "rules": [{**CARD, "to": {"tier": "partner"}}]}
    assert post(world, address, {"as": "anyone", "policy": hidden})["factory"] is None
    assert post(world, address, {"as": "tier:partner", "policy": hidden})["factory"] is not None
    told = post(world, address, {"viewer": {"shoe_size": 43, "verified": 9}}, 422)
    assert {each["path"] for each in told["errors"]} == {"viewer/shoe_size", "viewer/verified"}
    assert world.get("acme", f"{address}?as=viewer:{{").status_code == 422
    assert world.get("acme", address, query_string={"as": 'viewer:{"verified": 9}'}).json["errors"][0]["code"] == "out_of_range"


def test_what_others_hold_is_a_condition_and_never_a_fact(world: World, factory: str) -> None:
    """The canary: answers about an organization are the same whether it holds a certificate or not."""
    address = f"/v1/factories/{factory}"
    shown = world.get("acme", f"{address}/preview?as=org:globex&purpose=sourcing").json
    assert [each["rule"] for each in shown["unlooked"]] == ["holders"]
    assert "hourly_rate" not in shown["factory"]
    seen = world.get("acme", f"{address}/audience?field=hourly_rate").json
    assert (seen["count"], seen["members"]) == (0, [])
    assert [each["whoever"] for each in seen["conditions"]] == ["whoever holds IATF16949"]
    explained = world.get("acme", f"{address}/explain?as=org:globex&field=hourly_rate").json["fields"][0]
    assert explained["would_take"][0]["lacks"] == ["hold IATF16949"]


def test_explain_says_which_rules_show_and_what_it_would_take(world: World, factory: str) -> None:
    address = f"/v1/factories/{factory}/explain?field=capacity.spare_hours"
    seen = world.get("acme", f"{address}&as=org:globex&purpose=sourcing").json
    assert (seen["viewer"]["name"], seen["viewer"]["roles"]) == ("Globex", ["buyer"])
    (field,) = seen["fields"]
    assert (field["level"], field["because"]) == ("band", "shown")
    assert [(each["rule"], each["decides"]) for each in field["shows"]] == [("buyers", True)]
    (field,) = world.get("acme", f"{address}&as=org:globex&purpose=rfq").json["fields"]
    assert (field["level"], field["would_take"][0]["lacks"]) == ("hidden", ["come for the purpose of sourcing"])
    (field,) = world.get("acme", f"{address}&as=org:globex&purpose=rfq&lang=vi").json["fields"]
    assert field["would_take"][0]["lacks"] == ["đến với mục đích tìm nguồn cung"]
    assert world.get("acme", f"/v1/factories/{factory}/explain?field=shoe_size").status_code == 422


def test_who_sees_a_field_is_told_by_name_and_page_by_page(world: World, factory: str) -> None:
    address = f"/v1/factories/{factory}/audience?field=capacity.spare_hours&level=band"
    seen = world.get("acme", address).json
    assert [(each["slug"], each["purposes"]) for each in seen["members"]] == [
        ("globex", ["sourcing"]), ("umbrella", ["sourcing"]),
    ]  # fmt: skip
    assert (seen["count"], seen["directory"]) == (2, 3)
    assert [each["rule"] for each in seen["opens"]] == ["buyers"]
    first = world.get("acme", f"{address}&limit=1").json
    assert ([each["slug"] for each in first["members"]], first["next"]) == (["globex"], "globex")
    second = world.get("acme", f"{address}&limit=1&after=globex").json
    assert ([each["slug"] for each in second["members"]], second["next"]) == (["umbrella"], None)
    assert world.get("acme", f"{address.replace('band', 'exact')}").json["count"] == 0


def test_impact_names_who_gains_and_who_loses_and_gives_a_witness(world: World, factory: str) -> None:
    draft = {"v": 1, "rules": [CARD, HOLDERS, {**BUYERS, "to": {"role": ["auditor"]}}]}
    told = post(world, "/v1/policies/impact", {"factory": factory, "policy": draft})
    assert (told["directory"]["gain"], told["directory"]["lose"]) == (1, 2)
    assert {each["slug"] for each in told["directory"]["organizations"]} == {"globex", "initech", "umbrella"}
    assert told["widens"] is True
    assert [each["rule"] for each in told["opens"]] == ["buyers"]
    possible = told["everybody"]
    assert possible["exact"] is True
    gain = next(each for each in possible["changes"] if each["gain"])
    assert (gain["after"], gain["witness"]["roles"], gain["witness"]["purpose"]) == ("band", ["auditor"], "sourcing")
    paged = post(world, "/v1/policies/impact", {"factory": factory, "policy": draft, "limit": 1})
    assert paged["directory"]["next"] == "globex"


def test_what_is_odd_is_said_and_whom_a_combination_points_to_is_counted_as_the_public_sees_it(world: World) -> None:
    shop = {**LATHE, "province": "VN-HN"}
    factory = made(world, shop)
    process, hidden = ["$listing", "process", "location"], [["identity", "hidden"]]
    rules = [
        {"id": "card", "to": "anyone", "show": [[each, "exact"] for each in process]},
        {"id": "again", "to": {"tier": "member"}, "show": [["process", "band"]]},
        {"id": "idle", "to": "anyone", "cap": hidden},
    ]
    odd = post(world, f"/v1/factories/{factory}/oddities", {"policy": {"v": 1, "rules": rules}})["found"]
    found = {each["code"]: each for each in odd}
    assert found["shadowed"]["rule"] == "again"
    assert found["cap_never_bites"]["rule"] == "idle"
    assert found["identifying"]["count"] == 1
    told = post(world, "/v1/policies/impact", {"factory": factory, "policy": {"v": 1, "rules": rules}})
    assert told["oddities"]["found"] == odd
    for name in ("B", "C"):
        made(world, {**shop, "legal_name": name}, owner="umbrella")
    for each in world.get("umbrella", "/v1/factories").json["factories"]:
        world.save_policy("umbrella", each["id"], {"v": 1, "rules": [rules[0]]})
    codes = {
        each["code"] for each in post(world, f"/v1/factories/{factory}/oddities", {"policy": {"v": 1, "rules": rules}})["found"]
    }
    assert "identifying" not in codes


def test_saving_what_widens_asks_once_with_the_impact_and_what_narrows_does_not(world: World, factory: str) -> None:
    address = f"/v1/factories/{factory}/policy"
    wider = {"v": 1, "rules": [CARD, HOLDERS, {**BUYERS, "show": [["capacity", "exact"]]}]}
    asked = world.put("acme", address, json=wider)
    assert (asked.status_code, asked.json["code"]) == (409, "widening_not_confirmed")
    told = post(world, "/v1/policies/impact", {"factory": factory, "policy": wider})
    assert asked.json["digest"] == told["digest"]
    assert asked.json["impact"]["directory"]["gain"] == 2
    other = {"v": 1, "rules": [CARD, HOLDERS, {**BUYERS, "show": [["capacity", "exact"], ["note", "exact"]]}]}
    assert world.put("acme", f"{address}?confirm={told['digest']}", json=other).status_code == 409
    assert world.put("acme", f"{address}?confirm={told['digest']}", json=wider).status_code == 200
    assert world.put("acme", address, json={"v": 1, "rules": RULES}).status_code == 200
    same = [CARD, HOLDERS, BUYERS, {**BUYERS, "id": "again", "to": {"role": ["buyer"], "tier": "member"}}]
    assert world.put("acme", address, json={"v": 1, "rules": same}).status_code == 200


def test_what_a_policy_opens_is_worked_out_while_others_write(world: World, factory: str) -> None:
    address = f"/v1/factories/{factory}/policy"
    widens.cache_clear()
    wider = {"v": 1, "rules": [CARD, HOLDERS, {**BUYERS, "show": [["capacity", "exact"]]}]}
    with world.database.write():
        asked = world.put("acme", address, json=wider)
    assert (asked.status_code, asked.json["code"]) == (409, "widening_not_confirmed")
    same = [*RULES, {**BUYERS, "id": "again", "to": {"role": ["buyer"], "tier": "member"}}]
    assert world.put("acme", address, json={"v": 1, "rules": same}).status_code == 200
    assert widens.cache_info().misses == 2, "worked out again within the transaction"
    assert world.put("acme", f"{address}?confirm={digest_asked(world, address, wider)}", json=wider).status_code == 200
    assert widens.cache_info().misses == 3, "what is confirmed is worked out again"


def digest_asked(world: World, address: str, policy: dict[str, Any]) -> str:
    return str(world.put("acme", address, json=policy).json["digest"])


def test_an_impact_that_names_a_thousand_organizations_stays_short(world: World, factory: str) -> None:
    rules = [
        {"id": f"r{number}", "to": {"org": [f"did:web:x.example:orgs:o{number}-{each}" for each in range(50)]}}
        | {"show": [[field, "exact"]]}
        for number, field in enumerate(("note", "capacity", "lot", "tolerance", "lead_time", "geometry"))
    ]
    told = post(world, "/v1/policies/impact", {"factory": factory, "policy": {"v": 1, "rules": [CARD, *rules]}})
    said = [each for change in told["everybody"]["changes"] for each in change["who"]]
    assert any("38 more" in each for each in said)
    assert max(map(len, said)) < 2_000


def test_the_policy_is_told_in_words_with_names_and_grants(world: World, factory: str) -> None:
    rules = [*RULES, {"id": "g", "to": {"org": [GLOBEX]}, "until": "2027-06-30", "show": [["capacity.spare_hours", "exact"]]}]
    world.save_policy("acme", factory, {"v": 1, "rules": rules})
    grant = {"factory": factory, "organization": "globex", "tier": "partner", "purpose": "rfq", "until": "2026-12-31"}
    assert world.post("acme", "/v1/grants", json=grant).status_code == 201
    address = f"/v1/factories/{factory}/policy"
    english = world.get("acme", address, headers={"Accept-Language": "en-GB,vi;q=0.5"}).json
    assert english["sentences"][-1]["text"] == "Globex sees exact spare hours until 30 June 2027."
    vietnamese = world.get("acme", f"{address}?lang=vi").json
    assert vietnamese["sentences"][-1]["text"] == "Globex xem được số giờ máy trống chính xác đến hết ngày 30/06/2027."
    assert english["grants"] == [
        "Globex sees what every partner sees for the purpose of requests for quotation from 22 November 2026 until "
        "31 December 2026."
    ]


def test_templates_are_listed_and_taken_over(world: World, factory: str) -> None:
    listed = world.get("acme", "/v1/policy-templates?lang=vi").json
    assert {each["key"] for each in listed["templates"]} == {
        "open-card@1", "bands-for-members@1", "nda-exact@1", "stealth@1",
    }  # fmt: skip
    assert next(each for each in listed["country_groups"] if each["name"] == "EU")["countries"][0] == "AT"
    saved = world.save_policy("acme", factory, {"v": 1, "extends": ["stealth"], "rules": []}).json
    assert saved["document"]["extends"] == ["stealth@1"]
    assert [each["id"] for each in saved["inherited"]] == ["stealth-partner", "stealth-confidential"]
    assert world.get(None, f"/v1/factories/{factory}").status_code == 404
    again = world.put("acme", f"/v1/factories/{factory}/policy", json=saved["document"])
    assert again.status_code == 200


def test_an_owner_is_answered_about_their_own_factories_alone(world: World, factory: str) -> None:
    unknown = world.get("umbrella", f"/v1/factories/{'0' * 21}/preview?as=anyone").json
    for path in ("preview?as=anyone", "explain?field=note", "audience?field=note"):
        assert world.get("umbrella", f"/v1/factories/{factory}/{path}").json == unknown
    body = {"factory": factory, "policy": {"v": 1, "rules": RULES}}
    assert world.post("umbrella", "/v1/policies/impact", json=body).json == unknown


def certified(world: World) -> None:
    """Acme gets a certificate that an auditor has seen: from now on it holds ISO 9001."""
    paper = {"scheme": "ISO9001:2015", "scope": "Turned parts", "number": "Q-1"}
    factory = made(world, {**LATHE, "certificates": [paper]})
    engagement = {"factory": factory, "auditor": "initech", "scheme": "ISO 9001", "scope": ["certificate"], **PERIOD}
    audit = world.post("acme", "/v1/audits", json=engagement).json["id"]
    assert world.post("initech", f"/v1/audits/{audit}/acceptance").status_code == 200
    sheet = world.post("initech", f"/v1/audits/{audit}/worksheets", purpose="audit", json={}).json["worksheet"]
    body = {"attestation": sheet["attestation"], "assessed_on": "2026-11-20", "valid_until": "2027-11-20", "method": "onsite"}
    answer = world.post("initech", "/v1/attestations", purpose="audit", json={**body, "independence": {"months": 12}})
    assert answer.status_code == 201, answer.text


def test_no_answer_changes_when_another_organization_gets_a_certificate_or_agrees_with_somebody_else(world: World) -> None:
    """The canary: what Acme holds, and with whom it agreed, is nothing that Umbrella's questions find out."""
    scheme = {"id": "s", "to": {"holds": ["ISO9001"]}, "show": [["note", "exact"]]}
    agreed = {"id": "a", "to": {"nda": ["standard"]}, "show": [["people", "exact"]]}
    shop = {"legal_name": "Umbrella Works", "country": "VN", "note": "the canary sings", "headcount_total": 12}
    own = made(world, shop, owner="umbrella")
    world.save_policy("umbrella", own, {"v": 1, "rules": [CARD, scheme, agreed]})
    questions: list[tuple[str, str, Any]] = [
        ("GET", f"/v1/factories/{own}/preview?as=org:acme&purpose=sourcing", None),
        ("GET", f"/v1/factories/{own}/explain?as=org:acme", None),
        ("GET", f"/v1/factories/{own}/audience?field=note", None),
        ("GET", f"/v1/factories/{own}/audience?field=headcount_total", None),
        ("POST", "/v1/policies/impact", {"factory": own, "policy": {"v": 1, "rules": [CARD]}}),
        ("GET", f"/v1/factories/{own}/policy", None),
    ]

    def answers() -> list[bytes]:
        asked = [world.ask("umbrella", method, address, json=body) for method, address, body in questions]
        assert {answer.status_code for answer in asked} == {200}
        return [answer.data for answer in asked]

    def sings() -> bool:
        return "the canary sings" in world.get("acme", f"/v1/factories/{own}").text

    before = answers()
    assert not sings()
    certified(world)
    agreement = world.post("globex", "/v1/ndas", json={"organization": "acme", "template": "standard"}).json["id"]
    assert world.post("acme", f"/v1/ndas/{agreement}/acceptance").status_code == 200
    assert sings(), "the certificate opens the note, or the canary could not have been heard"
    assert answers() == before
