"""`Idempotency-Key`: sending the same thing twice makes it once.

Guarantees: within a day, the same key with the same request of the same organization to the same route gives the id of
what the first one made, inside the transaction that made it, so two at once make one thing; the answer is then made
anew for whoever asks now. The same key with another request is refused. A key says nothing to any other organization.
Not here: the answer itself is not kept, since what it showed may since have been closed.

Owns the table `repeats`. Rows older than a day are deleted by later ones and by the worker.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import request
from sqlalchemy import ForeignKey, LargeBinary, String, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.errors import Refusal
from api.faults import Fault
from api.routing import REPEAT_KEY
from network.columns import UtcTime
from network.database import Base
from sharing.viewers import Caller

HEADER = REPEAT_KEY["name"]
KEPT = timedelta(days=1)

_KEY = re.compile(REPEAT_KEY["schema"]["pattern"])


class RepeatRow(Base):
    """One request that made something. The key itself is not kept, only its digest."""

    __tablename__ = "repeats"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    request_digest: Mapped[bytes] = mapped_column(LargeBinary)
    made: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The key of the request in hand, and what the request asks for, as digests of 32 bytes."""

    key_digest: bytes
    request_digest: bytes


def key(route: str) -> Key | None:
    """The key that the request carries, if any; raises `Refusal` for one that is not 8 to 200 printable characters."""
    given = request.headers.getlist(HEADER)
    if not given:
        return None
    if len(given) > 1 or not _KEY.fullmatch(given[0]):
        fault = Fault(path=HEADER, code="invalid", message="Must be 8 to 200 printable ASCII characters.")
        raise Refusal("validation_failed", "The request does not fit its schema.", errors=(fault,))
    return Key(
        key_digest=hashlib.sha256(f"{route}\0{given[0]}".encode()).digest(),
        request_digest=hashlib.sha256(request.get_data()).digest(),
    )


def made_before(session: Session, caller: Caller, repeated: Key | None, now: datetime) -> str | None:
    """The id of what this key made in the last day; raises `Refusal` if it was for another request."""
    if repeated is None or caller.organization_id is None:
        return None
    sweep(session, now)
    row = session.get(RepeatRow, (caller.organization_id, repeated.key_digest))
    if row is None:
        return None
    if row.request_digest != repeated.request_digest:
        raise Refusal("idempotency_key_reused", "This key was used for another request.")
    return row.made


def sweep(session: Session, now: datetime) -> int:
    """Delete the rows that are older than a day; how many."""
    gone = session.execute(delete(RepeatRow).where(RepeatRow.made_at < now - KEPT).returning(RepeatRow.made))
    return len(gone.all())


def once(session: Session, caller: Caller, route: str, now: datetime, make: Callable[[], str]) -> str:
    """The id of what the request in hand makes, or of what its twin of the last day made. Without a key: always `make()`."""
    repeated = key(route)
    made = made_before(session, caller, repeated, now)
    if made is None:
        made = make()
        remember(session, caller, repeated, made, now)
    return made


def remember(session: Session, caller: Caller, repeated: Key | None, made: str, now: datetime) -> None:
    """Note what the request made. A twin that commits first makes this one fail, and the asker sends it again."""
    if repeated is None or caller.organization_id is None:
        return
    session.add(
        RepeatRow(
            organization_id=caller.organization_id,
            key_digest=repeated.key_digest,
            request_digest=repeated.request_digest,
            made=made,
            made_at=now,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise Refusal("unavailable") from error
