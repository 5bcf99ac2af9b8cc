"""Pages for people, over the same services and the same projections as the doors for programs.

Rendered here with Jinja; everything works without script but what says otherwise. A page gets a factory's values as a
`Projection` alone, through `shown` of `api.web.showing`. Not here: what an auditor or an operator does all day.
"""

from __future__ import annotations

from flask import Flask, request
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect

from api.container import Container
from api.routing import Kind, Route, declared_pages
from api.web import calling, cookies, faults, showing, visit, words
from api.web.rooms import SITES

_CACHED_S = 86_400


def install(app: Flask, container: Container) -> None:
    """Everything that must be known before the limits: the cookie and who it is of."""
    app.config.update(
        BOOTSTRAP_SERVE_LOCAL=True,
        SEND_FILE_MAX_AGE_DEFAULT=_CACHED_S,
        WTF_CSRF_CHECK_DEFAULT=False,  # programs come with a token and no cookie; pages are checked in `install_gate`
        WTF_CSRF_TIME_LIMIT=None,  # it ends with the session that it is bound to
    )
    cookies.install(app, container)
    words.install(app)
    Bootstrap5(app)
    declared_pages(app)["bootstrap.static"] = Route(kind=Kind.NODE, public=True, query=True)
    for site in SITES:
        app.register_blueprint(site)
    calling.install(app)
    showing.install(app)
    faults.install(app)
    visit.install(app, container)


def install_gate(app: Flask) -> None:
    """What a page asks of its visitor; after the limits and the size of what was sent."""
    forms = CSRFProtect(app)

    def unforged() -> None:
        if request.endpoint in declared_pages(app):
            forms.protect()

    app.before_request(unforged)
    visit.install_gate(app)
