"""ISO 8601 weeks as `2026-W48`, and as consecutive numbers.

Guarantees: a week 53 is accepted only in years that have one.
"""

import re
from datetime import date
from functools import lru_cache

_WEEK = re.compile(r"(2[0-9]{3})-W([0-9]{2})")


@lru_cache(maxsize=8192)
def week_number(week: str) -> int | None:
    """Weeks since Monday 0001-01-01 (year 2000 to 2999), or None when there is no such week."""
    shape = _WEEK.fullmatch(week)
    if shape is None:
        return None
    try:
        return (date.fromisocalendar(int(shape[1]), int(shape[2]), 1).toordinal() - 1) // 7
    except ValueError:
        return None


def week_of(day: date) -> str:
    """The ISO week that a day belongs to."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


@lru_cache(maxsize=8192)
def week_name(number: int) -> str:
    """The inverse of `week_number`."""
    return week_of(date.fromordinal(number * 7 + 1))
