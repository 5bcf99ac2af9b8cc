"""Hours per ISO week: {"2026-W48": "20"}, banded week by week."""

from collections.abc import Mapping
from typing import Any

from sharing.catalogue.bands import around, interval
from sharing.catalogue.forms.base import Edges, Form
from sharing.catalogue.patterns import WEEK, decimal
from sharing.catalogue.quantities import quantity, scale, unscale
from sharing.catalogue.values import Value
from sharing.catalogue.weeks import week_number
from sharing.errors import Problems

MOST_WEEKS = 104


class WeeklyHours(Form[Mapping[str, str]]):
    """Spare hours by week, at most 104 weeks from the first to the last, 0 to 6500 hours with one decimal.

    The bound keeps tenths of hours within 16 bits, as the search index stores them.
    """

    word = "weekly"
    banded = True
    unit = "HUR"
    decimals = 1
    minimum = "0"
    maximum = "6500"

    def __init__(self, *, edges: Edges) -> None:
        self.edges = edges
        self._most = scale(self.maximum, self.decimals)

    def parse(self, raw: object, path: str, problems: Problems) -> Mapping[str, str] | None:
        """A mapping from ISO weeks to hours."""
        if not isinstance(raw, dict) or not raw:
            problems.add(path, "not_weekly", 'This must be hours by ISO week, such as {"2026-W48": "20"}.')
            return None
        if len(raw) > MOST_WEEKS:
            problems.add(path, "too_many", f"At most {MOST_WEEKS} weeks.")
            return None
        before = len(problems)
        found: dict[int, tuple[str, str]] = {}
        for week, hours in raw.items():
            number = week_number(week) if isinstance(week, str) and len(week) == 8 else None
            if number is None:
                problems.add(path, "not_a_week", "Every key must be an ISO week that exists, such as 2026-W48.")
                continue
            tenths = quantity(hours, f"{path}/{week}", problems, decimals=1, least=0, most=self._most)
            if tenths is not None:
                found[number] = (week, unscale(tenths, 1))
        if len(problems) > before:
            return None
        if max(found) - min(found) >= MOST_WEEKS:
            problems.add(path, "too_wide", f"The weeks must lie within {MOST_WEEKS} consecutive weeks.")
            return None
        return dict(found[each] for each in sorted(found))

    def band(self, value: Mapping[str, str]) -> Value:
        """The fixed interval of each week."""
        return {week: self._interval(scale(hours, 1)) for week, hours in value.items()}

    def _interval(self, tenths: int) -> dict[str, str]:
        return interval(self.edges, tenths, 1)

    def weeks(self, value: Mapping[str, str]) -> dict[int, int]:
        """Tenths of hours by week number."""
        return {number: scale(hours, 1) for week, hours in value.items() if (number := week_number(week)) is not None}

    def band_weeks(self, value: Mapping[str, str]) -> dict[int, tuple[int, int | None]]:
        """The half-open band of each week in tenths of hours, by week number; None is the open top."""
        return {number: around(self.edges, tenths, 1) for number, tenths in self.weeks(value).items()}

    def schema(self) -> dict[str, Any]:
        """An object of decimal strings."""
        hours = {
            "oneOf": [
                {"type": "string", "maxLength": 24, "pattern": decimal(0, int(self.maximum), self.decimals)},
                {"type": "number", "multipleOf": 0.1, "minimum": 0, "maximum": int(self.maximum)},
            ]
        }
        return {
            "type": "object",
            "minProperties": 1,
            "maxProperties": MOST_WEEKS,
            "propertyNames": {"pattern": WEEK},
            "additionalProperties": hours,
        }
