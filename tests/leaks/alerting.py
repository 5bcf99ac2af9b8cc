"""What a plain program would tell of two views of one viewer, compared in plain Python.

Guarantees by construction, like `reference`: imports the standard library and that module alone, and is given what the viewer
saw at each look and sees while reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.leaks.reference import Content, aged

Cells = dict[str, dict[str, Any]]
Alert = dict[str, Any]
RANK = {"existence": 1, "band": 2, "exact": 3}


def cells(content: Content, day: date) -> Cells:
    """Path -> what is shown there without its day, and whether it is stale, expired or overdue."""
    ageing = aged(content, day)
    found = {}
    for path, cell in _each(content):
        shown = {name: value for name, value in cell.items() if name != "as_of"}
        said = ageing.get(path, {})
        words = ["stale"] if said.get("confidence") == "stale" else [w for w in ("expired", "overdue") if said.get(w)]
        found[path] = {**shown, "freshness": words[0]} if words else shown
    return found


def told(before: Mapping[str, Cells], after: Mapping[str, Cells]) -> list[Alert]:
    """What happened between two looks, each factory id -> what was shown of it, for those that the search found."""
    alerts = []
    for factory in sorted(before.keys() | after.keys()):
        if factory not in after:
            alerts.append({"kind": "gone", "factory_id": factory, "changes": []})
        elif factory not in before:
            alerts.append({"kind": "appeared", "factory_id": factory, "changes": []})
        elif before[factory] != after[factory]:
            paths = sorted(before[factory].keys() | after[factory].keys())
            changes = [
                {"path": path, "before": before[factory].get(path), "after": after[factory].get(path)}
                for path in paths
                if before[factory].get(path) != after[factory].get(path)
            ]
            alerts.append({"kind": "changed", "factory_id": factory, "changes": changes})
    return alerts


def earlier(alerts: list[Alert], later: list[Alert]) -> list[Alert]:
    """What is left of earlier alerts after a later look: of what is gone, that it was gone at some time."""
    gone = {each["factory_id"] for each in later if each["kind"] == "gone"}
    return [each for each in alerts if each["factory_id"] not in gone or each["kind"] == "gone"]


def read(alerts: list[Alert], contents: Mapping[str, Content], day: date) -> list[Alert]:
    """The alerts as somebody reads them who sees `contents` now."""
    found = []
    for each in alerts:
        content = contents.get(each["factory_id"])
        if each["kind"] == "gone":
            found.append({**each, "factory": None})
        elif content is not None:
            changes = list(_cut(each["changes"], cells(content, day)))
            if changes or each["kind"] == "appeared":
                found.append({**each, "factory": content, "changes": changes})
    return found


def _cut(changes: list[Alert], now: Cells) -> Iterator[Alert]:
    for each in changes:
        if each["after"] is None:
            yield {**each, "before": None}
        elif each["path"] in now:
            fine = RANK[now[each["path"]]["level"]]
            before, after = (
                cell if cell is not None and RANK[cell["level"]] <= fine else None for cell in (each["before"], each["after"])
            )
            if after is not None:
                yield {"path": each["path"], "before": before, "after": after}


def _each(content: Content) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in content.items():
        if isinstance(value, Mapping) and "level" in value:
            yield name, value
        elif isinstance(value, Mapping):
            for element, inner in value.items():
                for field, cell in inner.items():
                    if isinstance(cell, Mapping):
                        yield f"{name}/{element}/{field}", cell
