"""Attestations, views and key statements: what is issued is read back, and no other shape is."""

from datetime import date

import pytest

from tests.trust.world import (
    AUDITOR,
    AWAY,
    BAND,
    CAPABILITY,
    DAY,
    EXACT,
    FACTORY,
    HOME,
    HOUR,
    NOW,
    SUPPLIER,
    TOLERANCE,
    Counter,
    attest,
    content,
    live_view,
    statement,
    stored_view,
)
from trust import attestation, base64url, jws, sdjwt, view
from trust.attestation import Audit
from trust.errors import CredentialError, DidError, DisclosureError, SignatureInvalidError, TokenError, TrustError


def test_an_attestation_reads_back_as_issued():
    found = attestation.read(attest(), key=AUDITOR.public)
    assert found.statement == statement()
    assert found.claims == {f"{TOLERANCE}@exact": EXACT, f"{TOLERANCE}@band": BAND}
    assert found.signed_by == AUDITOR.kid
    assert attestation.is_of_revision(found.revision_digest, b"revision 3")
    assert not attestation.is_of_revision(found.revision_digest, b"revision 4")


def test_a_presentation_shows_exactly_the_claims_asked_for():
    whole = attest()
    shown = attestation.present(whole, [f"{TOLERANCE}@band"])
    found = attestation.read(shown, key=AUDITOR.public)
    assert found.claims == {f"{TOLERANCE}@band": BAND}
    assert found.revision_digest is None
    assert attestation.claim_names(shown) == (f"{TOLERANCE}@band",)
    assert attestation.claim_names(whole) == (f"{TOLERANCE}@exact", f"{TOLERANCE}@band")
    assert found.statement == statement()  # the body is plain, whatever is shown


def test_a_presentation_of_nothing_is_possible_and_shows_nothing():
    found = attestation.read(attestation.present(attest(), []), key=AUDITOR.public)
    assert found.claims == {}


def test_what_is_not_attested_cannot_be_presented():
    with pytest.raises(CredentialError) as refused:
        attestation.present(attest(), ["legal_name@exact"])
    assert refused.value.reason == "claim_missing"


def test_the_owner_may_show_the_revision_digest_to_the_auditor():
    shown = attestation.present(attest(), [attestation.REVISION_DIGEST])
    assert attestation.read(shown, key=AUDITOR.public).revision_digest is not None


@pytest.mark.parametrize("count", [1, 2, 14, 15, 16, 30, 31, 47])
def test_decoys_pad_the_digests_to_a_multiple_of_sixteen(count):
    claims = {f"capability/{CAPABILITY}/f{number}@exact": EXACT for number in range(count)}
    payload = jws.peek(attest(claims).partition("~")[0]).payload
    digests = payload["credentialSubject"]["_sd"]
    assert len(digests) % 16 == 0
    assert len(digests) - 16 < count + 1 <= len(digests)
    assert digests == sorted(digests)
    assert all(len(base64url.decode(item)) == 32 for item in digests)


def test_the_number_of_claims_shows_only_in_steps_of_sixteen():
    sizes = {len(attest({f"f{number:02}@exact": EXACT for number in range(count)}).partition("~")[0]) for count in (1, 9, 15)}
    assert len(sizes) == 1


def test_validity_stands_in_the_plain_body():
    payload = jws.peek(attest().partition("~")[0]).payload
    assert set(payload) == {
        *("@context", "type", "id", "issuer", "validFrom", "validUntil", "credentialStatus", "credentialSubject"),
        *("scheme", "assessorLevel", "method", "audit", "_sd_alg"),
    }
    assert set(payload["credentialSubject"]) == {"id", "_sd"}
    assert payload["_sd_alg"] == "sha-256"


@pytest.mark.parametrize(
    "claims",
    [
        {f"{TOLERANCE}@band": EXACT},
        {f"{TOLERANCE}@exact": {"level": "exact", "value": 10, "unit": "4H"}},
        {f"{TOLERANCE}@exact": {"level": "exact", "value": 1.5}},
        {f"{TOLERANCE}@exact": {"level": "exact", "value": {"a": None}}},
        {f"{TOLERANCE}@exact": {"level": "exact"}},
        {f"{TOLERANCE}@exact": {"level": "exact", "value": "1", "note": "x"}},
        {f"{TOLERANCE}@exact": {"level": "exact", "value": "1", "unit": 5}},
        {f"{TOLERANCE}@existence": {"level": "existence", "value": "1"}},
        {f"{TOLERANCE}@hidden": {"level": "hidden"}},
        {TOLERANCE: EXACT},
        {"capability/0/tolerance_um@exact": EXACT, "capabilities[0]@exact": EXACT},
        {"Legal_name@exact": EXACT},
        {"capability//x@exact": EXACT},
        {"a/b/c/d@exact": EXACT},
        {"a@exact\n": EXACT},
        {},
        {f"{TOLERANCE}@exact": "10"},
    ],
)
def test_a_claim_that_is_no_cell_of_its_name_is_not_issued(claims):
    with pytest.raises(CredentialError):
        attestation.issue(
            statement(),
            claims=claims,
            revision_digest=attestation.digest_of_revision(b"r", entropy=Counter()),
            signer=AUDITOR,
            entropy=Counter(),
        )


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "short"},
        {"factory": "urn:uuid:1"},
        {"scheme": ""},
        {"assessor_level": "friend"},
        {"method": "telephone"},
        {"audit": Audit(id="b" * 32, started=date(2026, 9, 2), ended=date(2026, 9, 1))},
        {"audit": Audit(id="x", started=date(2026, 9, 1), ended=date(2026, 9, 1))},
        {"valid_until": NOW - 61 * DAY},
        {"status": ()},
        {"status": (AWAY.entry(1, "suspension"),)},
        {"valid_from": NOW.replace(tzinfo=None)},
    ],
)
def test_a_statement_that_is_not_consistent_is_not_issued(changes):
    with pytest.raises(CredentialError):
        attest(**changes)


def test_an_attestation_is_issued_only_under_its_own_issuer():
    with pytest.raises(CredentialError) as refused:
        attestation.issue(
            statement(),
            claims={f"{TOLERANCE}@exact": EXACT},
            revision_digest=attestation.digest_of_revision(b"r", entropy=Counter()),
            signer=SUPPLIER,
            entropy=Counter(),
        )
    assert refused.value.reason == "issuer"


def resigned(change, signer=AUDITOR) -> str:
    """The attestation with a changed body, signed again by its own key."""
    jwt, _, rest = attest().partition("~")
    payload = jws.peek(jwt).payload
    change(payload)
    return jws.sign(payload, typ="vc+sd-jwt", signer=signer) + "~" + rest


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(issuer=SUPPLIER.kid.partition("#")[0]),
        lambda d: d.update(issuer="did:key:z"),
        lambda d: d.update(type=["VerifiableCredential"]),
        lambda d: d.update({"@context": []}),
        lambda d: d.update(iss="did:web:evil.example"),
        lambda d: d.update(exp=5),
        lambda d: d.pop("validUntil"),
        lambda d: d.pop("credentialStatus"),
        lambda d: d.update(validUntil="2026-11-23T10:00:00+00:00"),
        lambda d: d.update(validUntil="2026-11-23T10:00:00.0Z"),
        lambda d: d.update(validUntil="2026-02-30T10:00:00Z"),
        lambda d: d.update(validUntil=1),
        lambda d: d.update(validFrom=d["validUntil"]),
        lambda d: d.update(audit={"id": "b" * 32, "started": "2026-09-01"}),
        lambda d: d.update(audit={"id": "b" * 32, "started": "2026-09-01", "ended": "2026-9-2"}),
        lambda d: d.update(id="urn:guildnet:attestation:x"),
        lambda d: d.update(_sd_alg="sha-384"),
        lambda d: d["credentialSubject"].update(id="urn:guildnet:factory:"),
        lambda d: d["credentialSubject"].pop("id"),
        lambda d: d["credentialSubject"].update(extra={"level": "existence"}),
        lambda d: d.update(credentialSubject=[d["credentialSubject"]]),
    ],
)
def test_an_attestation_of_another_shape_is_refused_though_well_signed(change):
    with pytest.raises(TrustError) as refused:
        attestation.read(resigned(change), key=AUDITOR.public)
    assert not isinstance(refused.value, SignatureInvalidError)


def test_an_attestation_under_another_key_or_type_is_refused():
    with pytest.raises(TokenError):
        attestation.read(attest(), key=SUPPLIER.public)
    jwt, _, rest = attest().partition("~")
    retyped = jws.sign(jws.peek(jwt).payload, typ="vc+jwt", signer=AUDITOR)
    with pytest.raises(TokenError) as refused:
        attestation.read(retyped + "~" + rest, key=AUDITOR.public)
    assert refused.value.reason == "wrong_type"


def test_a_disclosed_claim_that_is_no_cell_is_refused():
    digests, texts = sdjwt.disclose([("legal_name@exact", "x")], entropy=Counter())
    forged = resigned(lambda d: d["credentialSubject"].update(_sd=digests)).partition("~")[0]
    with pytest.raises(CredentialError):
        attestation.read(sdjwt.join(forged, texts), key=AUDITOR.public)


def test_a_disclosed_claim_of_another_level_than_its_name_is_refused():
    digests, texts = sdjwt.disclose([("legal_name@exact", {"level": "existence"})], entropy=Counter())
    forged = resigned(lambda d: d["credentialSubject"].update(_sd=digests)).partition("~")[0]
    with pytest.raises(CredentialError) as refused:
        attestation.read(sdjwt.join(forged, texts), key=AUDITOR.public)
    assert refused.value.reason == "claim_level"


def test_a_disclosed_id_does_not_replace_the_subject():
    digests, texts = sdjwt.disclose([("id", "urn:guildnet:factory:ZZZZZZZZZZZZZZZZZZZZZ")], entropy=Counter())
    forged = resigned(lambda d: d["credentialSubject"].update(_sd=digests)).partition("~")[0]
    with pytest.raises(DisclosureError) as refused:
        attestation.read(sdjwt.join(forged, texts), key=AUDITOR.public)
    assert refused.value.reason == "name_collision"


def test_a_view_reads_back_as_issued():
    found = view.read(stored_view(), key=SUPPLIER.public)
    assert found.content == content()
    assert (found.factory, found.audience, found.valid_until) == (FACTORY, "public", None)
    assert [(item.path, item.level, item.unit) for item in found.cells()] == [
        (TOLERANCE, "exact", "4H"),
        ("legal_name", "exact", None),
    ]


def test_a_live_view_may_be_for_one_viewer():
    found = view.read(live_view(audience="did:web:away.example:orgs:buyer"), key=SUPPLIER.public)
    assert found.audience == "did:web:away.example:orgs:buyer"
    assert found.valid_until == NOW + HOUR / 2


def test_equal_projections_give_equal_views():
    assert live_view() == live_view(dict(reversed(content().items())))


CELL = {"level": "existence"}


@pytest.mark.parametrize(
    "document",
    [
        {},
        content(organization="did:web:away.example:orgs:tuv"),
        content(organization=None),
        content(id="urn:uuid:1"),
        content(id=5),
        content(legal_name="plain"),
        content(legal_name={"level": "exact"}),
        content(legal_name={"level": "hidden"}),
        content(legal_name={"level": "exact", "value": 5}),
        content(Legal=CELL),
        content(**{"a b": CELL}),
        content(capability={CAPABILITY: CELL | {"x": CELL}}),
        content(capability={CAPABILITY: {"Field": CELL}}),
        content(capability={CAPABILITY: {"field": "text"}}),
        content(capability={"../x": {"field": CELL}}),
        content(capability={CAPABILITY: "x"}),
        content(capability={CAPABILITY: {"runs_on": "../x"}}),
        content(note=[CELL]),
        content(note={"level": []}),
        content(note={"level": {}, "value": "x"}),
        content(deep={"a": {"b": {"c": CELL}}}),
    ],
)
def test_content_of_another_shape_is_not_signed(document):
    with pytest.raises(CredentialError):
        live_view(document or {"id": 1})


def test_an_empty_capability_and_its_capacity_group_are_structure_and_no_values():
    document = content(capability={CAPABILITY: {}, "1e" * 16: {"runs_on": "2d" * 16}})
    assert [item.path for item in view.read(live_view(document), key=SUPPLIER.public).cells()] == ["legal_name"]


@pytest.mark.parametrize(
    "changes",
    [
        {"audience": "everyone"},
        {"audience": ""},
        {"audience": "did:key:z"},
        {"valid_until": None},
        {"status": (HOME.entry(1),)},
        {"valid_until": NOW - DAY},
        {"valid_from": NOW.replace(tzinfo=None)},
    ],
)
def test_a_view_that_is_neither_live_nor_stored_is_not_signed(changes):
    with pytest.raises((CredentialError, DidError)):
        live_view(**changes)
