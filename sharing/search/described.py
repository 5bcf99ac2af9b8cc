"""What each search parameter takes, as JSON Schema for a description of the search.

Guarantees: whatever a value's schema refuses, `parse_query` refuses. What it lets through may still be refused: for a code
of a large vocabulary, a number with more digits than the field keeps, a day that does not exist, one value against another.
"""

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any

from sharing.backing import CLASSES
from sharing.catalogue import Match, field
from sharing.search.parameters import HOURS_PARAMETER, LONGEST, MOST_VALUES
from sharing.search.query import Order
from sharing.search.reading import BACKED, CERTIFICATE, FRESHNESS, PARAMETERS

_EXAMPLES = 3
_NOTHING = r"-?0+(\.0+)?"
_WHOLE = rf"{_NOTHING}|[0-9]+(\.0+)?"
_WEEK = "2[0-9]{3}-W[0-9]{2}"
_OF_SETTINGS: Mapping[str, str] = {
    BACKED: rf"[a-z0-9_.]+:({'|'.join(word for word, rank in CLASSES.items() if rank)})",
    FRESHNESS: _WHOLE,
    "certificate_day": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "weeks_from": _WEEK,
    "weeks_until": _WEEK,
    "hours_mode": "total|each",
    "sort": "|".join(re.escape(each) for each in Order),
}
_EXAMPLES_OF: Mapping[str, tuple[str, ...]] = {
    BACKED: ("capability.process:peer",),
    "certificate_day": ("2027-01-15",),
    "weeks_from": ("2026-W48",),
    "weeks_until": ("2026-W52",),
    "wish": ("process",),
}


def value_schema(name: str) -> Mapping[str, Any]:
    """The schema of one value of a parameter. Spaces around it do not count."""
    found: dict[str, Any] = {"minLength": 1, "maxLength": LONGEST}
    inner = _OF_SETTINGS.get(name) or _number(name)
    if inner is not None:
        found["pattern"] = f"^ *({inner}) *$"
    examples = _EXAMPLES_OF.get(name) or _codes(name)
    return found | {"examples": list(examples)} if examples else found


def most_values(name: str) -> int:
    """How often a parameter may be given."""
    several = (_number(name) is None and name not in _OF_SETTINGS) or name == BACKED
    return MOST_VALUES if several else 1


def _number(name: str) -> str | None:
    read = PARAMETERS.get(name)
    if read is None or name == CERTIFICATE:
        return None
    if name != HOURS_PARAMETER and any(match not in (Match.AT_LEAST, Match.AT_MOST) for _, match in read.reads):
        return None
    decimals = max(field(key).decimals for key in read.fields)
    return rf"{_NOTHING}|[0-9]+(\.[0-9]{{1,{decimals}}}0*)?" if decimals else _WHOLE


def _codes(name: str) -> tuple[str, ...]:
    read = PARAMETERS.get(name)
    vocabularies = [] if read is None else [codes for key in read.fields if (codes := field(key).codes) is not None]
    return tuple(code.code for codes in vocabularies for code in islice(codes, _EXAMPLES))
