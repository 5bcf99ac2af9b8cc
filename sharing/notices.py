"""Notices: what runs out is told to those it concerns 60, 30 and 7 days before, and on the day.

    certificate, calibration    of a published factory                      its owner
    attestation                 in force or suspended                       the factory's owner, the auditor
    grant                       running                                     the factory's owner, the holder
    audit, finding              accepted and not closed; not yet verified   the factory's owner, the auditor

Guarantees: once for each party, thing, day and stage, however often and wherever the work is done, since the row is the
key; a stage that was missed is made up for by the next one and not told twice; days are UTC. Whoever is not the owner is
told only about a factory that they see, when it is posted and again when they read their notices. A letter goes to the
organization's people in the same transaction; it names the kind, the id and the day, and nothing of a factory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import membership
from network.people import outbox
from sharing.auditing.bars import SETTLED
from sharing.auditing.models import Finding, Notice
from sharing.audits import ACCEPTED
from sharing.errors import NotFound
from sharing.house import House
from sharing.ledger.heads import head_at, head_text, size_now
from sharing.models import Attestation, Audit, Factory, Grant, Publication
from sharing.parties import MOST_LISTED, Parties
from sharing.stored import stored_record
from sharing.viewers import Caller

STAGES: Final = (60, 30, 7, 0)
LATE: Final = timedelta(days=7)
"""How long after the day itself it is still told, when nobody could tell it on the day."""
AT_ONCE: Final = 500  # factories, or notices, in one transaction
WORDS: Final = {
    "certificate": ("A certificate", "Một chứng chỉ"),
    "calibration": ("A calibration", "Một hiệu chuẩn"),
    "attestation": ("An attestation", "Một chứng thực"),
    "grant": ("A grant of access", "Một quyền truy cập"),
    "audit": ("An audit", "Một cuộc đánh giá"),
    "finding": ("The time for a finding", "Thời hạn của một phát hiện"),
}
_DATED: Final = {"certificate.valid_until": "certificate", "equipment.calibration_due": "calibration"}
_NAMES: Final = tuple(f'"{key.partition(".")[2]}"' for key in _DATED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """One notice; `subject` is the id of what runs out on `due`, `stage` how many days before it was told,
    `ledger_head` the signed head of the reader's own ledger when it was."""

    kind: str
    subject: str
    factory_id: str
    due: date
    stage: int
    posted_at: datetime
    ledger_head: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Due:
    """Something that runs out, and whom it concerns; `seen_for` is the purpose for which the other party may look."""

    kind: str
    subject: str
    factory_id: str
    due: date
    owner_id: str
    other_id: str | None = None
    seen_for: str | None = None


def stage_of(due: date, today: date) -> int | None:
    """The stage that a thing is in: the least of STAGES that it has not passed; None while it is far off, or long over."""
    if due < today - LATE:
        return None
    left = max((due - today).days, 0)
    return min((stage for stage in STAGES if left <= stage), default=None)


def post_due(house: House) -> int:
    """Post what is due now; how many notices. Opens transactions of its own, small ones."""
    posted = 0
    with house.database.read() as session:
        due = list(_agreed(session, house.today()))
        factories = list(session.scalars(select(Publication.factory_id).order_by(Publication.factory_id)))
    for first in range(0, len(due), AT_ONCE):
        posted += _post(house, due[first : first + AT_ONCE])
    for first in range(0, len(factories), AT_ONCE):
        with house.database.read() as session:
            stated = list(_stated(session, house.today(), factories[first : first + AT_ONCE]))
        posted += _post(house, stated)
    return posted


def list_notices(house: House, session: Session, caller: Caller) -> Sequence[NoticeView]:
    """The caller's own, what happened (`telling`) included, newest first; of other owners' factories only those seen now."""
    if caller.member is None:
        return []
    parties = Parties(house, session, caller)
    query = (
        select(Notice)
        .where(Notice.organization_id == caller.member.id)
        .order_by(Notice.posted_at.desc(), Notice.due, Notice.kind, Notice.subject)
    )
    found: list[NoticeView] = []
    for row in session.scalars(query):
        if len(found) == MOST_LISTED:
            break
        if _sees(parties, row.factory_id, caller.member.id):
            found.append(
                NoticeView(
                    kind=row.kind,
                    subject=row.subject,
                    factory_id=row.factory_id,
                    due=row.due,
                    stage=row.stage,
                    posted_at=row.posted_at,
                    ledger_head=head_at(session, row.organization_id, row.ledger_size),
                )
            )
    return found


def _post(house: House, due: Sequence[_Due]) -> int:
    if not due:
        return 0
    posted = 0
    with house.database.write("post-notices") as session:
        for each in due:
            stage = stage_of(each.due, house.today())
            if stage is None:
                continue
            for organization_id in dict.fromkeys((each.owner_id, each.other_id)):
                if organization_id is not None and _may_know(house, session, each, organization_id):
                    posted += _once(house, session, each, organization_id, stage)
    return posted


def _once(house: House, session: Session, each: _Due, organization_id: str, stage: int) -> int:
    key = (organization_id, each.kind, each.subject, each.due, stage)
    if session.get(Notice, key) is not None:
        return 0
    session.add(
        Notice(
            organization_id=organization_id,
            kind=each.kind,
            subject=each.subject,
            due=each.due,
            stage=stage,
            factory_id=each.factory_id,
            posted_at=house.now(),
            ledger_size=size_now(session, organization_id),
        )
    )
    session.flush()
    what, what_vi = WORDS[each.kind]
    values = {"what": what, "what_vi": what_vi, "subject": each.subject, "due": each.due.isoformat()}
    values["head"] = head_text(session, organization_id) or "-"
    outbox.post_to_organization(session, house.keystore, organization_id, topic="expiry", now=house.now(), values=values)
    return 1


def _may_know(house: House, session: Session, each: _Due, organization_id: str) -> bool:
    if organization_id == each.owner_id:
        return True
    caller = Caller(member=membership.member_of(session, organization_id), purpose=each.seen_for)
    return _sees(Parties(house, session, caller), each.factory_id, organization_id)


def _sees(parties: Parties, factory_id: str, organization_id: str) -> bool:
    try:
        parties.about(factory_id, organization_id)
    except NotFound:
        return False
    return True


def _agreed(session: Session, today: date) -> Iterator[_Due]:
    """What two parties have between them."""
    first, last = today - LATE, today + timedelta(days=STAGES[0])
    owner = Factory.organization_id
    attested = select(Attestation, owner).join(Factory, Factory.id == Attestation.factory_id)
    attested = attested.where(Attestation.valid_until.between(first, last), Attestation.issued_at.is_not(None))
    for signed, owner_id in session.execute(attested.where(Attestation.revoked_at.is_(None), Attestation.sealed.is_not(None))):
        yield _Due(
            kind="attestation", subject=signed.id, factory_id=signed.factory_id, due=signed.valid_until or today,
            owner_id=owner_id, other_id=signed.auditor_id, seen_for="audit",
        )  # fmt: skip
    granted = select(Grant, owner).join(Factory, Factory.id == Grant.factory_id)
    granted = granted.where(Grant.until.between(first, last), Grant.withdrawn_at.is_(None), Grant.direct.is_(False))
    for engaged, owner_id in session.execute(granted):
        yield _Due(
            kind="grant", subject=engaged.id, factory_id=engaged.factory_id, due=engaged.until, owner_id=owner_id,
            other_id=engaged.organization_id, seen_for=engaged.purpose,
        )  # fmt: skip
    running = select(Audit, owner).join(Factory, Factory.id == Audit.factory_id)
    for finding, owner_id in session.execute(running.where(Audit.until.between(first, last), Audit.state == ACCEPTED)):
        yield _Due(
            kind="audit", subject=finding.id, factory_id=finding.factory_id, due=finding.until, owner_id=owner_id,
            other_id=finding.auditor_id, seen_for="audit",
        )  # fmt: skip
    found = select(Finding, Audit, owner).join(Audit, Audit.id == Finding.audit_id)
    found = found.join(Factory, Factory.id == Audit.factory_id)
    for row, audit, owner_id in session.execute(
        found.where(Finding.due.between(first, last), Finding.status.not_in(sorted(SETTLED)))
    ):
        yield _Due(
            kind="finding", subject=row.id, factory_id=audit.factory_id, due=row.due or today, owner_id=owner_id,
            other_id=audit.auditor_id, seen_for="audit",
        )  # fmt: skip


def _stated(session: Session, today: date, factories: Sequence[str]) -> Iterator[_Due]:
    """What an owner states of their own factories."""
    rows = session.scalars(select(Publication).where(Publication.factory_id.in_(factories)).order_by(Publication.factory_id))
    for row in rows:
        if not any(name in row.document for name in _NAMES):
            continue  # most have nothing dated, and reading a record is what costs
        for path, key, value in stored_record(row.document).values():
            if key not in _DATED:
                continue
            due = date.fromisoformat(str(value))
            if stage_of(due, today) is not None:
                yield _Due(kind=_DATED[key], subject=path, factory_id=row.factory_id, due=due, owner_id=row.organization_id)
