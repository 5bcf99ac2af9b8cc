"""An organization's attached files: taken in, listed, thrown away, and given to whoever may have them.

Guarantees: a file is what its bytes say it is, whole, and at most 10 MB; the same bytes are kept once for each organization,
under their SHA-256, and no organization can tell what another one has; one that a newest or published profile names cannot
be thrown away; a viewer gets a file only where both the decision for `document.file` and the digest in their projection are
exact, otherwise it does not exist. Does not guarantee that a file is harmless: nobody looks inside for programs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, undefer

from network.media import FILE_BYTES_MAX, media_type, why_not
from policies import Level
from sharing.catalogue.text import clean
from sharing.errors import (
    FileRefused,
    InvalidDocument,
    NotFound,
    Problem,
    Problems,
    ProfileErrors,
    RoleRequired,
    StateConflict,
)
from sharing.files.models import StoredFile
from sharing.house import House
from sharing.ledger.collecting import FILE, note
from sharing.models import Factory, ProfileRevision, Publication
from sharing.profile import Record
from sharing.projection import Projection
from sharing.seeing import see_decided
from sharing.stored import stored_record
from sharing.viewers import Caller

MOST_FILES = 1000
MOST_BYTES = 500_000_000
"""Of one organization."""
LONGEST_NAME = 200

DECIDED_BY = "document.file"
_NAMING = {"certificate": ("certificates", "certificate.document"), "document": ("documents", "document.file")}
_MARKS = tuple(f'"{key.rpartition(".")[2]}":' for _, key in _NAMING.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """One file, for its organization; `used` says that a newest or published profile names it."""

    digest: str
    media_type: str
    name: str
    size: int
    created_at: datetime
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file on its way out."""

    digest: str
    media_type: str
    content: bytes


def add_file(house: House, session: Session, caller: Caller, content: bytes, *, name: str) -> FileFacts:
    """Keep a file, once; the first name it came with stays. Raises `FileRefused`, `InvalidDocument`, `StateConflict`."""
    organization_id = _organization(caller)
    found = media_type(content) if 0 < len(content) <= FILE_BYTES_MAX else None
    if found is None:
        raise FileRefused(why_not(content))
    problems = Problems()
    kept_name = clean(name, "name", problems, longest=LONGEST_NAME)
    if kept_name is None:
        raise InvalidDocument(tuple(problems.found))
    digest = hashlib.sha256(content).hexdigest()
    row = session.get(StoredFile, (organization_id, digest), with_for_update=True)
    if row is None:
        of_own = select(func.count(), func.coalesce(func.sum(StoredFile.size), 0)).where(
            StoredFile.organization_id == organization_id
        )
        count, size = session.execute(of_own).one()
        if count >= MOST_FILES or size + len(content) > MOST_BYTES:
            raise StateConflict("There is no more room; throw away files that no profile names.", files=count, bytes=size)
        row = StoredFile(
            organization_id=organization_id,
            digest=digest,
            media_type=found,
            name=kept_name,
            size=len(content),
            content=content,
            created_at=house.now(),
        )
        session.add(row)
        session.flush()
    return _facts(row, _used(session, organization_id))


def list_files(house: House, session: Session, caller: Caller) -> list[FileFacts]:
    """The caller's files, newest first."""
    organization_id = _organization(caller)
    rows = session.scalars(
        select(StoredFile)
        .where(StoredFile.organization_id == organization_id)
        .order_by(StoredFile.created_at.desc(), StoredFile.digest)
    )
    used = _used(session, organization_id)
    return [_facts(row, used) for row in rows]


def own_file(house: House, session: Session, caller: Caller, digest: str) -> Given:
    """One of the caller's own files; raises `NotFound`."""
    return _given(session, _organization(caller), digest)


def throw_away(house: House, session: Session, caller: Caller, digest: str) -> None:
    """Destroy one of the caller's files; raises `NotFound`, and `StateConflict` while a profile names it."""
    organization_id = _organization(caller)
    row = session.get(StoredFile, (organization_id, digest), with_for_update=True)
    if row is None:
        raise NotFound
    if digest in _used(session, organization_id):
        raise StateConflict("A profile names this file; take it out of the profile and publish first.")
    session.delete(row)
    session.flush()


def shown_file(house: House, session: Session, caller: Caller, factory_id: str, digest: str) -> Given:
    """The file that a factory attaches, for whoever may have it; raises `NotFound` alike for everything else."""
    factory, decision, projection = see_decided(house, session, caller, factory_id)
    if decision.level(DECIDED_BY) is not Level.EXACT or digest not in _digests_shown(projection):
        raise NotFound
    given = _given(session, factory.organization_id, digest)
    note(projection, form=FILE, fields={DECIDED_BY, *(key for _, key in _NAMING.values())}, subject=digest)
    return given


def require_files(session: Session, organization_id: str, record: Record) -> None:
    """Raise `ProfileErrors` for each digest of which the organization has no file, with its path in the document."""
    named = [
        (f"{collection}/{place}/{key.rpartition('.')[2]}", str(element.values[key]))
        for scope, (collection, key) in _NAMING.items()
        for place, element in enumerate(record.collection(scope).values())
        if key in element.values
    ]
    if not named:
        return
    wanted = {digest for _, digest in named}
    known = set(
        session.scalars(
            select(StoredFile.digest).where(StoredFile.organization_id == organization_id, StoredFile.digest.in_(wanted))
        )
    )
    problems = tuple(
        Problem(path=path, code="unknown_file", message="Your organization has no file with this digest; upload it first.")
        for path, digest in named
        if digest not in known
    )
    if problems:
        raise ProfileErrors(problems)


def digests_of(record: Record) -> frozenset[str]:
    """The digests that a record names."""
    return frozenset(
        str(element.values[key])
        for scope, (_, key) in _NAMING.items()
        for element in record.collection(scope).values()
        if key in element.values
    )


def destroy_unused(session: Session, organization_id: str, among: Collection[str] | None = None) -> None:
    """Destroy the organization's files (those of `among`) that no newest or published profile names any more."""
    used = _used(session, organization_id)
    for row in session.scalars(select(StoredFile).where(StoredFile.organization_id == organization_id)).all():
        if row.digest not in used and (among is None or row.digest in among):
            session.delete(row)
    session.flush()


def _organization(caller: Caller) -> str:
    if caller.organization_id is None:
        raise RoleRequired("Only a member keeps files.", role="member")
    return caller.organization_id


def _given(session: Session, organization_id: str, digest: str) -> Given:
    row = session.get(StoredFile, (organization_id, digest), options=[undefer(StoredFile.content)])
    if row is None:
        raise NotFound
    return Given(digest=digest, media_type=row.media_type, content=row.content)


def _facts(row: StoredFile, used: frozenset[str]) -> FileFacts:
    return FileFacts(
        digest=row.digest,
        media_type=row.media_type,
        name=row.name,
        size=row.size,
        created_at=row.created_at,
        used=row.digest in used,
    )


def _used(session: Session, organization_id: str) -> frozenset[str]:
    newest = and_(ProfileRevision.factory_id == Factory.id, ProfileRevision.revision == Factory.revision)
    drafts = select(ProfileRevision.document).join(Factory, newest).where(Factory.organization_id == organization_id)
    live = select(Publication.document).where(Publication.organization_id == organization_id)
    # Most documents name no file and need not be read.
    drafts = drafts.where(or_(*(ProfileRevision.document.contains(each) for each in _MARKS)))
    live = live.where(or_(*(Publication.document.contains(each) for each in _MARKS)))
    documents = (*session.scalars(drafts), *session.scalars(live))
    return frozenset[str]().union(*(digests_of(stored_record(each)) for each in documents))


def _digests_shown(projection: Projection) -> set[str]:
    fields = {f"{scope}/{key.rpartition('.')[2]}" for scope, (_, key) in _NAMING.items()}
    found = set()
    for path, cell in projection.cells():
        scope, _, rest = path.partition("/")
        if f"{scope}/{rest.rpartition('/')[2]}" in fields and cell["level"] == Level.EXACT.word:
            found.add(str(cell["value"]))
    return found
