"""Fixtures of the ledger's tests over HTTP."""

from tests.api.fixtures import new_world, quiet, template, world

__all__ = ["new_world", "quiet", "template", "world"]
