"""What the search index follows: the published rows, and which of them changed at which number.

Guarantees: reads only the snapshot it is given; a factory that changed several times is told once, as it is now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network.database import current_change
from network.keystore import Keystore
from sharing.backing import Facts, backing
from sharing.in_force import known_of, known_of_all
from sharing.models import Change, Publication
from sharing.search import FactoryState, Window
from sharing.stated import hours_as_of, stated_of
from sharing.stored import stored_policy, stored_record

_AT_ONCE = 500


class PublishedFeed:
    """The `Feed` over the tables; `keystore` opens attestations, which rest encrypted."""

    def __init__(self, keystore: Keystore) -> None:
        self._keystore = keystore

    def window(self, session: Session) -> Window:
        """The change numbers that this snapshot holds."""
        newest = current_change(session)
        oldest = session.execute(select(func.min(Change.number))).scalar()
        return Window(oldest=newest + 1 if oldest is None else oldest, newest=newest)

    def changed(self, session: Session, after: int, until: int) -> Iterator[tuple[str, FactoryState | None]]:
        """Each factory with a change in (after, until], as it is now; None when it is not published."""
        between = (Change.number > after, Change.number <= until)
        known = known_of(session, self._keystore, select(Change.factory_id).where(*between))
        query = (
            select(Change.factory_id, Publication.document, Publication.policy, Publication.stated)
            .outerjoin(Publication, Publication.factory_id == Change.factory_id)
            .where(*between)
            .distinct()
        )
        for factory_id, document, policy, stated in session.execute(query):
            facts = known.get(factory_id, ())
            yield factory_id, None if document is None else _state(factory_id, document, policy, stated, facts)

    def everything(self, session: Session) -> Iterator[FactoryState]:
        """Every published factory."""
        columns = (Publication.factory_id, Publication.document, Publication.policy, Publication.stated)
        query = select(*columns).order_by(Publication.factory_id)
        # Closed at the end, also when a row cannot be read: these are cursors of the server.
        with (
            known_of_all(session, self._keystore) as known,
            session.execute(query.execution_options(yield_per=_AT_ONCE)) as rows,
        ):
            for factory_id, document, policy, stated in rows:
                yield _state(factory_id, document, policy, stated, known(factory_id))


def _state(factory_id: str, document: str, policy: str, stated: str, known: Sequence[Facts]) -> FactoryState:
    record = stored_record(document)
    return FactoryState(
        factory_id=factory_id,
        record=record,
        policy=stored_policy(policy),
        hours_as_of=hours_as_of(record, stated_of(stated)),
        backing=backing(record, known),
    )
