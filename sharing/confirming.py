"""Confirming that values are unchanged: their owner says so, and every level of them is as of today.

Guarantees: nothing is confirmed but what the newest profile says; of a published factory each level of a value moves that
shows the same as the draft's, so that a draft is not published by the way and its edits inside a band show to nobody who
reads bands. Confirmed twice in a day is confirmed once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from policies import Level
from sharing import catalogue
from sharing.errors import InvalidDocument, Problems
from sharing.factories import newest_statement, own_factory
from sharing.house import House
from sharing.models import Factory, ProfileRevision
from sharing.profile import Record
from sharing.publications import republish, shown_last
from sharing.stated import alike_to, stated_of, stated_text
from sharing.stored import stored_record
from sharing.viewers import Caller

CAPACITY = "capacity"
MOST_PATHS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What was confirmed, and which of it is live to the exact value: paths such as `capacity/<id>/spare_hours`, sorted."""

    factory_id: str
    as_of: date
    paths: tuple[str, ...]
    live: tuple[str, ...]


def confirm_unchanged(
    house: House, session: Session, caller: Caller, factory_id: str, paths: Sequence[str] | None = None
) -> Confirmation:
    """State `paths` anew today: values, elements (`capacity/<id>`) or scopes (`capacity`, the default).

    Raises `NotFound`, and `InvalidDocument` for a path at which the newest profile says nothing.
    """
    factory = own_factory(session, caller, factory_id, lock=True)
    record, stated = newest_statement(session, factory)
    chosen = _chosen(record, paths)
    row = session.get_one(ProfileRevision, (factory.id, factory.revision))
    row.stated = stated_text(stated.confirmed(chosen, house.today()))
    live = _confirm_live(house, session, factory, record, chosen)
    session.flush()
    return Confirmation(factory_id=factory_id, as_of=house.today(), paths=tuple(sorted(chosen)), live=tuple(sorted(live)))


def _confirm_live(house: House, session: Session, factory: Factory, record: Record, chosen: frozenset[str]) -> frozenset[str]:
    row = shown_last(session, factory)
    if row is None:
        return frozenset()
    alike = alike_to(record, stored_record(row.document), chosen)
    before = stated_of(row.stated)
    after = before.confirmed_to(alike, house.today())
    if isinstance(row, ProfileRevision):
        row.stated = stated_text(after)  # seen once the factory is published again
        return frozenset()
    if any(before.at(path) != after.at(path) for path in alike):
        republish(house, session, factory, stated=after)
    return frozenset(path for path, level in alike.items() if level is Level.EXACT)


def _chosen(record: Record, paths: Sequence[str] | None) -> frozenset[str]:
    keys = {path: key for path, key, _ in record.values()}
    wanted = [CAPACITY] if paths is None else list(paths)
    problems = Problems()
    if paths is not None and not 1 <= len(paths) <= MOST_PATHS:
        problems.add("paths", "too_many", f"Give 1 to {MOST_PATHS} paths, or none for all capacity.")
        wanted = []
    chosen: set[str] = set()
    for place, each in enumerate(wanted):
        found = {path for path, key in keys.items() if path == each or path.startswith(f"{each}/")}
        if not found and paths is not None:
            problems.add(f"paths/{place}", "unknown_path", "The newest profile says nothing at this path.")
        chosen |= found
    if problems.found:
        raise InvalidDocument(tuple(problems.found))
    # What is computed is as old as what it is computed from.
    return frozenset(path for path in chosen if _inputs(path, keys[path]) <= chosen)


def _inputs(path: str, key: str) -> frozenset[str]:
    field = catalogue.field(key)
    place = path.rpartition("/")[0]
    return frozenset(f"{place}/{catalogue.field(each).name}" for each in field.derived_from) if field.computed else frozenset()
