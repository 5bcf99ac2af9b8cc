"""A file as sheets, each of one kind of thing: a CSV list is one sheet, a workbook has several.

Guarantees: which kind a sheet is comes from an explicit choice, else from its name, else from its headings, and is told;
a sheet that is of no kind is left out and named. Not here: its rows (`plan`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from sharing.catalogue import FACTORY, SCOPES
from sharing.catalogue.document import COLLECTIONS
from sharing.catalogue.folding import fold
from sharing.exchange.archive import is_workbook
from sharing.exchange.cell_forms import Manner
from sharing.exchange.errors import MappingIncomplete, MappingInvalid, NothingToImport
from sharing.exchange.mapping import ColumnMapping, guess_columns, map_columns, missing_targets
from sharing.exchange.source import decode
from sharing.exchange.table import DamagedRow, EmptyRow, Limits, Row, Table
from sharing.exchange.targets import OF_FACTORY, targets_of
from sharing.exchange.workbook import open_workbook

# Scope -> what its sheet is called, in English and Vietnamese, and then what else it may be called.
NAMES: Mapping[str, tuple[str, ...]] = {
    FACTORY: ("Factories", "Nhà máy", "factory", "sites", "plants", "companies", "suppliers", "công ty", "cơ sở"),
    "capability": ("Capabilities", "Năng lực gia công", "capability", "processes", "gia công", "công nghệ"),
    "equipment": ("Machines", "Máy móc", "equipment", "machine", "thiết bị", "máy"),
    "capacity": ("Weekly capacity", "Năng lực tuần", "capacity", "hours", "giờ máy", "công suất"),
    "certificate": ("Certificates", "Chứng nhận", "certificate", "certifications", "chứng chỉ"),
    "document": ("Documents", "Tài liệu", "files"),
}
# The word for a sheet on the command line and over HTTP -> its scope.
SHEETS: Mapping[str, str] = {
    {"equipment": "machines"}.get(name, name): scope for name, scope in (("factories", FACTORY), *COLLECTIONS.items())
}
# Ours, and not to be imported.
ASIDE = (
    "Guide",
    "Hướng dẫn",
    "Codes",
    "Problems",
    "Policies",
    "Grants",
    "Requests",
    "Audits",
    "Attestations",
    "Lists",
    "Agreements",
    "Files",
)
_COPY_OF = re.compile(r"[\s_-]*(\(?[0-9]+\)?)?$")


class Sheet(Protocol):
    """A header and rows, read once."""

    name: str
    header: tuple[str, ...]

    @property
    def manner(self) -> Manner:
        """How it writes numbers and dates."""
        ...

    @property
    def progress(self) -> tuple[int, int]:
        """Done, of how many."""
        ...

    def rows(self) -> Iterator[Row | DamagedRow | EmptyRow]:
        """Every row after the header."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """A sheet, what it holds and how its columns are used."""

    sheet: Sheet
    scope: str
    mapping: ColumnMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The sheets of a file that are imported, the names of those that are not, and whether other files are referred to."""

    sheets: tuple[Assigned, ...]
    left_out: tuple[str, ...] = ()
    linked: bool = False


def sheet_name(scope: str, language: str = "en") -> str:
    """What the sheet of a scope is called."""
    names = NAMES.get(scope)
    if names is None:
        return next(name for name, each in COLLECTIONS.items() if each == scope).replace("_", " ").capitalize()
    return names[1 if language == "vi" else 0]


def held_by(scope: str) -> str:
    """The word for what a sheet of this scope holds, as on the command line."""
    return next(word for word, each in SHEETS.items() if each == scope)


def scope_named(name: str) -> str | None:
    """The scope that a sheet of this name holds."""
    wanted = fold(_COPY_OF.sub("", name.strip())).strip()
    for scope in SCOPES:
        if wanted in {fold(each) for each in (*NAMES.get(scope, ()), sheet_name(scope))} or wanted == scope:
            return scope
    return None


def open_sheets(
    data: bytes,
    *,
    limits: Limits,
    delimiter: str | None = None,
    mapping: Mapping[str, str] | None = None,
    scope: str | None = None,
) -> Opened:
    """The sheets of a file, in the order of the catalogue. `mapping`: `Column` or `Sheet!Column` -> target.

    `scope` says what a CSV list, or a workbook's only sheet, holds. Raises ExchangeError.
    """
    explicit = mapping or {}
    if not is_workbook(data):
        table = Table(decode(data), limits=limits, delimiter=delimiter)
        wanted = scope or _guess_scope(table.header, explicit)
        return Opened(sheets=(_mapped(table, wanted, explicit),))
    sheets, without_header, linked = open_workbook(data, limits=limits)
    candidates = [each for each in sheets if fold(each.name).strip() not in {fold(name) for name in ASIDE}]
    chosen: list[Assigned] = []
    left_out = [each.name for each in sheets if each not in candidates]
    for each in candidates:
        own = _of_sheet(explicit, each.name, each.header, only=len(candidates) == 1)
        held = (scope if len(candidates) == 1 else None) or scope_named(each.name) or _fitting_scope(each.header, own)
        if held is None:
            left_out.append(each.name)
        else:
            chosen.append(_mapped(each, held, own))
    _refuse_unused(explicit, [each.sheet for each in chosen])
    if not chosen:
        names = ", ".join((*left_out, *without_header))[:300]
        raise NothingToImport(f"no sheet of the workbook is one that can be imported; it has: {names or 'none'}", sheets=names)
    chosen.sort(key=lambda each: SCOPES.index(each.scope))
    return Opened(sheets=tuple(chosen), left_out=(*left_out, *without_header), linked=linked)


def _mapped(sheet: Sheet, scope: str, explicit: Mapping[str, str]) -> Assigned:
    try:
        mapping = map_columns(sheet.header, explicit, targets=targets_of(scope))
    except MappingIncomplete as error:
        if not sheet.name:
            raise
        message = f"the sheet {sheet.name!r}: {error}"
        raise MappingIncomplete(message, missing=error.fields["missing"], columns=error.fields["columns"]) from error
    return Assigned(sheet=sheet, scope=scope, mapping=mapping)


def _guess_scope(header: tuple[str, ...], explicit: Mapping[str, str]) -> str:
    """What a list without a name holds; one that fits nothing is a list of factories, whose refusal says what is missing."""
    return _fitting_scope(header, explicit) or FACTORY


def _fitting_scope(header: tuple[str, ...], explicit: Mapping[str, str]) -> str | None:
    best, most = None, 0
    for scope in SCOPES:
        targets = targets_of(scope)
        try:
            mapping = guess_columns(header, explicit, targets=targets)
        except MappingInvalid:
            continue
        given = {name for _, name in mapping.used}
        belongs = scope == FACTORY or OF_FACTORY in given
        if belongs and not missing_targets(mapping, targets) and len(mapping.used) > most:
            best, most = scope, len(mapping.used)
    factory = _recognised(header, explicit)
    return FACTORY if factory > most else best


def _recognised(header: tuple[str, ...], explicit: Mapping[str, str]) -> int:
    try:
        return len(guess_columns(header, explicit, targets=targets_of(FACTORY)).used)
    except MappingInvalid:
        return 0


def _of_sheet(explicit: Mapping[str, str], name: str, header: tuple[str, ...], *, only: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    folded = {fold(" ".join(each.split())) for each in header}
    for column, target in explicit.items():
        sheet, mark, inside = column.partition("!")
        if mark and fold(sheet) == fold(name):
            found[inside] = target
        elif not mark and (only or fold(column) in folded):
            found[column] = target
    return found


def _refuse_unused(explicit: Mapping[str, str], sheets: list[Sheet]) -> None:
    for column, target in explicit.items():
        sheet, mark, inside = column.partition("!")
        wanted = fold(inside if mark else column)
        places = [each for each in sheets if not mark or fold(each.name) == fold(sheet)]
        if not any(wanted in {fold(name) for name in each.header} for each in places):
            raise MappingInvalid(f"the column {column[:100]!r} is in none of the sheets", column=column, target=target)
