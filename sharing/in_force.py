"""Which attestations are in force, read from the tables for `backing`, and which factories a change of keys concerns.

Guarantees: reads only the snapshot it is given. An attestation is in force that nobody took back or suspended, that has no
label (`self`, `reciprocal`, `ring`), that is signed by its auditor's open key, whose status lists are beyond doubt and signed
by the key it names for them, about a factory whose views the node can sign. Whether it has run out is left to the reader of
its last day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, timedelta
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Row, Select, or_, select
from sqlalchemy.orm import Session

from network import identity
from network.errors import KeyUnknown
from network.keystore import Keystore
from network.models import KeyRow
from sharing.auditing.models import AttestationList
from sharing.backing import Facts
from sharing.models import Attestation, Publication, StatusList
from sharing.publications import note_change
from trust import attestation as credentials
from trust.cell import split_claim_name
from trust.errors import TrustError
from trust.keys import Kid
from trust.verdict import InForce, Provenance, label_of, provenance_of

_AT_ONCE = 500


def known_of(session: Session, keystore: Keystore, factory_ids: Sequence[str] | Select[str]) -> dict[str, list[Facts]]:
    """What attestations say of these published factories; those of which none says anything are absent."""
    rows = session.execute(_in_force().where(Attestation.factory_id.in_(factory_ids)))
    reader = _Reader(session, keystore)
    return {factory_id: reader.facts(group) for factory_id, group in groupby(rows, key=attrgetter("factory_id"))}


@contextmanager
def known_of_all(session: Session, keystore: Keystore) -> Iterator[Callable[[str], list[Facts]]]:
    """The same for every published factory, read in step with whoever asks for them in the order of their ids.

    Closed at the end, also when nobody asked: it is a cursor of the server.
    """
    rows = session.execute(_in_force().execution_options(yield_per=_AT_ONCE))
    reader = _Reader(session, keystore)
    waiting = iter(groupby(rows, key=attrgetter("factory_id")))
    ahead: list[tuple[str, list[Facts]]] = []

    def of(factory_id: str) -> list[Facts]:
        # Both are in the order of one database, so only equality is asked: its collation need not be Python's.
        if not ahead:
            following = next(waiting, None)
            if following is None:
                return []
            ahead.append((following[0], reader.facts(following[1])))
        return ahead.pop()[1] if ahead[0][0] == factory_id else []

    try:
        yield of
    finally:
        rows.close()


def note_keys_changed(session: Session, organization_id: str | None) -> int:
    """Let the search follow a change of an organization's keys (None: of the node's): what they back is another. How many."""
    query = select(Attestation.factory_id).join(Publication, Publication.factory_id == Attestation.factory_id)
    if organization_id is not None:
        query = query.where(or_(Attestation.auditor_id == organization_id, Publication.organization_id == organization_id))
    concerned = sorted(set(session.scalars(query.where(Attestation.sealed.is_not(None)))))
    for factory_id in concerned:
        note_change(session, factory_id)
    return len(concerned)


def _in_force() -> Select[str, str, str, str | None, str]:
    """Attestations of published factories that nobody took back, whose owners' views the node can sign."""
    doubted = select(StatusList.id).where(StatusList.doubted_since.is_not(None))
    in_doubt = select(AttestationList.attestation_id).where(AttestationList.list_id.in_(doubted))
    speaking = select(KeyRow.organization_id).where(KeyRow.valid_until.is_(None), KeyRow.sealed.is_not(None))
    return (
        select(Attestation.factory_id, Attestation.id, Attestation.auditor_id, Attestation.sealed, Publication.organization_did)
        .join(Publication, Publication.factory_id == Attestation.factory_id)
        .where(
            Attestation.sealed.is_not(None),
            Attestation.revoked_at.is_(None),
            Attestation.suspended_at.is_(None),
            Attestation.label.is_(None),
            Attestation.status_list_id.not_in(doubted),
            Attestation.id.not_in(in_doubt),
            Attestation.auditor_id != Publication.organization_id,
            Publication.organization_id.in_(speaking),
        )
        .order_by(Attestation.factory_id, Attestation.id)
    )


class _Reader:
    """Opens attestations in one snapshot; each auditor's key is looked up once."""

    def __init__(self, session: Session, keystore: Keystore) -> None:
        self._session = session
        self._keystore = keystore
        self._keys: dict[str, identity.Key | None] = {}
        self._status: Kid | None = None
        self._looked = False

    def facts(self, rows: Iterator[Row[str, str, str, str | None, str]]) -> list[Facts]:
        """Those of the rows that are signed by a key that is still open, and whose status can be known."""
        return [facts for row in rows if (facts := self._facts(row)) is not None]

    def _facts(self, row: Row[str, str, str, str | None, str]) -> Facts | None:
        key, status_key = self._key(row.auditor_id), self._status_key()
        if key is None or status_key is None:
            return None
        text = self._keystore.open(f"attestation/{row.id}", bytes.fromhex(row.sealed or "")).decode()
        try:
            read = credentials.read(text, key=key.public)
        except TrustError:
            return None  # signed by a key that was replaced: without a log nobody can tell when
        if any(entry.key != status_key for entry in read.statement.status):
            return None  # its lists are signed by another key than it names
        label = label_of(read, InForce(as_of=None, current=True), view_issuer=row.organization_did)
        provenance = provenance_of(read, label=label)
        if provenance is Provenance.SELF:
            return None
        until = read.statement.valid_until.astimezone(UTC).date() - timedelta(days=1)
        claims = {name: cell for name, cell in read.claims.items() if split_claim_name(name)[1] != "existence"}
        return Facts(claims=claims, provenance=provenance, until=until)

    def _key(self, auditor_id: str) -> identity.Key | None:
        if auditor_id not in self._keys:
            try:
                self._keys[auditor_id] = identity.organization_key(self._session, auditor_id)
            except KeyUnknown:
                self._keys[auditor_id] = None
        return self._keys[auditor_id]

    def _status_key(self) -> Kid | None:
        """The key that signs status lists; None while the node has none, or no root key that anybody could be anchored in."""
        if not self._looked:
            self._looked = True
            node = identity.node(self._session).did
            with suppress(KeyUnknown):
                identity.current_key(self._session, node, "root")
                self._status = identity.current_key(self._session, node, "status").kid
        return self._status
