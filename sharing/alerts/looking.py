"""Looking again: a saved search that is due is asked anew as its viewer, and what differs from the last look is noted.

Guarantees: what is compared are two views of one viewer, each with the attributes, grants and rules of its own moment, so a
change that the viewer cannot see is no change, and a factory that was hidden, withdrawn or erased, or that does not match any
more, is `gone` and nothing else. Then what was kept of it is erased, and earlier alerts keep no value that is not shown at this
look. The first look tells nothing; it is what later ones are compared with. A look counts once, however often it is done: it
is noted in one transaction, only if nobody looked in between. A letter says how much changed, and nothing of a factory.

Not here: telling (`listing`), which cuts everything again by what the reader sees when they read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from network import membership
from network.people import outbox
from network.people.leaving import departed
from sharing.alerts import saved
from sharing.alerts.differences import Change, differences, packed, recut, state_of, stored_changes, stored_state
from sharing.alerts.models import Alert, Followed, SavedSearch
from sharing.catalogue import Cell
from sharing.errors import NotFound, SharingError
from sharing.house import House
from sharing.ledger.collecting import MATCHED, Recipient, collecting, note
from sharing.ledger.recording import record
from sharing.projection import Projection
from sharing.search import Query
from sharing.search.suggest import FEW
from sharing.search.uses import used_fields
from sharing.searching import every_factory
from sharing.viewers import Caller

FOLLOWED_MOST: Final = 500
"""Factories that one saved search follows; one that finds more is too broad, and tells nothing until it finds fewer."""
KEPT: Final = timedelta(days=90)
"""How long an alert can be read."""
PERIODS: Final[Mapping[str, timedelta]] = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
}
AT_ONCE: Final = 200
APPEARED, CHANGED, GONE = "appeared", "changed", "gone"

log = structlog.get_logger("guildnet.alerts")

States = Mapping[str, Mapping[str, Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What one look saw: each factory found; None: more than are followed. `there`: whether the search itself is there."""

    caller: Caller
    query: Query
    before: datetime | None
    there: bool
    shown: Mapping[str, Projection] | None
    found: States | None


def look_at_due(house: House) -> int:
    """Look at what is due, at most AT_ONCE searches; how many. Opens transactions of its own, small ones."""
    due = (SavedSearch.due_at <= house.now(), SavedSearch.every != "never")
    with house.database.read() as session:
        query = select(SavedSearch.id).where(*due).order_by(SavedSearch.due_at, SavedSearch.id)
        waiting = list(session.scalars(query.limit(AT_ONCE)))
    return sum(_look_at(house, search_id) for search_id in waiting)


def _look_at(house: House, search_id: str) -> bool:
    look, failed = None, None
    try:
        look = _look(house, search_id)
    except NotFound:
        return False  # deleted meanwhile, or its organization may not look now
    except SharingError as error:
        failed = error.code
    if failed is not None:
        # One that cannot be asked keeps no other from its turn, and is tried again in its own.
        log.error("alert_failed", search=search_id, code=failed, alarm=True)
    if look is not None:
        _record_letter(house, search_id, look)
    with house.database.write("look-at-search") as session:
        row = session.get(SavedSearch, search_id, with_for_update=True)
        if row is None or row.every not in PERIODS or (look is not None and row.looked_at != look.before):
            return False
        row.due_at = house.now() + PERIODS[row.every]
        if look is not None:
            _note(house, session, row, look)
    return look is not None


def _look(house: House, search_id: str) -> _Look:
    """Ask the search as its viewer. Raises `NotFound` when there is nobody to ask for, and what a search raises."""
    with house.database.read() as session:
        row = session.get(SavedSearch, search_id)
        if row is None:
            raise NotFound
        before, query = row.looked_at, saved.query_of(house, saved.described(row))
    there = False
    who: list[Caller] = []

    def resolve(snapshot: Session) -> Caller:
        nonlocal there
        asked = snapshot.get(SavedSearch, search_id)
        if asked is None:
            raise NotFound
        caller = _caller(snapshot, asked)
        there = saved.is_there(house, snapshot, caller, asked)
        who.append(caller)
        return caller

    found = every_factory(house, resolve, query, most=FOLLOWED_MOST)
    today = house.today()
    shown = None if found is None else {each.factory_id: each for each in found}
    states = None if shown is None else {factory_id: state_of(each, today) for factory_id, each in shown.items()}
    return _Look(caller=who[-1], query=query, before=before, there=there, shown=shown, found=states)


def _caller(session: Session, row: SavedSearch) -> Caller:
    member = membership.member_of(session, row.organization_id)
    if member.suspended or departed(session, member.id):
        raise NotFound
    return Caller(member=member, purpose=row.purpose)


def _record_letter(house: House, search_id: str, look: _Look) -> None:
    """Note for the owners what a letter about this look would disclose, before there is one.

    A letter names no factory. Where the search found few, as with any search, its reader may know which: then each of those it
    counts is noted, with the fields that changed, or that the search asks about where it is new.
    """
    with house.database.read() as session:
        row = session.get(SavedSearch, search_id)
        if row is None or not row.mail or _silent(row, look) or look.shown is None or len(look.shown) > FEW:
            return
        known = {each.factory_id: each for each in session.scalars(select(Followed).where(Followed.search_id == row.id))}
        differing = {
            factory_id: differences(stored_state(known[factory_id].content), now) if factory_id in known else None
            for factory_id, now in (look.found or {}).items()
        }
        actor = None if row.person_id is None else f"person/{row.person_id}"
    asked, caller = used_fields(look.query), look.caller
    did = None if caller.member is None else caller.member.did
    to = Recipient(id=str(caller.organization_id), did=did, actor=actor, purpose=caller.purpose)
    with collecting(to) as gathered:
        for factory_id, changes in differing.items():
            if changes is None or changes:
                note(look.shown[factory_id], form=MATCHED, fields=asked if changes is None else _fields(changes))
    record(house, gathered, way="look-at-searches")


def _fields(changes: Sequence[Change]) -> frozenset[str]:
    """The keys of the fields that changed and show."""
    parts = [each.path.split("/") for each in changes if each.after is not None]
    return frozenset(f"{path[0]}.{path[-1]}" if len(path) > 1 else path[0] for path in parts)


def _silent(row: SavedSearch, look: _Look) -> bool:
    """Whether this look only begins something, or nothing can be told of it."""
    return row.looked_at is None or row.broad or not look.there or look.found is None


def _note(house: House, session: Session, row: SavedSearch, look: _Look) -> None:
    """Compare with the last look, keep what was seen now, and tell of what differs."""
    silent = _silent(row, look)
    known = {each.factory_id: each for each in session.scalars(select(Followed).where(Followed.search_id == row.id))}
    session.execute(delete(Alert).where(Alert.search_id == row.id, Alert.at < house.now() - KEPT))
    found = (look.found if look.there else None) or {}
    told = {APPEARED: 0, CHANGED: 0, GONE: 0}
    for factory_id in sorted(known.keys() | found.keys()):
        happened = _compare(session, row.id, factory_id, followed=known.get(factory_id), now=found.get(factory_id))
        if happened is not None and not silent:
            kind, changes = happened
            told[kind] += 1
            stored = packed(changes) if kind == CHANGED else None
            session.add(
                Alert(
                    id=house.new_id(), search_id=row.id, factory_id=factory_id, kind=kind, changes=stored, at=house.now()
                )
            )  # fmt: skip
    row.looked_at, row.broad = house.now(), look.found is None
    session.flush()
    if row.mail and any(told.values()):
        _post(house, session, row, told)


def _compare(
    session: Session, search_id: str, factory_id: str, *, followed: Followed | None, now: Mapping[str, Cell] | None
) -> tuple[str, tuple[Change, ...]] | None:
    """One factory: keep its new state instead of the last one; what happened to it, None for nothing."""
    if now is None:
        session.delete(followed)
        _erase(session, search_id, factory_id)
        return GONE, ()
    if followed is None:
        session.add(Followed(search_id=search_id, factory_id=factory_id, content=packed(now)))
        return APPEARED, ()
    before = stored_state(followed.content)
    if before == now:
        return None
    followed.content = packed(now)
    _cut_earlier(session, search_id, factory_id, now)
    return CHANGED, differences(before, now)


def _erase(session: Session, search_id: str, factory_id: str) -> None:
    """Of a factory that is found no more nothing stays but that."""
    session.execute(
        delete(Alert).where(Alert.search_id == search_id, Alert.factory_id == factory_id, Alert.kind.in_((APPEARED, CHANGED)))
    )


def _cut_earlier(session: Session, search_id: str, factory_id: str, now: Mapping[str, Cell]) -> None:
    """Earlier alerts keep no value that is not shown any more."""
    query = select(Alert).where(Alert.search_id == search_id, Alert.factory_id == factory_id, Alert.changes.is_not(None))
    for each in session.scalars(query):
        each.changes = packed(recut(stored_changes(each.changes), now))


def _post(house: House, session: Session, row: SavedSearch, told: Mapping[str, int]) -> None:
    values = {
        "name": row.name,
        "search": row.id,
        **{kind: str(number) for kind, number in told.items()},
    }
    outbox.post_about(
        session, house.keystore, row.organization_id, row.person_id, topic="alert", now=house.now(), values=values
    )
