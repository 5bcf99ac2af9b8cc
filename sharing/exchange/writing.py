"""Cells on their way into a workbook.

Guarantees: no text of ours or of anybody's is written as a formula: it is typed as text, and escaped as in CSV so that it stays
text when the sheet is saved as CSV; characters that a workbook cannot hold are replaced; numbers are numbers while a
spreadsheet keeps all their digits.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from sharing.exchange.cells import escape_cell

LONGEST_CELL = 32_767  # characters, as in Excel
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DIGITS = 15
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
    out = io.BytesIO()
    book.save(out)
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
