"""Regular expressions for JSON Schemas: what the readers of days, numbers, weeks and text take, as exactly as patterns can say.

Guarantees: written in the part of the language that Python, ECMA-262 and Rust read alike: no look-around, no classes by
name; every pattern is anchored at both ends. `DAY` and `decimal` say precisely what is read. `TEXT` and `LINES` take
everything that is read, and some characters that are not: those that Unicode has not assigned, and those for private use.
"""

from collections.abc import Iterable
from functools import lru_cache

_LEAP = "(0[48]|[2468][048]|[13579][26])"
_DAYS = "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])"
DAY = f"^((19|20|21)[0-9]{{2}}-({_DAYS})|(19|20|21){_LEAP}-02-29|2000-02-29)$"
"""A day of the Gregorian calendar from 1900 to 2199."""

WEEK = "^2[0-9]{3}-W(0[1-9]|[1-4][0-9]|5[0-3])$"
"""An ISO week from 2000 to 2999; whether a year has a week 53 is not said."""

_UNSEEN = (
    r"\x7f-\x9f\xad\u034f\u061c\u06dd\u08e2\u115f-\u1160\u17b4-\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800"
    r"\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe-\uffff"
)
"""Controls, marks of direction and of width, and what counts as printable and is drawn as nothing. Not private use and what
is not assigned: a million characters, which a generator of examples would have to list."""
_BLANKS = r"\u0020\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"


def _visible(unseen: str) -> str:
    """Only characters that are not `unseen`, one of them at least no blank."""
    return f"^[^{unseen}]*[^{unseen}{_BLANKS}][^{unseen}]*$"


TEXT = _visible(r"\x00-\x1f" + _UNSEEN)
"""Text in one line, with something to be seen in it."""
LINES = _visible(r"\x00-\x09\x0b\x0c\x0e-\x1f" + _UNSEEN)
"""Text whose lines may end with a line feed; a carriage return is read before one only."""


def one_of(codes: Iterable[str]) -> str:
    """Just these codes. Those with a hyphen are gathered by what stands before it: `VN-01` and `VN-02` as `VN-(01|02)`."""
    gathered: dict[str, list[str]] = {}
    for code in codes:
        before, hyphen, after = code.partition("-")
        gathered.setdefault(before + hyphen, []).append(after)
    parts = []
    for before, afters in gathered.items():
        ends = "|".join(each.replace(".", r"\.") for each in afters)
        parts.append(before.replace(".", r"\.") + (f"({ends})" if ends else ""))
    return f"^({'|'.join(parts)})$"


@lru_cache(maxsize=256)
def decimal(least: int, most: int, decimals: int, *, signed: bool = False) -> str:
    """Decimal text from 0, or from the smallest number above 0 if `least` is above, to the whole number `most`.

    `least` counts in units of 10^-decimals and must be 0 or 1, `most` in ones. With `signed` the same below 0.
    """
    if least not in {0, 1}:
        raise ValueError("a pattern knows two beginnings: 0, and the smallest number above it")
    zeros, fraction = (r"\.0+", rf"\.[0-9]{{1,{decimals}}}0*") if decimals else (r"\.0+", r"\.0+")
    inner = _between_one_and(most - 1)
    forms = [f"0*({inner})({fraction})?"] if inner else []
    forms.append(f"0*{most}({zeros})?")
    if least == 0:
        forms.append(f"0+({fraction})?")
    elif decimals:
        above = "|".join(f"0{{{at}}}[1-9][0-9]{{0,{decimals - 1 - at}}}" for at in range(decimals))
        forms.append(rf"0+\.({above})0*")
    return f"^{'-?' if signed else ''}({'|'.join(forms)})$"


def _between_one_and(most: int) -> str:
    """Whole numbers from 1 to `most`, without leading zeros; nothing for a `most` below 1."""
    if most < 1:
        return ""
    digits = str(most)
    shorter = [f"[1-9][0-9]{{0,{len(digits) - 2}}}"] if len(digits) > 1 else []
    same = []
    for at, digit in enumerate(digits):
        low, high = (1 if at == 0 else 0), int(digit) - 1
        if high >= low:
            rest = len(digits) - at - 1
            same.append(f"{digits[:at]}[{low}-{high}]" + (f"[0-9]{{{rest}}}" if rest else ""))
    return "|".join([*shorter, *same, digits])
