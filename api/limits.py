"""How often one may ask.

Guarantees: the count depends on the question alone, on who asks (the organization, else the address) and never on what
is found; `Retry-After` stands on 429 and nowhere else. A request with a bad token counts for its address, so that
guessing is slow. Counters that several processes share stand in Redis; while it is gone each
process counts for itself, and an alarm says so.
Not here: fairness between the people of one organization.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog
from flask import Flask, Response, request
from flask_limiter import Limiter

from api.asking import asking
from api.processes import in_memory, storage_options
from api.settings import Settings

RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

_UNCOUNTED = frozenset({"node.healthz", "node.readyz", "bootstrap.static", "web-door.static"})
_TOKEN = "token.token"  # noqa: S105 - the name of a route
_SIGN_IN = (
    "sessions.log_in",
    "sign-ups.sign_up",
    "sign-ups.confirm_sign_up",
    "sign-ups.request_reset",
    "sign-ups.finish_reset",
    "people.accept_invitation",
    "web-door.begin_session",
    "web-joining.ask_for_account",
    "web-joining.confirm_address",
    "web-joining.request_reset",
    "web-joining.finish_reset",
    "web-joining.accept_invitation",
)


def who_asks() -> str:
    """The organization of an accepted token, else the person of a session, else the address."""
    claims, logged_in = asking().claims, asking().logged_in
    if logged_in is not None:
        return f"person:{logged_in.person_id}"
    return f"org:{claims.organization}" if claims else f"address:{request.remote_addr}"


def _address() -> str:
    return f"address:{request.remote_addr}"


def install(app: Flask, settings: Settings) -> Limiter:
    """Count every request but the health checks; must be called after authentication is installed."""
    limiter = Limiter(
        who_asks,
        application_limits=[settings.rate_limit],
        storage_uri=settings.rate_limit_storage,
        storage_options=storage_options(settings),
        # Where the shared counters are gone, each process counts for itself until they are back: looser by the number of
        # processes, never off, and nobody is turned away because of them.
        in_memory_fallback_enabled=not in_memory(settings),
        headers_enabled=True,
        retry_after="delta-seconds",
        strategy="fixed-window",
    )
    limiter.request_filter(lambda: request.endpoint in _UNCOUNTED)
    # Registered before the limiter's own hook, so run after it: hooks on answers run in reverse order.
    app.after_request(_only_when_refused)
    limiter.init_app(app)
    if not any(isinstance(each, _Alarm) for each in limiter.logger.handlers):
        limiter.logger.addHandler(_Alarm())
        limiter.logger.setLevel(logging.INFO)
    if _TOKEN in app.view_functions:
        views: dict[str, Any] = app.view_functions
        views[_TOKEN] = limiter.limit(settings.rate_limit_token, key_func=_address)(views[_TOKEN])
        for endpoint in _SIGN_IN:
            views[endpoint] = limiter.limit(settings.rate_limit_sign_in, key_func=_address)(views[endpoint])
    return limiter


class _Alarm(logging.Handler):
    """What the limiter says of its storage, in our log: that it is gone, and that it is back."""

    def emit(self, record: logging.LogRecord) -> None:
        """One line; an alarm when it is gone."""
        gone = record.levelno >= logging.WARNING
        said = structlog.get_logger("guildnet.limits")
        if gone:
            said.error("limits_storage_gone", alarm=True)
        else:
            said.info("limits_storage", said=record.getMessage())


def _only_when_refused(response: Response) -> Response:
    if response.status_code != 429:
        response.headers.pop("Retry-After", None)
    return response
