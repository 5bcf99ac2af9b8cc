"""What an offline verification says, one fact at a time."""

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
    HOUR,
    NOW,
    SUPPLIER,
    TOLERANCE,
    VIEW_INDEX,
    Parts,
    attest,
    content,
    key,
    live_view,
    stored_view,
    verdicts,
)
from trust import anchors, attestation
from trust.errors import AnchorError
from trust.status_list import Entry


def test_an_attested_value_under_valid_lists_is_verified_current():
    found = Parts().tolerance()
    assert (found.verdict, found.reason, found.provenance) == ("verified_current", "status_valid", "peer")
    assert (found.level, found.value, found.unit) == ("exact", "10", "4H")
    assert found.who == "did:web:away.example:orgs:tuv"
    assert found.when.isoformat() == "2026-09-02"
    assert found.status_as_of == NOW - HOUR


def test_a_value_nobody_attested_says_so_and_is_only_stated():
    found = Parts().report().fields[1]
    assert (found.path, found.verdict, found.reason, found.provenance) == (
        "legal_name",
        "not_attested",
        "stated_by_factory",
        "self",
    )
    assert found.who == "did:web:home.example:orgs:lathe"
    assert found.custody == "as stated through https://home.example"


def test_custody_by_the_node_is_printed_and_an_own_key_is_not_called_that():
    report = Parts().report()
    assert report.view.custody == "as stated through https://home.example"
    assert report.fields[0].custody.startswith("own key, says https://")


def test_after_the_lists_end_the_verdict_is_as_of_the_lists_own_time():
    found = Parts(at=NOW + 2 * DAY).tolerance()
    assert (found.verdict, found.status_as_of) == ("verified_as_of", NOW - HOUR)


def test_the_older_of_both_lists_dates_the_verdict():
    parts = Parts(status_lists=[HOME.status_list(signed=NOW - 3 * DAY), AWAY.status_list()])
    found = parts.tolerance()
    assert (found.verdict, found.status_as_of) == ("verified_as_of", NOW - 3 * DAY)


def test_a_live_view_rests_on_the_attestations_list_alone():
    parts = Parts(view=live_view(), status_lists=[AWAY.status_list()])
    parts.key_statements = [item for item in parts.key_statements if item != HOME.status_statement()]
    report = parts.report()
    assert report.view.status == "live"
    assert parts.tolerance().verdict == "verified_current"


def test_a_live_view_past_its_end_is_expired_everywhere():
    parts = Parts(view=live_view(), status_lists=[AWAY.status_list()], at=NOW + HOUR)
    parts.key_statements = [item for item in parts.key_statements if item != HOME.status_statement()]
    assert verdicts(parts.report()) == {("expired", "view_expired")}


def test_a_live_view_from_the_future_is_unresolvable():
    parts = Parts(view=live_view(), status_lists=[AWAY.status_list()], at=NOW - 2 * HOUR)
    parts.key_statements = [item for item in parts.key_statements if item != HOME.status_statement()]
    assert verdicts(parts.report()) == {("unresolvable", "view_not_yet_valid")}


def test_a_changed_value_is_changed_since():
    changed = content(capability={CAPABILITY: {"tolerance_um": EXACT | {"value": "20"}}})
    found = Parts(view=stored_view(changed)).tolerance()
    assert (found.verdict, found.reason, found.provenance) == ("changed_since", "value_differs", "self")


def test_the_same_number_in_another_unit_is_changed_since():
    changed = content(capability={CAPABILITY: {"tolerance_um": EXACT | {"unit": "MMT"}}})
    assert Parts(view=stored_view(changed)).tolerance().verdict == "changed_since"


@pytest.mark.parametrize(
    ("shown", "verdict"),
    [
        ({"at_least": "10", "below": "20"}, "verified_current"),
        ({"at_least": "5", "below": "50"}, "verified_current"),
        ({"at_least": "10"}, "verified_current"),
        ({"at_least": "9.5", "below": "20"}, "verified_current"),
        ({"at_least": "11", "below": "20"}, "changed_since"),
        ({"at_least": "10", "below": "19"}, "changed_since"),
        ({"at_least": "20", "below": "50"}, "changed_since"),
    ],
)
def test_an_attested_band_supports_only_a_band_that_contains_it(shown, verdict):
    changed = content(capability={CAPABILITY: {"tolerance_um": BAND | {"value": shown}}})
    presentation = attestation.present(attest(), [f"{TOLERANCE}@band"])
    assert Parts(view=stored_view(changed), presentations=[presentation]).tolerance().verdict == verdict


def test_an_expired_attestation_is_expired():
    presentation = attestation.present(attest(valid_until=NOW - DAY), [f"{TOLERANCE}@exact"])
    found = Parts(presentations=[presentation]).tolerance()
    assert (found.verdict, found.reason) == ("expired", "attestation_expired")


def test_a_future_attestation_is_unresolvable():
    presentation = attestation.present(attest(valid_from=NOW + HOUR / 4), [f"{TOLERANCE}@exact"])
    found = Parts(presentations=[presentation]).tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "attestation_not_yet_valid")


def test_a_revoked_attestation_is_withdrawn():
    found = Parts(status_lists=[HOME.status_list(), AWAY.status_list(ATTESTATION_INDEX)]).tolerance()
    assert (found.verdict, found.reason, found.provenance) == ("withdrawn", "revocation", "self")


def test_a_suspended_attestation_is_withdrawn_with_that_reason():
    entries = (AWAY.entry(3), AWAY.entry(4, "suspension"))
    presentation = attestation.present(attest(status=entries), [f"{TOLERANCE}@exact"])
    lists = [HOME.status_list(), AWAY.status_list(), AWAY.status_list(4, purpose="suspension")]
    assert Parts(presentations=[presentation], status_lists=lists).tolerance().reason == "suspended"


def test_a_superseded_view_is_withdrawn_everywhere():
    report = Parts(status_lists=[HOME.status_list(VIEW_INDEX), AWAY.status_list()]).report()
    assert verdicts(report) == {("withdrawn", "superseded")}
    assert report.view.status == "superseded"
    assert {item.provenance for item in report.fields} == {None}


def test_a_missing_status_list_of_the_attestation_is_unresolvable():
    parts = Parts(status_lists=[HOME.status_list()])
    parts.key_statements = [item for item in parts.key_statements if item != AWAY.status_statement()]
    found = parts.tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_list_missing")


def test_a_missing_status_list_of_the_view_is_unresolvable_everywhere():
    parts = Parts(status_lists=[AWAY.status_list()])
    parts.key_statements = [item for item in parts.key_statements if item != HOME.status_statement()]
    assert verdicts(parts.report()) == {("unresolvable", "view_status_list_missing")}


def test_without_an_anchor_nothing_is_verified_at_all():
    with pytest.raises(AnchorError) as refused:
        Parts(anchors=()).report()
    assert refused.value.reason == "no_anchor"


def test_an_untrusted_view_issuer_makes_every_verdict_issuer_untrusted():
    report = Parts(anchors=[AWAY.anchor]).report()
    assert verdicts(report) == {("issuer_untrusted", "no_anchor")}
    assert (report.view.trust, report.view.trust_reason, report.view.custody) == ("untrusted", "no_anchor", None)
    assert (report.view.status, report.view.status_as_of) == ("unknown", None)
    assert "verified" not in json.dumps(report.document())


def test_an_untrusted_auditor_is_issuer_untrusted_and_the_rest_stands():
    parts = Parts(anchors=[HOME.anchor])
    assert parts.tolerance().verdict == "issuer_untrusted"
    assert parts.report().fields[1].verdict == "not_attested"


def test_the_factory_attesting_itself_never_raises_the_provenance():
    own = attestation.present(attest(signer=SUPPLIER, status=(HOME.entry(9),)), [f"{TOLERANCE}@exact"])
    parts = Parts(presentations=[own], status_lists=[HOME.status_list()])
    parts.key_statements = [HOME.root_statement(), HOME.status_statement(), HOME.state(SUPPLIER)]
    found = parts.tolerance()
    assert (found.provenance, found.attestations[0].provenance) == ("self", "self")


@pytest.mark.parametrize(
    ("changes", "provenance"),
    [
        ({"assessor_level": "self"}, "self"),
        ({"method": "document"}, "document"),
        ({"assessor_level": "buyer"}, "peer"),
        ({"assessor_level": "3rdParty"}, "peer"),
    ],
)
def test_provenance_follows_the_assessor_and_the_method(changes, provenance):
    presentation = attestation.present(attest(**changes), [f"{TOLERANCE}@exact"])
    assert Parts(presentations=[presentation]).tolerance().provenance == provenance


def test_of_several_auditors_the_best_verdict_comes_first_and_all_are_listed():
    second = AWAY.organization("bureau")
    stale = attest({f"{TOLERANCE}@exact": EXACT | {"value": "50"}}, signer=second, id="c" * 32)
    parts = Parts()
    parts.presentations = [*parts.presentations, attestation.present(stale, [f"{TOLERANCE}@exact"])]
    parts.key_statements = [*parts.key_statements, AWAY.state(second)]
    found = parts.tolerance()
    assert [str(item.verdict) for item in found.attestations] == ["verified_current", "changed_since"]
    assert (found.verdict, found.who) == ("verified_current", AUDITOR.kid.partition("#")[0])


def test_a_pinned_organization_key_needs_no_node_anchor():
    pins = [anchors.parse(SUPPLIER.kid), anchors.parse(AUDITOR.kid)]
    parts = Parts(anchors=pins, view=live_view(), status_lists=[])
    parts.key_statements = [
        item for item in parts.key_statements if item not in {HOME.status_statement(), AWAY.status_statement()}
    ]
    found = parts.tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_list_missing")
    assert parts.report().view.custody == "as stated through https://home.example"
    assert found.custody == "key pinned by you"


def test_a_list_under_the_status_key_that_a_pinned_auditor_named_counts():
    found = Parts(anchors=[HOME.anchor, anchors.parse(AUDITOR.kid)]).tolerance()
    assert (found.verdict, found.custody) == ("verified_current", "key pinned by you")


def test_a_list_under_another_key_than_the_pinned_auditor_named_does_not_count():
    named = AWAY.entry(ATTESTATION_INDEX)
    other = Entry(purpose="revocation", index=named.index, url=named.url, key=HOME.status.kid)
    presentation = attestation.present(attest(status=(other,)), [f"{TOLERANCE}@exact"])
    parts = Parts(anchors=[HOME.anchor, anchors.parse(AUDITOR.kid)], presentations=[presentation])
    found = parts.tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_no_anchor")


def test_a_named_status_key_that_its_node_calls_compromised_does_not_count():
    parts = Parts(anchors=[HOME.anchor, anchors.parse(AUDITOR.kid)])
    found = replace_statement(parts, AWAY.status_statement(), AWAY.status_statement(compromised_at=NOW)).tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_compromised_key")


def test_naming_a_status_key_does_not_override_another_pin():
    other = key("another status key", AWAY.did)
    pins = [HOME.anchor, anchors.parse(AUDITOR.kid), anchors.parse(other.kid)]
    found = Parts(anchors=pins).tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_another_key_pinned")


def test_a_pinned_status_key_makes_the_list_count():
    pins = [HOME.anchor, anchors.parse(AUDITOR.kid), anchors.parse(AWAY.status.kid)]
    assert Parts(anchors=pins).tolerance().verdict == "verified_current"


def test_a_pin_overrides_what_the_node_states():
    other = AWAY.organization("tuv", "another key")
    found = Parts(anchors=[HOME.anchor, AWAY.anchor, anchors.parse(other.kid)]).tolerance()
    assert (found.verdict, found.reason) == ("issuer_untrusted", "another_key_pinned")


def replace_statement(parts: Parts, old: str, new: str) -> Parts:
    assert old in parts.key_statements
    parts.key_statements = [new if item == old else item for item in parts.key_statements]
    return parts


@pytest.mark.parametrize(
    ("changes", "verdict", "reason"),
    [
        ({"valid_until": NOW - DAY}, "unresolvable", "rotated_key_without_log"),
        ({"valid_until": NOW + DAY}, "verified_current", "status_valid"),
        ({"compromised_at": NOW - DAY}, "issuer_untrusted", "compromised_key"),
        ({"compromised_at": NOW + DAY}, "issuer_untrusted", "compromised_key"),
        ({"valid_from": NOW + DAY}, "unresolvable", "key_not_yet_valid"),
    ],
)
def test_a_key_counts_only_while_it_is_valid(changes, verdict, reason):
    old = AWAY.state(AUDITOR, custody="self")
    found = replace_statement(Parts(), old, AWAY.state(AUDITOR, custody="self", **changes)).tolerance()
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"valid_until": NOW - DAY}, "rotated_root_without_log"),
        ({"compromised_at": NOW - DAY}, "compromised_root"),
        ({"valid_from": NOW + DAY}, "root_not_yet_valid"),
    ],
)
def test_a_root_key_counts_only_while_it_is_valid(changes, reason):
    assert replace_statement(Parts(), AWAY.root_statement(), AWAY.root_statement(**changes)).tolerance().reason == reason


def test_a_compromised_status_key_makes_the_status_unresolvable():
    new = AWAY.status_statement(compromised_at=NOW - DAY)
    found = replace_statement(Parts(), AWAY.status_statement(), new).tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_compromised_key")


def test_a_rotated_view_key_is_unresolvable_everywhere():
    new = HOME.state(SUPPLIER, valid_until=NOW - DAY)
    report = replace_statement(Parts(), HOME.state(SUPPLIER), new).report()
    assert verdicts(report) == {("unresolvable", "rotated_key_without_log")}


def test_the_order_of_components_does_not_change_the_bundle():
    parts = Parts()
    usual = parts.pack()
    parts.status_lists = [*parts.status_lists[::-1], *parts.status_lists]
    parts.key_statements = parts.key_statements[::-1]
    assert parts.pack() == usual


FILE = {"level": "exact", "value": "ab" * 32}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        (FILE, {"scheme": "document", "valid_until": "self", "document": "self"}),
        ({"level": "existence"}, {"scheme": "self"}),
        (None, {"scheme": "self"}),
    ],
)
def test_a_certificate_whose_file_is_shown_is_backed_by_a_document_and_nothing_else_is(file, expected):
    scheme, provided = {"level": "exact", "value": "ISO9001"}, {"level": "existence"}
    certificates = {"c1": {"scheme": scheme, "valid_until": provided}, "c2": {"scheme": scheme}}
    if file is not None:
        certificates["c1"]["document"] = file
    machine = {"tolerance_um": EXACT, "axes": EXACT, "document": FILE}
    parts = Parts(view=stored_view(content(certificate=certificates, capability={CAPABILITY: machine})))
    found = {item.path: item for item in parts.report().fields}
    attested = found.pop(f"capability/{CAPABILITY}/tolerance_um")
    assert (attested.verdict, attested.provenance) == ("verified_current", "peer")
    said = {path: str(item.provenance) for path, item in found.items()}
    assert {item.verdict for item in found.values()} == {"not_attested"}
    wanted = {f"certificate/c1/{name}": word for name, word in expected.items()}
    assert said == dict.fromkeys(said, "self") | wanted
