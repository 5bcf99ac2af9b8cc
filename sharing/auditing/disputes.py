"""Disputes: the owner's counter-statement to a finding or an attestation, shown to both sides beside it, for good.

    open -> answered (auditor: upheld, amended or withdrawn) -> settled (owner accepts) | maintained (owner does not)

Guarantees: a dispute is never deleted; while it lasts the finding stands and bars as before; only the auditor's answer
changes it: a new grade, or closed as withdrawn. One that is serious afterwards and was closed without verification is open
again. An attestation that is withdrawn in a dispute has been revoked first, with the auditor's own key where they keep it.
The owner may take a dispute back; it stays to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sharing.auditing.bars import AMENDED, SERIOUS
from sharing.auditing.findings import CLOSED, GRADES, party_finding
from sharing.auditing.findings import OPEN as FINDING_OPEN
from sharing.auditing.models import Dispute, Finding
from sharing.auditing.parties import AUDITOR, OWNER, Move, Said, Step, acting, add_step, move_of, steps_of
from sharing.audits import party_audit
from sharing.errors import NotFound, StateConflict, invalid
from sharing.house import House
from sharing.models import Attestation, Audit, Factory
from sharing.parties import MOST_LISTED, Parties
from sharing.projection import Projection
from sharing.telling import tell_other_side
from sharing.viewers import Caller

OPEN, ANSWERED, SETTLED, MAINTAINED = "open", "answered", "settled", "maintained"
OUTCOMES: Final = ("upheld", AMENDED, "withdrawn")
MOVES: Final = {
    "answer": Move(party=AUDITOR, begins=frozenset({OPEN, ANSWERED, MAINTAINED}), ends=ANSWERED),
    "accept": Move(party=OWNER, begins=frozenset({ANSWERED}), ends=SETTLED),
    "maintain": Move(party=OWNER, begins=frozenset({ANSWERED}), ends=MAINTAINED),
    "take_back": Move(party=OWNER, begins=frozenset({OPEN, ANSWERED, MAINTAINED}), ends=SETTLED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """A dispute for one of its two parties; the first step is the owner's counter-statement."""

    id: str
    audit_id: str
    factory: Projection
    finding_id: str | None
    attestation_id: str | None
    state: str
    outcome: str | None
    opened_at: datetime
    steps: tuple[Step, ...]


def open_dispute(
    house: House,
    session: Session,
    caller: Caller,
    *,
    statement: str,
    finding_id: str | None = None,
    attestation_id: str | None = None,
) -> DisputeView:
    """The factory's owner disagrees with a finding, or with an attestation; one dispute at a time about each."""
    if (finding_id is None) == (attestation_id is None):
        raise invalid("finding", "one_of_two", "Name either a finding or an attestation.")
    if finding_id is not None:
        _, audit, projection = party_finding(house, session, caller, finding_id, lock=True)
    else:
        issued = session.get(Attestation, str(attestation_id))
        if issued is None or issued.sealed is None:
            raise NotFound
        audit, projection = party_audit(house, session, caller, issued.audit_id, lock=True)
    acting(session, caller, audit, OWNER)
    same = select(Dispute).where(
        Dispute.finding_id == finding_id if finding_id is not None else Dispute.attestation_id == attestation_id,
        Dispute.state.in_((OPEN, ANSWERED)),
    )
    if session.scalars(same).first() is not None:
        raise StateConflict("There is an open dispute about this already.")
    row = Dispute(
        id=house.new_id(),
        audit_id=audit.id,
        finding_id=finding_id,
        attestation_id=attestation_id,
        state=OPEN,
        opened_at=house.now(),
    )
    session.add(row)
    session.flush()
    add_step(house, session, audit.id, row.id, party=OWNER, said=Said(step="state", text=statement))
    tell_other_side(house, session, "dispute_opened", audit, by=caller.organization_id, subject=row.id)
    return _view(session, row, projection)


def list_disputes(house: House, session: Session, caller: Caller) -> Sequence[DisputeView]:
    """Every dispute the caller is a party of, newest first; only about factories that the caller sees now."""
    parties = Parties(house, session, caller)
    query = (
        select(Dispute, Audit)
        .join(Audit, Audit.id == Dispute.audit_id)
        .join(Factory, Factory.id == Audit.factory_id)
        .where(or_(Audit.auditor_id == caller.organization_id, Factory.organization_id == caller.organization_id))
        .order_by(Dispute.opened_at.desc(), Dispute.id)
    )
    found: list[DisputeView] = []
    for row, audit in session.execute(query):
        try:
            projection = parties.about(audit.factory_id, audit.auditor_id)
        except NotFound:
            continue
        found.append(_view(session, row, projection))
        if len(found) == MOST_LISTED:
            break
    return found


def get_dispute(house: House, session: Session, caller: Caller, dispute_id: str) -> DisputeView:
    """One dispute, for its two parties."""
    row, _, projection = _party_dispute(house, session, caller, dispute_id)
    return _view(session, row, projection)


def take_step(house: House, session: Session, caller: Caller, dispute_id: str, said: Said) -> DisputeView:
    """The side whose step it is takes it; the auditor's `answer` comes with an outcome."""
    row, audit, projection = _party_dispute(house, session, caller, dispute_id, lock=True)
    move = move_of(session, caller, audit, said, MOVES, what="dispute", state=row.state)
    if said.step == "answer":
        _decide(session, row, said)
    elif said.outcome is not None or said.grade is not None:
        raise invalid("outcome", "not_asked", "An outcome comes with the auditor's answer.")
    row.state = move.ends
    add_step(house, session, audit.id, row.id, party=move.party, said=said)
    if said.step == "answer":
        tell_other_side(house, session, "dispute_answered", audit, by=caller.organization_id, subject=row.id)
    return _view(session, row, projection)


def _decide(session: Session, row: Dispute, said: Said) -> None:
    if said.outcome not in OUTCOMES:
        raise invalid("outcome", "unknown_outcome", "An outcome is one of: " + ", ".join(OUTCOMES) + ".")
    if (said.outcome == AMENDED) is (said.grade is None):
        raise invalid("grade", "grade", "An amended finding has its new grade, and nothing else has one.")
    if row.finding_id is not None:
        finding = session.get_one(Finding, row.finding_id, with_for_update=True)
        if said.grade is not None and said.grade not in GRADES:
            raise invalid("grade", "unknown_grade", "A grade is one of: " + ", ".join(GRADES) + ".")
        finding.grade = said.grade or finding.grade
        if said.outcome == "withdrawn":
            finding.status = CLOSED
        elif finding.grade in SERIOUS and finding.status == CLOSED and not _was_verified(session, finding):
            # Closed while its grade was light, or as withdrawn: nobody saw that anything was done about it.
            finding.status = FINDING_OPEN
    elif said.outcome == AMENDED:
        raise invalid("outcome", "not_amendable", "What was signed is not amended: revoke it, and attest anew.")
    elif said.outcome == "withdrawn" and session.get_one(Attestation, row.attestation_id).revoked_at is None:
        raise StateConflict("Revoke the attestation first: that takes your signed request.")
    row.outcome = said.outcome


def _was_verified(session: Session, finding: Finding) -> bool:
    return any(each.step == "verify" for each in steps_of(session, finding.audit_id, finding.id))


def _party_dispute(
    house: House, session: Session, caller: Caller, dispute_id: str, *, lock: bool = False
) -> tuple[Dispute, Audit, Projection]:
    found = session.get(Dispute, dispute_id)
    if found is None:
        raise NotFound
    audit, projection = party_audit(house, session, caller, found.audit_id, lock=lock)
    if lock:
        session.refresh(found)
    return found, audit, projection


def _view(session: Session, row: Dispute, projection: Projection) -> DisputeView:
    return DisputeView(
        id=row.id,
        audit_id=row.audit_id,
        factory=projection,
        finding_id=row.finding_id,
        attestation_id=row.attestation_id,
        state=row.state,
        outcome=row.outcome,
        opened_at=row.opened_at,
        steps=steps_of(session, row.audit_id, row.id),
    )
