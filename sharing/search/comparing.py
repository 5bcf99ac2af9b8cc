"""Two indexes, record by record: what one has that the other has not, whatever numbers they gave to their records.

Guarantees: two indexes of the same published rows are found alike, by whatever edits each came there; one wrong bit, value,
week, date or rule in one of them is found. A structure of the store that is not compared here makes a test fail.
Not here: whether either is right; `sharing.fsck` asks the pure functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sharing.search.bitmaps import Bitmap, Rids, rids_of
from sharing.search.columns import NumberColumn
from sharing.search.dense import RecordIds
from sharing.search.hours import HourRows
from sharing.search.index import Index
from sharing.search.packing import attributes
from sharing.search.postings import Postings
from sharing.search.slots import CertificateSlots
from sharing.search.store import Store

Described = Iterator[tuple[object, object]]
"""(what, how it is): `what` the same in both indexes, `how` comparable and free of record numbers."""

_EDITED: Final = frozenset({"_free", "_number", "_posting", "_of_factory", "_slots", "_rows", "_bands"})
"""Attributes that depend on the order of edits, or only help to undo them."""


@dataclass(frozen=True, slots=True)
class Order:
    """The records of an index in the order of their public ids, and the place of each record number in it."""

    names: tuple[tuple[str, str], ...]
    rids: Rids
    place: NDArray[np.int64]

    def places(self, members: Bitmap) -> bytes:
        """Which records a bitmap holds, as their sorted places; a number that is no record's has the place -1."""
        return np.sort(self.place[rids_of(members)]).tobytes()


def differences(one: Index, other: Index) -> list[str]:
    """What differs, in words that name structures and terms but no factory; empty for equal indexes."""
    orders = order_of(one), order_of(other)
    if orders[0].names != orders[1].names:
        return ["records"]
    first, second = dict(_described(one, orders[0])), dict(_described(other, orders[1]))
    return sorted(str(what) for what in first.keys() | second.keys() if first.get(what) != second.get(what))


def order_of(index: Index) -> Order:
    """The records of an index in the order of their public ids."""
    ids = index.store.ids
    known = [(factory_id, ids.name(rid), rid) for factory_id, run in ids.runs.items() for rid in range(run.head, run.end)]
    # The head first: its name is the factory's own.
    known.sort(key=lambda each: (each[0], each[1] != each[0], each[1]))
    rids = np.array([rid for *_, rid in known], dtype=np.uint32)
    place: NDArray[np.int64] = np.full(ids.end, -1, dtype=np.int64)
    place[rids] = np.arange(len(rids))
    return Order(tuple((factory_id, name) for factory_id, name, _ in known), rids, place)


def _described(index: Index, order: Order) -> Described:
    store = index.store
    for name in attributes(store):
        structure: Any = getattr(store, name)
        if name in _EDITED:
            continue
        parts: Mapping[str, Any] = structure if isinstance(structure, dict) else {"": structure}
        for key, part in parts.items():
            for what, how in DESCRIBERS[type(part)](part, order):
                yield (name, key, what), how
    yield from _audiences(index, order)


def _ids(ids: RecordIds, order: Order) -> Described:
    yield "head", order.place[ids.head_of[order.rids]].tobytes()
    yield "tie", ids.tie[order.rids].tobytes()
    yield "heads", order.places(ids.heads)
    yield "bare", order.places(ids.bare)


def _postings(postings: Postings, order: Order) -> Described:
    for number, table in enumerate(postings.every()):
        for term, members in table.by_term.items():
            yield (number, table.field, table.level.word, term), order.places(members)


def _numbers(column: NumberColumn, order: Order) -> Described:
    ascending = np.sort(order.rids)
    back = np.searchsorted(ascending, order.rids)
    yield "value", column.exact(ascending)[back].tobytes()
    yield "from", column.floors(ascending)[back].tobytes()
    yield "to", column.lasts(ascending)[back].tobytes()


def _hours(hours: HourRows, order: Order) -> Described:
    yield "weeks", hours.rows_of(order.rids)


def _certificates(slots: CertificateSlots, order: Order) -> Described:
    for term in slots.terms():
        held = [(int(order.place[head]), *days) for head, days in slots.of(term)]
        yield term, tuple(sorted(held))


DESCRIBERS: Final[Mapping[type, Callable[[Any, Order], Described]]] = {
    RecordIds: _ids,
    Postings: _postings,
    NumberColumn: _numbers,
    HourRows: _hours,
    CertificateSlots: _certificates,
}


def compared(store: Store) -> set[str]:
    """The attributes of a store that are compared, or need not be: the rest would be forgotten."""
    known = set()
    for name in attributes(store):
        structure = getattr(store, name)
        parts = list(structure.values()) if isinstance(structure, dict) else [structure]
        if name in _EDITED or all(type(part) in DESCRIBERS for part in parts):
            known.add(name)
    return known


def _audiences(index: Index, order: Order) -> Described:
    audiences = index.audiences
    conditions = audiences.conditions.conditions
    yield "named", order.places(audiences.named)
    for number, rows in enumerate(audiences.rows):
        for kind, masks in (("show", rows.shows), ("cap", rows.caps)):
            for mask, members in masks.items():
                yield (kind, conditions[number], mask), order.places(members)
        for kind, members in (("shown", rows.shown_capabilities), ("capped", rows.capped_capabilities)):
            if members:
                yield (kind, conditions[number]), order.places(members)
    for factory_id, run in index.store.ids.runs.items():
        compiled = audiences.policy(run.head)
        rules = frozenset((conditions[number], show, cap) for number, show, cap in compiled.rows)
        yield ("policy", factory_id), (rules, compiled.capabilities)
