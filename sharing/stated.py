"""When each value of a factory was last stated, level by level: the `as_of` of every cell that is shown.

Guarantees: the date of a level moves only when what is shown at that level changes or when its owner confirms it, so a
change inside a band leaves the date of the band as it was. Days are UTC. A date is content: a view is signed anew when it
moves for that view's readers, and for nobody else's.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from policies import Level
from sharing import catalogue
from sharing.catalogue import Field, Value
from sharing.profile import Record

Days = tuple[str, str, str]
"""ISO days of the levels existence, band and exact."""

_HOURS = "capacity.spare_hours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """`days` by path; a path that is not in it has the day `default` at every level."""

    default: str
    days: Mapping[str, Days] = field(default_factory=dict)

    def at(self, path: str) -> Days:
        """The days of one value."""
        return self.days.get(path) or (self.default, self.default, self.default)

    def of(self, path: str, level: Level) -> str:
        """The day of one value at a level above hidden."""
        found = self.days.get(path)
        return self.default if found is None else found[level - 1]

    def confirmed(self, paths: Iterable[str], day: date) -> Stated:
        """The same, with every level of `paths` stated anew on `day`."""
        return self.confirmed_to(dict.fromkeys(paths, Level.EXACT), day)

    def confirmed_to(self, levels: Mapping[str, Level], day: date) -> Stated:
        """The same, with each of these paths stated anew on `day` up to its level, which is above hidden."""
        today, moved = day.isoformat(), {}
        for path, level in levels.items():
            _, band, exact = self.at(path)
            moved[path] = (today, today if level >= Level.BAND else band, today if level >= Level.EXACT else exact)
        return Stated(default=self.default, days={**self.days, **moved})


def stated_on(day: date) -> Stated:
    """Everything stated on one day."""
    return Stated(default=day.isoformat())


def restated(before: Record, stated: Stated, after: Record, day: date) -> Stated:
    """The days of `after`, which replaces `before` on `day`: a level keeps its day where it shows what it showed."""
    return _following(before, stated, after, stated_on(day))


def published(before: Record, shown: Stated, draft: Record, stated: Stated) -> Stated:
    """The days of a draft as it goes live over `before`, shown until now or until it was taken off: edits that its readers
    never saw do not move what they see."""
    return _following(before, shown, draft, stated)


def alike_to(before: Record, after: Record, paths: Iterable[str]) -> dict[str, Level]:
    """Those of `paths` at which two records show the same at some level, each with the most exact such level."""
    one, other = _values(before), {path: (key, value) for path, key, value in after.values()}
    both = ((path, one[path], *other[path]) for path in paths if path in one and path in other)
    return {path: _alike(catalogue.field(key), was, value) for path, was, key, value in both}


def hours_as_of(record: Record, stated: Stated) -> dict[str, tuple[date, date]]:
    """Capacity group id -> the days of its spare hours at band and at exact level."""
    found = {}
    for id_, group in record.capacity_groups.items():
        if _HOURS in group.values:
            _, band, exact = stated.at(f"capacity/{id_}/spare_hours")
            found[id_] = (date.fromisoformat(band), date.fromisoformat(exact))
    return found


def stated_text(stated: Stated) -> str:
    """As compact JSON text, as it rests in the database."""
    document = {"": stated.default, **{path: list(days) for path, days in stated.days.items()}}
    return json.dumps(document, separators=(",", ":"), sort_keys=True)


def stated_of(text: str) -> Stated:
    """What `stated_text` wrote. Trusts it, as everything that this program stored."""
    document = json.loads(text)
    return Stated(default=document.pop(""), days={path: (days[0], days[1], days[2]) for path, days in document.items()})


def _following(before: Record, then: Stated, after: Record, now: Stated) -> Stated:
    old = _values(before)
    plain = (then.default, then.default, then.default)
    days = {}
    for path, key, value in after.values():
        kept = _days(catalogue.field(key), old[path], value, then.at(path), now.at(path)) if path in old else now.at(path)
        if kept != plain:
            days[path] = kept
    return Stated(default=then.default, days=days)


def _days(field: Field, old: Value, new: Value, then: Days, now: Days) -> Days:
    if old == new:
        return then
    band = then if field.cell(old, Level.BAND) == field.cell(new, Level.BAND) else now
    return then[0], band[1], now[2]


def _alike(field: Field, one: Value, other: Value) -> Level:
    if one == other:
        return Level.EXACT
    return Level.BAND if field.cell(one, Level.BAND) == field.cell(other, Level.BAND) else Level.EXISTENCE


def _values(record: Record) -> dict[str, Value]:
    return {path: value for path, _, value in record.values()}
