"""What the server of stopped processes imports once: everything that opens no connection."""

from __future__ import annotations

import pytest  # noqa: F401

import api.cli.importing  # noqa: F401
import tests.api.world
import tests.crashes.of_alerts
import tests.crashes.of_people
import tests.crashes.of_upkeep
import tests.crashes.stopping  # noqa: F401
