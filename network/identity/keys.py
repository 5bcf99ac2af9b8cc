"""Keys of the node and of its organizations: at most one is open per owner and role, and none is ever forgotten.

A key's validity begins at the start of the UTC hour it was made in, because what is signed on the spot is dated to the
hour: a key that began at 12:17 would sign things dated 12:00, before its own beginning. It ends when it is replaced or
compromised; the interval is half-open.

Roles are never shared: a key belongs to one owner and one role, by a constraint of the database. Self-held keys are
known here by their public half only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network.columns import as_utc, hour_of
from network.errors import DatabaseBusy, KeyNotHeld, KeyRefused, KeyTimeInvalid, KeyUnknown, StoredValueInvalid
from network.identity.nodes import node
from network.keystore import Keystore
from network.models import KeyRow
from network.names import OrganizationId, is_id, is_plain
from network.standing import require_current
from trust.did import Did
from trust.errors import TrustError
from trust.key_statement import Custody, Role
from trust.keys import Kid, PublicKey, Signer, kid_of

NODE_ROLES: Final[frozenset[Role]] = frozenset({"root", "token", "status", "log", "transport"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What is known of one key. Instants are aware UTC; `valid_until` and `compromised_at` are None while open."""

    kid: Kid
    owner: Did
    organization_id: OrganizationId | None
    role: Role
    custody: Custody
    public: PublicKey
    valid_from: datetime
    valid_until: datetime | None
    compromised_at: datetime | None


def keys_of(session: Session, owner: str, role: Role | None = None) -> tuple[Key, ...]:
    """Every key an owner (a DID) ever had, retired ones too, oldest first."""
    if not is_plain(owner):
        return ()
    query = select(KeyRow).where(KeyRow.owner == owner)
    if role is not None:
        query = query.where(KeyRow.role == role)
    return _keys(session, query)


def find_key(session: Session, kid: str) -> Key:
    """One key by its id; raises `KeyUnknown`."""
    return _key(_row(session, kid))


def current_key(session: Session, owner: str, role: Role) -> Key:
    """The open key of an owner in a role; raises `KeyUnknown` when there is none."""
    return _key(_open_row(session, owner, role))


def organization_key(session: Session, organization_id: str) -> Key:
    """The open key of an organization; raises `KeyUnknown`."""
    return _key(_organization_row(session, organization_id))


def node_keys(session: Session, role: Role) -> tuple[Key, ...]:
    """The open key of this node in a role, or none: when a key is replaced, what it signed ends with it."""
    return _keys(
        session,
        select(KeyRow).where(KeyRow.owner == node(session).did, KeyRow.role == role, KeyRow.valid_until.is_(None)),
    )


def token_keys(session: Session, *, since: datetime) -> tuple[Key, ...]:
    """The keys that access tokens of this node verify with: the open one, and those replaced after `since`.

    A token that is out when its key is replaced lives on until it expires; a compromised key is believed no more.
    """
    return _keys(
        session,
        select(KeyRow).where(
            KeyRow.owner == node(session).did,
            KeyRow.role == "token",
            KeyRow.compromised_at.is_(None),
            or_(KeyRow.valid_until.is_(None), KeyRow.valid_until > as_utc(since)),
        ),
    )


def signer(session: Session, keystore: Keystore, kid: str) -> Signer:
    """A signer for a key held here and still open; raises `KeyUnknown`, `KeyNotHeld` or `SealBroken`."""
    row = _row(session, kid)
    if row.valid_until is not None:
        raise KeyUnknown("This key is not in use any more.")
    return _signer(session, keystore, row)


def organization_signer(session: Session, keystore: Keystore, organization_id: str) -> Signer:
    """A signer for an organization's open key; raises `KeyNotHeld` when the organization holds it itself."""
    return _signer(session, keystore, _organization_row(session, organization_id))


def node_signer(session: Session, keystore: Keystore, role: Role) -> Signer:
    """A signer for this node's open key in a role."""
    return _signer(session, keystore, _open_row(session, node(session).did, role))


def rotate(
    session: Session,
    keystore: Keystore,
    owner: str,
    role: Role,
    *,
    now: datetime,
    public_jwk: object | None = None,
) -> Key:
    """Close the open key of an owner, if any, and open a new one: made here, or the owner's own by its `public_jwk`.

    An owner who holds their own key must bring the next one, or the node would quietly start to sign for them; the
    node's own keys are held by the node. Raises `KeyUnknown` for an owner without any key in this role, `KeyRefused`,
    `KeyTimeInvalid`.
    """
    moment = as_utc(now)
    query = select(KeyRow).where(KeyRow.owner == owner, KeyRow.role == role).order_by(KeyRow.valid_from, KeyRow.kid)
    locked = query.with_for_update().execution_options(populate_existing=True)
    rows = session.scalars(locked).all() if is_plain(owner) else ()
    if not rows:
        raise KeyUnknown("This owner has no key in this role.")
    if public_jwk is None and rows[-1].custody == "self":
        raise KeyRefused("A key that its owner holds is replaced by the owner's next public key.", reason="self_held")
    for row in rows:
        if row.valid_until is None:
            if moment < row.valid_from:
                raise KeyTimeInvalid("A key cannot be replaced before it began.")
            row.valid_until = moment
    # The unit of work would insert the new key before it closes the old one.
    session.flush()
    return add_key(session, keystore, owner, role, organization_id=rows[-1].organization_id, now=now, public_jwk=public_jwk)


def mark_compromised(session: Session, kid: str, *, at: datetime, now: datetime) -> Key:
    """Record that a key is not to be believed from `at` on, and close it; the date may only move to an earlier one.

    Raises `KeyTimeInvalid` for a date in the future or later than the recorded one.
    """
    moment, closed = as_utc(at), as_utc(now)
    row = _row(session, kid, lock=True)
    if moment > closed:
        raise KeyTimeInvalid("A compromise is dated to the past.")
    if row.compromised_at is not None and moment > row.compromised_at:
        raise KeyTimeInvalid("A compromise date can only be moved to an earlier one.")
    row.compromised_at = moment
    if row.valid_until is None:
        row.valid_until = max(closed, row.valid_from)
    session.flush()
    return _key(row)


def add_key(
    session: Session,
    keystore: Keystore,
    owner: str,
    role: Role,
    *,
    organization_id: str | None,
    now: datetime,
    public_jwk: object | None = None,
) -> Key:
    """Open a key for an owner that has none open in this role: made and sealed here, or given by its public half."""
    sealed: bytes | None = None
    if public_jwk is None:
        public, kid, sealed = keystore.new_key(owner)
    elif role != "organization":
        raise KeyRefused("The keys of a node are held by the node.", reason="node_key")
    else:
        try:
            public = PublicKey.from_jwk(public_jwk)
        except TrustError as error:
            raise KeyRefused("This is not an Ed25519 public key (JWK) that can be used.", reason=error.reason) from error
        kid = kid_of(owner, public)
        if session.scalars(select(KeyRow.kid).where(KeyRow.thumbprint == public.thumbprint)).first() is not None:
            raise KeyRefused("This key is, or was, in use already.", reason="in_use")
    row = KeyRow(
        kid=kid,
        owner=owner,
        organization_id=organization_id,
        role=role,
        thumbprint=public.thumbprint,
        custody="node" if sealed else "self",
        public_jwk=public.jwk,
        sealed=sealed,
        valid_from=hour_of(now),
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        # Between the look and the insertion somebody else did the same.
        raise DatabaseBusy("The keys of this owner were changed at the same time; try again.") from error
    return _key(row)


def _keys(session: Session, query: Select[KeyRow]) -> tuple[Key, ...]:
    return tuple(_key(row) for row in session.scalars(query.order_by(KeyRow.valid_from, KeyRow.kid)))


def _row(session: Session, kid: str, *, lock: bool = False) -> KeyRow:
    query = select(KeyRow).where(KeyRow.kid == kid)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none() if is_plain(kid) else None
    if row is None:
        raise KeyUnknown("There is no such key.")
    return row


def _open_row(session: Session, owner: str, role: Role) -> KeyRow:
    return _open(session, is_plain(owner), KeyRow.owner == owner, KeyRow.role == role)


def _organization_row(session: Session, organization_id: str) -> KeyRow:
    return _open(session, is_id(organization_id), KeyRow.organization_id == organization_id)


def _open(session: Session, askable: bool, *where: ColumnElement[bool]) -> KeyRow:
    query = select(KeyRow).where(*where, KeyRow.valid_until.is_(None))
    row = session.scalars(query).one_or_none() if askable else None
    if row is None:
        raise KeyUnknown("This owner has no open key in this role.")
    return row


def check_seals(session: Session, keystore: Keystore) -> None:
    """Raise `SealBroken` when the node's root key does not open, `KeyUnknown` before there is one. Signs nothing."""
    _opened(keystore, _open_row(session, node(session).did, "root"))


def _signer(session: Session, keystore: Keystore, row: KeyRow) -> Signer:
    require_current(session)
    return _opened(keystore, row)


def _opened(keystore: Keystore, row: KeyRow) -> Signer:
    if row.sealed is None:
        raise KeyNotHeld("The owner of this key holds it; sign with `guildnet attest` where the key is.")
    return keystore.signer(kid=Kid(row.kid), owner=row.owner, sealed=row.sealed)


def _key(row: KeyRow) -> Key:
    try:
        public = PublicKey.from_jwk(row.public_jwk)
    except TrustError as error:
        raise StoredValueInvalid("A stored public key cannot be used.") from error
    if kid_of(row.owner, public) != row.kid:
        raise StoredValueInvalid("A stored public key does not belong to its key id.")
    return Key(
        kid=Kid(row.kid),
        owner=Did(row.owner),
        organization_id=None if row.organization_id is None else OrganizationId(row.organization_id),
        role=cast(Role, row.role),
        custody=cast(Custody, row.custody),
        public=public,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        compromised_at=row.compromised_at,
    )
