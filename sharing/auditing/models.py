"""The tables of an audit's record: checklist, results, findings, disputes and every step that either side took.

Nothing here is ever deleted while the audit stands: a finding is closed and a dispute is settled, but what was said stays.
Rows are locked through their audit's row, so that the two sides' steps queue.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import CanonicalJson, UtcTime
from network.database import Base
from sharing.models import HEX_ID

ITEM_ID = 64


def _audit_key(*, primary: bool = False, index: bool = False) -> Mapped[str]:
    return mapped_column(String(HEX_ID), ForeignKey("audits.id"), primary_key=primary, index=index)


class AuditRecord(Base):
    """What belongs to an audit beside its terms. `person_days` is a decimal string, `report_digest` a SHA-256 in hex."""

    __tablename__ = "audit_records"

    audit_id: Mapped[str] = _audit_key(primary=True)
    objective: Mapped[str] = mapped_column(Text)
    announced: Mapped[bool | None] = mapped_column(Boolean)
    sites: Mapped[object] = mapped_column(CanonicalJson)
    previous_audit_id: Mapped[str | None] = mapped_column(String(HEX_ID), ForeignKey("audits.id"))
    started: Mapped[date | None] = mapped_column("started_on", Date)
    ended: Mapped[date | None] = mapped_column("ended_on", Date)
    person_days: Mapped[str | None] = mapped_column(String(12))
    lead_auditor: Mapped[str] = mapped_column(Text)
    team: Mapped[object] = mapped_column(CanonicalJson)
    report_digest: Mapped[str | None] = mapped_column(String(64))


class ChecklistItem(Base):
    """One item of the audit's checklist, by id and criterion and never by text, and what was found at it."""

    __tablename__ = "checklist_items"

    audit_id: Mapped[str] = _audit_key(primary=True)
    item: Mapped[str] = mapped_column(String(ITEM_ID), primary_key=True)
    place: Mapped[int] = mapped_column(Integer)
    criterion: Mapped[str] = mapped_column(String(ITEM_ID))
    kind: Mapped[str] = mapped_column("class", String(12))
    applicable: Mapped[bool] = mapped_column(Boolean)
    na_reason: Mapped[str] = mapped_column(Text)
    field_paths: Mapped[object] = mapped_column(CanonicalJson)
    outcome: Mapped[str | None] = mapped_column(String(16))
    maturity: Mapped[int | None] = mapped_column(Integer)
    sampled_n: Mapped[int | None] = mapped_column(Integer)
    evidence: Mapped[object] = mapped_column(CanonicalJson)
    assessed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Finding(Base):
    """What the auditor holds against a criterion. Serious ones bar the criterion's fields until they are verified."""

    __tablename__ = "findings"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    audit_id: Mapped[str] = _audit_key(index=True)
    item: Mapped[str | None] = mapped_column(String(ITEM_ID))
    clause: Mapped[str] = mapped_column(String(ITEM_ID))
    statement: Mapped[str] = mapped_column(Text)
    objective_evidence: Mapped[str] = mapped_column(Text)
    grade: Mapped[str] = mapped_column(String(10))
    due: Mapped[date | None] = mapped_column("due_on", Date)
    field_paths: Mapped[object] = mapped_column(CanonicalJson)
    status: Mapped[str] = mapped_column(String(10))
    raised_at: Mapped[datetime] = mapped_column(UtcTime)


class Dispute(Base):
    """The owner disagrees with a finding or an attestation. It is settled or maintained, and never disappears."""

    __tablename__ = "disputes"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    audit_id: Mapped[str] = _audit_key(index=True)
    finding_id: Mapped[str | None] = mapped_column(String(HEX_ID), ForeignKey("findings.id"))
    attestation_id: Mapped[str | None] = mapped_column(String(HEX_ID), ForeignKey("attestations.id"))
    state: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str | None] = mapped_column(String(12))
    opened_at: Mapped[datetime] = mapped_column(UtcTime)


class AuditStep(Base):
    """One step about a finding or a dispute, in the words of whoever took it; steps are only ever added."""

    __tablename__ = "audit_steps"

    audit_id: Mapped[str] = _audit_key(primary=True)
    subject_id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(String(12))
    party: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(String(12))
    grade: Mapped[str | None] = mapped_column(String(10))
    due: Mapped[date | None] = mapped_column("due_on", Date)
    at: Mapped[datetime] = mapped_column("taken_at", UtcTime)


class AttestationList(Base):
    """A status list of one attestation beside the one for revocations: purpose `suspension` or `message` (its label)."""

    __tablename__ = "attestation_lists"

    attestation_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("attestations.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(12), primary_key=True)
    list_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("status_lists.id"), unique=True)
    index: Mapped[int] = mapped_column("entry", Integer)


class Notice(Base):
    """Something of an organization's runs out. One row for each party, thing, day and stage, so that none is told twice."""

    __tablename__ = "notices"

    organization_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("organizations.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(96), primary_key=True)
    due: Mapped[date] = mapped_column("due_on", Date, primary_key=True)
    stage: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    factory_id: Mapped[str] = mapped_column(String(21), ForeignKey("factories.id"))
    posted_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    ledger_size: Mapped[int | None] = mapped_column(BigInteger)
