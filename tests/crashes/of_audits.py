"""Write use-cases of audits and attestations, from the proposal to the revocation; the rest is in `of_upkeep`."""

from __future__ import annotations

from typing import Any

from tests.api.test_factories import made
from tests.api.world import World
from tests.crashes.registry import KEY, Node, use
from tests.crashes.stopping import Step


def proposal(factory: str) -> dict[str, Any]:
    """What the owner proposes to the auditor."""
    scope = ["capability.tolerance_um"]
    window = {"from": "2026-11-01", "until": "2026-12-31"}
    return {"factory": factory, "auditor": "initech", "scheme": "ISO 9001", "scope": scope, **window}


def proposed(world: World, factory: str | None = None) -> str:
    """An audit that the auditor has not accepted."""
    return str(world.post("acme", "/v1/audits", json=proposal(factory or made(world))).json["id"])


def accepted(world: World, factory: str | None = None) -> str:
    """An audit that runs."""
    audit = proposed(world, factory)
    assert world.post("initech", f"/v1/audits/{audit}/acceptance").status_code == 200
    return audit


def drafted(world: World, factory: str | None = None) -> dict[str, Any]:
    """What the auditor sends to have a worksheet signed by the node."""
    address = f"/v1/audits/{accepted(world, factory)}/worksheets"
    sheet = world.post("initech", address, purpose="audit", json={}).json["worksheet"]
    dates = {"assessed_on": "2026-11-20", "valid_until": "2027-11-20"}
    return {"attestation": sheet["attestation"], "method": "onsite", "independence": {"months": 12}, **dates}


def attested(world: World, factory: str | None = None) -> str:
    """An attestation in force."""
    return str(world.post("initech", "/v1/attestations", purpose="audit", json=drafted(world, factory)).json["id"])


@use("audits.propose_audit")
def propose_audit(node: Node) -> Step:
    return node.request("acme", "POST", "/v1/audits", json=proposal(made(node.world)), headers=KEY)


@use("audits.accept_audit")
def accept_audit(node: Node) -> Step:
    return node.request("initech", "POST", f"/v1/audits/{proposed(node.world)}/acceptance")


@use("audits.decline_audit")
def decline_audit(node: Node) -> Step:
    return node.request("initech", "POST", f"/v1/audits/{proposed(node.world)}/decline")


@use("audits.close_audit")
def close_audit(node: Node) -> Step:
    return node.request("initech", "POST", f"/v1/audits/{accepted(node.world)}/closure")


@use("audits.make_worksheet", again="a draft that nobody signed says nothing to anybody; each holds its own salts")
def make_worksheet(node: Node) -> Step:
    address = f"/v1/audits/{accepted(node.world)}/worksheets"
    return node.request("initech", "POST", address, purpose="audit", json={}, headers=KEY)


@use("attestations.attest", points=("attestation:signed",))
def attest(node: Node) -> Step:
    return node.request("initech", "POST", "/v1/attestations", purpose="audit", json=drafted(node.world), headers=KEY)


@use("attestations.revoke_attestation")
def revoke_attestation(node: Node) -> Step:
    address = f"/v1/attestations/{attested(node.world)}/revocation"
    return node.request("initech", "POST", address, json={"reason": "mistake"})
