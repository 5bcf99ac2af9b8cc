"""What changed in the caller's saved searches, newest first, cut to what the caller sees while reading.

Guarantees: of a factory that the reader does not see now nothing is told but that it is found no more, once a look found
that; of a value that is hidden now, or shown less precisely, neither what it was nor what it became. An alert of which nothing
is left is left out. A saved search that is not there (`saved`) has no alerts. The cursor is the search's
(`sharing.search.cursors`): sealed, bound to the reader, and holding a moment and the id it ended with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.alerts import saved
from sharing.alerts.differences import Change, recut, state_of, stored_changes
from sharing.alerts.looking import CHANGED, GONE
from sharing.alerts.models import Alert
from sharing.errors import NotFound
from sharing.house import House
from sharing.ledger.collecting import nothing_more
from sharing.projection import Projection
from sharing.search import Position, seal, unseal
from sharing.seeing import see
from sharing.viewers import Caller

CURSOR_KEY: Final = "alert cursors"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(microseconds=1)
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert for its reader: `kind` is `appeared`, `changed` or `gone`; `projection` is what they see of it now.

    None where it is gone.
    """

    id: str
    search_id: str
    search_name: str
    kind: str
    at: datetime
    factory_id: str
    projection: Projection | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some alerts, and where to go on; None at the end."""

    alerts: tuple[Told, ...]
    next: str | None


def list_alerts(
    house: House, session: Session, caller: Caller, *, search_id: str | None, limit: int, cursor: str | None
) -> Page:
    """The next `limit` alerts of the caller's saved searches, or of one of them.

    Raises `NotFound` for a saved search that is not there, and `InvalidCursor`.
    """
    searches = {each.id: each for each in saved.listed(house, session, caller)}
    if search_id is not None:
        if search_id not in searches:
            raise NotFound
        searches = {search_id: searches[search_id]}
    bound = f"{caller.organization_id}/{caller.purpose}"
    digest = hashlib.sha256(f"alerts {search_id or ''}".encode()).digest()
    key = house.keystore.derive(CURSOR_KEY)
    after = None if cursor is None else unseal(cursor, viewer=bound, query=digest, key=key)
    found: list[Told] = []
    following = None
    seen: dict[str, Projection | None] = {}
    for row in _rows(session, list(searches), after):
        if row.kind != GONE and row.factory_id not in seen:
            seen[row.factory_id] = _seen(house, session, caller, row.factory_id)
        projection = None if row.kind == GONE else seen[row.factory_id]
        told = _told(row, searches[row.search_id].name, projection, house.today())
        if told is None:
            continue
        if len(found) == limit:
            following = seal(_place(found[-1].at, found[-1].id), viewer=bound, query=digest, key=key, entropy=house.entropy)
            break
        found.append(told)
    nothing_more()  # the projections on the page are noted where they are written
    return Page(alerts=tuple(found), next=following)


def _place(at: datetime, alert_id: str) -> Position:
    return Position(key=-((at - _EPOCH) // _STEP), tie=int(alert_id[:16], 16))


def _rows(session: Session, searches: Sequence[str], after: Position | None) -> Iterator[Alert]:
    """Newest first; among those of one look by id."""
    query = select(Alert).where(Alert.search_id.in_(searches))
    if after is not None:
        query = query.where(Alert.at <= _EPOCH + _STEP * -after.key)
    query = query.order_by(Alert.at.desc(), Alert.id)
    for row in session.scalars(query.execution_options(yield_per=_AT_ONCE)):
        place = _place(row.at, row.id)
        if after is None or place > after:
            yield row


def _told(row: Alert, name: str, projection: Projection | None, day: date) -> Told | None:
    changes: tuple[Change, ...] = ()
    if row.kind != GONE and projection is None:
        return None
    if row.kind == CHANGED and projection is not None:
        changes = recut(stored_changes(row.changes), state_of(projection, day))
        if not changes:
            return None
    return Told(
        id=row.id,
        search_id=row.search_id,
        search_name=name,
        kind=row.kind,
        at=row.at,
        factory_id=row.factory_id,
        projection=projection,
        changes=changes,
    )


def _seen(house: House, session: Session, caller: Caller, factory_id: str) -> Projection | None:
    try:
        return see(house, session, caller, factory_id)[1]
    except NotFound:
        return None
