"""What the search index follows: the published rows, and which of them changed at which number.

Guarantees: reads only the snapshot it is given; a factory that changed several times is told once, as it is now.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network.database import current_change
from sharing.models import Change, Publication
from sharing.search import FactoryState, Window
from sharing.stored import stored_policy, stored_record

_AT_ONCE = 500


class PublishedFeed:
    """The `Feed` over the tables."""

    def window(self, session: Session) -> Window:
        """The change numbers that this snapshot holds."""
        newest = current_change(session)
        oldest = session.execute(select(func.min(Change.number))).scalar()
        return Window(oldest=newest + 1 if oldest is None else oldest, newest=newest)

    def changed(self, session: Session, after: int, until: int) -> Iterator[tuple[str, FactoryState | None]]:
        """Each factory with a change in (after, until], as it is now; None when it is not published."""
        query = (
            select(Change.factory_id, Publication.document, Publication.policy)
            .outerjoin(Publication, Publication.factory_id == Change.factory_id)
            .where(Change.number > after, Change.number <= until)
            .distinct()
        )
        for factory_id, document, policy in session.execute(query):
            yield factory_id, None if document is None else _state(factory_id, document, policy)

    def everything(self, session: Session) -> Iterator[FactoryState]:
        """Every published factory."""
        query = select(Publication.factory_id, Publication.document, Publication.policy).order_by(Publication.factory_id)
        for factory_id, document, policy in session.execute(query.execution_options(yield_per=_AT_ONCE)):
            yield _state(factory_id, document, policy)


def _state(factory_id: str, document: str, policy: str) -> FactoryState:
    return FactoryState(factory_id=factory_id, record=stored_record(document), policy=stored_policy(policy))
