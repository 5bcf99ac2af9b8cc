"""What the node says about itself while it runs: one JSON object on a line, to standard error.

Guarantees: no token, no header, no query, no body and no value of a factory is ever logged; a line about a request has
its id, its route (the pattern, not the address), who asked, the status and how long it took.
"""

from __future__ import annotations

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

from api import metrics
from api.asking import asking


def configure(level: str) -> None:
    """Set up logging for this process; `level` is a name of the standard library."""
    structlog.configure(
        processors=[
            metrics.count_alarms,
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def install(app: Flask) -> None:
    """Log one line for each request."""

    def begin() -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=asking().id)

    def finish(response: Response) -> Response:
        if "asking" not in g:
            return response
        current = asking()
        structlog.get_logger("guildnet").info(
            "answered",
            method=request.method,
            route=request.url_rule.rule if request.url_rule else None,
            organization=current.claims.organization if current.claims else None,
            person=(current.claims and current.claims.person) or (current.logged_in and current.logged_in.person_id) or None,
            status=response.status_code,
            milliseconds=round((time.monotonic() - current.started) * 1000, 1),
        )
        return response

    app.before_request(begin)
    app.after_request(finish)
