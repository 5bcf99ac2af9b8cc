"""What search reads of the catalogue, worked out once: which fields have words, terms, numbers and facets.

Guarantees: follows the catalogue's own table, so a field that no parameter reads is in no posting at all.
"""

from collections.abc import Mapping
from types import MappingProxyType

from sharing.backing import SHOWN_DOCUMENT
from sharing.catalogue import FIELDS, Field, Match, facet_fields, search_parameters

PARAMETERS = search_parameters()

HOURS = "capacity.spare_hours"
LEAD_TIME = "capability.lead_time_p50_days"
STATUS = "certificate.status"
NOT_IN_FORCE = frozenset({"suspended", "withdrawn"})
"""States in which a certificate answers no filter, where its state is shown."""
SCHEME, VALID_FROM, VALID_UNTIL = "certificate.scheme", "certificate.valid_from", "certificate.valid_until"
CERTIFICATE = "certificate"
WORDS = "q"
TEXT = "text"
FRESHNESS = "freshness_max"
BACKED = "backed"

QUESTIONS = (*PARAMETERS, TEXT, FRESHNESS, BACKED)
"""Every parameter that asks something of a record: the catalogue's, and those that no single field answers."""


def _reading(*matches: Match) -> tuple[Field, ...]:
    return tuple(each for each in FIELDS if any(one.match in matches for one in each.search))


_KEYS = frozenset(each.key for each in FIELDS)
WORD_FIELDS = _reading(Match.WORDS)
TERM_FIELDS = _reading(Match.TERM)
NUMBER_FIELDS = tuple(each for each in FIELDS if each in _reading(Match.AT_LEAST, Match.AT_MOST) or each.key == LEAD_TIME)

DOCUMENTED = tuple(
    each for each in FIELDS if each.scope == "certificate" and each.key != SHOWN_DOCUMENT and SHOWN_DOCUMENT in _KEYS
)
"""Fields of a certificate, which its own document backs."""
BACKED_FIELDS = tuple(each for each in FIELDS if each.attestable or each in DOCUMENTED)

FACETS: Mapping[str, str] = MappingProxyType(
    {next(one.parameter for one in each.search if one.match is Match.TERM): each.key for each in facet_fields()}
)
"""Facet name (the parameter that filters by its values) -> field key."""
