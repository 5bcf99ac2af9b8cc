"""Search over what each viewer may see, and nothing else.

`parse_query` reads parameters; `Replica.asking` brings the process's index to a snapshot and asks it; `matches`
checks each row of a page again on its projection; `seal` and `unseal` carry a page's position in a cursor.
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

__all__ = [
    "FACETS",
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
    "Window",
    "matched_wishes",
    "matches",
    "parse_query",
    "seal",
    "unseal",
]
