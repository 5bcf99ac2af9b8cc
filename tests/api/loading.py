"""A process that writes to a node without pause: `python -m tests.api.loading URL JOURNAL CLIENTS.json`.

It publishes, changes, withdraws and grants over HTTP's own code, and prints a line for each round that was answered.
"""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import structlog

from tests.api.test_factories import LATHE, made
from tests.api.world import World, world_at


def rounds(world: World) -> None:
    for number in itertools.count():
        factory = made(world, {**LATHE, "legal_name": {"en": f"Under load {number}"}})
        body = {"factory": factory, "organization": "globex", "tier": "partner", "purpose": "rfq", "until": "2026-12-31"}
        grant = world.post("acme", "/v1/grants", json=body).json["id"]
        if number % 2:
            assert world.delete("acme", f"/v1/grants/{grant}").status_code == 204
            assert world.post("acme", f"/v1/factories/{factory}/withdraw").status_code == 204
        print(factory, flush=True)


if __name__ == "__main__":
    structlog.configure(processors=[structlog.testing.LogCapture()])
    url, journal, clients = sys.argv[1:]
    rounds(world_at(url, json.loads(Path(clients).read_text()), seed=4711, journal_file=journal))
