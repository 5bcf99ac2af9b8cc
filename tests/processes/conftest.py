"""What real processes need: a node in a database, and Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.running import Redis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """A redis-server of this test's own."""
    server = Redis(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.kill()
