"""Search over what each viewer may see, and nothing else.

`parse_query` reads parameters, `parse_typed` what is to be completed; `Replica.asking` brings the process's index to a
snapshot and asks it; `matches` checks each row of a page again on its projection; `seal` and `unseal` carry a page's position
in a cursor.
"""

from sharing.search.cursors import Position, seal, unseal
from sharing.search.engine import Found, Hit
from sharing.search.errors import InvalidCursor, InvalidQuery, SearchError
from sharing.search.index import FactoryState, Index
from sharing.search.parameters import parse_query
from sharing.search.predicate import matched_wishes, matches
from sharing.search.query import Order, Query
from sharing.search.reading import FACETS, PARAMETERS, QUESTIONS
from sharing.search.replica import Feed, Replica, Window
from sharing.search.suggest import COMPLETED, NAMES, Suggestion
from sharing.search.typed import Typed, parse_typed

__all__ = [
    "COMPLETED",
    "FACETS",
    "NAMES",
    "PARAMETERS",
    "QUESTIONS",
    "FactoryState",
    "Feed",
    "Found",
    "Hit",
    "Index",
    "InvalidCursor",
    "InvalidQuery",
    "Order",
    "Position",
    "Query",
    "Replica",
    "SearchError",
    "Suggestion",
    "Typed",
    "Window",
    "matched_wishes",
    "matches",
    "parse_query",
    "parse_typed",
    "seal",
    "unseal",
]
