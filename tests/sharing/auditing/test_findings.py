"""Findings: who takes which step, from which state, and who learns of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from network.database import Database
from sharing import audits, notices
from sharing.auditing import disputes, findings, models, results
from sharing.auditing.parties import Said
from sharing.auditing.results import Result
from sharing.erasing import erase
from sharing.errors import NotFound, StateConflict
from sharing.models import Factory
from tests.sharing.auditing import engagements as do
from tests.sharing.auditing.working import ITEMS, SERIOUS, ask, paths, peopled, step
from tests.world import World


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
