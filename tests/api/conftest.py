"""The worlds that these tests ask over HTTP."""

from __future__ import annotations

from tests.api.fixtures import new_world, quiet, template, world
from tests.api.restoring import place

__all__ = ["new_world", "place", "quiet", "template", "world"]
