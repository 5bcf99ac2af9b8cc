"""Coming closer over HTTP: asked, granted, audited, attested, revoked, verified offline."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from network import identity
from tests.api.test_factories import bytes_of, made
from tests.api.world import World
from trust import bundle as bundles

FOUR_O_FOUR = 404


def tolerance(world: World, who: str | None, factory: str, purpose: str | None = None) -> object:
    found = world.get(who, f"/v1/factories/{factory}", purpose=purpose).json["factory"]
    return next(iter(found["capability"].values())).get("tolerance_um", {}).get("value")


def attested(world: World, factory: str) -> str:
    proposal = {
        "factory": factory,
        "auditor": "initech",
        "scheme": "ISO 9001",
        "scope": ["capability.tolerance_um"],
        "from": "2026-11-01",
        "until": "2026-12-31",
    }
    audit = world.post("acme", "/v1/audits", json=proposal).json["id"]
    assert world.post("initech", f"/v1/audits/{audit}/acceptance").json["state"] == "accepted"
    sheet = world.post("initech", f"/v1/audits/{audit}/worksheets", purpose="audit", json={}).json["worksheet"]
    body = {
        "attestation": sheet["attestation"],
        "assessed_on": "2026-11-20",
        "valid_until": "2027-11-20",
        "method": "onsite",
        "independence": {"months": 12},
    }
    answer = world.post("initech", "/v1/attestations", purpose="audit", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json["id"])


def test_a_request_is_granted_and_the_grant_ends(world: World) -> None:
    factory = made(world)
    band = {"at_least": "10", "below": "20"}
    assert tolerance(world, "globex", factory, "rfq") == band

    asked = world.post("globex", "/v1/access-requests", json={"factory": factory, "purpose": "rfq"})
    assert (asked.status_code, asked.json["state"]) == (201, "pending")
    received = world.get("acme", "/v1/access-requests").json["received"]
    assert [each["organization"] for each in received] == ["did:web:node.example:orgs:globex"]

    decision = {"decision": "grant", "tier": "partner", "until": "2026-12-31"}
    address = f"/v1/access-requests/{asked.json['id']}"
    granted = world.post("acme", f"{address}/decision", json=decision).json
    assert tolerance(world, "globex", factory, "rfq") == "12"
    assert tolerance(world, "globex", factory, "sourcing") == band

    grant = world.get("globex", f"/v1/grants/{granted['grant']}")
    assert (grant.json["tier"], grant.json["purpose"], grant.json["state"]) == ("partner", "rfq", "active")
    assert world.delete("acme", f"/v1/grants/{granted['grant']}").status_code == 204
    assert tolerance(world, "globex", factory, "rfq") == band


def test_only_the_two_parties_know_of_a_request_or_a_grant(world: World) -> None:
    factory = made(world)
    asked = world.post("globex", "/v1/access-requests", json={"factory": factory, "purpose": "rfq"}).json["id"]
    grant = world.post("acme", f"/v1/access-requests/{asked}/decision", json={"decision": "grant", "tier": "partner"}).json[
        "grant"
    ]
    for address in (f"/v1/access-requests/{asked}", f"/v1/grants/{grant}"):
        unknown = address.rsplit("/", 1)[0] + "/" + "0" * 32
        assert world.get("globex", address).status_code == 200
        for method in ("GET", "DELETE"):
            known = world.ask("umbrella", method, address)
            assert known.status_code == FOUR_O_FOUR
            assert bytes_of(known) == bytes_of(world.ask("umbrella", method, unknown))
    assert world.get("umbrella", "/v1/grants").json == {"grants": []}


def test_an_owner_grants_unasked_for_some_fields(world: World) -> None:
    factory = made(world)
    terms = {
        "factory": factory,
        "organization": "globex",
        "tier": "partner",
        "purpose": "rfq",
        "from": "2026-11-01",
        "until": "2026-12-01",
        "fields": ["capability.tolerance_um"],
    }
    answer = world.post("acme", "/v1/grants", json=terms)
    assert (answer.status_code, answer.json["fields"], answer.json["from"]) == (201, terms["fields"], "2026-11-01")
    assert tolerance(world, "globex", factory, "rfq") == "12"


def test_lists_and_agreements_are_kept(world: World) -> None:
    did = "did:web:node.example:orgs:globex"
    assert world.put("acme", "/v1/lists/friends", json={"organizations": ["globex"]}).status_code == 200
    assert world.get("acme", "/v1/lists/friends").json == {"name": "friends", "organizations": [did]}
    assert world.get("umbrella", "/v1/lists/friends").status_code == FOUR_O_FOUR
    assert world.get("acme", "/v1/lists").json["lists"] == [{"name": "friends", "organizations": [did]}]
    assert world.delete("acme", "/v1/lists/friends").status_code == 204
    nda = world.post("acme", "/v1/ndas", json={"organization": "globex", "template": "standard"}).json
    assert world.get("globex", "/v1/ndas").json["ndas"][0]["organization_accepted_at"] is None
    accepted = world.post("globex", f"/v1/ndas/{nda['id']}/acceptance")
    assert accepted.json["organization_accepted_at"] == "2026-11-22T12:17:00Z"
    assert world.post("umbrella", f"/v1/ndas/{nda['id']}/acceptance").status_code == FOUR_O_FOUR
    assert world.delete("globex", f"/v1/ndas/{nda['id']}").status_code == 204


def test_an_attested_value_is_verified_in_the_view_and_offline(world: World) -> None:
    factory = made(world)
    attestation = attested(world, factory)
    view = world.get("globex", f"/v1/factories/{factory}", purpose="sourcing").json
    path = next(path for path in view["verdicts"] if path.endswith("/tolerance_um"))
    assert view["verdicts"][path]["verdict"] == "verified_current"

    data = world.get("globex", f"/v1/factories/{factory}/bundle", purpose="sourcing").data
    with world.database.read() as session:
        anchors = identity.own_anchors(session)
    report = bundles.verify(data, anchors, datetime(2026, 11, 22, 12, 20, tzinfo=UTC))
    assert next(each for each in report.fields if each.path == path).verdict == view["verdicts"][path]["verdict"]

    assert world.get(None, f"/v1/attestations/{attestation}").status_code == FOUR_O_FOUR
    shown = world.get("globex", f"/v1/attestations/{attestation}", purpose="sourcing").json
    assert shown["claims"] == [f"{path}@band"]


def test_a_revoked_attestation_is_withdrawn_in_the_next_view(world: World) -> None:
    factory = made(world)
    attestation = attested(world, factory)
    address = f"/v1/attestations/{attestation}/revocation"
    assert world.post("acme", address, json={"reason": "mistake"}).status_code == FOUR_O_FOUR
    assert world.post("initech", address, json={"reason": "mistake"}).status_code == 204
    verdicts = world.get("globex", f"/v1/factories/{factory}", purpose="sourcing").json["verdicts"]
    assert "withdrawn" in {each["verdict"] for each in verdicts.values()}


def test_a_status_list_is_public_signed_and_steady_within_the_hour(world: World) -> None:
    factory = made(world)
    bundle = json.loads(world.get(None, f"/v1/factories/{factory}/bundle").data)
    assert bundle["status_lists"]
    view = world.get(None, f"/v1/factories/{factory}", headers={"Accept": "application/vc+jwt"}).text
    address = _status_address(view)
    first = world.get(None, address)
    assert (first.status_code, first.content_type) == (200, "application/vc+jwt")
    world.clock.move(minutes=10)
    assert world.get(None, address).data == first.data
    assert world.get(None, "/v1/status/" + "0" * 32).status_code == FOUR_O_FOUR


def _status_address(view: str) -> str:
    body = view.split(".")[1]
    payload = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return str(payload["credentialStatus"][0]["statusListCredential"]).removeprefix("https://node.example")


@pytest.mark.parametrize("given", [{"sd_jwt": "x", "method": "onsite"}, {"method": "onsite"}])
def test_an_attestation_comes_in_one_of_two_ways(world: World, given: dict[str, str]) -> None:
    answer = world.post("initech", "/v1/attestations", json={"attestation": "0" * 32, **given})
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
