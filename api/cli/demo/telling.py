"""Telling a story twice: to a person at a terminal, or as data to a program.

Guarantees: both get the same chapters, sentences and tables; nothing is measured or decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from api.cli.show import printable

PAPER_WIDTH = 110
Rows = Sequence[Sequence[object]]


class Teller(Protocol):
    """Whoever listens."""

    def chapter(self, title: str) -> None:
        """Begin a chapter."""

    def say(self, sentence: str) -> None:
        """Say one thing."""

    def table(self, title: str, columns: Sequence[str], rows: Rows) -> None:
        """Show a table."""


class Aloud:
    """Tells it to a person."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        if not self._console.is_terminal:
            self._console = Console(highlight=False, width=PAPER_WIDTH)
        self._chapters = 0

    def chapter(self, title: str) -> None:
        """A rule with a number and a title."""
        self._chapters += 1
        self._console.print()
        self._console.print(Rule(Text(f"{self._chapters}. {title}", style="bold"), align="left"))

    def say(self, sentence: str) -> None:
        """A paragraph."""
        self._console.print(Text(sentence))

    def table(self, title: str, columns: Sequence[str], rows: Rows) -> None:
        """A table, set in a little."""
        drawn = Table(*columns, title=title, title_justify="left", title_style="italic", box=None, header_style="bold")
        for row in rows:
            drawn.add_row(*(Text(printable(cell)) for cell in row))
        self._console.print(Padding(drawn, (1, 0, 1, 2)))


@dataclass(slots=True)
class Recorded:
    """Keeps it for a program: one object for each chapter."""

    chapters: list[dict[str, object]] = field(default_factory=list)

    def chapter(self, title: str) -> None:
        """A new object."""
        self.chapters.append({"title": title, "text": [], "tables": []})

    def say(self, sentence: str) -> None:
        """A sentence of the current chapter."""
        self._last("text").append(sentence)

    def table(self, title: str, columns: Sequence[str], rows: Rows) -> None:
        """A table of the current chapter."""
        cells = [[printable(cell) for cell in row] for row in rows]
        self._last("tables").append({"title": title, "columns": list(columns), "rows": cells})

    def _last(self, part: str) -> list[object]:
        found = self.chapters[-1][part]
        return found if isinstance(found, list) else []
