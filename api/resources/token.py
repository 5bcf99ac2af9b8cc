"""The token endpoint: OAuth 2 client credentials (RFC 6749 section 4.4, answers of section 5).

Guarantees: an unknown client, a wrong secret, a revoked client and a suspended organization get the same answer. A
token is bound to at most one purpose, which the policies read; it cannot be changed afterwards, only another token
asked for.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NoReturn
from urllib.parse import unquote_plus

import marshmallow as ma
from flask import current_app, request
from sqlalchemy.orm import Session

from api.asking import asking
from api.container import container_of
from api.errors import Refusal
from api.faults import Fault
from api.routing import Answer, Door, Kind
from api.tokens import Claims, issue_token
from network import identity, membership
from network.errors import ClientUnknown
from network.membership import Client, Member
from policies import PURPOSES

GRANT_TYPE = "client_credentials"
_CHALLENGE = 'Basic realm="guildnet", charset="UTF-8"'

door = Door("token", url_prefix="/v1", description="Getting an access token.")


class TokenBody(ma.Schema):
    """A token request; the client's id and secret stand here or in HTTP Basic, not in both."""

    grant_type = ma.fields.String(load_default=None, metadata={"description": f"`{GRANT_TYPE}`"})
    client_id = ma.fields.String(load_default=None)
    client_secret = ma.fields.String(load_default=None)
    scope = ma.fields.String(load_default=None, metadata={"description": "A part of the client's scopes"})
    purpose = ma.fields.String(load_default=None, metadata={"description": "One of: " + ", ".join(PURPOSES)})


class TokenAnswer(ma.Schema):
    """A token; `purpose` stands here only if the token has one."""

    access_token = ma.fields.String(required=True)
    token_type = ma.fields.String(required=True, metadata={"enum": ["Bearer"]})
    expires_in = ma.fields.Integer(required=True, metadata={"description": "Seconds"})
    scope = ma.fields.String(required=True)
    purpose = ma.fields.String()


@door.answers("POST", "/token", kind=Kind.NODE, public=True)
@door.takes(TokenBody, location="form")
@door.gives(200, TokenAnswer)
def token(form: Mapping[str, Any]) -> Answer:
    """Exchange client credentials for an access token."""
    if form["grant_type"] is None:
        _refuse("invalid_request", "grant_type is missing", path="grant_type")
    if form["grant_type"] != GRANT_TYPE:
        _refuse("unsupported_grant_type", f"grant_type must be {GRANT_TYPE}", path="grant_type")
    if form["purpose"] is not None and form["purpose"] not in PURPOSES:
        _refuse("invalid_request", "purpose must be one of " + " ".join(PURPOSES), path="purpose")
    client_id, secret = _credentials(form)
    container = container_of(current_app)
    with container.house.database.read() as session:
        client, member = _authenticated(session, client_id, secret)
        scope = _scope(form["scope"], client)
        node = identity.node(session)
        now = asking().now
        lifetime = container.settings.token_lifetime_s
        claims = Claims(
            issuer=node.did,
            audience=node.origin,
            client_id=client.client_id,
            organization=member.did,
            purpose=form["purpose"],
            scope=scope,
            id=container.house.entropy(16).hex(),
            issued=now,
            expires=now + timedelta(seconds=lifetime),
        )
        text = issue_token(claims, identity.node_signer(session, container.house.keystore, "token"))
    answer: dict[str, object] = {"access_token": text, "token_type": "Bearer", "expires_in": lifetime}
    answer["scope"] = " ".join(scope)
    if claims.purpose is not None:
        answer["purpose"] = claims.purpose
    return answer, 200, {"Pragma": "no-cache"}


def _credentials(form: Mapping[str, Any]) -> tuple[str, str]:
    header = request.headers.get("Authorization")
    in_body = form["client_id"], form["client_secret"]
    if header is None:
        if None in in_body:
            _refuse("invalid_client", "client credentials are missing")
        return str(in_body[0]), str(in_body[1])
    if form["client_secret"] is not None:
        _refuse("invalid_request", "client credentials must be given once")
    scheme, _, encoded = header.partition(" ")
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # not base64, or not text
        text = ""
    name, colon, secret = text.partition(":")
    if scheme.lower() != "basic" or not colon:
        _refuse("invalid_client", "the Authorization header must be Basic")
    client_id = unquote_plus(name)
    if form["client_id"] not in {None, client_id}:
        _refuse("invalid_request", "client_id must be the same in both places", path="client_id")
    return client_id, unquote_plus(secret)


def _authenticated(session: Session, client_id: str, secret: str) -> tuple[Client, Member]:
    try:
        client = membership.verify_client(session, client_id, secret)
    except ClientUnknown:
        _refuse("invalid_client", "the client credentials are not valid")
    member = membership.member_of(session, client.organization_id)
    if member.suspended:
        _refuse("invalid_client", "the client credentials are not valid")
    return client, member


def _scope(asked: str | None, client: Client) -> tuple[str, ...]:
    if asked is None:
        return tuple(sorted(client.scopes))
    wanted = frozenset(asked.split(" "))
    if not wanted or not wanted <= client.scopes:
        _refuse("invalid_scope", "the client does not have this scope", path="scope")
    return tuple(sorted(wanted))


def _refuse(code: str, description: str, *, path: str | None = None) -> NoReturn:
    """An error with the members that RFC 6749 section 5.2 asks for beside our own."""
    raise Refusal(
        code,
        description[0].upper() + description[1:] + ".",
        errors=() if path is None else (Fault(path=path, code=code, message=description),),
        headers={"Pragma": "no-cache"} | ({"WWW-Authenticate": _CHALLENGE} if code == "invalid_client" else {}),
        extra={"error": code, "error_description": description},
    )
