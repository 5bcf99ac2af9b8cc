"""Who this node is, who its organizations are in signatures, and which keys they use.

Rooms: `nodes` (this installation), `keys` (making, replacing, closing, using), `founding` (a new node, a new
organization), `documents` (what is published about them).
"""

from __future__ import annotations

from network.identity.documents import did_document, jwks, key_statement, own_anchors
from network.identity.founding import create_node, create_organization
from network.identity.keys import (
    Key,
    add_key,
    check_seals,
    current_key,
    find_key,
    keys_of,
    mark_compromised,
    node_keys,
    node_signer,
    organization_key,
    organization_signer,
    rotate,
    signer,
    token_keys,
)
from network.identity.nodes import Node, node

__all__ = [
    "Key",
    "Node",
    "add_key",
    "check_seals",
    "create_node",
    "create_organization",
    "current_key",
    "did_document",
    "find_key",
    "jwks",
    "key_statement",
    "keys_of",
    "mark_compromised",
    "node",
    "node_keys",
    "node_signer",
    "organization_key",
    "organization_signer",
    "own_anchors",
    "rotate",
    "signer",
    "token_keys",
]
