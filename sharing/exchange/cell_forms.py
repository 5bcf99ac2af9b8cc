"""A cell of a spreadsheet into the raw value that a field of the catalogue reads, and a stored value back into a cell.

Guarantees: driven by the field's form and its JSON Schema alone, so a new field needs nothing here; what `write_cell` writes,
`read_cell` reads back to an equal value; nothing is dropped in silence (a guess or a rounding is a notice). Not here: whether
the value may stand in a profile (`sharing.profile`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sharing.catalogue import Field, Value
from sharing.catalogue.codes import Codes
from sharing.exchange.labels import Guessed, NoCode, code_of
from sharing.exchange.units import NotANumber, read_quantity
from trust import strict_json
from trust.errors import TrustError
from trust.strict_json import JSON

_SEPARATED = re.compile(r"\s*(?:[;\n])\s*")
_PART = " | "
_SERIAL = re.compile(r"[1-9][0-9]{4}")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ]00:00(?::00)?)?")
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_SCALARS = frozenset(("number", "year"))
_TEXTS = frozenset(("text", "texts", "ascii_text", "calendar"))
_MONEY = re.compile(r"(?:([A-Za-z]{3})\s*)?([0-9].*?)\s*([A-Za-z]{3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with a cell, or (`notice`) how it was understood."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a sheet writes: its decimal mark, and from which day it counts dates."""

    decimal_comma: bool = False
    since_1904: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """The raw value of a cell, and how it was understood where that is not plain."""

    value: JSON
    notices: tuple[Finding, ...] = field(default=())


PLAIN = Manner()


def read_cell(of: Field, text: str, *, unit: str | None = None, manner: Manner = PLAIN) -> Understood | Finding:
    """The raw value of a non-empty cell for the field `of`."""
    kind = of.kind
    if (text.startswith(("{", "[")) and kind not in _TEXTS) or (kind == "texts" and text.startswith('["')):
        return _json(text)
    if kind in _SCALARS or (of.unit is not None and kind != "weekly"):
        found = _number(of, text, unit, manner)
        # Quantities with a spelling of their own, such as IT7, say themselves what is wrong.
        return found if kind in _SCALARS or isinstance(found, Understood) else Understood(value=text)
    special = {"date": _date, "money": _money}.get(kind)
    if special is not None:
        return special(text, manner)
    if kind in {"code", "codes"} and of.codes is not None:
        return _codes(of, text)
    return _shaped(of, text)


def read_number(of: Field, text: str, *, unit: str | None, manner: Manner) -> Understood | Finding:
    """A number in the unit of the field, such as the hours of one week."""
    return _number(of, text, unit, manner)


def read_date(text: str, manner: Manner = PLAIN) -> date | None:
    """A day as people and spreadsheets write it: 2026-11-23, 23/11/2026 (day first), or a serial number."""
    iso, turned = _ISO_DAY.fullmatch(text), _DAY_FIRST.fullmatch(text)
    try:
        if iso is not None:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if turned is not None:
            return date(int(turned[3]), int(turned[2]), int(turned[1]))
        if _SERIAL.fullmatch(text):
            return (_EPOCH_1904 if manner.since_1904 else _EPOCH_1900) + timedelta(days=int(text))
    except ValueError:
        pass
    return None


def _number(of: Field, text: str, unit: str | None, manner: Manner) -> Understood | Finding:
    found = read_quantity(text, unit=of.unit, decimals=of.decimals, given=unit, decimal_comma=manner.decimal_comma)
    if isinstance(found, NotANumber):
        return Finding(code=found.code, message=found.message)
    notices: list[Finding] = []
    if found.rounded:
        notices.append(Finding(code="rounded", message=f"{text[:40]} was read as {found.text} and rounded"))
    return Understood(value=found.text, notices=tuple(notices))


def _date(text: str, manner: Manner) -> Understood | Finding:
    found = read_date(text, manner)
    if found is None:
        return Finding(code="not_a_date", message=f"{text[:40]!r} is not a date; write it as 2026-11-23")
    return Understood(value=found.isoformat())


def _money(text: str, manner: Manner) -> Understood | Finding:
    """`1500000 VND` or `USD 12.50`."""
    shape = _MONEY.fullmatch(text)
    currency = (shape[1] or shape[3] or "").upper() if shape else ""
    if shape is None or not currency or (shape[1] and shape[3]):
        return Finding(code="not_money", message=f"{text[:40]!r} is no amount with a currency, such as 1500000 VND")
    found = read_quantity(shape[2], unit=None, decimals=2, given=None, decimal_comma=manner.decimal_comma)
    if isinstance(found, NotANumber):
        return Finding(code=found.code, message=found.message)
    return Understood(value={"amount": found.text, "currency": currency})


def _codes(of: Field, text: str) -> Understood | Finding:
    assert of.codes is not None  # noqa: S101 - the caller asked
    many = of.kind == "codes"
    found: list[JSON] = []
    notices: list[Finding] = []
    for each in split(text) if many else [text]:
        known = _code(of.codes, each)
        if isinstance(known, Finding):
            return known
        notices.extend(known.notices)
        found.append(known.value)
    return Understood(value=found if many else found[0], notices=tuple(notices))


def _code(codes: Codes, text: str) -> Understood | Finding:
    known = code_of(codes, text)
    if isinstance(known, NoCode):
        hint = f"; did you mean {known.suggestion}?" if known.suggestion else ""
        return Finding(code="unknown_code", message=f"{text[:60]!r} is not a code of the vocabulary {codes.name}{hint}")
    if isinstance(known, Guessed):
        told = Finding(code="guessed", message=f"{text[:60]!r} was read as {known.code} - {known.label}")
        return Understood(value=known.code, notices=(told,))
    return Understood(value=known)


def _shaped(of: Field, text: str) -> Understood | Finding:
    """Everything else, by its JSON Schema: texts by lines, objects by `a | b | c` in the order of their members."""
    schema = of.form.schema()
    if schema.get("type") != "array":
        return Understood(value=text)
    members = _members(schema["items"])
    if members is None:
        return Understood(value=list(split(text)))
    names = list(members)
    found: list[JSON] = []
    notices: list[Finding] = []
    for line in split(text):
        parts = [part.strip() for part in line.split("|")]
        if len(parts) > len(names):
            return Finding(code="too_many_parts", message=f"write {_PART.join(names)} on each line")
        stated = {name: _part(members[name], part) for name, part in zip(names, parts, strict=False) if part}
        coded = next((name for name in names if "enum" in members[name] and of.codes is not None), None)
        if coded is not None and coded in stated and of.codes is not None:
            known = _code(of.codes, str(stated[coded]))
            if isinstance(known, Finding):
                return known
            stated[coded] = known.value
            notices.extend(known.notices)
        found.append(stated)
    return Understood(value=found, notices=tuple(notices))


def _members(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The members of the objects that a list holds, also when a text may stand for an object; None for a list of texts."""
    for each in (item, *item.get("oneOf", ())):
        if each.get("type") == "object":
            members: Mapping[str, Any] = each["properties"]
            return members
    return None


def _part(schema: Mapping[str, Any], text: str) -> JSON:
    return [each.strip() for each in text.split(",") if each.strip()] if schema.get("type") == "array" else text


def split(text: str) -> list[str]:
    """The entries of a cell: its lines, or what semicolons part when it has one line."""
    parts = text.split("\n") if "\n" in text else _SEPARATED.split(text)
    return [each.strip() for each in parts if each.strip()]


def _lines(texts: Sequence[str]) -> str:
    # One text with a semicolon would be read as two, and one like JSON as JSON.
    plain = not (len(texts) == 1 and ";" in texts[0]) and not texts[0].startswith("[")
    return "\n".join(texts) if plain else _compact(list(texts))


def write_field(of: Field, value: Value) -> str:
    """A stored value of the field `of` as the text of one cell."""
    schema = of.form.schema()
    if of.kind == "money" and isinstance(value, Mapping):
        return f"{value['amount']} {value['currency']}"
    members = _members(schema["items"]) if schema.get("type") == "array" else None
    if members is None or not isinstance(value, Sequence) or isinstance(value, str):
        return _text_of(value)
    names = list(members)
    lines = []
    for each in value:
        if not isinstance(each, Mapping):
            return _compact(list(value))
        parts = [_part_text(each.get(name, "")) for name in names]
        if any("|" in part or "\n" in part or ";" in part for part in parts):
            return _compact(list(value))
        lines.append(_PART.join(parts).rstrip(" |"))
    return "\n".join(lines)


def _text_of(value: Value) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping) or not all(isinstance(each, str) for each in value):
        return _compact(value)
    return _lines([str(each) for each in value])


def _part_text(value: Value) -> str:
    if isinstance(value, str):
        return value
    parts = [str(each) for each in value]
    # A part with a comma would be read as two: the line then goes out as JSON.
    return ", ".join(parts) if not any("," in each for each in parts) else "|"


def _json(text: str) -> Understood | Finding:
    try:
        return Understood(value=strict_json.loads(text.encode()))
    except (TrustError, UnicodeEncodeError):
        return Finding(code="malformed_json", message="this begins like JSON and cannot be read as such")


def _compact(value: object) -> str:
    return strict_json.compact(value).decode()
