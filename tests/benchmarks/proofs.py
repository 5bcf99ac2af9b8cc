"""Measuring proofs: reading a signed view, reading and issuing an attestation, beside one bare Ed25519 verification."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from network.names import ID_BYTES
from sharing.models import Publication
from sharing.projection import Projection
from sharing.publications import live_of
from sharing.worksheet import claims_of
from tests.benchmarks.network import Network
from tests.benchmarks.timing import Row, in_turns
from trust import attestation, view
from trust.attestation import AttestationId, Audit, Independence, Statement
from trust.cell import split_claim_name
from trust.did import Did
from trust.keys import PrivateKey
from trust.status_list import PURPOSES, Entry, Purpose

VERIFICATION = "one Ed25519 verification"
FIELDS, CLAIMS = 15, 30
_SEED = bytes(range(32))


def proofs(network: Network, budget: float) -> list[Row]:
    """The three rows."""
    whole = _rich(network)
    owner = PrivateKey.from_seed(_SEED, did=whole.organization)
    auditor = PrivateKey.from_seed(_SEED[::-1], did="did:web:node.example:orgs:auditor")
    now = network.house.now()

    signed = view.issue(_cut(whole, FIELDS), audience="public", valid_from=now, status=(_entry(owner),), signer=owner)
    held = view.read(signed, key=owner.public)
    if len(list(held.cells())) != FIELDS:
        raise AssertionError("the view has not the fields it should have")
    claims = _claims(whole, CLAIMS)
    statement = _statement(whole, auditor, now)
    digest = attestation.digest_of_revision(whole.canonical, entropy=network.house.entropy)

    def issue() -> str:
        return attestation.issue(
            statement, claims=claims, revision_digest=digest, signer=auditor, entropy=network.house.entropy
        )

    token = issue()
    if len(attestation.read(token, key=auditor.public).claims) != CLAIMS:
        raise AssertionError("the attestation has not the claims it should have")
    works: list[tuple[str, Callable[[], object]]] = [
        (f"verify a view of {FIELDS} fields", lambda: view.read(signed, key=owner.public)),
        (f"verify an attestation of {CLAIMS} claims", lambda: attestation.read(token, key=auditor.public)),
        (f"issue an attestation of {CLAIMS} claims", issue),
    ]
    rows = []
    for name, work in works:
        measured, base = in_turns([work, _verification(signed.rpartition(".")[0].encode())], budget)
        rows.append(Row(group="proof", name=name, viewer="", measured=measured, baseline=VERIFICATION, base=base))
    return rows


def _verification(message: bytes) -> Callable[[], object]:
    private = Ed25519PrivateKey.from_private_bytes(_SEED)
    public, signature = private.public_key(), private.sign(message)
    return lambda: public.verify(signature, message)


def _rich(network: Network) -> Projection:
    """The factory of the network, among the first, that says the most."""
    with network.house.database.read() as session:
        rows = session.scalars(select(Publication).order_by(Publication.factory_id).limit(50)).all()
        return max((live_of(row).whole() for row in rows), key=lambda each: len(list(each.cells())))


def _cut(whole: Projection, most: int) -> dict[str, object]:
    """The content of a projection with its first `most` cells; the others are gone, as for a viewer who sees no more."""
    kept = {path for path, _ in list(whole.cells())[:most]}
    content: dict[str, object] = {}
    for name, value in whole.content.items():
        if not isinstance(value, dict) or name in kept:
            content[name] = value
            continue
        if "level" in value:
            continue
        elements = {
            id_: {field: cell for field, cell in element.items() if f"{name}/{id_}/{field}" in kept}
            for id_, element in value.items()
        }
        left = {id_: cells for id_, cells in elements.items() if cells}
        if left:
            content[name] = left
    return content


def _claims(whole: Projection, most: int) -> dict[str, dict[str, object]]:
    """`most` claims about the values of a factory: each value at each of its levels."""
    claims: dict[str, dict[str, object]] = {}
    for path, cell in whole.cells():
        for name, claim in claims_of(path, cell["value"]).items():
            if len(claims) < most:
                split_claim_name(name)
                claims[name] = dict(claim)
    return claims


def _statement(whole: Projection, auditor: PrivateKey, now: datetime) -> Statement:
    day: date = now.date()
    return Statement(
        id=AttestationId("ab" * ID_BYTES),
        issuer=Did("did:web:node.example:orgs:auditor"),
        factory=str(whole.content["id"]),
        scheme="peer-check 1",
        assessor_level="peer",
        method="onsite",
        audit=Audit(id="cd" * ID_BYTES, started=day - timedelta(days=3), ended=day),
        valid_from=now,
        valid_until=now + timedelta(days=365),
        status=tuple(_entry(auditor, purpose) for purpose in PURPOSES),
        independence=Independence(months=24),
    )


def _entry(signer: PrivateKey, purpose: Purpose = "revocation") -> Entry:
    url = f"https://node.example/v1/status/{'ef' * ID_BYTES}"
    return Entry(purpose=purpose, index=7, url=url, key=signer.kid)
