"""Lists of codes whose structure is in their spelling: industries, products, supply tiers and ports.

Guarantees: a stored code has its system's canonical spelling. Does not say that the system has such a code: the tables of
UNSPSC and UN/LOCODE are not held here. What stands above a code is read from the code itself.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sharing.catalogue.forms.base import Form
from sharing.catalogue.places import COUNTRIES
from sharing.catalogue.values import NOTHING, Value
from sharing.errors import Problems

_LONGEST = 40
_MOST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """How one kind of code is written: `read` gives the canonical spelling or None; `above` the code and all above it,
    nearest first; `pattern` describes the canonical spellings; `band` what a band shows instead; `part` matches what is
    no code but stands above some."""

    name: str
    example: str
    pattern: str
    read: Callable[[str], str | None]
    above: Callable[[str], tuple[str, ...]]
    band: Callable[[str], str] | None = None
    part: str | None = None


class StructuredCodes(Form[Sequence[str]]):
    """A set of structured codes, stored sorted; its band, if it has one, is the set of the bands of its codes."""

    word = "structured_codes"

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.banded = scheme.band is not None

    def parse(self, raw: object, path: str, problems: Problems) -> Sequence[str] | None:
        """A list of codes as text; repeats are dropped."""
        if not isinstance(raw, list) or not raw or len(raw) > _MOST:
            problems.add(path, "not_a_list", f"This must be a list of 1 to {_MOST} codes.")
            return None
        found = set()
        for at, each in enumerate(raw):
            code = self.scheme.read(_compact(each)) if isinstance(each, str) else None
            if code is None:
                problems.add(
                    f"{path}/{at}", "unknown_code", f"This is no {self.scheme.name} code such as {self.scheme.example}."
                )
                return None
            found.add(code)
        return sorted(found)

    def asked(self, text: str) -> str | None:
        """The canonical spelling of a code, or of something above codes."""
        compact = _compact(text)
        above = self.scheme.part is not None and re.fullmatch(self.scheme.part, compact)
        return compact if above else self.scheme.read(compact)

    def band(self, value: Sequence[str]) -> Value:
        """The coarser codes, sorted."""
        return sorted({self.scheme.band(each) for each in value}) if self.scheme.band else list(value)

    def terms(self, value: Sequence[str]) -> frozenset[str]:
        """All codes and what stands above them."""
        return NOTHING.union(*(self.scheme.above(each) for each in value))

    def band_terms(self, band: Value) -> frozenset[str]:
        """The same of the coarser codes."""
        return self.terms(band) if isinstance(band, list) else NOTHING

    def schema(self) -> dict[str, Any]:
        """A list of strings."""
        item = {
            "type": "string",
            "pattern": f"^({self.scheme.pattern})$",
            "description": self.scheme.name,
            "examples": [self.scheme.example],
        }
        return {"type": "array", "minItems": 1, "maxItems": _MOST, "items": item}


def _compact(text: str) -> str:
    return re.sub(r"\s+", "", text).upper() if len(text) <= _LONGEST else ""


# Sections of ISIC Rev. 4, each with its first division; NACE Rev. 2 has the same divisions.
_SECTIONS = (("A", 1), ("B", 5), ("C", 10), ("D", 35), ("E", 36), ("F", 41), ("G", 45), ("H", 49), ("I", 55), ("J", 58),
             ("K", 64), ("L", 68), ("M", 69), ("N", 77), ("O", 84), ("P", 85), ("Q", 86), ("R", 90), ("S", 94), ("T", 97),
             ("U", 99))  # fmt: skip
_NO_DIVISION = frozenset({4, 34, 40, 44, 48, 54, 57, 67, 76, 83, 89})


def _section(division: int) -> str | None:
    if not 1 <= division <= 99 or division in _NO_DIVISION:
        return None
    return max((first, letter) for letter, first in _SECTIONS if first <= division)[1]


def _industry(text: str) -> str | None:
    shape = re.fullmatch(r"(ISIC|NACE):?[A-U]?([0-9]{2})\.?([0-9]{0,2})", text)
    if shape is None or _section(int(shape[2])) is None:
        return None
    return f"{shape[1]}:{shape[2]}{shape[3]}"


def _prefixes(code: str, lengths: tuple[int, ...]) -> tuple[str, ...]:
    system, _, digits = code.partition(":")
    return tuple(f"{system}:{digits[:length]}" for length in lengths if length <= len(digits))


def _industry_above(code: str) -> tuple[str, ...]:
    return _prefixes(code, (4, 3, 2))


def _industry_band(code: str) -> str:
    return _prefixes(code, (2,))[0]


def _product(text: str) -> str | None:
    shape = re.fullmatch(r"(UNSPSC):?([0-9]{4}(?:[0-9]{2}){0,2})|(HS):?([0-9]{4})\.?([0-9]{2})?", text)
    if shape is None:
        return None
    if shape[1]:
        return f"UNSPSC:{shape[2]}"
    return f"HS:{shape[4]}{shape[5] or ''}"


def _product_above(code: str) -> tuple[str, ...]:
    return _prefixes(code, (8, 6, 4, 2))


def _product_band(code: str) -> str:
    return _prefixes(code, (4,))[0]


def _tier(text: str) -> str | None:
    shape = re.fullmatch(r"([A-U])([0-9]{2}):(OEM|T[1-4])", text)
    return text if shape and _section(int(shape[2])) == shape[1] else None


def _tier_above(code: str) -> tuple[str, ...]:
    return code, code.partition(":")[2]


def _port(text: str) -> str | None:
    return text if re.fullmatch(r"[A-Z]{2}[A-Z2-9]{3}", text) and text[:2] in COUNTRIES else None


def _port_above(code: str) -> tuple[str, ...]:
    return code, code[:2]


_DIVISIONS = "|".join(f"{each:02}" for each in range(100) if _section(each))
_LETTERED = "|".join(f"{section}{each:02}" for each in range(100) if (section := _section(each)))

INDUSTRIES = Scheme(
    name="ISIC Rev. 4 or NACE Rev. 2",
    example="ISIC:2511",
    pattern=f"(ISIC|NACE):({_DIVISIONS})[0-9]{{0,2}}",
    read=_industry,
    above=_industry_above,
    band=_industry_band,
)
PRODUCTS = Scheme(
    name="UNSPSC or HS",
    example="UNSPSC:31161500",
    pattern="UNSPSC:[0-9]{4}([0-9]{2}){0,2}|HS:[0-9]{4}([0-9]{2})?",
    read=_product,
    above=_product_above,
    band=_product_band,
    part=r"(UNSPSC|HS):[0-9]{2}",
)
SUPPLY_TIERS = Scheme(
    name="supply tier by ISIC division",
    example="C29:T1",
    pattern=f"({_LETTERED}):(OEM|T[1-4])",
    read=_tier,
    above=_tier_above,
    part="OEM|T[1-4]",
)
PORTS = Scheme(
    name="UN/LOCODE",
    example="VNHPH",
    pattern=f"({'|'.join(each.code for each in COUNTRIES)})[A-Z2-9]{{3}}",
    read=_port,
    above=_port_above,
    part="[A-Z]{2}",
)
