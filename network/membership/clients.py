"""Client credentials: how a program of an organization says who it is (OAuth 2, RFC 6749 section 4.4).

Guarantees: a secret is 256 random bits, is returned once and kept as its SHA-256 (nothing slower is needed for a secret
nobody chose). Whether an id is unknown, a secret wrong or a client revoked is one answer after the same work: one
query, one hash, one comparison in constant time.

Not here: limits on how often one may try, and whether the organization is suspended; `api` asks the directory for that.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, NewType

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.columns import as_utc
from network.errors import ClientInvalid, ClientUnknown, NameInvalid, OrganizationUnknown
from network.models import ClientRow, OrganizationRow
from network.names import ID_BYTES, OrganizationId, check_name, is_id
from trust import base64url
from trust.keys import Entropy

ClientId = NewType("ClientId", str)
"""32 lower-case hexadecimal characters, random."""

SECRET_BYTES: Final = 32
_SCOPE = re.compile(r"[a-z][a-z0-9_.:-]{0,31}")
_MOST_SCOPES = 16
_NOBODY = ClientId("0" * 32)
_NO_HASH = bytes(32)
"""What a wrong id is compared with; no known text has this hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One program of an organization. Its secret cannot be had again."""

    client_id: ClientId
    organization_id: OrganizationId
    label: str
    scopes: frozenset[str]
    created: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A client as it is made. `repr` does not show the secret."""

    client: Client
    secret: str

    def __repr__(self) -> str:
        return f"NewClient(client={self.client!r}, secret=...)"


def create_client(
    session: Session, organization_id: str, *, label: str, scopes: Iterable[str], entropy: Entropy, now: datetime
) -> NewClient:
    """Make a client and its secret (43 characters of base64url); raises `ClientInvalid`, `OrganizationUnknown`."""
    wanted = sorted(set(scopes))
    if not 1 <= len(wanted) <= _MOST_SCOPES or not all(_SCOPE.fullmatch(scope) for scope in wanted):
        raise ClientInvalid("A client has 1 to 16 scopes in lower-case letters.", reason="scopes")
    try:
        check_name(label)
    except NameInvalid as error:
        raise ClientInvalid(error.message, reason="label") from error
    if not is_id(organization_id) or session.get(OrganizationRow, organization_id) is None:
        raise OrganizationUnknown("There is no such organization.")
    secret = base64url.encode(entropy(SECRET_BYTES))
    row = ClientRow(
        client_id=entropy(ID_BYTES).hex(),
        organization_id=organization_id,
        secret_sha256=_digest(secret),
        label=label,
        scopes=wanted,
        created=as_utc(now),
    )
    session.add(row)
    session.flush()
    return NewClient(client=_client(row), secret=secret)


def verify_client(session: Session, client_id: str, secret: str) -> Client:
    """The client of this id and secret, unless it is revoked; raises `ClientUnknown` for everything else alike."""
    row = _lookup(session, client_id)
    matches = hmac.compare_digest(_NO_HASH if row is None else row.secret_sha256, _digest(secret))
    if row is None or not matches or row.revoked_at is not None:
        raise ClientUnknown("The client credentials are not valid.")
    return _client(row)


def client(session: Session, client_id: str) -> Client | None:
    """One client, revoked or not."""
    row = _lookup(session, client_id)
    return None if row is None else _client(row)


def clients_of(session: Session, organization_id: str) -> tuple[Client, ...]:
    """Every client an organization ever had, oldest first."""
    if not is_id(organization_id):
        return ()
    rows = session.scalars(
        select(ClientRow).where(ClientRow.organization_id == organization_id).order_by(ClientRow.created, ClientRow.client_id)
    )
    return tuple(_client(row) for row in rows)


def revoke_client(session: Session, organization_id: str, client_id: str, *, now: datetime) -> Client:
    """Revoke from `now`, for good; a second time changes nothing. `ClientUnknown` also for another organization's."""
    row = _lookup(session, client_id)
    if row is None or row.organization_id != organization_id:
        raise ClientUnknown("There is no such client.")
    row.revoked_at = row.revoked_at or as_utc(now)
    session.flush()
    return _client(row)


def rotate_secret(session: Session, organization_id: str, client_id: str, *, entropy: Entropy) -> NewClient:
    """A new secret for a client; the old one ends at once. Raises `ClientUnknown`, also for a revoked client.

    Without overlap: a secret is replaced because it may be known, and a program that must not stop gets a second client.
    """
    row = _lookup(session, client_id)
    if row is None or row.organization_id != organization_id or row.revoked_at is not None:
        raise ClientUnknown("There is no such client.")
    secret = base64url.encode(entropy(SECRET_BYTES))
    row.secret_sha256 = _digest(secret)
    session.flush()
    return NewClient(client=_client(row), secret=secret)


def _lookup(session: Session, client_id: str) -> ClientRow | None:
    # A text that cannot be an id is looked up as one that nobody has, so that it takes as long.
    wanted = client_id if is_id(client_id) else _NOBODY
    return session.scalars(select(ClientRow).where(ClientRow.client_id == wanted)).one_or_none()


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def _client(row: ClientRow) -> Client:
    scopes = row.scopes if isinstance(row.scopes, list) else []
    return Client(
        client_id=ClientId(row.client_id),
        organization_id=OrganizationId(row.organization_id),
        label=row.label,
        scopes=frozenset(str(scope) for scope in scopes),
        created=row.created,
        revoked_at=row.revoked_at,
    )
