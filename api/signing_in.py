"""Log-in, sign-up and what hangs on a password, for every door alike.

Guarantees: for a known and an unknown address the same work is done (one argon2 hash, one read, one write) and the same
is returned; nothing answers before GUILDNET_SIGN_IN_FLOOR_MS; a hash is made or compared outside of any transaction,
and what was compared is looked at again in the one that acts on it. Failures slow down (`network.people.attempts`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache

from sqlalchemy.orm import Session

from api.container import Container
from api.settings import Settings
from network.people import accounts, attempts, invitations, leaving, persons, sessions
from network.people.addresses import parse_address
from network.people.errors import AddressInvalid, CodeRefused, NotConfirmed, SignInRefused, TicketInvalid, TooManyAttempts
from network.people.invitations import Accepted
from network.people.passwords import Passwords, check
from network.people.persons import Credentials, Person
from network.people.sessions import Begun, Lifetime

CONFIRM_ERASING = "erase"

Pause = Callable[[float], None]
"""Adds seconds to what an answer takes at the least."""


@lru_cache(maxsize=4)
def _passwords(memory_kib: int, rounds: int, lanes: int) -> Passwords:
    return Passwords(memory_kib=memory_kib, rounds=rounds, lanes=lanes)


def passwords(settings: Settings) -> Passwords:
    """Hashing at the costs of these settings."""
    return _passwords(settings.password_memory_kib, settings.password_rounds, settings.password_lanes)


def lifetime(settings: Settings) -> Lifetime:
    """How long sessions last."""
    return Lifetime(whole=timedelta(seconds=settings.session_lifetime_s), idle=timedelta(seconds=settings.session_idle_s))


def log_in(
    container: Container,
    *,
    address: str,
    password: str,
    code: str | None,
    recovery_code: str | None,
    agent: str,
    place: str,
) -> Begun:
    """Begin a session. Raises `SignInRefused` whatever is wrong, and `TooManyAttempts` for any address alike.

    `place`: the network address that asks.
    """
    with _unhurried(container) as pause:
        house, hashing = container.house, passwords(container.settings)
        everywhere = attempts.attempt_key(house.keystore, "sign-in", address)
        here = attempts.attempt_key(house.keystore, "sign-in", address, place)
        with house.database.read() as session:
            failures = attempts.count(session, everywhere, house.now())
            if attempts.refused(attempts.count(session, here, house.now())):
                raise TooManyAttempts("Too many attempts for this address from here; try again in an hour.")
            known = _credentials(session, address)
        pause(attempts.delay_s(failures))
        right = hashing.matches(None if known is None else known.password, password)
        renewed = hashing.hash(password) if known and right and hashing.outdated(known.password) else None
        with house.database.write("sign-in") as session:
            begun = None
            if known is not None and right:
                begun = sessions.sign_in(
                    session,
                    house.keystore,
                    known,
                    code=code,
                    recovery_code=recovery_code,
                    agent=agent,
                    lifetime=lifetime(container.settings),
                    now=house.now(),
                )
            for key in (everywhere, here):
                if begun is None:
                    attempts.note(session, key, house.now())
                else:
                    attempts.forget(session, key)
            if begun is not None and known is not None and renewed is not None:
                persons.rehash(session, known, renewed)
        if begun is None:
            raise SignInRefused("The address, the password or the code is not right.")
        return begun


def sign_up(
    container: Container,
    *,
    address: str,
    password: str,
    name: str,
    language: str,
    organization: Mapping[str, object],
    place: str,
    token: str | None = None,
) -> None:
    """Ask for an account and an organization; what comes of it is told by mail alone. `place`: as for `log_in`.

    `token`: of a letter to the address; raises `TicketInvalid` for another.
    """
    with _unhurried(container):
        parse_address(address)
        check(password, about=(address, name))
        hashed = passwords(container.settings).hash(password)
        house = container.house
        with house.database.write("sign-up") as session:
            accounts.sign_up(
                session,
                house.keystore,
                address=address,
                password=hashed,
                name=name,
                language=language,
                organization=organization,
                place=place,
                token=token,
                now=house.now(),
            )


def confirm(container: Container, *, token: str, password: str) -> Person:
    """Make the account of a sign-up with the mailed token and the password; raises `TicketInvalid` for either."""
    with _unhurried(container):
        house = container.house
        with house.database.read() as session:
            found = accounts.pending(session, token, now=house.now())
        hashing = passwords(container.settings)
        if not found:
            hashing.matches(None, password)
        seen = next((each.password for each in found if hashing.matches(each.password, password)), None)
        if seen is None:
            raise TicketInvalid("The token or the password is not right.")
        with house.database.write("confirm-sign-up") as session:
            return accounts.confirm(session, house.keystore, token, seen=seen, now=house.now())


def request_reset(container: Container, *, address: str, place: str) -> None:
    """Ask for a letter with which a new password can be chosen. `place`: as for `log_in`."""
    with _unhurried(container):
        parse_address(address)
        house = container.house
        # A log-in's work, so that the two forms do not differ in what they cost the node.
        passwords(container.settings).matches(None, address)
        with house.database.write("request-reset") as session:
            accounts.request_reset(session, house.keystore, address, place=place, now=house.now())


def finish_reset(container: Container, *, token: str, password: str, place: str) -> None:
    """Choose a new password with a mailed token; ends every session. `place`: as for `log_in`."""
    with _unhurried(container):
        house = container.house
        with house.database.read() as session:
            whose = accounts.resetting(session, token, now=house.now())
        check(password, about=(whose.address, whose.name))
        hashed = passwords(container.settings).hash(password)
        with house.database.write("finish-reset") as session:
            accounts.finish_reset(session, house.keystore, token, hashed, place=place, now=house.now())


def change_password(container: Container, person_id: str, *, old: str, new: str) -> None:
    """Choose a new password knowing the old one; ends every session, the one in hand too."""
    known = _checked(container, person_id, old)
    house = container.house
    with house.database.read() as session:
        whose = persons.person(session, person_id)
    check(new, about=(whose.address, whose.name))
    hashed = passwords(container.settings).hash(new)
    with house.database.write("change-password") as session:
        accounts.change_password(session, house.keystore, person_id, seen=known.password, password=hashed, now=house.now())


def require_password(container: Container, person_id: str, password: str) -> None:
    """Raise `SignInRefused` unless this is the person's password: before a factor is changed."""
    _checked(container, person_id, password)


@contextmanager
def counting_codes(container: Container, person_id: str) -> Iterator[None]:
    """Around what needs a code of the second factor: a wrong one (`CodeRefused`) is counted, slows down, and ends in a refusal.

    Counted in a transaction of its own, since the one inside is rolled back. Raises `TooManyAttempts`.
    """
    with _unhurried(container) as pause:
        house = container.house
        key = attempts.attempt_key(house.keystore, "factor", person_id)
        with house.database.read() as session:
            failures = attempts.count(session, key, house.now())
        if attempts.refused(failures):
            raise TooManyAttempts("Too many attempts; try again in an hour.")
        pause(attempts.delay_s(failures))
        try:
            yield
        except CodeRefused:
            with house.database.write("count-wrong-code") as session:
                attempts.note(session, key, house.now())
            raise


def erase_account(container: Container, person_id: str, *, password: str, confirm_with: str) -> None:
    """Destroy an account; `confirm_with` must be CONFIRM_ERASING. Raises `NotConfirmed`, `SignInRefused`, `LastOwner`."""
    if confirm_with != CONFIRM_ERASING:
        raise NotConfirmed(f"Erasing cannot be undone: send `{CONFIRM_ERASING}` as `confirm`.")
    _checked(container, person_id, password)
    house = container.house
    with house.database.write("erase-account") as session:
        leaving.erase_person(session, house.keystore, person_id, now=house.now())
    house.database.scrub()


def accept_invitation(container: Container, *, token: str, name: str | None, password: str | None) -> Accepted:
    """Join an organization with a mailed token."""
    with _unhurried(container):
        house, hashed = container.house, None
        with house.database.read() as session:
            address = invitations.invited(session, token, now=house.now())
        if password is not None:
            check(password, about=(address, name or ""))
            hashed = passwords(container.settings).hash(password)
        with house.database.write("accept-invitation") as session:
            return invitations.accept(session, house.keystore, token, name=name, password=hashed, now=house.now())


def _checked(container: Container, person_id: str, password: str) -> Credentials:
    """The credentials of a person whose password this is, slowed down like a log-in."""
    with _unhurried(container) as pause:
        house = container.house
        with house.database.read() as session:
            known = persons.credentials_of(session, person_id)
            key = attempts.attempt_key(house.keystore, "password", person_id)
            failures = attempts.count(session, key, house.now())
        if attempts.refused(failures):
            raise TooManyAttempts("Too many attempts; try again in an hour.")
        pause(attempts.delay_s(failures))
        if passwords(container.settings).matches(known.password, password):
            return known
        with house.database.write("count-wrong-password") as session:
            attempts.note(session, key, house.now())
        raise SignInRefused("The password is not right.")


def _credentials(session: Session, address: str) -> Credentials | None:
    try:
        return persons.credentials(session, address)
    except AddressInvalid:
        return None


@contextmanager
def _unhurried(container: Container) -> Iterator[Pause]:
    """Whatever happens inside takes as long as the floor says, and what a pause adds comes on top."""
    started, added = time.monotonic(), 0.0

    def pause(seconds: float) -> None:
        nonlocal added
        added += seconds

    try:
        yield pause
    finally:
        left = started + container.settings.sign_in_floor_ms / 1000 + added - time.monotonic()
        if left > 0:
            time.sleep(left)
