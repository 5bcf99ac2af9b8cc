"""Erasing a factory: everything that hangs on it is found by the foreign keys of the tables themselves, and destroyed.

Guarantees: it is withdrawn first, so every standing view's status bit is set and every index learns of it; then every row
that belongs to the factory, directly or through a row that does (its revisions, policies, grants, requests, findings of
its audits), is deleted, in whatever table it stands, also one that was added later. What is left is the
factory's id with nothing in it, its place in the order of changes, which search follows, and emptied rows of its audits and
attestations. Reports of the organization's imports go with it, since their rows may speak of it, and so do the files that
its profile named, unless another factory names them. An erased factory answers like an unknown one, to its owner too.

Not here: the files of the database, which keep what was deleted until `scrub`; backups; and what others have copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Column, ColumnElement, Table, delete, or_, select, update
from sqlalchemy.orm import Session

import sharing.alerts.models
import sharing.auditing.models  # declares its tables by being imported: what is not declared is not erased
import sharing.exchange.models  # noqa: F401 - likewise
from network.database import Base
from sharing.exchange.models import ImportRow
from sharing.factories import ERASED, PUBLISHED
from sharing.files.shelf import destroy_unused, digests_of
from sharing.house import House
from sharing.models import Factory, ProfileRevision
from sharing.publications import unpublish
from sharing.snapshots import SnapshotFile
from sharing.stored import stored_record

EMPTIED: Final[Mapping[str, Mapping[str, object]]] = {
    "audits": {"scheme": "", "scheme_version": "", "scope": [], "scope_text": "", "state": "closed"},
    "attestations": {
        "sealed": None,
        "worksheet": "",
        "schemes": [],
        "revocation_reason": None,
        "suspension_reason": None,
    },
    "followed": {"content": None},
    "alerts": {"changes": None},
}
"""Rows that stay with nothing of the factory in them: an attestation's status lists go on answering what was revoked; whoever
followed the factory is told that it is found no more, as if it were hidden."""
KEPT: Final = frozenset({"factories", "changes", "attestation_lists", *EMPTIED})
"""`factories`: the id, emptied. `changes`: a number and the id, which search indexes follow."""


def erase(session: Session, factory: Factory, now: datetime) -> None:
    """Destroy a locked factory."""
    if factory.state == PUBLISHED:
        unpublish(session, factory)
    session.flush()
    revisions = session.scalars(select(ProfileRevision.document).where(ProfileRevision.factory_id == factory.id))
    attached = frozenset[str]().union(*(digests_of(stored_record(each)) for each in revisions))
    conditions = belonging(factory.id)
    for table in reversed(Base.metadata.sorted_tables):
        for column, parent in _loose(table, conditions):
            chosen = select(_key(parent)).where(conditions[parent.name])
            session.execute(update(table).where(column.in_(chosen)).values({column.name: None}))
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in conditions and table.name not in KEPT:
            session.execute(delete(table).where(conditions[table.name]))
    for name, blank in EMPTIED.items():
        session.execute(update(Base.metadata.tables[name]).where(conditions[name]).values(dict(blank)))
    session.execute(delete(ImportRow).where(ImportRow.organization_id == factory.organization_id))
    factory.state, factory.legal_name, factory.revision, factory.policy_revision = ERASED, "", 0, 0
    factory.import_key = factory.import_digest = factory.first_published_at = None
    factory.erased_at = now
    session.flush()
    session.expire_all()
    destroy_unused(session, factory.organization_id, attached)


def erase_again(session: Session) -> list[str]:
    """After an older copy was restored: destroy what the journal says was erased since; the ids of those factories."""
    undone = select(Factory).where(Factory.erased_at.is_not(None), Factory.state != ERASED).order_by(Factory.id)
    found = session.scalars(undone.with_for_update()).all()
    for factory in found:
        erase(session, factory, factory.erased_at or factory.created_at)
    return [factory.id for factory in found]


def scrub(house: House) -> None:
    """After an erasing was committed: take it out of the database's files and of the index snapshot, which is made anew."""
    house.database.scrub()
    shelf = house.replica.shelf
    if isinstance(shelf, SnapshotFile):
        shelf.path.unlink(missing_ok=True)


def belonging(factory_id: str) -> dict[str, ColumnElement[bool]]:
    """For each table with rows that belong to a factory, the condition that finds them."""
    found: dict[str, ColumnElement[bool]] = {"factories": Base.metadata.tables["factories"].c.id == factory_id}
    for table in Base.metadata.sorted_tables:
        ways = []
        for column, parent in _references(table):
            if parent.name == "factories":
                ways.append(column == factory_id)
            elif parent.name in found and not column.nullable:
                ways.append(column.in_(select(_key(parent)).where(found[parent.name])))
        if ways and table.name != "factories":
            found[table.name] = or_(*ways)
    return found


def _loose(table: Table, conditions: dict[str, ColumnElement[bool]]) -> list[tuple[Column[object], Table]]:
    """Columns that may point at what goes, and need not."""
    return [
        (column, parent)
        for column, parent in _references(table)
        if column.nullable and parent.name in conditions and parent.name not in KEPT
    ]


def _references(table: Table) -> list[tuple[Column[object], Table]]:
    return [(key.parent, key.column.table) for key in table.foreign_keys]


def _key(table: Table) -> Column[object]:
    [key] = table.primary_key.columns
    return key
