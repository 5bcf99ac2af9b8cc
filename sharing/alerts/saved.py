"""Saved searches: made, listed, renamed, run and deleted by the organization whose they are.

Guarantees: what is stored is what the search itself would read (`parse_query`), and is read again by it each time it runs. One
about a factory that its owner's viewer does not see now answers like an unknown id, stands in no list and takes no place
among the SAVED_MOST: it is there again when the factory is. Names need not differ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import membership
from network.names import is_id
from sharing.alerts.models import Followed, SavedSearch
from sharing.errors import NotFound, RoleRequired, StateConflict
from sharing.house import House
from sharing.ledger import probing
from sharing.ledger.collecting import note_question
from sharing.search import Query, parse_query
from sharing.seeing import see
from sharing.viewers import Caller

SAVED_MOST: Final = 50
"""Saved searches of one organization."""
EVERY: Final = ("never", "hourly", "daily", "weekly")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One saved search; `made_by` is the id of a person of the organization, None for a program.

    `purpose`: what its maker's token was for; alerts look for that purpose. `looked_at`: when it was last looked at for
    alerts. `broad`: that look found more factories than are followed, so there are no alerts until it finds fewer.
    """

    id: str
    name: str
    parameters: Mapping[str, Sequence[str]]
    factory_id: str | None
    purpose: str | None
    every: str
    mail: bool
    made_by: str | None
    created_at: datetime
    looked_at: datetime | None
    broad: bool


def save(
    house: House,
    session: Session,
    caller: Caller,
    *,
    name: str,
    parameters: Mapping[str, Sequence[str]],
    factory_id: str | None,
    every: str,
    mail: bool,
    bounds: probing.Bounds = probing.BOUNDS,
) -> Saved:
    """Keep a search, over everything or about one factory that the caller sees.

    Raises `NotFound` for a factory that is not there for them, `InvalidQuery`, `ProbingLimited` as the search would, since it
    is asked from now on without them, and `StateConflict` at SAVED_MOST.
    """
    member = caller.member
    if member is None:
        raise RoleRequired("Only an organization keeps searches.", role="member")
    if factory_id is not None:
        see(house, session, caller, factory_id)
    asked = probing.asked_of(probing.asker_of(session, member.id), parse_query(parameters, house.today()))
    note_question(probing.require_room(session, asked, house.today(), bounds))
    # One after the other: two at once would both find a place free.
    membership.queue(session, member.id)
    if len(listed(house, session, caller)) >= SAVED_MOST:
        raise StateConflict(f"There are {SAVED_MOST} saved searches already; delete one that is not needed.")
    row = SavedSearch(
        id=house.new_id(),
        organization_id=member.id,
        person_id=caller.person_id,
        name=name,
        parameters={key: list(values) for key, values in parameters.items()},
        factory_id=factory_id,
        purpose=caller.purpose,
        every=every,
        mail=mail,
        created_at=house.now(),
        looked_at=None,
        due_at=house.now() if every != "never" else None,
        broad=False,
    )
    session.add(row)
    session.flush()
    return _saved(row)


def listed(house: House, session: Session, caller: Caller) -> list[Saved]:
    """The organization's saved searches, oldest first."""
    if caller.member is None:
        return []
    query = select(SavedSearch).where(SavedSearch.organization_id == caller.member.id)
    rows = session.scalars(query.order_by(SavedSearch.created_at, SavedSearch.id))
    return [_saved(row) for row in rows if is_there(house, session, caller, row)]


def get(house: House, session: Session, caller: Caller, search_id: str) -> Saved:
    """One of them; raises `NotFound`."""
    return _saved(_row(house, session, caller, search_id))


def change(house: House, session: Session, caller: Caller, search_id: str, *, name: str, every: str, mail: bool) -> Saved:
    """Rename it, or be told more or less often, or no more by mail; raises `NotFound`.

    When it stops to be looked at, what was kept for comparing goes, and a later start begins anew.
    """
    row = _row(house, session, caller, search_id, lock=True)
    if every != row.every:
        row.due_at = house.now() if every != "never" else None
        if every == "never":
            forget(session, row)
    row.name, row.every, row.mail = name, every, mail
    session.flush()
    return _saved(row)


def delete(house: House, session: Session, caller: Caller, search_id: str) -> None:
    """Delete it with everything that was kept for it; raises `NotFound`."""
    session.delete(_row(house, session, caller, search_id, lock=True))
    session.flush()


def query_of(house: House, saved: Saved) -> Query:
    """The search as it is asked today. Raises `InvalidQuery` for one that this release does not know any more."""
    return replace(parse_query(saved.parameters, house.today()), only=saved.factory_id)


def forget(session: Session, row: SavedSearch) -> None:
    """Throw away what the last look found; the next one begins anew."""
    for each in session.scalars(select(Followed).where(Followed.search_id == row.id)).all():
        session.delete(each)
    row.looked_at, row.broad = None, False


def destroy_own(session: Session, organization_id: str) -> None:
    """Delete every saved search of an organization that leaves."""
    for row in session.scalars(select(SavedSearch).where(SavedSearch.organization_id == organization_id)).all():
        session.delete(row)  # one by one: the journal notices
    session.flush()


def is_there(house: House, session: Session, caller: Caller, row: SavedSearch) -> bool:
    """Whether the caller sees the factory that a saved search is about, if it is about one."""
    if row.factory_id is None:
        return True
    try:
        see(house, session, caller, row.factory_id)
    except NotFound:
        return False
    return True


def described(row: SavedSearch) -> Saved:
    """A row in the words of this module."""
    return _saved(row)


def _row(house: House, session: Session, caller: Caller, search_id: str, *, lock: bool = False) -> SavedSearch:
    row = session.get(SavedSearch, search_id, with_for_update=lock or None) if is_id(search_id) else None
    if row is None or row.organization_id != caller.organization_id or not is_there(house, session, caller, row):
        raise NotFound
    return row


def _saved(row: SavedSearch) -> Saved:
    return Saved(
        id=row.id,
        name=row.name,
        parameters=cast("Mapping[str, Sequence[str]]", row.parameters),
        factory_id=row.factory_id,
        purpose=row.purpose,
        every=row.every,
        mail=row.mail,
        made_by=row.person_id,
        created_at=row.created_at,
        looked_at=row.looked_at,
        broad=row.broad,
    )
