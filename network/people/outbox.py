"""The outbox: letters are written in the transaction that causes them, and sent afterwards.

Guarantees: no letter for what was rolled back; address and text rest sealed under the KEK and are deleted once sent or
given up (after ATTEMPTS_MAX, about two hours); one to the address of an account goes with the account. A letter may
arrive twice when the process dies between sending and deleting, never half. Sending happens outside of any transaction.
Not here: how a letter travels (`Transport`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.columns import as_utc
from network.database import Database
from network.errors import SealBroken
from network.identity.nodes import node
from network.keystore import Keystore
from network.names import ID_BYTES
from network.people.addresses import key_of
from network.people.errors import MailFailed
from network.people.letters import written
from network.people.models import LetterRow, PersonRoleRow, PersonRow
from trust import strict_json

ATTEMPTS_MAX: Final = 8
_FIRST_WAIT: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter in plain text; never logged."""

    to: str
    subject: str
    text: str

    def __repr__(self) -> str:
        return "Letter(...)"


class Transport(Protocol):
    """How letters leave."""

    def send(self, letter: Letter) -> None:
        """Hand the letter over; raises `MailFailed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What a round of sending did: letters sent, put off for later, and given up."""

    sent: int
    put_off: int
    given_up: int


def post(
    session: Session,
    keystore: Keystore,
    *,
    to: str,
    topic: str,
    language: str,
    now: datetime,
    values: Mapping[str, str] | None = None,
) -> None:
    """Write one letter of a topic of `letters`; the node's name and origin are among its values."""
    home = node(session)
    subject, text = written(topic, language, {"node": home.name, "origin": home.origin, **(values or {})})
    identifier = keystore.entropy(ID_BYTES).hex()
    plain = strict_json.canonical({"to": to, "subject": subject, "text": text})
    session.add(
        LetterRow(
            id=identifier,
            # Also of an invitation, or of whatever else writes to the address: what counts is whose it is.
            person_id=session.scalars(select(PersonRow.id).where(PersonRow.address_key == key_of(to))).one_or_none(),
            topic=topic,
            sealed=keystore.seal(f"outbox/{identifier}", plain),
            created=as_utc(now),
            attempts=0,
            due_at=as_utc(now),
        )
    )
    session.flush()


def post_to_organization(
    session: Session,
    keystore: Keystore,
    organization_id: str,
    *,
    topic: str,
    now: datetime,
    values: Mapping[str, str] | None = None,
) -> int:
    """Write one letter to each owner and editor of an organization, in their language; returns how many."""
    query = (
        select(PersonRow.address, PersonRow.language)
        .join(PersonRoleRow, PersonRoleRow.person_id == PersonRow.id)
        .where(
            PersonRoleRow.organization_id == organization_id,
            PersonRoleRow.role.in_(("owner", "editor")),
            PersonRow.address.is_not(None),
        )
        .order_by(PersonRow.id)
    )
    readers = session.execute(query).all()
    for address, language in readers:
        post(session, keystore, to=str(address), topic=topic, language=language, now=now, values=values)
    return len(readers)


def post_about(
    session: Session,
    keystore: Keystore,
    organization_id: str,
    person_id: str | None,
    *,
    topic: str,
    now: datetime,
    values: Mapping[str, str] | None = None,
) -> int:
    """Write a letter about something of an organization to the person whose matter it is, while they belong to it; where it is
    nobody's own, to its owners and editors. Returns how many letters."""
    if person_id is None:
        return post_to_organization(session, keystore, organization_id, topic=topic, now=now, values=values)
    person = session.get(PersonRow, person_id)
    if person is None or person.address is None or session.get(PersonRoleRow, (organization_id, person_id)) is None:
        return 0
    post(session, keystore, to=person.address, topic=topic, language=person.language, now=now, values=values)
    return 1


def waiting(session: Session) -> int:
    """How many letters are on their way."""
    return len(session.scalars(select(LetterRow.id)).all())


def deliver(database: Database, keystore: Keystore, transport: Transport, *, now: datetime, most: int = 100) -> Delivered:
    """Send what is due, at most `most` letters; one that does not go is tried again after 1, 2, 4 ... minutes."""
    sent = put_off = given_up = 0
    for _ in range(most):
        with database.write("mail-claim") as session:
            claimed = _claim(session, keystore, now)
        if claimed is None:
            break
        identifier, letter, last = claimed
        try:
            if letter is not None:
                transport.send(letter)
        except MailFailed:
            if not last:
                put_off += 1
                continue
            letter = None
        sent, given_up = sent + (letter is not None), given_up + (letter is None)
        with database.write("mail-done") as session:
            row = session.get(LetterRow, identifier)
            if row is not None:
                session.delete(row)
    return Delivered(sent=sent, put_off=put_off, given_up=given_up)


def _claim(session: Session, keystore: Keystore, now: datetime) -> tuple[str, Letter | None, bool] | None:
    """The letter due longest, put off already for the case that it does not go, and whether this is its last chance."""
    moment = as_utc(now)
    query = select(LetterRow).where(LetterRow.due_at <= moment).order_by(LetterRow.due_at, LetterRow.id).limit(1)
    row = session.scalars(query.with_for_update(skip_locked=True)).one_or_none()
    if row is None:
        return None
    row.due_at = moment + _FIRST_WAIT * 2**row.attempts
    row.attempts += 1
    try:
        plain = strict_json.loads_object(keystore.open(f"outbox/{row.id}", row.sealed))
    except SealBroken:
        return row.id, None, True  # nobody can read it any more
    letter = Letter(to=str(plain["to"]), subject=str(plain["subject"]), text=str(plain["text"]))
    return row.id, letter, row.attempts >= ATTEMPTS_MAX
