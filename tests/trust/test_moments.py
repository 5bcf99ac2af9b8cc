"""The exact second at which a verdict turns: ends are exclusive, and clocks may differ by five minutes."""

from datetime import timedelta

import pytest

from tests.trust.world import (
    AUDITOR,
    AWAY,
    DAY,
    EXACT,
    HOME,
    HOUR,
    NOW,
    SUPPLIER,
    TOLERANCE,
    Parts,
    attest,
    live_view,
)
from trust import attestation

SECOND = timedelta(seconds=1)
TOLERATED = timedelta(seconds=300)


def presentation(**changes) -> list[str]:
    return [attestation.present(attest(**changes), [f"{TOLERANCE}@exact"])]


def live(**changes) -> Parts:
    parts = Parts(view=live_view(**changes), status_lists=[AWAY.status_list()])
    parts.key_statements = [item for item in parts.key_statements if item != HOME.status_statement()]
    return parts


@pytest.mark.parametrize(("end", "verdict"), [(NOW, "expired"), (NOW + SECOND, "verified_current")])
def test_an_attestation_ends_at_its_valid_until(end, verdict):
    assert Parts(presentations=presentation(valid_until=end)).tolerance().verdict == verdict


@pytest.mark.parametrize(
    ("start", "verdict"), [(NOW + TOLERATED, "verified_current"), (NOW + TOLERATED + SECOND, "unresolvable")]
)
def test_an_attestation_may_start_five_minutes_ahead_of_our_clock(start, verdict):
    assert Parts(presentations=presentation(valid_from=start)).tolerance().verdict == verdict


@pytest.mark.parametrize(("end", "verdict"), [(NOW, "expired"), (NOW + SECOND, "verified_current")])
def test_a_live_view_ends_at_its_valid_until(end, verdict):
    assert live(valid_until=end).tolerance().verdict == verdict


@pytest.mark.parametrize(
    ("start", "verdict"), [(NOW + TOLERATED, "verified_current"), (NOW + TOLERATED + SECOND, "unresolvable")]
)
def test_a_live_view_may_start_five_minutes_ahead_of_our_clock(start, verdict):
    assert live(valid_from=start, valid_until=NOW + HOUR).tolerance().verdict == verdict


@pytest.mark.parametrize(
    ("signed", "verdict"),
    [
        (NOW - DAY, "verified_as_of"),
        (NOW - DAY + SECOND, "verified_current"),
        (NOW + TOLERATED, "verified_current"),
        (NOW + TOLERATED + SECOND, "verified_as_of"),
    ],
)
def test_a_list_is_current_from_its_start_to_before_its_end(signed, verdict):
    assert Parts(status_lists=[HOME.status_list(), AWAY.status_list(signed=signed)]).tolerance().verdict == verdict


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"valid_until": NOW}, "unresolvable"),
        ({"valid_until": NOW + SECOND}, "verified_current"),
        ({"valid_from": NOW + TOLERATED}, "verified_current"),
        ({"valid_from": NOW + TOLERATED + SECOND}, "unresolvable"),
    ],
)
def test_a_key_counts_from_its_start_to_before_its_end(changes, verdict):
    old, new = AWAY.state(AUDITOR, custody="self"), AWAY.state(AUDITOR, custody="self", **changes)
    parts = Parts()
    parts.key_statements = [new if item == old else item for item in parts.key_statements]
    assert parts.tolerance().verdict == verdict


def test_anothers_old_word_comes_before_ones_own_fresh_one():
    own = attest({f"{TOLERANCE}@exact": EXACT}, signer=SUPPLIER, status=(HOME.entry(9),), id="c" * 32)
    parts = Parts(status_lists=[HOME.status_list(), AWAY.status_list(signed=NOW - 3 * DAY)])
    parts.presentations = [*parts.presentations, attestation.present(own, [f"{TOLERANCE}@exact"])]
    found = parts.tolerance()
    assert [(item.verdict, item.provenance) for item in found.attestations] == [
        ("verified_as_of", "peer"),
        ("verified_current", "self"),
    ]
    assert (found.verdict, found.provenance) == ("verified_as_of", "peer")


def test_of_equal_verdicts_the_stronger_provenance_comes_first():
    second = AWAY.organization("bureau")
    paper = attest({f"{TOLERANCE}@exact": EXACT}, signer=second, method="document", id="0" * 32)
    parts = Parts()
    parts.presentations = [*parts.presentations, attestation.present(paper, [f"{TOLERANCE}@exact"])]
    parts.key_statements = [*parts.key_statements, AWAY.state(second)]
    assert [str(item.provenance) for item in parts.tolerance().attestations] == ["peer", "document"]
