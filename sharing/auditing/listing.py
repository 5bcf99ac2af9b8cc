"""The attestations of one side: those about an owner's factories, those that an auditor signed, each with its state.

Only about factories that the caller sees now, as with grants and audits. The owner's and the auditor's list names every
claim; what others read of an attestation is in the factory's view.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from network import membership
from sharing.auditing.models import Dispute
from sharing.auditing.standing import state_of
from sharing.house import House
from sharing.models import Attestation, Factory
from sharing.parties import Parties
from sharing.projection import Projection
from sharing.viewers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One attestation for its factory's owner or its auditor."""

    id: str
    factory: Projection
    owner: str
    auditor: str
    audit_id: str
    issued_at: datetime
    valid_until: date | None
    state: str
    label: str | None
    reason: str | None
    disputes: tuple[str, ...]


def list_attestations(house: House, session: Session, caller: Caller, *, factory_id: str | None = None) -> Sequence[Listed]:
    """Those the caller is a party of, newest first; of one factory if it is named, and none of an unknown one."""
    query = (
        select(Attestation)
        .join(Factory, Factory.id == Attestation.factory_id)
        .where(
            Attestation.sealed.is_not(None),
            or_(Attestation.auditor_id == caller.organization_id, Factory.organization_id == caller.organization_id),
        )
        .order_by(Attestation.issued_at.desc(), Attestation.id)
    )
    if factory_id is not None:
        query = query.where(Attestation.factory_id == factory_id)

    def listed(held: Session, row: Attestation, projection: Projection) -> Listed:
        owner = held.get_one(Factory, row.factory_id).organization_id
        disputes = select(Dispute.id).where(Dispute.attestation_id == row.id).order_by(Dispute.opened_at, Dispute.id)
        assert row.issued_at is not None  # noqa: S101 - the query asks for issued ones
        return Listed(
            id=row.id,
            factory=projection,
            owner=membership.member_of(held, owner).did,
            auditor=membership.member_of(held, row.auditor_id).did,
            audit_id=row.audit_id,
            issued_at=row.issued_at,
            valid_until=row.valid_until,
            state=state_of(house, row),
            label=row.label,
            reason=row.revocation_reason if row.revoked_at is not None else row.suspension_reason,
            disputes=tuple(held.scalars(disputes)),
        )

    return Parties(house, session, caller).each_shown(session.scalars(query), listed)
