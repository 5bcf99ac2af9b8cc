"""How results look: JSON for programs, tables for people.

Guarantees: nothing but results is written to standard output. Text from outside is printed without control characters,
so that a name cannot move the cursor or change colours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table
from rich.text import Text

_PIPED_WIDTH = 1000  # characters; a pipe has no edge to wrap at

as_json = click.option("--json", "json_output", is_flag=True, help="Write JSON for programs.")


def write_json(value: object) -> None:
    """One JSON document on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table on standard output, or the sentence `empty`."""
    listed = [[printable(cell) for cell in row] for row in rows]
    if not listed:
        click.echo(empty)
        return
    table = Table(box=None, pad_edge=False)
    for column in columns:
        # Folded, never cut: half a thumbprint is of no use.
        table.add_column(column, overflow="fold")
    for row in listed:
        # Text, not str: brackets in a factory's name are not markup.
        table.add_row(*map(Text, row))
    terminal = sys.stdout.isatty()
    Console(highlight=False, width=None if terminal else _PIPED_WIDTH).print(table)


def write_facts(facts: Iterable[tuple[str, object]]) -> None:
    """Lines of `name: value`; a fact without a value is left out."""
    known = [(name, printable(value)) for name, value in facts if value not in (None, "", [], ())]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        click.echo(f"{name + ':':<{width + 1}} {value}")


def printable(value: object) -> str:
    """`value` on one line, without anything a terminal would obey."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else str(value)
    return "".join(character if character.isprintable() else " " for character in text)


def cell_text(cell: object) -> str:
    """A cell of a projection for people: `20 MMT`, `from 10 to 20 MMT`, `(that it exists)`."""
    if not isinstance(cell, Mapping) or "value" not in cell:
        return "(that it exists)"
    text = value_text(cell["value"])
    return f"{text} {cell['unit']}" if "unit" in cell else text


def value_text(value: object) -> str:
    """A value or a band for people."""
    if isinstance(value, Mapping):
        if "at_least" in value and value.keys() <= {"at_least", "below"}:
            return f"from {value['at_least']}" + (f" to {value['below']}" if "below" in value else "")
        return "; ".join(f"{name}: {value_text(each)}" for name, each in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(value_text, value))
    return str(value)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while the block runs; silent when that is no terminal. Yields `(done, total) -> None`."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
