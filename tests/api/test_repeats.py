"""Sending the same thing twice makes it once."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from tests.api.test_factories import LATHE, made
from tests.api.world import World

KEY = {"Idempotency-Key": "0d3b1c52-order-17"}


def test_a_factory_sent_twice_is_made_once(world: World) -> None:
    first = world.post("acme", "/v1/factories", json=dict(LATHE), headers=KEY)
    second = world.post("acme", "/v1/factories", json=dict(LATHE), headers=KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert len(world.get("acme", "/v1/factories").json["factories"]) == 1


def test_the_same_key_for_another_request_is_refused(world: World) -> None:
    world.post("acme", "/v1/factories", json=dict(LATHE), headers=KEY)
    other = world.post("acme", "/v1/factories", json=dict(LATHE) | {"country": "JP", "province": None}, headers=KEY)
    assert (other.status_code, other.json["code"]) == (409, "idempotency_key_reused")


def test_keys_of_two_organizations_and_two_routes_do_not_meet(world: World) -> None:
    mine = world.post("acme", "/v1/factories", json=dict(LATHE), headers=KEY).json["id"]
    theirs = world.post("umbrella", "/v1/factories", json=dict(LATHE), headers=KEY).json["id"]
    assert mine != theirs
    assert (
        world.post("umbrella", "/v1/access-requests", json={"factory": mine, "purpose": "rfq"}, headers=KEY).status_code == 404
    )


def test_a_replay_shows_what_the_asker_may_see_now(world: World) -> None:
    factory = made(world)
    body = {"factory": factory, "purpose": "rfq"}
    first = world.post("globex", "/v1/access-requests", json=body, headers=KEY)
    world.post("acme", f"/v1/access-requests/{first.json['id']}/decision", json={"decision": "decline"})
    again = world.post("globex", "/v1/access-requests", json=body, headers=KEY)
    assert (again.json["id"], again.json["state"]) == (first.json["id"], "declined")
    world.post("acme", f"/v1/factories/{factory}/withdraw")
    assert world.post("globex", "/v1/access-requests", json=body, headers=KEY).status_code == 404


def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    first = world.post("acme", "/v1/factories", json=dict(LATHE), headers=KEY).json["id"]
    world.clock.now += timedelta(days=1, seconds=1)
    world._tokens.clear()
    assert world.post("acme", "/v1/factories", json=dict(LATHE), headers=KEY).json["id"] != first


def test_a_failed_request_keeps_no_key(world: World) -> None:
    assert world.post("acme", "/v1/factories", json={"legal_name": 1}, headers=KEY).status_code == 422
    assert world.post("acme", "/v1/factories", json=dict(LATHE), headers=KEY).status_code == 201


def test_grants_audits_and_agreements_are_made_once(world: World) -> None:
    factory = made(world)
    bodies = {
        "grants": {"factory": factory, "organization": "globex", "tier": "partner", "purpose": "rfq"},
        "ndas": {"organization": "globex", "template": "standard"},
        "audits": {
            "factory": factory,
            "auditor": "initech",
            "scheme": "ISO 9001",
            "scope": ["process"],
            "from": "2026-11-01",
            "until": "2026-12-31",
        },
    }
    for name, body in bodies.items():
        headers = {"Idempotency-Key": "only-once-please"}
        first, again = (world.post("acme", f"/v1/{name}", json=body, headers=headers) for _ in range(2))
        assert (first.status_code, first.json["id"]) == (201, again.json["id"])
        assert len(world.get("acme", f"/v1/{name}").json[name]) == 1


def test_the_description_says_where_a_key_is_honoured_and_what_a_key_is(world: World) -> None:
    paths = world.get(None, "/openapi.json").json["paths"]
    described = {
        (method, path): parameter
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "parameters"
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "Idempotency-Key"
    }
    mentioned = {
        (method, path)
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "parameters" and "Idempotency-Key" in operation.get("summary", "") + operation.get("description", "")
    }
    assert set(described) == mentioned
    assert len(described) == 12
    for length, status in ((7, 422), (8, 201), (200, 201), (201, 422)):
        key = "k" * length
        assert world.post("acme", "/v1/factories", json=dict(LATHE), headers={"Idempotency-Key": key}).status_code == status
        [bounds] = {json.dumps(each["schema"]) for each in described.values()}
        assert bool(re.search(json.loads(bounds)["pattern"], key)) == (status == 201)
