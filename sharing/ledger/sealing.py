"""Sealing: rows become leaves of their owner's own Merkle tree, whose head the node's log key signs.

One tree for each organization (docs/adr/0025): its size is the number of its own rows, so that a head, an export and a proof
tell nothing of anybody else's. A tree only grows: each head is over all leaves so far, so it speaks for every earlier one.

Guarantees: a row gets one leaf and keeps it; two processes that seal at once take turns; a head is stored in the transaction
that gives out its leaves. A sealing takes a generation, so that a node that was put back from an older copy is noticed before
it signs another head of the same size; the journal keeps the hashes of its leaves, with which such a copy goes on (`go_on`).
The first sight of a group through the tier `confidential`, or a direct grant, is told to the owner here, once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import identity
from network.errors import KeyUnknown
from sharing.house import House
from sharing.ledger.collecting import MEMBER, PUBLIC
from sharing.ledger.heads import edge_of, head, ledger_name
from sharing.ledger.leaves import leaf_hash
from sharing.ledger.models import Disclosure, FirstSight, LedgerHead
from sharing.ledger.reading import Reader
from sharing.ledger.regrowing import regrow, remember
from sharing.models import Factory
from sharing.telling import tell
from trust import checkpoint, merkle
from trust.checkpoint import Checkpoint
from trust.keys import Signer

AT_ONCE: Final = 1000
"""Rows in one transaction, while which SQLite has no other writer."""
ROLE: Final = "log"
SEEN: Final = "first_sight"


def seal_due(house: House) -> int:
    """Seal every row that is not yet; how many. Opens transactions of its own, small ones."""
    done = 0
    while True:
        with house.database.read() as session:
            waiting = session.scalars(select(Disclosure.number).where(Disclosure.leaf.is_(None)).limit(1)).first()
        if waiting is None:
            return done
        with house.database.write("seal-ledger") as session:
            done += seal(house, session)


def seal_own(house: House, owner_id: str) -> None:
    """Seal what is waiting of one organization's ledger, before it is exported."""
    while True:
        own = select(Disclosure.number).where(Disclosure.owner_id == owner_id, Disclosure.leaf.is_(None)).limit(1)
        with house.database.read() as session:
            if session.scalars(own).first() is None:
                return
        with house.database.write("seal-own-ledger") as session:
            seal(house, session, owner_id)


def seal(house: House, session: Session, owner_id: str | None = None) -> int:
    """Seal at most `AT_ONCE` rows, of one owner or of all; how many."""
    query = select(Disclosure).where(Disclosure.leaf.is_(None))
    if owner_id is not None:
        query = query.where(Disclosure.owner_id == owner_id)
    # In the order of their numbers, so that two who seal wait for each other and never crosswise; the heads are read after.
    rows = list(session.scalars(query.order_by(Disclosure.number).limit(AT_ONCE).with_for_update()))
    if not rows:
        return 0
    reader, signer = Reader(session), _signer(house, session)
    owner = attrgetter("owner_id")
    for _, own in groupby(sorted(rows, key=owner), key=owner):
        _grow(house, session, sorted(own, key=attrgetter("number")), reader=reader, signer=signer)
    session.flush()
    for row in rows:
        if row.close is not None:
            _first_sight(house, session, row)
    return len(rows)


def _grow(house: House, session: Session, rows: list[Disclosure], *, reader: Reader, signer: Signer) -> None:
    owner_id = rows[0].owner_id
    last = head(session, owner_id)
    first = 0 if last is None else last.size
    hashes = [leaf_hash(reader, row) for row in rows]
    for leaf, (row, found) in enumerate(zip(rows, hashes, strict=True), start=first):
        row.leaf, row.hash = leaf, found
    remember(session, owner_id, first, hashes)
    _sign(house, session, owner_id, last, hashes, signer=signer)


def _sign(
    house: House, session: Session, owner_id: str, last: LedgerHead | None, hashes: Sequence[bytes], *, signer: Signer
) -> None:
    """The head over the leaves of the last one and these."""
    size, edge = (0 if last is None else last.size), edge_of(last)
    for found in hashes:
        edge = merkle.grown(edge, size, found)
        size += 1
    root = merkle.root_of_edge(edge)
    note = checkpoint.issue(Checkpoint(origin=ledger_name(session, owner_id), size=size, root=root), signer=signer)
    session.add(LedgerHead(organization_id=owner_id, size=size, root=root, edge=b"".join(edge), note=note, at=house.now()))


def go_on(house: House, session: Session, kept: Iterable[tuple[str, str]]) -> dict[str, int]:
    """In a restored copy: put back the leaves that the journal kept, under a head of the same size and root as the last that
    was signed; organization -> how many of them are lost but for their hash. Raises `JournalUnusable`."""
    lost: dict[str, int] = {}
    signer: Signer | None = None
    for each in regrow(house, session, kept):
        if not each.hashes:
            continue
        signer = signer or _signer(house, session)
        last = head(session, each.owner_id)
        _sign(house, session, each.owner_id, last, each.hashes, signer=signer)
        for row in each.found:
            if row.close is not None:
                _first_sight(house, session, row)
        lost[each.owner_id] = each.lost
    session.flush()
    return lost


def _signer(house: House, session: Session) -> Signer:
    try:
        return identity.node_signer(session, house.keystore, ROLE)
    except KeyUnknown:
        # The first thing that this node ever logs.
        identity.add_key(session, house.keystore, identity.node(session).did, ROLE, organization_id=None, now=house.now())
        return identity.node_signer(session, house.keystore, ROLE)


def _first_sight(house: House, session: Session, row: Disclosure) -> None:
    if row.factory_id is None or row.viewer in (PUBLIC, MEMBER) or session.get(Factory, row.factory_id) is None:
        return
    new = False
    for group in (row.close or "").split():
        if session.get(FirstSight, (row.factory_id, row.viewer, group)) is None:
            session.add(FirstSight(factory_id=row.factory_id, viewer=row.viewer, group=group, disclosure=row.id))
            new = True
    session.flush()
    if new:
        tell(house, session, SEEN, row.id, factory_id=row.factory_id, to=row.owner_id)
