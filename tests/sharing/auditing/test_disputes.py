"""Disputes: both statements stay, and only the auditor's answer changes a finding."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sharing.auditing import disputes, findings, listing
from sharing.auditing.parties import Said
from sharing.errors import NotFound, StateConflict
from tests.sharing.auditing import engagements as do
from tests.sharing.auditing.working import SERIOUS, ask, disputed, paths, step
from tests.world import World


@pytest.mark.parametrize("grade", ["major", "critical"])
def test_a_finding_closed_as_light_is_open_again_when_it_becomes_serious(world: World, audit: str, grade: str) -> None:
    light = ask(world, "auditor", findings.raise_finding, audit, replace(SERIOUS, grade="minor"))
    step(world, "auditor", light.id, "close")
    seen = disputed(world, light.id, outcome="amended", grade=grade)
    assert (seen.grade, seen.status, seen.bars) == (grade, "open", True)
    assert paths(do.sheet_of(world, audit)) == {"process"}
    with pytest.raises(StateConflict):
        step(world, "auditor", light.id, "close")


def test_what_was_verified_or_stays_light_stays_closed(world: World, audit: str) -> None:
    verified, light = (ask(world, "auditor", findings.raise_finding, audit, replace(SERIOUS, grade="minor")) for _ in range(2))
    for slug, name in (("maker", "answer"), ("auditor", "accept"), ("auditor", "verify"), ("auditor", "close")):
        step(world, slug, verified.id, name)
    step(world, "auditor", light.id, "close")
    assert disputed(world, verified.id, outcome="amended", grade="critical").status == "closed"
    assert disputed(world, light.id, outcome="amended", grade="ofi").status == "closed"


def test_a_finding_withdrawn_and_then_upheld_after_all_is_open_again(world: World, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    opened = ask(world, "maker", disputes.open_dispute, statement="No", finding_id=found.id)
    for outcome, status in (("withdrawn", "closed"), ("upheld", "open")):
        ask(world, "auditor", disputes.take_step, opened.id, Said(step="answer", text="So", outcome=outcome))
        assert ask(world, "auditor", findings.get_finding, found.id).status == status


def test_a_dispute_shows_both_statements_and_never_disappears(world: World, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    opened = ask(world, "maker", disputes.open_dispute, statement="All five were", finding_id=found.id)
    with pytest.raises(StateConflict, match="already"):
        ask(world, "maker", disputes.open_dispute, statement="Again", finding_id=found.id)
    assert paths(do.sheet_of(world, audit)) == {"process"}  # a dispute lifts nothing by itself
    with pytest.raises(StateConflict, match="Only"):
        ask(world, "maker", disputes.take_step, opened.id, Said(step="answer", text="No", outcome="withdrawn"))
    ask(world, "auditor", disputes.take_step, opened.id, Said(step="answer", text="Three were not", outcome="upheld"))
    kept = ask(world, "maker", disputes.take_step, opened.id, Said(step="maintain", text="They were"))
    assert (kept.state, kept.outcome) == ("maintained", "upheld")
    amended = Said(step="answer", text="One was not", outcome="amended", grade="minor")
    ask(world, "auditor", disputes.take_step, opened.id, amended)
    settled = ask(world, "maker", disputes.take_step, opened.id, Said(step="accept", text="Agreed"))
    assert [(each.party, each.step, each.text) for each in settled.steps] == [
        ("owner", "state", "All five were"),
        ("auditor", "answer", "Three were not"),
        ("owner", "maintain", "They were"),
        ("auditor", "answer", "One was not"),
        ("owner", "accept", "Agreed"),
    ]
    seen = ask(world, "auditor", findings.get_finding, found.id)
    assert (seen.grade, seen.bars, seen.disputes) == ("minor", False, (opened.id,))
    with pytest.raises(StateConflict):
        ask(world, "maker", disputes.take_step, opened.id, Said(step="take_back", text="Never mind"))


def test_a_finding_withdrawn_in_a_dispute_is_closed_and_stays_to_be_read(world: World, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    opened = ask(world, "maker", disputes.open_dispute, statement="Another shop's", finding_id=found.id)
    ask(world, "auditor", disputes.take_step, opened.id, Said(step="answer", text="Indeed", outcome="withdrawn"))
    (seen,) = ask(world, "maker", findings.list_findings, audit)
    assert (seen.status, seen.bars, seen.disputes) == ("closed", False, (opened.id,))


def test_an_attestation_is_disputed_and_withdrawn_only_by_revoking_it(world: World, audit: str) -> None:
    made = do.hand_in(world, do.sheet_of(world, audit))
    opened = ask(world, "maker", disputes.open_dispute, statement="Not what we make", attestation_id=made)
    withdrawn = Said(step="answer", text="Right", outcome="withdrawn")
    with pytest.raises(StateConflict, match="Revoke"):
        ask(world, "auditor", disputes.take_step, opened.id, withdrawn)
    do.move(world, "revoke", made)
    assert ask(world, "auditor", disputes.take_step, opened.id, withdrawn).outcome == "withdrawn"
    (listed,) = ask(world, "maker", listing.list_attestations)
    assert (listed.state, listed.reason, listed.disputes) == ("revoked", "So", (opened.id,))
    with pytest.raises(NotFound):
        ask(world, "stranger", disputes.open_dispute, statement="Mine", attestation_id=made)
