"""Audits: an engagement that both sides accept, and the window it opens for exactly the fields in scope.

Whoever proposes has accepted; the other side accepts or declines. Acceptance makes a grant with purpose `audit` on the
scope's fields at exact, which ends when the audit closes. The role `auditor` alone opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from network import membership
from sharing import catalogue
from sharing.auditing.record import Agreed, Performed, Recorded, add_record, check_previous, recorded, store_performed
from sharing.errors import InvalidDocument, NotFound, Problems, RoleRequired, StateConflict
from sharing.grants import LONGEST, Terms, add_grant, end_grant, expand_fields
from sharing.house import House
from sharing.models import Audit, Factory, Grant
from sharing.parties import MOST_LISTED, Parties
from sharing.projection import Projection
from sharing.telling import tell_other_side
from sharing.viewers import Caller

PROPOSED, ACCEPTED, CLOSED, DECLINED = "proposed", "accepted", "closed", "declined"
KINDS = ("initial", "periodic", "followup", "special", "peer")
MODALITIES = ("onsite", "remote", "hybrid", "document")


@dataclass(frozen=True, slots=True, kw_only=True)
class Engagement:
    """What the two sides agree on: whom, under what scheme, which fields, when (whole days, inclusive, UTC)."""

    factory_id: str
    auditor: str
    scheme: str
    scheme_version: str
    kind: str
    modality: str
    scope: tuple[str, ...]
    scope_text: str
    start: date
    until: date
    agreed: Agreed = field(default_factory=Agreed)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """An audit for one of its two parties."""

    id: str
    factory: Projection
    owner: str
    auditor: str
    scheme: str
    scheme_version: str
    kind: str
    modality: str
    scope: tuple[str, ...]
    scope_text: str
    start: date
    until: date
    state: str
    proposed_by: str
    grant_id: str | None
    record: Recorded


def propose_audit(house: House, session: Session, caller: Caller, engagement: Engagement) -> AuditView:
    """Propose an audit, as the owner or as the auditor (who must see the factory, else `NotFound`)."""
    if caller.member is None:
        raise RoleRequired("Only a member proposes an audit.", role="member")
    parties = Parties(house, session, caller)
    factory = session.get(Factory, engagement.factory_id)
    owned = factory is not None and factory.organization_id == caller.member.id
    if not owned:
        parties.visible(engagement.factory_id)
    problems = Problems()
    auditor = membership.find(session, engagement.auditor)
    if auditor is None or "auditor" not in auditor.roles:
        problems.add("auditor", "unknown_auditor", "Name an organization with the role auditor by its slug or DID.")
    elif not owned and auditor.id != caller.member.id:
        problems.add("auditor", "not_yourself", "Propose yourself; only the owner invites others.")
    if auditor is not None:
        check_previous(session, engagement.agreed, engagement.factory_id, auditor.id, problems)
    scope = _scope(engagement.scope, problems)
    _check_days(house, engagement, problems)
    if auditor is None or problems.found:
        raise InvalidDocument(tuple(problems.found))
    row = Audit(
        id=house.new_id(),
        factory_id=engagement.factory_id,
        auditor_id=auditor.id,
        proposed_by=caller.member.id,
        scheme=engagement.scheme,
        scheme_version=engagement.scheme_version,
        kind=engagement.kind,
        modality=engagement.modality,
        scope=list(scope),
        scope_text=engagement.scope_text,
        start=engagement.start,
        until=engagement.until,
        state=PROPOSED,
        created_at=house.now(),
    )
    session.add(row)
    session.flush()
    add_record(session, row.id, engagement.agreed)
    session.flush()
    tell_other_side(house, session, "audit_proposed", row, by=caller.organization_id, subject=row.id)
    return _view(session, row, parties.about(row.factory_id, row.auditor_id))


def list_audits(house: House, session: Session, caller: Caller, *, most: int | None = MOST_LISTED) -> Sequence[AuditView]:
    """The audits the caller is a party of, newest first; only about factories that the caller sees now."""
    query = (
        select(Audit)
        .join(Factory, Factory.id == Audit.factory_id)
        .where(or_(Audit.auditor_id == caller.organization_id, Factory.organization_id == caller.organization_id))
        .order_by(Audit.created_at.desc(), Audit.id)
    )
    return Parties(house, session, caller).each_shown(session.scalars(query), _view, most=most)


def get_audit(house: House, session: Session, caller: Caller, audit_id: str) -> AuditView:
    """One audit, for its two parties."""
    row, projection = party_audit(house, session, caller, audit_id)
    return _view(session, row, projection)


def accept_audit(house: House, session: Session, caller: Caller, audit_id: str) -> AuditView:
    """The side that did not propose accepts; the auditor sees the scope's fields from the next request on."""
    row, _ = _to_answer(house, session, caller, audit_id)
    row.state = ACCEPTED
    terms = Terms(tier=None, fields=_names(row), purpose="audit", start=row.start, until=row.until, direct=True)
    row.grant_id = add_grant(house, session, row.factory_id, row.auditor_id, terms).id
    session.flush()
    tell_other_side(house, session, "audit_decided", row, by=caller.organization_id, subject=row.id)
    return get_audit(house, session, caller, audit_id)


def decline_audit(house: House, session: Session, caller: Caller, audit_id: str) -> AuditView:
    """The side that did not propose declines."""
    row, projection = _to_answer(house, session, caller, audit_id)
    row.state = DECLINED
    session.flush()
    tell_other_side(house, session, "audit_decided", row, by=caller.organization_id, subject=row.id)
    return _view(session, row, projection)


def close_audit(house: House, session: Session, caller: Caller, audit_id: str) -> AuditView:
    """Either side closes an accepted audit, or takes back its own proposal; the auditor's window shuts."""
    row, projection = party_audit(house, session, caller, audit_id, lock=True)
    if row.state not in {PROPOSED, ACCEPTED}:
        raise StateConflict(f"The audit is {row.state} already.", state=row.state)
    row.state = CLOSED
    row.closed_at = house.now()
    grant = None if row.grant_id is None else session.get(Grant, row.grant_id)
    if grant is not None and grant.withdrawn_at is None:
        end_grant(house, session, grant)
    session.flush()
    return _view(session, row, projection)


def record_audit(house: House, session: Session, caller: Caller, audit_id: str, done: Performed) -> AuditView:
    """The auditor states what they did, while the audit runs or after it closed."""
    row, projection = party_audit(house, session, caller, audit_id, lock=True)
    if row.auditor_id != caller.organization_id:
        raise StateConflict("Only the auditor does this.", party="auditor")
    if row.state not in {ACCEPTED, CLOSED} or row.grant_id is None:
        raise StateConflict(f"The audit is {row.state}; there is nothing to record.", state=row.state)
    store_performed(house, session, row, done)
    return _view(session, row, projection)


def party_audit(
    house: House, session: Session, caller: Caller, audit_id: str, *, lock: bool = False
) -> tuple[Audit, Projection]:
    """The audit's row and its factory, for a party that sees it; raises `NotFound` otherwise."""
    row = session.get(Audit, audit_id, with_for_update=lock or None)
    if row is None:
        raise NotFound
    return row, Parties(house, session, caller).about(row.factory_id, row.auditor_id)


def _to_answer(house: House, session: Session, caller: Caller, audit_id: str) -> tuple[Audit, Projection]:
    row, projection = party_audit(house, session, caller, audit_id, lock=True)
    if row.proposed_by == caller.organization_id:
        raise StateConflict("The other side answers a proposal.", state=row.state)
    if row.state != PROPOSED:
        raise StateConflict(f"The audit is {row.state} already.", state=row.state)
    return row, projection


def _scope(targets: Sequence[str], problems: Problems) -> tuple[str, ...]:
    asked = Problems()
    names = expand_fields(targets, asked)
    for each in asked.found:
        problems.add(each.path.replace("fields", "scope", 1), each.code, each.message)
    groups = catalogue.vocabulary().groups
    barred = [name for name in targets if name not in groups and name in names and not catalogue.field(name).attestable]
    for name in barred:
        problems.add(f"scope/{targets.index(name)}", "not_attestable", f"{name} cannot be attested.")
    return tuple(name for name in names if catalogue.field(name).attestable)


def _check_days(house: House, engagement: Engagement, problems: Problems) -> None:
    if engagement.kind not in KINDS:
        problems.add("type", "unknown_type", "A type is one of: " + ", ".join(KINDS) + ".")
    if engagement.modality not in MODALITIES:
        problems.add("modality", "unknown_modality", "A modality is one of: " + ", ".join(MODALITIES) + ".")
    if engagement.start > house.today() + LONGEST:
        problems.add("from", "too_far", "An audit begins within three years.")
    elif engagement.until < max(engagement.start, house.today()):
        problems.add("until", "ends_before_start", "An audit cannot be over before it begins.")
    elif engagement.until - engagement.start > LONGEST:
        problems.add("until", "too_long", "An audit lasts three years at the most.")


def _names(row: Audit) -> tuple[str, ...]:
    return tuple(str(each) for each in row.scope) if isinstance(row.scope, list) else ()


def _view(session: Session, row: Audit, projection: Projection) -> AuditView:
    owner = session.get_one(Factory, row.factory_id).organization_id
    return AuditView(
        id=row.id,
        factory=projection,
        owner=membership.member_of(session, owner).did,
        auditor=membership.member_of(session, row.auditor_id).did,
        scheme=row.scheme,
        scheme_version=row.scheme_version,
        kind=row.kind,
        modality=row.modality,
        scope=_names(row),
        scope_text=row.scope_text,
        start=row.start,
        until=row.until,
        state=row.state,
        proposed_by=membership.member_of(session, row.proposed_by).did,
        grant_id=row.grant_id,
        record=recorded(session, row.id),
    )
