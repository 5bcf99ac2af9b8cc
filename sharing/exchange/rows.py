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

from sharing.catalogue import FACTORY, Field
from sharing.catalogue.identifiers import SCHEMES, identifier
from sharing.errors import ProfileErrors
from sharing.exchange.cell_forms import PLAIN, Finding, Manner, read_cell, split
from sharing.exchange.countries import Unknown, country_code, province_code
from sharing.exchange.mapping import ColumnMapping
from sharing.exchange.stated import Draft, RowError, clean, clean_lines, reference_key, row_key, verbatim
from sharing.exchange.table import Row
from sharing.exchange.targets import FACTORY_ID, REFERENCE, targets_of
from sharing.profile import parse_profile
from trust.strict_json import JSON, canonical

POINT_DECIMALS = 6  # a tenth of a metre; geocoders write 15 digits
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{0,30})?")
_VIETNAMESE = frozenset("ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ")
REFERENCE_LONGEST = 100


@dataclass(slots=True)
class _Reading:
    """One row while it is read; `origins` remembers which column each path of the document came from."""

    row: int
    cells: tuple[str, ...]
    mapping: ColumnMapping
    sheet: str = ""
    manner: Manner = PLAIN
    faulty: frozenset[int] = frozenset()
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
        if column in self.faulty and code.endswith("_missing"):
            return  # it is not empty: what stands there could not be read, and that was said
        place = column if column >= 0 else None
        found = RowError(row=self.row, column=name, code=code, message=message, sheet=self.sheet, place=place)
        (self.notices if notice else self.errors).append(found)

    def put(self, path: str, column: int, value: JSON) -> None:
        self.document[path] = value
        self.origins[path] = column

    def append(self, path: str, column: int, value: JSON) -> None:
        held = self.document.setdefault(path, [])
        if isinstance(held, list):
            self.origins[f"{path}/{len(held)}"] = column
            held.append(value)


def read_row(row: Row, mapping: ColumnMapping, *, manner: Manner = PLAIN, sheet: str = "") -> Draft | tuple[RowError, ...]:
    """The draft of a sound row, or everything that is wrong with it."""
    faulty = frozenset(each.column for each in row.faults)
    reading = _Reading(row=row.number, cells=row.cells, mapping=mapping, sheet=sheet, manner=manner, faulty=faulty)
    reading.errors.extend(faults_of(row, mapping, sheet))
    country = _country(reading)
    _texts(reading)
    _point(reading, decimal_comma=manner.decimal_comma)
    _identifiers(reading, country)
    _contacts(reading)
    _others(reading)
    if country is not None:
        _province(reading, country)
        _check(reading)
    column, reference = reading.one(REFERENCE)
    if len(reference) > REFERENCE_LONGEST:
        reading.say(column, "too_long", f"At most {REFERENCE_LONGEST} characters.")
    if reading.errors:
        return tuple(reading.errors)
    name, address = _spoken(reading.document.get("legal_name")), str(reading.document.get("address", ""))
    return Draft(
        row=row.number,
        key=reference_key(reference) if reference else row_key(name, country or "", address),
        name_key=row_key(name, country or "", address),
        digest=hashlib.sha256(canonical(reading.document)).hexdigest(),
        document=reading.document,
        literal=(name, reading.one("country")[1], address),
        notices=tuple(reading.notices),
        sheet=sheet,
        reference=reference,
        factory_id=reading.one(FACTORY_ID)[1],
    )


def faults_of(row: Row, mapping: ColumnMapping, sheet: str) -> list[RowError]:
    """The cells of used columns that have no text."""
    used = {column for column, _ in mapping.used}
    return [
        RowError(
            row=row.number,
            column=mapping.column_name(each.column),
            code=each.code,
            message=each.message,
            sheet=sheet,
            place=each.column,
        )
        for each in row.faults
        if each.column in used
    ]


def _spoken(names: JSON) -> str:
    """The one name of several that the key is made of, whatever the order of the columns."""
    if not isinstance(names, dict):
        return ""
    return str(next((names[tag] for tag in ("vi", "en", "und") if tag in names), next(iter(names.values()), "")))


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
    _names(reading, "legal_name")
    if "legal_name" not in reading.document:
        columns = reading.mapping.columns("legal_name") or tuple(
            column for column, target in reading.mapping.used if target.startswith("legal_name[")
        )
        reading.say(columns[0], "name_missing", "the name is empty")
    _names(reading, "trading_name")
    for target in ("address", "note"):
        for column in reading.mapping.columns(target):
            text = clean_lines(reading.cells[column])
            if text:
                reading.put(target, column, text)
    column, year = reading.one("established_year")
    if year:
        reading.put("established_year", column, year)


def _names(reading: _Reading, target: str) -> None:
    """A name by language: `legal_name[vi]`, or in a plain column, where its letters tell."""
    found: dict[str, JSON] = {}
    first = -1
    column, name = reading.one(target)
    if name:
        found[_language(name)], first = name, column
    for column, each in reading.mapping.used:
        if each.startswith(f"{target}["):
            text = clean(reading.cells[column])
            if text:
                found[each[len(target) + 1 : -1]], first = text, column if first < 0 else first
    if target == "trading_name" and list(found) == ["und"]:
        reading.put(target, first, found["und"])
    elif found:
        reading.put(target, first, found)


def _others(reading: _Reading) -> None:
    """The fields that have no column of their own kind here: read as the catalogue says."""
    for target in targets_of(FACTORY):
        if target.field is None:
            continue
        for column in reading.mapping.columns(target.name):
            text = verbatim(reading.cells[column])
            if text:
                _other(reading, target.field, column, text)


def _other(reading: _Reading, of: Field, column: int, text: str) -> None:
    found = read_cell(of, text, unit=reading.mapping.unit(column), manner=reading.manner)
    if isinstance(found, Finding):
        reading.say(column, found.code, found.message)
        return
    for notice in found.notices:
        reading.say(column, notice.code, notice.message, notice=True)
    held = reading.document.get(of.name)
    if isinstance(held, list) and isinstance(found.value, list):
        # Contacts stand in a column of their own and beside it; whoever stands in both counts once.
        reading.document[of.name] = [*held, *(each for each in found.value if each not in held)]
    else:
        reading.put(of.name, column, found.value)


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
            for each in split(text):
                reading.append("identifiers", column, {"scheme": "vn_tax", "value": _restored(each)})
        elif country is not None:
            message = f"only Vietnamese tax codes are known; this one, of {country}, was left out"
            reading.say(column, "tax_code_left_out", message, notice=True)
    for scheme in SCHEMES:
        for column, text in reading.values(f"identifiers.{scheme}"):
            for each in split(text):
                reading.append("identifiers", column, {"scheme": scheme, "value": each})


def _restored(tax_code: str) -> str:
    """A tax code whose leading zero a spreadsheet took for a number's, if only that makes its check digit right."""
    return f"0{tax_code}" if len(tax_code) == 9 and identifier("vn_tax", f"0{tax_code}") is not None else tax_code


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
