"""Numbers for Prometheus, on a port of their own.

Guarantees: only the loopback interface answers, and only `/metrics`; a label is a route's pattern, a method, a status, the
name of a job or of an alarm, all of them constants of the program: never a factory, an organization, an address or a
query. Under several processes the numbers are sums over all of them, also over those that have ended.
Without a port nothing is counted.

Not here: numbers of `guildnet worker`; how its jobs fare is read from the table of leases when somebody asks.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

import structlog
from flask import Flask, Response, g, request

from api.asking import asking
from api.container import Container
from api.settings import Settings
from api.worker.jobs import JOBS
from network import leases
from network.database import Database, current_change
from network.errors import NetworkError
from network.people import outbox

if TYPE_CHECKING:
    from prometheus_client import Counter
    from prometheus_client.metrics_core import Metric
    from prometheus_client.registry import CollectorRegistry

ADDRESS: Final = "127.0.0.1"
PATH: Final = "/metrics"
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The variable by which the processes of one server find each other's numbers; `serve` sets it before they start."""

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_NO_ROUTE: Final = "none"
_AT: Final = "guildnet_index_change"

_alarms: Counter | None = None

log = structlog.get_logger("guildnet.metrics")


def count_alarms(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """A processor of structlog: count what is logged with an alarm, under its constant name."""
    if _alarms is not None and event.get("alarm"):
        _alarms.labels(alarm=str(event.get("event", ""))).inc()
    return event


def install(app: Flask, container: Container) -> None:
    """Count every request of the application, if metrics are wanted."""
    if not container.settings.metrics_port:
        return
    # Imported here: at its import it decides, by FOLDER, where the numbers go.
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram  # noqa: PLC0415

    own = CollectorRegistry()
    requests = Counter("guildnet_requests", "Requests answered.", ("method", "route", "status"), registry=own)
    seconds = Histogram("guildnet_request_seconds", "Time to answer.", ("method", "route"), buckets=_BUCKETS, registry=own)
    factories = Gauge("guildnet_index_factories", "In the index.", registry=own, multiprocess_mode="livemax")
    at = Gauge(_AT, "The change at which the index that is furthest behind stands.", registry=own, multiprocess_mode="livemin")
    alarms = Counter("guildnet_alarms", "What somebody must look at.", ("alarm",), registry=own)
    replica = container.house.replica

    def finish(response: Response) -> Response:
        if "asking" in g:
            method = request.method if request.method in _METHODS else "other"
            route = request.url_rule.rule if request.url_rule else _NO_ROUTE
            requests.labels(method=method, route=route, status=str(response.status_code)).inc()
            seconds.labels(method=method, route=route).observe(time.monotonic() - asking().started)
        if replica.at:
            factories.set(replica.size)
            at.set(replica.at)
        return response

    app.after_request(finish)
    global _alarms  # noqa: PLW0603 - the log is the process's, and so is what it counts
    _alarms = alarms


class _Node:
    """What is read from the database when somebody asks, with connections of its own that are closed again."""

    def __init__(self, settings: Settings, counted: CollectorRegistry) -> None:
        self._settings = settings
        self._counted = counted

    def collect(self) -> Iterator[Metric]:
        """The counted numbers, how far behind the index is, the jobs, and the letters that wait."""
        from prometheus_client.metrics_core import GaugeMetricFamily  # noqa: PLC0415

        metrics = list(self._counted.collect())
        yield from metrics
        at = [sample.value for each in metrics if each.name == _AT for sample in each.samples]
        lag = GaugeMetricFamily(
            "guildnet_index_lag", "Changes that the index furthest behind has not seen; the next question brings them."
        )
        due = GaugeMetricFamily(
            "guildnet_job_due_seconds", "Seconds since a job was due; negative: not due yet.", labels=("job",)
        )
        failures = GaugeMetricFamily("guildnet_job_failures", "Failures of a job since it was done last.", labels=("job",))
        mail = GaugeMetricFamily("guildnet_mail_waiting", "Letters that wait to be sent.")
        database = Database(self._settings.database_url, pool_size=1)
        try:
            with database.read() as session:
                newest = current_change(session)
                waiting = outbox.waiting(session)
                known = {each.name: each for each in leases.leases(session, _now())}
        except NetworkError as error:
            log.warning("metrics_without_database", reason=error.code)
            return
        finally:
            database.dispose()
        if at:
            lag.add_metric((), newest - min(at))
        mail.add_metric((), waiting)
        for job in JOBS:
            if job.name in known:
                due.add_metric((job.name,), (_now() - known[job.name].due_at).total_seconds())
                failures.add_metric((job.name,), known[job.name].failures)
        yield from (lag, due, failures, mail)


def _now() -> Any:
    from api.container import system_clock  # noqa: PLC0415

    return system_clock()


@contextmanager
def answering(settings: Settings, folder: str) -> Iterator[int]:
    """Answer on the port of the settings, from a thread, with the numbers that the processes leave in `folder`; gives the
    port. Raises `OSError` when it is taken."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    counted, registry = CollectorRegistry(), CollectorRegistry(auto_describe=False)
    MultiProcessCollector(counted, path=folder)  # type: ignore[no-untyped-call]
    registry.register(_Node(settings, counted))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = generate_latest(registry) if self.path == PATH else b""
            self.send_response(200 if self.path == PATH else 404)
            self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Not in the log: it is asked every few seconds."""

    server = ThreadingHTTPServer((ADDRESS, settings.metrics_port), Handler)
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    parent = os.getpid()
    try:
        yield server.server_address[1]
    finally:
        # A child of a fork leaves this block too. It has no such thread, and the port is not its own.
        if os.getpid() == parent:
            server.shutdown()
            server.server_close()
            thread.join()
