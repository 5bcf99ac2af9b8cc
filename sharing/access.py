"""Asking to come closer: a viewer asks with a purpose and a message, the owner decides.

Nothing is ever granted by waiting. A factory the asker cannot see is `NotFound` and queues nothing, and a request about a
factory its reader no longer sees answers like an unknown id and stands in no list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network import membership
from sharing.errors import NotFound, RoleRequired, StateConflict, invalid
from sharing.factories import own_factory
from sharing.grants import GRANTABLE, add_grant, check_purpose, checked_terms
from sharing.house import House
from sharing.models import AccessRequest, Factory
from sharing.parties import MOST_LISTED, Parties
from sharing.projection import Projection
from sharing.telling import tell
from sharing.viewers import Caller

MOST_A_DAY = 10
PENDING, GRANTED, DECLINED, WITHDRAWN = "pending", "granted", "declined", "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequestView:
    """An access request for one of its two parties."""

    id: str
    factory: Projection
    organization: str
    purpose: str
    tier: str | None
    message: str
    state: str
    answer: str
    created_at: datetime
    decided_at: datetime | None
    grant_id: str | None


def request_access(
    house: House, session: Session, caller: Caller, *, factory_id: str, purpose: str, message: str, tier: str | None = None
) -> AccessRequestView:
    """Ask the owner for a closer look. A second request for the same purpose while one is pending is a conflict."""
    check_purpose(purpose)
    if tier is not None and tier not in GRANTABLE:
        raise invalid("tier", "unknown_tier", "Ask for partner or confidential.")
    member = caller.member
    if member is None:
        raise RoleRequired("Only a member can ask for access.", role="member")
    parties = Parties(house, session, caller)
    factory, projection = parties.visible(factory_id)
    if factory.organization_id == member.id:
        raise StateConflict("The factory is your own.")
    membership.queue(session, member.id)
    _refuse_flood(house, session, member.id, factory_id)
    open_one = select(AccessRequest.id).where(
        AccessRequest.factory_id == factory_id,
        AccessRequest.organization_id == member.id,
        AccessRequest.purpose == purpose,
        AccessRequest.state == PENDING,
    )
    if session.scalars(open_one).first() is not None:
        raise StateConflict("A request for this purpose is already waiting for the owner.", state=PENDING)
    row = AccessRequest(
        id=house.new_id(),
        factory_id=factory_id,
        organization_id=member.id,
        purpose=purpose,
        tier=tier,
        message=message,
        state=PENDING,
        answer="",
        created_at=house.now(),
    )
    session.add(row)
    session.flush()
    tell(house, session, "access_request", row.id, factory_id=factory_id, to=factory.organization_id)
    return _request_view(session, row, projection)


def list_requests(
    house: House, session: Session, caller: Caller, *, most: int | None = MOST_LISTED
) -> tuple[Sequence[AccessRequestView], Sequence[AccessRequestView]]:
    """(made by the caller, received by the caller), newest first; only about factories that the caller sees now."""
    made = select(AccessRequest).where(AccessRequest.organization_id == caller.organization_id)
    received = (
        select(AccessRequest)
        .join(Factory, Factory.id == AccessRequest.factory_id)
        .where(Factory.organization_id == caller.organization_id)
    )
    newest = (AccessRequest.created_at.desc(), AccessRequest.id)
    parties = Parties(house, session, caller)
    return (
        parties.each_shown(session.scalars(made.order_by(*newest)), _request_view, most=most),
        parties.each_shown(session.scalars(received.order_by(*newest)), _request_view, most=most),
    )


def get_request(house: House, session: Session, caller: Caller, request_id: str) -> AccessRequestView:
    """One request, for its two parties."""
    row, projection = _request(house, session, caller, request_id)
    return _request_view(session, row, projection)


def withdraw_request(house: House, session: Session, caller: Caller, request_id: str) -> AccessRequestView:
    """The asker takes a pending request back."""
    row, projection = _request(house, session, caller, request_id, lock=True)
    if row.organization_id != caller.organization_id:
        raise StateConflict("Only the organization that asked can withdraw its request.")
    _expect_pending(row)
    row.state = WITHDRAWN
    session.flush()
    return _request_view(session, row, projection)


def decide_request(
    house: House,
    session: Session,
    caller: Caller,
    request_id: str,
    *,
    grant: bool,
    tier: str | None = None,
    fields: Sequence[str] | None = None,
    start: date | None = None,
    until: date | None = None,
    message: str = "",
) -> AccessRequestView:
    """The owner grants (a tier, perhaps narrower fields, until a day) or declines. Only the owner's answer opens anything."""
    row, projection = _request(house, session, caller, request_id, lock=True)
    own_factory(session, caller, row.factory_id, lock=True)
    _expect_pending(row)
    if grant:
        if tier is None:
            raise invalid("tier", "missing", "Say which tier you grant: partner or confidential.")
        terms = checked_terms(house, tier=tier, fields=fields, purpose=row.purpose, start=start, until=until)
        row.grant_id = add_grant(house, session, row.factory_id, row.organization_id, terms).id
    row.state = GRANTED if grant else DECLINED
    row.answer = message
    row.decided_at = house.now()
    session.flush()
    tell(
        house,
        session,
        "access_decided",
        row.id,
        factory_id=row.factory_id,
        to=row.organization_id,
        seen_for=row.purpose,
    )
    return _request_view(session, row, projection)


def _refuse_flood(house: House, session: Session, organization_id: str, factory_id: str) -> None:
    """From what the asker did alone: so many requests about one factory in a day are enough."""
    lately = select(func.count()).where(
        AccessRequest.organization_id == organization_id,
        AccessRequest.factory_id == factory_id,
        AccessRequest.created_at > house.now() - timedelta(days=1),
    )
    if session.scalars(lately).one() >= MOST_A_DAY:
        raise StateConflict(f"You have asked this factory {MOST_A_DAY} times in a day; wait for its owner.")


def _request(
    house: House, session: Session, caller: Caller, request_id: str, *, lock: bool = False
) -> tuple[AccessRequest, Projection]:
    row = session.get(AccessRequest, request_id, with_for_update=lock or None)
    if row is None:
        raise NotFound
    return row, Parties(house, session, caller).about(row.factory_id, row.organization_id)


def _request_view(session: Session, row: AccessRequest, projection: Projection) -> AccessRequestView:
    return AccessRequestView(
        id=row.id,
        factory=projection,
        organization=membership.member_of(session, row.organization_id).did,
        purpose=row.purpose,
        tier=row.tier,
        message=row.message,
        state=row.state,
        answer=row.answer,
        created_at=row.created_at,
        decided_at=row.decided_at,
        grant_id=row.grant_id,
    )


def _expect_pending(row: AccessRequest) -> None:
    if row.state != PENDING:
        raise StateConflict(f"The request is {row.state} already.", state=row.state)
