"""The field catalogue as data, for programs that write profiles, policies and searches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from policies import LEVELS, PURPOSES
from sharing import catalogue
from sharing.catalogue import TIERS, Field


@cache
def described() -> Mapping[str, object]:
    """The whole catalogue; fixed for a version."""
    return {
        "version": catalogue.VERSION,
        "tiers": list(TIERS),
        "levels": list(LEVELS),
        "purposes": list(PURPOSES),
        "fields": [_field(each) for each in catalogue.FIELDS],
        "vocabularies": {
            codes.name: [{"code": code.code, "parent": code.parent, "en": code.label_en, "vi": code.label_vi} for code in codes]
            for codes in (each.codes for each in catalogue.FIELDS)
            if codes is not None
        },
        "search": {
            name: {"fields": list(parameter.fields), "match": sorted({str(match) for _, match in parameter.reads})}
            for name, parameter in sorted(catalogue.search_parameters().items())
        },
    }


def _field(field: Field) -> dict[str, object]:
    stated: dict[str, object] = {
        "key": field.key,
        "group": field.group,
        "scope": field.scope,
        "name": field.name,
        "kind": field.kind,
        "chain": str(field.chain),
        "required": field.required,
        "attestable": field.attestable,
        "facet": field.facet,
        "default": {tier: level.word for tier, level in zip(TIERS, field.default, strict=True)},
        "label": {"en": field.label_en, "vi": field.label_vi},
        "search": sorted({each.parameter for each in field.search}),
    }
    optional: dict[str, object] = {
        "unit": field.unit,
        "minimum": field.minimum,
        "maximum": field.maximum,
        "edges": list(field.edges),
        "vocabulary": None if field.codes is None else field.codes.name,
        "derived_from": list(field.derived_from),
    }
    return stated | {name: value for name, value in optional.items() if value}
