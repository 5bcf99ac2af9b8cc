"""Text into a header and numbered rows, where a damaged row costs that row and not the list.

Guarantees: rows are numbered as a spreadsheet numbers them (the header is row 1; a cell with line breaks is still one
row; an empty row counts but is not data); each data row has exactly as many cells as the header; a quote that is never
closed, or a row that is too long, is one damaged row and reading goes on with the line after its first; the work is
linear in the text.
Not here: encodings (`source`), what the columns mean (`mapping`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sharing.exchange.cell_forms import Manner
from sharing.exchange.errors import HeaderInvalid, TooManyRows

DELIMITERS = (",", ";", "\t")
_SNIFFED_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one list may cost."""

    max_bytes: int = 20_000_000  # bytes of the whole list
    max_rows: int = 100_000  # data rows
    max_columns: int = 100  # columns of the header
    max_row_characters: int = 20_000  # characters of one row with its quotes and delimiters


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """A cell that has no text to be read: a formula, an error value. `column` counts from 0."""

    column: int
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A sound row: as many cells as the header, untouched; a cell with a fault has an empty text."""

    number: int
    cells: tuple[str, ...]
    faults: tuple[CellFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedRow:
    """A row whose cells cannot be told apart."""

    number: int
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyRow:
    """A row without any text; it has a number and is not data."""

    number: int


class _RowTooLong(Exception):
    pass


class _Lines:
    """The physical lines, with a place to go back to; it alone owns the position in the text."""

    def __init__(self, text: str, limit: int) -> None:
        self._text = io.StringIO(text, newline="")
        self._limit = limit
        self._taken = 0
        self._resume = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline()
        if not line:
            raise StopIteration
        if self._taken == 0:
            self._resume = self._text.tell()
        self._taken += len(line)
        if self._taken > self._limit:
            raise _RowTooLong
        return line

    def begin_row(self) -> None:
        self._taken = 0

    def abandon_row(self) -> None:
        """Back to the line after the first line of this row, so that one bad quote does not swallow its neighbours."""
        self._text.seek(self._resume)

    @property
    def position(self) -> int:
        return self._text.tell()


class Table:
    """A list that has a header. Raises HeaderInvalid when it has none that can be used."""

    def __init__(self, text: str, *, limits: Limits, delimiter: str | None = None) -> None:
        if delimiter is not None and delimiter not in DELIMITERS:
            raise HeaderInvalid("the delimiter must be a comma, a semicolon or a tab", delimiter=delimiter[:1])
        self._limits = limits
        self._characters = len(text)
        self.delimiter = delimiter or _sniff(text, limits)
        self._lines = _Lines(text, limits.max_row_characters)
        self._reader = csv.reader(self._lines, delimiter=self.delimiter, strict=True)
        self.header = self._read_header()

    name = ""

    @property
    def manner(self) -> Manner:
        """A semicolon or a tab leaves the comma to the numbers."""
        return Manner(decimal_comma=self.delimiter != ",")

    def rows(self) -> Iterator[Row | DamagedRow | EmptyRow]:
        """Every row after the header, once. Raises TooManyRows at the first data row past the limit."""
        number, data_rows = 1, 0
        while (cells := self._next_row()) is not None:
            number += 1
            if isinstance(cells, list) and not any(map(str.strip, cells)):
                yield EmptyRow(number=number)
                continue
            data_rows += 1
            if data_rows > self._limits.max_rows:
                limit = self._limits.max_rows
                raise TooManyRows(f"a list may have {limit:,} rows: split it", limit=limit)
            yield self._shape(number, cells)

    @property
    def progress(self) -> tuple[int, int]:
        """Characters read and characters in all."""
        return self._lines.position, self._characters

    def _shape(self, number: int, cells: list[str] | DamagedRow) -> Row | DamagedRow:
        if isinstance(cells, DamagedRow):
            return DamagedRow(number=number, code=cells.code, message=cells.message)
        width = len(self.header)
        if len(cells) < width:
            return DamagedRow(
                number=number, code="too_few_columns", message=f"the header has {width} columns, this row {len(cells)}"
            )
        if any(map(str.strip, cells[width:])):
            return DamagedRow(
                number=number, code="too_many_columns", message=f"the header has {width} columns, this row {len(cells)}"
            )
        return Row(number=number, cells=tuple(cells[:width]))

    def _next_row(self) -> list[str] | DamagedRow | None:
        self._lines.begin_row()
        try:
            return next(self._reader)
        except StopIteration:
            return None
        except _RowTooLong:
            limit = self._limits.max_row_characters
            found = ("row_too_long", f"longer than {limit:,} characters, or a quote was opened and never closed")
        except csv.Error as error:
            # At the end of the text inside quotes the reader has no more specific class to tell it by than its words.
            if "end of data" in str(error):
                found = ("unclosed_quote", "a quote was opened and never closed")
            else:
                found = (
                    "misplaced_quote",
                    "text follows a closing quote; a quote inside a quoted cell is written twice",
                )
        self._lines.abandon_row()
        return DamagedRow(number=0, code=found[0], message=found[1])

    def _read_header(self) -> tuple[str, ...]:
        cells = self._next_row()
        if isinstance(cells, DamagedRow):
            raise HeaderInvalid(f"the first row must name the columns, but it is damaged: {cells.message}", reason=cells.code)
        names = [" ".join(cell.split()) for cell in cells or ()]
        while names and not names[-1]:
            names.pop()
        if not names:
            raise HeaderInvalid("the first row must name the columns, but it is empty", reason="header_missing")
        if len(names) > self._limits.max_columns:
            limit = self._limits.max_columns
            raise HeaderInvalid(
                f"a list may have {limit} columns and this one has {len(names)}", reason="too_many_columns", limit=limit
            )
        return tuple(names)


def _sniff(text: str, limits: Limits) -> str:
    """The delimiter with which most of the first rows are as wide as the header, then the one with most columns."""
    sample = text[: limits.max_row_characters]

    def score(delimiter: str) -> tuple[int, int]:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _SNIFFED_ROWS))
        width = len(rows[0]) if rows else 0
        return (sum(len(row) == width for row in rows), width) if width > 1 else (0, 0)

    try:
        return max(DELIMITERS, key=score)
    except csv.Error:
        return DELIMITERS[0]
