"""What people write for a country or a province, into ISO 3166 codes.

Guarantees: alpha-2 and alpha-3 codes, English short, common and official names, and a few everyday names in English
and Vietnamese are read regardless of case, marks, spaces and punctuation; two countries never share a spelling; what
is not known is not guessed, only suggested. Source: pycountry's copy of ISO 3166-1 and 3166-2.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache

import pycountry

from sharing.catalogue.folding import fold
from sharing.catalogue.places import COUNTRIES

_SUGGESTED_LENGTH = 60  # characters; longer cells get no suggestion, because comparing them costs too much
_SUGGESTED_RATIO = 0.75

# Everyday names that ISO does not list.
_EVERYDAY: Mapping[str, tuple[str, ...]] = {
    "AE": ("UAE", "U.A.E.", "Emirates"),
    "CD": ("DR Congo", "DRC", "Democratic Republic of Congo"),
    "CI": ("Ivory Coast",),
    "CN": ("PR China", "P.R. of China", "PRC", "Mainland China", "Trung Quốc"),
    "CV": ("Cape Verde",),
    "CZ": ("Czech",),
    "DE": ("Đức", "Deutschland"),
    "FR": ("Pháp",),
    "GB": ("UK", "U.K.", "Great Britain", "Anh Quốc", "Vương quốc Anh"),
    "HK": ("Hongkong SAR", "Hong Kong SAR", "Hồng Kông"),
    "ID": ("In-đô-nê-xi-a",),
    "IN": ("Ấn Độ",),
    "JP": ("Nhật Bản", "Nhật"),
    "KH": ("Campuchia", "Cam-pu-chia"),
    "KP": ("Triều Tiên",),
    "KR": ("Hàn Quốc", "R.O. Korea", "S. Korea"),
    "MK": ("Macedonia",),
    "MM": ("Burma", "Miến Điện"),
    "MO": ("Macau",),
    "NL": ("Holland", "The Netherlands", "Hà Lan"),
    "PH": ("The Philippines",),
    "RU": ("Russia",),
    "SZ": ("Swaziland",),
    "TH": ("Thái Lan",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Thổ Nhĩ Kỳ"),
    "TW": ("Taiwan ROC", "Đài Loan"),
    "US": ("U.S.", "U.S.A.", "United States of America", "America", "Hoa Kỳ"),
    "VA": ("Vatican",),
    "VN": ("Viet Nam", "Việt Nam", "S.R. Vietnam"),
}
# Vietnamese names that are a code of another country once their marks are gone, so that only the marks or capitals
# tell them apart: "Mỹ" is the United States and "MY" Malaysia, "NGA" is Nigeria and "Nga" Russia.
_MARKED: Mapping[str, str] = {"mỹ": "US", "ý": "IT"}
_CODE_IN_CAPITALS_ONLY = frozenset(("my", "nga"))
_PROVINCE_WORDS = re.compile(r"^(tinh|thanh pho|tp\.?|t\.p\.?|city of)\s+|\s+(province|city|state|prefecture|municipality)$")
_EVERYDAY_PROVINCES: Mapping[str, tuple[str, ...]] = {
    "VN-SG": ("HCM", "HCMC", "TPHCM", "Sài Gòn", "Saigon"),
    "VN-HN": ("HN",),
    "VN-26": ("Huế",),
    "VN-43": ("Vũng Tàu", "BRVT"),
}
_PROVINCE_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A name that is not known, and the known one nearest to it if one is near."""

    suggestion: str | None


def country_code(text: str) -> str | Unknown:
    """The ISO 3166-1 alpha-2 code that `text` means."""
    spellings, key = _countries(), _key(text)
    code = _MARKED.get(unicodedata.normalize("NFC", text).strip().casefold()) or spellings.get(key)
    if key in _CODE_IN_CAPITALS_ONLY and text.isascii() and not text.isupper():
        return Unknown(suggestion="a code in capitals, or the name in English")
    if code is not None:
        return code
    near = _nearest(key, spellings)
    return Unknown(suggestion=None if near is None else f"{_country_name(spellings[near])} ({spellings[near]})")


def province_code(text: str, country: str) -> str | Unknown:
    """The ISO 3166-2 code that `text` means in `country` (alpha-2)."""
    spellings = _provinces(country)
    upper = text.strip().upper()
    if _PROVINCE_CODE.fullmatch(upper):
        return upper if upper in spellings.values() else Unknown(suggestion=None)
    folded = fold(text).strip()
    for candidate in (folded, _PROVINCE_WORDS.sub("", folded)):
        code = spellings.get(_key(candidate))
        if code is not None:
            return code
    near = _nearest(_key(_PROVINCE_WORDS.sub("", folded)), spellings)
    return Unknown(suggestion=None if near is None else f"{_subdivision_name(spellings[near])} ({spellings[near]})")


def _key(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())


@cache
def _countries() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for country in pycountry.countries:
        code: str = country.alpha_2
        for name in (code, country.alpha_3, *_iso_names(country)):
            found.setdefault(_key(name), code)
    # "Bolivia, Plurinational State of" is also written without its second half, unless that would name two ("Korea,
    # ...").
    halves = [(_key(name.partition(",")[0]), code) for name, code in _inverted_names()]
    counts = {half: sum(half == other for other, _ in halves) for half, _ in halves}
    for half, code in halves:
        if counts[half] == 1:
            found.setdefault(half, code)
    for code, names in _EVERYDAY.items():
        for name in names:
            found.setdefault(_key(name), code)
    for entry in COUNTRIES:
        found.setdefault(_key(entry.label_vi), entry.code)
    return found


def _iso_names(country: object) -> Iterator[str]:
    for attribute in ("name", "official_name", "common_name"):
        name = getattr(country, attribute, None)
        if isinstance(name, str):
            yield name
            first, comma, second = name.partition(", ")
            if comma:
                yield f"{second} {first}"


def _inverted_names() -> list[tuple[str, str]]:
    return [(country.name, country.alpha_2) for country in pycountry.countries if ", " in country.name]


@cache
def _provinces(country: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    subdivisions = pycountry.subdivisions.get(country_code=country) or []  # type: ignore[no-untyped-call]
    # Top-level ones first: where a district shares its province's name the province is meant.
    for subdivision in sorted(subdivisions, key=lambda each: (each.parent_code is not None, each.code)):
        for name in (subdivision.name, _PROVINCE_WORDS.sub("", fold(subdivision.name)), subdivision.code):
            found.setdefault(_key(name), subdivision.code)
    for code, names in _EVERYDAY_PROVINCES.items():
        if code.startswith(f"{country}-"):
            for name in names:
                found.setdefault(_key(name), code)
    return found


def _country_name(code: str) -> str:
    country = pycountry.countries.get(alpha_2=code)
    return str(getattr(country, "common_name", country.name if country else code))


def _subdivision_name(code: str) -> str:
    subdivision = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    return str(subdivision.name) if subdivision else code


def _nearest(key: str, spellings: Mapping[str, str]) -> str | None:
    """The known spelling most like `key`; only those that share a beginning or an end are compared, to stay cheap."""
    if not 3 <= len(key) <= _SUGGESTED_LENGTH:
        return None
    best, best_ratio = None, _SUGGESTED_RATIO
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for spelling in spellings:
        alike = spelling[0] == key[0] or spelling[-2:] == key[-2:]
        if alike and len(spelling) > 3 and abs(len(spelling) - len(key)) <= 3:
            matcher.set_seq1(spelling)
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = spelling, ratio
    return best
