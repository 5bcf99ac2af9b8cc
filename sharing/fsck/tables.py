"""The tables by themselves: no row that points nowhere, change numbers without a gap, published rows as they were stated."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, exists, func, select, text

from network.database import Base, current_change
from sharing.factories import PUBLISHED
from sharing.fsck.examine import Check, Examination
from sharing.fsck.report import Finding
from sharing.models import Change, Factory, PolicyRevision, ProfileRevision, Publication
from sharing.publications import live_of


def _file(seen: Examination) -> Iterator[Finding]:
    """SQLite's own look at its file. (PostgreSQL has checksums of its own.)"""
    if seen.session.get_bind().dialect.name == "sqlite":
        for (said,) in seen.session.execute(text("PRAGMA integrity_check")):
            seen.count += 1
            if said != "ok":
                yield FILE.finding("database", "damaged", str(said)[:200])


def _rows(seen: Examination) -> Iterator[Finding]:
    """Every foreign key of every table, whether or not the database enforces it."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_key_constraints:
            parent = key.referred_table.alias()
            same = and_(*(each.parent == parent.c[each.column.name] for each in key.elements))
            given = and_(*(column.is_not(None) for column in key.columns))
            lost = seen.session.scalar(select(func.count()).select_from(table).where(given, ~exists().where(same)))
            seen.count += 1
            if lost:
                columns = ", ".join(column.name for column in key.columns)
                yield ROWS.finding(table.name, "points_nowhere", f"{lost} rows by {columns}")


def _changes(seen: Examination) -> Iterator[Finding]:
    """The counter and the change table: gap-free up to the newest."""
    session, newest = seen.session, current_change(seen.session)
    query = select(func.count(), func.min(Change.number), func.max(Change.number))
    count, first, last = session.execute(query).one()
    seen.count += count
    if (last or 0) != newest:
        yield CHANGES.finding("change_counter", "not_the_newest_change", f"{newest} beside {last or 0}")
    if count and count != last - first + 1:
        yield CHANGES.finding("changes", "gap", f"{count} rows from {first} to {last}")


def _published(seen: Examination) -> Iterator[Finding]:
    """Each published row is the revision that it names, of the same owner, under the newest policy."""
    session = seen.session
    placed = select(Factory.id, Factory.state, Factory.organization_id, Factory.policy_revision)
    states = {row.id: row for row in session.execute(placed)}
    published = set()
    for row in session.scalars(select(Publication).order_by(Publication.factory_id).execution_options(yield_per=seen.at_once)):
        seen.count += 1
        published.add(row.factory_id)
        factory = states.get(row.factory_id)
        if factory is None:
            continue  # a row that points nowhere is told there
        if factory.state != PUBLISHED:
            yield PUBLISHED_ROWS.finding(row.factory_id, "published_in_another_state", factory.state)
        if factory.organization_id != row.organization_id:
            yield PUBLISHED_ROWS.finding(row.factory_id, "another_owner")
        stated = session.get(ProfileRevision, (row.factory_id, row.revision))
        if stated is None or stated.document != row.document:
            yield PUBLISHED_ROWS.finding(row.factory_id, "not_the_stated_profile", str(row.revision))
        policy = session.get(PolicyRevision, (row.factory_id, factory.policy_revision))
        if policy is None or policy.document != row.policy:
            yield PUBLISHED_ROWS.finding(row.factory_id, "not_the_newest_policy", str(factory.policy_revision))
        try:
            live_of(row)
        except Exception as error:  # noqa: BLE001 - what a damaged text raises is not known
            yield PUBLISHED_ROWS.finding(row.factory_id, "unreadable", type(error).__name__)
    for factory_id, factory in sorted(states.items()):
        if factory.state == PUBLISHED and factory_id not in published:
            yield PUBLISHED_ROWS.finding(factory_id, "not_published_though_stated_so")


FILE = Check(name="file", look=_file)
ROWS = Check(name="rows", look=_rows)
CHANGES = Check(name="changes", look=_changes)
PUBLISHED_ROWS = Check(name="published", look=_published)
