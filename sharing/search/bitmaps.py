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
Values = NDArray[np.int64]


EMPTY_RIDS: Rids = np.zeros(0, dtype=np.uint32)


def bitmap(values: Iterable[int] | Rids = ()) -> Bitmap:
    """A new bitmap of `values`."""
    return BitMap(values)


def union(parts: Iterable[Bitmap]) -> Bitmap:
    """A bitmap with the members of all parts, not to be changed (of one part it is that); empty for no parts."""
    every = list(parts)
    return BitMap.union(*every) if len(every) > 1 else every[0] if every else bitmap()


def rids_of(members: Bitmap) -> Rids:
    """The members ascending, shape (len,), uint32, as a copy."""
    if not members:
        return EMPTY_RIDS
    return np.array(members.to_array(), dtype=np.uint32)
