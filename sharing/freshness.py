"""How far what is shown can still be relied on today: the age of capacity, and dates that have passed.

Guarantees: a pure function of one projection and one day, so it tells its reader nothing but what they see already. It is
worked out when an answer is made and never signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sharing.catalogue import Cell
from sharing.projection import Projection

WORDS = ((7, "high"), (14, "good"), (28, "fair"), (42, "low"))
STALE_DAYS = 42
"""From this age on, spare hours match no search."""

_AGEING = "capacity"
_UNTIL = {("certificate", "valid_until"): "expired", ("equipment", "calibration_due"): "overdue"}


def age(as_of: str, day: date) -> int:
    """Days since an ISO day; none for a day that is yet to come."""
    return max(0, (day - date.fromisoformat(as_of)).days)


def confidence(as_of: str, day: date) -> str:
    """`high` below 7 days, `good` below 14, `fair` below 28, `low` below 42, else `stale`."""
    days = age(as_of, day)
    return next((word for below, word in WORDS if days < below), "stale")


def freshness(projection: Projection, day: date) -> dict[str, dict[str, object]]:
    """By path: of every value of a capacity group `as_of` and `confidence`; of a certificate's last day and of a due
    calibration whether the day has passed for certain (`expired`, `overdue`), where a day or a quarter is shown."""
    found: dict[str, dict[str, object]] = {}
    words: dict[str, str] = {}
    for path, cell in projection.seen_cells(_AGEING):
        as_of = cell["as_of"]
        if isinstance(as_of, str):
            if as_of not in words:
                words[as_of] = confidence(as_of, day)
            found[path] = {"as_of": as_of, "confidence": words[as_of]}
    for (scope, name), word in _UNTIL.items():
        for path, cell in projection.seen_cells(scope):
            if "value" in cell and path.endswith(f"/{name}"):
                found[path] = {"as_of": cell["as_of"], word: passed(cell, day)}
    return found


def passed(cell: Cell, day: date) -> bool:
    """Whether the day in a cell, or the last day of the quarter in it, lies before `day`."""
    value = cell["value"]
    if isinstance(value, Mapping):
        return "below" in value and date.fromisoformat(str(value["below"])) <= day
    return date.fromisoformat(str(value)) < day
