"""Status lists: where a verifier learns that something signed was taken back.

Each attestation and each standing audience of a factory has a list of its own under a random name that only its readers
were given. A list shared by several would tell a reader of one that something they cannot see was withdrawn.
Lists are made when they are read, dated to the hour, signed by the node's status key, which the signed object names.
An attestation has two more: one for its suspension, whose bit may be cleared again, and one that says its label.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import identity, points
from network.models import OrganizationRow
from sharing.auditing.models import AttestationList
from sharing.errors import ListFull, NotFound, StatusDoubted
from sharing.house import House
from sharing.models import Attestation, StatusEntry, StatusList
from trust import status_list as bitstring
from trust.keys import Kid

LIST_LIFETIME = timedelta(hours=24)
FURTHER: Final[tuple[bitstring.Purpose, ...]] = ("message", "suspension")
_ATTEMPTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Where this node's lists stand and which key signs them, for the length of a transaction."""

    origin: str
    key: Kid

    def url(self, list_id: str) -> str:
        """The public address of a list."""
        return f"{self.origin}/v1/status/{list_id}"

    def entry(self, list_id: str, index: int, purpose: bitstring.Purpose = "revocation") -> tuple[bitstring.Entry, ...]:
        """What a signed object says of its own status: this bit of this list, signed by the node's status key."""
        return (bitstring.Entry(purpose=purpose, index=index, url=self.url(list_id), key=self.key),)


def register(session: Session) -> Register:
    """This node's."""
    node = identity.node(session)
    return Register(origin=node.origin, key=identity.current_key(session, node.did, "status").kid)


def new_list(house: House, session: Session, organization_id: str, purpose: bitstring.Purpose = "revocation") -> str:
    """An empty list of the organization; returns its random id."""
    row = StatusList(id=house.new_id(), organization_id=organization_id, created_at=house.now(), purpose=purpose)
    session.add(row)
    session.flush()
    return row.id


def first_entry(house: House, session: Session, organization_id: str) -> tuple[str, int]:
    """A new list, and a random index of it that is taken; the index is written with the session's next flush."""
    list_id = new_list(house, session, organization_id)
    index = _random_index(house)
    session.add(StatusEntry(list_id=list_id, index=index, revoked=False))
    return list_id, index


def further_entries(house: House, session: Session, organization_id: str, attestation_id: str) -> tuple[bitstring.Entry, ...]:
    """The entries of a stored attestation beside that of its revocation, each in a list of its own."""
    here = register(session)
    entries: list[bitstring.Entry] = []
    for purpose in FURTHER:
        list_id, index = new_list(house, session, organization_id, purpose), _random_index(house)
        session.add(AttestationList(attestation_id=attestation_id, purpose=purpose, list_id=list_id, index=index))
        entries += here.entry(list_id, index, purpose)
    return tuple(entries)


def allocate(house: House, session: Session, list_id: str) -> int:
    """A random index of the list that was never given out before."""
    for _ in range(_ATTEMPTS):
        index = _random_index(house)
        if session.get(StatusEntry, (list_id, index)) is None:
            session.add(StatusEntry(list_id=list_id, index=index, revoked=False))
            session.flush()
            return index
    raise ListFull("The status list has no free entry.", list=list_id)


def _random_index(house: House) -> int:
    return int.from_bytes(house.entropy(4)) % bitstring.MIN_ENTRIES


def revoke(session: Session, list_id: str, index: int) -> None:
    """Set one bit; it is never cleared again."""
    entry = session.get(StatusEntry, (list_id, index))
    if entry is None:
        raise NotFound
    entry.revoked = True


def status_list(house: House, session: Session, list_id: str) -> str:
    """The list as a signed credential (`vc+jwt`), valid from the current hour for a day. Raises `NotFound`, `StatusDoubted`."""
    row = session.get(StatusList, list_id)
    if row is None:
        raise NotFound
    if row.doubted_since is not None:
        raise StatusDoubted("Since this node was restored, nobody has confirmed what this list says.", list=list_id)
    owner = session.get_one(OrganizationRow, row.organization_id)
    hour = house.hour()
    signed = bitstring.issue(
        url=register(session).url(list_id),
        issuer=owner.did,
        purpose=cast(bitstring.Purpose, row.purpose),
        encoded=_encoded(session, row),
        valid_from=hour,
        valid_until=hour + LIST_LIFETIME,
        signer=identity.node_signer(session, house.keystore, "status"),
    )
    points.reached("status-list:signed")
    return signed


def is_doubted(session: Session, list_id: str) -> bool:
    """Whether a list of ours cannot be signed, because nobody has confirmed it since the node was restored."""
    return session.get_one(StatusList, list_id).doubted_since is not None


def _encoded(session: Session, row: StatusList) -> str:
    if row.purpose == "revocation":
        revoked = select(StatusEntry.index).where(StatusEntry.list_id == row.id, StatusEntry.revoked)
        return bitstring.encode(session.scalars(revoked.order_by(StatusEntry.index)))
    # What the attestation itself says now, so that its row and its lists cannot disagree.
    index, suspended_at, label = session.execute(
        select(AttestationList.index, Attestation.suspended_at, Attestation.label)
        .join(Attestation, Attestation.id == AttestationList.attestation_id)
        .where(AttestationList.list_id == row.id)
    ).one()
    if row.purpose == "suspension":
        return bitstring.encode(() if suspended_at is None else (index,))
    bits = () if label is None else bitstring.message_bits(index, cast(bitstring.Label, label))
    return bitstring.encode(bits, entries=bitstring.MESSAGE_ENTRIES)


def entry(session: Session, list_id: str, index: int) -> tuple[bitstring.Entry, ...]:
    """What a signed object says of its own status: this bit of this list, signed by the node's current status key."""
    return register(session).entry(list_id, index)
