"""The values credentials speak of: cells, their stable paths, and when an attested cell supports a shown one.

A cell is {"level":"exact","value":V[,"unit":U]} | {"level":"band","value":B[,"unit":U]} | {"level":"existence"}.
A cell of a view may also have "as_of": the day since when it says so. What an auditor attests has none.
A number is a decimal string with a unit, never a JSON number; an interval is {"at_least":L[,"below":U]}, half open.
A path is `field` or `collection/<id>/field`; a claim name is `path@level`. Knows no catalogue: which fields exist and
what a unit means is none of its business.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NewType

from .errors import CredentialError
from .strict_json import JSON

Path = NewType("Path", str)
ClaimName = NewType("ClaimName", str)

LEVELS = ("exact", "band", "existence")
FACTORY_PREFIX = "urn:guildnet:factory:"

_NAME = r"[a-z][a-z0-9_]{0,63}"
_PATH = re.compile(rf"{_NAME}(?:/[0-9a-z]{{1,64}}/{_NAME})?", re.ASCII)
_CLAIM = re.compile(rf"({_PATH.pattern})@({'|'.join(LEVELS)})", re.ASCII)
_ELEMENT = re.compile(r"[0-9a-z]{1,64}", re.ASCII)
_FIELD = re.compile(_NAME, re.ASCII)
_FACTORY = re.compile(r"urn:guildnet:factory:[0-9A-Z]{10,40}[*]?", re.ASCII)
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,29})(?:\.[0-9]{0,29}[1-9])?", re.ASCII)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_STRUCTURAL = ("id", "organization")
_VALUED = ({"level", "value"}, {"level", "value", "unit"})
_INTERVAL = ({"at_least"}, {"at_least", "below"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One visible value of a view: where, how precisely, what. `cell` is the object as it stands in the view."""

    path: Path
    level: str
    value: JSON
    unit: str | None
    cell: Mapping[str, JSON]


def claim_name(path: str, level: str) -> ClaimName:
    """The claim name of a path at a level; CredentialError if either is malformed."""
    if level not in LEVELS or not _PATH.fullmatch(path):
        raise CredentialError("claim_name")
    return ClaimName(f"{path}@{level}")


def split_claim_name(name: str) -> tuple[Path, str]:
    """(path, level) of a claim name."""
    match = _CLAIM.fullmatch(name)
    if match is None:
        raise CredentialError("claim_name")
    return Path(match[1]), match[2]


def check_cell(cell: object, *, dated: bool = False) -> str:
    """The level of a well-formed cell; CredentialError otherwise. Numbers must already be decimal strings. `dated`: it may
    have an `as_of`."""
    if not isinstance(cell, dict | Mapping):  # dict first: the other test is slow
        raise CredentialError("cell")
    if dated and "as_of" in cell:
        as_of = cell["as_of"]
        if not isinstance(as_of, str) or not _ISO_DATE.fullmatch(as_of):
            raise CredentialError("cell")
        cell = {name: value for name, value in cell.items() if name != "as_of"}
    level = cell.get("level")
    if level == "existence":
        if len(cell) != 1:
            raise CredentialError("cell")
    elif (
        level not in ("exact", "band")  # a tuple: the level may be anything, also unhashable
        or cell.keys() not in _VALUED
        or not isinstance(cell.get("unit", ""), str)
        or not _plain(cell["value"], 8)
    ):
        raise CredentialError("cell")
    return str(level)


def check_factory(identifier: object) -> str:
    """A factory URN; CredentialError for anything else."""
    if not isinstance(identifier, str) or not _FACTORY.fullmatch(identifier):
        raise CredentialError("factory_id")
    return identifier


def shown_cells(content: Mapping[str, JSON]) -> Iterator[Shown]:
    """Every cell of a view's content in path order; CredentialError if the content has any other shape."""
    for path, level, cell in walk(content):
        unit = cell.get("unit")
        yield Shown(path=path, level=level, value=cell.get("value"), unit=unit if isinstance(unit, str) else None, cell=cell)


def walk(content: Mapping[str, JSON]) -> Iterator[tuple[Path, str, Mapping[str, JSON]]]:
    """(path, level, cell) of every cell of a view's content in path order, each checked as it is passed."""
    for name in sorted(content):
        if name in _STRUCTURAL:
            continue
        value = content[name]
        if not _FIELD.fullmatch(name) or not isinstance(value, dict):
            raise CredentialError("content")
        if "level" in value:
            yield Path(name), check_cell(value, dated=True), value
            continue
        for element in sorted(value):
            fields = value[element]
            if not _ELEMENT.fullmatch(element) or not isinstance(fields, dict):
                raise CredentialError("content")
            for field in sorted(fields):
                found = fields[field]
                if field == "runs_on" and isinstance(found, str) and _ELEMENT.fullmatch(found):
                    continue
                if not _FIELD.fullmatch(field) or not isinstance(found, dict):
                    raise CredentialError("content")
                yield Path(f"{name}/{element}/{field}"), check_cell(found, dated=True), found


def supports(attested: Mapping[str, JSON], shown: Mapping[str, JSON]) -> bool:
    """Whether an attested cell still says what the view shows: same level and unit, and the same value, or for a band
    an attested interval inside the shown one. Since when the view says so does not matter."""
    level = check_cell(attested)
    if level != check_cell(shown, dated=True) or attested.get("unit") != shown.get("unit"):
        return False
    if level == "existence":
        return True
    if level == "band":
        return _inside(attested["value"], shown["value"])
    return _same(attested["value"], shown["value"])


def _plain(value: object, depth: int) -> bool:
    # No JSON numbers: a float has several spellings and a loss; null would be a second way to say "absent".
    if isinstance(value, str | bool):
        return True
    if depth == 0:
        return False
    if isinstance(value, list):
        return all(_plain(item, depth - 1) for item in value)
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _plain(item, depth - 1) for key, item in value.items())
    return False


def _same(one: JSON, other: JSON) -> bool:
    # bool first: in Python True == 1, though check_cell leaves no numbers to confuse it with.
    return type(one) is type(other) and one == other


def _inside(inner: JSON, outer: JSON) -> bool:
    if isinstance(inner, dict) and isinstance(outer, dict):
        if set(inner) in _INTERVAL and set(outer) in _INTERVAL:
            return _interval_inside(inner, outer)
        # A point band or weekly hours: the same members, each inside.
        return inner.keys() == outer.keys() and all(_inside(inner[key], outer[key]) for key in inner)
    return _same(inner, outer)


def _interval_inside(inner: Mapping[str, JSON], outer: Mapping[str, JSON]) -> bool:
    if inner == outer:
        return True
    if not _at_most(outer["at_least"], inner["at_least"]):
        return False
    if "below" not in outer:
        return True
    return "below" in inner and _at_most(inner["below"], outer["below"])


def _at_most(one: JSON, other: JSON) -> bool:
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    if _DECIMAL.fullmatch(one) and _DECIMAL.fullmatch(other):
        return Decimal(one) <= Decimal(other)
    # ISO dates of one precision order as text; anything else has no order here.
    return bool(_ISO_DATE.fullmatch(one) and _ISO_DATE.fullmatch(other)) and one <= other
