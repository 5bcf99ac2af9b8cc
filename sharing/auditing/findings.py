"""Findings: what an auditor holds against a criterion, and the way from open to closed.

    open -> answered (owner: corrective action) -> accepted (auditor) -> verified (auditor: it was done) -> closed (auditor)

Guarantees: each step is taken by the side whose step it is, from a state where it can be; a major or critical finding is
closed only after it was verified; what either side wrote stays. Steps go on after the audit closed, as long as both see
the factory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.auditing.bars import SERIOUS, SETTLED
from sharing.auditing.checklist import MOST_PATHS, check_field_path, check_reference
from sharing.auditing.models import ChecklistItem, Dispute, Finding
from sharing.auditing.parties import AUDITOR, OWNER, Move, Said, Step, acting, add_step, move_of, steps_of
from sharing.audits import ACCEPTED, party_audit
from sharing.errors import InvalidDocument, NotFound, Problems, StateConflict
from sharing.house import House
from sharing.models import Audit
from sharing.projection import Projection
from sharing.telling import tell_other_side
from sharing.viewers import Caller

GRADES: Final = ("minor", "major", "critical", "ofi")
OPEN, ANSWERED, ACCEPTED_PLAN, VERIFIED, CLOSED = "open", "answered", "accepted", "verified", "closed"
MOVES: Final = {
    "answer": Move(party=OWNER, begins=frozenset({OPEN, ANSWERED}), ends=ANSWERED),
    "accept": Move(party=AUDITOR, begins=frozenset({ANSWERED}), ends=ACCEPTED_PLAN),
    "return": Move(party=AUDITOR, begins=frozenset({ANSWERED, ACCEPTED_PLAN}), ends=OPEN),
    "verify": Move(party=AUDITOR, begins=frozenset({ACCEPTED_PLAN}), ends=VERIFIED),
    "close": Move(party=AUDITOR, begins=frozenset({VERIFIED}), ends=CLOSED),
}
LIGHT_MOVES: Final = {
    **MOVES,
    "close": Move(party=AUDITOR, begins=frozenset({OPEN, ANSWERED, ACCEPTED_PLAN, VERIFIED}), ends=CLOSED),
}
"""Of a finding that is not serious: it may be closed unverified."""
MOST_FINDINGS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """A finding as the auditor writes it. `field_paths` beside those of the items with the same criterion."""

    clause: str
    statement: str
    objective_evidence: str
    grade: str
    item: str | None = None
    due: date | None = None
    field_paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """A finding for one of the audit's two parties. `bars`: it keeps its fields from being attested."""

    id: str
    audit_id: str
    factory: Projection
    item: str | None
    clause: str
    statement: str
    objective_evidence: str
    grade: str
    due: date | None
    field_paths: tuple[str, ...]
    status: str
    bars: bool
    raised_at: datetime
    steps: tuple[Step, ...]
    disputes: tuple[str, ...]


def raise_finding(house: House, session: Session, caller: Caller, audit_id: str, raised: Raised) -> FindingView:
    """The auditor of an accepted audit raises a finding."""
    audit, projection = party_audit(house, session, caller, audit_id, lock=True)
    acting(session, caller, audit, AUDITOR)
    if audit.state != ACCEPTED:
        raise StateConflict(f"The audit is {audit.state}; findings are raised while it runs.", state=audit.state)
    problems = Problems()
    check_reference(raised.clause, "clause", problems)
    if raised.grade not in GRADES:
        problems.add("grade", "unknown_grade", "A grade is one of: " + ", ".join(GRADES) + ".")
    if raised.item is not None and session.get(ChecklistItem, (audit_id, raised.item)) is None:
        problems.add("item", "unknown_item", "The checklist has no such item.")
    if raised.due is not None and raised.due < house.today():
        problems.add("due", "in_the_past", "This day is over.")
    if len(raised.field_paths) > MOST_PATHS:
        problems.add("field_paths", "too_many", f"At most {MOST_PATHS} fields.")
    for place, path in enumerate(raised.field_paths[:MOST_PATHS]):
        check_field_path(path, f"field_paths/{place}", problems)
    if problems.found:
        raise InvalidDocument(tuple(problems.found))
    if len(_rows(session, audit_id)) >= MOST_FINDINGS:
        raise StateConflict(f"An audit has {MOST_FINDINGS} findings at the most.")
    row = Finding(
        id=house.new_id(),
        audit_id=audit_id,
        item=raised.item,
        clause=raised.clause,
        statement=raised.statement,
        objective_evidence=raised.objective_evidence,
        grade=raised.grade,
        due=raised.due,
        field_paths=list(dict.fromkeys(raised.field_paths)),
        status=OPEN,
        raised_at=house.now(),
    )
    session.add(row)
    session.flush()
    # One matter for the owner, however many findings a day has.
    tell_other_side(house, session, "finding_raised", audit, by=caller.organization_id, subject=audit_id)
    return _view(session, row, projection)


def list_findings(house: House, session: Session, caller: Caller, audit_id: str) -> Sequence[FindingView]:
    """The findings of an audit in their order, for its two parties."""
    _, projection = party_audit(house, session, caller, audit_id)
    return [_view(session, row, projection) for row in _rows(session, audit_id)]


def get_finding(house: House, session: Session, caller: Caller, finding_id: str) -> FindingView:
    """One finding, for the audit's two parties."""
    row, _, projection = party_finding(house, session, caller, finding_id)
    return _view(session, row, projection)


def take_step(house: House, session: Session, caller: Caller, finding_id: str, said: Said) -> FindingView:
    """The side whose step it is takes it. `said.due` is for an answer: by when the corrective action is done."""
    row, audit, projection = party_finding(house, session, caller, finding_id, lock=True)
    moves = MOVES if row.grade in SERIOUS else LIGHT_MOVES
    move = move_of(session, caller, audit, said, moves, what="finding", state=row.status)
    row.status = move.ends
    add_step(house, session, audit.id, row.id, party=move.party, said=said)
    return _view(session, row, projection)


def party_finding(
    house: House, session: Session, caller: Caller, finding_id: str, *, lock: bool = False
) -> tuple[Finding, Audit, Projection]:
    """A finding with its audit, whose row is held if `lock`; `NotFound` for anybody but its parties."""
    found = session.get(Finding, finding_id)
    if found is None:
        raise NotFound
    audit, projection = party_audit(house, session, caller, found.audit_id, lock=lock)
    if lock:
        session.refresh(found)
    return found, audit, projection


def _rows(session: Session, audit_id: str) -> Sequence[Finding]:
    query = select(Finding).where(Finding.audit_id == audit_id).order_by(Finding.raised_at, Finding.id)
    return session.scalars(query).all()


def _view(session: Session, row: Finding, projection: Projection) -> FindingView:
    disputes = select(Dispute.id).where(Dispute.finding_id == row.id).order_by(Dispute.opened_at, Dispute.id)
    return FindingView(
        id=row.id,
        audit_id=row.audit_id,
        factory=projection,
        item=row.item,
        clause=row.clause,
        statement=row.statement,
        objective_evidence=row.objective_evidence,
        grade=row.grade,
        due=row.due,
        field_paths=tuple(cast("list[str]", row.field_paths)),
        status=row.status,
        bars=row.grade in SERIOUS and row.status not in SETTLED,
        raised_at=row.raised_at,
        steps=steps_of(session, row.audit_id, row.id),
        disputes=tuple(session.scalars(disputes)),
    )
