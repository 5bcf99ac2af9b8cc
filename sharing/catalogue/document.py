"""The layout of a profile document: where each scope's elements stand, and how many there may be."""

from collections.abc import Mapping
from types import MappingProxyType

# Collection in a profile document -> scope in field keys and stable paths.
COLLECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "capabilities": "capability",
        "capacity_groups": "capacity",
        "certificates": "certificate",
        "equipment": "equipment",
        "documents": "document",
    }
)
MOST: Mapping[str, int] = MappingProxyType(
    {"capabilities": 500, "capacity_groups": 200, "certificates": 200, "equipment": 500, "documents": 200}
)
ID = "id"
RUNS_ON = "capacity_group"  # of a capability: the id or the unique name of its capacity group
FACTORY_WIDE = ("certificate", "equipment")
"""Scopes whose values a search counts for the whole factory, that is for each of its capabilities."""
