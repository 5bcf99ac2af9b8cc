"""Results and findings: who takes which step, and which fields cannot be attested meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from network.database import Database
from sharing import audits, notices
from sharing.auditing import disputes, findings, listing, models, results
from sharing.auditing.findings import Raised
from sharing.auditing.parties import Said
from sharing.auditing.record import Agreed, Performed
from sharing.auditing.results import Evidence, Result
from sharing.erasing import erase
from sharing.errors import InvalidAttestation, InvalidDocument, NotFound, StateConflict
from sharing.models import Factory
from tests.sharing.auditing import engagements as do
from tests.world import World

ITEMS = [
    {"id": "1", "criterion": "8.5.1", "field_paths": ["capability.tolerance_um"]},
    {"id": "2", "criterion": "8.5.2", "field_paths": ["capability.process"]},
    {"id": "3", "criterion": "8.5.3", "applicable": False, "na_reason": "No castings"},
]
SERIOUS = Raised(
    clause="8.5.1", statement="Gauges are not calibrated", objective_evidence="Three of five", grade="major", item="1"
)


@pytest.fixture
def world(sqlite_database: Database) -> World:
    return peopled(sqlite_database)


def peopled(database: Database) -> World:
    world = World.on(database)
    world.organization("maker")
    world.organization("stranger", roles=["auditor", "supplier"])
    world.organization("auditor", roles=["auditor"], public_jwk=do.KEY.public.jwk)
    return world


@pytest.fixture
def factory(world: World) -> str:
    return world.factory("maker", do.SHOP, policy=do.OPEN)


@pytest.fixture
def audit(world: World, factory: str) -> str:
    audit_id = do.engaged(world, factory)
    ask(world, "auditor", results.put_checklist, audit_id, ITEMS)
    return audit_id


def test_an_audit_is_worked_through_on_either_database(database: Database) -> None:
    world = peopled(database)
    audit_id = do.engaged(world, world.factory("maker", do.SHOP, policy=do.OPEN))
    ask(world, "auditor", results.put_checklist, audit_id, ITEMS)
    ask(world, "auditor", results.put_results, audit_id, [Result(item="1", outcome="major_nc", maturity=1)])
    found = ask(world, "auditor", findings.raise_finding, audit_id, SERIOUS)
    opened = ask(world, "maker", disputes.open_dispute, statement="They are", finding_id=found.id)
    step(world, "maker", found.id, "answer")
    upheld = Said(step="answer", text="They are not", outcome="upheld")
    assert ask(world, "auditor", disputes.take_step, opened.id, upheld).state == "answered"
    assert paths(do.sheet_of(world, audit_id)) == {"process"}
    assert do.hand_in(world, do.sheet_of(world, audit_id))


def ask(world: World, slug: str, service: Any, *given: Any, **named: Any) -> Any:
    with world.house.database.write("test") as session:
        return service(world.house, session, world.caller(slug, "audit" if slug != "maker" else None), *given, **named)


def step(world: World, slug: str, finding: str, name: str) -> Any:
    world.clock.forward(minutes=1)
    return ask(world, slug, findings.take_step, finding, Said(step=name, text="So"))


def paths(sheet: Any) -> set[str]:
    return {name.partition("@")[0].rpartition("/")[2] for name in sheet["claims"]}


def test_an_open_major_finding_bars_the_fields_of_its_criterion_until_it_is_verified(world: World, audit: str) -> None:
    before = do.sheet_of(world, audit)
    assert paths(before) == {"process", "tolerance_um"}
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    assert found.bars
    sheet = do.sheet_of(world, audit)
    assert paths(sheet) == {"process"}
    assert [each["finding"] for each in sheet["barred"]] == [found.id]
    for slug, name in (("maker", "answer"), ("auditor", "accept")):
        assert step(world, slug, found.id, name).bars
        assert paths(do.sheet_of(world, audit)) == {"process"}
    assert not step(world, "auditor", found.id, "verify").bars
    assert paths(do.sheet_of(world, audit)) == {"process", "tolerance_um"}


def test_what_was_signed_offline_on_an_older_sheet_is_refused_with_path_and_finding(world: World, audit: str) -> None:
    older = do.sheet_of(world, audit)
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    with pytest.raises(InvalidAttestation) as refused:
        do.hand_in(world, older)
    assert refused.value.reason == "field_barred"
    assert "/tolerance_um" in str(refused.value)
    assert found.id in str(refused.value)
    kept = tuple(name.partition("@")[0] for name in older["claims"] if "/process@exact" in name)
    assert do.hand_in(world, older, paths=kept)


def test_when_everything_is_barred_there_is_no_sheet_and_it_says_why(world: World, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, replace(SERIOUS, field_paths=("capability.process",)))
    with pytest.raises(StateConflict, match=found.id):
        do.sheet_of(world, audit)


@pytest.mark.parametrize(("grade", "barred"), [("minor", False), ("ofi", False), ("major", True), ("critical", True)])
def test_only_serious_findings_bar(world: World, audit: str, grade: str, barred: bool) -> None:
    ask(world, "auditor", findings.raise_finding, audit, replace(SERIOUS, grade=grade))
    assert ("tolerance_um" not in paths(do.sheet_of(world, audit))) is barred


def test_a_finding_of_an_earlier_audit_bars_in_the_next_one(world: World, factory: str, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    ask(world, "auditor", audits.close_audit, audit)
    later = do.engaged(world, factory, agreed=Agreed(previous_audit=audit))
    assert paths(do.sheet_of(world, later)) == {"process"}
    for slug, name in (("maker", "answer"), ("auditor", "accept"), ("auditor", "verify"), ("auditor", "close")):
        step(world, slug, found.id, name)
    assert paths(do.sheet_of(world, later)) == {"process", "tolerance_um"}


def test_a_serious_result_without_a_finding_bars_too(world: World, audit: str) -> None:
    ask(world, "auditor", results.put_results, audit, [Result(item="2", outcome="major_nc")])
    sheet = do.sheet_of(world, audit)
    assert paths(sheet) == {"tolerance_um"}
    assert [(each["finding"], each["item"]) for each in sheet["barred"]] == [(None, "2")]


@pytest.mark.parametrize("grade", ["ofi", "minor"])
def test_a_light_finding_does_not_lift_the_bar_of_a_serious_result(world: World, audit: str, grade: str) -> None:
    ask(world, "auditor", results.put_results, audit, [Result(item="1", outcome="critical_nc")])
    ask(world, "auditor", findings.raise_finding, audit, replace(SERIOUS, grade=grade))
    assert paths(do.sheet_of(world, audit)) == {"process"}


def test_a_serious_finding_that_a_dispute_amended_is_an_answer_to_the_result(world: World, audit: str) -> None:
    ask(world, "auditor", results.put_results, audit, [Result(item="1", outcome="major_nc")])
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    assert paths(do.sheet_of(world, audit)) == {"process"}
    disputed(world, found.id, outcome="amended", grade="minor")
    assert paths(do.sheet_of(world, audit)) == {"process", "tolerance_um"}


def disputed(world: World, finding: str, **answer: Any) -> Any:
    opened = ask(world, "maker", disputes.open_dispute, statement="No", finding_id=finding)
    ask(world, "auditor", disputes.take_step, opened.id, Said(step="answer", text="So", **answer))
    return ask(world, "auditor", findings.get_finding, finding)


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


STEPS = ["answer", "accept", "return", "verify", "close"]
PARTY = {"answer": "maker"}


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ((), {"answer"}),
        (("answer",), {"answer", "accept", "return"}),
        (("answer", "accept"), {"return", "verify"}),
        (("answer", "accept", "verify"), {"close"}),
        (("answer", "accept", "verify", "close"), set()),
    ],
)
def test_each_step_is_taken_by_its_side_and_in_its_turn(
    world: World, audit: str, state: tuple[str, ...], allowed: set[str]
) -> None:
    possible = set()
    for name in STEPS:
        found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
        for before in state:
            step(world, PARTY.get(before, "auditor"), found.id, before)
        other = "auditor" if name in PARTY else "maker"
        with pytest.raises(StateConflict, match="Only"):
            step(world, other, found.id, name)
        try:
            said = step(world, PARTY.get(name, "auditor"), found.id, name)
        except StateConflict:
            continue
        assert [each.step for each in said.steps] == [*state, name]
        possible.add(name)
    assert possible == allowed


def test_a_light_finding_may_be_closed_at_once(world: World, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, replace(SERIOUS, grade="ofi"))
    assert step(world, "auditor", found.id, "close").status == "closed"


def test_nobody_else_learns_of_a_finding_a_checklist_or_a_dispute(world: World, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    opened = ask(world, "maker", disputes.open_dispute, statement="They are", finding_id=found.id)
    for service, given in (
        (findings.get_finding, found.id),
        (findings.list_findings, audit),
        (results.get_checklist, audit),
        (disputes.get_dispute, opened.id),
        (audits.get_audit, audit),
    ):
        with pytest.raises(NotFound):
            ask(world, "stranger", service, given)
        assert ask(world, "maker", service, given)
        assert ask(world, "auditor", service, given)
    assert ask(world, "stranger", disputes.list_disputes) == []
    assert [each.id for each in ask(world, "maker", disputes.list_disputes)] == [opened.id]


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


def test_erasing_a_factory_destroys_what_was_found_there(world: World, factory: str, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    ask(world, "maker", disputes.open_dispute, statement="They are", finding_id=found.id)
    do.hand_in(world, do.sheet_of(world, audit))
    notices.post_due(world.house)
    with world.house.database.write("test") as session:
        erase(session, session.get_one(Factory, factory), world.house.now())
    with world.house.database.read() as session:
        kept = {
            table.__tablename__: session.scalar(select(func.count()).select_from(table))
            for table in (
                models.Finding,
                models.Dispute,
                models.AuditStep,
                models.ChecklistItem,
                models.AuditRecord,
                models.Notice,
            )
        }
        assert set(kept.values()) == {0}, kept
        assert session.scalar(select(func.count()).select_from(models.AttestationList))  # they still answer what was revoked
