"""Ordering hits and cutting pages by seeking behind a position, never by counting from the start.

Guarantees: hits are ordered by (key, tie); a page holds exactly the first `limit` hits behind the position, whatever
appeared or went since the page before. Linear in the number of hits: only the page itself is sorted.
Does not guarantee: an order between two records with the same 64 bits of random public id and the same key.
"""

import numpy as np
from numpy.typing import NDArray

from sharing.search.bitmaps import Values
from sharing.search.cursors import Position

LAST = int(np.iinfo(np.int64).max)

Ties = NDArray[np.uint64]
Places = NDArray[np.intp]


def page(keys: Values, ties: Ties, limit: int, after: Position | None) -> tuple[Places, Position | None]:
    """The places of the next `limit` hits in order, and the position to go on from; None when nothing is left."""
    places: Places = np.arange(len(keys))
    if after is not None:
        behind = (keys > after.key) | ((keys == after.key) & (ties > np.uint64(after.tie)))
        places = places[behind]
    chosen = _least(keys, ties, places, limit)
    chosen = chosen[np.lexsort((ties[chosen], keys[chosen]))]
    if len(places) <= limit or not len(chosen):
        return chosen, None
    last = chosen[-1]
    return chosen, Position(key=int(keys[last]), tie=int(ties[last]))


def _least(keys: Values, ties: Ties, places: Places, limit: int) -> Places:
    """The `limit` least of `places` by (key, tie), in any order."""
    if len(places) <= limit:
        return places
    among = keys[places]
    border = np.partition(among, limit - 1)[limit - 1]
    below = places[among < border]
    at = places[among == border]
    wanted = limit - len(below)
    if len(at) > wanted:
        at = at[np.argpartition(ties[at], wanted - 1)[:wanted]]
    return np.concatenate((below, at))
