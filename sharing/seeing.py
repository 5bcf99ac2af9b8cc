"""The one way a single factory is looked at: resolved in the caller's view, or not found.

Unknown, unpublished and hidden are one answer, made in one place, before anything else about the factory is considered.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from policies import NO_RELATION, Decision
from sharing.errors import NotFound
from sharing.house import House
from sharing.projection import Projection
from sharing.publications import Live, live
from sharing.viewers import Caller, relations_of, viewer_of


def see_decided(house: House, session: Session, caller: Caller, factory_id: str) -> tuple[Live, Decision, Projection]:
    """The published factory, what was decided for the caller, and what they see; raises `NotFound` alike for hidden and
    unknown."""
    factory = live(session, factory_id)
    today = house.today()
    ties = relations_of(session, caller, today, factory_id=factory_id)
    viewer = viewer_of(session, caller, today)
    decision, projection = factory.seen(house, viewer, ties.get(factory_id, NO_RELATION), today)
    if projection is None:
        raise NotFound
    return factory, decision, projection


def see(house: House, session: Session, caller: Caller, factory_id: str) -> tuple[Live, Projection]:
    """The published factory and what the caller sees of it; raises `NotFound` alike for hidden and unknown."""
    factory, _, projection = see_decided(house, session, caller, factory_id)
    return factory, projection
