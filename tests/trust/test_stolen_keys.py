"""Keys stolen and replaced since, with the statements from before: what they say ends with the hour they were made in."""

from datetime import datetime, timedelta

import pytest

from tests.trust.world import (
    ATTESTATION_INDEX,
    AUDITOR,
    AWAY,
    DAY,
    FACTORY,
    HOME,
    HOUR,
    NOW,
    SUPPLIER,
    TOLERANCE,
    VIEW_INDEX,
    Node,
    Parts,
    attest,
    live_view,
    stored_view,
    verdicts,
)
from trust import anchors, attestation, instant

SECOND = timedelta(seconds=1)
STATED = instant.to_the_hour(NOW)  # when the world's statements were made
TOLERATED = timedelta(seconds=300)
LONG_AGO = instant.to_the_hour(NOW - 300 * DAY)
OLDER = ("unresolvable", "key_statement_older")


def restated(parts: Parts, *, home: datetime = NOW, away: datetime = NOW, root: datetime | None = None) -> Parts:
    """`parts` with each node's statements as it made them at that moment, and the away root's at `root`."""
    parts.key_statements = [
        *(HOME.root_statement(issued=home), HOME.state(SUPPLIER, issued=home)),
        *(AWAY.root_statement(issued=root or away), AWAY.status_statement(issued=away)),
        AWAY.state(AUDITOR, custody="self", issued=away),
    ]
    if len(parts.status_lists) == 2:
        parts.key_statements = [*parts.key_statements, HOME.status_statement(issued=home)]
    return parts


def replaced(old: str, new: str, **changes) -> Parts:
    parts = Parts(**changes)
    assert old in parts.key_statements
    parts.key_statements = [new if item == old else item for item in parts.key_statements]
    return parts


def dated(when: datetime) -> list[str]:
    return [attestation.present(attest(valid_from=when), [f"{TOLERANCE}@exact"])]


def live(**changes) -> Parts:
    return restated(Parts(view=live_view(**changes), status_lists=[AWAY.status_list()]))


def test_a_stolen_key_with_an_old_statement_signs_nothing_new():
    forged = Parts(view=live_view(), presentations=[], status_lists=[])
    forged.key_statements = [HOME.root_statement(), HOME.state(SUPPLIER, issued=LONG_AGO)]
    report = forged.report()
    assert verdicts(report) == {OLDER}
    assert (report.view.trust, report.view.trust_reason) == ("undecided", "key_statement_older")
    assert (report.view.status, report.view.custody, report.view.key_stated_at) == ("unknown", None, LONG_AGO)
    # With what the node says today there is no doubt left at all.
    forged.key_statements = [HOME.root_statement(), HOME.state(SUPPLIER, compromised_at=NOW - 200 * DAY)]
    assert verdicts(forged.report()) == {("issuer_untrusted", "compromised_key")}


def test_a_stolen_key_with_an_old_statement_backdates_only_what_reads_as_of_then():
    old = HOME.state(SUPPLIER, issued=LONG_AGO)
    parts = replaced(HOME.state(SUPPLIER), old, view=stored_view(valid_from=LONG_AGO))
    report = parts.report()
    assert (report.view.status_as_of, report.view.key_stated_at) == (LONG_AGO, LONG_AGO)
    found = parts.tolerance()
    assert (found.verdict, found.status_as_of) == ("verified_as_of", LONG_AGO)


def test_a_stolen_auditors_key_with_an_old_statement_attests_nothing_new():
    found = replaced(
        AWAY.state(AUDITOR, custody="self"),
        AWAY.state(AUDITOR, custody="self", issued=LONG_AGO),
        presentations=dated(NOW - 60 * DAY),
    ).tolerance()
    assert (found.verdict, found.reason, found.provenance) == (*OLDER, "self")


def test_a_stolen_status_key_with_an_old_statement_undoes_no_revocation():
    withdrawn = Parts(status_lists=[HOME.status_list(), AWAY.status_list(ATTESTATION_INDEX)])
    assert withdrawn.tolerance().verdict == "withdrawn"
    found = replaced(AWAY.status_statement(), AWAY.status_statement(issued=LONG_AGO)).tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_key_statement_older")


def test_a_stolen_status_key_with_an_old_statement_does_not_restore_a_superseded_view():
    superseded = Parts(status_lists=[HOME.status_list(VIEW_INDEX), AWAY.status_list()])
    assert verdicts(superseded.report()) == {("withdrawn", "superseded")}
    report = replaced(HOME.status_statement(), HOME.status_statement(issued=LONG_AGO)).report()
    assert verdicts(report) == {("unresolvable", "view_status_key_statement_older")}


def test_a_stolen_status_key_that_a_pinned_auditor_named_is_no_exception():
    pins = (HOME.anchor, anchors.parse(AUDITOR.kid))
    found = replaced(AWAY.status_statement(), AWAY.status_statement(issued=LONG_AGO), anchors=pins).tolerance()
    assert (found.verdict, found.reason) == ("unresolvable", "status_key_statement_older")


def test_a_rotated_key_with_the_statement_from_before_signs_nothing_new():
    rotated = replaced(HOME.state(SUPPLIER), HOME.state(SUPPLIER, valid_until=NOW - 200 * DAY), view=live_view())
    rotated.status_lists = [AWAY.status_list()]
    rotated.key_statements = [item for item in rotated.key_statements if item != HOME.status_statement()]
    assert verdicts(rotated.report()) == {("unresolvable", "rotated_key_without_log")}
    rotated.key_statements = [
        *(HOME.root_statement(), HOME.state(SUPPLIER, issued=LONG_AGO)),
        *(AWAY.root_statement(), AWAY.status_statement(), AWAY.state(AUDITOR, custody="self")),
    ]
    assert verdicts(rotated.report()) == {OLDER}


@pytest.mark.parametrize(
    ("late", "verdict"), [(HOUR + TOLERATED, "verified_current"), (HOUR + TOLERATED + SECOND, "unresolvable")]
)
def test_an_object_may_be_of_the_hour_its_keys_statement_was_made_in(late, verdict):
    at = STATED + HOUR + TOLERATED
    assert restated(Parts(presentations=dated(STATED + late), at=at)).tolerance().verdict == verdict
    parts = live(valid_from=STATED + late, valid_until=STATED + 3 * HOUR)
    parts.at = at
    assert parts.tolerance().verdict == verdict
    parts = Parts(status_lists=[HOME.status_list(), AWAY.status_list(signed=STATED + late)], at=at)
    assert restated(parts).tolerance().verdict == verdict


@pytest.mark.parametrize(
    ("age", "verdict"), [(DAY + TOLERATED, "verified_current"), (DAY + TOLERATED + SECOND, "verified_as_of")]
)
@pytest.mark.parametrize("which", ["view", "view status", "attestation", "status", "root"])
def test_a_verdict_is_current_only_while_every_statement_under_it_is(which, age, verdict):
    made, at = STATED - DAY, STATED - DAY + age
    olds = {
        "view": (HOME.state(SUPPLIER), HOME.state(SUPPLIER, issued=made)),
        "view status": (HOME.status_statement(), HOME.status_statement(issued=made)),
        "attestation": (AWAY.state(AUDITOR, custody="self"), AWAY.state(AUDITOR, custody="self", issued=made)),
        "status": (AWAY.status_statement(), AWAY.status_statement(issued=made)),
        "root": (AWAY.root_statement(), AWAY.root_statement(issued=made)),
    }
    lists = [node.status_list(signed=made + HOUR) for node in (HOME, AWAY)]  # valid at that moment in any case
    found = replaced(*olds[which], status_lists=lists, at=at).tolerance()
    assert (found.verdict, found.status_as_of) == (verdict, made)


@pytest.mark.parametrize(("ahead", "verdict"), [(TOLERATED, "verified_current"), (HOUR, "verified_as_of")])
def test_a_statement_from_the_future_is_not_current(ahead, verdict):
    at = STATED - ahead
    lists = [node.status_list(signed=STATED - 2 * HOUR) for node in (HOME, AWAY)]
    assert Parts(at=at, status_lists=lists).tolerance().verdict == verdict


def test_the_verdict_is_as_of_the_oldest_of_lists_and_statements():
    parts = restated(Parts(), away=NOW - 5 * DAY)
    parts.status_lists = [HOME.status_list(), AWAY.status_list(signed=NOW - 6 * DAY)]
    assert parts.tolerance().status_as_of == NOW - 6 * DAY
    parts.status_lists = [HOME.status_list(), AWAY.status_list(signed=NOW - 5 * DAY)]
    assert parts.tolerance().status_as_of == STATED - 5 * DAY


def test_a_live_view_is_as_current_as_its_keys_statement():
    made = STATED - DAY
    parts = live(valid_from=made, valid_until=made + DAY)
    parts.at, parts.status_lists = made + DAY - SECOND, [AWAY.status_list(signed=made)]
    assert restated(parts, home=made, away=made).tolerance().verdict == "verified_current"
    found = restated(parts, home=made - HOUR, away=made).tolerance()
    assert (found.verdict, found.status_as_of) == ("verified_as_of", made - HOUR)
    report = parts.report()
    assert (report.view.status, report.view.status_as_of, report.view.key_stated_at) == ("live", None, made - HOUR)


def test_what_was_made_long_before_its_keys_statement_is_fine():
    parts = Parts(view=stored_view(valid_from=NOW - 390 * DAY), presentations=dated(NOW - 390 * DAY))
    found = parts.tolerance()
    assert (found.verdict, found.status_as_of) == ("verified_current", NOW - HOUR)


def test_a_key_that_a_pin_alone_vouches_for_has_no_age():
    pins = (anchors.parse(SUPPLIER.kid), anchors.parse(AUDITOR.kid), anchors.parse(AWAY.status.kid))
    parts = restated(live(), home=LONG_AGO, away=LONG_AGO)
    parts.anchors = pins
    report = parts.report()
    assert parts.tolerance().verdict == "verified_current"
    assert (report.view.trust, report.view.key_stated_at) == ("believed", None)
    assert report.fields[0].attestations[0].key_stated_at is None


def test_a_pin_beside_its_nodes_anchor_leaves_the_nodes_word_in_force():
    pins = (HOME.anchor, AWAY.anchor, anchors.parse(SUPPLIER.kid))
    parts = replaced(HOME.state(SUPPLIER), HOME.state(SUPPLIER, issued=LONG_AGO), anchors=pins)
    assert verdicts(parts.report()) == {OLDER}
    parts = replaced(HOME.state(SUPPLIER), HOME.state(SUPPLIER, compromised_at=NOW - DAY), anchors=pins)
    assert verdicts(parts.report()) == {("issuer_untrusted", "compromised_key")}


def test_an_untrusted_key_has_no_moment_at_which_it_was_stated():
    evil = Node("https://home.example", "evil")
    report = Parts(anchors=[evil.anchor]).report()
    assert (report.view.trust, report.view.key_stated_at) == ("untrusted", None)
    assert report.view.factory == FACTORY
