"""The one way to declare a page, and what it may carry.

    site = Site("search")

    @site.page("GET", "/search", kind=Kind.PROJECTION, public=True)

A page declares one of the same four kinds as a route for programs (`api.routing.Kind`), and is answered from the same
services. Guarantees: one function answers one method at one address; a page is asked with the cookie alone and never with an
`Authorization` header; one that changes something carries a token against forgery and names the route that does the
same for programs (`does`); what it gives out of others' factories is in the ledger before it leaves (`api.recording`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from api.recording import recorded
from api.routing import Kind, Route, View, declared_pages

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""Nothing from elsewhere, and no script or style in the page itself; `data:` is for the pictures in Bootstrap's style sheet."""


class Site(Blueprint):
    """A blueprint whose pages declare their kind."""

    def __init__(self, name: str, **other: Any) -> None:
        super().__init__(f"web-{name}", __name__, **other)
        self.pages: dict[str, Route] = {}
        self.record(self._declare)
        self.after_request(_guarded)

    def page(
        self,
        method: str,
        rule: str,
        *,
        kind: Kind,
        public: bool = False,
        person: bool = False,
        body_max: int | str | None = None,
        does: str | None = None,
    ) -> Callable[[View], View]:
        """Register a function for one method at one address.

        `public`: also for whoever is not logged in. `person`: for a person who acts for no organization too. `body_max`: as
        for `Door.answers`. `does`: the endpoint for programs that does the same.
        """

        def decorate(view: View) -> View:
            endpoint = view.__name__
            if endpoint in self.pages:
                raise ValueError(f"{self.name}.{endpoint} is declared twice")
            self.pages[endpoint] = Route(kind=kind, public=public, person=person, query=True, body_max=body_max, does=does)
            answering = recorded(view, always=kind is Kind.PROJECTION)
            # A redirect from "//" to "/" would name the Host header that the asker sent.
            self.add_url_rule(rule, endpoint, answering, methods=[method], strict_slashes=False if rule == "/" else None)
            return view

        return decorate

    def _declare(self, state: Any) -> None:
        declared = declared_pages(state.app)
        for endpoint, route in self.pages.items():
            declared[f"{self.name}.{endpoint}"] = route
        if self.has_static_folder:
            declared[f"{self.name}.static"] = Route(kind=Kind.NODE, public=True, query=True)


def _guarded(answer: Response) -> Response:
    answer.headers.setdefault("Content-Security-Policy", _POLICY)
    # The default of the programs' side would also keep the browser from saying that a form comes from here.
    answer.headers.setdefault("Referrer-Policy", "same-origin")
    return answer
