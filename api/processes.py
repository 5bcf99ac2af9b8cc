"""Several processes that answer for one node, and what they must share: the counters of the limits.

Guarantees: where gunicorn starts more than one worker, by whatever option, and the counters would be each worker's own, or
the shared place does not answer, no worker starts. Under any other server that says that it runs several processes,
requests are refused (503) with an alarm, since a limit that is silently N times what was set is worse.
Does not see: several servers started by hand side by side, each with one process; the setting says that they need it too.
"""

from __future__ import annotations

import sys
from typing import ClassVar, Final

import structlog
from flask import Flask, request
from limits.errors import ConfigurationError, StorageError
from limits.storage import storage_from_string

from api.errors import Refusal
from api.settings import Settings

MEMORY: Final = "memory"
STORAGE_WAIT_S: Final = 1
"""How long a request waits for the counters before it is counted by this process alone."""

log = structlog.get_logger("guildnet.limits")


class LimitsNotShared(Exception):
    """Several processes, and each would count for itself."""

    code: ClassVar[str] = "limits_not_shared"

    def __init__(self) -> None:
        super().__init__(
            "Several processes need one place for the counters of the limits: "
            "set GUILDNET_RATE_LIMIT_STORAGE=redis://HOST:6379/0 (Redis or Valkey), or start one process."
        )


class LimitsUnreachable(Exception):
    """The place of the counters does not answer, or is none that is known."""

    code: ClassVar[str] = "limits_unreachable"

    def __init__(self) -> None:
        super().__init__(
            "The counters of the limits cannot be reached at GUILDNET_RATE_LIMIT_STORAGE; is Redis running there? "
            "`guildnet settings` shows the address."
        )


def in_memory(settings: Settings) -> bool:
    """Whether each process would count for itself."""
    return settings.rate_limit_storage.partition("://")[0] == MEMORY


def storage_options(settings: Settings) -> dict[str, str | int]:
    """How long to wait for the counters; nothing for a place in memory."""
    known = settings.rate_limit_storage.startswith(("redis", "valkey"))
    return {"socket_connect_timeout": STORAGE_WAIT_S, "socket_timeout": STORAGE_WAIT_S} if known else {}


def require_shared_limits(settings: Settings, processes: int) -> None:
    """Raise `LimitsNotShared` for several processes with counters in memory, `LimitsUnreachable` when a place elsewhere
    does not answer now."""
    if in_memory(settings):
        if processes > 1:
            raise LimitsNotShared
        return
    try:
        storage = storage_from_string(settings.rate_limit_storage, **storage_options(settings))
        reached = storage.check()
    except (ConfigurationError, StorageError, OSError, ValueError) as error:
        raise LimitsUnreachable from error
    if not reached:
        raise LimitsUnreachable


def gunicorn_workers() -> int:
    """How many workers gunicorn starts, when it is gunicorn that loads the application; else 1.

    gunicorn tells the count to nobody (it may come from an option, a file or two variables), but whoever loads an
    application stands on the stack with its configuration.
    """
    frame = sys._getframe()
    while frame is not None:
        loader = frame.f_locals.get("self")
        if type(loader).__module__.startswith("gunicorn.") and hasattr(getattr(loader, "cfg", None), "workers"):
            return int(loader.cfg.workers)  # type: ignore[union-attr]
        frame = frame.f_back  # type: ignore[assignment]
    return 1


def install(app: Flask, settings: Settings) -> None:
    """Refuse requests of a server that runs several processes over counters in memory."""
    if not in_memory(settings):
        return

    def guard() -> None:
        if request.environ.get("wsgi.multiprocess"):
            log.error("limits_not_shared", alarm=True)
            raise Refusal("unavailable")

    app.before_request(guard)
