"""Parsers of `trust`: everything signed, and what it is made of."""

from __future__ import annotations

import json
import random
from typing import Any

from tests.hostile import mutate
from tests.hostile.of_sharing import POLICY, profiles
from tests.hostile.parser import Parser, Samples, as_json, texts
from tests.trust.ledgers import LEAVES, LOG, head
from tests.trust.ledgers import lines as ledger_lines
from tests.trust.world import AUDITOR, AWAY, HOME, NOW, SUPPLIER, Parts, attest, stored_view
from trust import (
    anchors,
    attestation,
    base64url,
    bundle,
    cell,
    checkpoint,
    contents,
    did,
    disclosures,
    http_signature,
    instant,
    jws,
    key_statement,
    keys,
    merkle,
    sdjwt,
    status_list,
    strict_json,
    view,
)
from trust.errors import TrustError
from trust.keys import PublicKey

SIGNED = {
    "view": (stored_view, SUPPLIER, "vc+jwt"),
    "attestation": (attest, AUDITOR, "vc+sd-jwt"),
    "status list": (HOME.status_list, HOME.status, "vc+jwt"),
    "key statement": (HOME.status_statement, HOME.root, "guildnet-key+jwt"),
    "root statement": (HOME.root_statement, HOME.root, "guildnet-key+jwt"),
}


def resigned(kind: str) -> mutate.Mutator:
    """The payload mutated and signed again by the right key: what a hostile but real issuer could send."""
    _, signer, typ = SIGNED[kind]

    def mutated(sample: str, rng: random.Random) -> str:
        if rng.random() < 0.3:
            return mutate.token(sample, rng)
        head, *rest = sample.split("~")
        payload = mutate.value(dict(jws.peek(head).payload), rng)
        if not isinstance(payload, dict):
            return mutate.token(sample, rng)
        try:
            signed = jws.sign(payload, typ=typ, signer=signer)
        except TrustError:
            return mutate.token(sample, rng)
        return "~".join((signed, *rest))

    return mutated


def did_document(data: bytes) -> object:
    return did.read_document(strict_json.loads(data), did="did:web:home.example", relationship="assertionMethod")


def did_samples() -> list[Any]:
    return [did.document("did:web:home.example", {"assertionMethod": [HOME.root.public], "authentication": [SUPPLIER.public]})]


def signed_request() -> dict[str, Any]:
    """A request with its signature headers, as one of our nodes sends it."""
    target, body = "https://home.example/fed/v1/x", b'{"a":1}'
    headers = http_signature.sign(method="POST", target_uri=target, body=body, signer=HOME.root, created=NOW, nonce="0" * 32)
    return {"method": "POST", "target": target, "headers": [list(each) for each in headers.items()], "body": body.decode()}


def verified_request(given: Any) -> object:
    headers = given.get("headers") if isinstance(given, dict) else None
    headers = headers if isinstance(headers, list) else []
    pairs = [tuple(map(str, each)) for each in headers if isinstance(each, list) and len(each) == 2]
    body = str(given.get("body", "") if isinstance(given, dict) else "")
    return http_signature.verify(
        method=str(given.get("method", "")) if isinstance(given, dict) else "",
        target_uri=str(given.get("target", "")) if isinstance(given, dict) else "",
        headers=pairs,  # type: ignore[arg-type]
        body=body.encode("utf-8", "surrogatepass"),
        find_key=lambda _: HOME.root.public,
        now=NOW,
    )


TRUST = (TrustError,)


TOKENS = [attest, stored_view, HOME.status_list, HOME.root_statement, lambda: AWAY.state(AUDITOR)]


def canonical_bytes(sample: Any, rng: random.Random) -> bytes:
    """Mostly canonical, since one byte more is refused before anything is looked at."""
    if rng.random() < 0.7:
        try:
            return strict_json.canonical(mutate.value(sample, rng))
        except TrustError:
            pass
    return mutate.json_bytes(sample, rng)


def tokens() -> list[str]:
    return [make() for make in TOKENS]


def _signed(kind: str) -> Samples:
    return lambda: [SIGNED[kind][0]()]


PARSERS: tuple[Parser, ...] = (
    Parser(
        name="trust.strict_json:loads",
        call=strict_json.loads,
        samples=lambda: [*profiles(), POLICY],
        mutate=mutate.json_bytes,
        whole=as_json,
        errors=TRUST,
    ),
    Parser(
        name="trust.strict_json:loads_object",
        call=strict_json.loads_object,
        samples=lambda: [*profiles(), POLICY],
        mutate=mutate.json_bytes,
        whole=as_json,
        errors=TRUST,
    ),
    Parser(
        name="trust.base64url:decode",
        call=base64url.decode,
        samples=texts("AAECAwQFBgc", "eyJh"),
        mutate=mutate.text,
        errors=TRUST,
    ),
    Parser(name="trust.jws:peek", call=jws.peek, samples=tokens, mutate=mutate.token, errors=TRUST),
    Parser(
        name="trust.jws:verify",
        call=lambda text: jws.verify(text, typ="vc+jwt", key=SUPPLIER.public, kid=SUPPLIER.kid),
        samples=_signed("view"),
        mutate=resigned("view"),
        errors=TRUST,
        also=("trust.keys:PublicKey.verify",),
    ),
    Parser(name="trust.sdjwt:split", call=sdjwt.split, samples=_signed("attestation"), mutate=mutate.token, errors=TRUST),
    Parser(
        name="trust.sdjwt:verify",
        call=lambda text: sdjwt.verify(text, typ="vc+sd-jwt", key=AUDITOR.public, kid=AUDITOR.kid),
        samples=_signed("attestation"),
        mutate=resigned("attestation"),
        errors=TRUST,
    ),
    Parser(
        name="trust.sdjwt:parse_disclosure",
        call=sdjwt.parse_disclosure,
        samples=lambda: [attest().split("~")[1]],
        mutate=lambda sample, rng: mutate.token("~" + sample, rng).lstrip("~"),
        errors=TRUST,
    ),
    Parser(
        name="trust.attestation:read",
        call=lambda text: attestation.read(text, key=AUDITOR.public),
        samples=_signed("attestation"),
        mutate=resigned("attestation"),
        errors=TRUST,
    ),
    Parser(
        name="trust.view:read",
        call=lambda text: view.read(text, key=SUPPLIER.public),
        samples=_signed("view"),
        mutate=resigned("view"),
        errors=TRUST,
    ),
    Parser(
        name="trust.status_list:read",
        call=lambda text: status_list.read(text, key=HOME.status.public),
        samples=_signed("status list"),
        mutate=resigned("status list"),
        errors=TRUST,
    ),
    Parser(
        name="trust.status_list:decode",
        call=status_list.decode,
        samples=lambda: [status_list.encode([1, 5, 131_071])],
        mutate=lambda sample, rng: (
            sample[0] + base64url.encode(mutate.noise(base64url.decode(sample[1:]), rng))
            if rng.random() < 0.7
            else mutate.text(sample, rng)
        ),
        errors=TRUST,
    ),
    Parser(
        name="trust.status_list:read_entry",
        call=status_list.read_entry,
        samples=lambda: [dict(HOME.entry(3).document())],
        mutate=mutate.value,
        errors=TRUST,
    ),
    Parser(
        name="trust.status_list:read_entries",
        call=status_list.read_entries,
        samples=lambda: [[dict(HOME.entry(3).document())]],
        mutate=mutate.value,
        errors=TRUST,
    ),
    Parser(
        name="trust.key_statement:read",
        call=lambda text: key_statement.read(text, root=HOME.root.public),
        samples=_signed("key statement"),
        mutate=resigned("key statement"),
        errors=TRUST,
    ),
    Parser(
        name="trust.key_statement:read_root",
        call=key_statement.read_root,
        samples=_signed("root statement"),
        mutate=resigned("root statement"),
        errors=TRUST,
    ),
    Parser(
        name="trust.bundle:verify",
        call=lambda data: bundle.verify(data, [HOME.anchor, AWAY.anchor], NOW),
        samples=lambda: [json.loads(Parts().pack())],
        mutate=canonical_bytes,
        whole=strict_json.canonical,
        errors=TRUST,
    ),
    Parser(
        name="trust.contents:unpack",
        call=contents.unpack,
        samples=lambda: [json.loads(Parts().pack())],
        mutate=canonical_bytes,
        whole=strict_json.canonical,
        errors=TRUST,
    ),
    Parser(
        name="trust.anchors:parse",
        call=anchors.parse,
        samples=lambda: [anchors.write(HOME.anchor)],
        mutate=mutate.text,
        errors=TRUST,
    ),
    Parser(
        name="trust.did:parse",
        call=did.parse,
        samples=texts("did:web:home.example", "did:web:localhost%3A8000:orgs:an-phat"),
        mutate=mutate.text,
        errors=TRUST,
    ),
    Parser(
        name="trust.did:read_document",
        call=did_document,
        samples=did_samples,
        mutate=mutate.json_bytes,
        whole=as_json,
        errors=TRUST,
    ),
    Parser(
        name="trust.http_signature:verify",
        call=verified_request,
        samples=lambda: [signed_request()],
        mutate=mutate.value,
        errors=TRUST,
    ),
    Parser(
        name="trust.instant:read", call=instant.read, samples=texts("2026-11-22T12:00:00Z"), mutate=mutate.text, errors=TRUST
    ),
    Parser(
        name="trust.instant:read_date", call=instant.read_date, samples=texts("2026-11-22"), mutate=mutate.text, errors=TRUST
    ),
    Parser(name="trust.keys:split_kid", call=keys.split_kid, samples=lambda: [HOME.root.kid], mutate=mutate.text, errors=TRUST),
    Parser(
        name="trust.keys:PublicKey.from_bytes",
        call=PublicKey.from_bytes,
        samples=lambda: [HOME.root.public.raw],
        mutate=mutate.noise,
        errors=TRUST,
    ),
    Parser(
        name="trust.keys:PublicKey.from_jwk",
        call=PublicKey.from_jwk,
        samples=lambda: [dict(HOME.root.public.jwk)],
        mutate=mutate.value,
        errors=TRUST,
    ),
    Parser(
        name="trust.cell:split_claim_name",
        call=cell.split_claim_name,
        samples=texts("capability/" + "0f" * 16 + "/tolerance_um@exact", "legal_name@band"),
        mutate=mutate.text,
        errors=TRUST,
    ),
    Parser(
        name="trust.checkpoint:read",
        call=lambda text: checkpoint.read(text, key=LOG.public),
        samples=lambda: [head(), head(LEAVES[:1])],
        mutate=mutate.text,
        errors=TRUST,
        also=("trust.checkpoint:peek",),
    ),
    Parser(
        name="trust.disclosures:verify",
        call=lambda data: disclosures.verify(data.splitlines(keepends=True), [HOME.anchor], [head(LEAVES[:2])]),
        samples=lambda: [b"".join(ledger_lines()), b"".join(ledger_lines(LEAVES[:1]))],
        mutate=mutate.noise,
        errors=TRUST,
    ),
    Parser(
        name="trust.merkle:verify_inclusion",
        call=lambda data: merkle.verify_inclusion(leaf=data, index=len(data), size=300, proof=[data[:32]], expected_root=data),
        samples=lambda: [bytes(64)],
        mutate=mutate.noise,
        errors=TRUST,
    ),
    Parser(
        name="trust.merkle:verify_consistency",
        call=lambda data: merkle.verify_consistency(
            old_size=len(data), new_size=300, proof=[data[:32], data[32:64]], old_root=data[:32], new_root=data[32:]
        ),
        samples=lambda: [bytes(64)],
        mutate=mutate.noise,
        errors=TRUST,
    ),
)
