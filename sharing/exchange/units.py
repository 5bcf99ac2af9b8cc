"""Numbers as people write them, with or without a unit, into decimal text in the unit of a field.

Guarantees: arithmetic is decimal and bounded (no exponent, at most 15 digits before and 9 after the point); a number that
can be read in two ways (`1,234`) is refused, not guessed. Sources: UN/CEFACT Recommendation 20; the international inch and
pound.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

_NUMBER = re.compile(r"(?:±|\+/-|\+-)?\s*(-?[0-9][0-9.,'\u00a0\u202f ]{0,30}|-?[.,][0-9]{1,9})\s*(\D.{0,19})?")
_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Unit of a field (Rec 20) -> what people write -> how many of the field's unit that is.
_FACTORS: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "MMT": (
        ("1", _words("mm millimetre millimetres millimeter millimeters")),
        ("10", _words("cm centimetre centimeter")),
        ("1000", _words("m metre metres meter meters mét")),
        ("0.001", _words("µm um micron microns")),
        ("25.4", _words('in inch inches " ″')),
        ("304.8", _words("ft foot feet")),
    ),
    "4H": (
        ("1", _words("µm um micron microns micrometre micrometres micrometer")),
        ("1000", _words("mm millimetre millimetres")),
        ("0.001", _words("nm nanometre")),
        ("25400", _words('in inch inches " ″')),
        ("25.4", _words("mil thou")),
    ),
    "KGM": (
        ("1", _words("kg kgs kilo kilos kilogram kilograms ký")),
        ("0.001", _words("g gram grams gam")),
        ("1000", _words("t to ton tons tonne tonnes tấn")),
        ("0.45359237", _words("lb lbs pound pounds")),
    ),
    "HUR": (
        ("1", _words("h hr hrs hour hours giờ g")),
        ("0.0166666667", _words("min mins minute minutes phút")),
    ),
    "DAY": (
        ("1", _words("d day days ngày")),
        ("7", _words("w wk week weeks tuần")),
        ("30", _words("month months tháng")),
    ),
    "H87": (("1", _words("pc pcs piece pieces ea unit units cái chiếc sp")), ("1000", _words("k"))),
    "P1": (("1", _words("% percent pct")),),
    "59": (("1", _words("ppm")), ("10000", _words("%"))),
    "KWH": (("1", _words("kwh")), ("1000", _words("mwh"))),
    "KWT": (("1", _words("kw")), ("0.745699872", _words("hp bhp")), ("1000", _words("mw"))),
    "MIN": (("1", _words("min mins minute minutes phút")), ("60", _words("h hr hrs hour hours giờ"))),
    "MON": (("1", _words("month months tháng")), ("12", _words("year years năm"))),
    "ANN": (("1", _words("year years năm")),),
    "TNE": (("1", _words("t ton tons tonne tonnes tấn")), ("0.001", _words("kg"))),
}
_BY_UNIT: Mapping[str, Mapping[str, Decimal]] = {
    unit: {word: Decimal(factor) for factor, words in rows for word in words} for unit, rows in _FACTORS.items()
}
_EVERY = frozenset(word for words in _BY_UNIT.values() for word in words) | {code.lower() for code in _BY_UNIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotANumber:
    """Why a text is not a quantity."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A decimal text in the field's unit. `converted`: from which unit; `rounded`: digits were dropped by converting."""

    text: str
    converted: str | None = None
    rounded: bool = False


def is_unit(text: str) -> bool:
    """Whether anything is measured in this."""
    return _tidy(text) in _EVERY


def read_quantity(
    text: str, *, unit: str | None, decimals: int, given: str | None, decimal_comma: bool
) -> Quantity | NotANumber:
    """The number of a cell for a field in `unit` (None: a plain number). `given`: the unit that the column is in."""
    shape = _NUMBER.fullmatch(text.strip())
    if shape is None:
        return NotANumber(code="not_a_number", message=f"{text[:40]!r} is not a number")
    number = _decimal(shape[1].strip(), decimal_comma=decimal_comma)
    if isinstance(number, NotANumber):
        return number
    stated = _tidy(shape[2] or "") or _tidy(given or "")
    return _converted(number, stated, unit or "", decimals)


def _converted(number: Decimal, stated: str, unit: str, decimals: int) -> Quantity | NotANumber:
    if not stated or stated == unit.lower():
        return Quantity(text=_plain(number))
    factor = _BY_UNIT.get(unit, {}).get(stated)
    if factor is None:
        known = ", ".join(list(_BY_UNIT.get(unit, {}))[:6]) or unit or "a plain number"
        return NotANumber(code="unit_unknown", message=f"{stated[:20]!r} is not a unit here; write for example {known}")
    if factor == 1:
        return Quantity(text=_plain(number))
    exact = number * factor
    kept = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_EVEN)
    return Quantity(text=_plain(kept), converted=stated, rounded=kept != exact)


def _decimal(text: str, *, decimal_comma: bool) -> Decimal | NotANumber:
    compact = re.sub(r"[\s'\u00a0\u202f]", "", text)
    commas, points = compact.count(","), compact.count(".")
    if commas and points:
        mark = "," if compact.rfind(",") > compact.rfind(".") else "."
        compact = compact.replace("." if mark == "," else ",", "")
        compact = compact.replace(mark, ".") if compact.count(mark) == 1 else ""
    elif points > 1 or commas > 1:
        mark = "." if points else ","
        grouped = all(len(part) == 3 for part in compact.split(mark)[1:])
        compact = compact.replace(mark, "") if grouped else ""
    elif commas:
        whole, _, fraction = compact.partition(",")
        if len(fraction) == 3 and not decimal_comma and whole.lstrip("-") not in {"", "0"}:
            return NotANumber(
                code="ambiguous_number", message=f"{text[:40]!r} can mean two numbers; write it without a thousands separator"
            )
        compact = compact.replace(",", ".")
    if compact.startswith((".", "-.")):
        compact = compact.replace(".", "0.", 1)
    compact = compact.removesuffix(".")
    if not _PLAIN.fullmatch(compact):
        return NotANumber(code="not_a_number", message=f"{text[:40]!r} is not a number")
    return Decimal(compact)


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _tidy(unit: str) -> str:
    return unit.strip().rstrip(".").replace("μ", "µ").lower()
