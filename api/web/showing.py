"""A factory on a page: the one way from a `Projection` to what a template prints.

Guarantees: takes nothing but a `Projection` (another thing raises) and notes it for the ledger, as an answer for programs
does; what is not in the projection is not in the sheet, so a template cannot print it; how a value is backed and how old it
is stand beside it in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask

from api.web import values
from api.web.words import gettext as _
from api.web.words import language
from sharing import catalogue
from sharing.catalogue import FIELDS, GROUPS, Cell
from sharing.ledger.collecting import note
from sharing.projection import Projection

NO_VERDICTS: Final[Mapping[str, Mapping[str, object]]] = {}
SCOPES: Final = ("capability", "capacity", "certificate", "equipment", "document")
_ORDER: Final[Mapping[str, int]] = {each.key: place for place, each in enumerate(FIELDS)}
_TITLES: Final[Mapping[str, tuple[str, ...]]] = {
    "capability": ("process", "material_grade", "material_family"),
    "capacity": ("name",),
    "certificate": ("scheme",),
    "equipment": ("class", "make", "model"),
    "document": ("title", "kind"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One visible value. `level`: exact, band or existence; `provenance`: self, document, peer or accredited."""

    path: str
    key: str
    group: str
    label: str
    text: str
    level: str
    as_of: str
    provenance: str
    verdict: Mapping[str, object]
    freshness: Mapping[str, object]
    raw: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One capability, capacity group, certificate, machine or document as far as it is visible."""

    id: str
    title: str
    runs_on: str | None
    values: tuple[Value, ...]

    def value(self, name: str) -> Value | None:
        """The value of a field by its name without the scope."""
        return next((each for each in self.values if each.key.rpartition(".")[2] == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A factory as its reader may see it."""

    id: str
    organization: str
    name: str
    values: tuple[Value, ...]
    elements: Mapping[str, tuple[Element, ...]]

    def groups(self) -> Iterator[tuple[str, list[Value]]]:
        """(label of the group, its visible values), in the catalogue's order."""
        for group in GROUPS:
            found = [each for each in self.values if each.group == group]
            if found:
                yield catalogue.group_label(group, language()), found

    def value(self, key: str) -> Value | None:
        """A value of the factory itself."""
        return next((each for each in self.values if each.key == key), None)

    @property
    def place(self) -> str:
        """Province and country as far as shown."""
        found = (self.value(key) for key in ("province", "country"))
        return ", ".join(dict.fromkeys(each.text for each in found if each is not None and each.text))


def shown(
    projection: Projection,
    verdicts: Mapping[str, Mapping[str, object]] = NO_VERDICTS,
    freshness: Mapping[str, Mapping[str, object]] = NO_VERDICTS,
) -> Sheet:
    """Give a projection out on this page."""
    if type(projection) is not Projection:
        raise TypeError(f"only a Projection may be shown, not {type(projection).__name__}")
    note(projection)
    own: list[Value] = []
    elements: dict[str, dict[str, list[Value]]] = {scope: {} for scope in SCOPES}
    for path, cell in projection.cells():
        scope, _slash, rest = path.partition("/")
        key = path if not rest else f"{scope}.{rest.partition('/')[2]}"
        value = _value(path, key, cell, verdicts.get(path, {}), freshness.get(path, {}))
        (elements[scope].setdefault(rest.partition("/")[0], []) if rest else own).append(value)
    return Sheet(
        id=projection.factory_id,
        organization=projection.organization,
        name=_name(own) or projection.factory_id,
        values=tuple(sorted(own, key=lambda each: _ORDER[each.key])),
        elements={
            scope: tuple(_element(projection, scope, id_, found) for id_, found in each.items())
            for scope, each in elements.items()
        },
    )


def level_word(level: str) -> str:
    """How precisely a value is shown, in words."""
    return {
        "exact": _("exact"),
        "band": _("range"),
        "existence": _("provided"),
        "hidden": _("not disclosed"),
    }.get(level, level)


def provenance_word(provenance: str) -> str:
    """How a value is backed, in words."""
    return {
        "self": _("stated by the factory"),
        "document": _("document attached"),
        "peer": _("verified by a peer"),
        "accredited": _("verified by an accredited body"),
    }.get(provenance, provenance)


def confidence_word(confidence: str) -> str:
    """How far capacity can still be relied on, in words."""
    return {
        "high": _("fresh"),
        "good": _("about a week old"),
        "fair": _("some weeks old"),
        "low": _("old"),
        "stale": _("stale"),
    }.get(confidence, confidence)


def install(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.filters.update(
        level_word=level_word,
        provenance_word=provenance_word,
        confidence_word=confidence_word,
        day=values.day_text,
        number=values.written,
    )


def _value(path: str, key: str, cell: Cell, verdict: Mapping[str, object], freshness: Mapping[str, object]) -> Value:
    field = catalogue.field(key)
    return Value(
        path=path,
        key=key,
        group=field.group,
        label=values.label(field),
        text=values.cell_text(field, cell),
        level=str(cell["level"]),
        as_of=str(cell.get("as_of", "")),
        provenance=str(verdict.get("provenance", "self")),
        verdict=verdict,
        freshness=freshness,
        raw=cell.get("value"),
    )


def _name(found: list[Value]) -> str:
    by_key = {each.key: each.text for each in found}
    return by_key.get("trading_name") or by_key.get("legal_name") or by_key.get("name_ascii") or ""


def _element(projection: Projection, scope: str, id_: str, found: list[Value]) -> Element:
    by_name = {each.key.rpartition(".")[2]: each.text for each in found}
    titles = dict.fromkeys(by_name[name] for name in _TITLES[scope] if by_name.get(name))
    return Element(
        id=id_,
        title=" · ".join(titles),
        runs_on=projection.runs_on(id_) if scope == "capability" else None,
        values=tuple(sorted(found, key=lambda each: _ORDER[each.key])),
    )
