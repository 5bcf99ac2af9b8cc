"""What the server of stopped processes imports once: everything that opens no connection."""

from __future__ import annotations

import tests.api.world
import tests.crashes.stopping  # noqa: F401
