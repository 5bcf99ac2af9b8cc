"""Who takes which step in an audit, and the steps as they are kept: numbered, in the words of whoever took them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharing.auditing.models import AuditStep
from sharing.errors import StateConflict, invalid
from sharing.house import House
from sharing.models import Audit, Factory
from sharing.viewers import Caller

OWNER, AUDITOR = "owner", "auditor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A step as it is taken: words, perhaps an outcome, a new grade and a day by which it shall be done."""

    step: str
    text: str
    outcome: str | None = None
    grade: str | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step that was taken."""

    step: str
    party: str
    text: str
    outcome: str | None
    grade: str | None
    due: date | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A step that there is: who takes it, from which states, and where it leads."""

    party: str
    begins: frozenset[str]
    ends: str


WORDS: Final = {OWNER: "the factory's owner", AUDITOR: "the auditor"}


def acting(session: Session, caller: Caller, audit: Audit, party: str) -> None:
    """Raise `StateConflict` unless the caller, who is a party, is this one."""
    wanted = audit.auditor_id if party == AUDITOR else session.get_one(Factory, audit.factory_id).organization_id
    if caller.organization_id != wanted:
        raise StateConflict(f"Only {WORDS[party]} does this.", party=party)


def move_of(
    session: Session, caller: Caller, audit: Audit, said: Said, moves: Mapping[str, Move], *, what: str, state: str
) -> Move:
    """The move of these that the caller, who is a party, makes with this step.

    Raises `InvalidDocument` where there is no such step; `StateConflict` where it is the other side's, or where it is not
    taken while the `what` (a finding, a dispute) is in this state.
    """
    move = moves.get(said.step)
    if move is None:
        raise invalid("step", "unknown_step", "A step is one of: " + ", ".join(moves) + ".")
    acting(session, caller, audit, move.party)
    if state not in move.begins:
        states = " or ".join(sorted(move.begins))
        raise StateConflict(f"The {what} is {state}; this step is taken while it is {states}.", state=state)
    return move


def add_step(house: House, session: Session, audit_id: str, subject_id: str, *, party: str, said: Said) -> None:
    """Keep a step. The caller holds the audit's row, so numbers have no gaps."""
    taken = select(func.count()).select_from(AuditStep)
    number = session.scalar(taken.where(AuditStep.audit_id == audit_id, AuditStep.subject_id == subject_id))
    session.add(
        AuditStep(
            audit_id=audit_id,
            subject_id=subject_id,
            number=(number or 0) + 1,
            step=said.step,
            party=party,
            text=said.text,
            outcome=said.outcome,
            grade=said.grade,
            due=said.due,
            at=house.now(),
        )
    )
    session.flush()


def steps_of(session: Session, audit_id: str, subject_id: str) -> tuple[Step, ...]:
    """Every step about one finding or dispute, the first one first."""
    query = select(AuditStep).where(AuditStep.audit_id == audit_id, AuditStep.subject_id == subject_id)
    return tuple(
        Step(step=row.step, party=row.party, text=row.text, outcome=row.outcome, grade=row.grade, due=row.due, at=row.at)
        for row in session.scalars(query.order_by(AuditStep.number))
    )
