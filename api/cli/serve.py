"""`guildnet serve`: one or several processes that answer HTTP.

Guarantees: gunicorn where it runs, waitress elsewhere, never a development server; refuses to start without a node and
the tables of this release, or with several processes whose limits would not be shared, instead of failing at the first
request. Each process makes its application after the fork: its connections, its index, its counters.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from tempfile import mkdtemp
from typing import Any

import click

from api import logs, metrics
from api.app import create_app
from api.cli.node import opened, read_settings, require_tables
from api.container import container_of, warm_up
from api.processes import require_shared_limits
from api.settings import Settings
from network import identity

DEFAULT_PORT = 8000
STARTING_S = 900
"""Seconds that a worker may take to build its search index before it answers."""

STOPPING_S = 30
"""Seconds that requests in hand have to end when the server stops or starts anew."""


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="8000 when left out; of a development node that of its origin.")
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes; more than one needs Redis for the limits.",
)
@click.option(
    "--threads", type=click.IntRange(1, 64), default=16, show_default=True, help="Requests that each process answers at once."
)
@click.option("--migrate", is_flag=True, help="Bring the tables of an earlier release to this one first. Make a backup before.")
def serve(*, host: str, port: int | None, workers: int, threads: int, migrate: bool) -> None:
    """Answer HTTP until stopped. Put a TLS proxy in front that buffers requests, and set GUILDNET_TRUSTED_PROXIES."""
    settings = read_settings()
    require_shared_limits(settings, workers)
    require_tables(settings, migrate=migrate)
    with opened(settings) as container, container.house.database.read() as session:
        node = identity.node(session)
    origin_port = node.origin.rpartition(":")[2] if node.development else ""
    chosen = port or (int(origin_port) if origin_port.isdigit() else DEFAULT_PORT)
    click.echo(f"{node.name} ({node.origin}) listens on http://{host}:{chosen}")
    logs.configure(settings.log_level)
    # gunicorn needs fcntl, which is where it does not run.
    if find_spec("fcntl") is not None:
        _gunicorn(settings, f"{host}:{chosen}", workers, threads)
    elif workers > 1:  # pragma: no cover - another operating system
        raise click.ClickException("Several processes need gunicorn, which does not run here.")
    else:  # pragma: no cover - another operating system
        _waitress(settings, host, chosen, threads)


def _gunicorn(settings: Settings, bind: str, workers: int, threads: int) -> None:
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # noqa: PLC0415 - not everywhere

    def child_exit(_server: object, worker: Any) -> None:
        if settings.metrics_port:
            from prometheus_client import multiprocess  # noqa: PLC0415 - see api.metrics

            multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]

    class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
        def load_config(self) -> None:
            options = {
                "bind": bind,
                "workers": workers,
                "threads": threads,
                # Of a process that gives no sign of life: while it starts, since requests run in threads of their own.
                "timeout": STARTING_S,
                "graceful_timeout": STOPPING_S,
                # Each process loads the snapshot; a copy that the parent loaded would soon be copied page by page, by
                # counting references.
                "preload_app": False,
                "max_requests": 0,
                "control_socket_disable": True,
                "worker_class": "gthread",
                "loglevel": settings.log_level.lower(),
                "logconfig_dict": logs.of_libraries(settings.log_level),
                "proc_name": "guildnet",
                # Whom to believe about the original request is GUILDNET_TRUSTED_PROXIES' to say, and nothing else's.
                "forwarded_allow_ips": "",
                "secure_scheme_headers": {},
                "child_exit": child_exit,
            }
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> object:
            # In the worker, after the fork: no connection is shared with the parent.
            app = create_app(settings)
            warm_up(container_of(app))
            return app

    with _metrics(settings):
        Server().run()


@contextmanager
def _metrics(settings: Settings) -> Iterator[None]:
    """Answer Prometheus from the parent, which outlives each of the processes."""
    if not settings.metrics_port:
        yield
        return
    folder, parent = mkdtemp(prefix="guildnet-metrics-"), os.getpid()
    os.environ[metrics.FOLDER] = folder
    try:
        with ExitStack() as stack:
            try:
                stack.enter_context(metrics.answering(settings, folder))
            except OSError as error:
                raise click.ClickException(f"GUILDNET_METRICS_PORT {settings.metrics_port}: {error.strerror}") from error
            yield
    finally:
        # The processes leave this block too, each at its own end.
        if os.getpid() == parent:
            shutil.rmtree(folder, ignore_errors=True)


def _waitress(settings: Settings, host: str, port: int, threads: int) -> None:  # pragma: no cover
    from waitress import serve as answer  # type: ignore[import-untyped]  # noqa: PLC0415

    answer(create_app(settings), host=host, port=port, threads=threads, ident=None)
