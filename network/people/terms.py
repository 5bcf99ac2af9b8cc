"""The terms of this node: one version in force, in two languages, and who accepted it when.

Guarantees: an acceptance is recorded with the version, the digest of the very texts, the person and the time, and counts
for that version alone; a new version asks everybody again. An organization that has people accepted when one of its
owners did so for it. One without people was entered by the operator, who answers for it, and is not asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.columns import as_utc
from network.names import ID_BYTES
from network.people import roles
from network.people.errors import NotThere, TermsOutdated
from network.people.letters import LANGUAGES
from network.people.models import TermsAcceptanceRow
from trust import strict_json
from trust.keys import Entropy

VERSION: Final = "2026-11"
"""Raised whenever a text changes; a test holds the digest of each version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A version; `texts` by language, in Markdown; `digest`: SHA-256 of version and texts in canonical JSON."""

    version: str
    digest: str
    texts: Mapping[str, str]


@cache
def in_force() -> Terms:
    """The version that counts now."""
    texts = {each: (files("network.people") / "texts" / f"terms.{each}.md").read_text(encoding="utf-8") for each in LANGUAGES}
    digest = hashlib.sha256(strict_json.canonical({"version": VERSION, "texts": texts})).hexdigest()
    return Terms(version=VERSION, digest=digest, texts=texts)


def accept(
    session: Session,
    entropy: Entropy,
    person_id: str,
    *,
    version: str,
    digest: str,
    organizations: Iterable[str] = (),
    now: datetime,
) -> None:
    """Record a yes, for the person and for each organization (by id) whose owner they are; a second yes changes nothing.

    Raises `TermsOutdated` when it is not the version in force, `NotThere` for an organization of which they are no owner.
    """
    current = in_force()
    if (version, digest) != (current.version, current.digest):
        raise TermsOutdated("These are not the terms in force; read them again.", version=current.version)
    wanted: list[str | None] = [None]
    for organization_id in organizations:
        if roles.role_of(session, organization_id, person_id) != roles.OWNER:
            raise NotThere("There is no such organization of yours.")
        wanted.append(organization_id)
    for subject in wanted:
        if not _found(session, person_id if subject is None else None, subject):
            session.add(
                TermsAcceptanceRow(
                    id=entropy(ID_BYTES).hex(),
                    person_id=person_id,
                    organization_id=subject,
                    version=version,
                    digest=digest,
                    accepted_at=as_utc(now),
                )
            )
    session.flush()


def accepted_by_person(session: Session, person_id: str) -> bool:
    """Whether a person accepted the version in force."""
    return _found(session, person_id, None)


def accepted_for(session: Session, organization_id: str) -> bool:
    """Whether an organization may act through its programs: accepted by an owner, or without people at all."""
    return _found(session, None, organization_id) or not roles.has_people(session, organization_id)


def _found(session: Session, person_id: str | None, organization_id: str | None) -> bool:
    current = in_force()
    query = select(TermsAcceptanceRow.id).where(
        TermsAcceptanceRow.version == current.version, TermsAcceptanceRow.digest == current.digest
    )
    if organization_id is None:
        query = query.where(TermsAcceptanceRow.person_id == person_id, TermsAcceptanceRow.organization_id.is_(None))
    else:
        query = query.where(TermsAcceptanceRow.organization_id == organization_id)
    return session.scalars(query.limit(1)).first() is not None
