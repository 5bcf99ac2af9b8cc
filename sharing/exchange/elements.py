"""A row of capabilities, machines, capacity or certificates into an element of a profile, or into what is wrong with it.

Guarantees: driven by the catalogue: a new field has its column here by itself; each element is checked by the same
`parse_profile` as a document from its owner; hours by week are gathered from week columns and from one row per week alike,
and two different values for one week are an error. Not here: which factory a row belongs to (`plan`, `drafts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sharing.catalogue import Field, fields_of
from sharing.catalogue.document import COLLECTIONS
from sharing.catalogue.folding import fold
from sharing.catalogue.forms.weekly import MOST_WEEKS
from sharing.catalogue.weeks import week_number, week_of
from sharing.errors import ProfileErrors
from sharing.exchange.cell_forms import Finding, Manner, read_cell, read_date, read_number
from sharing.exchange.mapping import ColumnMapping
from sharing.exchange.rows import faults_of
from sharing.exchange.stated import Child, RowError, clean, verbatim
from sharing.exchange.table import Row
from sharing.exchange.targets import ELEMENT_ID, GROUP, MEASURE, OF_FACTORY, WEEK, targets_of
from sharing.profile import parse_profile
from trust.strict_json import JSON

_STUB: Mapping[str, JSON] = {"legal_name": {"und": "x"}, "country": "VN"}
_STUB_ID = "0" * 32


def collection_of(scope: str) -> str:
    """The member of a profile document that holds the elements of a scope."""
    return next(name for name, each in COLLECTIONS.items() if each == scope)


@dataclass(slots=True)
class _Reading:
    row: Row
    mapping: ColumnMapping
    scope: str
    sheet: str
    manner: Manner
    document: dict[str, JSON] = field(default_factory=dict)
    origins: dict[str, tuple[int, int]] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    notices: list[RowError] = field(default_factory=list)

    def text(self, target: str) -> tuple[int, str]:
        found = [(column, clean(self.row.cells[column])) for column in self.mapping.columns(target)]
        return next(((column, text) for column, text in found if text), (-1, ""))

    def say(self, column: int, code: str, message: str) -> None:
        self.errors.append(self._finding(column, code, message))

    def notice(self, column: int, code: str, message: str) -> None:
        self.notices.append(self._finding(column, code, message))

    def _finding(self, column: int, code: str, message: str) -> RowError:
        name = self.mapping.column_name(column) if column >= 0 else None
        place = column if column >= 0 else None
        return RowError(row=self.row.number, column=name, code=code, message=message, sheet=self.sheet, place=place)

    def put(self, name: str, column: int, value: JSON) -> None:
        self.document[name] = value
        self.origins[name] = (self.row.number, column)


def read_element(
    row: Row, mapping: ColumnMapping, *, scope: str, sheet: str, manner: Manner
) -> tuple[Child | None, tuple[RowError, ...], tuple[RowError, ...]]:
    """The element of a sound row (None when something is wrong), its errors and its notices."""
    reading = _Reading(row=row, mapping=mapping, scope=scope, sheet=sheet, manner=manner)
    reading.errors.extend(faults_of(row, mapping, sheet))
    for target in targets_of(scope):
        if target.field is None or target.field.kind == "weekly":
            continue
        for column in mapping.columns(target.name):
            text = verbatim(row.cells[column])
            if text:
                _value(reading, target.field, column, text)
    _weekly(reading)
    group_column, group = reading.text(GROUP)
    if group:
        reading.origins[GROUP] = (row.number, group_column)
    of_column, of = reading.text(OF_FACTORY)
    reading.origins[OF_FACTORY] = (row.number, of_column)
    if not reading.errors:
        _check(reading)
    if reading.errors:
        return None, tuple(reading.errors), ()
    child = Child(
        scope=scope,
        sheet=sheet,
        row=row.number,
        of=of,
        document=reading.document,
        local=reading.text(ELEMENT_ID)[1],
        group=group,
        origins=reading.origins,
        header=mapping.header,
    )
    return child, (), tuple(reading.notices)


def _value(reading: _Reading, of: Field, column: int, text: str) -> None:
    found = read_cell(of, text, unit=reading.mapping.unit(column), manner=reading.manner)
    if isinstance(found, Finding):
        reading.say(column, found.code, found.message)
        return
    for each in found.notices:
        reading.notice(column, each.code, each.message)
    reading.put(of.name, column, found.value)


def _weekly(reading: _Reading) -> None:
    """Hours by week: from columns headed by weeks, and from a row that names its week."""
    weekly = {name: of for name, of in fields_of(reading.scope).items() if of.kind == "weekly"}
    if not weekly:
        return
    measure_column, measure = reading.text(MEASURE)
    name = _measure(weekly, measure)
    if name is None:
        reading.say(measure_column, "unknown_measure", f"{measure[:40]!r} is none of {', '.join(weekly)}")
        return
    for column, target in reading.mapping.used:
        if target.startswith(f"{WEEK}:"):
            _hours(reading, weekly[name], target[len(WEEK) + 1 :], column)
    week_column, text = reading.text(WEEK)
    week = _week(text, reading.manner)
    if text and week is None:
        reading.say(week_column, "not_a_week", f"{text[:40]!r} is neither an ISO week such as 2026-W48 nor a date")
        return
    for each, of in weekly.items():
        column = next(iter(reading.mapping.columns(each)), -1)
        if column < 0 or not clean(reading.row.cells[column]):
            continue
        if week is None:
            reading.say(column, "week_missing", "hours need their week: a column for each week, or a column that names it")
        else:
            _hours(reading, of, week, column)


def _measure(weekly: Mapping[str, Field], text: str) -> str | None:
    if not text:
        return next(iter(weekly))
    wanted = fold(text)
    known = {fold(each): name for name, of in weekly.items() for each in (name, of.label_en, of.label_vi)}
    return known.get(wanted)


def _week(text: str, manner: Manner) -> str | None:
    if week_number(text.upper()) is not None:
        return text.upper()
    day = read_date(text, manner)
    return None if day is None else week_of(day)


def _hours(reading: _Reading, of: Field, week: str, column: int) -> None:
    text = clean(reading.row.cells[column])
    if not text:
        return
    found = read_number(of, text, unit=reading.mapping.unit(column), manner=reading.manner)
    if isinstance(found, Finding):
        reading.say(column, found.code, found.message)
        return
    held = reading.document.setdefault(of.name, {})
    if isinstance(held, dict):
        held[week] = found.value
        reading.origins.setdefault(of.name, (reading.row.number, column))
        reading.origins[f"{of.name}/{week}"] = (reading.row.number, column)


def _check(reading: _Reading) -> None:
    if not reading.document:
        reading.say(-1, "row_empty", "this row gives nothing")
        return
    collection = collection_of(reading.scope)
    document = {**_STUB, collection: [reading.document]}
    try:
        parse_profile(document, existing_ids=frozenset(), new_id=lambda: _STUB_ID)
    except ProfileErrors as refused:
        for problem in refused.problems:
            member = problem.path.removeprefix(f"{collection}/0").strip("/")
            reading.say(_column(reading, member), problem.code, problem.message)


def _column(reading: _Reading, member: str) -> int:
    """The column that a problem is about; for something that is missing, the one that would give it."""
    name = member
    while name:
        if name in reading.origins:
            return reading.origins[name][1]
        name = name.rpartition("/")[0]
    return next(iter(reading.mapping.columns(member)), -1)


class Gathering:
    """The children of one sheet while its rows come in; rows of one capacity group become one child."""

    def __init__(self, scope: str) -> None:
        self._weekly = tuple(name for name, of in fields_of(scope).items() if of.kind == "weekly")
        self._held: dict[object, Child] = {}
        self.errors: list[RowError] = []

    def add(self, child: Child) -> None:
        """Take one row's child; what contradicts an earlier row of the same group is an error of this row."""
        if not self._weekly:
            self._held[len(self._held)] = child
            return
        place = (fold(child.of), child.local or fold(str(child.document.get("name", ""))))
        first = self._held.get(place)
        if first is None:
            self._held[place] = child
            return
        merged, origins = dict(first.document), dict(first.origins)
        for name, value in child.document.items():
            held = merged.get(name)
            if isinstance(held, dict) and isinstance(value, dict) and name in self._weekly:
                if len(held) + len(value) > 2 * MOST_WEEKS:
                    self.errors.append(child.finding(name, "too_many", f"a group may have at most {MOST_WEEKS} weeks"))
                    continue
                joined = dict(held)
                for week, hours in value.items():
                    if joined.setdefault(week, hours) != hours:
                        message = f"row {origins[f'{name}/{week}'][0]} says {joined[week]} hours for this group and week"
                        self.errors.append(child.finding(f"{name}/{week}", "contradiction", message))
                merged[name] = joined
            elif held is not None and held != value:
                self.errors.append(child.finding(name, "contradiction", f"row {first.row} says otherwise of this group"))
                continue
            else:
                merged[name] = value
        for member, origin in child.origins.items():
            origins.setdefault(member, origin)
        self._held[place] = Child(
            scope=first.scope,
            sheet=first.sheet,
            row=first.row,
            of=first.of,
            document=merged,
            local=first.local,
            group=first.group,
            origins=origins,
            header=first.header,
        )

    def children(self) -> tuple[Child, ...]:
        """In the order of their first rows."""
        return tuple(self._held.values())
