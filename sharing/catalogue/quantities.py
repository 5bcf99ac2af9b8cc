"""Decimal quantities: bounded before any arithmetic, canonical afterwards.

Guarantees: no input makes a number larger than 12 digits; booleans, exponents, NaN and infinities are refused. A number of
JSON with a fraction counts as it is written shortest, which is what was written up to 15 digits.
A canonical decimal has no exponent, no plus, no leading zeros and no trailing zeros after the point.
"""

import math
import re
from decimal import Decimal
from functools import lru_cache

from sharing.errors import Problems

_SHAPE = re.compile(r"(-?)0*([0-9]{1,12})(?:\.([0-9]+))?")
_LONGEST = 24  # with leading and trailing zeros, which do not count
_MOST = 10**12
_NOT_A_NUMBER = "Write a number such as 12.5."


@lru_cache(maxsize=65536)
def _read(text: str, decimals: int) -> int | str | None:
    """The scaled integer, None when it is no number, or `precision`."""
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        return None
    sign, whole, fraction = shape.groups()
    digits = (fraction or "").rstrip("0")
    if len(digits) > decimals:
        return "precision"
    magnitude = int(whole + digits.ljust(decimals, "0"))
    return -magnitude if sign else magnitude


def scale(text: str, decimals: int) -> int:
    """A canonical decimal as an integer multiple of 10^-decimals; 0 for text that is none."""
    found = _read(text, decimals)
    return found if isinstance(found, int) else 0


@lru_cache(maxsize=65536)
def unscale(number: int, decimals: int) -> str:
    """The canonical decimal of `number` times 10^-decimals."""
    sign = "-" if number < 0 else ""
    whole, fraction = divmod(abs(number), 10**decimals)
    digits = str(fraction).rjust(decimals, "0").rstrip("0") if decimals and fraction else ""
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def quantity(raw: object, path: str, problems: Problems, *, decimals: int, least: int, most: int) -> int | None:
    """`raw` (a JSON number or decimal text) as a scaled integer within [least, most], or None after a problem."""
    if isinstance(raw, float) and math.isfinite(raw) and abs(raw) < _MOST:
        raw = format(Decimal(repr(raw)), "f")
    if isinstance(raw, str):
        found = _read(raw, decimals) if len(raw) <= _LONGEST else None
        if found is None:
            problems.add(path, "not_a_number", _NOT_A_NUMBER)
            return None
    elif isinstance(raw, int) and not isinstance(raw, bool):
        # Compared before multiplied: an integer of a million digits costs nothing here.
        found = raw * 10**decimals if -_MOST < raw < _MOST else most + 1
    else:
        problems.add(path, "not_a_number", _NOT_A_NUMBER)
        return None
    if isinstance(found, str):
        problems.add(path, "too_precise", f"At most {decimals} digits after the point.")
        return None
    if not least <= found <= most:
        low, high = unscale(least, decimals), unscale(most, decimals)
        problems.add(path, "out_of_range", f"This must be between {low} and {high}.")
        return None
    return found
