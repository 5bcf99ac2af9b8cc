"""Getting an account and getting back into it: sign-up, confirmation, a new password.

Guarantees: what a stranger sends for an address ends the same way whether or not it has an account: one count is
written, and only the reader of the address's mail learns more. An account begins when its address is confirmed with the
mailed token *and* the password of the sign-up, so that nobody gets an account made with a stranger's password by
opening a letter. A token proves the address and the password picks the sign-up, so whoever signs up others' addresses
until no more letters go there only mails the tokens with which their owners confirm their own, or sign up again. Mailed
tokens work once and end by themselves. A new password ends every session and forgets what was guessed from where it came.

Passwords come here hashed: hashing takes long, and no transaction waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network.columns import as_utc
from network.keystore import Keystore
from network.names import check_name
from network.people import applications, attempts, letters, outbox, persons, tokens
from network.people.addresses import key_of, parse_address
from network.people.attempts import Share
from network.people.errors import SignInRefused, TicketInvalid
from network.people.models import InvitationRow, PersonRow, ResetRow, SessionRow, SignUpRow
from network.people.persons import Person

SIGN_UP_HOURS: Final = 48
RESET_HOURS: Final = 2
COMPARED_MAX: Final = 10
"""Sign-ups of one address whose passwords a confirmation is compared with: that of its token, and the newest others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A sign-up that a token may confirm; the password (a hash) is compared outside of any transaction."""

    password: str

    def __repr__(self) -> str:
        return "Pending(...)"


def sign_up(
    session: Session,
    keystore: Keystore,
    *,
    address: str,
    password: str,
    name: str,
    language: str,
    organization: Mapping[str, object],
    place: str,
    token: str | None = None,
    now: datetime,
) -> None:
    """Note a sign-up and write to its address; `password` is a hash. Returns alike for every address.

    `place`: the network address that asks. A sign-up for which no letter goes any more is kept: see `pending`. With the
    `token` of a letter to the same address its reader speaks: nothing is counted, no letter is due, and this sign-up takes
    the place of all others of the address, so whoever asked for it before, from wherever, stops nobody.
    Raises `AddressInvalid`, `NameInvalid` and `ApplicationInvalid`, which depend on the request alone, and `TicketInvalid`.
    """
    accepted = parse_address(address)
    asked = applications.checked(organization)
    check_name(name)
    language = language if language in letters.LANGUAGES else letters.LANGUAGES[0]
    if token is not None:
        row = _alone(session, token, accepted, now)
        row.name, row.language, row.password, row.organization = name, language, password, asked.document()
        session.flush()
        return
    share = attempts.share(session, keystore, "sign-up", accepted, place=place, now=now)
    if share is Share.NOTHING:
        return
    known = persons.by_address(session, accepted)
    if known is not None:
        if share is Share.LETTER:
            outbox.post(session, keystore, to=known.address or accepted, topic="known", language=known.language, now=now)
        return
    fresh = tokens.new_token(keystore.entropy)
    session.add(
        SignUpRow(
            token_sha256=tokens.digest(fresh),
            address=accepted,
            address_key=key_of(accepted),
            name=name,
            language=language,
            password=password,
            organization=asked.document(),
            expires_at=as_utc(now) + timedelta(hours=SIGN_UP_HOURS),
        )
    )
    session.flush()
    if share is Share.LETTER:
        values = {"token": fresh, "hours": str(SIGN_UP_HOURS)}
        outbox.post(session, keystore, to=accepted, topic="confirm", language=language, now=now, values=values)


def _alone(session: Session, token: str, address: str, now: datetime) -> SignUpRow:
    """The sign-up that a token was mailed for, as the only one of its address that is left."""
    query = select(SignUpRow).where(SignUpRow.address_key == key_of(address)).order_by(SignUpRow.token_sha256)
    rows = session.scalars(query.with_for_update()).all()
    digest = tokens.digest(token)
    found = next((each for each in rows if each.token_sha256 == digest and each.expires_at > as_utc(now)), None)
    if found is None:
        raise TicketInvalid("This token does not count (any more).")
    for each in rows:
        if each is not found:
            session.delete(each)
    return found


def pending(session: Session, token: str, *, now: datetime) -> tuple[Pending, ...]:
    """What a token may confirm: its own sign-up first, then the newest of the same address; () for no token."""
    row = session.get(SignUpRow, tokens.digest(token))
    if row is None or row.expires_at <= as_utc(now):
        return ()
    others = (
        select(SignUpRow.password)
        .where(SignUpRow.address_key == row.address_key, SignUpRow.token_sha256 != row.token_sha256)
        .where(SignUpRow.expires_at > as_utc(now))
        .order_by(SignUpRow.expires_at.desc(), SignUpRow.token_sha256)
        .limit(COMPARED_MAX - 1)
    )
    return tuple(Pending(password=each) for each in (row.password, *session.scalars(others)))


def confirm(session: Session, keystore: Keystore, token: str, *, seen: str, now: datetime) -> Person:
    """Make the account of the sign-up whose hash is `seen`, the one that was right, and its application.

    Raises `TicketInvalid`, also when the token is of another address.
    """
    digest = tokens.digest(token)
    address = select(SignUpRow.address_key).where(SignUpRow.token_sha256 == digest).scalar_subquery()
    query = select(SignUpRow).where(SignUpRow.address_key == address, SignUpRow.expires_at > as_utc(now))
    rows = session.scalars(query.order_by(SignUpRow.token_sha256).with_for_update()).all()
    row = next((each for each in rows if each.password == seen), None)
    if row is None or all(each.token_sha256 != digest for each in rows):
        raise TicketInvalid("This token does not count (any more).")
    given = {"address": row.address, "name": row.name, "language": row.language, "password": row.password}
    asked = applications.checked(row.organization)
    session.execute(delete(SignUpRow).where(SignUpRow.address_key == row.address_key))
    try:
        made = persons.add(session, keystore.entropy, **given, now=now)
    except IntegrityError as error:
        # Confirmed in another way meanwhile; which way is for the owner of the address to know.
        raise TicketInvalid("This token does not count (any more).") from error
    applications.add(session, keystore.entropy, made.id, asked, now=now)
    return persons.described(made)


def request_reset(session: Session, keystore: Keystore, address: str, *, place: str, now: datetime) -> None:
    """Write to an address that has an account; returns alike for every address. Raises `AddressInvalid`.

    `place`: the network address that asks. Where no more letters go, each of those that went opens the account.
    """
    accepted = parse_address(address)
    share = attempts.share(session, keystore, "reset", accepted, place=place, now=now)
    row = persons.by_address(session, accepted)
    if row is None or row.address is None or share is not Share.LETTER:
        return
    token = tokens.new_token(keystore.entropy)
    moment = as_utc(now) + timedelta(hours=RESET_HOURS)
    session.add(ResetRow(token_sha256=tokens.digest(token), person_id=row.id, expires_at=moment))
    values = {"token": token, "hours": str(RESET_HOURS)}
    outbox.post(session, keystore, to=row.address, topic="reset", language=row.language, now=now, values=values)


def resetting(session: Session, token: str, *, now: datetime) -> Person:
    """Whose password a token lets change; raises `TicketInvalid`."""
    row = session.get(ResetRow, tokens.digest(token))
    if row is None or row.expires_at <= as_utc(now):
        raise TicketInvalid("This token does not count (any more).")
    return persons.person(session, row.person_id)


def finish_reset(session: Session, keystore: Keystore, token: str, password: str, *, place: str, now: datetime) -> None:
    """Set a new password (a hash) with a mailed token; a second factor stays on. Raises `TicketInvalid`.

    `place`: the network address that asks. Guesses counted from there, by whomever, keep its reader out no longer.
    """
    query = select(ResetRow).where(ResetRow.token_sha256 == tokens.digest(token)).with_for_update()
    row = session.scalars(query).one_or_none()
    if row is None or row.expires_at <= as_utc(now):
        raise TicketInvalid("This token does not count (any more).")
    person = persons.row_of(session, row.person_id, lock=True)
    _set_password(session, keystore, person, password, now)
    for where in ("", place):
        attempts.forget(session, attempts.attempt_key(keystore, "sign-in", person.address or "", where))


def change_password(session: Session, keystore: Keystore, person_id: str, *, seen: str, password: str, now: datetime) -> None:
    """Set a new password (a hash) when the stored hash is still `seen`, the one that was checked."""
    row = persons.row_of(session, person_id, lock=True)
    if row.password != seen:
        raise SignInRefused("The password is not right.")
    _set_password(session, keystore, row, password, now)


def tell(session: Session, keystore: Keystore, row: PersonRow, what: str, *, now: datetime) -> None:
    """Write to a person that something about their account changed; `what` is one of `letters.CHANGES`."""
    words = letters.CHANGES[what].get(row.language, letters.CHANGES[what]["en"])
    if row.address is not None:
        values = {"what": words}
        outbox.post(session, keystore, to=row.address, topic="changed", language=row.language, now=now, values=values)


def sweep(session: Session, *, now: datetime) -> int:
    """Forget sign-ups, permissions to reset, invitations and sessions that ended by themselves; returns how many."""
    gone = 0
    for table in (SignUpRow, ResetRow, InvitationRow, SessionRow):
        ended = select(table).where(table.expires_at <= as_utc(now)).with_for_update(skip_locked=True)
        for row in session.scalars(ended).all():
            session.delete(row)
            gone += 1
    return gone


def _set_password(session: Session, keystore: Keystore, row: PersonRow, password: str, now: datetime) -> None:
    row.password = password
    session.execute(delete(SessionRow).where(SessionRow.person_id == row.id))
    session.execute(delete(ResetRow).where(ResetRow.person_id == row.id))
    tell(session, keystore, row, "password", now=now)
    session.flush()
