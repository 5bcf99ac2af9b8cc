"""Invitations: an owner offers a role to whoever reads the mail of an address.

Guarantees: who invites learns nothing about the address, not even whether it has an account; the token works once and
for a fortnight, can be called back, and is stored hashed. Whoever brings it joins: with the account of the invited
address, or with a new one for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network import membership
from network.columns import as_utc
from network.keystore import Keystore
from network.names import ID_BYTES, check_name, is_id
from network.people import attempts, letters, outbox, persons, roles, tokens
from network.people.addresses import key_of, parse_address
from network.people.attempts import Share
from network.people.errors import NotThere, PeopleConflict, TicketInvalid, TooManyAttempts
from network.people.models import InvitationRow, PersonRow
from network.people.persons import PersonId

DAYS: Final = 14
MOST_OPEN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One open invitation, for its organization."""

    id: str
    address: str
    role: str
    created: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Who joined which organization, and whether the account is new."""

    person_id: PersonId
    organization_id: str
    role: str
    new_account: bool


def invite(
    session: Session, keystore: Keystore, organization_id: str, *, address: str, role: str, language: str, now: datetime
) -> Invitation:
    """Write to an address; an earlier invitation of it by the same organization is replaced.

    Raises `PeopleConflict`, and `TooManyAttempts` when this organization wrote to the address often enough. When others did,
    no letter goes either, which is not told: it would say who else invites.
    """
    accepted = parse_address(address)
    membership.queue(session, organization_id)
    share = attempts.share(session, keystore, "invite", accepted, place=organization_id, now=now)
    if share is Share.NOTHING:
        raise TooManyAttempts(f"This address was invited {attempts.LETTERS_MAX} times lately; try again in an hour.")
    for earlier in _open(session, organization_id, now):
        if earlier.address_key == key_of(accepted):
            session.delete(earlier)
    query = select(func.count()).select_from(InvitationRow).where(InvitationRow.organization_id == organization_id)
    session.flush()
    if (session.scalar(query) or 0) >= MOST_OPEN:
        raise PeopleConflict(f"There are {MOST_OPEN} open invitations; call some back first.")
    token = tokens.new_token(keystore.entropy)
    moment = as_utc(now)
    row = InvitationRow(
        id=keystore.entropy(ID_BYTES).hex(),
        organization_id=organization_id,
        address=accepted,
        address_key=key_of(accepted),
        role=role,
        language=language if language in letters.LANGUAGES else letters.LANGUAGES[0],
        token_sha256=tokens.digest(token),
        created=moment,
        expires_at=moment + timedelta(days=DAYS),
    )
    session.add(row)
    session.flush()
    name = membership.member_of(session, organization_id).name
    values = {"organization": name, "role": role, "token": token, "days": str(DAYS)}
    if share is Share.LETTER:
        outbox.post(session, keystore, to=accepted, topic="invitation", language=row.language, now=now, values=values)
    return _described(row)


def invitations(session: Session, organization_id: str, *, now: datetime) -> tuple[Invitation, ...]:
    """An organization's open invitations, oldest first."""
    return tuple(_described(row) for row in _open(session, organization_id, now))


def call_back(session: Session, organization_id: str, invitation_id: str) -> None:
    """Make an invitation's token worthless; raises `NotThere` also for another organization's."""
    row = session.get(InvitationRow, invitation_id) if is_id(invitation_id) else None
    if row is None or row.organization_id != organization_id:
        raise NotThere("There is no such invitation.")
    session.delete(row)
    session.flush()


def invited(session: Session, token: str, *, now: datetime) -> str:
    """The address that a token was mailed to; raises `TicketInvalid`."""
    return _by_token(session, token, now).address


def accept(
    session: Session, keystore: Keystore, token: str, *, name: str | None, password: str | None, now: datetime
) -> Accepted:
    """Join with a mailed token; `name` and `password` (a hash) make an account where the address has none.

    Raises `TicketInvalid`; `PeopleConflict` when an account is missing and not given, or given and there already.
    """
    row = _by_token(session, token, now, lock=True)
    person = persons.by_address(session, row.address)
    if person is None and (name is None or password is None):
        raise PeopleConflict("This address has no account yet: send a name and a password.", reason="account_needed")
    if person is not None and password is not None:
        raise PeopleConflict("This address has an account: send the token alone.", reason="account_exists")
    new = person is None
    if person is None:
        person = _add(session, keystore, row, name or "", password or "", now=now)
    roles.add(session, row.organization_id, person.id, row.role, now=now)
    accepted = Accepted(person_id=PersonId(person.id), organization_id=row.organization_id, role=row.role, new_account=new)
    session.delete(row)
    session.flush()
    return accepted


def _add(session: Session, keystore: Keystore, row: InvitationRow, name: str, password: str, *, now: datetime) -> PersonRow:
    given = {"address": row.address, "name": check_name(name), "language": row.language, "password": password}
    try:
        return persons.add(session, keystore.entropy, **given, now=now)
    except IntegrityError as error:
        raise PeopleConflict("This address has an account: send the token alone.", reason="account_exists") from error


def _by_token(session: Session, token: str, now: datetime, *, lock: bool = False) -> InvitationRow:
    query = select(InvitationRow).where(InvitationRow.token_sha256 == tokens.digest(token))
    row = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if row is None or row.expires_at <= as_utc(now) or membership.member_of(session, row.organization_id).suspended:
        raise TicketInvalid("This token does not count (any more).")
    return row


def _open(session: Session, organization_id: str, now: datetime) -> list[InvitationRow]:
    query = select(InvitationRow).where(
        InvitationRow.organization_id == organization_id, InvitationRow.expires_at > as_utc(now)
    )
    return list(session.scalars(query.order_by(InvitationRow.created, InvitationRow.id)))


def _described(row: InvitationRow) -> Invitation:
    return Invitation(id=row.id, address=row.address, role=row.role, created=row.created, expires_at=row.expires_at)
