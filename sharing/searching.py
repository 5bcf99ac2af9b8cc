"""The buyer's main job: find capabilities, in one snapshot, through the index, and never further than the viewer sees.

Each row of a page goes through the pure functions again before it leaves: decided, projected and matched in plain Python
against the published row of the same snapshot. If that and the bitmaps ever disagree, the question is asked once more in
a fresh snapshot; if they still do, nothing is answered and an alarm is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from policies import NO_RELATION, Decision, Policy, Relation, Viewer
from sharing.backing import Backing, backing
from sharing.errors import SharingError
from sharing.freshness import freshness
from sharing.house import House
from sharing.in_force import known_of
from sharing.ledger import probing
from sharing.ledger.collecting import MATCHED, note, note_question, nothing_more
from sharing.models import Publication
from sharing.projection import Projection
from sharing.publications import Live, live_of
from sharing.search import Found, Hit, Index, Query, cursors, matched_wishes, matches
from sharing.search.uses import used_fields
from sharing.viewers import Caller, relations_of, viewer_of

CURSOR_KEY = "search cursors"
ATTEMPTS = 2

log = structlog.get_logger("guildnet.search")


class SearchDisagreement(SharingError):
    """Index and pure function disagreed twice; nothing was answered."""

    code = "search_disagreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchItem:
    """One hit: a factory as the viewer sees it, and which of its capabilities was hit (None: it shows none).

    `freshness` is that of the whole factory, as in its view.
    """

    projection: Projection
    freshness: Mapping[str, Mapping[str, object]]
    capability_id: str | None
    wishes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """One page, exact counts over all pages, facets over all hits, and the cursor of the next page."""

    items: tuple[SearchItem, ...]
    capabilities: int
    factories: int
    facets: Mapping[str, Mapping[str, int]]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    caller: Caller
    viewer: Viewer
    relations: Mapping[str, Relation]
    found: Found


def search(
    house: House,
    resolve: Callable[[Session], Caller],
    query: Query,
    *,
    limit: int,
    cursor: str | None = None,
    bounds: probing.Bounds = probing.BOUNDS,
) -> SearchAnswer:
    """Answer `query` for whoever `resolve` finds in the snapshot.

    Raises `ProbingLimited`, which depends on what was asked before alone, `InvalidCursor` and `SearchDisagreement`.
    """
    for _ in range(ATTEMPTS):
        answer = _attempt(house, resolve, query, limit=limit, cursor=cursor, bounds=bounds)
        if answer is not None:
            nothing_more()
            return answer
        log.error("search_disagreement", alarm=True)
    raise SearchDisagreement("The search could not be answered safely.")


def every_factory(
    house: House, resolve: Callable[[Session], Caller], query: Query, *, most: int
) -> tuple[Projection, ...] | None:
    """Every factory that `query` finds for whoever `resolve` finds, in the order of their ids; None for more than `most`.

    In one snapshot, and each through the pure functions like the rows of a page. Raises `SearchDisagreement` and whatever
    `resolve` raises.
    """

    def ask(session: Session, index: Index) -> _Asked:
        caller, today = resolve(session), house.today()
        viewer, relations = viewer_of(session, caller, today), relations_of(session, caller, today)
        asked = partial(index.search, query, viewer=viewer, relations=relations, day=today)
        found = asked(limit=1)
        if found.factories <= most:
            found = asked(limit=max(1, found.capabilities + found.factories))
        return _Asked(caller=caller, viewer=viewer, relations=relations, found=found)

    for _ in range(ATTEMPTS):
        with house.replica.asking(house.database.read, ask) as (session, asked):
            if asked.found.factories > most:
                return None
            items = _items(house, session, asked, query)
        if items is not None:
            shown = {item.projection.factory_id: item.projection for item in items}
            return tuple(shown[each] for each in sorted(shown))
        log.error("search_disagreement", alarm=True)
    raise SearchDisagreement("The search could not be answered safely.")


def _attempt(
    house: House,
    resolve: Callable[[Session], Caller],
    query: Query,
    *,
    limit: int,
    cursor: str | None,
    bounds: probing.Bounds,
) -> SearchAnswer | None:
    def ask(session: Session, index: Index) -> _Asked:
        caller = resolve(session)
        today = house.today()
        if caller.organization_id is not None:
            asked = probing.asked_of(probing.asker_of(session, caller.organization_id), query)
            note_question(probing.require_room(session, asked, today, bounds))
        after = None
        if cursor is not None:
            key = house.keystore.derive(CURSOR_KEY)
            after = cursors.unseal(cursor, viewer=_who(caller), query=query.digest(), key=key)
        viewer = viewer_of(session, caller, today)
        relations = relations_of(session, caller, today)
        found = index.search(query, viewer=viewer, relations=relations, day=today, limit=limit, after=after)
        return _Asked(caller=caller, viewer=viewer, relations=relations, found=found)

    with house.replica.asking(house.database.read, ask) as (session, asked):
        items = _items(house, session, asked, query)
    if items is None:
        return None
    return SearchAnswer(
        items=items,
        capabilities=asked.found.capabilities,
        factories=asked.found.factories,
        facets=asked.found.facets,
        next=_next(house, asked, query),
    )


def _items(house: House, session: Session, asked: _Asked, query: Query) -> tuple[SearchItem, ...] | None:
    """The page's rows through the pure functions; None when any of them is not what the index said."""
    wanted = {hit.factory_id for hit in asked.found.hits}.union(asked.found.few)
    rows = session.scalars(select(Publication).where(Publication.factory_id.in_(sorted(wanted))))
    factories = {row.factory_id: live_of(row) for row in rows}
    known = known_of(session, house.keystore, sorted(wanted)) if query.asks_backing else {}
    backed = {factory_id: backing(factories[factory_id].record, facts) for factory_id, facts in known.items()}
    deciding, today = _Deciding(house, asked), house.today()
    projections = {factory_id: deciding.shown(factory) for factory_id, factory in factories.items()}
    items = []
    for hit in asked.found.hits:
        projection = projections.get(hit.factory_id)
        if projection is None or not _agrees(projection, hit, query, today, backed.get(hit.factory_id, ())):
            return None
        items.append(
            SearchItem(
                projection=projection,
                capability_id=hit.capability_id,
                wishes=hit.wishes,
                freshness=freshness(projection, today),
            )
        )
    used = used_fields(query) if asked.found.few else frozenset()
    for factory_id in asked.found.few:
        matched = projections.get(factory_id)
        if matched is None:
            return None
        note(matched, form=MATCHED, fields=used)
    return tuple(items)


class _Deciding:
    """The one decision point, asked once for all factories of a page that have equal rules and tie the asker alike."""

    def __init__(self, house: House, asked: _Asked) -> None:
        self._house, self._asked, self._today = house, asked, house.today()
        self._known: dict[tuple[int, int], tuple[Policy, Decision]] = {}

    def shown(self, factory: Live) -> Projection | None:
        """What the asker sees today."""
        relation = self._asked.relations.get(factory.factory_id, NO_RELATION)
        # By identity: equal rules read from equal texts are one object; what is known keeps the first policy, and so them.
        key = (id(factory.policy.rules), id(relation))
        known = self._known.get(key)
        if known is None:
            decision = factory.decide(self._house, self._asked.viewer, relation, self._today)
            known = self._known[key] = (factory.policy, decision)
        return factory.shown_to(self._asked.viewer, relation, self._today, known[1])


def _agrees(projection: Projection, hit: Hit, query: Query, today: date, backed: Backing) -> bool:
    content = projection.seen
    return (
        matches(content, hit.capability_id, query, today, backed)
        and matched_wishes(content, hit.capability_id, query, today, backed) == hit.wishes
    )


def _next(house: House, asked: _Asked, query: Query) -> str | None:
    if asked.found.next is None:
        return None
    return cursors.seal(
        asked.found.next,
        viewer=_who(asked.caller),
        query=query.digest(),
        key=house.keystore.derive(CURSOR_KEY),
        entropy=house.entropy,
    )


def _who(caller: Caller) -> str:
    """What a cursor is bound to: only what the asker knows of themselves, so that a refused cursor tells nothing new."""
    return f"{caller.organization_id}/{caller.purpose}"
