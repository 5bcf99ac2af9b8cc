"""The worlds that these tests ask over HTTP."""

from __future__ import annotations

from tests.api.fixtures import new_world, quiet, template, world

__all__ = ["new_world", "quiet", "template", "world"]
