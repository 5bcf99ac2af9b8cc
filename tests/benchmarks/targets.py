"""What was promised beside what was measured, from a record's own tables: the worst row of each target, and whether it is met.

    python -m tests.benchmarks.targets FILE        puts the table into a record, or puts it right

Judges nothing else: a run with a missed target is a run like any other.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HEAD = "## Targets"
_UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "MiB": 1.0}
_MEDIAN, _RATIO = 3, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Rows of a group whose name begins so (an expression); `column` is what must not be more than `most`."""

    says: str
    group: str
    begins: str = ""
    column: int = _RATIO
    most: float
    unit: str = "x"


TARGETS: Sequence[Target] = (
    Target(says="exact counts beside unfiltered FTS5", group="Search in the process: count", most=0.1),
    Target(
        says="counts, facets and a page beside unfiltered FTS5",
        group="Search in the process: counts, facets and first page",
        most=0.1,
    ),
    Target(says="first page over HTTP beside a Flask route that notes nothing", group="Search over HTTP, first page", most=1.5),
    Target(says="all fields of a factory beside cedarpy", group="Policies", begins="decide all", most=0.001),
    Target(says="publish beside one durable commit of the same rows", group="Write", begins="publish one", most=5),
    Target(says="policy edit to the next query, likewise", group="Write", begins="policy edit", most=5),
    Target(says="start of a worker", group="Keeping a node", begins="start of each", column=_MEDIAN, most=3, unit="s"),
    Target(
        says="private memory of a worker", group="Keeping a node", begins="private memory", column=_MEDIAN, most=200, unit="MiB"
    ),
    Target(says="impact on the members", group="Policies", begins=r"impact of a draft on \d", column=_MEDIAN, most=1, unit="s"),
    Target(
        says="impact on all possible viewers",
        group="Policies",
        begins="impact of a draft on all",
        column=_MEDIAN,
        most=2,
        unit="s",
    ),
)


def with_targets(text: str) -> str:
    """The record with the table of targets before its first table."""
    before, _, rest = text.partition(f"{HEAD}\n")
    rest = rest[rest.index("\n## ") + 1 :] if rest else ""
    if not rest:
        at = text.index("\n## ") + 1
        before, rest = text[:at], text[at:]
    return f"{before}{HEAD}\n\n" + "\n".join(_table(list(_rows(rest)))) + f"\n\n{rest}"


def _table(rows: Sequence[tuple[str, list[str]]]) -> Iterator[str]:
    yield "| target | at most | rows | that meet it | worst | which |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for target in TARGETS:
        found = [cells for group, cells in rows if group == target.group and re.match(target.begins, cells[0])]
        if not found:
            yield f"| {target.says} | {target.most:g} {target.unit} | 0 | not measured in this run | | |"
            continue
        amounts = [_amount(cells[target.column]) for cells in found]
        worst = max(range(len(found)), key=amounts.__getitem__)
        met = sum(each <= target.most for each in amounts)
        name = ", ".join(each for each in found[worst][:2] if each)
        kept = "all" if met == len(found) else f"**{met}**"
        yield f"| {target.says} | {target.most:g} {target.unit} | {len(found)} | {kept} | {amounts[worst]:.3g} | {name} |"


def _rows(text: str) -> Iterator[tuple[str, list[str]]]:
    group = ""
    for line in text.splitlines():
        if line.startswith("## "):
            group = line[3:]
        elif line.startswith("| ") and not line.startswith(("| what |", "| --- |")):
            yield group, [each.strip() for each in line.strip("|").split("|")]


def _amount(cell: str) -> float:
    number, _, unit = cell.partition(" ")
    return float(number) * _UNITS.get(unit, 1.0)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        record = Path(name)
        record.write_text(with_targets(record.read_text(encoding="utf-8")), encoding="utf-8")
