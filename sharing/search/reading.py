"""What search reads of the catalogue, worked out once: which fields have words, terms, numbers and facets.

Guarantees: follows the catalogue's own table, so a field that no parameter reads is in no posting at all.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sharing.catalogue import FIELDS, Field, Match, facet_fields, search_parameters

PARAMETERS = search_parameters()

HOURS = "capacity.spare_hours"
LEAD_TIME = "capability.lead_time_p50_days"
SCHEME, VALID_FROM, VALID_UNTIL = "certificate.scheme", "certificate.valid_from", "certificate.valid_until"
CERTIFICATE = "certificate"
WORDS = "q"
TEXT = "text"
FRESHNESS = "freshness_max"
STALE = 42
"""Days after which spare hours that nobody confirmed match nothing."""

QUESTIONS = (*PARAMETERS, TEXT, FRESHNESS)
"""Every parameter that asks something of a record: the catalogue's, and those that no single field answers."""


def _reading(*matches: Match) -> tuple[Field, ...]:
    return tuple(each for each in FIELDS if any(one.match in matches for one in each.search))


WORD_FIELDS = _reading(Match.WORDS)
TERM_FIELDS = _reading(Match.TERM)
NUMBER_FIELDS = tuple(each for each in FIELDS if each in _reading(Match.AT_LEAST, Match.AT_MOST) or each.key == LEAD_TIME)

FACETS: Mapping[str, str] = MappingProxyType(
    {next(one.parameter for one in each.search if one.match is Match.TERM): each.key for each in facet_fields()}
)
"""Facet name (the parameter that filters by its values) -> field key."""
