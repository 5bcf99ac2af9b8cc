"""Take back into a restored node what newer status lists say that readers still hold.

Guarantees: only lists of revocations, signed by this node's own status keys, none of them compromised, are read. A set
bit is taken in, whatever its age: bits are never cleared. A clear bit proves nothing about what came after the list was
made, so a doubted list is confirmed only by one of a later hour than the last thing this node is known to have signed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import identity
from network.errors import KeyUnknown
from sharing import status
from sharing.house import House
from sharing.models import Attestation, StatusEntry, StatusList
from trust import status_list as bitstring
from trust.errors import TrustError


@dataclass(slots=True, kw_only=True)
class Reimported:
    """Lists whose bits were taken in, lists that are not doubted any more, and how many texts were not ours to read."""

    taken: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    refused: int = 0


def reimport(house: House, session: Session, texts: Iterable[str], last_signed: datetime | None) -> Reimported:
    """Read status lists (`vc+jwt`). `last_signed`: the hour of the last thing signed, as the journal knows; None: unknown."""
    done = Reimported()
    for text in texts:
        read = _own(session, text)
        row = None if read is None else session.get(StatusList, read.url.rpartition("/")[2])
        if read is None or row is None:
            done.refused += 1
            continue
        if _take_in(house, session, row, bitstring.decode(read.encoded)):
            done.taken.append(row.id)
        known = _is_revoked(session, row.id) or (last_signed is not None and read.valid_from > last_signed)
        if row.doubted_since is not None and known:
            row.doubted_since = None
            done.confirmed.append(row.id)
    session.flush()
    return done


def _own(session: Session, text: str) -> bitstring.StatusList | None:
    try:
        key = identity.find_key(session, bitstring.signed_by(text))
        read = bitstring.read(text, key=key.public)
    except (TrustError, KeyUnknown):
        return None
    ours = status.register(session).url(read.url.rpartition("/")[2]) == read.url
    return read if ours and read.purpose == "revocation" and key.role == "status" and key.compromised_at is None else None


def _take_in(house: House, session: Session, row: StatusList, bits: bytes) -> bool:
    """Set every bit that is set there; whether one was new."""
    known = {each.index: each for each in session.scalars(select(StatusEntry).where(StatusEntry.list_id == row.id))}
    new = False
    for place, byte in enumerate(bits):
        if not byte:
            continue
        for index in (place * 8 + bit for bit in range(8) if byte & (0x80 >> bit)):
            entry = known.get(index) or StatusEntry(list_id=row.id, index=index, revoked=False)
            if not entry.revoked:
                entry.revoked, new = True, True
                session.add(entry)
    session.flush()
    if new:
        for each in session.scalars(select(Attestation).where(Attestation.status_list_id == row.id)):
            if each.revoked_at is None and session.get_one(StatusEntry, (row.id, each.status_index)).revoked:
                each.revoked_at = house.now()
    return new


def _is_revoked(session: Session, list_id: str) -> bool:
    """Whether the list is an attestation's whose bit is set: nothing can be added to that."""
    for each in session.scalars(select(Attestation).where(Attestation.status_list_id == list_id)):
        return session.get_one(StatusEntry, (list_id, each.status_index)).revoked
    return False
