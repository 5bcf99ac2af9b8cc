"""A file into a plan: which drafts it would make, what repeats, what is wrong. Pure but for reading the file.

Guarantees: for a list of factories, drafts + repeats + rows with errors = data rows, and each row is in exactly one of the
three; the first sound row of a key is the draft and later ones are repeats that name it; what other sheets say of a factory
hangs on its draft, or waits as an orphan for a factory that was there before; the same bytes and mapping give the same plan.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from sharing.catalogue import FACTORY
from sharing.exchange.belonging import Orphans, assigned
from sharing.exchange.cells import TextStream, write_rows
from sharing.exchange.elements import Gathering, read_element
from sharing.exchange.mapping import ColumnMapping
from sharing.exchange.rows import read_row
from sharing.exchange.sheets import Assigned, open_sheets
from sharing.exchange.source import Source, read_source
from sharing.exchange.stated import Child, Draft, RowError, RowKey
from sharing.exchange.table import DamagedRow, EmptyRow, Limits, Row

Progress = Callable[[int, int], None]  # done, of how many
_REPORT_EVERY = 500  # rows
_EXAMPLE = ("# example", "#example", "# ví dụ", "#ví dụ")
DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A row that says an earlier factory again: `literal` to the letter, else folded. `differs`: columns not equal."""

    row: int
    first_row: int
    literal: bool
    differs: tuple[str, ...]
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPlan:
    """One sheet that is imported: what it holds, how its columns are used, and its data rows."""

    name: str
    scope: str
    mapping: ColumnMapping
    rows: int
    empty_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What importing a file would do. `rows` counts data rows; `empty_rows` are not among them.

    `orphans` are elements of factories that the file does not list. `left_out` names sheets that are not imported.
    """

    source_digest: str  # SHA-256 of the bytes, hex
    sheets: tuple[SheetPlan, ...]
    drafts: tuple[Draft, ...]
    repeats: tuple[Repeat, ...]
    errors: tuple[RowError, ...]
    orphans: tuple[Orphans, ...] = ()
    sheet_notices: tuple[RowError, ...] = ()
    left_out: tuple[str, ...] = ()
    linked: bool = False

    @property
    def mapping(self) -> ColumnMapping:
        """That of the first sheet; a CSV list has one."""
        return self.sheets[0].mapping

    @property
    def rows(self) -> int:
        """Data rows of all sheets."""
        return sum(each.rows for each in self.sheets)

    @property
    def empty_rows(self) -> int:
        """Rows without any text, examples among them."""
        return sum(each.empty_rows for each in self.sheets)

    @property
    def error_rows(self) -> int:
        """Rows that have at least one error."""
        return len({(error.sheet, error.row) for error in self.errors})

    @property
    def notices(self) -> tuple[RowError, ...]:
        """Values that were left out of rows which are taken, or read in a way that should be looked at."""
        return (*(notice for draft in self.drafts for notice in draft.notices), *self.sheet_notices)


def plan_import(
    source: Source,
    *,
    mapping: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT_LIMITS,
    delimiter: str | None = None,
    scope: str | None = None,
    progress: Progress | None = None,
) -> ImportPlan:
    """Read a CSV list or a workbook; raises ExchangeError. `mapping`: column name -> target or `ignore`, over guesses."""
    data = read_source(source, max_bytes=limits.max_bytes)
    opened = open_sheets(data, limits=limits, delimiter=delimiter, mapping=mapping, scope=scope)
    tally = _Tally()
    plans = tuple(_read_sheet(each, tally, progress) for each in opened.sheets)
    drafts, orphans, misplaced = assigned(tuple(tally.drafts()), tally.children)
    return ImportPlan(
        source_digest=hashlib.sha256(data).hexdigest(),
        sheets=plans,
        drafts=drafts,
        repeats=tuple(tally.repeats),
        errors=(*tally.errors, *misplaced),
        orphans=orphans,
        sheet_notices=tuple(tally.notices),
        left_out=opened.left_out,
        linked=opened.linked,
    )


def _read_sheet(assigned_sheet: Assigned, tally: _Tally, progress: Progress | None) -> SheetPlan:
    sheet = assigned_sheet.sheet
    rows = empty = 0
    gathering = Gathering(assigned_sheet.scope)
    for count, row in enumerate(sheet.rows(), start=1):
        if isinstance(row, EmptyRow) or (isinstance(row, Row) and _is_example(row)):
            empty += 1
        else:
            rows += 1
            tally.add(row, assigned_sheet, gathering)
        if progress is not None and count % _REPORT_EVERY == 0:
            progress(*sheet.progress)
    if progress is not None:
        progress(*sheet.progress)
    tally.children.extend(gathering.children())
    tally.errors.extend(gathering.errors)
    return SheetPlan(name=sheet.name, scope=assigned_sheet.scope, mapping=assigned_sheet.mapping, rows=rows, empty_rows=empty)


def _is_example(row: Row) -> bool:
    """The template's own example, which says of itself that it is one."""
    first = next((cell.strip().lower() for cell in row.cells if cell.strip()), "")
    return first.startswith(_EXAMPLE)


def write_errors(stream: TextStream, plan: ImportPlan, more: tuple[RowError, ...] = ()) -> None:
    """The report a person opens beside the list: row, column, kind, code, reason; every cell escaped.

    A workbook's report begins with the sheet and names the cell. `more`: errors that came up while storing.
    """
    findings = [(each, "error") for each in (*plan.errors, *more)] + [(each, "notice") for each in plan.notices]
    listed = [
        (each.sheet, each.row, each.column or "", kind, each.code, each.message, cell_of(each)) for each, kind in findings
    ]
    for repeat in plan.repeats:
        code = "repeat_literal" if repeat.literal else "repeat_folded"
        differs = f"; differs in: {', '.join(repeat.differs)}" if repeat.differs else ""
        message = f"the same factory as row {repeat.first_row}{differs}"
        listed.append((repeat.sheet, repeat.row, "", "repeat", code, message, ""))
    listed.sort()
    if any(sheet for sheet, *_ in listed):
        header = ("sheet", "cell", "row", "column", "kind", "code", "reason")
        write_rows(stream, header, ((sheet, cell, str(row), *rest) for sheet, row, *rest, cell in listed))
    else:
        write_rows(stream, ("row", "column", "kind", "code", "reason"), ((str(row), *rest) for _, row, *rest, _ in listed))


def cell_of(finding: RowError) -> str:
    """The cell as a spreadsheet names it, such as D7; empty for a whole row."""
    return "" if finding.place is None else f"{get_column_letter(finding.place + 1)}{finding.row}"


class _Tally:
    """The plan while its rows come in."""

    def __init__(self) -> None:
        self._drafts: dict[RowKey, tuple[Draft, Row]] = {}
        self.repeats: list[Repeat] = []
        self.errors: list[RowError] = []
        self.notices: list[RowError] = []
        self.children: list[Child] = []

    def drafts(self) -> list[Draft]:
        """One for each key, in the order of their first rows."""
        return [draft for draft, _ in self._drafts.values()]

    def add(self, row: Row | DamagedRow, sheet: Assigned, gathering: Gathering) -> None:
        name = sheet.sheet.name
        if isinstance(row, DamagedRow):
            self.errors.append(RowError(row=row.number, column=None, code=row.code, message=row.message, sheet=name))
        elif sheet.scope == FACTORY:
            self._factory(row, sheet)
        else:
            child, errors, notices = read_element(row, sheet.mapping, scope=sheet.scope, sheet=name, manner=sheet.sheet.manner)
            self.errors.extend(errors)
            self.notices.extend(notices)
            if child is not None:
                gathering.add(child)

    def _factory(self, row: Row, sheet: Assigned) -> None:
        read = read_row(row, sheet.mapping, manner=sheet.sheet.manner, sheet=sheet.sheet.name)
        if isinstance(read, tuple):
            self.errors.extend(read)
            return
        first = self._drafts.setdefault(read.key, (read, row))
        if first[0] is read:
            return
        differs = [column for column, _ in sheet.mapping.used if row.cells[column] != first[1].cells[column]]
        repeat = Repeat(
            row=read.row,
            first_row=first[0].row,
            literal=read.literal == first[0].literal,
            differs=tuple(map(sheet.mapping.column_name, differs)),
            sheet=sheet.sheet.name,
        )
        self.repeats.append(repeat)
