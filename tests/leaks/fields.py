"""Values and questions for the searched fields that no network states by itself: a theme brings one of them in.

Made from the catalogue's table, so a new searchable field is in the suite without a line here; one of a new form of value
stops the suite until it says what such values look like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sharing.catalogue import FIELDS, Field, Match
from sharing.catalogue.quantities import scale, unscale

_SPELLED: Mapping[str, tuple[Any, ...]] = {
    # Never below what stands beside them, or the profile would be refused.
    "capability.lead_time_p90_days": ("364", "365"),
    "headcount_total": ("499", "500", "501"),
    "name_ascii": ("Dong Anh Works", "Turning Co"),
    "industry_codes": (["ISIC:2511"], ["ISIC:2512", "NACE:2932"], ["ISIC:2599"]),
    "supply_tiers": (["C29:T1"], ["C29:T2", "C30:OEM"]),
    "product_codes": (["HS:848790"], ["HS:848710", "UNSPSC:31161500"]),
    "ports": (["VNHPH"], ["VNSGN", "JPYOK"]),
    "equipment.make": ("Mazak", "Okuma"),
    "equipment.model": ("Variaxis i-300", "Turning LB3000"),
    "identifiers": ([{"scheme": "vn_tax", "value": "0100109106"}], [{"scheme": "duns", "value": "150483782"}]),
    "inspection_equipment": (["cmm"], [{"type": "cmm", "range": "0-300"}], [{"type": "cmm", "range": "0-500 steel"}]),
}
_ASKED: Mapping[str, tuple[str, ...]] = {
    "industry": ("ISIC:25", "ISIC:2511", "NACE:293"),
    "supply_tier": ("C29:T1", "OEM", "T2"),
    "product": ("HS:8487", "HS:848790", "UNSPSC:31"),
    "port": ("VN", "VNHPH", "JPYOK"),
    "inspection": ("cmm", "vision"),
}
_WORDS: Mapping[str, tuple[str, ...]] = {"identifiers": ("0100109106", "150483782")}


def values(field: Field) -> tuple[Any, ...]:
    """A few values that an owner may state: on band edges and one step beside them, neighbours among codes."""
    spelled = _SPELLED.get(field.key)
    if spelled is not None:
        return spelled
    if field.kind in {"number", "it_grade", "year"}:
        return _numbers(field)
    if field.kind in {"code", "codes"} and field.codes is not None:
        listed = [each.code for each in field.codes if each.parent is not None] or [each.code for each in field.codes]
        some = listed[:3] if field.kind == "code" else [listed[:1], listed[1:3] or listed[:1]]
        return tuple(some)
    raise AssertionError(f"{field.key}: say in tests/leaks/fields.py what a value of the kind {field.kind} looks like")


def arguments(parameter: str, field: Field) -> tuple[str, ...]:
    """What may be asked of the field."""
    if parameter in _ASKED:
        return _ASKED[parameter]
    if field.key in _WORDS:
        return _WORDS[field.key]
    if field.codes is None:
        return tuple(dict.fromkeys(str(each) for each in values(field)))
    codes = [code for each in values(field) for code in ([each] if isinstance(each, str) else each)]
    above = [field.codes.parent(each) for each in codes]
    return tuple(dict.fromkeys([*codes, *above]))


def _numbers(field: Field) -> tuple[str, ...]:
    low, high = (scale(each or "0", field.decimals) for each in (field.minimum, field.maximum))
    edges = field.edges[1:3] or (1990, 2000) if field.kind == "year" else field.edges[1:3] or (5, 7)
    steps = [edge * 10**field.decimals + way for edge in edges for way in (-1, 0, 1)]
    return tuple(unscale(each, field.decimals) for each in sorted(set(steps)) if low <= each <= high)


def further(known: set[str]) -> dict[str, tuple[Field, tuple[str, ...]]]:
    """Field key -> (field, the parameters other than words that read it), for the searched fields not in `known`."""
    found = {}
    for each in FIELDS:
        if each.search and each.key not in known:
            parameters = tuple(one.parameter for one in each.search if one.match is not Match.WORDS)
            found[each.key] = (each, parameters or ("q",))
    return found
