"""The one cookie of a browser: signed, for this host alone, out of reach of scripts.

It holds the secret of the person's session (`network.people.sessions`), for which organization and purpose they act, the
language, and the token against forged forms. Guarantees: `Secure` and the name prefix `__Host-` (RFC 6265bis section
4.1.3.2) on every node whose origin is https; `HttpOnly`; `SameSite=Lax`; nothing of before a log-in is there after it.
Signed under a key of the key-encryption key, so every process of a node reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin

from api.container import Container
from network import identity
from network.errors import NetworkError

KEY: Final = "cookies of pages"
SECRET, ORGANIZATION, PURPOSE, LANGUAGE = "secret", "organization", "purpose", "language"
FOR_PROGRAMS: Final = ("/v1/", "/orgs/", "/.well-known/", "/fed/", "/openapi", "/docs", "/healthz", "/readyz")
"""Where the addresses for programs begin."""
_NAME = "guildnet"


class Cookie(SecureCookieSessionInterface):
    """Flask's signed cookie, named and guarded by the node's origin."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._secure: bool | None = None

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; nothing for programs, whose doors it does not open."""
        if request.path.startswith(FOR_PROGRAMS):
            return self.session_class()
        app.secret_key = self._container.house.keystore.derive(KEY)
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie of a page; for programs there is none, and no reading of the database after their answer's floor."""
        if not request.path.startswith(FOR_PROGRAMS):
            super().save_session(app, session, response)

    def get_cookie_secure(self, app: Flask) -> bool:  # noqa: ARG002
        """Whether the node's origin is https. Looked up once; the origin never changes."""
        if self._secure is None:
            try:
                with self._container.house.database.read() as reading:
                    self._secure = identity.node(reading).origin.startswith("https:")
            except NetworkError:
                return True  # no node, or its database is away: nobody can log in now
        return self._secure

    def get_cookie_name(self, app: Flask) -> str:
        """With the prefix that browsers hold to this host and to https."""
        return f"__Host-{_NAME}" if self.get_cookie_secure(app) else _NAME


def install(app: Flask, container: Container) -> None:
    """Give the application its cookie."""
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=container.settings.session_lifetime_s),
    )
    app.session_interface = Cookie(container)


def begin(secret: str, language: str) -> None:
    """Start anew with a session's secret: nothing that was there before the log-in stays, the token of forms neither."""
    session.clear()
    session.permanent = True
    session[SECRET], session[LANGUAGE] = secret, language


def end() -> None:
    """Forget everything but the language."""
    language = remembered(LANGUAGE)
    session.clear()
    if language is not None:
        session[LANGUAGE] = language


def remember(**said: str | None) -> None:
    """Keep a choice, or forget it with None."""
    for name, value in said.items():
        if value is None:
            session.pop(name, None)
        else:
            session[name] = value


def remembered(name: str) -> str | None:
    """A choice of before; None without one."""
    kept: Mapping[str, object] = session
    value = kept.get(name)
    return value if isinstance(value, str) else None
