"""The application factory.

Order of what happens to a request: its id and the one clock reading; the log; the `Authorization` header; the limits;
the gate (refused token, missing token, size, unasked parameters); the route, which reads its schema before it looks
anything up; then the headers that every answer has.
"""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from api import auth, errors, headers, limits, logs, metrics, processes, standing, web
from api.asking import Clock, Entropy, begin
from api.container import Container, attach, build
from api.openapi import describe
from api.resources import DOORS
from api.routing import CONVERTERS
from api.settings import Settings
from network import points

FORM_BYTES_MAX = 16_384
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
    container: Container | None = None,
) -> Flask:
    """The WSGI application of one node. A `container` made elsewhere is used instead of building one."""
    container = container or build(settings, clock=clock, entropy=entropy)
    app = Flask("guildnet", static_folder=None, static_url_path="/static", template_folder=None)
    app.config.update(
        MAX_CONTENT_LENGTH=settings.body_bytes_max,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES_MAX,
        MAX_FORM_PARTS=50,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's own provider has it
    app.json.compact = True  # type: ignore[attr-defined]
    app.url_map.converters.update(CONVERTERS)
    # No redirect: it would name the Host header that the asker sent.
    app.url_map.merge_slashes = False
    attach(app, container)

    app.before_request(lambda: _begin(container))
    app.after_request(_made)  # the first one registered is the last one run
    metrics.install(app, container)
    headers.install(app)
    logs.install(app)
    errors.install(app)
    api = describe(app)
    for door in DOORS:
        api.register_blueprint(door)
    processes.install(app, settings)
    auth.install(app, container)
    web.install(app, container)
    limits.install(app, settings)
    auth.install_gate(app)
    standing.install_gate(app, container)
    web.install_gate(app)

    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    return app


def _begin(container: Container) -> None:
    begin(container.house.clock, container.house.entropy)


def _made(answer: Response) -> Response:
    if request.method not in SAFE:
        points.reached(f"{request.endpoint}:before-response")
    return answer
