"""The tables of people: accounts, what they were mailed, their sessions and roles, applications, terms, and the outbox.

Guarantees by constraint: one account for each mail address, one role for each person and organization, a session or a
mailed token found by the digest of its secret alone. A secret itself is in no column: passwords rest as argon2 hashes,
tokens and recovery codes as SHA-256 (they are random), second factors and letters sealed under the KEK.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from network.columns import CanonicalJson, UtcTime
from network.database import Base
from network.lasting import LASTING, MADE, MADE_OR_ENDED, WATCHED
from network.sealing import sealed_blob

HEX_ID = 32
ADDRESS_MAX = 254
"""Characters (RFC 5321 section 4.5.3.1.3, less the angle brackets)."""


def _organization(*, primary: bool = False, index: bool = False) -> Mapped[str]:
    return mapped_column(String(HEX_ID), ForeignKey("organizations.id"), primary_key=primary, index=index)


def _person(*, primary: bool = False, index: bool = False) -> Mapped[str]:
    return mapped_column(String(HEX_ID), ForeignKey("persons.id"), primary_key=primary, index=index)


class PersonRow(Base):
    """An account. After erasing, the id alone is left, for what was recorded under it."""

    __tablename__ = "persons"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    address: Mapped[str | None] = mapped_column(String(ADDRESS_MAX))
    address_key: Mapped[str | None] = mapped_column(String(ADDRESS_MAX), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    password: Mapped[str | None] = mapped_column(String(200), info=WATCHED)
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed_blob("totp/{id}"))
    totp_on: Mapped[bool] = mapped_column(info=WATCHED)  # a secret that is in force is replaced by switching off and on
    totp_step: Mapped[int] = mapped_column(BigInteger)
    created: Mapped[datetime] = mapped_column(UtcTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcTime, info=LASTING)


class RecoveryCodeRow(Base):
    """A code that stands in for a second factor once; used up, it is deleted, and its person counts as changed."""

    __tablename__ = "recovery_codes"

    person_id: Mapped[str] = _person(primary=True)
    code_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class PersonRoleRow(Base):
    """What a person may do for an organization."""

    __tablename__ = "person_roles"
    __table_args__ = (CheckConstraint("role IN ('owner', 'editor', 'reader')", name="role"), {"info": MADE_OR_ENDED})

    organization_id: Mapped[str] = _organization(primary=True)
    person_id: Mapped[str] = _person(primary=True, index=True)
    role: Mapped[str] = mapped_column(String(8), info=LASTING)
    since: Mapped[datetime] = mapped_column(UtcTime)


class SignUpRow(Base):
    """A sign-up whose address is not confirmed yet; there is no account so far. Deleted when confirmed or too old."""

    __tablename__ = "sign_ups"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    address: Mapped[str] = mapped_column(String(ADDRESS_MAX))
    address_key: Mapped[str] = mapped_column(String(ADDRESS_MAX), index=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(2))
    password: Mapped[str] = mapped_column(String(200))
    organization: Mapped[object] = mapped_column(CanonicalJson)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class ResetRow(Base):
    """A mailed permission to choose a new password, once."""

    __tablename__ = "password_resets"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[str] = _person(index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class InvitationRow(Base):
    """An organization's offer of a role to whoever reads the mail of one address."""

    __tablename__ = "invitations"
    __table_args__ = (CheckConstraint("role IN ('owner', 'editor', 'reader')", name="role"),)

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    organization_id: Mapped[str] = _organization(index=True)
    address: Mapped[str] = mapped_column(String(ADDRESS_MAX))
    address_key: Mapped[str] = mapped_column(String(ADDRESS_MAX))
    role: Mapped[str] = mapped_column(String(8))
    language: Mapped[str] = mapped_column(String(2))
    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class SessionRow(Base):
    """A person who is logged in somewhere. Ending it deletes it."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    person_id: Mapped[str] = _person(index=True)
    secret_sha256: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    agent: Mapped[str] = mapped_column(String(200))
    created: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class AttemptRow(Base):
    """How often something was tried for one address lately, known here or not; the key is a keyed digest of it."""

    __tablename__ = "attempts"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    first_at: Mapped[datetime] = mapped_column(UtcTime)
    last_at: Mapped[datetime] = mapped_column(UtcTime, index=True)


class ApplicationRow(Base):
    """An organization that a person asks for; it exists when the operator approves it, and not before."""

    __tablename__ = "applications"
    __table_args__ = (CheckConstraint("state IN ('waiting', 'approved', 'refused')", name="state"),)

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    person_id: Mapped[str] = _person(index=True)
    slug: Mapped[str] = mapped_column(String(63))
    legal_name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    roles: Mapped[object] = mapped_column(CanonicalJson)
    sectors: Mapped[object] = mapped_column(CanonicalJson)
    identifiers: Mapped[object] = mapped_column(CanonicalJson)
    state: Mapped[str] = mapped_column(String(8))
    answer: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    organization_id: Mapped[str | None] = mapped_column(String(HEX_ID), ForeignKey("organizations.id"), index=True)


class ApplicationDocumentRow(Base):
    """A file that an applicant shows to the operator."""

    __tablename__ = "application_documents"

    application_id: Mapped[str] = mapped_column(String(HEX_ID), ForeignKey("applications.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[datetime] = mapped_column(UtcTime)


class OrganizationIdentifierRow(Base):
    """An identifier that an organization was approved with; duplicates are looked for by it."""

    __tablename__ = "organization_identifiers"

    organization_id: Mapped[str] = _organization(primary=True)
    scheme: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(String(64), index=True)


class TermsAcceptanceRow(Base):
    """Somebody said yes to a version of the terms, for themselves, or as an owner for an organization."""

    __tablename__ = "terms_acceptances"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    person_id: Mapped[str] = _person(index=True)
    organization_id: Mapped[str | None] = mapped_column(String(HEX_ID), ForeignKey("organizations.id"), index=True)
    version: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    accepted_at: Mapped[datetime] = mapped_column(UtcTime)


class DepartureRow(Base):
    """An organization that left. Its DID, its keys and this row are what stays, for what it signed."""

    __tablename__ = "departures"
    __table_args__ = ({"info": MADE},)

    organization_id: Mapped[str] = _organization(primary=True)
    left_at: Mapped[datetime] = mapped_column(UtcTime, info=LASTING)
    erased: Mapped[bool] = mapped_column(info=LASTING)


class LetterRow(Base):
    """A letter on its way; address and text rest sealed, and the row goes when it is sent, given up, or its reader erased."""

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(HEX_ID), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(String(HEX_ID), ForeignKey("persons.id"), index=True)
    topic: Mapped[str] = mapped_column(String(32))
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=sealed_blob("outbox/{id}"))
    created: Mapped[datetime] = mapped_column(UtcTime)
    attempts: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
