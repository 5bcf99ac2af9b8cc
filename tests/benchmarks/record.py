"""The table, for a terminal and as the record that is kept in `docs/evidence/`.

Says of the machine how many cores, how much memory and how busy it was, and nothing else.
"""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

from tests.benchmarks.timing import Figures, Row

HEADS = ("what", "viewer", "found", "median", "p95", "baseline", "median", "p95", "n", "times the baseline")
LIBRARIES = ("flask", "sqlalchemy", "psycopg", "cryptography", "pyroaring", "numpy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a reader needs to repeat the run, and what to make of it."""

    command: str
    day: date
    facts: Mapping[str, str]
    load: tuple[str, str]
    notes: Sequence[str]


def text(rows: Sequence[Row]) -> str:
    """The table in columns."""
    lines: list[Sequence[str]] = [HEADS]
    for group, members in _groups(rows):
        lines += [(group,), *(_cells(row) for row in members)]
    widths = [max((len(line[at]) for line in lines if len(line) > 1), default=0) for at in range(len(HEADS))]
    return "\n".join(
        line[0] if len(line) == 1 else "  ".join(each.ljust(width) for each, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def markdown(rows: Sequence[Row], run: Run) -> str:
    """The record."""
    lines = ["# Benchmarks", "", f"`{run.command}` on {run.day.isoformat()}.", ""]
    lines += [f"* {name}: {value}" for name, value in run.facts.items()]
    lines += [f"* load of the machine (1, 5, 15 minutes): {run.load[0]} before, {run.load[1]} after", ""]
    lines += [*run.notes, ""]
    for group, members in _groups(rows):
        lines += [f"## {group[0].upper()}{group[1:]}", "", _line(HEADS), _line(["---"] * len(HEADS))]
        lines += [*(_line(_cells(row)) for row in members), ""]
    return "\n".join(lines)


def machine(server: str) -> dict[str, str]:
    """Cores, memory and versions."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return {
        "machine": f"{os.cpu_count()} cores, {pages / 1024**3:.0f} GiB of memory",
        "versions": f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}",
        "database": server or f"SQLite {sqlite3.sqlite_version}, WAL, synchronous FULL",
    }


def load() -> str:
    """How busy the machine is."""
    return ", ".join(f"{each:.1f}" for each in os.getloadavg())


def _groups(rows: Sequence[Row]) -> Iterable[tuple[str, list[Row]]]:
    for group in dict.fromkeys(row.group for row in rows):
        yield group, [row for row in rows if row.group == group]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        row.viewer,
        "" if row.found is None else str(row.found),
        _amount(row.measured.median, row.measured),
        _amount(row.measured.p95, row.measured),
        row.baseline,
        _amount(row.base.median, row.base),
        _amount(row.base.p95, row.base),
        str(len(row.measured.values)),
        f"{row.ratio:.3g}",
    )


def _amount(value: float | None, figures: Figures) -> str:
    if value is None:
        return "-"
    if figures.unit != "s":
        return f"{value:.0f} {figures.unit}"
    if value >= 1:
        return f"{value:.1f} s"
    return f"{value * 1e3:.2f} ms" if value >= 1e-3 else f"{value * 1e6:.0f} us"
