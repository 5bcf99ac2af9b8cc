"""An audit over HTTP: record, checklist, results, a finding that bars, a dispute, suspension, lists and notices."""

from __future__ import annotations

from typing import Any

from sharing import notices
from tests.api.test_factories import made
from tests.api.world import World

WORK = {
    "auditor": "initech",
    "scheme": "ISO 9001",
    "scope": ["process", "tolerance"],
    "from": "2026-11-01",
    "until": "2026-12-01",
    "objective": "Release",
    "announced": True,
    "sites": ["Hall 2"],
}
CHECKLIST = {"items": [{"id": "1", "criterion": "8.5.1", "class": "must", "field_paths": ["capability.tolerance_um"]}]}
RESULT = {
    "item": "1",
    "outcome": "major_nc",
    "maturity": 1,
    "sampled_n": 5,
    "evidence": [{"digest": "ab" * 32, "media_type": "image/png", "collected_at": "2026-11-20", "method": "observation"}],
}
FINDING = {
    "item": "1",
    "clause": "8.5.1",
    "statement": "Gauges are not calibrated",
    "objective_evidence": "Three of five",
    "grade": "major",
    "due": "2026-12-10",
}


def engaged(world: World, factory: str) -> str:
    audit = world.post("acme", "/v1/audits", json={"factory": factory, **WORK}).json["id"]
    assert world.post("initech", f"/v1/audits/{audit}/acceptance").json["state"] == "accepted"
    return str(audit)


def sheet(world: World, audit: str) -> Any:
    return world.post("initech", f"/v1/audits/{audit}/worksheets", purpose="audit", json={}).json["worksheet"]


def attested(world: World, audit: str) -> Any:
    body = {
        "attestation": sheet(world, audit)["attestation"],
        "assessed_on": "2026-11-20",
        "valid_until": "2026-12-15",
        "method": "onsite",
    }
    refused = world.post("initech", "/v1/attestations", purpose="audit", json=body)
    assert refused.status_code == 422
    assert [each["path"] for each in refused.json["errors"]] == ["independence"]
    return world.post("initech", "/v1/attestations", purpose="audit", json={**body, "independence": {"months": 24}}).json


def test_a_finding_bars_its_field_until_both_sides_are_done_with_it(world: World) -> None:
    audit = engaged(world, made(world))
    put = world.put("initech", f"/v1/audits/{audit}/checklist", purpose="audit", json=CHECKLIST)
    assert put.json["entries"][0]["item"]["field_paths"] == ["capability.tolerance_um"]
    assert put.json["entries"][0]["result"] is None
    put = world.put("initech", f"/v1/audits/{audit}/results", purpose="audit", json={"results": [RESULT]})
    assert put.json["entries"][0]["result"] == RESULT
    raised = world.post("initech", f"/v1/audits/{audit}/findings", purpose="audit", json=FINDING)
    assert raised.status_code == 201
    address = raised.headers["Location"]
    assert raised.json["bars"]
    barred = sheet(world, audit)
    assert [each["finding"] for each in barred["barred"]] == [raised.json["id"]]
    assert not any("tolerance_um" in name for name in barred["claims"])

    opened = world.post("acme", "/v1/disputes", json={"finding": raised.json["id"], "statement": "Two were not in use"})
    assert opened.status_code == 201
    steps = f"{opened.headers['Location']}/steps"
    answer = {"step": "answer", "outcome": "upheld", "text": "They were at the machine"}
    assert world.post("acme", steps, json=answer).json["code"] == "state_conflict"
    assert world.post("initech", steps, purpose="audit", json=answer).json["state"] == "answered"
    assert world.post("acme", steps, json={"step": "accept", "text": "We mark them now"}).json["state"] == "settled"
    assert [each["id"] for each in world.get("acme", "/v1/disputes").json["disputes"]] == [opened.json["id"]]

    taken = (("acme", "answer"), ("initech", "accept"), ("initech", "verify"), ("initech", "close"))
    for who, step in taken:
        purpose = "audit" if who == "initech" else None
        told = world.post(who, f"{address}/steps", purpose=purpose, json={"step": step, "text": "So"})
        assert told.status_code == 200, told.text
    (found,) = world.get("acme", f"/v1/audits/{audit}/findings").json["findings"]
    assert (found["status"], found["disputes"]) == ("closed", [opened.json["id"]])
    assert any("tolerance_um" in name for name in sheet(world, audit)["claims"])
    for path in (address, f"/v1/audits/{audit}/findings", f"/v1/audits/{audit}/checklist", opened.headers["Location"]):
        assert world.get("globex", path).status_code == 404
        assert world.get(None, path).status_code == 401


def test_the_record_is_the_auditors_and_read_by_both(world: World) -> None:
    audit = engaged(world, made(world))
    body = {"started": "2026-11-20", "ended": "2026-11-21", "person_days": "1.5", "lead_auditor": "Lê Thị Mai", "team": []}
    assert world.put("acme", f"/v1/audits/{audit}/record", json=body).json["code"] == "state_conflict"
    told = world.put("initech", f"/v1/audits/{audit}/record", purpose="audit", json=body).json["record"]
    assert world.get("acme", f"/v1/audits/{audit}").json["record"] == told
    assert (told["objective"], told["announced"], told["sites"], told["person_days"]) == ("Release", True, ["Hall 2"], "1.5")
    text = {"items": [{"id": "1", "criterion": "8.5.1", "question": "Are gauges calibrated?"}]}
    assert world.put("initech", f"/v1/audits/{audit}/checklist", purpose="audit", json=text).status_code == 422


def test_an_attestation_is_suspended_resumed_and_listed_for_both(world: World) -> None:
    factory = made(world)
    given = attested(world, engaged(world, factory))
    assert (given["state"], given["label"]) == ("in_force", None)

    def listed(who: str) -> list[tuple[str, str]]:
        purpose = "audit" if who == "initech" else None
        told = world.get(who, f"/v1/attestations?factory={factory}", purpose=purpose).json["attestations"]
        return [(each["id"], each["state"]) for each in told]

    for action, state in (("suspension", "suspended"), ("resumption", "in_force")):
        address = f"/v1/attestations/{given['id']}/{action}"
        assert world.post("acme", address, json={"reason": "Mine"}).status_code == 404
        assert world.post("initech", address, purpose="audit", json={"reason": "So"}).status_code == 204
        assert world.post("initech", address, purpose="audit", json={"reason": "So"}).status_code == 409
        assert listed("acme") == listed("initech") == [(given["id"], state)]
    assert listed("globex") == []
    assert world.get(None, "/v1/attestations").status_code == 401


def test_notices_are_ones_own(world: World) -> None:
    given = attested(world, engaged(world, made(world)))
    notices.post_due(world.app.extensions["guildnet"].house)
    for who, purpose in (("acme", None), ("initech", "audit")):
        told = world.get(who, "/v1/notices", purpose=purpose).json["notices"]
        assert (given["id"], "attestation", 30) in [(each["subject"], each["kind"], each["stage"]) for each in told]
    assert world.get("globex", "/v1/notices").json["notices"] == []
    assert world.get(None, "/v1/notices").status_code == 401


def test_a_key_used_for_a_finding_of_one_audit_raises_another_in_another(world: World) -> None:
    factory = made(world)
    audits = [engaged(world, factory) for _ in range(2)]
    body = {name: each for name, each in FINDING.items() if name != "item"}
    key = {"Idempotency-Key": "finding-key-1"}
    for _ in range(2):
        for audit in audits:
            raised = world.post("initech", f"/v1/audits/{audit}/findings", json=body, headers=key, purpose="audit")
            assert (raised.status_code, raised.json["audit"]) == (201, audit)
    listed = [world.get("initech", f"/v1/audits/{audit}/findings", purpose="audit").json["findings"] for audit in audits]
    assert [len(each) for each in listed] == [1, 1]
