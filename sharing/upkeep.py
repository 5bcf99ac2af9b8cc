"""What is done for the tables of `sharing` from time to time, without anybody asking.

Guarantees: each piece is harmless when done twice or never; it only comes sooner than it would by itself. Each opens
transactions of its own, small ones, so that no writer waits long.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, func, select

from network.database import Base, current_change
from sharing import views
from sharing.house import House
from sharing.models import Change, Publication

CHANGES_KEPT: Final = 100_000
"""Rows of the change table that stay. A search index that is further behind is built anew, which at that distance is no
slower."""


def restate_due(house: House) -> int:
    """Bring the standing views of every factory with a dated rule that began or ended to today; how many were due.

    A reader does the same for the one factory that is read; this is for those that nobody reads, whose status bit should
    be set all the same.
    """
    with house.database.read() as session:
        query = select(Publication.factory_id).where(Publication.restate_on <= house.today())
        due = list(session.scalars(query.order_by(Publication.factory_id)))
    for factory_id in due:
        views.refresh(house, factory_id)
    return len(due)


def trim_changes(house: House, *, kept: int = CHANGES_KEPT) -> int:
    """Delete all but the newest `kept` rows of the change table; how many went."""
    with house.database.read() as session:
        last = current_change(session) - kept
        old = session.scalar(select(func.count()).select_from(Change).where(Change.number <= last)) or 0
    if old:
        with house.database.write("trim-changes") as session:
            # The table and not the class: what the journal remembers of changes is that they were made.
            session.execute(delete(Base.metadata.tables[Change.__tablename__]).where(Change.number <= last))
    return old
