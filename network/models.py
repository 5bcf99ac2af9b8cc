"""The tables of `network`. Rows stay inside a transaction: services return the dataclasses of their own modules.

Guarantees by constraint, not by care: one node row, one change counter, one signing state, unique slugs and DIDs, at most
one open key per owner and role, no key in two roles or for two owners, an organization's key has an organization and a
node's key has none, a self-held key has no sealed half.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import CanonicalJson, UtcTime
from network.database import Base
from network.lasting import LASTING, MADE, WATCHED
from network.sealing import sealed_key


class NodeRow(Base):
    """This installation. One row; `origin` never changes."""

    __tablename__ = "node"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str] = mapped_column(String(300))
    name: Mapped[str] = mapped_column(String(200))
    development: Mapped[bool]
    created: Mapped[datetime] = mapped_column(UtcTime)


class OrganizationRow(Base):
    """A legal party whose home is this node. Never deleted: its DID may be named in signatures elsewhere."""

    __tablename__ = "organizations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    slug: Mapped[str] = mapped_column(String(63), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    did: Mapped[str] = mapped_column(String(400), unique=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)


class OrganizationFactRow(Base):
    """One value of one attribute of an organization, and who says so."""

    __tablename__ = "organization_facts"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    attribute: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(64), primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    set_at: Mapped[datetime] = mapped_column(UtcTime)


class KeyRow(Base):
    """A signing key. `sealed` is the private half under the KEK; NULL when its owner holds it. Never deleted."""

    __tablename__ = "keys"
    __table_args__ = (
        CheckConstraint("role IN ('organization', 'root', 'status', 'token', 'log', 'transport')", name="role"),
        CheckConstraint("custody IN ('node', 'self')", name="custody"),
        CheckConstraint("(role = 'organization') = (organization_id IS NOT NULL)", name="owner"),
        CheckConstraint("(custody = 'node') = (sealed IS NOT NULL)", name="sealed"),
        Index(
            "uq_keys_open",
            "owner",
            "role",
            unique=True,
            sqlite_where=text("valid_until IS NULL"),
            postgresql_where=text("valid_until IS NULL"),
        ),
        Index("ix_keys_owner", "owner"),
        {"info": MADE},
    )

    kid: Mapped[str] = mapped_column(String(500), primary_key=True)
    owner: Mapped[str] = mapped_column(String(400))
    organization_id: Mapped[str | None] = mapped_column(ForeignKey("organizations.id"))
    role: Mapped[str] = mapped_column(String(16), info=LASTING)
    thumbprint: Mapped[str] = mapped_column(String(43), unique=True)
    custody: Mapped[str] = mapped_column(String(8))
    public_jwk: Mapped[object] = mapped_column(CanonicalJson)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed_key("kid", "owner"))
    valid_from: Mapped[datetime] = mapped_column(UtcTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)
    compromised_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)


class ClientRow(Base):
    """Client credentials of an organization; of the secret only its SHA-256 is kept."""

    __tablename__ = "clients"

    client_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id"), index=True)
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary, info=WATCHED)
    label: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[object] = mapped_column(CanonicalJson)
    created: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)


class ChangeCounterRow(Base):
    """The newest change number. Read and taken by `network.database.current_change` and `next_change` only."""

    __tablename__ = "change_counter"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(BigInteger)


class SigningState(Base):
    """One row: where this database stands in what the node has said."""

    __tablename__ = "signing_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    generation: Mapped[int] = mapped_column(BigInteger)
    kek_check: Mapped[str | None] = mapped_column(String(64))
    restored_at: Mapped[datetime | None] = mapped_column(UtcTime)
    restored_from: Mapped[str | None] = mapped_column(String(64))
    elsewhere: Mapped[bool] = mapped_column(server_default=false())


class Restoration(Base):
    """One restored copy that an operator has settled, and how."""

    __tablename__ = "restorations"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    accepted_at: Mapped[datetime] = mapped_column(UtcTime)
    restored_at: Mapped[datetime | None] = mapped_column(UtcTime)
    restored_from: Mapped[str | None] = mapped_column(String(64))
    generation: Mapped[int] = mapped_column(BigInteger)
    settled: Mapped[str] = mapped_column(String(16))
