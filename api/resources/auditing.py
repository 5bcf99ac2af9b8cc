"""The record of an audit: what was done, its checklist, its findings and the disputes about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from api import auth, repeats
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import auditing as schemas
from api.schemas.audits import Audit
from sharing import audits
from sharing.auditing import disputes, findings, results
from sharing.auditing.parties import Said
from sharing.auditing.record import Performed

door = Door("auditing", url_prefix="/v1", description="What was looked at, what was found, and what either side said.")


@door.answers("PUT", "/audits/<hex:audit_id>/record", kind=Kind.PARTY)
@door.takes(schemas.Performed)
@door.gives(200, Audit)
def record_audit(body: Mapping[str, Any], audit_id: str) -> Answer:
    """The auditor states what they did, while the audit runs or after it closed."""
    done = Performed(**{**body, "team": tuple(body["team"])})
    with auth.writing() as (session, caller):
        return audits.record_audit(house(), session, caller, audit_id, done)


@door.answers("PUT", "/audits/<hex:audit_id>/checklist", kind=Kind.PARTY)
@door.takes(schemas.ChecklistBody)
@door.gives(200, schemas.Checklist)
def put_checklist(body: Mapping[str, Any], audit_id: str) -> Answer:
    """The auditor states or replaces the items; those that have a result stay as they are."""
    items = [{("class" if name == "kind" else name): each for name, each in item.items()} for item in body["listed"]]
    with auth.writing() as (session, caller):
        return results.put_checklist(house(), session, caller, audit_id, items)


@door.answers("GET", "/audits/<hex:audit_id>/checklist", kind=Kind.PARTY)
@door.gives(200, schemas.Checklist)
def get_checklist(audit_id: str) -> Answer:
    """The items and results, for the audit's two parties."""
    with auth.reading() as (session, caller):
        return results.get_checklist(house(), session, caller, audit_id)


@door.answers("PUT", "/audits/<hex:audit_id>/results", kind=Kind.PARTY)
@door.takes(schemas.ResultsBody)
@door.gives(200, schemas.Checklist)
def put_results(body: Mapping[str, Any], audit_id: str) -> Answer:
    """The auditor records what they found at these items."""
    given = [
        results.Result(**{**each, "evidence": tuple(results.Evidence(**one) for one in each["evidence"])})
        for each in body["results"]
    ]
    with auth.writing() as (session, caller):
        return results.put_results(house(), session, caller, audit_id, given)


@door.answers("POST", "/audits/<hex:audit_id>/findings", kind=Kind.PARTY, once=True)
@door.takes(schemas.FindingBody)
@door.gives(201, schemas.Finding)
def raise_finding(body: Mapping[str, Any], audit_id: str) -> Answer:
    """The auditor raises a finding. `Idempotency-Key` makes it safe to send again."""
    raised = findings.Raised(**{**body, "field_paths": tuple(body["field_paths"])})
    with auth.writing() as (session, caller):

        def make() -> str:
            return findings.raise_finding(house(), session, caller, audit_id, raised).id

        made = repeats.once(session, caller, f"findings-of/{audit_id}", house().now(), make)
        found = findings.get_finding(house(), session, caller, made)
    return found, 201, {"Location": url_for("auditing.get_finding", finding_id=made)}


@door.answers("GET", "/audits/<hex:audit_id>/findings", kind=Kind.PARTY)
@door.gives(200, schemas.FindingList)
def list_findings(audit_id: str) -> Answer:
    """The findings of an audit, with every step and the disputes about them, for its two parties."""
    with auth.reading() as (session, caller):
        return {"findings": findings.list_findings(house(), session, caller, audit_id)}


@door.answers("GET", "/findings/<hex:finding_id>", kind=Kind.PARTY)
@door.gives(200, schemas.Finding)
def get_finding(finding_id: str) -> Answer:
    """One finding, for the audit's two parties."""
    with auth.reading() as (session, caller):
        return findings.get_finding(house(), session, caller, finding_id)


@door.answers("POST", "/findings/<hex:finding_id>/steps", kind=Kind.PARTY, once=True)
@door.takes(schemas.FindingStepBody)
@door.gives(200, schemas.Finding)
def take_finding_step(body: Mapping[str, Any], finding_id: str) -> Answer:
    """The owner answers; the auditor accepts, returns, verifies or closes. `Idempotency-Key` makes it safe to send again."""
    with auth.writing() as (session, caller):

        def make() -> str:
            return findings.take_step(house(), session, caller, finding_id, Said(**body)).id

        repeats.once(session, caller, f"findings/{finding_id}", house().now(), make)
        return findings.get_finding(house(), session, caller, finding_id)


@door.answers("POST", "/disputes", kind=Kind.PARTY, once=True)
@door.takes(schemas.DisputeBody)
@door.gives(201, schemas.Dispute)
def open_dispute(body: Mapping[str, Any]) -> Answer:
    """The factory's owner disagrees with a finding or an attestation. `Idempotency-Key` makes it safe to send again."""
    with auth.writing() as (session, caller):

        def make() -> str:
            return disputes.open_dispute(
                house(),
                session,
                caller,
                statement=body["statement"],
                finding_id=body["finding"],
                attestation_id=body["attestation"],
            ).id

        made = repeats.once(session, caller, "disputes", house().now(), make)
        found = disputes.get_dispute(house(), session, caller, made)
    return found, 201, {"Location": url_for("auditing.get_dispute", dispute_id=made)}


@door.answers("GET", "/disputes", kind=Kind.PARTY)
@door.gives(200, schemas.DisputeList)
def list_disputes() -> Answer:
    """The caller's disputes, about factories that it sees now."""
    with auth.reading() as (session, caller):
        return {"disputes": disputes.list_disputes(house(), session, caller)}


@door.answers("GET", "/disputes/<hex:dispute_id>", kind=Kind.PARTY)
@door.gives(200, schemas.Dispute)
def get_dispute(dispute_id: str) -> Answer:
    """One dispute, for its two parties."""
    with auth.reading() as (session, caller):
        return disputes.get_dispute(house(), session, caller, dispute_id)


@door.answers("POST", "/disputes/<hex:dispute_id>/steps", kind=Kind.PARTY, once=True)
@door.takes(schemas.DisputeStepBody)
@door.gives(200, schemas.Dispute)
def take_dispute_step(body: Mapping[str, Any], dispute_id: str) -> Answer:
    """The auditor answers with an outcome; the owner accepts, maintains or takes it back. `Idempotency-Key` as elsewhere."""
    with auth.writing() as (session, caller):

        def make() -> str:
            return disputes.take_step(house(), session, caller, dispute_id, Said(**body)).id

        repeats.once(session, caller, f"disputes/{dispute_id}", house().now(), make)
        return disputes.get_dispute(house(), session, caller, dispute_id)
