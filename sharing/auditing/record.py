"""The record of an audit beside its terms: why, where, who, how long, and the digest of its report.

What is agreed when it is proposed (objective, announced, sites, previous audit) stays; what the auditor did is theirs to
state while the audit runs and after it closed, since reports are written later. Both sides read all of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import cast

from sqlalchemy.orm import Session

from sharing.auditing.models import AuditRecord
from sharing.errors import InvalidDocument, Problems
from sharing.house import House
from sharing.models import Audit

_PERSON_DAYS = re.compile(r"(?:0|[1-9][0-9]{0,3})(?:\.[0-9]{1,2})?", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What belongs to the proposal beside its terms."""

    objective: str = ""
    announced: bool | None = None
    sites: tuple[str, ...] = ()
    previous_audit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performed:
    """What the auditor did. `person_days` is a decimal string, `report_digest` the SHA-256 of the report in hex."""

    started: date | None = None
    ended: date | None = None
    person_days: str | None = None
    lead_auditor: str = ""
    team: tuple[str, ...] = ()
    report_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The whole record."""

    objective: str
    announced: bool | None
    sites: tuple[str, ...]
    previous_audit: str | None
    started: date | None
    ended: date | None
    person_days: str | None
    lead_auditor: str
    team: tuple[str, ...]
    report_digest: str | None


def check_previous(session: Session, agreed: Agreed, factory_id: str, auditor_id: str, problems: Problems) -> None:
    """Note a problem unless the previous audit is one of the same factory by the same auditor: both sides know it."""
    if agreed.previous_audit is None:
        return
    previous = session.get(Audit, agreed.previous_audit)
    if previous is None or (previous.factory_id, previous.auditor_id) != (factory_id, auditor_id):
        problems.add("previous_audit", "unknown_audit", "There is no such audit of this factory by this auditor.")


def add_record(session: Session, audit_id: str, agreed: Agreed) -> None:
    """The record of a stored, newly proposed audit."""
    session.add(
        AuditRecord(
            audit_id=audit_id,
            objective=agreed.objective,
            announced=agreed.announced,
            sites=list(agreed.sites),
            previous_audit_id=agreed.previous_audit,
            lead_auditor="",
            team=[],
        )
    )


def store_performed(house: House, session: Session, audit: Audit, done: Performed) -> None:
    """Replace what the auditor did; raises `InvalidDocument`."""
    problems = Problems()
    for name, day in (("started", done.started), ("ended", done.ended)):
        if day is not None and day > house.today():
            problems.add(name, "in_the_future", "This is the record of what was done.")
    if done.started is not None and done.ended is not None and done.ended < done.started:
        problems.add("ended", "ends_before_start", "An audit cannot be over before it begins.")
    if done.person_days is not None and not _is_person_days(done.person_days):
        problems.add("person_days", "person_days", "Person-days are a number such as 2.5, below 10000.")
    if done.report_digest is not None and not _DIGEST.fullmatch(done.report_digest):
        problems.add("report_digest", "digest", "A digest is a SHA-256 in 64 lower-case hex characters.")
    if problems.found:
        raise InvalidDocument(tuple(problems.found))
    if session.get(AuditRecord, audit.id) is None:  # an audit from before there was a record
        add_record(session, audit.id, Agreed())
        session.flush()
    row = session.get_one(AuditRecord, audit.id)
    row.started, row.ended, row.person_days = done.started, done.ended, done.person_days
    row.lead_auditor, row.team, row.report_digest = done.lead_auditor, list(done.team), done.report_digest
    session.flush()


def recorded(session: Session, audit_id: str) -> Recorded:
    """The record of an audit; an empty one for an audit from before there was one."""
    row = session.get(AuditRecord, audit_id)
    return Recorded(
        objective="" if row is None else row.objective,
        announced=None if row is None else row.announced,
        sites=() if row is None else tuple(cast("list[str]", row.sites)),
        previous_audit=None if row is None else row.previous_audit_id,
        started=None if row is None else row.started,
        ended=None if row is None else row.ended,
        person_days=None if row is None else row.person_days,
        lead_auditor="" if row is None else row.lead_auditor,
        team=() if row is None else tuple(cast("list[str]", row.team)),
        report_digest=None if row is None else row.report_digest,
    )


def _is_person_days(text: str) -> bool:
    try:
        return _PERSON_DAYS.fullmatch(text) is not None and Decimal(text) > 0
    except InvalidOperation:  # pragma: no cover - the pattern lets only numbers through
        return False
