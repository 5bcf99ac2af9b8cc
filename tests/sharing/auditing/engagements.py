"""Audits and attestations in a few words, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from network import identity
from sharing import attestations, audits, views
from sharing.auditing import standing
from sharing.models import Attestation
from sharing.worksheet import Assessment, sign_request, sign_worksheet
from tests.world import World
from trust.attestation import Independence
from trust.keys import PrivateKey

SHOP: Mapping[str, Any] = {
    "legal_name": "Cơ khí Đông Anh",
    "country": "VN",
    "capabilities": [{"process": "3.2.1", "tolerance_um": "12"}],
    "certificates": [{"scheme": "ISO9001:2015", "scope": "Turning", "number": "Q-1", "valid_until": "2027-01-21"}],
}
OPEN = {"v": 1, "rules": [{"id": "all", "to": "anyone", "show": [["*", "exact"]]}]}
KEY = PrivateKey.from_seed(b"\x09" * 32, did="did:web:node.example:orgs:auditor")


def peer(world: World, slug: str) -> str:
    """An organization that is a supplier and an auditor, with one public factory; returns the factory."""
    world.organization(slug, roles=["supplier", "auditor"])
    return world.factory(slug, SHOP, policy=OPEN)


def engaged(world: World, factory_id: str, *, owner: str = "maker", auditor: str = "auditor", **terms: Any) -> str:
    """An accepted audit; returns its id."""
    today = world.house.today()
    known = {
        "scheme": "peer-check", "scheme_version": "1", "kind": "peer", "modality": "onsite", "scope": ("process", "tolerance"),
        "scope_text": "", "start": today, "until": today + timedelta(days=30),
    }  # fmt: skip
    engagement = audits.Engagement(factory_id=factory_id, auditor=auditor, **{**known, **terms})
    with world.house.database.write("test") as session:
        audit = audits.propose_audit(world.house, session, world.caller(owner), engagement)
    with world.house.database.write("test") as session:
        audits.accept_audit(world.house, session, world.caller(auditor, "audit"), audit.id)
    return audit.id


def sheet_of(world: World, audit_id: str, auditor: str = "auditor", **which: Any) -> Any:
    """A worksheet of the audit."""
    with world.house.database.write("test") as session:
        return attestations.make_worksheet(world.house, session, world.caller(auditor, "audit"), audit_id, **which)


def assessment(world: World, **changes: Any) -> Assessment:
    """The usual one: everything, on site, today, for a year, independent for two."""
    today = world.house.today()
    known = {
        "paths": None, "method": "onsite", "assessed_on": today, "valid_until": today + timedelta(days=365),
        "independence": Independence(months=24),
    }  # fmt: skip
    return Assessment(**{**known, **changes})  # type: ignore[arg-type]


def hand_in(world: World, sheet: Any, *, key: PrivateKey = KEY, auditor: str = "auditor", **changes: Any) -> str:
    """Sign a worksheet with the auditor's own key and hand it in; returns the attestation's id."""
    signed = sign_worksheet(sheet, assessment(world, **changes), signer=key, at=world.house.now(), entropy=world.house.entropy)
    with world.house.database.write("test") as session:
        caller = world.caller(auditor, "audit")
        return attestations.submit_attestation(world.house, session, caller, sheet["attestation"], signed).id


def attested(world: World, factory_id: str, *, owner: str, auditor: str) -> str:
    """An attestation that the node signed for the auditor, in an audit of its own; returns its id."""
    sheet = sheet_of(world, engaged(world, factory_id, owner=owner, auditor=auditor), auditor)
    with world.house.database.write("test") as session:
        caller = world.caller(auditor, "audit")
        return attestations.attest_with_node_key(world.house, session, caller, sheet["attestation"], assessment(world)).id


def move(world: World, action: str, attestation_id: str, *, signed: str | None = None, auditor: str = "auditor") -> None:
    """Revoke, suspend or resume, with a request signed now unless another is given (an empty one: none)."""
    made = sign_request(action, attestation_id, signer=KEY, at=world.house.now(), reason="So") if signed is None else signed
    moves: Mapping[str, Callable[..., None]] = {
        "revoke": standing.revoke_attestation,
        "suspend": standing.suspend_attestation,
        "resume": standing.resume_attestation,
    }
    with world.house.database.write("test") as session:
        caller = world.caller(auditor, "audit")
        moves[action](world.house, session, caller, attestation_id, reason="So", signed_request=made or None)


def tolerance(world: World, factory_id: str, slug: str | None = None) -> Mapping[str, Any]:
    """The verdict on the tolerance, as this organization reads it."""
    with world.house.database.read() as session:
        verdicts = views.view(world.house, session, world.caller(slug), factory_id).verdicts
    return next(said for path, said in verdicts.items() if path.endswith("/tolerance_um"))


def bundle(world: World, factory_id: str) -> bytes:
    """The public bundle."""
    with world.house.database.read() as session:
        return views.bundle(world.house, session, world.caller(None), factory_id)


def anchors(world: World) -> Any:
    """This node's own."""
    with world.house.database.read() as session:
        return identity.own_anchors(session)


def label(world: World, attestation_id: str) -> str | None:
    """The label of an attestation as it is stored."""
    with world.house.database.read() as session:
        return session.get_one(Attestation, attestation_id).label
