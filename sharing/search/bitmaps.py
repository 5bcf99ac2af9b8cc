"""Compressed bitmaps of dense record ids, and their way to and from numpy.

Does not guarantee thread safety: a bitmap is changed in place only by the index that made it, under the replica's lock.
"""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

Bitmap: TypeAlias = BitMap

Rids = NDArray[np.uint32]


EMPTY_RIDS: Rids = np.zeros(0, dtype=np.uint32)


def bitmap(values: Iterable[int] | Rids = ()) -> Bitmap:
    """A new bitmap of `values`."""
    return BitMap(values)


def union(parts: Iterable[Bitmap]) -> Bitmap:
    """A new bitmap with the members of all parts; empty for no parts."""
    every = list(parts)
    return BitMap.union(*every) if every else bitmap()


def rids_of(members: Bitmap) -> Rids:
    """The members ascending, shape (len,), uint32, as a copy."""
    if not members:
        return EMPTY_RIDS
    return np.array(members.to_array(), dtype=np.uint32)
