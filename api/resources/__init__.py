"""The routes, by what they are about.

Each is thin: its schema reads the request, one service of `sharing` answers, its schema writes the answer.
"""

from __future__ import annotations

from api.resources import access, attestations, audits, factories, grants, node, owners, search, token, views
from api.routing import Door

DOORS: tuple[Door, ...] = tuple(
    room.door for room in (token, search, factories, views, access, grants, owners, audits, attestations, node)
)

__all__ = ["DOORS"]
