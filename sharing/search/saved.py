"""Which classes an index is made of, so that it can be written to a snapshot and read again.

A new class inside the index is added to `CLASSES`; one that is missing here makes packing fail, never the snapshot
incomplete. An attribute needs no mention, unless it is not to be stored: then it stands with what makes it anew.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

from policies import CompiledPlatform, ConditionTable, Level
from policies.conditions import Condition
from policies.levels import Tier
from policies.model import Audience, Effect
from sharing import catalogue
from sharing.search.audiences import Audiences, Rows
from sharing.search.bound import Bound
from sharing.search.columns import NumberColumn
from sharing.search.dense import RecordIds
from sharing.search.hours import HourRows
from sharing.search.index import Index
from sharing.search.packing import Node, Registry, Saved, pack, registry, unpack
from sharing.search.postings import Postings
from sharing.search.ragged import Ragged
from sharing.search.ruled import Ruled
from sharing.search.slots import CertificateSlots
from sharing.search.store import Store

CLASSES: Final[Registry] = registry(
    (
        # Views are a cache. They are made when somebody asks.
        Saved(cls=Index, made={"_views": OrderedDict}),
        Store,
        RecordIds,
        # The order of its terms is worked out when somebody asks for suggestions; what is bound is opened when it is needed.
        Saved(cls=Postings, made={"_spelled": dict, "_open": dict, "_common": dict}),
        Bound,
        Ragged,
        # Bitmaps of a column are made from it when somebody compares.
        Saved(cls=NumberColumn, made={"_ladder": type(None), "_rows_of_band": type(None)}),
        HourRows,
        CertificateSlots,
        # What was compiled lately is a cache; the vocabulary is the program's own.
        Saved(cls=Audiences, made={"_compiled": dict, "vocabulary": catalogue.vocabulary}),
        Rows,
        Saved(cls=Ruled, made={"_known": dict, "_mask_of": dict}),
        ConditionTable,
        Condition,
        Audience,
        CompiledPlatform,
        Level,
        Tier,
        Effect,
    )
)


def pack_index(index: Index) -> tuple[Node, list[bytes]]:
    """An index as a description and byte strings. Raises `Unpackable`. The index must not change meanwhile.

    It takes the form itself in which it is written down, and answers as before.
    """
    index.tighten()
    return pack(index, CLASSES)


def unpack_index(node: Node, parts: Sequence[bytes | memoryview]) -> Index:
    """The index that `pack_index` described, with no view made yet."""
    # Millions of objects are made, none of which is garbage: looking for some again and again would take half of the time.
    enabled = gc.isenabled()
    gc.disable()
    try:
        index = unpack(node, parts, CLASSES)
    finally:
        if enabled:
            gc.enable()
    if not isinstance(index, Index):
        raise TypeError(type(index).__name__)
    return index
