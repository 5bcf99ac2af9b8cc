"""Leaks planted into search: each is a mistake that a reader of the code could believe to be harmless."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from policies import Level
from sharing import searching
from sharing.catalogue import field
from sharing.errors import InvalidDocument, Problem
from sharing.search import cursors, engine, index, pages, resolve
from sharing.search.bitmaps import bitmap, rids_of, union
from sharing.search.hours import HourRows
from sharing.search.postings import Use, backs
from sharing.search.query import Order
from sharing.search.reading import FACETS, NUMBER_FIELDS
from sharing.search.relevance import weight

Patch = pytest.MonkeyPatch


class Everything:
    """A view in which everybody sees everything."""

    def __init__(self, store: Any) -> None:
        self.records = bitmap(rid for run in store.ids.runs.values() for rid in range(run.head, run.end))
        self.records -= store.ids.heads - store.ids.bare

    def shown(self, key: str, step: Level) -> Any:
        return self.records if step is field(key).shown(Level.EXACT) else bitmap()


def finding(patch: Patch, change: Callable[..., Any]) -> None:
    """Let `change(found, store, view, query, **other)` alter what every search finds."""
    honest = engine.search

    def search(store: Any, view: Any, query: Any, **other: Any) -> Any:
        return change(honest(store, view, query, **other), store, view, query, **other)

    patch.setattr(index, "search", search)


def count_before_filter(patch: Patch) -> None:
    def change(found: Any, store: Any, view: Any, query: Any, **other: Any) -> Any:
        whole = engine.search(store, Everything(store), query, **other)
        return replace(found, capabilities=whole.capabilities)

    finding(patch, change)


def facet_of_a_hidden_field(patch: Patch) -> None:
    honest = engine._facets
    patch.setattr(engine, "_facets", lambda store, view, hits: honest(store, Everything(store), hits))


def zero_buckets(patch: Patch) -> None:
    honest = engine._facets

    def facets(store: Any, view: Any, hits: Any) -> Any:
        found = honest(store, view, hits)
        for name, key in FACETS.items():
            for step in engine.STEPS:
                for value in store.postings.table(Use.FACET, key, step):
                    found[name].setdefault(value, 0)
        return found

    patch.setattr(engine, "_facets", facets)


def sort_by_a_hidden_field(patch: Patch) -> None:
    honest = engine._keys

    def keys(resolver: Any, query: Any, hits: Any, rids: Any, matched: Any) -> Any:
        seen = resolver.view if query.order is Order.WISHES else Everything(resolver.store)
        return honest(engine.Resolver(resolver.store, seen, date.fromordinal(resolver.today)), query, hits, rids, matched)

    patch.setattr(engine, "_keys", keys)


def band_filtered_by_its_exact_value(patch: Patch) -> None:
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
    trusting(patch)


def filter_on_a_hidden_field(patch: Patch) -> None:
    honest = engine.Resolver

    class Open(Everything):
        def __init__(self, store: Any, view: Any) -> None:
            super().__init__(store)
            self.records = view.records

    patch.setattr(engine, "Resolver", lambda store, view, day: honest(store, Open(store, view), day))
    trusting(patch)


def trusting(patch: Patch) -> None:
    """Without the second opinion on every row, which would turn the leak into an error."""
    patch.setattr(searching, "_agrees", lambda *_: True)


def ties_by_row(patch: Patch) -> None:
    honest = pages.page

    def page(keys: Any, ties: Any, limit: int, after: Any) -> Any:
        return honest(keys, np.arange(len(ties), dtype=np.uint64), limit, after)

    patch.setattr(engine, "page", page)


def cursor_with_a_row_number(patch: Patch) -> None:
    def change(found: Any, store: Any, view: Any, query: Any, **other: Any) -> Any:
        if found.next is None:
            return found
        last = found.hits[-1]
        row = store.ids.runs[last.factory_id].head
        return replace(found, next=cursors.Position(key=found.next.key, tie=found.next.tie & ~0xFFFF | row))

    finding(patch, change)


def frequencies_of_all_records(patch: Patch) -> None:
    honest = engine._keys

    def keys(resolver: Any, query: Any, hits: Any, rids: Any, matched: Any) -> Any:
        if query.order is not Order.RELEVANCE:
            return honest(resolver, query, hits, rids, matched)
        whole = engine.Resolver(resolver.store, Everything(resolver.store), date.fromordinal(resolver.today))
        found = np.zeros(len(rids), dtype=np.int64)
        for word in query.ranked:
            having = rids_of(resolver.having(word))
            counted = len(whole.having(word)) or 1
            found[np.isin(rids, having)] -= weight(len(whole.view.records), counted)
        return found

    patch.setattr(engine, "_keys", keys)


def ranked_by_hidden_words(patch: Patch) -> None:
    honest = engine._keys

    def keys(resolver: Any, query: Any, hits: Any, rids: Any, matched: Any) -> Any:
        if query.order is not Order.RELEVANCE:
            return honest(resolver, query, hits, rids, matched)
        whole = engine.Resolver(resolver.store, Everything(resolver.store), date.fromordinal(resolver.today))
        found = np.zeros(len(rids), dtype=np.int64)
        for word in query.ranked:
            counted = len(resolver.having(word))
            if counted:
                found[np.isin(rids, rids_of(whole.having(word)))] -= weight(len(resolver.view.records), counted)
        return found

    patch.setattr(engine, "_keys", keys)


def backed_though_hidden(patch: Patch) -> None:
    honest = resolve.Resolver._backed

    def backed(resolver: Any, atom: Any, within: Any) -> Any:
        return within & honest(resolve.Resolver(resolver.store, Everything(resolver.store), resolver._day), atom, within)

    patch.setattr(resolve.Resolver, "_backed", backed)
    trusting(patch)


def _exact_days(rows: Any) -> Any:
    """The same rows, where bands are as old as the exact hours behind them."""
    other = copy.copy(rows)
    other._as_of = rows._as_of[:, [1, 1]]
    return other


def bands_as_fresh_as_what_is_behind(patch: Patch) -> None:
    honest = HourRows.ages
    patch.setattr(HourRows, "ages", lambda rows, *given, **other: honest(_exact_days(rows), *given, **other))
    trusting(patch)


def bands_stale_with_what_is_behind(patch: Patch) -> None:
    honest = HourRows.totals
    patch.setattr(HourRows, "totals", lambda rows, *given, **other: honest(_exact_days(rows), *given, **other))
    trusting(patch)


def facet_of_hidden_machines(patch: Patch) -> None:
    honest = engine._facets

    def facets(store: Any, view: Any, hits: Any) -> Any:
        return {**honest(store, view, hits), "equipment": honest(store, Everything(store), hits)["equipment"]}

    patch.setattr(engine, "_facets", facets)


def backed_at_any_level(patch: Patch) -> None:
    """A value counts as backed by a claim of another level than the shown one, and by a file that is not shown."""

    def backed(resolver: Any, atom: Any, within: Any) -> Any:
        for key, rank in atom.asked:
            found = []
            for step in resolve.STEPS:
                table = resolver.store.postings.table(Use.BACKED, key, step)
                known = rank <= resolve.CLASSES["document"]
                found += [
                    members
                    for term, members in table.items()
                    if (known if term == resolve.FILE else backs(term, rank, resolver.today))
                ]
            shown = union(resolver.view.shown(key, step) for step in resolve.STEPS)
            within = within & union(found) & shown
        return within

    patch.setattr(resolve.Resolver, "_backed", backed)
    trusting(patch)


def view_kept_without_its_purpose(patch: Patch) -> None:
    """The cached view of an organization serves it for every purpose."""
    honest = index.signature

    def signature(viewer: Any, *other: Any, **more: Any) -> Any:
        return honest(replace(viewer, purpose=None), *other, **more)

    patch.setattr(index, "signature", signature)
    trusting(patch)


def refusing_what_nobody_states(patch: Patch) -> None:
    """A filter that no factory of the node could satisfy is an error, to be helpful."""
    honest = engine.search

    def search(store: Any, view: Any, query: Any, **other: Any) -> Any:
        whole = engine.Resolver(store, Everything(store), other["day"])
        for atom in query.filters:
            if not whole.matching(atom, whole.view.records):
                raise InvalidDocument((Problem(path=atom.name, code="nobody", message="Nobody states this."),))
        return honest(store, view, query, **other)

    patch.setattr(index, "search", search)
