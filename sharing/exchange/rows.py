"""One row of a list into one profile document, or into what is wrong with it.

Guarantees: a value that cannot be read is an error that names its column, never dropped in silence; values are checked
by the same `parse_profile` as a document from its owner; the key of a row depends on name, country and address alone,
and not on case, marks, punctuation or how the country is spelled. Not here: comparing rows (`plan`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NewType

from sharing.catalogue.folding import fold
from sharing.errors import ProfileErrors
from sharing.exchange.countries import Unknown, country_code, province_code
from sharing.exchange.mapping import ColumnMapping
from sharing.exchange.table import Row
from sharing.profile import parse_profile
from trust.strict_json import JSON, canonical

RowKey = NewType("RowKey", str)  # 64 hex characters

POINT_DECIMALS = 6  # a tenth of a metre; geocoders write 15 digits
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{0,30})?")
_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"[ \t\r\n\u00a0\u2000-\u200a\u202f\u3000]+")
_VIETNAMESE = frozenset("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
_KEY_DOMAIN = "guildnet import key 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """Why a row, or (a notice) one value of it, was not taken. `row` counts the header as 1; `column` is its header."""

    row: int
    column: str | None
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A factory as its row states it. `literal`: the key's text before folding; `digest`: of the whole document."""

    row: int
    key: RowKey
    digest: str
    document: Mapping[str, JSON]
    literal: tuple[str, str, str]
    notices: tuple[RowError, ...] = ()


@dataclass(slots=True)
class _Reading:
    """One row while it is read; `origins` remembers which column each path of the document came from."""

    row: int
    cells: tuple[str, ...]
    mapping: ColumnMapping
    document: dict[str, JSON] = field(default_factory=dict)
    origins: dict[str, int] = field(default_factory=dict)
    errors: list[RowError] = field(default_factory=list)
    notices: list[RowError] = field(default_factory=list)

    def values(self, target: str) -> list[tuple[int, str]]:
        found = [(column, clean(self.cells[column])) for column in self.mapping.columns(target)]
        return [(column, text) for column, text in found if text]

    def one(self, target: str) -> tuple[int, str]:
        return next(iter(self.values(target)), (-1, ""))

    def say(self, column: int, code: str, message: str, *, notice: bool = False) -> None:
        name = self.mapping.column_name(column) if column >= 0 else None
        found = RowError(row=self.row, column=name, code=code, message=message)
        (self.notices if notice else self.errors).append(found)

    def put(self, path: str, column: int, value: JSON) -> None:
        self.document[path] = value
        self.origins[path] = column

    def append(self, path: str, column: int, value: JSON) -> None:
        held = self.document.setdefault(path, [])
        if isinstance(held, list):
            self.origins[f"{path}/{len(held)}"] = column
            held.append(value)


def read_row(row: Row, mapping: ColumnMapping, *, decimal_comma: bool) -> Draft | tuple[RowError, ...]:
    """The draft of a sound row, or everything that is wrong with it."""
    reading = _Reading(row=row.number, cells=row.cells, mapping=mapping)
    country = _country(reading)
    _texts(reading)
    _point(reading, decimal_comma=decimal_comma)
    _identifiers(reading, country)
    _contacts(reading)
    if country is not None:
        _province(reading, country)
        _check(reading)
    if reading.errors:
        return tuple(reading.errors)
    name, address = reading.one("legal_name")[1], reading.one("address")[1]
    return Draft(
        row=row.number,
        key=row_key(name, country or "", address),
        digest=hashlib.sha256(canonical(reading.document)).hexdigest(),
        document=reading.document,
        literal=(name, reading.one("country")[1], address),
        notices=tuple(reading.notices),
    )


def row_key(name: str, country: str, address: str) -> RowKey:
    """What makes two rows the same factory: folded name, country code, folded address."""
    parts: list[JSON] = [_KEY_DOMAIN, _folded(name), country, _folded(address)]
    return RowKey(hashlib.sha256(canonical(parts)).hexdigest())


def clean(cell: str) -> str:
    """The cell without runs of blanks and line breaks, and without the apostrophe that `escape_cell` put there."""
    text = _SPACES.sub(" ", cell).strip(" ")
    return text[1:] if text[:1] == "'" and text[1:2] in set("=+-@") else text


def _folded(text: str) -> str:
    # Punctuation is the commonest difference between two copies of an address; a name of nothing else keeps it.
    folded = fold(text)
    return " ".join(_WORD.findall(folded)) or folded.strip()


def _country(reading: _Reading) -> str | None:
    column, text = reading.one("country")
    if not text:
        reading.say(reading.mapping.columns("country")[0], "country_missing", "the country is empty")
        return None
    found = country_code(text)
    if isinstance(found, Unknown):
        hint = f"; did you mean {found.suggestion}?" if found.suggestion else "; write its ISO 3166 code, such as VN"
        reading.say(column, "country_unknown", f"there is no country {text[:60]!r}{hint}")
        return None
    reading.put("country", column, found)
    return found


def _texts(reading: _Reading) -> None:
    column, name = reading.one("legal_name")
    if name:
        reading.put("legal_name", column, {_language(name): name})
    else:
        reading.say(reading.mapping.columns("legal_name")[0], "name_missing", "the name is empty")
    for target in ("trading_name", "address", "note", "established_year"):
        column, text = reading.one(target)
        if text:
            reading.put(target, column, text)


def _province(reading: _Reading, country: str) -> None:
    column, text = reading.one("province")
    if not text:
        return
    found = province_code(text, country)
    if isinstance(found, Unknown):
        hint = f"; did you mean {found.suggestion}?" if found.suggestion else "; write its ISO 3166-2 code, such as VN-57"
        reading.say(column, "province_unknown", f"there is no province {text[:60]!r} in {country}{hint}")
    else:
        reading.put("province", column, found)


def _point(reading: _Reading, *, decimal_comma: bool) -> None:
    (lat_column, lat), (lon_column, lon) = reading.one("point.lat"), reading.one("point.lon")
    if not lat and not lon:
        return
    if not lat or not lon:
        missing = reading.mapping.columns("point.lon" if lat else "point.lat")[0]
        reading.say(missing, "point_incomplete", "one of latitude and longitude is empty")
        return
    read = [
        _degrees(reading, lat_column, lat, 90, "latitude_invalid", decimal_comma=decimal_comma),
        _degrees(reading, lon_column, lon, 180, "longitude_invalid", decimal_comma=decimal_comma),
    ]
    if read[0] is not None and read[1] is not None:
        reading.put("point", lat_column, {"lat": read[0], "lon": read[1]})
        reading.origins["point/lon"] = lon_column


def _degrees(reading: _Reading, column: int, text: str, limit: int, code: str, *, decimal_comma: bool) -> str | None:
    if not _DEGREES.fullmatch(text) or ("," in text and not decimal_comma):
        reading.say(column, code, f"{text[:40]!r} is not a number of degrees, such as 10.776889")
        return None
    value = Decimal(text.replace(",", "."))
    if abs(value) > limit:
        reading.say(column, code, f"{text[:40]} is not between -{limit} and {limit} degrees")
        return None
    plain = f"{round(value, POINT_DECIMALS):f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in {"-0", ""} else plain


def _identifiers(reading: _Reading, country: str | None) -> None:
    for column, text in reading.values("identifiers.tax"):
        if country == "VN":
            reading.append("identifiers", column, {"scheme": "vn_tax", "value": text})
        elif country is not None:
            message = f"only Vietnamese tax codes are known; this one, of {country}, was left out"
            reading.say(column, "tax_code_left_out", message, notice=True)
    for scheme in ("lei", "gln", "duns", "bpn", "os_id"):
        for column, text in reading.values(f"identifiers.{scheme}"):
            reading.append("identifiers", column, {"scheme": scheme, "value": text})


def _contacts(reading: _Reading) -> None:
    for role in ("website", "phone", "email"):
        for column, text in reading.values(f"contacts.{role}"):
            reading.append("contacts", column, {"role": role, "channel": text})


def _check(reading: _Reading) -> None:
    try:
        parse_profile(reading.document, existing_ids=frozenset(), new_id=_no_elements)
    except ProfileErrors as refused:
        said = {error.column for error in reading.errors}
        for problem in refused.problems:
            column = _origin(reading.origins, problem.path)
            if column < 0 and reading.errors:
                continue  # "legal_name is required" once more, after "the name is empty"
            if column < 0 or reading.mapping.column_name(column) not in said:
                reading.say(column, problem.code, problem.message)


def _origin(origins: Mapping[str, int], path: str) -> int:
    while path:
        if path in origins:
            return origins[path]
        path = path.rpartition("/")[0]
    return -1


def _no_elements() -> str:
    raise AssertionError("a list has no capabilities, capacity groups or certificates that would need an id")


def _language(name: str) -> str:
    """BCP 47: `vi` when a letter says so, otherwise undetermined; a list does not tell its language."""
    return "vi" if _VIETNAMESE & set(name.lower()) else "und"
