"""The tables of what is shared. They stand on `network.database.Base`, beside the tables of who shares it.

Who owns which state: a *factory* row is locked by every writer of that factory for the length of its transaction, so a
published row is always made from one profile revision and one policy revision. `publications` holds what is live now and
nothing else; `changes` says which factory changed at which change number, and every search index follows it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, Integer, String, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import CanonicalJson, UtcTime
from network.database import Base
from network.lasting import ENDED, LASTING, MADE, MADE_OR_ENDED, WATCHED
from network.sealing import sealed_blob

HEX_ID = 32
FACTORY_ID = 21


def _factory_key(*, primary: bool = False, index: bool = False) -> Mapped[str]:
    return mapped_column(String(FACTORY_ID), ForeignKey("factories.id"), primary_key=primary, index=index)


def _organization_key(*, index: bool = False, primary: bool = False) -> Mapped[str]:
    return mapped_column(String(HEX_ID), ForeignKey("organizations.id"), index=index, primary_key=primary)


class Factory(Base):
    """One production site and where its editing stands; the profile itself is in `profile_revisions`."""

    __tablename__ = "factories"

    id: Mapped[str] = mapped_column(String(FACTORY_ID), primary_key=True)
    organization_id: Mapped[str] = _organization_key(index=True)
    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(Integer)
    policy_revision: Mapped[int] = mapped_column(Integer)
    legal_name: Mapped[str] = mapped_column(Text)
    import_key: Mapped[str | None] = mapped_column(String(64))
    import_digest: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    first_published_at: Mapped[datetime | None] = mapped_column(UtcTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)

    __table_args__ = (Index("ix_factories_import", "organization_id", "import_key", unique=True),)


class ProfileRevision(Base):
    """One full private record as its owner stated it; `stated` says since when each level of each value says what it says.

    Revisions count from 1. Under 0 stands what the factory showed when it was last taken off, with the days that it showed.
    """

    __tablename__ = "profile_revisions"

    factory_id: Mapped[str] = _factory_key(primary=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    stated: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class PolicyRevision(Base):
    """One policy as its owner wrote it."""

    __tablename__ = "policy_revisions"

    factory_id: Mapped[str] = _factory_key(primary=True)
    revision: Mapped[int] = mapped_column(Integer, primary_key=True)
    document: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Publication(Base):
    """What a published factory shares now: one record and one policy, read together by key."""

    __tablename__ = "publications"
    __table_args__ = ({"info": WATCHED},)

    factory_id: Mapped[str] = _factory_key(primary=True)
    organization_id: Mapped[str] = _organization_key(index=True)
    organization_did: Mapped[str] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(Integer, info=WATCHED)
    document: Mapped[str] = mapped_column(Text)
    stated: Mapped[str] = mapped_column(Text, info=WATCHED)
    policy: Mapped[str] = mapped_column(Text, info=WATCHED)
    restate_on: Mapped[date | None] = mapped_column(Date, index=True)


class Change(Base):
    """Factory `factory_id` changed at `number`; numbers are gap-free and in commit order.

    `mark` is random. After a backup was put back the same numbers are given out again, for other changes: who kept something
    of a number outside of the database tells by the mark whether it is that change's.
    """

    __tablename__ = "changes"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    factory_id: Mapped[str] = _factory_key()
    mark: Mapped[float | None] = mapped_column(Float, default=func.random())


class StoredView(Base):
    """The signed view of one standing audience, byte for byte, for as long as its projection stays the same."""

    __tablename__ = "stored_views"

    factory_id: Mapped[str] = _factory_key(primary=True)
    audience: Mapped[str] = mapped_column(String(8), primary_key=True)
    jwt: Mapped[str] = mapped_column(Text)
    projection_digest: Mapped[str] = mapped_column(String(64))
    status_list_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("status_lists.id"), index=True)
    status_index: Mapped[int] = mapped_column(Integer)


class StatusList(Base):
    """One Bitstring Status List. One for each attestation and for each audience of a factory, under a random name, so that
    a list says nothing about anything its reader was not shown. A doubted one is not signed: see `sharing.restored`."""

    __tablename__ = "status_lists"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    organization_id: Mapped[str] = _organization_key()
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    doubted_since: Mapped[datetime | None] = mapped_column(UtcTime)
    purpose: Mapped[str] = mapped_column(String(12), default="revocation", server_default="revocation")


class StatusEntry(Base):
    """One allocated index of a list for revocations, and whether its bit is set."""

    __tablename__ = "status_entries"
    __table_args__ = ({"info": MADE},)

    list_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("status_lists.id"), primary_key=True)
    index: Mapped[int] = mapped_column("entry", Integer, primary_key=True)
    revoked: Mapped[bool] = mapped_column(Boolean, info=LASTING)


class Grant(Base):
    """An organization's place on a factory's tier, or (`direct`) an audit's window onto exactly its fields."""

    __tablename__ = "grants"
    __table_args__ = ({"info": MADE},)

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    factory_id: Mapped[str] = _factory_key(index=True)
    organization_id: Mapped[str] = _organization_key(index=True)
    tier: Mapped[str | None] = mapped_column(String(12))
    fields: Mapped[object] = mapped_column(CanonicalJson, nullable=True)
    direct: Mapped[bool] = mapped_column(Boolean)
    purpose: Mapped[str] = mapped_column(String(20))
    start: Mapped[date] = mapped_column("starts_on", Date)
    until: Mapped[date] = mapped_column("until_on", Date)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)
    signed: Mapped[str] = mapped_column(Text)


class AccessRequest(Base):
    """A viewer asks to come closer. It stays pending until the owner decides; time alone decides nothing."""

    __tablename__ = "access_requests"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    factory_id: Mapped[str] = _factory_key(index=True)
    organization_id: Mapped[str] = _organization_key(index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    tier: Mapped[str | None] = mapped_column(String(12))
    message: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12))
    answer: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    grant_id: Mapped[str | None] = mapped_column(String(HEX_ID), ForeignKey("grants.id"))


class ListMember(Base):
    """An organization on one of an owner's own lists (`group` in a policy)."""

    __tablename__ = "list_members"
    __table_args__ = ({"info": MADE_OR_ENDED},)

    owner_id: Mapped[str] = _organization_key(primary=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    organization_id: Mapped[str] = _organization_key(primary=True, index=True)


class NdaAcceptance(Base):
    """A confidentiality agreement between two organizations; it counts once both have recorded it."""

    __tablename__ = "nda_acceptances"
    __table_args__ = ({"info": ENDED},)

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    owner_id: Mapped[str] = _organization_key(index=True)
    organization_id: Mapped[str] = _organization_key(index=True)
    template: Mapped[str] = mapped_column(String(64))
    owner_accepted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    organization_accepted_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Audit(Base):
    """An engagement: who looks at which fields of which factory, under what scheme, agreed by both sides."""

    __tablename__ = "audits"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    factory_id: Mapped[str] = _factory_key(index=True)
    auditor_id: Mapped[str] = _organization_key(index=True)
    proposed_by: Mapped[str] = _organization_key()
    scheme: Mapped[str] = mapped_column(Text)
    scheme_version: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(12))
    modality: Mapped[str] = mapped_column(String(12))
    scope: Mapped[object] = mapped_column(CanonicalJson)
    scope_text: Mapped[str] = mapped_column(Text)
    start: Mapped[date] = mapped_column("starts_on", Date)
    until: Mapped[date] = mapped_column("until_on", Date)
    state: Mapped[str] = mapped_column(String(12))
    grant_id: Mapped[str | None] = mapped_column(String(HEX_ID), ForeignKey("grants.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Attestation(Base):
    """What an auditor signed. `sealed` is the whole SD-JWT: its salts are secrets, so it rests encrypted.

    It backs something while it is issued, has not run out, is neither revoked nor suspended and has no label.
    `asked_at` is the date of the last signed request about it: an older one is somebody else's copy.
    """

    __tablename__ = "attestations"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    audit_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("audits.id"), index=True)
    factory_id: Mapped[str] = _factory_key(index=True)
    auditor_id: Mapped[str] = _organization_key(index=True)
    worksheet: Mapped[str] = mapped_column(Text, info=sealed_blob("worksheet/{id}"))
    sealed: Mapped[str | None] = mapped_column(Text, info=sealed_blob("attestation/{id}"))
    schemes: Mapped[object] = mapped_column(CanonicalJson)
    status_list_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("status_lists.id"))
    status_index: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    issued_at: Mapped[datetime | None] = mapped_column(UtcTime)
    valid_until: Mapped[date | None] = mapped_column(Date)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)
    revocation_reason: Mapped[str | None] = mapped_column(Text)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)
    suspension_reason: Mapped[str | None] = mapped_column(Text)
    asked_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)
    label: Mapped[str | None] = mapped_column(String(12), info=LASTING)
