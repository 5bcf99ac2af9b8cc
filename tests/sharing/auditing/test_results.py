"""Results of a checklist, the record of an audit, and the list of attestations: whose they are and what cannot be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sharing import audits
from sharing.auditing import disputes, findings, listing, results
from sharing.auditing.record import Agreed, Performed
from sharing.auditing.results import Evidence, Result
from sharing.errors import InvalidDocument, StateConflict
from tests.sharing.auditing import engagements as do
from tests.sharing.auditing.working import ITEMS, SERIOUS, ask
from tests.world import World


def test_owner_and_auditor_list_their_attestations_with_state_and_nobody_else_does(
    world: World, factory: str, audit: str
) -> None:
    made = do.hand_in(world, do.sheet_of(world, audit))
    for slug in ("maker", "auditor"):
        assert [(each.id, each.state) for each in ask(world, slug, listing.list_attestations)] == [(made, "in_force")]
        assert ask(world, slug, listing.list_attestations, factory_id="0" * 21) == []
    assert ask(world, "stranger", listing.list_attestations, factory_id=factory) == []
    do.move(world, "suspend", made)
    (listed,) = ask(world, "maker", listing.list_attestations, factory_id=factory)
    assert (listed.state, listed.reason) == ("suspended", "So")
    world.clock.forward(days=366)
    (listed,) = ask(world, "maker", listing.list_attestations)
    assert listed.state == "expired"


def test_an_item_with_a_result_stays_and_others_may_change(world: World, audit: str) -> None:
    ask(world, "auditor", results.put_results, audit, [Result(item="1", outcome="conform", maturity=3, sampled_n=5)])
    with pytest.raises(StateConflict, match="Item 1"):
        ask(world, "auditor", results.put_checklist, audit, ITEMS[1:])
    changed = ask(world, "auditor", results.put_checklist, audit, [ITEMS[0], {**ITEMS[1], "id": "4"}])
    assert [(each.item.id, each.result and each.result.outcome) for each in changed.entries] == [("1", "conform"), ("4", None)]


def test_results_that_cannot_be_are_refused_with_their_place(world: World, audit: str) -> None:
    tomorrow = world.house.today() + timedelta(days=1)
    evidence = Evidence(digest="AB", media_type="pdf", collected_at=tomorrow, method="guess")
    wrong = [
        Result(item="9", outcome="conform"),
        Result(item="3", outcome="conform"),
        Result(item="1", outcome="na"),
        Result(item="1", outcome="fine", maturity=6, sampled_n=-1, evidence=(evidence,)),
    ]
    with pytest.raises(InvalidDocument) as refused:
        ask(world, "auditor", results.put_results, audit, wrong)
    assert {(each.path, each.code) for each in refused.value.problems} == {
        ("results/0/item", "unknown_item"),
        ("results/1/outcome", "applicability"),
        ("results/2/outcome", "applicability"),
        ("results/3/outcome", "unknown_outcome"),
        ("results/3/maturity", "out_of_range"),
        ("results/3/sampled_n", "out_of_range"),
        ("results/3/evidence/0/digest", "digest"),
        ("results/3/evidence/0/media_type", "media_type"),
        ("results/3/evidence/0/method", "unknown_method"),
        ("results/3/evidence/0/collected_at", "in_the_future"),
    }


def test_the_owner_does_not_do_the_auditors_work(world: World, audit: str) -> None:
    for service, given in (
        (results.put_checklist, (audit, ITEMS)),
        (results.put_results, (audit, [Result(item="1", outcome="conform")])),
        (findings.raise_finding, (audit, SERIOUS)),
        (audits.record_audit, (audit, Performed(lead_auditor="Me"))),
    ):
        with pytest.raises(StateConflict, match="Only"):
            ask(world, "maker", service, *given)
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    with pytest.raises(StateConflict, match="Only"):
        ask(world, "auditor", disputes.open_dispute, statement="I disagree with myself", finding_id=found.id)


def test_the_record_says_why_where_who_and_how_long_and_is_written_after_closing_too(
    world: World, factory: str, audit: str
) -> None:
    agreed = Agreed(objective="Release of the lathes", announced=False, sites=("Hall 2",), previous_audit=audit)
    later = do.engaged(world, factory, agreed=agreed)
    ask(world, "auditor", audits.close_audit, later)
    today = world.house.today()
    done = Performed(
        started=today, ended=today, person_days="1.5", lead_auditor="Ng. Thị A", team=("B",), report_digest="ab" * 32
    )
    seen = ask(world, "auditor", audits.record_audit, later, done).record
    assert ask(world, "maker", audits.get_audit, later).record == seen
    assert (seen.objective, seen.announced, seen.sites, seen.previous_audit) == (
        "Release of the lathes", False, ("Hall 2",), audit,
    )  # fmt: skip
    assert (seen.person_days, seen.lead_auditor, seen.team, seen.report_digest) == ("1.5", "Ng. Thị A", ("B",), "ab" * 32)
    bad = Performed(
        started=today + timedelta(days=2), ended=today + timedelta(days=1), person_days="0", report_digest="AB" * 32
    )
    with pytest.raises(InvalidDocument) as refused:
        ask(world, "auditor", audits.record_audit, later, bad)
    assert {each.path for each in refused.value.problems} == {"started", "ended", "person_days", "report_digest"}


def test_a_previous_audit_is_one_that_both_sides_know(world: World, factory: str, audit: str) -> None:
    for slug, name in (("stranger", audit), ("auditor", "0" * 32)):
        with pytest.raises(InvalidDocument) as refused:
            do.engaged(world, factory, auditor=slug, agreed=Agreed(previous_audit=name))
        assert [each.code for each in refused.value.problems] == ["unknown_audit"]
