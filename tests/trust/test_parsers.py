"""Whatever bytes arrive, only a TrustError leaves, and nothing that was made from noise verifies."""

import json
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.trust.world import AUDITOR, AWAY, HOME, NOW, SUPPLIER, Parts, attest, stored_view
from trust import (
    anchors,
    attestation,
    base64url,
    bundle,
    cell,
    did,
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

KEY = SUPPLIER.public


def read_did_document(text):
    return did.read_document(strict_json.loads(text), did="did:web:home.example", relationship="assertionMethod")


def http_headers(text):
    return http_signature.verify(
        method="POST",
        target_uri="https://home.example/x",
        headers=[("Content-Digest", text), ("Signature-Input", text), ("Signature", text)],
        body=b"",
        find_key=lambda kid: KEY,
        now=NOW,
    )


TEXT_PARSERS = [
    strict_json.loads,
    base64url.decode,
    jws.peek,
    jws.kid_of,
    sdjwt.split,
    sdjwt.parse_disclosure,
    attestation.claim_names,
    status_list.decode,
    key_statement.read_root,
    key_statement.is_root,
    did.parse,
    did.of_node,
    did.origin_of,
    anchors.parse,
    instant.read,
    instant.read_date,
    keys.split_kid,
    cell.split_claim_name,
    cell.check_factory,
    read_did_document,
    http_headers,
    lambda text: jws.verify(text, typ="t", key=KEY, kid="k"),
    lambda text: sdjwt.verify(text, typ="t", key=KEY, kid="k"),
    lambda text: attestation.read(text, key=KEY),
    lambda text: attestation.present(text, ["a@exact"]),
    lambda text: view.read(text, key=KEY),
    lambda text: status_list.read(text, key=KEY),
    lambda text: key_statement.read(text, root=KEY),
    lambda text: http_signature.verify(
        method=text, target_uri=text, headers=[(text, text)], body=b"", find_key=lambda kid: KEY, now=NOW
    ),
]

tokens = st.sampled_from([attest(), stored_view(), HOME.status_list(), HOME.root_statement(), AWAY.state(AUDITOR)])


@st.composite
def spoiled(draw):
    """A real token with a piece cut, doubled or replaced."""
    text = draw(tokens)
    start = draw(st.integers(0, len(text)))
    end = min(len(text), start + draw(st.integers(0, 8)))
    return text[:start] + draw(st.text(max_size=6) | st.just(text[start:end] * 2)) + text[end:]


@pytest.mark.parametrize("number", range(len(TEXT_PARSERS)))
@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60) | spoiled() | st.text(alphabet='{}[]":,.~-_=09eyJ\\u\ud800', max_size=40))
@example("")
@example("\ud800")
@example("..")
@example("\x00")
def test_any_text_is_read_or_refused_with_a_trust_error(number, text):
    with suppress(TrustError):
        TEXT_PARSERS[number](text)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_trust_error(data):
    for parse in (
        lambda: bundle.verify(data, [HOME.anchor], NOW),
        lambda: strict_json.loads(data),
        lambda: keys.PublicKey.from_bytes(data),
        lambda: merkle.verify_inclusion(leaf=data, index=0, size=2, proof=[data], expected_root=data),
        lambda: keys.PrivateKey.from_seed(data, did="did:web:a.example"),
    ):
        with suppress(TrustError):
            parse()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PAYLOADS = {
    "view": (stored_view(), SUPPLIER, "vc+jwt", lambda token: view.read(token, key=SUPPLIER.public)),
    "attestation": (
        attest().partition("~")[0],
        AUDITOR,
        "vc+sd-jwt",
        lambda token: attestation.read(token + "~", key=AUDITOR.public),
    ),
    "status list": (
        HOME.status_list(),
        HOME.status,
        "vc+jwt",
        lambda token: status_list.read(token, key=HOME.status.public),
    ),
    "key statement": (
        HOME.status_statement(),
        HOME.root,
        "guildnet-key+jwt",
        lambda token: key_statement.read(token, root=HOME.root.public),
    ),
}


def paths(value, prefix=()):
    yield prefix
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths(inner, (*prefix, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from paths(inner, (*prefix, position))


@pytest.mark.parametrize("kind", PAYLOADS)
@settings(deadline=None, max_examples=150)
@given(st.data())
def test_any_member_of_a_signed_payload_may_be_anything(kind, data):
    token, signer, typ, read = PAYLOADS[kind]
    payload = jws.peek(token).payload
    path = data.draw(st.sampled_from([item for item in paths(payload) if item]))
    place = payload
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = data.draw(json_values)
    with suppress(TrustError):
        read(jws.sign(payload, typ=typ, signer=signer))


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_any_member_of_a_bundle_may_be_anything(data):
    document = json.loads(Parts().pack())
    path = data.draw(st.sampled_from([item for item in paths(document) if item]))
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = data.draw(json_values)
    with suppress(TrustError):
        bundle.verify(strict_json.canonical(document), [HOME.anchor, AWAY.anchor], NOW)


@settings(deadline=None, max_examples=60)
@given(json_values)
def test_any_value_is_a_jwk_a_cell_an_entry_or_refused(value):
    for read in (keys.PublicKey.from_jwk, cell.check_cell, status_list.read_entries, status_list.read_entry):
        with suppress(TrustError):
            read(value)
