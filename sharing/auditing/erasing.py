"""What erasing a factory destroys of its audits: the record, the checklist, the findings, the disputes, and notices."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sharing.auditing.models import AuditRecord, AuditStep, ChecklistItem, Dispute, Finding, Notice
from sharing.models import Audit


def erase_audits_of(session: Session, factory_id: str) -> None:
    """Destroy them. What was signed stays revocable: its status lists go on."""
    audits = select(Audit.id).where(Audit.factory_id == factory_id)
    for table in (AuditStep, Dispute, Finding, ChecklistItem, AuditRecord):
        session.execute(delete(table).where(table.audit_id.in_(audits)))
    session.execute(delete(Notice).where(Notice.factory_id == factory_id))
    session.flush()
