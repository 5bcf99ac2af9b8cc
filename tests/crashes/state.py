"""What a database holds after an accident, and whether it is sound."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from api.container import build
from api.migrations import metadata
from api.settings import Settings
from network import identity
from network.database import Database, current_change
from network.errors import NetworkError
from policies import NO_RELATION
from sharing.fsck import fsck
from sharing.house import House
from sharing.models import Change, Factory, PolicyRevision, ProfileRevision, Publication, StatusEntry, StoredView
from sharing.publications import STANDING, live_of
from sharing.search import parse_query
from sharing.searching import search
from sharing.viewers import Caller
from tests.api.world import KEK, NOON
from trust import base64url
from trust import view as signed_views

Rows = Mapping[str, list[str]]
UNCOUNTED = frozenset({"changes", "change_counter", "disclosures", "ledger_questions", "ledger_legends"})
"""A change number more is no effect: it makes the index look again, and never leaves the node. Who asks again is told again,
and that is recorded again."""


def dump(url: str) -> Rows:
    """Every row of every table, as text; tables that are not there yet are left out."""
    database = Database(url)
    try:
        with database.read() as session:
            there = set(inspect(session.connection()).get_table_names())
            return {
                table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
                for table in metadata().sorted_tables
                if table.name in there
            }
    finally:
        database.dispose()


def counts(rows: Rows) -> dict[str, int]:
    """How many rows each table has."""
    return {name: len(listed) for name, listed in rows.items() if name not in UNCOUNTED}


def standing(url: str) -> dict[tuple[str, str, str], str]:
    """(factory, audience, digest of the projection) -> the stored view that is not superseded."""
    database = Database(url)
    try:
        with database.read() as session:
            rows = session.scalars(select(StoredView))
            return {(row.factory_id, row.audience, row.projection_digest): row.jwt for row in rows}
    finally:
        database.dispose()


def check(url: str, now: datetime = NOON, *, views: bool = True) -> frozenset[tuple[str, str, str]]:
    """A process starts on this database and finds it whole; returns what `fsck` found (check, subject, problem).

    `views=False` leaves out our own look at the standing views, for nodes that a test damaged on purpose.
    """
    container = build(
        Settings(database_url=url, kek=base64url.encode(KEK.secret), search_floor_ms=0), clock=lambda: now, entropy=os.urandom
    )
    with closing(container):
        house = container.house
        with house.database.read() as session:
            _pages(session)
            _numbers(session)
            _revisions(session)
            if views:
                _views(house, session)
        search(house, lambda _: Caller.anonymous(), parse_query({}, house.today()), limit=100)
        return frozenset((each.check, each.subject, each.problem) for each in fsck(house).findings)


def _pages(session: Session) -> None:
    if session.get_bind().dialect.name == "sqlite":
        assert session.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []


def _numbers(session: Session) -> None:
    numbers = session.scalars(select(Change.number).order_by(Change.number)).all()
    assert not numbers or numbers[-1] <= current_change(session)
    assert len(set(numbers)) == len(numbers)


def _revisions(session: Session) -> None:
    for factory in session.scalars(select(Factory).where(Factory.state != "erased")):
        own = ProfileRevision.factory_id == factory.id
        assert max(session.scalars(select(ProfileRevision.revision).where(own))) == factory.revision
        rules = PolicyRevision.factory_id == factory.id
        assert max(session.scalars(select(PolicyRevision.revision).where(rules))) == factory.policy_revision
        assert (session.get(Publication, factory.id) is not None) == (factory.state == "published")


def _views(house: House, session: Session) -> None:
    """Each audience that sees something has one stored view of exactly that, and no other entry of its list is open."""
    for row in session.scalars(select(Publication)):
        factory = live_of(row)
        for audience, viewer in STANDING.items():
            projection = factory.projected(house, viewer, NO_RELATION, house.today())
            stored = session.get(StoredView, (row.factory_id, audience))
            if stored is None:
                # A factory that nobody can sign for has none (`retire`), and neither has one that this audience may not see.
                assert projection is None or _unsigned(session, row)
                continue
            assert projection is not None
            due = row.restate_on is not None and row.restate_on <= house.today()
            assert due or stored.projection_digest == projection.digest
            kid = signed_views.signed_by(stored.jwt)
            assert identity.find_key(session, kid).organization_id == row.organization_id
            entries = session.scalars(
                select(StatusEntry.index).where(StatusEntry.list_id == stored.status_list_id, ~StatusEntry.revoked)
            )
            assert entries.all() == [stored.status_index]


def _unsigned(session: Session, row: Publication) -> bool:
    """Whether the owner has no key that this node could sign with."""
    try:
        return identity.organization_key(session, row.organization_id).custody == "self"
    except NetworkError:
        return True
