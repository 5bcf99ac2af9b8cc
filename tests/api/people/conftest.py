"""A node whose hashes are cheap and whose answers do not wait, so that a test takes milliseconds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.fixtures import new_world, quiet, template
from tests.api.world import World

CHEAP = {
    "password_memory_kib": 64,
    "password_rounds": 1,
    "password_lanes": 1,
    "sign_in_floor_ms": 0,
    "rate_limit_sign_in": "100000 per minute",
}


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    return new_world(**CHEAP)


__all__ = ["new_world", "quiet", "template", "world"]
