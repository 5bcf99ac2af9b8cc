"""Telling the other party of what one party just did: asked, answered, proposed, raised, disputed.

    access_request      a viewer asked to come closer           the factory's owner
    access_decided      the owner granted or declined           who asked
    audit_proposed      either side proposed an audit           the other side
    audit_decided       the other side accepted or declined     who proposed
    finding_raised      the auditor raised a finding            the factory's owner
    dispute_opened      the owner disagrees                     the auditor
    dispute_answered    the auditor answered                    the factory's owner
    first_sight         a confidential group was first seen     the factory's owner

Guarantees: in the transaction of the act itself; whoever is not the owner is told only about a factory that they see, for
the purpose that the matter has; a notice and a letter name the kind, the id and the day, and no word of the other party. The
same matter is told once a day, and of one kind an organization gets at most LETTERS_A_DAY letters a day, however many notices.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network import membership
from network.people import outbox
from sharing.auditing.models import Notice
from sharing.errors import NotFound
from sharing.house import House
from sharing.ledger.heads import head_text, size_now
from sharing.models import Audit, Factory
from sharing.parties import Parties
from sharing.viewers import Caller

LETTERS_A_DAY: Final = 20
AT_ONCE: Final = 0
"""The `stage` of a notice of something that happened: its day is today."""
EVENTS: Final = {
    "access_request": ("Somebody asks for access", "Có yêu cầu truy cập", "/v1/access-requests/{}"),
    "access_decided": ("Your request for access was answered", "Yêu cầu truy cập đã được trả lời", "/v1/access-requests/{}"),
    "audit_proposed": ("An audit is proposed", "Có đề nghị đánh giá", "/v1/audits/{}"),
    "audit_decided": ("Your proposal of an audit was answered", "Đề nghị đánh giá đã được trả lời", "/v1/audits/{}"),
    "finding_raised": ("A finding was raised", "Có phát hiện đánh giá mới", "/v1/audits/{}/findings"),
    "dispute_opened": ("A dispute was opened", "Có khiếu nại mới", "/v1/disputes/{}"),
    "dispute_answered": ("A dispute was answered", "Khiếu nại đã được trả lời", "/v1/disputes/{}"),
    "first_sight": (
        "Somebody saw a confidential group of fields for the first time",
        "Có bên lần đầu xem một nhóm thông tin mật",
        "/v1/ledger/{}",
    ),
}
"""What a letter calls each kind, in English and Vietnamese, and where the API has the matter."""


def tell(
    house: House, session: Session, kind: str, subject: str, *, factory_id: str, to: str, seen_for: str | None = None
) -> None:
    """Tell an organization (its id) that something about a factory happened; nothing where it does not see the factory."""
    if not _may_know(house, session, factory_id, to, seen_for):
        return
    today = house.today()
    if session.get(Notice, (to, kind, subject, today, AT_ONCE)) is not None:
        return
    told = select(func.count()).where(Notice.organization_id == to, Notice.kind == kind, Notice.due == today)
    lately = session.scalars(told).one()
    session.add(
        Notice(
            organization_id=to,
            kind=kind,
            subject=subject,
            due=today,
            stage=AT_ONCE,
            factory_id=factory_id,
            posted_at=house.now(),
            ledger_size=size_now(session, to),
        )
    )
    session.flush()
    if lately < LETTERS_A_DAY:
        what, what_vi, path = EVENTS[kind]
        values = {"what": what, "what_vi": what_vi, "subject": subject, "path": path.format(subject)}
        values["head"] = head_text(session, to) or "-"
        outbox.post_to_organization(session, house.keystore, to, topic="event", now=house.now(), values=values)


def tell_other_side(house: House, session: Session, kind: str, audit: Audit, *, by: str | None, subject: str) -> None:
    """Tell the party of an audit that is not `by`."""
    owner_id = session.get_one(Factory, audit.factory_id).organization_id
    other = owner_id if by == audit.auditor_id else audit.auditor_id
    if other != by:
        tell(house, session, kind, subject, factory_id=audit.factory_id, to=other, seen_for="audit")


def _may_know(house: House, session: Session, factory_id: str, organization_id: str, seen_for: str | None) -> bool:
    if session.get_one(Factory, factory_id).organization_id == organization_id:
        return True
    caller = Caller(member=membership.member_of(session, organization_id), purpose=seen_for)
    try:
        Parties(house, session, caller).about(factory_id, organization_id)
    except NotFound:
        return False
    return True
