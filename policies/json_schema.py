"""The JSON Schema (2020-12) of a policy document, for forms, editors and API descriptions.

Guarantees: built from the same words, patterns and bounds that the reader uses, so what the reader takes fits it. It says
shapes: that an id is said twice, that a day ends before it begins or that a country does not exist is the reader's to say.
"""

from collections.abc import Collection

from policies.levels import LEVELS
from policies.model import CAPABILITY_PREFIX, EVERYTHING, LISTING, PURPOSES, ROLES, Vocabulary
from policies.rule_reader import (
    CAPABILITY_PATTERN,
    CODE_PATTERN,
    COUNTRY_PATTERN,
    MOST_ITEMS,
    MOST_TARGETS,
    NOTE_LENGTH,
    ORGANIZATION_PATTERN,
    SLUG_PATTERN,
    TIER_WORDS,
)
from policies.schema import LARGEST_REVISION, MOST_RULES, MOST_TEMPLATES, VERSION

Schema = dict[str, object]


_DAY: Schema = {"type": "string", "format": "date"}


def _matching(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^(?:{pattern})$"}


def _set(items: Schema, *, most: int = MOST_ITEMS) -> Schema:
    return {"type": "array", "minItems": 1, "maxItems": most, "uniqueItems": True, "items": items}


def _object(properties: Schema, *, required: tuple[str, ...] = ()) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": list(required), "properties": properties}


def policy_schema(vocabulary: Vocabulary, *, templates: Collection[str] = (), country_groups: Collection[str] = ()) -> Schema:
    """The document that an owner sends: `factory` and `revision` may be left out. ``templates`` are what `extends` may name;
    with one of them there need be no rules."""
    if not templates:
        return _policy(vocabulary, country_groups, {}, least=1)
    names = {**_set({"type": "string", "enum": sorted(templates)}, most=MOST_TEMPLATES), "minItems": 0}
    some: Schema = {"properties": {"rules": {"minItems": 1}}}
    named: Schema = {"required": ["extends"], "properties": {"extends": {"minItems": 1}}}
    return {**_policy(vocabulary, country_groups, {"extends": names}, least=0), "anyOf": [some, named]}


def _policy(vocabulary: Vocabulary, country_groups: Collection[str], extends: Schema, *, least: int) -> Schema:
    rule = _rule(vocabulary, sorted(country_groups))
    return _object(
        {
            **extends,
            "v": {"type": "integer", "enum": [VERSION]},
            "factory": {"type": "string", "description": "This factory; may be left out."},
            "revision": {"type": "integer", "minimum": 0, "maximum": LARGEST_REVISION, "description": "Is not read."},
            "rules": {"type": "array", "minItems": least, "maxItems": MOST_RULES, "items": rule},
        },
        required=("v", "rules"),
    )


def _rule(vocabulary: Vocabulary, country_groups: list[str]) -> Schema:
    """One row: exactly one of `show` and `cap`."""
    row: Schema = {
        "id": {**_matching(SLUG_PATTERN), "maxLength": 64},
        "note": {"type": "string", "minLength": 1, "maxLength": NOTE_LENGTH},
        "for": _set({"type": "string", "enum": list(PURPOSES)}, most=len(PURPOSES)),
        "from": _DAY,
        "until": _DAY,
    }
    attributes = _attributes(country_groups)
    show = _object(
        {**row, "to": _to(_audience(attributes)), "show": _targets(vocabulary, "exact")}, required=("id", "to", "show")
    )
    cap = _object(
        {**row, "to": _to(_mandatory(attributes)), "cap": _targets(vocabulary, "hidden")}, required=("id", "to", "cap")
    )
    return {"oneOf": [{**show, "title": "Show"}, {**cap, "title": "Cap"}]}


def _to(audience: Schema) -> Schema:
    return {"oneOf": [{"type": "string", "enum": ["anyone"]}, audience]}


def _attributes(country_groups: list[str]) -> Schema:
    """What nobody can leave out."""
    code: Schema = {**_matching(COUNTRY_PATTERN), "description": "ISO 3166-1 alpha-2"}
    country: Schema = {"anyOf": [code, {"type": "string", "enum": country_groups}]} if country_groups else code
    return {
        "org": _set(_matching(ORGANIZATION_PATTERN)),
        "country": _set(country),
        "verified": {"type": "integer", "minimum": 1, "maximum": 3},
    }


def _mandatory(attributes: Schema) -> Schema:
    """What nobody can leave out: a cap speaks of nothing else."""
    return {**_object(attributes), "minProperties": 1}


def _audience(attributes: Schema) -> Schema:
    codes = _set(_matching(CODE_PATTERN))
    atoms: Schema = {
        **attributes,
        "tier": {"type": "string", "enum": list(TIER_WORDS)},
        "sector": codes,
        "holds": codes,
        "attested": {"type": "string", "enum": ["peer", "body"], "description": "How the schemes in `holds` are backed."},
        "nda": codes,
        "role": _set({"type": "string", "enum": list(ROLES)}, most=len(ROLES)),
        "group": codes,
    }
    return {**_object(atoms), "minProperties": 1, "dependentRequired": {"attested": ["holds"]}}


def _targets(vocabulary: Vocabulary, only: str) -> Schema:
    """Pairs of what and how precisely; a single capability is shown or hidden and nothing between."""
    names = sorted({EVERYTHING, LISTING, *vocabulary.groups, *vocabulary.positions})
    capability = _matching(CAPABILITY_PREFIX + CAPABILITY_PATTERN)
    pairs = [
        _pair({"type": "string", "enum": names}, {"type": "string", "enum": list(LEVELS)}),
        _pair(capability, {"type": "string", "enum": [only]}),
    ]
    return {"type": "array", "minItems": 1, "maxItems": MOST_TARGETS, "items": {"oneOf": pairs}}


def _pair(first: Schema, second: Schema) -> Schema:
    return {"type": "array", "prefixItems": [first, second], "minItems": 2, "maxItems": 2}
