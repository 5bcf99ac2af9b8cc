"""Leaks planted into the running application: each is a mistake that a reader of the code could believe to be harmless.

A suite that finds none of them finds nothing. Each is patched over the product's own functions, and the very same
properties that guard the product must fail with it.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from flask import Response, request

from api import conditions, routing
from api.container import house
from policies import Level
from sharing import attestations, searching, seeing, views
from sharing.catalogue import FIELDS, field
from sharing.errors import NotFound, RoleRequired
from sharing.models import Publication
from sharing.search import cursors, engine, index, pages, resolve
from sharing.search.bitmaps import bitmap, rids_of
from sharing.search.hours import HourRows
from sharing.search.postings import Use
from sharing.search.query import Order
from sharing.search.reading import FACETS, NUMBER_FIELDS
from sharing.search.relevance import weight

Patch = pytest.MonkeyPatch


@dataclass(frozen=True, kw_only=True)
class Leak:
    """A planted leak; `plant` patches it in.

    `told` is false where the leak tells something that equal views hold in common (the signed part of an attestation is
    in both), so that only the reference can miss it in the answer; also where equal views seldom differ in it.
    """

    name: str
    plant: Callable[[Patch], None]
    told: bool = True
    about: str | None = None
    """A parameter that the questions put to it all ask for; None: the questions are those put to the product."""


class _Everything:
    """A view in which everybody sees everything."""

    def __init__(self, store: Any) -> None:
        self.records = bitmap(rid for run in store.ids.runs.values() for rid in range(run.head, run.end))
        self.records -= store.ids.heads - store.ids.bare

    def shown(self, key: str, step: Level) -> Any:
        return self.records if step is field(key).shown(Level.EXACT) else bitmap()


def _finding(patch: Patch, change: Callable[..., Any]) -> None:
    """Let `change(found, store, view, query, **other)` alter what every search finds."""
    honest = engine.search

    def search(store: Any, view: Any, query: Any, **other: Any) -> Any:
        return change(honest(store, view, query, **other), store, view, query, **other)

    patch.setattr(index, "search", search)


def _count_before_filter(patch: Patch) -> None:
    def change(found: Any, store: Any, view: Any, query: Any, **other: Any) -> Any:
        whole = engine.search(store, _Everything(store), query, **other)
        return replace(found, capabilities=whole.capabilities)

    _finding(patch, change)


def _facet_of_a_hidden_field(patch: Patch) -> None:
    honest = engine._facets
    patch.setattr(engine, "_facets", lambda store, view, hits: honest(store, _Everything(store), hits))


def _zero_buckets(patch: Patch) -> None:
    honest = engine._facets

    def facets(store: Any, view: Any, hits: Any) -> Any:
        found = honest(store, view, hits)
        for name, key in FACETS.items():
            for step in engine.STEPS:
                for value in store.postings.table(Use.FACET, key, step):
                    found[name].setdefault(value, 0)
        return found

    patch.setattr(engine, "_facets", facets)


def _sort_by_a_hidden_field(patch: Patch) -> None:
    honest = engine._keys

    def keys(resolver: Any, query: Any, rids: Any, matched: Any) -> Any:
        seen = resolver.view if query.order is Order.WISHES else _Everything(resolver.store)
        return honest(engine.Resolver(resolver.store, seen, date.fromordinal(resolver.today)), query, rids, matched)

    patch.setattr(engine, "_keys", keys)


def _band_filtered_by_its_exact_value(patch: Patch) -> None:
    numbers = {each.key for each in NUMBER_FIELDS}

    class Sharper:
        def __init__(self, view: Any) -> None:
            self._view, self.records = view, view.records

        def shown(self, key: str, step: Level) -> Any:
            if key not in numbers or step is not Level.EXACT:
                return bitmap() if key in numbers else self._view.shown(key, step)
            return self._view.shown(key, Level.EXACT) | self._view.shown(key, Level.BAND)

    honest = engine.Resolver
    patch.setattr(engine, "Resolver", lambda store, view, day: honest(store, Sharper(view), day))
    _trusting(patch)


def _filter_on_a_hidden_field(patch: Patch) -> None:
    honest = engine.Resolver

    class Open(_Everything):
        def __init__(self, store: Any, view: Any) -> None:
            super().__init__(store)
            self.records = view.records

    patch.setattr(engine, "Resolver", lambda store, view, day: honest(store, Open(store, view), day))
    _trusting(patch)


def _trusting(patch: Patch) -> None:
    """Without the second opinion on every row, which would turn the leak into an error."""
    patch.setattr(searching, "_agrees", lambda *_: True)


def _forbidden_for_not_found(patch: Patch) -> None:
    honest = seeing.see

    def see(house: Any, session: Any, caller: Any, factory_id: str) -> Any:
        try:
            return honest(house, session, caller, factory_id)
        except NotFound:
            if session.get(Publication, factory_id) is None:
                raise
            raise RoleRequired("You may not see this factory.") from None

    for module in (seeing, views, attestations):
        patch.setattr(module, "see", see)


def _etag_of_the_full_record(patch: Patch) -> None:
    def tagged(response: Response) -> Response:
        factory_id = (request.view_args or {}).get("factory_id")
        if factory_id is not None:
            with house().database.read() as session:
                row = session.get(Publication, factory_id)
            response.set_etag(hashlib.sha256(b"" if row is None else row.document.encode()).hexdigest()[:32])
        return conditions.tagged(response)

    patch.setattr(routing, "tagged", tagged)


def _last_modified(patch: Patch) -> None:
    def tagged(response: Response) -> Response:
        factory_id = (request.view_args or {}).get("factory_id")
        if factory_id is not None:
            with house().database.read() as session:
                row = session.get(Publication, factory_id)
            response.headers["Last-Modified"] = f"Sun, 22 Nov 2026 09:{0 if row is None else row.revision:02d}:00 GMT"
        return conditions.tagged(response)

    patch.setattr(routing, "tagged", tagged)


def _ties_by_row(patch: Patch) -> None:
    honest = pages.page

    def page(keys: Any, ties: Any, limit: int, after: Any) -> Any:
        return honest(keys, np.arange(len(ties), dtype=np.uint64), limit, after)

    patch.setattr(engine, "page", page)


def _cursor_with_a_row_number(patch: Patch) -> None:
    def change(found: Any, store: Any, view: Any, query: Any, **other: Any) -> Any:
        if found.next is None:
            return found
        last = found.hits[-1]
        row = store.ids.runs[last.factory_id].head
        return replace(found, next=cursors.Position(key=found.next.key, tie=found.next.tie & ~0xFFFF | row))

    _finding(patch, change)


def _claims_of_every_level(patch: Patch) -> None:
    def names(whole: str, projection: Any) -> set[str]:
        paths = {path for path, _ in projection.cells()}
        return {str(name) for name in attestations.credentials.claim_names(whole) if name.rpartition("@")[0] in paths}

    patch.setattr(attestations, "_visible_names", names)


def _frequencies_of_all_records(patch: Patch) -> None:
    honest = engine._keys

    def keys(resolver: Any, query: Any, rids: Any, matched: Any) -> Any:
        if query.order is not Order.RELEVANCE:
            return honest(resolver, query, rids, matched)
        whole = engine.Resolver(resolver.store, _Everything(resolver.store), date.fromordinal(resolver.today))
        found = np.zeros(len(rids), dtype=np.int64)
        for word in query.ranked:
            having = rids_of(resolver.having(word))
            counted = len(whole.having(word)) or 1
            found[np.isin(rids, having)] -= weight(len(whole.view.records), counted)
        return found

    patch.setattr(engine, "_keys", keys)


def _ranked_by_hidden_words(patch: Patch) -> None:
    honest = engine._keys

    def keys(resolver: Any, query: Any, rids: Any, matched: Any) -> Any:
        if query.order is not Order.RELEVANCE:
            return honest(resolver, query, rids, matched)
        whole = engine.Resolver(resolver.store, _Everything(resolver.store), date.fromordinal(resolver.today))
        found = np.zeros(len(rids), dtype=np.int64)
        for word in query.ranked:
            counted = len(resolver.having(word))
            if counted:
                found[np.isin(rids, rids_of(whole.having(word)))] -= weight(len(resolver.view.records), counted)
        return found

    patch.setattr(engine, "_keys", keys)


def _backed_though_hidden(patch: Patch) -> None:
    honest = resolve.Resolver._backed

    def backed(resolver: Any, atom: Any, within: Any) -> Any:
        return within & honest(resolve.Resolver(resolver.store, _Everything(resolver.store), resolver._day), atom, within)

    patch.setattr(resolve.Resolver, "_backed", backed)
    _trusting(patch)


def _exact_days(rows: Any) -> Any:
    """The same rows, where bands are as old as the exact hours behind them."""
    other = copy.copy(rows)
    other._as_of = rows._as_of[:, [1, 1]]
    return other


def _bands_as_fresh_as_what_is_behind(patch: Patch) -> None:
    honest = HourRows.ages
    patch.setattr(HourRows, "ages", lambda rows, *given, **other: honest(_exact_days(rows), *given, **other))
    _trusting(patch)


def _bands_stale_with_what_is_behind(patch: Patch) -> None:
    honest = HourRows.totals
    patch.setattr(HourRows, "totals", lambda rows, *given, **other: honest(_exact_days(rows), *given, **other))
    _trusting(patch)


def _facet_of_hidden_machines(patch: Patch) -> None:
    honest = engine._facets

    def facets(store: Any, view: Any, hits: Any) -> Any:
        return {**honest(store, view, hits), "equipment": honest(store, _Everything(store), hits)["equipment"]}

    patch.setattr(engine, "_facets", facets)


def _hidden_and_absent_differ(patch: Patch) -> None:
    original = views.view

    def view(house: Any, session: Any, caller: Any, factory_id: str) -> Any:
        found = original(house, session, caller, factory_id)
        row = session.get(Publication, factory_id)
        given = [each.key for each in FIELDS if each.scope == "factory" and f'"{each.key}"' in row.document]
        withheld = {name: {"verdict": "withheld"} for name in given if name not in found.projection.content}
        return replace(found, verdicts={**withheld, **found.verdicts})

    patch.setattr(views, "view", view)


LEAKS = (
    Leak(name="count before filter", plant=_count_before_filter),
    Leak(name="facet of a hidden field", plant=_facet_of_a_hidden_field),
    Leak(name="sort by a hidden field", plant=_sort_by_a_hidden_field),
    Leak(name="band filtered by its exact value", plant=_band_filtered_by_its_exact_value),
    Leak(name="403 for 404", plant=_forbidden_for_not_found),
    Leak(name="ETag of the full record", plant=_etag_of_the_full_record),
    Leak(name="filter on a hidden field", plant=_filter_on_a_hidden_field),
    Leak(name="facets with zero buckets", plant=_zero_buckets),
    Leak(name="ties by row number", plant=_ties_by_row),
    Leak(name="cursor with a row number", plant=_cursor_with_a_row_number),
    Leak(name="Last-Modified of the revision", plant=_last_modified),
    Leak(name="claims of every level", plant=_claims_of_every_level, told=False),
    Leak(name="hidden told from never given", plant=_hidden_and_absent_differ),
    Leak(name="frequencies of all records", plant=_frequencies_of_all_records, about="text", told=False),
    Leak(name="ranked by hidden words", plant=_ranked_by_hidden_words, about="text", told=False),
    Leak(name="backed though hidden", plant=_backed_though_hidden, about="backed"),
    Leak(name="bands as fresh as what is behind", plant=_bands_as_fresh_as_what_is_behind, about="freshness_max"),
    Leak(name="bands stale with what is behind", plant=_bands_stale_with_what_is_behind, about="spare_hours", told=False),
    Leak(name="facet of hidden machines", plant=_facet_of_hidden_machines, about="equipment"),
)
