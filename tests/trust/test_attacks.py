"""Attacks on offline verification, by name. Each is made with real keys and must not read as verified."""

import base64
import json

import pytest

from tests.trust.world import (
    ATTESTATION_INDEX,
    AUDITOR,
    AWAY,
    BAND,
    CAPABILITY,
    DAY,
    EXACT,
    HOME,
    NOW,
    SUPPLIER,
    TOLERANCE,
    VIEW_INDEX,
    Node,
    Parts,
    attest,
    content,
    key,
    live_view,
    statement,
    stored_view,
    verdicts,
)
from trust import anchors, attestation, bundle, jws, key_statement, sdjwt, status_list, strict_json, view
from trust.errors import BundleError, CredentialError, DisclosureError, TrustError

OTHER_CAPABILITY = "1e" * 16
OTHER_FACTORY = "urn:guildnet:factory:ZZZZ456789ABCDEFGHJKM"


def nothing_verified(parts: Parts) -> bool:
    """Refused, or reported without a verified value."""
    try:
        report = parts.report()
    except TrustError:
        return True
    return not any(verdict.startswith("verified") for verdict, _ in verdicts(report))


def test_a_claim_moved_to_another_capability_does_not_open():
    text = attestation.present(attest(), [f"{TOLERANCE}@exact"])
    jwt, disclosure, _ = text.split("~")
    salt, name, cell = json.loads(base64.urlsafe_b64decode(disclosure + "=="))
    moved = strict_json.compact([salt, name.replace(CAPABILITY, OTHER_CAPABILITY), cell])
    forged = "~".join([jwt, base64.urlsafe_b64encode(moved).decode().rstrip("="), ""])
    with pytest.raises(DisclosureError) as refused:
        attestation.read(forged, key=AUDITOR.public)
    assert refused.value.reason == "unreferenced_disclosure"


def test_a_claim_about_one_capability_does_not_support_another():
    shown = content(capability={OTHER_CAPABILITY: {"tolerance_um": EXACT}})
    parts = Parts(view=stored_view(shown))
    with pytest.raises(BundleError) as refused:
        parts.pack()
    assert refused.value.reason == "claim_not_in_view"


def test_a_claim_moved_to_another_factory_is_refused():
    presentation = attestation.present(attest(factory=OTHER_FACTORY), [f"{TOLERANCE}@exact"])
    with pytest.raises(BundleError) as refused:
        Parts(presentations=[presentation]).pack()
    assert refused.value.reason == "foreign_subject"


def test_a_claim_about_a_band_does_not_support_an_exact_value():
    presentation = attestation.present(attest(), [f"{TOLERANCE}@band"])
    with pytest.raises(BundleError) as refused:
        Parts(presentations=[presentation]).pack()
    assert refused.value.reason == "claim_not_in_view"


def test_a_claim_moved_to_a_better_band_is_changed_since():
    better = content(capability={CAPABILITY: {"tolerance_um": BAND | {"value": {"at_least": "5", "below": "10"}}}})
    presentation = attestation.present(attest(), [f"{TOLERANCE}@band"])
    assert Parts(view=stored_view(better), presentations=[presentation]).tolerance().verdict == "changed_since"


def test_another_auditor_with_the_same_name_is_not_that_auditor():
    evil = Node("https://evil.example")
    namesake = evil.organization("tuv")
    forged = attest(signer=namesake, status=(evil.entry(1),))
    parts = Parts(presentations=[attestation.present(forged, [f"{TOLERANCE}@exact"])])
    parts.status_lists = [HOME.status_list(), evil.status_list()]
    parts.key_statements = [
        *(item for item in parts.key_statements if item in home_statements()),
        *(evil.root_statement(), evil.status_statement(), evil.state(namesake, custody="self")),
    ]
    found = parts.tolerance()
    assert (found.verdict, found.reason) == ("issuer_untrusted", "no_anchor")


def home_statements() -> list[str]:
    return [HOME.root_statement(), HOME.status_statement(), HOME.state(SUPPLIER)]


def test_a_whole_world_of_the_attackers_own_keys_verifies_nothing():
    # Same hosts, same DIDs, every signature right: only the root keys are others.
    home, away = Node("https://home.example", "evil"), Node("https://away.example", "evil")
    supplier, auditor = home.organization("lathe", "evil"), away.organization("tuv", "evil")
    parts = Parts(
        view=stored_view(signer=supplier, status=(home.entry(7),)),
        presentations=[
            attestation.present(attest(signer=auditor, status=(away.entry(9),)), [f"{TOLERANCE}@exact"]),
        ],
        status_lists=[home.status_list(), away.status_list()],
        key_statements=[
            *(home.root_statement(), home.status_statement(), home.state(supplier)),
            *(away.root_statement(), away.status_statement(), away.state(auditor)),
        ],
    )
    assert verdicts(parts.report()) == {("issuer_untrusted", "no_anchor")}
    parts.anchors = [home.anchor, away.anchor]
    assert parts.tolerance().verdict == "verified_current"  # the attack is complete but for the anchors


def test_an_attackers_root_cannot_state_a_key_for_another_hosts_organization():
    evil = Node("https://evil.example")
    with pytest.raises(CredentialError) as refused:
        evil.state(key("mine", "did:web:home.example:orgs:lathe"))
    assert refused.value.reason == "foreign_subject"


def test_an_attackers_root_beside_the_real_one_does_not_borrow_its_anchor():
    evil = Node("https://away.example", "evil")
    mine = evil.organization("tuv", "evil")
    forged = attest(signer=mine, status=(AWAY.entry(ATTESTATION_INDEX),))
    parts = Parts(presentations=[attestation.present(forged, [f"{TOLERANCE}@exact"])])
    parts.key_statements = [
        *home_statements(),
        *(AWAY.root_statement(), AWAY.status_statement(), evil.root_statement(), evil.state(mine)),
    ]
    found = parts.tolerance()
    assert (found.verdict, found.reason) == ("issuer_untrusted", "no_anchor")


def test_a_statement_signed_by_an_organization_key_is_no_statement():
    payload = {
        "iss": SUPPLIER.kid.partition("#")[0],
        "sub": SUPPLIER.kid.partition("#")[0],
        "kid": SUPPLIER.kid,
        "jwk": SUPPLIER.public.jwk,
        "role": "organization",
        "custody": "self",
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_until": None,
        "compromised_at": None,
        "iat": 1_790_000_000,
    }
    token = jws.sign(payload, typ=key_statement.TYP, signer=SUPPLIER)
    with pytest.raises(CredentialError) as refused:
        key_statement.read(token, root=SUPPLIER.public)
    assert refused.value.reason == "not_signed_by_node"


def test_an_organizations_did_document_in_a_bundle_has_no_place():
    document = json.loads(Parts().pack())
    document["did_documents"] = []
    with pytest.raises(BundleError):
        bundle.verify(strict_json.canonical(document), [HOME.anchor], NOW)


def test_a_token_key_does_not_sign_views():
    token = key("token", HOME.did)
    with pytest.raises(CredentialError):
        view.issue(content(), audience="public", valid_from=NOW, valid_until=NOW + DAY, signer=token)


def test_an_organization_key_does_not_sign_status_lists():
    lists = [HOME.status_list(), AWAY.status_list(signer=AUDITOR)]
    entry = status_list.Entry(purpose="revocation", index=4, url=AWAY.entry(4).url, key=AUDITOR.kid)
    presentation = attestation.present(attest(status=(entry,)), [f"{TOLERANCE}@exact"])
    parts = Parts(presentations=[presentation], status_lists=lists)
    parts.key_statements = [item for item in parts.key_statements if item != AWAY.status_statement()]
    found = parts.tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_key_role")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"signer": HOME.status, "issuer": HOME.did}, "status_key"),
        ({"purpose": "suspension", "url": AWAY.entry(1).url}, "status_purpose"),
        ({"issuer": HOME.did}, "status_issuer"),
    ],
)
def test_a_swapped_status_list_is_not_that_list(changes, reason):
    parts = Parts(status_lists=[HOME.status_list(), AWAY.status_list(**changes)])
    if "signer" in changes:
        parts.key_statements = [item for item in parts.key_statements if item != AWAY.status_statement()]
    found = parts.tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", reason)


def test_the_list_of_another_address_is_not_carried_along():
    elsewhere = AWAY.status_list(url="https://away.example/status/other")
    with pytest.raises(BundleError) as refused:
        Parts(status_lists=[HOME.status_list(), elsewhere]).pack()
    assert refused.value.reason == "status_list_not_needed"


def test_two_lists_of_one_address_are_refused():
    lists = [HOME.status_list(), AWAY.status_list(), AWAY.status_list(signed=NOW - 3 * DAY)]
    with pytest.raises(BundleError) as refused:
        Parts(status_lists=lists).pack()
    assert refused.value.reason == "status_list_not_needed"


def test_a_rolled_back_status_list_never_reads_as_current():
    before = AWAY.status_list(signed=NOW - 10 * DAY)
    found = Parts(status_lists=[HOME.status_list(), before]).tolerance()
    assert (found.verdict, found.status_as_of) == ("verified_as_of", NOW - 10 * DAY)
    with pytest.raises(TrustError):
        AWAY.status_list(signed=NOW - 10 * DAY, valid_until=NOW + DAY)  # and cannot be signed for longer


def test_an_index_beyond_the_list_is_not_verified():
    presentation = attestation.present(attest(status=(AWAY.entry(131_072),)), [f"{TOLERANCE}@exact"])
    found = Parts(presentations=[presentation]).tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_index")


def test_a_superseded_view_does_not_pass_with_fresh_attestations():
    assert nothing_verified(Parts(status_lists=[HOME.status_list(VIEW_INDEX), AWAY.status_list()]))


def test_a_stored_view_cannot_shed_its_status():
    payload = {name: value for name, value in jws.peek(stored_view()).payload.items() if name != "credentialStatus"}
    token = jws.sign(payload, typ="vc+jwt", signer=SUPPLIER)
    with pytest.raises(CredentialError) as refused:
        view.read(token, key=SUPPLIER.public)
    assert refused.value.reason == "live_or_stored"


def test_a_live_view_cannot_live_for_ever():
    with pytest.raises(CredentialError):
        live_view(valid_until=NOW + 300 * DAY)


def test_a_view_signed_by_another_organization_is_refused():
    with pytest.raises(CredentialError) as refused:
        live_view(signer=HOME.organization("rival"))
    assert refused.value.reason == "issuer"


def test_a_status_list_does_not_pass_for_a_view():
    with pytest.raises(CredentialError):
        view.read(HOME.status_list(), key=HOME.status.public)


def test_a_view_does_not_pass_for_a_status_list():
    with pytest.raises(CredentialError):
        status_list.read(stored_view(), key=SUPPLIER.public)


@pytest.mark.parametrize("name", ["validUntil", "credentialStatus", "issuer", "type", "validFrom", "@context"])
def test_validity_issuer_status_and_type_inside_a_disclosure_are_refused(name):
    body = sdjwt_payload()
    hidden = body.pop(name)
    forged = sdjwt.issue(
        body | {name: sdjwt.Disclosable(hidden)}, typ="vc+sd-jwt", signer=AUDITOR, entropy=lambda size: b"s" * size
    )
    with pytest.raises(DisclosureError) as refused:
        attestation.read(forged, key=AUDITOR.public)
    assert refused.value.reason == "validity_disclosed"


@pytest.mark.parametrize("name", ["scheme", "method", "assessorLevel", "audit", "id", "credentialSubject"])
def test_nothing_of_the_body_may_be_a_disclosure(name):
    body = sdjwt_payload()
    hidden = body.pop(name)
    forged = sdjwt.issue(
        body | {name: sdjwt.Disclosable(hidden)}, typ="vc+sd-jwt", signer=AUDITOR, entropy=lambda size: b"s" * size
    )
    with pytest.raises(TrustError):
        attestation.read(forged, key=AUDITOR.public)


def test_the_subject_of_an_attestation_may_not_be_a_disclosure():
    body = sdjwt_payload()
    body["credentialSubject"] = {"id": sdjwt.Disclosable(statement().factory)}
    forged = sdjwt.issue(body, typ="vc+sd-jwt", signer=AUDITOR, entropy=lambda size: b"s" * size)
    with pytest.raises(DisclosureError) as refused:
        attestation.read(forged, key=AUDITOR.public)
    assert refused.value.reason == "not_a_claim"


def test_a_claim_that_cannot_be_withheld_is_refused():
    body = sdjwt_payload()
    body["credentialSubject"] = {"id": statement().factory, f"{TOLERANCE}@exact": EXACT}
    forged = sdjwt.issue(body, typ="vc+sd-jwt", signer=AUDITOR, entropy=lambda size: b"s" * size)
    with pytest.raises(DisclosureError) as refused:
        attestation.read(forged, key=AUDITOR.public)
    assert refused.value.reason == "not_a_claim"


def sdjwt_payload() -> dict:
    payload = jws.peek(attest().partition("~")[0]).payload
    return {name: value for name, value in payload.items() if name != "_sd_alg"} | {
        "credentialSubject": {"id": statement().factory}
    }


def small_bundle() -> Parts:
    """Every kind of component once, all of one node."""
    auditor = HOME.organization("tuv")
    whole = attest({f"{TOLERANCE}@exact": EXACT}, signer=auditor, status=(HOME.entry(9),))
    shown = content(capability={CAPABILITY: {"tolerance_um": EXACT}})
    del shown["legal_name"]
    return Parts(
        view=stored_view(shown),
        presentations=[attestation.present(whole, [f"{TOLERANCE}@exact"])],
        status_lists=[HOME.status_list()],
        key_statements=[*home_statements(), HOME.state(auditor)],
        anchors=[HOME.anchor],
    )


@pytest.mark.parametrize("bit", [0, *(pytest.param(bit, marks=pytest.mark.slow) for bit in range(1, 8))])
def test_every_flipped_bit_is_refused_or_changes_nothing(bit):
    parts = small_bundle()
    data, usual = bytearray(parts.pack()), parts.report()
    accepted = 0
    for position in range(len(data)):
        data[position] ^= 1 << bit
        try:
            report = bundle.verify(bytes(data), parts.anchors, parts.at)
        except TrustError:
            report = None
        data[position] ^= 1 << bit
        if report is not None:
            accepted += 1
            assert report == usual, (position, bit)
    assert accepted == 0  # stronger than needed: one content has one file


@pytest.mark.parametrize("size", range(0, 4000, 97))
def test_a_file_cut_short_is_refused(size):
    with pytest.raises(TrustError):
        bundle.verify(small_bundle().pack()[:size], [HOME.anchor], NOW)


def test_an_anchor_for_the_organization_does_not_vouch_for_its_nodes_other_statements():
    found = Parts(anchors=[anchors.parse(SUPPLIER.kid)]).report()
    assert {verdict for verdict, _ in verdicts(found)} == {"issuer_untrusted", "not_attested"}
    assert not any(item.verdict.startswith("verified") for item in found.fields)
