"""What the node says about itself while it runs: one JSON object on a line, to standard error.

Guarantees: no token, no header, no query, no body and no value of a factory is ever logged; a line about a request has
its id, its route (the pattern, not the address), who asked, the status and how long it took.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import structlog
from flask import Flask, Response, g, request

from api import metrics
from api.asking import asking


class JsonLines(logging.Formatter):
    """What a library of the standard logging says, gunicorn above all, in the form of our own lines."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object; of an exception its classes only, since its text may hold a value."""
        line = {
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["kind"] = f"{record.exc_info[0].__module__}.{record.exc_info[0].__qualname__}"
        return json.dumps(line, sort_keys=True)


def of_libraries(level: str) -> dict[str, object]:
    """`logging.config` in which every library writes JSON lines to standard error, from `level` on."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"generic": {"()": JsonLines}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "generic", "stream": "ext://sys.stderr"}},
        "root": {"level": "WARNING", "handlers": ["console"]},
        "loggers": {
            "gunicorn.error": {"level": level, "handlers": ["console"], "propagate": False},
            "gunicorn.access": {"level": level, "handlers": [], "propagate": False},
        },
    }


@contextmanager
def for_a_command(level: str) -> Iterator[None]:
    """Logging while a command works, whose result is on standard output; not where the process has set it up already."""
    if structlog.is_configured():
        yield
        return
    _configure(level, lasting=False)
    try:
        yield
    finally:
        structlog.reset_defaults()


def configure(level: str) -> None:
    """Set up logging for this process; `level` is a name of the standard library."""
    _configure(level, lasting=True)


def _configure(level: str, *, lasting: bool) -> None:
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
        cache_logger_on_first_use=lasting,
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
