"""Text on its way into a CSV file that a person will open in a spreadsheet.

Guarantees: no cell we write is read as a formula. Source: OWASP, "CSV Injection".
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Protocol

# Full-width forms too: spreadsheets in East Asian locales read them as their ASCII counterparts.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


class TextStream(Protocol):
    """Anything that takes text; a file is opened with newline=""."""

    def write(self, text: str, /) -> object:
        """Take one piece of text."""
        ...


def escape_cell(text: str) -> str:
    """`text`, with an apostrophe before it when a spreadsheet would run it as a formula.

    Text that begins with apostrophes and then like a formula gets one more, so that `unescape_cell` gives it back whole.
    """
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def unescape_cell(text: str) -> str:
    """The text that `escape_cell` was given; any other text stays as it is."""
    return text[1:] if text.startswith("'") and text[1:].lstrip("'").startswith(_FORMULA_STARTS) else text


def write_rows(stream: TextStream, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Write a comma-separated list with every cell escaped and a byte order mark, by which spreadsheets know UTF-8."""
    stream.write("\ufeff")
    writer = csv.writer(stream)
    writer.writerow([escape_cell(cell) for cell in header])
    writer.writerows([escape_cell(cell) for cell in row] for row in rows)
