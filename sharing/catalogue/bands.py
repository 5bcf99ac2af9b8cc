"""Band families: total, pure functions from a value to a fixed half-open interval that names its edges in full.

Guarantees: data-independent; every value of a family's domain lies in exactly one of its intervals.
"""

from bisect import bisect_right
from datetime import date
from functools import lru_cache

from sharing.catalogue.values import Value

Interval = dict[str, str]


def around(edges: tuple[int, ...], scaled: int, decimals: int) -> tuple[int, int | None]:
    """The interval of `edges` (whole units) that holds a scaled number; what is below the first edge joins it."""
    at = max(bisect_right(edges, scaled // 10**decimals) - 1, 0)
    factor = 10**decimals
    return edges[at] * factor, edges[at + 1] * factor if at + 1 < len(edges) else None


@lru_cache(maxsize=65536)
def interval(edges: tuple[int, ...], scaled: int, decimals: int) -> Interval:
    """The same interval as a cell shows it: {"at_least", "below"}, the top one without `below`; not to be changed."""
    low, high = around(edges, scaled // 10**decimals, 0)
    return {"at_least": str(low)} if high is None else {"at_least": str(low), "below": str(high)}


@lru_cache(maxsize=16384)
def quarter(day: str) -> tuple[date, date]:
    """The calendar quarter of an ISO date, as its first day and the first day of the next."""
    year, first = int(day[:4]), (int(day[5:7]) - 1) // 3 * 3 + 1
    after = date(year + 1, 1, 1) if first == 10 else date(year, first + 3, 1)
    return date(year, first, 1), after


def decade(year: int) -> tuple[int, int]:
    """The decade of a year."""
    first = year // 10 * 10
    return first, first + 10


def grid(lat: int, lon: int) -> Value:
    """The cell of the fixed one-degree grid that holds a point, given in micro-degrees."""
    south, west = lat // 10**6, lon // 10**6
    return {
        "lat": {"at_least": str(south), "below": str(south + 1)},
        "lon": {"at_least": str(west), "below": str(west + 1)},
    }
