"""Leaving and erasing: a factory is destroyed, an organization withdraws from everything.

Guarantees of erasing a factory: it is withdrawn first, so every standing view's status bit is set and every index learns
of it; then its profile and policy revisions, its published row, what was imported under its keys, the messages of
requests about it, and the contents of audits and attestations are destroyed. What is left is its id, in the rows that
others hold (a grant, an audit, an attestation, with nothing of the profile in them) and in the order of changes, which
search follows. An erased factory answers like an unknown one, to its owner too. Nobody can call back what others copied.

Not here: the files of the database, which keep what was deleted until they are scrubbed (`Database.scrub`), and backups.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from network.people import leaving as people
from network.people.errors import NotConfirmed
from sharing.access import PENDING, WITHDRAWN
from sharing.auditing.erasing import erase_audits_of
from sharing.factories import ERASED, PUBLISHED, own_factory
from sharing.house import House
from sharing.models import AccessRequest, Attestation, Audit, Factory, Grant, PolicyRevision, ProfileRevision
from sharing.publications import unpublish
from sharing.publish import withdraw
from sharing.viewers import Caller, managed

DELETED: Final = frozenset(
    {"profile_revisions", "policy_revisions", "publications", "stored_views", "access_requests", "notices"}
)
EMPTIED: Final = frozenset({"factories", "grants", "audits", "attestations"})
KEPT: Final = {"changes": "a number and the id: search indexes follow them"}
"""What erasing does with each table that points at a factory; a test fails for one that stands in none of the three."""


def erase_factory(house: House, session: Session, caller: Caller, factory_id: str, *, confirm: str) -> None:
    """Destroy one of the caller's factories, drafts too; `confirm` must be its id. Cannot be undone.

    Raises `NotFound` before anything else, `RoleRequired` for whoever is no owner, `NotConfirmed`.
    """
    factory = own_factory(session, caller, factory_id, lock=True)
    managed(caller)
    if confirm != factory_id:
        raise NotConfirmed("Erasing cannot be undone: send the factory's id as `confirm`.")
    _erase(house, session, factory)


def leave(house: House, session: Session, caller: Caller, *, erase: bool) -> None:
    """Take the caller's organization out of the network; with `erase` its factories and its name are destroyed."""
    member = managed(caller)
    own = select(Factory).where(Factory.organization_id == member.id, Factory.state != ERASED)
    for factory in session.scalars(own.order_by(Factory.id).with_for_update()).all():
        if erase:
            _erase(house, session, factory)
        elif factory.state == PUBLISHED:
            withdraw(house, session, caller, factory.id)
    of_own = select(Factory.id).where(Factory.organization_id == member.id)
    session.execute(
        update(Grant)
        .where(or_(Grant.organization_id == member.id, Grant.factory_id.in_(of_own)), Grant.withdrawn_at.is_(None))
        .values(withdrawn_at=house.now())
    )
    session.execute(
        update(AccessRequest)
        .where(AccessRequest.organization_id == member.id, AccessRequest.state == PENDING)
        .values(state=WITHDRAWN, decided_at=house.now())
    )
    people.depart(session, member.id, erase=erase, now=house.now())


def _erase(house: House, session: Session, factory: Factory) -> None:
    if factory.state == PUBLISHED:
        unpublish(session, factory)
    for table in (ProfileRevision, PolicyRevision, AccessRequest):
        session.execute(delete(table).where(table.factory_id == factory.id))
    session.execute(
        update(Grant).where(Grant.factory_id == factory.id, Grant.withdrawn_at.is_(None)).values(withdrawn_at=house.now())
    )
    session.execute(update(Grant).where(Grant.factory_id == factory.id).values(signed="", fields=None))
    emptied = {"scope_text": "", "scheme": "", "scheme_version": "", "scope": [], "state": "closed"}
    session.execute(update(Audit).where(Audit.factory_id == factory.id).values(**emptied))
    blank: dict[str, object] = {
        "sealed": None,
        "worksheet": "",
        "schemes": [],
        "revocation_reason": None,
        "suspension_reason": None,
    }
    session.execute(update(Attestation).where(Attestation.factory_id == factory.id).values(**blank))
    erase_audits_of(session, factory.id)
    factory.state, factory.legal_name, factory.revision, factory.policy_revision = ERASED, "", 0, 0
    factory.import_key = factory.import_digest = factory.first_published_at = None
    session.flush()
