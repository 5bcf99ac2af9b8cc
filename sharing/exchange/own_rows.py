"""Factories as the rows of the sheets that `plan_import` reads.

Guarantees: driven by the catalogue: a new field has its column by itself; a column that no factory fills is left out; reading
the rows back gives equal records, ids of elements aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sharing.catalogue import FACTORY, SCOPES, Field, fields_of
from sharing.catalogue.document import ID, RUNS_ON
from sharing.catalogue.identifiers import SCHEMES
from sharing.catalogue.weeks import week_number
from sharing.exchange.cell_forms import write_field
from sharing.exchange.elements import collection_of
from sharing.exchange.sheets import sheet_name
from sharing.exchange.writing import number_or_text

_STATE = "Publication"  # for reading; no target is called so
_NAMES = ("legal_name", "trading_name")
Rows = list[Sequence[object]]


def factory_sheets(factories: Sequence[Mapping[str, object]]) -> list[tuple[str, Rows]]:
    """(name, rows) of each sheet; the first row is the header."""
    made = [(sheet_name(FACTORY), _shaped([_factory_row(each) for each in factories]))]
    for scope in SCOPES:
        if scope != FACTORY:
            rows = [row for each in factories for row in _element_rows(scope, each)]
            made.append((sheet_name(scope), _shaped(rows, base=("Factory", "Id", *(_needed(scope))))))
    return made


def _needed(scope: str) -> tuple[str, ...]:
    return tuple(each.label_en for each in fields_of(scope).values() if each.mandatory)


def _shaped(rows: Sequence[Mapping[str, object]], base: Iterable[str] = ()) -> Rows:
    """A header of every heading that occurs, weeks last and in their order, and the rows under it."""
    found = dict.fromkeys((*base, *(heading for row in rows for heading in row)))
    weeks = sorted((each for each in found if week_number(each) is not None), key=lambda each: week_number(each) or 0)
    header = [*(each for each in found if each not in set(weeks)), *weeks]
    return [header, *([row.get(heading, "") for heading in header] for row in rows)]


def _factory_row(factory: Mapping[str, object]) -> dict[str, object]:
    profile = factory["profile"]
    stated: Mapping[str, object] = profile if isinstance(profile, Mapping) else {}
    row: dict[str, object] = {"Factory id": factory["id"], _STATE: factory["state"]}
    if factory.get("reference"):
        row["Own reference"] = factory["reference"]
    for name, of in fields_of(FACTORY).items():
        value = stated.get(name)
        if value is None:
            continue
        if name in _NAMES and isinstance(value, Mapping):
            row.update({f"{of.label_en} [{tag}]": text for tag, text in value.items()})
        elif name == "point" and isinstance(value, Mapping):
            row["Latitude"], row["Longitude"] = (number_or_text(str(value[each])) for each in ("lat", "lon"))
        elif name == "identifiers" and isinstance(value, Sequence):
            row.update(_identifiers(value))
        elif name == "note":
            row["Guildnet note"] = value
        else:
            row[of.label_en] = _written(of, value)
    return row


def _identifiers(listed: Sequence[object]) -> dict[str, object]:
    found: dict[str, list[str]] = {}
    for each in listed:
        if isinstance(each, Mapping):
            found.setdefault(SCHEMES[str(each["scheme"])].label_en, []).append(str(each["value"]))
    return {label: "\n".join(values) for label, values in found.items()}


def _element_rows(scope: str, factory: Mapping[str, object]) -> Iterable[dict[str, object]]:
    profile = factory["profile"]
    elements = profile.get(collection_of(scope), ()) if isinstance(profile, Mapping) else ()
    for element in elements:
        row: dict[str, object] = {"Factory": factory["id"], "Id": element[ID]}
        for name, of in fields_of(scope).items():
            value = element.get(name)
            if value is None:
                continue
            if of.kind == "weekly":
                row.update({week: number_or_text(str(hours)) for week, hours in value.items()})
            else:
                row[of.label_en] = _written(of, value)
        if RUNS_ON in element:
            row["Runs on"] = element[RUNS_ON]
        yield row


def _written(of: Field, value: object) -> object:
    if of.kind == "number" and isinstance(value, str):
        return number_or_text(value)
    return write_field(of, value)  # type: ignore[arg-type]  # what a record holds is a catalogue value
