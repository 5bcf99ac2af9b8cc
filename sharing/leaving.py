"""Leaving: an owner erases a factory, an organization takes back everything it shares.

Guarantees: only who manages the organization may (its owners, and the operator at the machine), and only with a value
that says it is meant. Nobody can call back what others copied.
"""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from network.people import leaving as people
from network.people.errors import NotConfirmed
from sharing.access import PENDING, WITHDRAWN
from sharing.erasing import erase as destroy
from sharing.factories import ERASED, PUBLISHED, own_factory
from sharing.files.shelf import destroy_unused
from sharing.grants import end_grant
from sharing.house import House
from sharing.models import AccessRequest, Factory, Grant
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
    """Take the caller's organization out of the network; with `erase` its factories and its name are destroyed."""
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
    if erase:
        destroy_unused(session, member.id)
    people.depart(session, member.id, erase=erase, now=house.now())
