"""A restored copy answers nothing but what is about the node itself, until its operator has settled it.

What signs refuses by itself (`network.standing`). This gate also closes what is only read: a copy from before a policy was
narrowed, a factory withdrawn or a client revoked would show what must not be shown any more.
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
"""Seconds for which an answer counts. Signing looks each time; only plain reading may lag by this much."""


class Standing:
    """Whether the database is behind, looked up at most once in `LOOKED_FOR_S`."""

    def __init__(self, container: Container) -> None:
        self._database = container.house.database
        self._until = 0.0
        self._behind = False

    def behind(self) -> bool:
        """Whether the database is a restored copy that nobody has settled. Raises `NetworkError`."""
        now = time.monotonic()
        if now >= self._until:
            with self._database.read() as session:
                behind = is_behind(session)
            if behind and not self._behind:
                structlog.get_logger("guildnet.standing").error("node_behind", alarm=True)
            self._behind, self._until = behind, now + LOOKED_FOR_S
        return self._behind


def install_gate(app: Flask, container: Container) -> None:
    """Refuse every route but those about the node itself while the database is behind."""
    standing = Standing(container)

    def gate() -> None:
        route = declared_routes(app).get(request.endpoint or "")
        if route is not None and route.kind is not Kind.NODE and standing.behind():
            raise Refusal("node_behind")

    app.before_request(gate)
