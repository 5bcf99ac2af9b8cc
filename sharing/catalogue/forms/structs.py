"""Forms with parts: identifiers, contacts, a point on the earth, and a material grade."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sharing.catalogue.bands import grid
from sharing.catalogue.folding import tokens
from sharing.catalogue.forms.base import Form
from sharing.catalogue.forms.texts import LANGUAGE_PATTERN, language, text_schema
from sharing.catalogue.identifiers import SCHEMES, identifier
from sharing.catalogue.materials import FAMILIES, GRADE, GRADE_NAME, SYSTEMS, UNCLASSIFIED, UNCLASSIFIED_LABELS, family
from sharing.catalogue.patterns import decimal
from sharing.catalogue.quantities import quantity, scale, unscale
from sharing.catalogue.text import clean
from sharing.catalogue.values import NOTHING, Value
from sharing.errors import Problems

_MOST = 20


def parts(
    raw: object, path: str, problems: Problems, *, must: tuple[str, ...], may: tuple[str, ...] = ()
) -> dict[str, object] | None:
    """`raw` as an object with all of `must` and only keys of `must` and `may`, or None after a problem."""
    if not isinstance(raw, dict):
        problems.add(path, "not_an_object", f"This must be an object with {', '.join(must)}.")
        return None
    missing = [each for each in must if each not in raw]
    for each in missing:
        problems.add(f"{path}/{each}", "required", "This is required.")
    strange = [each for each in raw if each not in must and each not in may]
    if strange:
        problems.add(path, "unknown_key", f"The only keys here are {', '.join(must + may)}.")
    return None if missing or strange else raw


def listed(raw: object, path: str, problems: Problems) -> list[object] | None:
    """`raw` as a list of 1 to 20 things, or None after a problem."""
    if isinstance(raw, list) and 1 <= len(raw) <= _MOST:
        return raw
    problems.add(path, "not_a_list", f"This must be a list of 1 to {_MOST}.")
    return None


class Identifiers(Form[Sequence[Mapping[str, str]]]):
    """Identifiers [{scheme, value}], stored sorted, each once."""

    word = "identifiers"

    def parse(self, raw: object, path: str, problems: Problems) -> Sequence[Mapping[str, str]] | None:
        """A list of known schemes with right check digits."""
        given = listed(raw, path, problems)
        if given is None:
            return None
        before = len(problems)
        found: set[tuple[str, str]] = set()
        for at, each in enumerate(given):
            here = f"{path}/{at}"
            one = parts(each, here, problems, must=("scheme", "value"))
            if one is None:
                continue
            scheme = one["scheme"]
            text = clean(one["value"], f"{here}/value", problems, longest=40)
            if not isinstance(scheme, str) or scheme not in SCHEMES:
                problems.add(f"{here}/scheme", "unknown_code", f"The schemes are {', '.join(SCHEMES)}.")
            elif text is not None:
                value = identifier(scheme, text)
                if value is None:
                    message = f"This is not a {SCHEMES[scheme].label_en}, or its check digit is wrong."
                    problems.add(f"{here}/value", "check_digit", message)
                else:
                    found.add((scheme, value))
        if len(problems) > before:
            return None
        return [{"scheme": scheme, "value": value} for scheme, value in sorted(found)]

    def words(self, value: Sequence[Mapping[str, str]]) -> frozenset[str]:
        """The identifiers themselves."""
        return NOTHING.union(*(tokens(each["value"]) for each in value))

    def schema(self) -> dict[str, Any]:
        """A list of objects."""
        properties = {
            "scheme": {"type": "string", "enum": list(SCHEMES)},
            "value": text_schema(40),
        }
        return _list_of(properties, ["scheme", "value"])


class Contacts(Form[Sequence[Mapping[str, Value]]]):
    """Contacts [{role, channel, name?, languages?}] in the owner's order."""

    word = "contacts"

    def parse(self, raw: object, path: str, problems: Problems) -> Sequence[Mapping[str, Value]] | None:
        """A list of contacts."""
        given = listed(raw, path, problems)
        if given is None:
            return None
        before = len(problems)
        found = [self._contact(each, f"{path}/{at}", problems) for at, each in enumerate(given)]
        return [each for each in found if each is not None] if len(problems) == before else None

    def _contact(self, raw: object, path: str, problems: Problems) -> Mapping[str, Value] | None:
        one = parts(raw, path, problems, must=("role", "channel"), may=("name", "languages"))
        if one is None:
            return None
        contact: dict[str, Value] = {}
        for key, longest in (("role", 80), ("name", 120), ("channel", 200)):
            if key in one:
                text = clean(one[key], f"{path}/{key}", problems, longest=longest)
                if text is not None:
                    contact[key] = text
        if "languages" in one:
            given = listed(one["languages"], f"{path}/languages", problems) or []
            tags = [language(each, f"{path}/languages/{at}", problems) for at, each in enumerate(given)]
            contact["languages"] = list(dict.fromkeys(each for each in tags if each is not None))
        return contact

    def words(self, value: Sequence[Mapping[str, Value]]) -> frozenset[str]:
        """The folded words of role, name and channel."""
        return NOTHING.union(*(tokens(text) for each in value for text in each.values() if isinstance(text, str)))

    def schema(self) -> dict[str, Any]:
        """A list of objects."""
        tag = {"type": "string", "pattern": LANGUAGE_PATTERN}
        properties = {
            "role": text_schema(80),
            "name": text_schema(120),
            "channel": text_schema(200),
            "languages": {
                "type": "array",
                "minItems": 1,
                "maxItems": _MOST,
                "items": tag,
            },
        }
        return _list_of(properties, ["role", "channel"])


class Point(Form[Mapping[str, str]]):
    """A WGS 84 point {lat, lon} in degrees; band: its cell of the fixed one-degree grid."""

    word = "point"
    banded = True
    decimals = 6

    def parse(self, raw: object, path: str, problems: Problems) -> Mapping[str, str] | None:
        """Degrees as decimal text or integers."""
        one = parts(raw, path, problems, must=("lat", "lon"))
        if one is None:
            return None
        found: dict[str, str] = {}
        for key, most in (("lat", 90), ("lon", 180)):
            bound = most * 10**6
            micro = quantity(one[key], f"{path}/{key}", problems, decimals=6, least=-bound, most=bound)
            if micro is not None:
                found[key] = unscale(micro, 6)
        return found if len(found) == 2 else None

    def band(self, value: Mapping[str, str]) -> Value:
        """The grid cell."""
        return grid(scale(value["lat"], 6), scale(value["lon"], 6))

    def schema(self) -> dict[str, Any]:
        """An object of two decimals."""
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["lat", "lon"],
            "properties": {"lat": _degrees(90), "lon": _degrees(180)},
        }


def _degrees(most: int) -> dict[str, Any]:
    return {
        "oneOf": [
            {"type": "string", "maxLength": 24, "pattern": decimal(0, most, Point.decimals, signed=True)},
            {"type": "number", "multipleOf": 0.000001, "minimum": -most, "maximum": most},
        ]
    }


class Grade(Form[str]):
    """A material grade, stored as SYSTEM:NAME; band: its ISO 513 family, or `unclassified`."""

    word = "grade"
    banded = True

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """`JIS:S45C`, or {"system": "JIS", "grade": "S45C"}."""
        text: object = raw
        if isinstance(raw, dict):
            one = parts(raw, path, problems, must=("system", "grade"))
            if one is None:
                return None
            system, name = one["system"], one["grade"]
            text = f"{system}:{name}" if isinstance(system, str) and isinstance(name, str) else None
        known = GRADE.fullmatch(_tidy(text)) if isinstance(text, str) and len(text) <= 40 else None
        if known is None:
            message = f"Write a grade as SYSTEM:NAME; the systems are {', '.join(SYSTEMS)}, e.g. JIS:S45C."
            problems.add(path, "not_a_grade", message)
            return None
        return known[0]

    def band(self, value: str) -> Value:
        """The family."""
        return family(value)

    def terms(self, value: str) -> frozenset[str]:
        """The grade and its family."""
        return frozenset((value, family(value)))

    def words(self, value: str) -> frozenset[str]:
        """The grade's designation and its family's labels."""
        return tokens(value) | _family_words(family(value))

    def band_terms(self, band: Value) -> frozenset[str]:
        """The family."""
        return frozenset((band,)) if isinstance(band, str) else NOTHING

    def band_words(self, band: Value) -> frozenset[str]:
        """The family's labels."""
        return _family_words(band) if isinstance(band, str) else NOTHING

    def schema(self) -> dict[str, Any]:
        """A string, or an object."""
        return {
            "oneOf": [
                {
                    "type": "string",
                    "pattern": f"^({'|'.join(SYSTEMS)}):{GRADE_NAME}$",
                    "description": "SYSTEM:NAME",
                    "examples": ["JIS:S45C", "EN:1.4301"],
                },
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["system", "grade"],
                    "properties": {
                        "system": {"type": "string", "enum": list(SYSTEMS)},
                        "grade": {"type": "string", "pattern": f"^{GRADE_NAME}$"},
                    },
                },
            ]
        }


def _tidy(text: str) -> str:
    system, colon, name = text.partition(":")
    return f"{system.strip()}{colon}{re.sub(r' +', ' ', name.strip())}".upper()


def _family_words(code: str) -> frozenset[str]:
    if code == UNCLASSIFIED:
        return NOTHING.union(*(tokens(each) for each in UNCLASSIFIED_LABELS))
    return FAMILIES.words(code)


def _list_of(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    item = {"type": "object", "additionalProperties": False, "required": required, "properties": properties}
    return {"type": "array", "minItems": 1, "maxItems": _MOST, "items": item}
