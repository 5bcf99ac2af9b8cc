"""The factory inside a grant, a request or an audit: a projection for whoever reads, or nothing.

Guarantees: a party that no longer sees the factory gets `NotFound` alone and an empty place in lists; the owner reads
their own factory whole. The viewer's facts are read once for a request, however many rows it goes through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from policies import NO_RELATION, Relation, Viewer
from sharing.errors import NotFound
from sharing.factories import ERASED
from sharing.house import House
from sharing.models import Factory, Publication
from sharing.projection import Projection
from sharing.publications import Live, live_of
from sharing.publish import draft
from sharing.viewers import Caller, relations_of, viewer_of

MOST_LISTED = 100


class BetweenParties(Protocol):
    """A row about one factory that has another party beside the owner."""

    factory_id: str


Row = TypeVar("Row", bound=BetweenParties)
Shown = TypeVar("Shown")


class Parties:
    """One caller's sight of the factories in the rows they read."""

    def __init__(self, house: House, session: Session, caller: Caller) -> None:
        self._house = house
        self._session = session
        self._caller = caller
        self._seen: dict[str, Projection | None] = {}

    def visible(self, factory_id: str) -> tuple[Live, Projection]:
        """A published factory that the caller sees, as a viewer; raises `NotFound`."""
        row = self._session.get(Publication, factory_id)
        projection = None if row is None else self._projected(live_of(row))
        if row is None or projection is None:
            raise NotFound
        return live_of(row), projection

    def own(self, factory_id: str) -> Projection:
        """The caller's own factory, whole; raises `NotFound` for any other."""
        factory = self._session.get(Factory, factory_id)
        if factory is None or factory.state == ERASED or factory.organization_id != self._caller.organization_id:
            raise NotFound
        return draft(self._session, factory).whole()

    def about(self, factory_id: str, other_id: str) -> Projection:
        """The factory in a row between its owner and `other_id`; raises `NotFound` for third parties and the unseeing."""
        projection = self._for_party(factory_id, other_id)
        if projection is None:
            raise NotFound
        return projection

    def each_shown(
        self, rows: Iterable[Row], show: Callable[[Session, Row, Projection], Shown], *, most: int | None = MOST_LISTED
    ) -> list[Shown]:
        """The rows whose factory the caller sees, shown, in their order; the first `most` of them, all for None."""
        answer: list[Shown] = []
        for row in rows:
            if len(answer) == most:
                break
            projection = self._for_party(row.factory_id, self._caller.organization_id)
            if projection is not None:
                answer.append(show(self._session, row, projection))
        return answer

    def _for_party(self, factory_id: str, other_id: str | None) -> Projection | None:
        if self._caller.organization_id is None:
            return None
        if factory_id not in self._seen:
            self._seen[factory_id] = self._look(factory_id, other_id)
        return self._seen[factory_id]

    def _look(self, factory_id: str, other_id: str | None) -> Projection | None:
        factory = self._session.get(Factory, factory_id)
        if factory is None or factory.state == ERASED:
            return None
        if factory.organization_id == self._caller.organization_id:
            return draft(self._session, factory).whole()
        row = self._session.get(Publication, factory_id)
        if row is None or other_id != self._caller.organization_id:
            return None
        return self._projected(live_of(row))

    def _projected(self, factory: Live) -> Projection | None:
        relation = self._relations.get(factory.factory_id, NO_RELATION)
        return factory.projected(self._house, self._viewer, relation, self._house.today())

    @cached_property
    def _viewer(self) -> Viewer:
        return viewer_of(self._session, self._caller, self._house.today())

    @cached_property
    def _relations(self) -> Mapping[str, Relation]:
        return relations_of(self._session, self._caller, self._house.today())
