"""The second factor: time-based codes (RFC 6238: SHA-1, 6 digits, 30 s), and recovery codes for a lost device.

Guarantees: the secret rests sealed under the KEK for this person alone; a code counts for its own step and one step to
each side, and once: no step that is not later than the last one used (RFC 6238 section 5.2). A factor is on only after
its first code. A recovery code works once; there are ten, made anew all together.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from network import lasting
from network.columns import as_utc
from network.keystore import Keystore
from network.people import accounts, persons, tokens
from network.people.errors import CodeRefused, PeopleConflict
from network.people.models import PersonRow, RecoveryCodeRow, SessionRow

STEP_S: Final = 30
_SIDES: Final = (0, -1, 1)
_SECRET_BYTES: Final = 20
"""RFC 4226 section 4, R6."""
RECOVERY_CODES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A factor that waits for its first code: the secret in base32, and the address that authenticators read as a QR code."""

    secret: str
    uri: str

    def __repr__(self) -> str:
        return "Offered(...)"


def offer(session: Session, keystore: Keystore, person_id: str, *, issuer: str) -> Offered:
    """Make a secret; an earlier one that was never confirmed is replaced. Raises `PeopleConflict` when a factor is on."""
    row = persons.row_of(session, person_id, lock=True)
    if row.totp_on:
        raise PeopleConflict("A second factor is on; take it off first.")
    raw = keystore.entropy(_SECRET_BYTES)
    row.totp_sealed, row.totp_step = keystore.seal(_label(row), raw), 0
    session.flush()
    totp = _totp(raw)
    return Offered(secret=totp.secret, uri=totp.provisioning_uri(name=row.address or "", issuer_name=issuer))


def switch_on(session: Session, keystore: Keystore, person_id: str, code: str, *, now: datetime) -> tuple[str, ...]:
    """Put the offered factor in force with its first code; returns the recovery codes. Raises `CodeRefused`."""
    row = persons.row_of(session, person_id, lock=True)
    if row.totp_on or row.totp_sealed is None:
        raise PeopleConflict("There is no second factor that waits for its first code.")
    if not matches(session, keystore, row, code=code, now=now):
        raise CodeRefused("This is not the code of this moment.")
    row.totp_on = True
    accounts.tell(session, keystore, row, "factor_on", now=now)
    return _new_codes(session, keystore, row)


def switch_off(session: Session, keystore: Keystore, person_id: str, code: str, *, now: datetime) -> None:
    """Take the factor off, with one of its codes or a recovery code; raises `CodeRefused`."""
    row = persons.row_of(session, person_id, lock=True)
    if not row.totp_on:
        raise PeopleConflict("There is no second factor.")
    if not matches(session, keystore, row, code=code, now=now) and not use_recovery_code(session, row, code):
        raise CodeRefused("This is not the code of this moment.")
    _off(session, keystore, row, now)


def take_off(session: Session, keystore: Keystore, person_id: str, *, now: datetime) -> None:
    """Take the factor off without a code, for somebody who lost it: the operator made sure who asks. Ends every session."""
    row = persons.row_of(session, person_id, lock=True)
    if not row.totp_on:
        raise PeopleConflict("There is no second factor.")
    session.execute(delete(SessionRow).where(SessionRow.person_id == row.id))
    _off(session, keystore, row, now)


def new_recovery_codes(session: Session, keystore: Keystore, person_id: str, code: str, *, now: datetime) -> tuple[str, ...]:
    """Ten new recovery codes in place of those that were; raises `CodeRefused`."""
    row = persons.row_of(session, person_id, lock=True)
    if not row.totp_on or not matches(session, keystore, row, code=code, now=now):
        raise CodeRefused("This is not the code of this moment.")
    return _new_codes(session, keystore, row)


def matches(session: Session, keystore: Keystore, row: PersonRow, *, code: str | None, now: datetime) -> bool:
    """Whether the code counts now; if so, its step is used up. The row must be locked."""
    if row.totp_sealed is None or code is None:
        return False
    totp = _totp(keystore.open(_label(row), row.totp_sealed))
    current = int(as_utc(now).timestamp()) // STEP_S
    for step in (current + side for side in _SIDES):
        # Every candidate is compared, so that the time does not tell which one fits.
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode("utf-8", "replace")) and step > row.totp_step:
            row.totp_step = step
            session.flush()
            return True
    return False


def use_recovery_code(session: Session, row: PersonRow, code: str) -> bool:
    """Whether the code was one of the person's; if so, it is gone. The row of the person must be locked."""
    found = session.scalars(
        select(RecoveryCodeRow).where(
            RecoveryCodeRow.person_id == row.id, RecoveryCodeRow.code_sha256 == tokens.code_digest(code)
        )
    ).one_or_none()
    if found is None:
        return False
    session.delete(found)
    lasting.touch(session, row)
    session.flush()
    return True


def _off(session: Session, keystore: Keystore, row: PersonRow, now: datetime) -> None:
    row.totp_on, row.totp_sealed, row.totp_step = False, None, 0
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == row.id))
    accounts.tell(session, keystore, row, "factor_off", now=now)
    session.flush()


def _new_codes(session: Session, keystore: Keystore, row: PersonRow) -> tuple[str, ...]:
    lasting.touch(session, row)
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == row.id))
    codes = tuple(tokens.new_code(keystore.entropy) for _ in range(RECOVERY_CODES))
    session.add_all(RecoveryCodeRow(person_id=row.id, code_sha256=tokens.code_digest(code)) for code in codes)
    session.flush()
    return codes


def _totp(raw: bytes) -> pyotp.TOTP:
    return pyotp.TOTP(tokens.base32(raw), interval=STEP_S)


def _label(row: PersonRow) -> str:
    return f"totp/{row.id}"
