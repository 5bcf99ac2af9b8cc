"""About the node itself: health, description, identities, the field catalogue. The same for everybody who asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response, current_app
from sqlalchemy.orm import Session

from api import auth, docs_page
from api.asking import asking
from api.container import container_of, house
from api.errors import Refusal
from api.headers import public
from api.openapi import description_of
from api.routing import Answer, Door, Kind
from api.schemas.fields import Text
from api.tokens import replaced_since
from network import identity, membership
from network.errors import KeyUnknown, NetworkError
from network.standing import is_behind, is_replaced, require_current
from policies import LEVELS, PURPOSES
from sharing.catalogue.openapi import catalogue_document

JSON, HTML, CSS, PLAIN, JWT = "application/json", "text/html", "text/css", "text/plain", "application/jwt"
_STYLE_ONLY = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

door = Door("node", description="About the node itself.")


class KeyQuery(ma.Schema):
    """Which key."""

    kid = Text(most=500, required=True, metadata={"description": "`<DID>#<RFC 7638 thumbprint>`"})


@door.answers("GET", "/healthz", kind=Kind.NODE, public=True)
@door.gives(200, media_type=PLAIN)
def healthz() -> Answer:
    """The process answers."""
    return Response("ok\n", content_type=PLAIN)


@door.answers("GET", "/readyz", kind=Kind.NODE, public=True)
@door.gives(200, media_type=PLAIN)
def readyz() -> Answer:
    """The node can answer: its database has a node in it. 503 otherwise, by name in two cases.

    `node_behind`: it is a restored copy. `kek_replaced`: its key was changed, and it has to be started anew.
    """
    try:
        with house().database.read() as session:
            identity.node(session)
            if is_replaced(session, house().database.kek_name):
                raise Refusal("kek_replaced")
            if is_behind(session):
                raise Refusal("node_behind")
    except NetworkError as error:
        raise Refusal("unavailable") from error
    return Response("ready\n", content_type=PLAIN)


@door.answers("GET", "/openapi.json", kind=Kind.NODE, public=True)
@door.gives(200, media_type=JSON, etag=True)
def openapi() -> Answer:
    """This description (OpenAPI 3.1)."""
    return _fixed(description_of(current_app))


@door.answers("GET", "/docs", kind=Kind.NODE, public=True)
@door.gives(200, media_type=HTML, etag=True)
def docs() -> Answer:
    """This description for people."""
    answer = public(Response(docs_page.page(description_of(current_app)), content_type=f"{HTML}; charset=utf-8"))
    answer.headers["Content-Security-Policy"] = _STYLE_ONLY
    return answer


@door.answers("GET", "/docs/style.css", kind=Kind.NODE, public=True)
@door.gives(200, media_type=CSS, etag=True)
def docs_style() -> Answer:
    """The style sheet of `/docs`."""
    return public(Response(docs_page.STYLE, content_type=f"{CSS}; charset=utf-8"))


@door.answers("GET", "/.well-known/did.json", kind=Kind.NODE, public=True)
@door.gives(200, media_type=JSON, etag=True)
def node_did() -> Answer:
    """The node's DID document."""
    with auth.reading() as (session, _):
        return _fixed(_did_document(session, identity.node(session).did))


@door.answers("GET", "/orgs/<slug:slug>/did.json", kind=Kind.NODE, public=True)
@door.gives(200, media_type=JSON, etag=True)
def organization_did(slug: str) -> Answer:
    """The DID document of an organization that is at home here."""
    with auth.reading() as (session, _):
        member = membership.find(session, slug)
        if member is None or member.slug != slug:
            raise Refusal("not_found")
        return _fixed(_did_document(session, member.did))


@door.answers("GET", "/.well-known/jwks.json", kind=Kind.NODE, public=True)
@door.gives(200, media_type=JSON, etag=True)
def jwks() -> Answer:
    """The keys that this node's access tokens are signed with."""
    with auth.reading() as (session, _):
        require_current(session)  # as for DID documents
        return _fixed(
            identity.jwks(session, since=replaced_since(asking().now, container_of(current_app).settings.token_lifetime_s))
        )


@door.answers("GET", "/v1/key-statements", kind=Kind.NODE, public=True)
@door.takes(KeyQuery, location="query")
@door.gives(200, media_type=JWT, etag=True)
def key_statement(query: Mapping[str, Any]) -> Answer:
    """What the node's root key says about a key: whose it is, who holds it, from when until when."""
    with auth.reading() as (session, _):
        try:
            text = identity.key_statement(session, house().keystore, query["kid"], at=asking().now)
        except KeyUnknown as error:
            raise Refusal("not_found") from error
    return public(Response(text, content_type=JWT))


@door.answers("GET", "/v1/catalogue", kind=Kind.NODE, public=True)
@door.gives(200, media_type=JSON, etag=True)
def field_catalogue() -> Answer:
    """Every field: its group, type, unit, vocabulary, bands and default level for each tier."""
    return _fixed({**catalogue_document(), "levels": list(LEVELS), "purposes": list(PURPOSES)})


def _did_document(session: Session, did: str) -> Mapping[str, object]:
    require_current(session)  # an older copy would name keys that were closed since, and caches would keep that
    try:
        return identity.did_document(session, did)
    except KeyUnknown as error:
        raise Refusal("not_found") from error


def _fixed(document: Mapping[str, object]) -> Response:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return public(Response(text, content_type=JSON))
