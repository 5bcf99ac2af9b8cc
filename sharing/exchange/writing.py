"""Cells on their way into a workbook.

Guarantees: no text of ours or of anybody's is written as a formula: it is typed as text, and escaped as in CSV so that it stays
text when the sheet is saved as CSV; characters that a workbook cannot hold are replaced; numbers are numbers while a
spreadsheet keeps all their digits; equal content gives equal bytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from sharing.exchange.cells import escape_cell

LONGEST_CELL = 32_767  # characters, as in Excel
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DIGITS = 15
_PROPERTIES = "docProps/core.xml"
_MOMENT = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")


def safe_text(text: str) -> str:
    """`text` as a workbook can hold it and no spreadsheet runs it."""
    return escape_cell(_ILLEGAL.sub("\ufffd", text))[:LONGEST_CELL]


def number_or_text(text: str) -> Decimal | int | str:
    """A canonical decimal as a number, when a spreadsheet keeps all its digits."""
    if not _NUMBER.fullmatch(text) or len(text.lstrip("-").replace(".", "").lstrip("0")) > _DIGITS:
        return text
    return Decimal(text) if "." in text else int(text)


def written(sheets: Iterable[tuple[str, Iterable[Iterable[object]]]]) -> bytes:
    """A workbook of (name, rows); the first row of each is its header and stays in view."""
    book = Workbook(write_only=True)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        for row in rows:
            sheet.append([written_cell(sheet, value) for value in row])
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook, without the moment at which it was made: the same content gives the same bytes."""
    dated, out = io.BytesIO(), io.BytesIO()
    book.save(dated)
    with zipfile.ZipFile(dated) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in made.namelist():
            data = made.read(name)
            if name == _PROPERTIES:
                data = _MOMENT.sub(b"2000-01-01T00:00:00Z", data)
            entry = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


def written_cell(sheet: Any, value: object) -> Any:
    """A cell of a write-only sheet (openpyxl's own `WriteOnlyCell`); None for nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return WriteOnlyCell(sheet, value)  # type: ignore[arg-type]  # it takes decimals, whatever its stub says
    cell = WriteOnlyCell(sheet, safe_text(str(value)))
    cell.data_type = "s"
    return cell
