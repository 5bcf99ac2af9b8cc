"""Every parser of the product with valid samples, what mutates them, and the only errors that may come out.

`test_registry.py` compares the names with the product (see `convention.py`), so a parser without an entry fails there. An
entry stands in the room of what it reads: `of_trust`, `of_sharing`, `of_exchange`, `of_nodes`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.hostile import of_exchange, of_nodes, of_sharing, of_trust
from tests.hostile.parser import Parser

DOORS = frozenset({"journal file", "checklist as CSV", "network.media:media_type"})
"""Entries that stand for no function: what is read there is read by private ones."""

PARSERS: tuple[Parser, ...] = (*of_trust.PARSERS, *of_sharing.PARSERS, *of_exchange.PARSERS, *of_nodes.PARSERS)


def names() -> Mapping[str, Parser]:
    """Every name an entry stands for."""
    return {name: each for each in PARSERS for name in (each.name, *each.also)}
