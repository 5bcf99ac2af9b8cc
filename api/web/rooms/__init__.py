"""The rooms of the site, each a blueprint of pages about one thing."""

from __future__ import annotations

from api.web.rooms import door, finding, joining
from api.web.site import Site

SITES: tuple[Site, ...] = (door.site, finding.site, joining.site)

__all__ = ["SITES"]
