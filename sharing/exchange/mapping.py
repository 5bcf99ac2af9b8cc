"""Which column of a list gives which value of a profile, and in which unit.

Guarantees: a guess looks at the header only, never at the rows; an explicit choice beats every guess; a value that can
stand once is taken from one column; every column is either used or listed as ignored. Not here: reading the cells
(`rows`, `elements`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sharing.catalogue.folding import fold
from sharing.catalogue.weeks import week_number, week_of
from sharing.exchange.errors import MappingIncomplete, MappingInvalid
from sharing.exchange.targets import IGNORE, TARGETS, WEEK, Target
from sharing.exchange.units import is_unit

_BRACKETED = re.compile(r"(.*?)\s*[(\[]\s*([^()\[\]]{1,40})\s*[)\]]\s*\*?")
_TAILED = re.compile(r"(.*[^\s,_])[\s,_]+(\S{1,12})")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,4}){0,2}")
_LANGUAGES = frozenset(("legal_name", "trading_name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Which columns are used, by index from 0, and which are not; `header` keeps the names for reports."""

    header: tuple[str, ...]
    used: tuple[tuple[int, str], ...]  # (column, target), by column
    units: tuple[tuple[int, str], ...] = ()  # (column, unit) where the header or an explicit choice names one

    @property
    def ignored(self) -> tuple[str, ...]:
        """The names of the columns that give nothing."""
        taken = {column for column, _ in self.used}
        return tuple(self.column_name(at) for at in range(len(self.header)) if at not in taken)

    def columns(self, target: str) -> tuple[int, ...]:
        """The columns that give `target`."""
        return tuple(column for column, name in self.used if name == target)

    def unit(self, column: int) -> str | None:
        """The unit that the column's numbers are in, when it is said."""
        return next((unit for at, unit in self.units if at == column), None)

    def column_name(self, column: int) -> str:
        """What a person calls a column: its header, or its place when the header is empty."""
        return self.header[column] or f"column {column + 1}"

    def document(self) -> dict[str, str]:
        """Column name -> target."""
        return {self.column_name(column): target for column, target in self.used}


def map_columns(
    header: tuple[str, ...], explicit: Mapping[str, str] | None = None, *, targets: Sequence[Target] = TARGETS
) -> ColumnMapping:
    """Guess the mapping of a header; `explicit` (column name -> target, `target:unit` or `ignore`) overrides.

    Raises MappingInvalid (unknown or repeated column or target) and MappingIncomplete (no column for a mandatory
    value).
    """
    mapping = guess_columns(header, explicit, targets=targets)
    missing = missing_targets(mapping, targets)
    if missing:
        raise MappingIncomplete(
            f"no column gives {' and '.join(missing)}; the first row names: {', '.join(filter(None, header))[:500]}. "
            f"Say which column it is, for example: Company={missing[0]}",
            missing=tuple(missing),
            columns=header,
        )
    _refuse_half_a_point(mapping)
    return mapping


def missing_targets(mapping: ColumnMapping, targets: Sequence[Target]) -> list[str]:
    """The mandatory values that no column gives; a name in one language is enough."""
    given = {name.partition("[")[0] for _, name in mapping.used}
    return [target.name for target in targets if target.required and target.name not in given]


def guess_columns(
    header: tuple[str, ...], explicit: Mapping[str, str] | None = None, *, targets: Sequence[Target]
) -> ColumnMapping:
    """The same without asking whether anything mandatory is missing. Raises MappingInvalid."""
    by_name = {target.name: target for target in targets}
    chosen, units = _explicit(header, explicit or {}, by_name)
    read = [_read_header(name, by_name) for name in header]
    used = {column: target for column, target in chosen.items() if target != IGNORE}
    if WEEK in by_name:
        used |= {at: f"{WEEK}:{week}" for at, name in enumerate(header) if at not in chosen and (week := _week(name))}
    used |= {at: each.target for at, each in enumerate(read) if each.target and at not in chosen}
    taken = Counter(used.values())
    for target in targets:
        guesses = _guesses(read, target, set(chosen) | set(used))
        if not taken[target.name]:
            for column in guesses if target.many else guesses[:1]:
                used[column] = target.name
    known = {_key(name) for target in targets for name in target.headers}
    # A known heading that ends like a unit ("spare hours per week") says nothing about one.
    units = {at: each.unit for at, each in enumerate(read) if each.unit is not None and each.keys[0] not in known} | units
    kept = tuple(sorted((at, unit) for at, unit in units.items() if at in used))
    return ColumnMapping(header=header, used=tuple(sorted(used.items())), units=kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heading:
    """A header cell: the keys under which it may be known, the surest first, its unit, or the very target it spells."""

    keys: tuple[str, ...]
    unit: str | None = None
    target: str = ""


def _read_header(name: str, by_name: Mapping[str, Target]) -> _Heading:
    whole = _key(name)
    bracketed = _BRACKETED.fullmatch(name)
    if bracketed is None:
        tailed = _TAILED.fullmatch(name)
        if tailed is not None and is_unit(tailed[2]):
            return _Heading(keys=(whole, _key(tailed[1])), unit=tailed[2])
        return _Heading(keys=(whole,))
    base, inside = _key(bracketed[1]), bracketed[2]
    spelled = next((each for each in _LANGUAGES if each in by_name and base in {_key(h) for h in by_name[each].headers}), None)
    if spelled is not None and _TAG.fullmatch(inside):
        return _Heading(keys=(whole, base), target=f"{spelled}[{inside}]")
    return _Heading(keys=(whole, base), unit=inside if is_unit(inside) else None)


def _week(name: str) -> str | None:
    """The ISO week of a header such as 2026-W48, or of a date."""
    text = name.strip()
    if week_number(text.upper()) is not None:
        return text.upper()
    try:
        return week_of(date.fromisoformat(text)) if len(text) == 10 else None
    except ValueError:
        return None


def _explicit(
    header: tuple[str, ...], explicit: Mapping[str, str], by_name: Mapping[str, Target]
) -> tuple[dict[int, str], dict[int, str]]:
    by_key: dict[str, list[int]] = {}
    for column, name in enumerate(header):
        by_key.setdefault(_key(name), []).append(column)
    chosen: dict[int, str] = {}
    units: dict[int, str] = {}
    for name, wanted in explicit.items():
        target, colon, unit = wanted.partition(":")
        if target != IGNORE and target.partition("[")[0] not in by_name:
            known = ", ".join((*by_name, IGNORE))
            raise MappingInvalid(f"there is no value {target[:100]!r}; known are: {known}", column=name, target=target)
        if colon and not is_unit(unit):
            raise MappingInvalid(f"there is no unit {unit[:40]!r}", column=name, target=target)
        exact = [column for column, each in enumerate(header) if each == name]
        columns = exact or by_key.get(_key(name), [])
        if len(columns) != 1:
            problem = "stands more than once in the first row" if columns else "is not in the first row"
            raise MappingInvalid(f"the column {name[:100]!r} {problem}", column=name, target=target)
        chosen[columns[0]] = target
        if colon:
            units[columns[0]] = unit
    for target, count in Counter(chosen.values()).items():
        if count > 1 and target != IGNORE and not by_name[target].many:
            message = f"{count} columns are to give {target}, which has one value"
            raise MappingInvalid(message, column=None, target=target)
    return chosen, units


def _guesses(read: Sequence[_Heading], target: Target, taken: set[int]) -> list[int]:
    ranks = {_key(name): rank for rank, name in reversed(list(enumerate(target.headers)))}
    found = []
    for column, heading in enumerate(read):
        known = [(at, ranks[key]) for at, key in enumerate(heading.keys) if key in ranks]
        if known and column not in taken:
            found.append((*min(known), column))
    return [column for *_, column in sorted(found)]


def _refuse_half_a_point(mapping: ColumnMapping) -> None:
    for given, other in (("point.lat", "point.lon"), ("point.lon", "point.lat")):
        if mapping.columns(given) and not mapping.columns(other):
            name = mapping.column_name(mapping.columns(given)[0])
            message = f"the column {name!r} gives {given}, but none gives {other}: map that one too, or {name}={IGNORE}"
            raise MappingInvalid(message, column=name, target=given)


def _key(name: str) -> str:
    return "".join(character for character in fold(name) if character.isalnum())
