"""Which column of a list gives which value of a profile.

Guarantees: a guess looks at the header only, never at the rows; an explicit choice beats every guess; a value that can
stand once is taken from one column; every column is either used or listed as ignored. Not here: reading the cells
(`rows`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sharing.catalogue.folding import fold
from sharing.exchange.errors import MappingIncomplete, MappingInvalid
from sharing.exchange.targets import IGNORE, TARGETS, Target

_BY_NAME: Mapping[str, Target] = {target.name: target for target in TARGETS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Which columns are used, by index from 0, and which are not; `header` keeps the names for reports."""

    header: tuple[str, ...]
    used: tuple[tuple[int, str], ...]  # (column, target), by column

    @property
    def ignored(self) -> tuple[str, ...]:
        """The names of the columns that give nothing."""
        taken = {column for column, _ in self.used}
        return tuple(self.column_name(at) for at in range(len(self.header)) if at not in taken)

    def columns(self, target: str) -> tuple[int, ...]:
        """The columns that give `target`."""
        return tuple(column for column, name in self.used if name == target)

    def column_name(self, column: int) -> str:
        """What a person calls a column: its header, or its place when the header is empty."""
        return self.header[column] or f"column {column + 1}"

    def document(self) -> dict[str, str]:
        """Column name -> target."""
        return {self.column_name(column): target for column, target in self.used}


def map_columns(header: tuple[str, ...], explicit: Mapping[str, str] | None = None) -> ColumnMapping:
    """Guess the mapping of a header; `explicit` (column name -> target, or `ignore`) overrides.

    Raises MappingInvalid (unknown or repeated column or target) and MappingIncomplete (no column for a mandatory
    value).
    """
    chosen = _explicit(header, explicit or {})
    used = {column: target for column, target in chosen.items() if target != IGNORE}
    taken = Counter(used.values())
    for target in TARGETS:
        guesses = _guesses(header, target, set(chosen) | set(used))
        if not taken[target.name]:
            for column in guesses if target.many else guesses[:1]:
                used[column] = target.name
    mapping = ColumnMapping(header=header, used=tuple(sorted(used.items())))
    missing = [target.name for target in TARGETS if target.required and not mapping.columns(target.name)]
    if missing:
        raise MappingIncomplete(
            f"no column gives {' and '.join(missing)}; the first row names: {', '.join(filter(None, header))[:500]}. "
            f"Say which column it is, for example: Company={missing[0]}",
            missing=tuple(missing),
            columns=header,
        )
    _refuse_half_a_point(mapping)
    return mapping


def _explicit(header: tuple[str, ...], explicit: Mapping[str, str]) -> dict[int, str]:
    by_key: dict[str, list[int]] = {}
    for column, name in enumerate(header):
        by_key.setdefault(_key(name), []).append(column)
    chosen: dict[int, str] = {}
    for name, target in explicit.items():
        if target != IGNORE and target not in _BY_NAME:
            known = ", ".join((*_BY_NAME, IGNORE))
            raise MappingInvalid(f"there is no value {target[:100]!r}; known are: {known}", column=name, target=target)
        exact = [column for column, each in enumerate(header) if each == name]
        columns = exact or by_key.get(_key(name), [])
        if len(columns) != 1:
            problem = "stands more than once in the first row" if columns else "is not in the first row"
            raise MappingInvalid(f"the column {name[:100]!r} {problem}", column=name, target=target)
        chosen[columns[0]] = target
    for target, count in Counter(chosen.values()).items():
        if count > 1 and target != IGNORE and not _BY_NAME[target].many:
            message = f"{count} columns are to give {target}, which has one value"
            raise MappingInvalid(message, column=None, target=target)
    return chosen


def _guesses(header: tuple[str, ...], target: Target, taken: set[int]) -> list[int]:
    ranks = {_key(name): rank for rank, name in reversed(list(enumerate(target.headers)))}
    keys = [(column, _key(name)) for column, name in enumerate(header)]
    found = [(ranks[key], column) for column, key in keys if key in ranks and column not in taken]
    return [column for _, column in sorted(found)]


def _refuse_half_a_point(mapping: ColumnMapping) -> None:
    for given, other in (("point.lat", "point.lon"), ("point.lon", "point.lat")):
        if mapping.columns(given) and not mapping.columns(other):
            name = mapping.column_name(mapping.columns(given)[0])
            message = f"the column {name!r} gives {given}, but none gives {other}: map that one too, or {name}={IGNORE}"
            raise MappingInvalid(message, column=name, target=given)


def _key(name: str) -> str:
    return "".join(character for character in fold(name) if character.isalnum())
