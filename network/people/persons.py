"""Accounts as others read them, and the look-ups that everything here begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.columns import as_utc
from network.names import ID_BYTES, check_name, is_id
from network.people.addresses import key_of, parse_address
from network.people.errors import NotThere
from network.people.letters import LANGUAGES
from network.people.models import PersonRow
from trust.keys import Entropy

PersonId = NewType("PersonId", str)
"""32 lower-case hexadecimal characters, random."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One account. `repr` shows the id alone."""

    id: PersonId
    address: str
    name: str
    language: str
    has_factor: bool
    created: datetime

    def __repr__(self) -> str:
        return f"Person(id={self.id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a password is checked against, outside of any transaction."""

    person_id: PersonId
    password: str

    def __repr__(self) -> str:
        return f"Credentials(person_id={self.person_id!r})"


def person(session: Session, person_id: str) -> Person:
    """One account that is not erased; raises `NotThere`."""
    return described(row_of(session, person_id))


def credentials(session: Session, address: str) -> Credentials | None:
    """By address, as it was typed; None when nobody has it."""
    row = by_address(session, address)
    return None if row is None or row.password is None else Credentials(person_id=PersonId(row.id), password=row.password)


def credentials_of(session: Session, person_id: str) -> Credentials:
    """Of an account that is not erased; raises `NotThere`."""
    row = row_of(session, person_id)
    if row.password is None:
        raise NotThere("There is no such account.")
    return Credentials(person_id=PersonId(row.id), password=row.password)


def change(session: Session, person_id: str, *, name: str | None = None, language: str | None = None) -> Person:
    """Change what an account is called, or the language it is written to in."""
    row = row_of(session, person_id, lock=True)
    row.name = row.name if name is None else check_name(name)
    row.language = row.language if language not in LANGUAGES else str(language)
    session.flush()
    return described(row)


def rehash(session: Session, known: Credentials, password: str) -> None:
    """Replace a hash by one of the same password at other costs, unless the password was changed meanwhile."""
    row = row_of(session, known.person_id, lock=True)
    if row.password == known.password:
        row.password = password
        session.flush()


def add(
    session: Session, entropy: Entropy, *, address: str, name: str, language: str, password: str, now: datetime
) -> PersonRow:
    """A new account whose address was proved; `IntegrityError` at the flush when there is one already."""
    row = PersonRow(
        id=entropy(ID_BYTES).hex(),
        address=address,
        address_key=key_of(address),
        name=name,
        language=language,
        password=password,
        totp_on=False,
        totp_step=0,
        created=as_utc(now),
    )
    session.add(row)
    session.flush()
    return row


def by_address(session: Session, address: str) -> PersonRow | None:
    """The account of an accepted address."""
    return session.scalars(select(PersonRow).where(PersonRow.address_key == key_of(parse_address(address)))).one_or_none()


def row_of(session: Session, person_id: str, *, lock: bool = False) -> PersonRow:
    """The row of an account that is not erased, locked against other writers when asked; raises `NotThere`."""
    query = select(PersonRow).where(PersonRow.id == person_id, PersonRow.erased_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none() if is_id(person_id) else None
    if row is None:
        raise NotThere("There is no such account.")
    return row


def described(row: PersonRow) -> Person:
    """The account of a row."""
    return Person(
        id=PersonId(row.id),
        address=row.address or "",
        name=row.name,
        language=row.language,
        has_factor=row.totp_on,
        created=row.created,
    )
