"""What a bundle may hold, byte for byte, and what is refused."""

import json

import pytest

from tests.trust.world import (
    AUDITOR,
    AWAY,
    EXACT,
    HOME,
    NOW,
    SUPPLIER,
    TOLERANCE,
    Node,
    Parts,
    attest,
    content,
    live_view,
    verdicts,
)
from trust import attestation, bundle, contents, status_list, strict_json
from trust.errors import BundleError, CredentialError, TrustError
from trust.status_list import Entry


def local() -> Parts:
    node = Node("http://localhost:8000")
    supplier = node.organization("lathe")
    document = content(organization=supplier.kid.partition("#")[0])
    return Parts(
        view=live_view(document, signer=supplier),
        presentations=[],
        status_lists=[],
        key_statements=[node.root_statement(), node.state(supplier)],
        anchors=[node.anchor],
    )


def test_local_identities_are_refused_unless_asked_for():
    with pytest.raises(BundleError) as refused:
        local().report()
    assert refused.value.reason == "development_identity"


def test_with_development_the_report_says_that_it_is():
    parts = local()
    parts.development = True
    assert parts.report().development
    assert not Parts(development=True).report().development


def edited(change) -> bytes:
    document = json.loads(Parts().pack())
    change(document)
    return strict_json.canonical(document)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.update(note="unsigned"), "members"),
        (lambda d: d.pop("status_lists"), "members"),
        (lambda d: d.update(v=2), "version"),
        (lambda d: d.update(v=True), "version"),
        (lambda d: d.update(type="other"), "version"),
        (lambda d: d.update(view=[d["view"]]), "members"),
        (lambda d: d.update(presentations="x"), "members"),
        (lambda d: d.update(presentations=[1]), "members"),
        (lambda d: d["key_statements"].reverse(), "not_sorted"),
        (lambda d: d["status_lists"].append(d["status_lists"][-1]), "not_sorted"),
        (lambda d: d["key_statements"].remove(AWAY.state(AUDITOR, custody="self")), "key_statement_missing"),
        (lambda d: d["key_statements"].remove(AWAY.root_statement()), "root_statement_missing"),
        (lambda d: d.update(presentations=[]), "status_list_not_needed"),
        (lambda d: d.update(presentations=[], status_lists=[HOME.status_list()]), "key_statement_not_needed"),
        (lambda d: d.update(view=d["view"][:-2]), "wrong_signature"),
    ],
)
def test_a_bundle_that_is_not_exactly_one_is_refused(change, reason):
    with pytest.raises(TrustError) as refused:
        bundle.verify(edited(change), [HOME.anchor, AWAY.anchor], NOW)
    assert refused.value.reason == reason


@pytest.mark.parametrize("name", ["presentations", "status_lists", "key_statements"])
def test_more_components_than_any_honest_bundle_has_are_refused_unread(name):
    texts = [f"{number:04}" for number in range(contents.MAX_COMPONENTS + 1)]
    with pytest.raises(BundleError) as refused:
        bundle.verify(edited(lambda d: d.update({name: texts})), [HOME.anchor], NOW)
    assert refused.value.reason == "too_many_components"
    with pytest.raises(TrustError) as read_and_refused:
        bundle.verify(edited(lambda d: d.update({name: texts[1:]})), [HOME.anchor], NOW)
    assert read_and_refused.value.reason != "too_many_components"


@pytest.mark.parametrize("spoil", [b" %s", b"%s\n", b"\xef\xbb\xbf%s", b"%s{}"])
def test_other_bytes_of_the_same_content_are_refused(spoil):
    with pytest.raises(TrustError):
        bundle.verify(spoil % Parts().pack(), [HOME.anchor, AWAY.anchor], NOW)


def test_two_statements_of_one_key_are_refused_so_that_none_can_hide_the_other():
    parts = Parts()
    parts.key_statements = [*parts.key_statements, AWAY.state(AUDITOR, custody="self", compromised_at=NOW)]
    with pytest.raises(BundleError) as refused:
        parts.pack()
    assert refused.value.reason == "key_statement_repeated"


def test_claims_the_view_does_not_show_are_refused():
    parts = Parts(presentations=[attestation.present(attest(), [f"{TOLERANCE}@exact", f"{TOLERANCE}@band"])])
    with pytest.raises(BundleError) as refused:
        parts.pack()
    assert refused.value.reason == "claim_not_in_view"


def test_the_revision_digest_never_goes_into_a_bundle():
    parts = Parts(presentations=[attestation.present(attest(), [f"{TOLERANCE}@exact", "revision_digest"])])
    with pytest.raises(BundleError) as refused:
        parts.pack()
    assert refused.value.reason == "claim_not_in_view"


def test_one_attestation_may_speak_about_every_value_shown():
    claims = {f"{TOLERANCE}@exact": EXACT, "legal_name@exact": content()["legal_name"]}
    report = Parts(presentations=[attestation.present(attest(claims), list(claims))]).report()
    assert {item.verdict for item in report.fields} == {"verified_current"}


def test_one_attestation_presented_twice_is_refused():
    claims = {f"{TOLERANCE}@exact": EXACT, "legal_name@exact": content()["legal_name"]}
    whole = attest(claims)
    parts = Parts(presentations=[attestation.present(whole, [name]) for name in claims])
    with pytest.raises(BundleError) as refused:
        parts.pack()
    assert refused.value.reason == "attestation_repeated"


def test_a_naive_time_is_refused():
    with pytest.raises(CredentialError):
        bundle.verify(Parts().pack(), [HOME.anchor], NOW.replace(tzinfo=None))


def test_the_report_has_a_json_form():
    document = Parts().report().document()
    assert json.loads(json.dumps(document)) == document
    assert document["fields"][0]["attestations"][0]["status_as_of"] == "2026-11-23T09:30:00Z"
    assert document["fields"][0]["attestations"][0]["key_stated_at"] == "2026-11-23T10:00:00Z"
    assert document["view"]["key_stated_at"] == "2026-11-23T10:00:00Z"


def test_a_file_of_an_attackers_many_large_lists_takes_little_memory():
    import tracemalloc

    evil = Node("https://evil.example")
    auditor = evil.organization("tuv")
    zeros = status_list.encode([], entries=status_list.MAX_BYTES * 8)
    parts = Parts(presentations=[], status_lists=[HOME.status_list()])
    for number in range(100):
        entry = Entry(purpose="revocation", index=1, url=f"https://evil.example/{number}", key=evil.status.kid)
        whole = attest({f"{TOLERANCE}@exact": EXACT}, signer=auditor, id=f"{number:032x}", status=(entry,))
        parts.presentations = [*parts.presentations, attestation.present(whole, [f"{TOLERANCE}@exact"])]
        parts.status_lists = [*parts.status_lists, evil.status_list(url=entry.url, encoded=zeros)]
    parts.key_statements = [HOME.root_statement(), HOME.status_statement(), HOME.state(SUPPLIER)]
    parts.key_statements += [evil.root_statement(), evil.status_statement(), evil.state(auditor)]
    data = parts.pack()
    tracemalloc.start()
    report = bundle.verify(data, parts.anchors, parts.at)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert verdicts(report) == {("issuer_untrusted", "no_anchor"), ("not_attested", "stated_by_factory")}
    assert peak < 10 * len(data)
    assert 20 * len(data) < 100 * status_list.MAX_BYTES  # what the lists alone would expand to
