"""The uploaded file again, with a comment in each bad cell and a sheet that lists them.

Guarantees: the sheets keep their values, and, up to a size, their looks; a CSV list becomes a workbook of one sheet; no cell
that we write is read as a formula. Of a workbook above that size, only the header and the rows with problems are written.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from sharing.exchange.archive import is_workbook
from sharing.exchange.plan import ImportPlan, cell_of
from sharing.exchange.sheets import Sheet, open_sheets, sheet_name
from sharing.exchange.source import decode
from sharing.exchange.stated import RowError
from sharing.exchange.table import DamagedRow, EmptyRow, Limits, Table
from sharing.exchange.writing import safe_text, saved, written_cell

PROBLEMS = "Problems"
_BAD = PatternFill("solid", start_color="FFF4C7C3", end_color="FFF4C7C3")
_WHOLE_UP_TO = 2_000_000  # bytes of the packed workbook; openpyxl needs some fifty times as much memory
_MOST_COMMENTS = 5_000
_AUTHOR = "Guildnet"


def error_workbook(data: bytes, plan: ImportPlan, more: Sequence[RowError] = (), *, limits: Limits | None = None) -> bytes:
    """The workbook of a file that `plan_import` read. `more`: errors that came up while storing."""
    findings = [*plan.errors, *more]
    book = _whole(data) if is_workbook(data) and len(data) <= _WHOLE_UP_TO else None
    if book is None:
        return _rebuilt(data, plan, findings, limits or Limits(max_bytes=max(len(data), 1)))
    for name, place, text in _by_cell(findings):
        if name in book.sheetnames:
            cell = book[name][place]
            cell.comment = Comment(text, _AUTHOR, height=80, width=300)
            cell.fill = _BAD
    if PROBLEMS in book.sheetnames:
        del book[PROBLEMS]
    sheet = book.create_sheet(PROBLEMS, 0)
    for row in _listed(findings):
        sheet.append(row)
        for cell in sheet[sheet.max_row]:
            cell.data_type = "n" if isinstance(cell.value, int) else "s"
    book.active = 0
    return saved(book)


def _whole(data: bytes) -> Workbook | None:
    """The workbook with its looks, or None when openpyxl cannot read all of it; its sheets were read before."""
    try:
        book = load_workbook(io.BytesIO(data), keep_links=False, keep_vba=False)
    except Exception:  # noqa: BLE001 - drawings, pivots and the like may be damaged where the cells are not
        return None
    # A merged cell takes no comment; what was merged is one of the problems that are told.
    for sheet in book.worksheets:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
    return book


def _rebuilt(data: bytes, plan: ImportPlan, findings: Sequence[RowError], limits: Limits) -> bytes:
    """Values only: every row of a short file, of a long one the header and the rows with problems."""
    book = Workbook(write_only=True)
    problems = book.create_sheet(PROBLEMS)
    for listed in _listed(findings):
        problems.append([written_cell(problems, value) for value in listed])
    comments = {(name, place): text for name, place, text in _by_cell(findings)}
    bad = {(each.sheet, each.row) for each in findings}
    sheets: list[Sheet]
    if is_workbook(data):
        sheets = [each.sheet for each in open_sheets(data, limits=limits, mapping=_chosen(plan)).sheets]
    else:
        sheets = [Table(decode(data), limits=limits)]
    for at, sheet in enumerate(sheets):
        into = book.create_sheet(sheet.name or sheet_name(plan.sheets[at].scope))
        into.append([written_cell(into, name) for name in sheet.header])
        for row in sheet.rows():
            if isinstance(row, EmptyRow | DamagedRow) or (plan.rows > _MOST_COMMENTS and (sheet.name, row.number) not in bad):
                continue
            written = []
            for column, text in enumerate(row.cells):
                place = cell_of(RowError(row=row.number, column=None, code="", message="", place=column))
                note = comments.get((sheet.name, place))
                cell = written_cell(into, text or (" " if note else ""))
                if note is not None:
                    cell.comment = Comment(note, _AUTHOR, height=80, width=300)
                    cell.fill = _BAD
                written.append(cell)
            into.append(written)
    return saved(book)


def _chosen(plan: ImportPlan) -> dict[str, str]:
    """The mapping that the plan came to, said explicitly, so that the sheets are the same ones."""
    return {f"{each.name}!{column}": target for each in plan.sheets for column, target in each.mapping.document().items()}


def _listed(findings: Iterable[RowError]) -> Iterable[list[str | int]]:
    yield ["sheet", "cell", "row", "column", "code", "reason"]
    for each in findings:
        yield [
            safe_text(each.sheet),
            cell_of(each),
            each.row,
            safe_text(each.column or ""),
            each.code,
            safe_text(each.message),
        ]


def _by_cell(findings: Iterable[RowError]) -> list[tuple[str, str, str]]:
    """(sheet, cell, text) with everything that is said of one cell; a whole row's problem stands in its first cell."""
    said: dict[tuple[str, str], list[str]] = {}
    for each in findings:
        said.setdefault((each.sheet, cell_of(each) or f"A{each.row}"), []).append(f"{each.message} [{each.code}]")
    return [(sheet, place, "\n".join(texts)[:2000]) for (sheet, place), texts in list(said.items())[:_MOST_COMMENTS]]
