"""The catalogue as documents: the JSON Schema of a profile, and the table itself for readers and forms.

Guarantees: both are generated from the table and nothing else, so they cannot disagree with what is validated. The schema
describes shapes; check digits, references and rules between fields are `parse_profile`'s.
"""

from typing import Any

from sharing.catalogue import FIELDS, GROUPS, SCOPES, VERSION, Field, fields_of, search_parameters
from sharing.catalogue.codes import Codes
from sharing.catalogue.document import COLLECTIONS, ID, MOST, RUNS_ON
from sharing.catalogue.field import FACTORY, TIERS

_LISTED = 400  # larger vocabularies are named only: ISO 3166-2 with its labels alone would be half a megabyte
_ID = {"type": "string", "pattern": "^[0-9a-f]{32}$", "description": "Given by the node; leave it out for a new element."}
_REFERENCE = {"type": "string", "minLength": 1, "maxLength": 500, "description": "Id or unique name of a capacity group."}


PROFILE_EXAMPLE: dict[str, Any] = {
    "legal_name": {"vi": "Công ty TNHH Cơ khí Kinh Bắc", "en": "Kinh Bac Precision Co., Ltd."},
    "country": "VN",
    "province": "VN-56",
    "capacity_groups": [{"name": "Turning", "spare_hours": {"2026-W49": "40", "2026-W50": 32.5}}],
    "capabilities": [
        {"process": "3.2.1", "material_family": "P", "tolerance_um": "10", "max_diameter_mm": 250, "capacity_group": "Turning"}
    ],
    "certificates": [{"scheme": "ISO9001", "scope": "Turned parts", "valid_until": "2027-05-31"}],
}
"""A small profile, for readers of the description."""


def profile_schema() -> dict[str, Any]:
    """JSON Schema (2020-12, as in OpenAPI 3.1) of the document that `parse_profile` reads."""
    schema = _object(FACTORY)
    for collection, scope in COLLECTIONS.items():
        element = _object(scope)
        element["properties"][ID] = _ID
        if scope == "capability":
            element["properties"][RUNS_ON] = _REFERENCE
        schema["properties"][collection] = {"type": "array", "maxItems": MOST[collection], "items": element}
    schema["examples"] = [PROFILE_EXAMPLE]
    return schema


def _object(scope: str) -> dict[str, Any]:
    fields = fields_of(scope)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name for name, field in fields.items() if field.mandatory],
        "properties": {
            name: {"title": field.label_en, **field.form.schema()} for name, field in fields.items() if not field.computed
        },
    }


def catalogue_document() -> dict[str, Any]:
    """The whole table as JSON: fields, groups, vocabularies and search parameters; the same for every reader."""
    vocabularies = {each.codes.name: each.codes for each in FIELDS if each.codes is not None}
    small = {name: codes for name, codes in vocabularies.items() if len(codes) <= _LISTED}
    return {
        "version": VERSION,
        "scopes": list(SCOPES),
        "groups": [{"group": group, "label": _label(*labels)} for group, labels in GROUPS.items()],
        "fields": [_field(each) for each in FIELDS],
        "vocabularies": {name: _vocabulary(codes) for name, codes in small.items()},
        "search": [
            {"parameter": each.name, "reads": [{"field": key, "match": match.value} for key, match in each.reads]}
            for each in search_parameters().values()
        ],
    }


def _field(field: Field) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "field": field.key,
        "group": field.group,
        "kind": field.kind,
        "chain": field.chain.value,
        "label": _label(field.label_en, field.label_vi),
        "default": {tier: level.word for tier, level in zip(TIERS, field.default, strict=True)},
        "mandatory": field.mandatory,
        "attestable": field.attestable,
        "computed": field.computed,
        "facet": field.facet,
    }
    if field.unit is not None:
        facts["unit"] = field.unit
        facts["decimals"] = field.decimals
    if field.minimum is not None:
        facts["minimum"] = field.minimum
        facts["maximum"] = field.maximum
    if field.edges:
        facts["band_edges"] = [str(each) for each in field.edges]
    if field.derived_from:
        facts["derived_from"] = list(field.derived_from)
    if field.codes is not None:
        facts["vocabulary"] = field.codes.name
    return facts


def _vocabulary(codes: Codes) -> list[dict[str, Any]]:
    return [{"code": each.code, "parent": each.parent, "label": _label(each.label_en, each.label_vi)} for each in codes]


def _label(english: str, vietnamese: str) -> dict[str, str]:
    return {"en": english, "vi": vietnamese}
