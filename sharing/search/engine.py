"""Running a query over one view: hits, counts, facets, order and the page.

Guarantees: everything in `Found` is taken from the hits and from what they show to the viewer. A facet lists only
values that occur among the hits; a record that shows nothing for the chosen order comes last, whether it hides the
value or has none.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from policies import Level
from sharing.search.bitmaps import Bitmap, Rids, Values, bitmap, rids_of
from sharing.search.columns import MISSING
from sharing.search.cursors import Position
from sharing.search.pages import LAST, page
from sharing.search.postings import Use
from sharing.search.query import Atom, Numbers, Order, Query, SpareHours
from sharing.search.reading import FACETS, HOURS, LEAD_TIME
from sharing.search.relevance import weight
from sharing.search.resolve import STEPS, Resolver
from sharing.search.store import Store
from sharing.search.suggest import FEW
from sharing.search.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A capability, or a factory that shows none; `wishes` names the wishes it matches, in the order of the query."""

    factory_id: str
    capability_id: str | None
    wishes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer: exact counts over all pages, facets (name -> shown value -> hits), one page, where to go on.

    `next` is None at the end. `few`: the ids of all factories that match, where those are at most `FEW`; for the ledger.
    """

    capabilities: int
    factories: int
    facets: dict[str, dict[str, int]]
    hits: tuple[Hit, ...]
    next: Position | None
    few: tuple[str, ...] = ()


def search(store: Store, view: View, query: Query, *, day: date, limit: int, after: Position | None) -> Found:
    """Run `query` over `view`; `limit` >= 1."""
    resolver = Resolver(store, view, day)
    hits = view.records if query.only is None else _of_factory(store, view, query.only)
    for atom in sorted(query.filters, key=_cost):
        hits = resolver.matching(atom, hits)
    matched = [(wish.name, resolver.matching(wish, hits)) for wish in query.wishes]
    rids = rids_of(hits)
    keys = _keys(resolver, query, hits, rids, [members for _, members in matched])
    places, following = page(keys, store.ids.tie[rids], limit, after)
    factories = store.ids.factories(rids)
    return Found(
        capabilities=len(hits) - hits.intersection_cardinality(store.ids.heads),
        factories=factories,
        facets=_facets(store, view, hits),
        hits=tuple(_hit(store, int(rids[place]), matched) for place in places),
        next=following,
        few=_few(store, rids) if factories <= FEW else (),
    )


def _few(store: Store, rids: Rids) -> tuple[str, ...]:
    return tuple(sorted({store.ids.public(int(head))[0] for head in np.unique(store.ids.head_of[rids])}))


def _of_factory(store: Store, view: View, factory_id: str) -> Bitmap:
    run = store.ids.run(factory_id)
    return bitmap() if run is None else view.records & bitmap(range(run.head, run.end))


def _cost(atom: Atom) -> int:
    # Bitmaps first: they are cheap, and columns are then read for fewer candidates.
    return 2 if isinstance(atom, SpareHours) else 1 if isinstance(atom, Numbers) else 0


def _hit(store: Store, rid: int, matched: list[tuple[str, Bitmap]]) -> Hit:
    factory_id, capability_id = store.ids.public(rid)
    wishes = tuple(name for name, members in matched if rid in members)
    return Hit(factory_id=factory_id, capability_id=capability_id, wishes=wishes)


def _keys(resolver: Resolver, query: Query, hits: Bitmap, rids: Rids, matched: list[Bitmap]) -> Values:
    """One int64 per hit, smaller first."""
    store, view = resolver.store, resolver.view
    keys: Values = np.zeros(len(rids), dtype=np.int64)
    if query.order is Order.WISHES:
        for members in matched:
            keys[np.searchsorted(rids, rids_of(members))] -= 1
    elif query.order is Order.SPARE_HOURS:
        first, last = query.weeks
        keys[:] = LAST
        for step, places in _by_step(store, view, HOURS, hits, rids):
            given, total, _ = store.hours.totals(rids[places], first, last, resolver.today, band=step is Level.BAND)
            keys[places] = np.where(given > 0, -total, LAST)
    elif query.order is Order.LEAD_TIME:
        column = store.numbers[LEAD_TIME]
        keys[:] = LAST
        for step, places in _by_step(store, view, LEAD_TIME, hits, rids):
            shown = column.exact(rids[places]) if step is Level.EXACT else column.floors(rids[places])
            keys[places] = np.where(shown != MISSING, shown, LAST)
    elif query.order is Order.RELEVANCE:
        for word in query.ranked:
            having = resolver.having(word)
            if having:
                keys[store.flagged(rids_of(having & hits))[rids]] -= weight(len(view.records), len(having))
    return keys


def _by_step(store: Store, view: View, key: str, hits: Bitmap, rids: Rids) -> list[tuple[Level, Values]]:
    """For each level that shows a value of the field: the places in `rids` that show it so."""
    found = []
    for step in STEPS:
        showing = store.flagged(rids_of(hits & view.shown(key, step)))
        found.append((step, np.flatnonzero(showing[rids])))
    return found


def _facets(store: Store, view: View, hits: Bitmap) -> dict[str, dict[str, int]]:
    facets: dict[str, dict[str, int]] = {}
    for name, key in FACETS.items():
        counts: dict[str, int] = {}
        for step in STEPS:
            showing = hits & view.shown(key, step)
            if not showing:
                continue
            for value, members in store.postings.table(Use.FACET, key, step).items():
                count = members.intersection_cardinality(showing)
                if count:
                    counts[value] = counts.get(value, 0) + count
        facets[name] = dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))
    return facets
