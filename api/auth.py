"""Who asks: from the `Authorization` header to a `Caller` read from the database.

Guarantees: a request without the header is anonymous; one with it is answered as its organization or with 401, never as
anonymous, so a broken client does not silently see less. Everything but the organization's identity and the purpose is
read from the database, once to accept the token and again in the snapshot (or the transaction) that answers, so that a
revocation counts from the next request on and a write that overtakes it does not commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, current_app, request
from sqlalchemy.orm import Session
from werkzeug import Response
from werkzeug.exceptions import MethodNotAllowed

from api.asking import Asking, asking
from api.container import Container, container_of
from api.errors import Refusal
from api.routing import Route, declared_pages, declared_routes, refuse_unasked_query, route_of
from api.tokens import Claims, TokenRefused, read_token, replaced_since
from network import identity, membership
from network.people import roles, sessions
from network.people.sessions import LoggedIn
from network.people.tokens import SESSION_PREFIX
from sharing.viewers import MANAGE, Caller

READ, WRITE = "read", "write"
OF_ROLE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "reader": frozenset({READ}),
        "editor": frozenset({READ, WRITE}),
        "owner": frozenset({READ, WRITE, MANAGE}),
    }
)
"""What a person's role lets them do for an organization."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_CHALLENGE = 'Bearer realm="guildnet"'
_CLIENT_AUTHENTICATION = frozenset({"token.token"})
"""Routes whose `Authorization` header is not a bearer token."""


@contextmanager
def reading() -> Iterator[tuple[Session, Caller]]:
    """One snapshot, and the caller as they are in it."""
    with container_of(current_app).house.database.read() as session:
        yield session, caller_in(session)


@contextmanager
def writing() -> Iterator[tuple[Session, Caller]]:
    """One transaction named after what is done, and the caller as they are in it; commits unless something was raised."""
    with container_of(current_app).house.database.write(_use()) as session:
        caller = caller_in(session)
        if caller.member is not None and WRITE not in caller.may:
            raise Refusal("scope_required", "Your role in this organization is to read.")
        yield session, caller


def _use() -> str:
    """The route, or for a page the route that does the same for programs."""
    page = declared_pages(current_app).get(request.endpoint or "")
    return page.does if page is not None and page.does is not None else request.endpoint or ""


def caller_in(session: Session) -> Caller:
    """The caller of the request in hand, read in this session."""
    claims = asking().claims
    return Caller.anonymous() if claims is None else resolve(session, claims)


def person_in(session: Session) -> LoggedIn:
    """The session of the request in hand, as it is in this transaction; raises `Refusal` if it has ended meanwhile."""
    known = asking().logged_in
    found = None if known is None else sessions.by_id(session, known.id, now=asking().now)
    if found is None:
        raise _refused("The session has ended.")
    return found


def resolve(session: Session, claims: Claims) -> Caller:
    """The organization behind accepted claims; raises `Refusal` if it, the client or the person no longer counts."""
    if claims.person is not None:
        return _resolve_person(session, claims, claims.person)
    client = membership.client(session, claims.client_id)
    if client is None or client.revoked_at is not None:
        raise _refused("The client was revoked.")
    member = membership.find(session, claims.organization)
    if member is None or member.id != client.organization_id or member.suspended:
        raise _refused("The organization is suspended.")
    return Caller(member=member, purpose=claims.purpose, may=frozenset(claims.scope))


def _resolve_person(session: Session, claims: Claims, person_id: str) -> Caller:
    found = sessions.by_id(session, claims.session or "", now=asking().now)
    if found is None or found.person_id != person_id:
        raise _refused("The session has ended.")
    member = membership.find(session, claims.organization)
    if member is None or member.suspended:
        raise _refused("The organization is suspended.")
    role = roles.role_of(session, member.id, person_id)
    if role is None:
        raise _refused("The person has no role in this organization any more.")
    return Caller(member=member, purpose=claims.purpose, person_id=person_id, may=OF_ROLE[role].intersection(claims.scope))


def install(app: Flask, container: Container) -> None:
    """Read the header of every request. A refusal is only noted here, so that refused requests are counted too."""

    def read_header() -> None:
        if request.endpoint in _CLIENT_AUTHENTICATION or request.endpoint in declared_pages(app):
            return  # a page is asked with a cookie alone (`api.web.visit`)
        current = asking()
        try:
            text = _bearer(request.headers.getlist("Authorization"))
            if text is None:
                return
            with container.house.database.read() as session:
                if text.startswith(SESSION_PREFIX):
                    current.logged_in = _logged_in(session, text, current)
                    return
                node = identity.node(session)
                keys = _token_keys(session, replaced_since(current.now, container.settings.token_lifetime_s))
                claims = read_token(text, keys=keys, audience=node.origin, issuer=node.did, now=current.now)
                current.organization_id = resolve(session, claims).organization_id
            current.claims = claims
        except TokenRefused as error:
            current.refusal = _refused(error.reason)
        except Refusal as error:
            current.refusal = error

    app.before_request(read_header)


def install_gate(app: Flask) -> None:
    """What depends on the request alone and is settled before its route runs; after the limits."""

    def gate() -> Response | None:
        current = asking()
        if isinstance(request.routing_exception, MethodNotAllowed):
            return None  # 405 with Allow, whoever asks: it depends on the routing table alone
        if current.refusal is not None:
            raise current.refusal
        if request.url_rule is None or request.endpoint is None:
            return None  # Flask answers 404 or 405
        if request.method == "OPTIONS":
            return _options()
        route = route_of(app, request.endpoint)
        if request.endpoint in declared_routes(app):
            _check_credential(route, current)
            _check_token(route, current)
        length = request.content_length
        most = app.config["MAX_CONTENT_LENGTH"] if route is None or route.body_max is None else route.body_max
        if isinstance(most, str):
            most = getattr(container_of(app).settings, most)
        request.max_content_length = most
        if length is not None and length > most:
            raise Refusal("body_too_large")
        refuse_unasked_query(route)
        return None

    app.before_request(gate)


def _check_credential(route: Route | None, current: Asking) -> None:
    """A session opens what is about its person's account, a token what is about an organization; neither does both."""
    if route is None:
        return
    if route.person and current.logged_in is None:
        raise Refusal("session_required", "This address asks for a session.", headers={"WWW-Authenticate": _CHALLENGE})
    if current.logged_in is not None and not route.person:
        raise Refusal(
            "token_required",
            "This address asks for a token; a session is exchanged for one at /v1/token.",
            headers={"WWW-Authenticate": _CHALLENGE},
        )


def _check_token(route: Route | None, current: Asking) -> None:
    if route is None or route.public:
        return
    if current.claims is None:
        if not route.person:
            raise Refusal("token_required", "This address asks for a token.", headers={"WWW-Authenticate": _CHALLENGE})
        return
    wanted = READ if request.method in _SAFE else WRITE
    if wanted not in current.claims.scope:
        raise Refusal("scope_required", f"This asks for a token with the scope {wanted}.")


def _options() -> Response:
    """The methods of this address, from the routing table alone; no CORS, since no page elsewhere may ask."""
    answer = current_app.make_default_options_response()
    answer.status_code = 204
    return answer


def _logged_in(session: Session, secret: str, current: Asking) -> LoggedIn:
    found = sessions.by_secret(session, secret, now=current.now)
    if found is None:
        raise TokenRefused("The session has ended.")
    return found


def _bearer(headers: list[str]) -> str | None:
    if not headers:
        return None
    scheme, _, token = headers[0].partition(" ")
    if len(headers) > 1 or scheme.lower() != "bearer" or not token or " " in token:
        raise TokenRefused("The header must be one bearer token.")
    return token


def _token_keys(session: Session, since: datetime) -> Mapping[str, Ed25519PublicKey]:
    found = identity.token_keys(session, since=since)
    return {key.kid: Ed25519PublicKey.from_public_bytes(key.public.raw) for key in found}


def _refused(reason: str) -> Refusal:
    challenge = f'{_CHALLENGE}, error="invalid_token", error_description="{reason}"'
    return Refusal("token_invalid", reason, headers={"WWW-Authenticate": challenge})
