"""A restored copy answers nothing but questions about the node itself, until its operator has settled it; neither does a
process whose key-encryption key was changed while it ran, until it is started anew.

Guarantees: nothing is taken in at any door. A log-in, an invitation or a mailed token of before the backup may have been
called back since, and whom it let in would outlive the settling. What signs refuses by itself (`network.standing`); this gate
also closes what is only read: a copy from before a policy was narrowed, a factory withdrawn or a client revoked would show
what must not be shown any more.
"""

from __future__ import annotations

import contextlib
import time

import structlog
from flask import Flask, Response, request

from api.container import Container
from api.errors import Refusal, answer
from api.routing import Kind, route_of
from network.errors import NetworkError, SealBroken
from network.standing import is_behind, is_replaced

LOOKED_FOR_S = 1.0
"""Seconds for which an answer counts to who only reads. Signing and writing look each time."""

_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Standing:
    """Whether this process may answer from its database, looked up at most once in `LOOKED_FOR_S`."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._until = 0.0
        self._closed = ""

    def closed(self, *, surely: bool) -> str:
        """Why not: `node_behind` or `kek_replaced`; empty when it may. `surely`: look now. Raises `NetworkError`."""
        now = time.monotonic()
        if surely or now >= self._until:
            database = self._container.house.database
            with database.read() as session:
                closed = "node_behind" if is_behind(session) else ""
                closed = "kek_replaced" if is_replaced(session, database.kek_name) else closed
            if closed and closed != self._closed:
                structlog.get_logger("guildnet.standing").error(closed, alarm=True)
            self._closed, self._until = closed, now + LOOKED_FOR_S
        return self._closed


def install_gate(app: Flask, container: Container) -> None:
    """Refuse everything but reading what is about the node itself while this process may not answer.

    A value that does not open is looked at again: the key may have been changed since the last look.
    """
    standing = Standing(container)

    def gate() -> None:
        route = route_of(app, request.endpoint)
        reads = request.method in _READS
        if route is None or (reads and route.kind is Kind.NODE):
            return
        if code := standing.closed(surely=not reads):
            raise Refusal(code)

    def unopened(error: SealBroken) -> Response:
        with contextlib.suppress(NetworkError):
            if standing.closed(surely=True) == "kek_replaced":
                return answer(Refusal("kek_replaced"))
        return answer(error)

    app.before_request(gate)
    app.register_error_handler(SealBroken, unopened)
