"""Slowing down who guesses, without telling anybody anything.

Guarantees: what is counted is the address that was typed (and from where), whether or not anybody has an account with
it, so neither the delay nor the refusal says that there is one. Nobody is locked out by others: failures from elsewhere
only delay (`delay_s`, at most 4 s, also for the right password); a refusal (`refused`) counts one address from one
place. Letters are counted alike (`share`): one place causes few, so it cannot use up what an address may get. An IPv6
place is its /64. The key is a digest under the node's own key: the table names nobody. Counts end an hour after the first.

Not here: limits per network address alone; `api.limits` has them. Somebody with very many network addresses gets
REFUSED_AFTER guesses an hour from each; against that stand the length of passwords and the second factor.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network.columns import as_utc
from network.errors import DatabaseBusy
from network.keystore import Keystore
from network.people.addresses import key_of
from network.people.models import AttemptRow

WINDOW: Final = timedelta(hours=1)
FREE: Final = 5
"""Failures within the window that cost no delay."""
REFUSED_AFTER: Final = 20
"""Failures for one address from one place within the window."""
LETTERS_MAX: Final = 3
"""Letters of one kind to one address that one place causes within the window."""
LETTERS_TOTAL: Final = 12
"""Letters of one kind to one address within the window, whoever causes them."""
_DELAY_MAX_S: Final = 4.0


class Share(Enum):
    """What a request that would write to an address gets."""

    LETTER = "a letter"
    NO_LETTER = "no letter: the address got enough from several places; what is asked for may still be kept"
    NOTHING = "nothing: this place asked often enough for this address"


def attempt_key(keystore: Keystore, what: str, address: str, place: str = "") -> bytes:
    """Under what attempts are counted: `what` was tried, for an address as it was typed, from a network address."""
    text = "\x00".join((what, key_of(address), _site(place)))
    return hmac.new(keystore.derive("attempts"), text.encode("utf-8", "surrogatepass"), sha256).digest()


def count(session: Session, key: bytes, now: datetime) -> int:
    """How many were counted in the window that is running."""
    row = session.get(AttemptRow, key)
    return 0 if row is None or row.first_at + WINDOW <= now else row.count


def note(session: Session, key: bytes, now: datetime) -> int:
    """Count one more; returns the new count. Also forgets what is too old, of whomever."""
    moment = as_utc(now)
    session.execute(delete(AttemptRow).where(AttemptRow.last_at < moment - 2 * WINDOW))
    query = select(AttemptRow).where(AttemptRow.key == key).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        row = AttemptRow(key=key, count=0, first_at=moment, last_at=moment)
        session.add(row)
    elif row.first_at + WINDOW <= moment:
        row.count, row.first_at = 0, moment
    row.count, row.last_at = row.count + 1, moment
    try:
        session.flush()
    except IntegrityError as error:
        raise DatabaseBusy("The same was tried twice at once; try again.") from error
    return row.count


def share(session: Session, keystore: Keystore, what: str, address: str, *, place: str, now: datetime) -> Share:
    """Count a request that would write a letter of a kind to an address, for a place (or an organization that asks)."""
    if note(session, attempt_key(keystore, f"{what}-from", address, place), now) > LETTERS_MAX:
        return Share.NOTHING
    total = note(session, attempt_key(keystore, what, address), now)
    return Share.LETTER if total <= LETTERS_TOTAL else Share.NO_LETTER


def forget(session: Session, key: bytes) -> None:
    """Start again from nothing, after a success."""
    session.execute(delete(AttemptRow).where(AttemptRow.key == key))


def delay_s(failures: int) -> float:
    """Seconds to wait before an answer after so many failures: none for the first FREE, then doubling up to 4 s."""
    return 0.0 if failures < FREE else min(0.25 * 2.0 ** min(failures - FREE, 10), _DELAY_MAX_S)


def refused(failures: int) -> bool:
    """Whether so many failures from one place are enough."""
    return failures >= REFUSED_AFTER


def _site(place: str) -> str:
    """A network address as it is counted: one IPv6 subscriber has a whole /64, and could ask from each address in it."""
    try:
        found = ip_address(place)
    except ValueError:
        return place
    if not isinstance(found, IPv6Address):
        return place
    return str(found.ipv4_mapped or IPv6Address(int(found) >> 64 << 64))
