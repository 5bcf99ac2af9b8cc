"""Leaving: an owner erases a factory, an organization takes back everything it shares.

Guarantees: only who manages the organization may (its owners, and the operator at the machine), and only with a value
that says it is meant. Nobody can call back what others copied.
"""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from network.people import leaving as people
from network.people.errors import NotConfirmed
from sharing.access import PENDING, WITHDRAWN
from sharing.alerts import saved
from sharing.erasing import erase as destroy
from sharing.exchange.models import ImportRow
from sharing.factories import ERASED, PUBLISHED, own_factory
from sharing.files.shelf import destroy_unused
from sharing.grants import end_grant
from sharing.house import House
from sharing.ledger import retention
from sharing.models import AccessRequest, Factory, Grant, ListMember, NdaAcceptance
from sharing.publish import withdraw
from sharing.viewers import Caller, managed


def erase_factory(house: House, session: Session, caller: Caller, factory_id: str, *, confirm: str) -> None:
    """Destroy one of the caller's factories, drafts too; `confirm` must be its id. Cannot be undone.

    Raises `NotFound` before anything else, `RoleRequired` for whoever is no owner, `NotConfirmed`. Call
    `sharing.erasing.scrub` after the commit.
    """
    factory = own_factory(session, caller, factory_id, lock=True)
    managed(caller)
    if confirm != factory_id:
        raise NotConfirmed("Erasing cannot be undone: send the factory's id as `confirm`.")
    destroy(session, factory, house.now())


def leave(house: House, session: Session, caller: Caller, *, erase: bool) -> None:
    """Take the caller's organization out of the network; with `erase` all that it said is destroyed.

    What stays then: its id, DID, public keys, and what belongs to others too, by ids and times alone (grants, requests,
    agreements that others asked it for, attestations it gave, and in others' ledgers what it was shown).
    """
    member = managed(caller)
    own = select(Factory).where(Factory.organization_id == member.id, Factory.state != ERASED)
    for factory in session.scalars(own.order_by(Factory.id).with_for_update()).all():
        if erase:
            destroy(session, factory, house.now())
        elif factory.state == PUBLISHED:
            withdraw(house, session, caller, factory.id)
    of_own = select(Factory.id).where(Factory.organization_id == member.id)
    running = select(Grant).where(
        or_(Grant.organization_id == member.id, Grant.factory_id.in_(of_own)), Grant.withdrawn_at.is_(None)
    )
    for grant in session.scalars(running.order_by(Grant.id).with_for_update()).all():
        end_grant(house, session, grant)
    asked = select(AccessRequest).where(AccessRequest.organization_id == member.id, AccessRequest.state == PENDING)
    for request in session.scalars(asked.order_by(AccessRequest.id).with_for_update()).all():
        request.state, request.decided_at = WITHDRAWN, house.now()
    saved.destroy_own(session, member.id)
    if erase:
        destroy_unused(session, member.id)
        _destroy_own(session, member.id)
        retention.destroy(session, member.id)
    people.depart(session, member.id, erase=erase, now=house.now())


def _destroy_own(session: Session, organization_id: str) -> None:
    """Destroy what an organization said that hangs on no factory: imports, lists, its agreements, the words of its requests."""
    session.execute(delete(ImportRow).where(ImportRow.organization_id == organization_id))
    for table in (ListMember, NdaAcceptance):
        for row in session.scalars(select(table).where(table.owner_id == organization_id)).all():
            session.delete(row)  # one by one: the journal notices
    session.flush()
    asked = update(AccessRequest).where(AccessRequest.organization_id == organization_id)
    session.execute(asked.values(message=""))
