"""A workbook's sheets as headers and numbered rows of text, read as a stream.

Guarantees: nothing is opened that its zip directory does not allow (`archive`); XML with a document type, an entity or an
encoding other than UTF-8 is refused; memory is bounded by the limits, also for a row of millions of cells; whatever is wrong
inside leaves as WorkbookDamaged with the sheet's name. A formula is never taken for its last result: nobody sees that value
when they look at the sheet, and it may be stale. Numbers are read with 15 digits, as spreadsheets show them.
Not here: what the columns mean (`mapping`).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, from_excel
from openpyxl.workbook import Workbook
from openpyxl.worksheet._reader import WorkSheetParser

from sharing.exchange.archive import DEFAULT_ARCHIVE_LIMITS, ArchiveLimits, inspect_archive
from sharing.exchange.cell_forms import Manner
from sharing.exchange.errors import ExchangeError, HeaderInvalid, TooManyRows, WorkbookDamaged, WorkbookUnsafe
from sharing.exchange.table import CellFault, DamagedRow, EmptyRow, Limits, Row

_TAGS = re.compile(rb"<(?:\w+:)?(row|c)[\s/>]|<!(?:DOCTYPE|ENTITY)")
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s+ref=["']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})["']""")
_CHUNK, _OVERLAP = 1 << 20, 64
_MOST_MERGES = 1000
_HEADER_WITHIN = 20  # rows; a header may stand below a title
_MOST_COLUMNS_SEEN = 400  # cells of one row; beyond the header they are not read, but they are unpacked
_LONGEST_CELL = 32_767  # characters, as in Excel
_FORMULA = CellFault(column=0, code="formula", message="this is a formula: put the value itself here (paste as values)")


class WorkbookSheet:
    """One sheet. Raises HeaderInvalid when its first rows are empty; reading goes on to raise what `rows` says."""

    decimal_comma = False

    def __init__(self, book: Workbook, place: Any, limits: Limits, merged: Mapping[int, frozenset[int]]) -> None:
        self.name: str = str(place.title)
        self.manner = Manner(since_1904=book.epoch == CALENDAR_MAC_1904)
        self._book = book
        self._place = place
        self._limits = limits
        self._merged = merged
        self._done = 0
        self.header_row, self.header = self._read_header()

    @property
    def progress(self) -> tuple[int, int]:
        """Rows read, and rows in all when the sheet says so."""
        stated = getattr(self._place, "max_row", None) or 0
        return self._done, max(self._done, min(int(stated), self._limits.max_rows))

    def rows(self) -> Iterator[Row | DamagedRow | EmptyRow]:
        """Every row after the header, once. Raises TooManyRows, WorkbookDamaged."""
        width, data_rows = len(self.header), 0
        for number, cells in self._parsed():
            if number <= self.header_row:
                continue
            self._done = number
            texts, faults = _texts(cells, width, self._book)
            if number in self._merged:
                faults += tuple(
                    CellFault(
                        column=at, code="merged", message="this cell is merged with others: write the value into each row"
                    )
                    for at in sorted(self._merged[number])
                    if at < width
                )
            if not faults and not any(map(str.strip, texts)):
                yield EmptyRow(number=number)
                continue
            data_rows += 1
            if data_rows > self._limits.max_rows:
                limit = self._limits.max_rows
                raise TooManyRows(f"a list may have {limit:,} rows: split it", limit=limit)
            if sum(map(len, texts)) > self._limits.max_row_characters:
                limit = self._limits.max_row_characters
                yield DamagedRow(number=number, code="row_too_long", message=f"longer than {limit:,} characters")
                continue
            yield Row(number=number, cells=texts, faults=faults)

    def _read_header(self) -> tuple[int, tuple[str, ...]]:
        limit = self._limits.max_columns
        for number, cells in self._parsed():
            if number > _HEADER_WITHIN:
                break
            texts, _ = _texts(cells, limit + 1, self._book)
            names = [" ".join(text.split()) for text in texts]
            while names and not names[-1]:
                names.pop()
            if len(names) > limit:
                raise HeaderInvalid(
                    f"the sheet {self.name[:40]!r} has more than {limit} columns", reason="too_many_columns", limit=limit
                )
            # A title has one cell; a header of one column is told by nothing standing below it otherwise.
            if sum(map(bool, names)) > 1:
                return number, tuple(names)
        raise HeaderInvalid(f"the sheet {self.name[:40]!r} has no row that names its columns", reason="header_missing")

    def _parsed(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        with _damage(self.name), self._place._get_source() as source:
            parser = _Parser(source, self._place._shared_strings, epoch=self._book.epoch)
            for number, cells in parser.parse():
                yield int(number), cells


class _Parser(WorkSheetParser):
    def parse_formula(self, element: Any) -> str:
        """A formula is refused wherever it stands, so it is not taken apart."""
        del element
        return "="


def open_workbook(
    data: bytes, *, limits: Limits, archive_limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS
) -> tuple[list[WorkbookSheet], tuple[str, ...], bool]:
    """The sheets that have a header, the names of the others, and whether the workbook links to other files.

    Raises WorkbookDamaged, WorkbookUnsafe, WorkbookKindRefused.
    """
    inspected = inspect_archive(data, archive_limits)
    merged = _check_parts(data, limits)
    with _damage(None):
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False, keep_vba=False)
        places = [each for each in book.worksheets if getattr(each, "sheet_state", "visible") == "visible"]
    sheets: list[WorkbookSheet] = []
    others: list[str] = []
    for place in places:
        try:
            sheets.append(WorkbookSheet(book, place, limits, merged.get(getattr(place, "_worksheet_path", ""), {})))
        except HeaderInvalid as error:
            if error.fields.get("reason") != "header_missing":
                raise
            others.append(str(place.title))
    return sheets, tuple(others), inspected.linked


def _check_parts(data: bytes, limits: Limits) -> dict[str, dict[int, frozenset[int]]]:
    """Look at the bytes once: cells of the widest row, cells in all, no document type, UTF-8; returns what is merged."""
    most_cells = limits.max_rows * limits.max_columns
    merged: dict[str, dict[int, frozenset[int]]] = {}
    with _damage(None), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if not entry.filename.endswith((".xml", ".rels")):
                continue
            tally = _Tally(deep=entry.filename.startswith("xl/worksheets/"))
            with archive.open(entry) as stream:
                before = b""
                while chunk := stream.read(_CHUNK):
                    tally.look(before + chunk, first=not before)
                    before = chunk[-_OVERLAP:]
            merged[entry.filename] = _by_row(tally.merged, limits.max_rows)
            if tally.widest > _MOST_COLUMNS_SEEN or tally.cells > most_cells:
                raise WorkbookUnsafe(f"{entry.filename[:80]!r} holds too many cells", reason="cells", limit=most_cells)
    return merged


def _by_row(ranges: set[bytes], most: int) -> dict[int, frozenset[int]]:
    """Row -> columns from 0 that are merged with others; a decoration as long as the sheet is noted for `most` rows."""
    found: dict[int, set[int]] = {}
    for each in sorted(ranges)[:_MOST_MERGES]:
        left, top, right, bottom = range_boundaries(each.decode("ascii"))
        columns = range((left or 1) - 1, min(right or 1, _MOST_COLUMNS_SEEN))
        for row in range(top or 1, min(bottom or 1, (top or 1) + most // _MOST_MERGES) + 1):
            found.setdefault(row, set()).update(columns)
    return {row: frozenset(columns) for row, columns in found.items()}


class _Tally:
    """Counts while a part goes by; a tag that lies across two chunks is counted twice, which does no harm."""

    def __init__(self, *, deep: bool) -> None:
        self._deep = deep
        self.cells = 0
        self.widest = 0
        self._in_row = 0
        self.merged: set[bytes] = set()

    def look(self, piece: bytes, *, first: bool) -> None:
        if first:
            stated = _ENCODING.match(piece[:200])
            if piece[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in piece[:4] or (stated and stated[1].lower() != b"utf-8"):
                raise WorkbookDamaged("a part of the workbook is not in UTF-8", sheet=None)
        if not self._deep:
            if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
                raise _document_type()
            return
        if b"mergeCell" in piece:
            self.merged.update(_MERGED.findall(piece)[:_MOST_MERGES])
        for match in _TAGS.finditer(piece):
            tag = match[1]
            if tag is None:
                raise _document_type()
            if tag == b"c":
                self.cells += 1
                self._in_row += 1
                self.widest = max(self.widest, self._in_row)
            else:
                self._in_row = 0


def _document_type() -> WorkbookUnsafe:
    return WorkbookUnsafe("a part of the workbook declares a document type or an entity", reason="document_type")


def _texts(cells: list[dict[str, Any]], width: int, book: Workbook) -> tuple[tuple[str, ...], tuple[CellFault, ...]]:
    texts = [""] * width
    faults: list[CellFault] = []
    for cell in cells:
        at = int(cell["column"]) - 1
        if at >= width or (cell["value"] is None and cell["data_type"] != "f"):
            continue
        found = _text(cell, book)
        if isinstance(found, CellFault):
            faults.append(CellFault(column=at, code=found.code, message=found.message))
        else:
            texts[at] = found
    return tuple(texts), tuple(faults)


def _text(cell: Mapping[str, Any], book: Workbook) -> str | CellFault:
    value, kind = cell["value"], cell["data_type"]
    if kind == "f":
        return _FORMULA
    if kind == "e":
        return CellFault(column=0, code="cell_error", message=f"this cell holds the error {str(value)[:20]}")
    if isinstance(value, int | float) and not isinstance(value, bool):
        # openpyxl's own note of which styles show dates; its parser would convert them, and stop at one that does not exist.
        dates: frozenset[int] = getattr(book, "_date_formats", frozenset())
        return _moment(value, book) if cell.get("style_id", 0) in dates else _number(value)
    if isinstance(value, datetime | time | timedelta):
        return _iso(value)
    text = str(value).upper() if isinstance(value, bool) else str(value)
    if len(text) > _LONGEST_CELL:
        return CellFault(column=0, code="too_long", message=f"a cell may hold {_LONGEST_CELL:,} characters")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _number(value: float) -> str | CellFault:
    if not abs(value) < 10**18:  # so that what is no number at all is caught too
        return CellFault(column=0, code="not_a_number", message="this number is too large")
    if isinstance(value, int):
        return str(value)
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _moment(value: float, book: Workbook) -> str | CellFault:
    try:
        return _iso(from_excel(value, book.epoch))
    except (ValueError, OverflowError, TypeError):
        return CellFault(column=0, code="not_a_date", message="this cell is shown as a date that does not exist")


def _iso(value: Any) -> str:
    if isinstance(value, datetime) and value.time() == time(0):
        return value.date().isoformat()
    return str(value)


@contextmanager
def _damage(sheet: str | None) -> Iterator[None]:
    """Whatever openpyxl, zipfile and the XML parser raise over a damaged file becomes one error of ours."""
    try:
        yield
    except (ExchangeError, GeneratorExit):
        raise
    except Exception as error:  # their errors have no common root: KeyError, ValueError, zlib.error, ParseError ...
        where = f"the sheet {sheet[:40]!r} of the workbook" if sheet else "the workbook"
        raise WorkbookDamaged(f"{where} cannot be read: save it again as .xlsx and try again", sheet=sheet) from error
