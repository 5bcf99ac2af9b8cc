"""After an older copy was restored: the leaves that were sealed since are put back, so that the tree goes on from the last head
that was signed, and every head that an owner holds still verifies.

The journal keeps the hash of each leaf, which is salted and tells nothing. A row that the copy has, and that was sealed after
the backup, gets its leaf back with its content; of any other the hash alone is left, as of a row whose time is over.

Guarantees: after it, the next head is of more leaves than any that was signed before, over the same leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import lasting
from network.errors import JournalUnusable
from network.models import OrganizationRow
from sharing.house import House
from sharing.ledger import heads
from sharing.ledger.leaves import leaf_hash
from sharing.ledger.models import Disclosure
from sharing.ledger.reading import Reader
from trust import base64url
from trust.errors import EncodingError

LEAVES: Final = "ledger leaves"
"""Under which name the journal keeps them: `<organization> <first leaf> <hashes>`."""
_AT_ONCE: Final = 256
_HASH: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrown:
    """The leaves that were put back in the ledger of an organization, after its last head: `lost` of them as a hash alone,
    the rows of the others are `found`."""

    owner_id: str
    hashes: Sequence[bytes]
    lost: int
    found: Sequence[Disclosure]


def remember(session: Session, owner_id: str, first: int, hashes: Sequence[bytes]) -> None:
    """Have the journal keep the hashes of leaves that this transaction seals, from the leaf `first` on."""
    for place in range(0, len(hashes), _AT_ONCE):
        several = b"".join(hashes[place : place + _AT_ONCE])
        lasting.keep(session, LEAVES, f"{owner_id} {first + place} {base64url.encode(several)}")


def regrow(house: House, session: Session, kept: Iterable[tuple[str, str]]) -> Iterator[Regrown]:
    """Put the leaves that the journal kept back into the rows of the copy; the caller signs the heads.

    Raises `JournalUnusable` where they do not go on from what the copy has.
    """
    by_owner: dict[str, dict[int, bytes]] = {}
    for name, text in kept:
        if name == LEAVES:
            owner_id, first, several = read_leaves(text)
            by_owner.setdefault(owner_id, {}).update(enumerate(several, start=first))
    for owner_id, hashes in sorted(by_owner.items()):
        if session.get(OrganizationRow, owner_id) is not None:
            yield _regrown(house, session, owner_id, hashes)


def read_leaves(text: str) -> tuple[str, int, list[bytes]]:
    """The organization, its first leaf and the hashes, of a text that the journal kept. Raises `JournalUnusable`."""
    try:
        owner_id, first, encoded = text.split(" ")
        several = base64url.decode(encoded)
        place = int(first)
    except (ValueError, EncodingError) as error:
        raise JournalUnusable("The journal tells of leaves that nobody can read.") from error
    if len(several) % _HASH or place < 0:
        raise JournalUnusable("The journal tells of leaves that nobody can read.")
    return owner_id, place, [several[at : at + _HASH] for at in range(0, len(several), _HASH)]


def _regrown(house: House, session: Session, owner_id: str, hashes: dict[int, bytes]) -> Regrown:
    last = heads.head(session, owner_id)
    size = 0 if last is None else last.size
    new = sorted(leaf for leaf in hashes if leaf >= size)
    if new != list(range(size, size + len(new))):
        raise JournalUnusable("The journal does not tell of every leaf since the backup.")
    reader = Reader(session)
    waiting = select(Disclosure).where(Disclosure.owner_id == owner_id, Disclosure.leaf.is_(None))
    rows = {leaf_hash(reader, row): row for row in session.scalars(waiting)}
    found, lost = [], 0
    for leaf in new:
        row = rows.pop(hashes[leaf], None)
        if row is None:
            row, lost = _hash_alone(house, owner_id), lost + 1
            session.add(row)
        else:
            found.append(row)
        row.leaf, row.hash = leaf, hashes[leaf]
    session.flush()
    return Regrown(owner_id=owner_id, hashes=[hashes[leaf] for leaf in new], lost=lost, found=found)


def _hash_alone(house: House, owner_id: str) -> Disclosure:
    return Disclosure(
        id="", owner_id=owner_id, viewer="", way="", form="", at=house.now(), legend="", shown="", rules=""
    )  # fmt: skip
