"""Ordered forms: quantities with a unit, years and dates; their bands are half-open intervals."""

import re
from datetime import date
from functools import lru_cache
from typing import Any

from sharing.catalogue.bands import around, decade, interval, quarter
from sharing.catalogue.forms.base import Edges, Form
from sharing.catalogue.patterns import DAY, decimal
from sharing.catalogue.quantities import quantity, scale, unscale
from sharing.catalogue.values import NOTHING, Value
from sharing.errors import Problems

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MULTIPLES = 10**6


def floor_term(band: Value) -> frozenset[str]:
    """An interval's lower edge, the one term that a band of an ordered value has."""
    return frozenset((str(band["at_least"]),)) if isinstance(band, dict) else NOTHING


class Quantity(Form[str]):
    """A decimal quantity in one unit, stored as a canonical decimal string; without edges it has no band."""

    word = "number"
    ordered = True

    def __init__(self, *, unit: str | None, decimals: int, minimum: str, maximum: str, edges: Edges = ()) -> None:
        self.unit, self.decimals, self.edges = unit, decimals, edges
        self.banded = bool(edges)
        self.minimum, self.maximum = minimum, maximum
        self._least, self._most = scale(minimum, decimals), scale(maximum, decimals)

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """JSON integers and decimal text."""
        found = quantity(raw, path, problems, decimals=self.decimals, least=self._least, most=self._most)
        return None if found is None else unscale(found, self.decimals)

    def band(self, value: str) -> Value:
        """The fixed interval around the value."""
        return interval(self.edges, scale(value, self.decimals), self.decimals)

    def band_terms(self, band: Value) -> frozenset[str]:
        """The lower edge."""
        return floor_term(band)

    def scaled(self, value: str) -> int:
        """Integer multiple of 10^-decimals."""
        return scale(value, self.decimals)

    def band_scaled(self, value: str) -> tuple[int, int | None]:
        """The band, scaled; of a quantity without bands the value alone."""
        own = scale(value, self.decimals)
        return around(self.edges, own, self.decimals) if self.edges else (own, own + 1)

    def schema(self) -> dict[str, Any]:
        """A decimal string, or a number."""
        most = int(self.maximum or "0")
        number: dict[str, Any] = {"type": "integer", "minimum": self._least, "maximum": most}
        if self.decimals:
            step = 10**-self.decimals
            number = {"type": "number", "multipleOf": step, "minimum": self._least * step, "maximum": most}
        return {
            "oneOf": [
                {"type": "string", "maxLength": 24, "pattern": decimal(self._least, most, self.decimals)},
                number,
            ],
            "description": f"{self.minimum} to {self.maximum}, unit {self.unit}, {self.decimals} decimals",
        }


class IsoGrade(Quantity):
    """A tolerance grade of ISO 286, stored as its number: IT7 is 7."""

    word = "it_grade"

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """The number, or the number after `IT`."""
        return super().parse(raw[2:].strip() if isinstance(raw, str) and raw[:2].upper() == "IT" else raw, path, problems)

    def schema(self) -> dict[str, Any]:
        """A number, or text such as IT7."""
        numbers = {"type": "integer", "minimum": int(self.minimum or "0"), "maximum": int(self.maximum or "0")}
        return {"oneOf": [{"type": "string", "pattern": "^(IT ?)?(0?[0-9]|1[0-8])$"}, numbers]}


class Year(Form[str]):
    """A calendar year, stored as four digits; band: decade."""

    word = "year"
    banded = True
    ordered = True
    minimum = "1800"
    maximum = "2199"

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """An integer or four digits."""
        found = quantity(raw, path, problems, decimals=0, least=1800, most=2199)
        return None if found is None else str(found)

    def band(self, value: str) -> Value:
        """The decade."""
        first, after = decade(int(value))
        return {"at_least": str(first), "below": str(after)}

    def band_terms(self, band: Value) -> frozenset[str]:
        """The decade's first year."""
        return floor_term(band)

    def terms(self, value: str) -> frozenset[str]:
        """The year itself."""
        return frozenset((value,))

    def scaled(self, value: str) -> int:
        """The year."""
        return int(value)

    def band_scaled(self, value: str) -> tuple[int, int | None]:
        """The decade."""
        return decade(int(value))

    def schema(self) -> dict[str, Any]:
        """Four digits, or an integer."""
        return {
            "oneOf": [
                {"type": "string", "pattern": "^(1[89]|2[01])[0-9]{2}$"},
                {"type": "integer", "minimum": 1800, "maximum": 2199},
            ]
        }


class Day(Form[str]):
    """A date, stored as YYYY-MM-DD; band: calendar quarter."""

    word = "date"
    banded = True
    ordered = True
    minimum = "1900-01-01"
    maximum = "2199-12-31"

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """ISO 8601 calendar dates only."""
        if isinstance(raw, str) and (len(raw) != 10 or not _is_date(raw)):
            problems.add(path, "not_a_date", "Write a date as YYYY-MM-DD, from 1900 to 2199.")
            return None
        if not isinstance(raw, str):
            problems.add(path, "not_a_date", "Write a date as YYYY-MM-DD, from 1900 to 2199.")
            return None
        return raw

    def band(self, value: str) -> Value:
        """The quarter."""
        first, after = quarter(value)
        return {"at_least": first.isoformat(), "below": after.isoformat()}

    def band_terms(self, band: Value) -> frozenset[str]:
        """The quarter's first day."""
        return floor_term(band)

    def scaled(self, value: str) -> int:
        """Proleptic Gregorian day number."""
        return date.fromisoformat(value).toordinal()

    def band_scaled(self, value: str) -> tuple[int, int | None]:
        """The quarter, in day numbers."""
        first, after = quarter(value)
        return first.toordinal(), after.toordinal()

    def schema(self) -> dict[str, Any]:
        """An ISO date."""
        return {"type": "string", "pattern": DAY, "description": "YYYY-MM-DD", "examples": ["2026-11-22"]}


@lru_cache(maxsize=16384)
def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        return 1900 <= date.fromisoformat(text).year <= 2199
    except ValueError:
        return False
