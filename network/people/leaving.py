"""Leaving: a person erases their account, an organization loses its people and programs.

Guarantees: an erased account keeps its id alone, for what was recorded under it (roles it gave, terms it accepted):
address, name, password, factor, codes, sessions, mailed tokens, letters on their way and unapproved applications are
destroyed. An organization that left can do nothing any more; its DID, its slug and its keys stay, so that what it signed
can be checked. Not here: its factories and grants, which `sharing` withdraws first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from network import membership
from network.columns import as_utc
from network.keystore import Keystore
from network.models import ClientRow
from network.people import attempts, persons, roles
from network.people.errors import LastOwner
from network.people.models import (
    ApplicationDocumentRow,
    ApplicationRow,
    DepartureRow,
    InvitationRow,
    LetterRow,
    OrganizationIdentifierRow,
    PersonRoleRow,
    PersonRow,
    RecoveryCodeRow,
    ResetRow,
    SessionRow,
    SignUpRow,
)


def erase_person(session: Session, keystore: Keystore, person_id: str, *, now: datetime) -> None:
    """Destroy an account; raises `LastOwner` while an organization has no other owner."""
    row = persons.row_of(session, person_id, lock=True)
    address = row.address or ""
    alone = roles.owner_alone(session, person_id)
    if alone:
        raise LastOwner("You are the only owner of an organization: name another one, or have it leave first.")
    _destroy_account(session, row, now)
    for what in ("sign-in", "sign-up", "reset"):
        attempts.forget(session, attempts.attempt_key(keystore, what, address))


MAILED: Final = (ResetRow, SignUpRow, InvitationRow)
"""What holds a token that was mailed to somebody."""


def forget_again(session: Session, changed: Sequence[str] | None) -> list[str]:
    """After an older copy was restored: accounts that were erased since are destroyed again, and everybody logs in anew.

    `changed`: whose password or second factor was changed since; None: nobody knows, so everybody's may have been. Their
    passwords of that time let nobody in; they ask for new ones by mail. Returns their addresses. Mailed tokens of that time
    do not count any more.
    """
    erased = select(PersonRow).where(PersonRow.erased_at.is_not(None), PersonRow.address_key.is_not(None))
    for row in session.scalars(erased).all():
        _destroy_account(session, row, row.erased_at or row.created)
    old = select(PersonRow).where(PersonRow.password.is_not(None))
    asked_anew = session.scalars(old if changed is None else old.where(PersonRow.id.in_(changed))).all()
    for row in asked_anew:
        row.password = None
    for table in (SessionRow, *MAILED):
        session.execute(delete(table))
    return sorted(row.address or row.id for row in asked_anew)


def _destroy_account(session: Session, row: PersonRow, now: datetime) -> None:
    person_id = row.id
    for table in (SessionRow, ResetRow, RecoveryCodeRow, LetterRow):
        session.execute(delete(table).where(table.person_id == person_id))
    for role in session.scalars(select(PersonRoleRow).where(PersonRoleRow.person_id == person_id)).all():
        session.delete(role)  # one by one: the journal notices
    if row.address_key is not None:
        session.execute(delete(SignUpRow).where(SignUpRow.address_key == row.address_key))
        session.execute(delete(InvitationRow).where(InvitationRow.address_key == row.address_key))
    open_ones = session.scalars(
        select(ApplicationRow).where(ApplicationRow.person_id == person_id, ApplicationRow.organization_id.is_(None))
    ).all()
    for each in open_ones:
        session.execute(delete(ApplicationDocumentRow).where(ApplicationDocumentRow.application_id == each.id))
        session.delete(each)
    row.address = row.address_key = row.password = row.totp_sealed = None
    row.name, row.totp_on, row.totp_step, row.erased_at = "", False, 0, as_utc(now)
    session.flush()


def depart(session: Session, organization_id: str, *, erase: bool, now: datetime) -> None:
    """End what an organization can do: programs revoked, people detached, invitations called back, facts taken away.

    With `erase` its name, identifiers, the labels of its programs and the files it showed at approval are destroyed as well;
    the slug, which is part of its DID, stands in for the name.
    """
    member = membership.member_of(session, organization_id)
    membership.suspend(session, organization_id, now=now)
    for client in membership.clients_of(session, organization_id):
        membership.revoke_client(session, organization_id, client.client_id, now=now)
    for attribute in ("role", "sector", "verified"):
        membership.set_facts(session, organization_id, attribute, (), source="computed", now=now)
    for role in session.scalars(select(PersonRoleRow).where(PersonRoleRow.organization_id == organization_id)).all():
        session.delete(role)
    session.execute(delete(InvitationRow).where(InvitationRow.organization_id == organization_id))
    departed = session.get(DepartureRow, organization_id)
    if departed is None:
        session.add(DepartureRow(organization_id=organization_id, left_at=as_utc(now), erased=erase))
    else:
        departed.erased = departed.erased or erase
    if erase:
        _destroy(session, organization_id, member.slug, now)
    session.flush()


def departed(session: Session, organization_id: str) -> bool:
    """Whether an organization left."""
    return session.get(DepartureRow, organization_id) is not None


def departures(session: Session) -> Mapping[str, str]:
    """The organizations that left: id -> `left`, or `erased` where their own was destroyed as well."""
    rows = session.scalars(select(DepartureRow))
    return {row.organization_id: "erased" if row.erased else "left" for row in rows}


def _destroy(session: Session, organization_id: str, slug: str, now: datetime) -> None:
    membership.rename(session, organization_id, slug)
    membership.set_facts(session, organization_id, "country", (), source="computed", now=now)
    for client in session.scalars(select(ClientRow).where(ClientRow.organization_id == organization_id)).all():
        client.label = ""
    session.execute(delete(OrganizationIdentifierRow).where(OrganizationIdentifierRow.organization_id == organization_id))
    for row in session.scalars(select(ApplicationRow).where(ApplicationRow.organization_id == organization_id)).all():
        session.execute(delete(ApplicationDocumentRow).where(ApplicationDocumentRow.application_id == row.id))
        session.delete(row)
