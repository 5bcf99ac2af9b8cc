"""Sessions: a person who logged in, until they end it, it ends, or their password changes.

Guarantees: a session is found by the digest of its secret alone, ends `lifetime` after it began and `idle` after its last
use, and is gone for good when it ended; a request that names it afterwards is refused, whatever tokens are out. Whether
an address, a password or a code was wrong is one answer. Passwords are compared before, outside of the transaction;
`sign_in` looks again whether the account still has the hash that was compared.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NewType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from network.columns import as_utc
from network.keystore import Keystore
from network.names import ID_BYTES, is_id
from network.people import accounts, factors, persons, tokens
from network.people.errors import NotThere
from network.people.models import SessionRow
from network.people.persons import PersonId

SessionId = NewType("SessionId", str)

MOST: Final = 50
"""Sessions of one person; the one used longest ago gives way."""
_AGENT_MAX: Final = 120
_TOUCH: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """One session. `agent` is what the program said of itself, cut and cleaned."""

    id: SessionId
    person_id: PersonId
    agent: str
    created: datetime
    used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A session as it begins; the secret cannot be had again."""

    session: LoggedIn
    secret: str

    def __repr__(self) -> str:
        return f"Begun(session={self.session!r}, secret=...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long sessions last: from their beginning, and from their last use."""

    whole: timedelta
    idle: timedelta


def sign_in(
    session: Session,
    keystore: Keystore,
    known: persons.Credentials,
    *,
    code: str | None,
    recovery_code: str | None,
    agent: str,
    lifetime: Lifetime,
    now: datetime,
) -> Begun | None:
    """Begin a session for somebody whose password was right; None when the code is missing or wrong.

    None and not an error, since a wrong code must be counted in the same transaction. A code without a second factor is
    ignored: whether there is one is not for strangers to learn.
    """
    try:
        row = persons.row_of(session, known.person_id, lock=True)
    except NotThere:
        return None
    if row.password != known.password:
        return None
    if row.totp_on and not factors.matches(session, keystore, row, code=code, now=now):
        if recovery_code is None or not factors.use_recovery_code(session, row, recovery_code):
            return None
        accounts.tell(session, keystore, row, "recovery", now=now)
    _make_room(session, row.id)
    secret = tokens.new_token(keystore.entropy, tokens.SESSION_PREFIX)
    moment = as_utc(now)
    made = SessionRow(
        id=keystore.entropy(ID_BYTES).hex(),
        person_id=row.id,
        secret_sha256=tokens.digest(secret),
        agent=_clean(agent),
        created=moment,
        used_at=moment,
        expires_at=moment + min(lifetime.whole, lifetime.idle),
    )
    session.add(made)
    session.flush()
    return Begun(session=_described(made), secret=secret)


def by_secret(session: Session, secret: str, *, now: datetime) -> LoggedIn | None:
    """The running session of a secret."""
    query = select(SessionRow).where(SessionRow.secret_sha256 == tokens.digest(secret))
    row = session.scalars(query).one_or_none()
    return None if row is None or row.expires_at <= as_utc(now) else _described(row)


def by_id(session: Session, session_id: str, *, now: datetime) -> LoggedIn | None:
    """The running session of an id, for a token that names it."""
    row = session.get(SessionRow, session_id) if is_id(session_id) else None
    return None if row is None or row.expires_at <= as_utc(now) else _described(row)


def touch(session: Session, logged_in: LoggedIn, *, lifetime: Lifetime, now: datetime) -> None:
    """Note that a session was used, every five minutes at most: its end moves with it, never past its whole lifetime."""
    moment = as_utc(now)
    row = session.get(SessionRow, logged_in.id)
    if row is not None and row.used_at + _TOUCH <= moment:
        row.used_at = moment
        row.expires_at = min(row.created + lifetime.whole, moment + lifetime.idle)
        session.flush()


def sessions_of(session: Session, person_id: str, *, now: datetime) -> tuple[LoggedIn, ...]:
    """A person's running sessions, the newest first."""
    query = select(SessionRow).where(SessionRow.person_id == person_id, SessionRow.expires_at > as_utc(now))
    return tuple(_described(row) for row in session.scalars(query.order_by(SessionRow.created.desc(), SessionRow.id)))


def end(session: Session, person_id: str, session_id: str) -> None:
    """End one of a person's own sessions; raises `NotThere` for any other."""
    row = session.get(SessionRow, session_id)
    if row is None or row.person_id != person_id:
        raise NotThere("There is no such session.")
    session.delete(row)
    session.flush()


def end_all(session: Session, person_id: str) -> None:
    """End every session of a person."""
    session.execute(delete(SessionRow).where(SessionRow.person_id == person_id))


def _make_room(session: Session, person_id: str) -> None:
    rows = session.scalars(
        select(SessionRow).where(SessionRow.person_id == person_id).order_by(SessionRow.used_at.desc(), SessionRow.id)
    ).all()
    for row in rows[MOST - 1 :]:
        session.delete(row)


def _clean(agent: str) -> str:
    return "".join(mark for mark in agent if unicodedata.category(mark)[0] != "C")[:_AGENT_MAX].strip()


def _described(row: SessionRow) -> LoggedIn:
    return LoggedIn(
        id=SessionId(row.id),
        person_id=PersonId(row.person_id),
        agent=row.agent,
        created=row.created,
        used_at=row.used_at,
        expires_at=row.expires_at,
    )
