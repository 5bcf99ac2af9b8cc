"""The headers that every answer carries.

Guarantees: nothing about a caller is kept by anyone in between (`private, no-store`); an answer that may differ with
the token or the accepted type says so in `Vary`; only the fixed documents of the node are marked `public`. A browser
that shows an answer runs nothing from it and sends no address of it anywhere. Every answer links to what viewers are told about
the ledger.
"""

from __future__ import annotations

from flask import Flask, Response, g, request

from api.asking import asking

REQUEST_ID = "X-Request-Id"

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    # Whoever looks is told that owners see it: with every answer, found or not, so that it says nothing itself.
    "Link": '</v1/disclosure-notice>; rel="terms-of-service"',
}
_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
PUBLIC_FOR_S = 300


def public(response: Response) -> Response:
    """Mark a fixed document of the node: the same for everybody, and worth keeping for five minutes."""
    response.headers["Cache-Control"] = f"public, max-age={PUBLIC_FOR_S}"
    return response


def complete(response: Response) -> Response:
    """Add what is missing; what a door has set stays."""
    headers = response.headers
    for name, value in _ALWAYS.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", _NOTHING)
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in headers:
        headers["Cache-Control"] = "private, no-store"
    if not headers["Cache-Control"].startswith("public"):
        response.vary.update(("Accept", "Authorization"))
    if response.status_code == 204:
        del headers["Content-Type"]
    if "asking" in g:
        headers[REQUEST_ID] = asking().id
    return response


def install(app: Flask) -> None:
    """Complete every answer of the application."""
    app.after_request(complete)
