"""Completing what somebody types, in one snapshot, from what they see there and from nothing else.

Names are read from projections: the factories that the index offers go through the pure functions first. One that is not
there for the viewer after all is a disagreement, handled as a search handles it (`sharing.searching`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from policies import NO_RELATION
from sharing.errors import SharingError
from sharing.house import House
from sharing.ledger import probing
from sharing.ledger.collecting import MATCHED, note, note_question, nothing_more
from sharing.models import Publication
from sharing.projection import Projection
from sharing.publications import live_of
from sharing.search import NAMES, Index, Query, Suggestion, Typed
from sharing.search.uses import asked_fields, completed_fields
from sharing.searching import ATTEMPTS, SearchDisagreement
from sharing.viewers import Caller, relations_of, viewer_of

log = structlog.get_logger("guildnet.search")


class _Disagreed(SharingError):
    """The index offered a factory that the viewer does not see."""

    code = "search_disagreement"


def suggest(
    house: House,
    resolve: Callable[[Session], Caller],
    typed: Typed,
    query: Query,
    *,
    parameters: Sequence[str],
    limit: int,
    bounds: probing.Bounds = probing.BOUNDS,
) -> tuple[Suggestion, ...]:
    """The `limit` most frequent completions, for values of `parameters`, among the hits of `query`.

    For whoever `resolve` finds in the snapshot. Raises `SearchDisagreement`, and `ProbingLimited` as the search would: what
    it counts can be counted here too.
    """
    for _ in range(ATTEMPTS):
        found = _attempt(house, resolve, typed, query, parameters=parameters, limit=limit, bounds=bounds)
        if found is not None:
            nothing_more()
            return found
        log.error("search_disagreement", alarm=True)
    raise SearchDisagreement("The search could not be answered safely.")


def _attempt(
    house: House,
    resolve: Callable[[Session], Caller],
    typed: Typed,
    query: Query,
    *,
    parameters: Sequence[str],
    limit: int,
    bounds: probing.Bounds,
) -> tuple[Suggestion, ...] | None:
    def ask(session: Session, index: Index) -> tuple[Suggestion, ...]:
        caller, today = resolve(session), house.today()
        if caller.organization_id is not None and (query.filters or query.wishes):
            asked = probing.asked_of(probing.asker_of(session, caller.organization_id), query)
            note_question(probing.require_room(session, asked, today, bounds))
        viewer, relations = viewer_of(session, caller, today), relations_of(session, caller, today)

        def names_of(factories: Sequence[str]) -> Mapping[str, Sequence[str]]:
            rows = session.scalars(select(Publication).where(Publication.factory_id.in_(factories)))
            found = {}
            for row in rows:
                relation = relations.get(row.factory_id, NO_RELATION)
                projection = live_of(row).projected(house, viewer, relation, today)
                if projection is None:
                    raise _Disagreed
                found[row.factory_id] = names_shown(projection)
            return found

        return index.suggest(
            typed, query, viewer=viewer, relations=relations, day=today, parameters=parameters, limit=limit, names_of=names_of
        )

    try:
        with house.replica.asking(house.database.read, ask) as (session, found):
            _note(house, session, resolve(session), query, found)
            return found
    except _Disagreed:
        return None


def _note(house: House, session: Session, caller: Caller, query: Query, found: Sequence[Suggestion]) -> None:
    """For the ledger: the factories that a completion is taken from, where they are few, and the fields it was taken from."""
    fields: dict[str, frozenset[str]] = {}
    for each in found:
        for factory_id in each.few:
            fields[factory_id] = fields.get(factory_id, asked_fields(query)) | completed_fields(each.parameter)
    if not fields:
        return
    today = house.today()
    viewer, relations = viewer_of(session, caller, today), relations_of(session, caller, today)
    for row in session.scalars(select(Publication).where(Publication.factory_id.in_(sorted(fields)))):
        projection = live_of(row).projected(house, viewer, relations.get(row.factory_id, NO_RELATION), today)
        if projection is None:
            raise _Disagreed
        note(projection, form=MATCHED, fields=fields[row.factory_id])


def names_shown(projection: Projection) -> tuple[str, ...]:
    """Every name that a projection shows exactly, in every language."""
    found: list[str] = []
    for path in NAMES:
        cell = projection.cell(path)
        if cell is not None and cell["level"] == "exact":
            value = cell["value"]
            shown = value.values() if isinstance(value, Mapping) else (value,)
            found += [each for each in shown if isinstance(each, str)]
    return tuple(dict.fromkeys(found))
