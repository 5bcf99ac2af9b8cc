"""Where the outside data and test vectors are, when they are there at all."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared(path: str) -> Path:
    """The file or folder `path` of the shared material; skips the test when it is absent."""
    base = Path(os.environ.get("GUILDNET_SHARED", ROOT.parent / "shared"))
    found = base / path
    if not found.exists():
        pytest.skip("shared material absent")
    return found
