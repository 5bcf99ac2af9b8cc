"""What persons may do for organizations: owner, editor, reader, read at each request.

Guarantees: an organization with people keeps an owner; changes of one organization's people queue, so that two owners
who take each other's role away at once do not both succeed.

    reader   reads what the organization reads
    editor   also writes: factories, policies, requests, audits
    owner    also people, credentials, terms, leaving, erasing
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network import membership
from network.columns import as_utc
from network.membership import Member
from network.names import is_id
from network.people.errors import LastOwner, NotThere
from network.people.models import PersonRoleRow, PersonRow
from network.people.persons import Person, described

Role: TypeAlias = Literal["owner", "editor", "reader"]
OWNER: Final = "owner"
ROLES: Final = ("owner", "editor", "reader")


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A person in an organization."""

    person: Person
    role: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An organization of a person."""

    organization: Member
    role: str
    since: datetime


def role_of(session: Session, organization_id: str, person_id: str) -> str | None:
    """A person's role in an organization; None without one."""
    row = session.get(PersonRoleRow, (organization_id, person_id))
    return None if row is None else row.role


def colleagues(session: Session, organization_id: str) -> tuple[Colleague, ...]:
    """Everybody in an organization, by name."""
    query = (
        select(PersonRoleRow, PersonRow)
        .join(PersonRow, PersonRow.id == PersonRoleRow.person_id)
        .where(PersonRoleRow.organization_id == organization_id)
        .order_by(PersonRow.name, PersonRow.id)
    )
    return tuple(Colleague(person=described(person), role=row.role, since=row.since) for row, person in session.execute(query))


def colleague(session: Session, organization_id: str, person_id: str) -> Colleague:
    """One person in an organization; raises `NotThere`."""
    row = _row(session, organization_id, person_id)
    return Colleague(person=described(session.get_one(PersonRow, person_id)), role=row.role, since=row.since)


def places(session: Session, person_id: str) -> tuple[Place, ...]:
    """A person's organizations, by slug."""
    rows = session.scalars(select(PersonRoleRow).where(PersonRoleRow.person_id == person_id)).all()
    found = (
        Place(organization=membership.member_of(session, row.organization_id), role=row.role, since=row.since) for row in rows
    )
    return tuple(sorted(found, key=lambda each: each.organization.slug))


def everywhere(session: Session) -> tuple[str, ...]:
    """Every role that anybody has, as `<slug>: <role> <address>`, in that order."""
    slugs = {str(each.id): each.slug for each in membership.members(session)}
    query = select(PersonRoleRow.organization_id, PersonRoleRow.role, PersonRow.address).join(
        PersonRow, PersonRow.id == PersonRoleRow.person_id
    )
    return tuple(sorted(f"{slugs[organization]}: {role} {address}" for organization, role, address in session.execute(query)))


def end_all(session: Session) -> None:
    """Take every role away, whoever is left without an owner; for a node that does not know who was removed."""
    for row in session.scalars(select(PersonRoleRow).order_by(PersonRoleRow.organization_id, PersonRoleRow.person_id)).all():
        session.delete(row)
    session.flush()


def has_people(session: Session, organization_id: str) -> bool:
    """Whether anybody acts for this organization, or only its programs."""
    query = select(PersonRoleRow.person_id).where(PersonRoleRow.organization_id == organization_id)
    return session.scalars(query.limit(1)).first() is not None


def add(session: Session, organization_id: str, person_id: str, role: str, *, now: datetime) -> None:
    """Give a role; somebody who has one keeps the higher of the two."""
    membership.queue(session, organization_id)
    row = session.get(PersonRoleRow, (organization_id, person_id))
    if row is None:
        session.add(PersonRoleRow(organization_id=organization_id, person_id=person_id, role=role, since=as_utc(now)))
    elif ROLES.index(role) < ROLES.index(row.role):
        row.role = role
    session.flush()


def set_role(session: Session, organization_id: str, person_id: str, role: str) -> Colleague:
    """Change somebody's role; raises `NotThere`, `LastOwner`."""
    membership.queue(session, organization_id)
    row = _row(session, organization_id, person_id)
    if row.role == OWNER and role != OWNER:
        _refuse_last_owner(session, organization_id)
    row.role = role
    session.flush()
    return colleague(session, organization_id, person_id)


def remove(session: Session, organization_id: str, person_id: str) -> None:
    """Take somebody out of an organization; raises `NotThere`, `LastOwner`."""
    membership.queue(session, organization_id)
    row = _row(session, organization_id, person_id)
    if row.role == OWNER:
        _refuse_last_owner(session, organization_id)
    session.delete(row)
    session.flush()


def owner_alone(session: Session, person_id: str) -> tuple[str, ...]:
    """The organizations that would have no owner without this person, locked."""
    query = select(PersonRoleRow.organization_id).where(PersonRoleRow.person_id == person_id, PersonRoleRow.role == OWNER)
    alone = []
    for organization_id in sorted(session.scalars(query)):
        membership.queue(session, organization_id)
        if _owners(session, organization_id) == 1:
            alone.append(organization_id)
    return tuple(alone)


def _row(session: Session, organization_id: str, person_id: str) -> PersonRoleRow:
    row = session.get(PersonRoleRow, (organization_id, person_id), populate_existing=True) if is_id(person_id) else None
    if row is None:
        raise NotThere("There is no such person here.")
    return row


def _refuse_last_owner(session: Session, organization_id: str) -> None:
    if _owners(session, organization_id) == 1:
        raise LastOwner("An organization keeps an owner: make somebody else owner first, or have the organization leave.")


def _owners(session: Session, organization_id: str) -> int:
    query = select(func.count()).where(PersonRoleRow.organization_id == organization_id, PersonRoleRow.role == OWNER)
    return session.scalar(query) or 0
