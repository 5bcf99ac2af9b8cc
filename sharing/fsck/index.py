"""The search index: the same as one built from the tables, and for sample viewers what the pure functions say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import membership
from policies import NO_RELATION, PURPOSES, Level, Relation, Tier, Viewer
from sharing.catalogue import FIELDS
from sharing.fsck.examine import Check, Examination
from sharing.fsck.report import Finding
from sharing.house import House
from sharing.models import Publication
from sharing.publications import Live, live_of
from sharing.search import Index
from sharing.search.comparing import differences
from sharing.snapshots import SnapshotFile, SnapshotRefused
from sharing.viewers import Caller, pictured, relations_of, viewer_of

FACTORIES: Final = 50
ORGANIZATIONS: Final = 4
"""Samples: the pure functions take a millisecond for each factory and viewer."""

_HARMLESS: Final = ("older", "newer", "of another release", "made under")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A sample viewer and their ties."""

    name: str
    viewer: Viewer
    relations: Mapping[str, Relation]


def _snapshot(seen: Examination) -> Iterator[Finding]:
    """The file, apart from what is in it: a process that starts now could use it, or has a good reason not to."""
    shelf = seen.house.replica.shelf
    if not isinstance(shelf, SnapshotFile) or not shelf.path.exists():
        return
    seen.count += 1
    try:
        _, origin = shelf.read()
        shelf.check(seen.session, origin, seen.house.replica.window(seen.session))
    except SnapshotRefused as error:
        finding = SNAPSHOT.finding(shelf.path.name, "snapshot_refused", error.reason)
        if error.reason.startswith(_HARMLESS):
            seen.notes.append(finding)
        else:
            yield finding


def _index(seen: Examination) -> Iterator[Finding]:
    """The index that this process would answer from: loaded and followed, beside one built anew."""
    house, session = seen.house, seen.session
    fresh = house.replica.build(session)
    askers, factories = _askers(house, session), _sample(session)

    def compare(_: Session, index: Index) -> list[Finding]:
        seen.count += len(index)
        found = [INDEX.finding("index", "not_as_the_tables", each) for each in differences(index, fresh)[:20]]
        return found + [each for asker in askers for each in _compared(house, index, asker, factories)]

    with house.replica.asking(lambda: nullcontext(session), compare) as (_, findings):
        yield from findings


def _compared(house: House, index: Index, asker: Asker, factories: Sequence[Live]) -> Iterator[Finding]:
    today = house.today()
    view = index.view(asker.viewer, asker.relations, today)
    for factory in factories:
        run = index.store.ids.runs.get(factory.factory_id)
        if run is None:
            yield INDEX.finding(factory.factory_id, "not_in_the_index")
            continue
        decision = factory.decide(house, asker.viewer, asker.relations.get(factory.factory_id, NO_RELATION), today)
        names = index.store.ids.capability_ids(run)
        listed = [run.head + 1 + at for at, name in enumerate(names) if decision.listed and decision.capability_listed(name)]
        visible = set(listed or ([run.head] if decision.listed else []))
        if {rid for rid in range(run.head, run.head + run.size) if rid in view.records} != visible:
            yield INDEX.finding(factory.factory_id, "other_records_than_decided", asker.name)
        for each in FIELDS:
            level = each.shown(decision.level(each.key)) if decision.listed else Level.HIDDEN
            for step in (Level.EXISTENCE, Level.BAND, Level.EXACT):
                shown = view.shown(each.key, step)
                if {rid for rid in range(run.head, run.end) if rid in shown} != (visible if step is level else set()):
                    yield INDEX.finding(factory.factory_id, "another_level_than_decided", f"{asker.name}: {each.key}")


def _askers(house: House, session: Session) -> list[Asker]:
    today = house.today()
    askers = [
        Asker(name="public", viewer=Viewer.anonymous(), relations={}),
        Asker(name="member", viewer=pictured(Tier.MEMBER, PURPOSES[0], today)[0], relations={}),
    ]
    for member in membership.members(session)[:ORGANIZATIONS]:
        caller = Caller(member=member, purpose=PURPOSES[0])
        relations = relations_of(session, caller, today)
        askers.append(Asker(name=member.slug, viewer=viewer_of(session, caller, today), relations=relations))
    return askers


def _sample(session: Session) -> list[Live]:
    """Factories evenly spread over their random ids."""
    ids = list(session.scalars(select(Publication.factory_id).order_by(Publication.factory_id)))
    chosen = ids[:: max(1, len(ids) // FACTORIES)][:FACTORIES]
    rows = session.scalars(select(Publication).where(Publication.factory_id.in_(chosen)).order_by(Publication.factory_id))
    return [live_of(row) for row in rows]


SNAPSHOT = Check(name="snapshot", look=_snapshot)
INDEX = Check(name="index", look=_index)
