"""Which fields a question looks at: those of its filters, wishes and order, and those that every answer counts as facets.

For the ledger: where few factories match, that they match is told of these fields of each.
"""

from sharing.search.query import (
    AnyWords,
    Atom,
    BackedBy,
    Certificates,
    Fresh,
    Numbers,
    Order,
    Query,
    SpareHours,
    Terms,
    Words,
)
from sharing.search.reading import (
    FACETS,
    HOURS,
    LEAD_TIME,
    PARAMETERS,
    SCHEME,
    STATUS,
    VALID_FROM,
    VALID_UNTIL,
    WORD_FIELDS,
    WORDS,
)

FACETED = frozenset(FACETS.values())
_WORDS = frozenset(each.key for each in WORD_FIELDS)
_OF_ORDER = {
    Order.SPARE_HOURS: frozenset({HOURS}),
    Order.LEAD_TIME: frozenset({LEAD_TIME}),
    Order.RELEVANCE: _WORDS,
}


def used_fields(query: Query) -> frozenset[str]:
    """The keys of the fields."""
    return asked_fields(query) | FACETED


def asked_fields(query: Query) -> frozenset[str]:
    """The same without the facets, which only a search gives."""
    atoms = (*query.filters, *query.wishes)
    return _OF_ORDER.get(query.order, frozenset[str]()).union(*(_of(atom) for atom in atoms))


def completed_fields(parameter: str) -> frozenset[str]:
    """The keys of the fields that a completion for a parameter is taken from."""
    return _WORDS if parameter == WORDS else frozenset(PARAMETERS[parameter].fields)


def _of(atom: Atom) -> frozenset[str]:
    match atom:
        case Words() | AnyWords():
            return _WORDS
        case Terms():
            return frozenset(atom.fields)
        case Numbers():
            return frozenset(each.field for each in atom.comparisons)
        case Certificates():
            return frozenset({SCHEME, VALID_FROM, VALID_UNTIL, STATUS})
        case SpareHours() | Fresh():
            return frozenset({HOURS})
        case BackedBy():
            return frozenset(key for key, _ in atom.asked)
