"""A restored copy answers nothing but questions about the node itself, until its operator has settled it.

Guarantees: nothing is taken in at any door. A log-in, an invitation or a mailed token of before the backup may have been
called back since, and whom it let in would outlive the settling. What signs refuses by itself (`network.standing`); this gate
also closes what is only read: a copy from before a policy was narrowed, a factory withdrawn or a client revoked would show
what must not be shown any more.
"""

from __future__ import annotations

import time

import structlog
from flask import Flask, request

from api.container import Container
from api.errors import Refusal
from api.routing import Kind, declared_routes
from network.standing import is_behind

LOOKED_FOR_S = 1.0
"""Seconds for which an answer counts to who only reads. Signing and writing look each time."""

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Standing:
    """Whether the database is behind, looked up at most once in `LOOKED_FOR_S`."""

    def __init__(self, container: Container) -> None:
        self._database = container.house.database
        self._until = 0.0
        self._behind = False

    def behind(self, *, surely: bool) -> bool:
        """Whether the database is a restored copy that nobody has settled; `surely`: look now. Raises `NetworkError`."""
        now = time.monotonic()
        if surely or now >= self._until:
            with self._database.read() as session:
                behind = is_behind(session)
            if behind and not self._behind:
                structlog.get_logger("guildnet.standing").error("node_behind", alarm=True)
            self._behind, self._until = behind, now + LOOKED_FOR_S
        return self._behind


def install_gate(app: Flask, container: Container) -> None:
    """Refuse everything but reading what is about the node itself while the database is behind."""
    standing = Standing(container)

    def gate() -> None:
        route = declared_routes(app).get(request.endpoint or "")
        reads = request.method in _READS
        if route is None or (reads and route.kind is Kind.NODE):
            return
        if standing.behind(surely=not reads):
            raise Refusal("node_behind")

    app.before_request(gate)
