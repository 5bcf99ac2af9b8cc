"""The routes, by what they are about. Each is thin: its schema reads, one service of `sharing` answers, its schema writes."""

from __future__ import annotations

from api.resources.access import door as access
from api.resources.attestations import door as attestations
from api.resources.audits import door as audits
from api.resources.factories import door as factories
from api.resources.grants import door as grants
from api.resources.node import door as node
from api.resources.owners import door as owners
from api.resources.search import door as search
from api.resources.token import door as token
from api.resources.views import door as views
from api.routing import Door

DOORS: tuple[Door, ...] = (token, search, factories, views, access, grants, owners, audits, attestations, node)

__all__ = ["DOORS"]
