"""Audits: an engagement that both sides accept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from api import auth, repeats
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import audits as schemas
from sharing import attestations, audits
from sharing.auditing.record import Agreed
from sharing.house import House
from sharing.viewers import Caller

door = Door("audits", url_prefix="/v1", description="Who looks at which fields of which factory, agreed by both sides.")


@door.answers("POST", "/audits", kind=Kind.PARTY, once=True)
@door.takes(schemas.AuditBody)
@door.gives(201, schemas.Audit)
def propose_audit(body: Mapping[str, Any]) -> Answer:
    """Propose an audit, as owner or auditor; who proposes has accepted. `Idempotency-Key` makes it safe to send again."""
    engagement = audits.Engagement(
        factory_id=body["factory"],
        auditor=body["auditor"],
        scheme=body["scheme"],
        scheme_version=body["scheme_version"],
        kind=body["type"],
        modality=body["modality"],
        scope=tuple(body["scope"]),
        scope_text=body["scope_text"],
        start=body["start"],
        until=body["until"],
        agreed=Agreed(
            objective=body["objective"],
            announced=body["announced"],
            sites=tuple(body["sites"]),
            previous_audit=body["previous_audit"],
        ),
    )
    with auth.writing() as (session, caller):

        def make() -> str:
            return audits.propose_audit(house(), session, caller, engagement).id

        made = repeats.once(session, caller, "audits", house().now(), make)
        found = audits.get_audit(house(), session, caller, made)
    return found, 201, {"Location": url_for("audits.get_audit", audit_id=made)}


@door.answers("GET", "/audits", kind=Kind.PARTY)
@door.gives(200, schemas.AuditList)
def list_audits() -> Answer:
    """The caller's audits, about factories that it sees now."""
    with auth.reading() as (session, caller):
        return {"audits": audits.list_audits(house(), session, caller)}


@door.answers("GET", "/audits/<hex:audit_id>", kind=Kind.PARTY)
@door.gives(200, schemas.Audit)
def get_audit(audit_id: str) -> Answer:
    """One audit, for its two parties."""
    with auth.reading() as (session, caller):
        return audits.get_audit(house(), session, caller, audit_id)


@door.answers("POST", "/audits/<hex:audit_id>/acceptance", kind=Kind.PARTY)
@door.gives(200, schemas.Audit)
def accept_audit(audit_id: str) -> Answer:
    """The side that did not propose accepts; the auditor sees the fields in scope from the next request on."""
    return _moved(audits.accept_audit, audit_id)


@door.answers("POST", "/audits/<hex:audit_id>/decline", kind=Kind.PARTY)
@door.gives(200, schemas.Audit)
def decline_audit(audit_id: str) -> Answer:
    """The side that did not propose declines."""
    return _moved(audits.decline_audit, audit_id)


@door.answers("POST", "/audits/<hex:audit_id>/closure", kind=Kind.PARTY)
@door.gives(200, schemas.Audit)
def close_audit(audit_id: str) -> Answer:
    """Either side closes the audit; the auditor's window shuts."""
    return _moved(audits.close_audit, audit_id)


@door.answers("POST", "/audits/<hex:audit_id>/worksheets", kind=Kind.PARTY)
@door.takes(schemas.WorksheetBody)
@door.gives(201, schemas.Worksheet)
def make_worksheet(body: Mapping[str, Any], audit_id: str) -> Answer:
    """What the auditor may sign: every attestable value in scope, at each level. Also the input of `guildnet attest`."""
    with auth.writing() as (session, caller):
        sheet = attestations.make_worksheet(house(), session, caller, audit_id, fields=body["fields_"])
    return {"worksheet": sheet}


def _moved(move: Callable[[House, Session, Caller, str], audits.AuditView], audit_id: str) -> Answer:
    with auth.writing() as (session, caller):
        return move(house(), session, caller, audit_id)
