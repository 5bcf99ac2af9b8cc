"""The largest change that one viewer may not notice: every value they do not see exactly becomes another one.

What is hidden is replaced, taken away or given; what shows as "provided" is replaced; what shows as a band moves inside
that band; capabilities and factories they do not see are stated anew, and some are added. The property still compares
the two views first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policies import Decision, Level, decide
from sharing import catalogue
from sharing.catalogue.document import COLLECTIONS
from sharing.catalogue.quantities import unscale
from sharing.models import Publication
from sharing.stored import stored_policy
from tests.leaks import building, fields
from tests.leaks.changes import KINDS
from tests.leaks.nodes import Node, Who
from tests.leaks.values import DIGESTS, FAMILIES
from tests.leaks.values import FURTHER as FURTHER_FIELDS
from tests.leaks.viewing import viewer

Document = dict[str, Any]
SCOPES = tuple((name, f"{scope}.") for name, scope in COLLECTIONS.items())

OTHERS: Mapping[str, Any] = {
    "trading_name": "Other words of steel",
    "province": "VN-DN",
    "established_year": 1950,
    "note": "Other words",
    "address": "1 Tràng Tiền",
    "capability.process": "2.1",
    "capability.secondary_operations": ["3.2.2"],
    "capability.material_family": "S",
    "capability.material_grade": "AISI:6061",
    "capability.tolerance_class": "v",
    "capability.tolerance_um": "0.5",
    "capability.max_x_mm": "9000",
    "capability.lead_time_p50_days": "1",
    "capability.lot_min": "1",
    "capability.lot_max": "1000000",
    "capacity.spare_hours": {"2026-W47": "900", "2026-W48": "900"},
    "certificate.scheme": "ISO14001:2015",
    "certificate.number": "Other",
    "certificate.document": DIGESTS[-1],
    "document.title": "Other",
    "document.kind": "brochure",
    "document.file": DIGESTS[-1],
    "certificate.valid_from": "2020-01-01",
    "certificate.valid_until": "2035-01-01",
    "legal_name": "Other works of Đông Anh",
}
"""For each field a value that no generated profile has, and that would change answers if it were seen."""

FURTHER: Mapping[str, Any] = {
    "capability.tolerance_um": "190",
    "capability.max_x_mm": "1",
    "capability.lead_time_p50_days": "200",
    "capacity.spare_hours": {"2026-W47": "1", "2026-W48": "1"},
    "capability.process": "1.1.1",
    "capability.material_family": "P",
    "capability.tolerance_class": "f",
    "province": "VN-HN",
}
"""Others, so that what is hidden of neighbours is far apart."""

BESIDE: Mapping[str, Mapping[str, Any]] = {
    "industry_codes": {"ISIC:25": ["ISIC:2591"], "NACE:29": ["NACE:2910"]},
    "product_codes": {"HS:8487": ["HS:848720"], "UNSPSC:3116": ["UNSPSC:31161600"]},
}
"""For structured codes, others of the same band."""

MANDATORY = frozenset(field.key for field in catalogue.FIELDS if field.mandatory)


def disguised(node: Node, who: Who, turn: int) -> None:
    """Replace what `who` does not see, in every factory of this node."""
    for place, (owner, factory_id) in enumerate(list(node.factories), start=turn):
        node.chance.restart(f"disguise {factory_id}")
        with node.house.database.read() as session:
            row = session.get_one(Publication, factory_id)
        decision = decide(
            stored_policy(row.policy), viewer(node, who), node.relation(who.slug, factory_id),
            node.house.today(), catalogue.vocabulary(), node.house.platform,
        )  # fmt: skip
        with node.house.database.write() as session:
            building.keep_papers(node, session, owner, {"documents": [{"file": DIGESTS[-1]}]})
        if place % 2:
            KINDS["hidden capability"](node, owner, factory_id, 3 * place)  # hidden from everybody
        building.edit(node, owner, factory_id, lambda document, seen=decision, at=place: _replace(document, seen, at))
    for owner in sorted({owner for owner, _ in node.factories}):
        building.throw_away_papers(node, owner)
    if turn % 3:
        KINDS["hidden factory"](node, *node.factories[0], 4 * turn)


def _replace(document: Document, decision: Decision, turn: int) -> None:
    # Neighbours change in different ways, so that an order by what is hidden would change too.
    _values(document, "", decision, turn)
    for name, scope in SCOPES:
        for place, element in enumerate(document.get(name, ()), start=turn):
            listed = scope != "capability." or (decision.listed and decision.capability_listed(element["id"]))
            _values(element, scope, decision if listed else None, place)


def _others() -> Mapping[str, Any]:
    """For each field, what replaces a value that is not seen."""
    return {**{key: fields.values(field)[-1] for key, (field, _) in FURTHER_FIELDS.items()}, **OTHERS}


def _values(holder: Document, scope: str, decision: Decision | None, turn: int) -> None:
    for key, other in _others().items():
        if key in FURTHER_FIELDS and key.rpartition(".")[2] not in holder:
            continue  # a network states few of these; that one was never there at all is found by the others
        before, _, name = key.rpartition(".")
        if scope.rstrip(".") != before:
            continue
        level = Level.HIDDEN if decision is None else catalogue.field(key).shown(decision.level(key))
        if level is Level.HIDDEN and name in holder and key not in MANDATORY and turn % 3 == 0:
            del holder[name]
        elif (level is Level.HIDDEN and (name in holder or turn % 3 == 1)) or (level is Level.EXISTENCE and name in holder):
            holder[name] = FURTHER.get(key, other) if turn % 2 else other
        elif level is Level.BAND and name in holder:
            holder[name] = _beside(key, holder[name], turn)


def _beside(key: str, value: Any, turn: int) -> Any:
    """Another value of the same band."""
    field = catalogue.field(key)
    if key in BESIDE:
        return [each for one in field.form.band(value) for each in BESIDE[key].get(one, [])] or value
    if key == "inspection_equipment":
        return [{"type": each, "range": f"0-{turn}"} for each in field.form.band(value)]
    if field.kind == "codes":
        return sorted({_sibling(field, each, turn) for each in value})
    if field.kind == "code":
        return _sibling(field, value, turn)
    if key == "capacity.spare_hours":
        bands = field.form.band(value)
        return {week: _number(bands[week], _far_edge(bands[week], hours)) for week, hours in value.items()}
    if key == "capability.material_grade":
        same = [grade for grade, family in FAMILIES.items() if family == FAMILIES.get(value)]
        return same[turn % len(same)] if same else value
    band = field.form.band(value)
    if key.startswith("certificate.valid"):
        return band["at_least"] if key.endswith("from") else value
    if field.kind == "year":
        return int(band["at_least"]) + turn % 10
    # Lots keep their order, whichever of the two is seen exactly.
    way = {"capability.lot_min": 1, "capability.lot_max": 0}.get(key, _far_edge(band, value))
    return _number(band, way, field.decimals, least=field.minimum)


def _number(band: Mapping[str, str], turn: int, decimals: int = 1, least: str | None = "0") -> str:
    """The lower edge, or the last value below the upper one."""
    if turn % 2 or "below" not in band:
        return band["at_least"] if float(band["at_least"]) >= float(least or 0) else str(least)
    return unscale(int(band["below"]) * 10**decimals - 1, decimals)


def _far_edge(band: Mapping[str, str], value: str) -> int:
    """1 for the lower edge and 0 for the upper one, whichever is farther: most bounds inside the band lie between."""
    low, high = float(band["at_least"]), float(band.get("below", value))
    return int(float(value) - low > high - float(value) or "below" not in band)


def _sibling(field: Any, code: str, turn: int) -> str:
    parent = field.codes.parent(code)
    same = sorted(each.code for each in field.codes if each.parent == parent) if parent != code else [code]
    return same[turn % len(same)]
