"""The token endpoint: OAuth 2 client credentials (RFC 6749 section 4.4) for programs, token exchange (RFC 8693) for persons.

Guarantees: an unknown client, a wrong secret, a revoked client and a suspended organization get the same answer. A
token is bound to at most one purpose, which the policies read; it cannot be changed afterwards, only another token
asked for. A person exchanges their session's secret for a token of one organization in which they have a role. Neither
gets one before the terms in force were accepted.
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
from api.auth import OF_ROLE
from api.container import container_of, house
from api.errors import PROBLEM, Refusal
from api.faults import Fault
from api.routing import Answer, Door, Kind
from api.signing_in import lifetime
from api.tokens import SESSIONS, Claims, issue_token
from network import identity, membership
from network.errors import ClientUnknown
from network.membership import Client, Member
from network.people import roles, sessions, terms
from network.people.sessions import LoggedIn
from policies import PURPOSES

GRANT_TYPE = "client_credentials"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
SESSION = "urn:guildnet:params:oauth:token-type:session"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name
_CHALLENGE = 'Basic realm="guildnet", charset="UTF-8"'


def _oauth_error(description: str) -> dict[str, Any]:
    """RFC 6749 section 5.2 demands application/json and two members of its own; ours stand beside them."""
    own = {"type": "object", "required": ["error", "error_description"], "properties": {"error": {"type": "string"}}}
    problem = {"$ref": "#/components/schemas/Problem"}
    said = {"application/json": {"schema": {"allOf": [problem, own]}}, PROBLEM: {"schema": problem}}
    return {"description": description, "content": said}


door = Door("token", url_prefix="/v1", description="Getting an access token.")


class TokenBody(ma.Schema):
    """A token request; the client's id and secret stand here or in HTTP Basic, not in both."""

    grant_type = ma.fields.String(load_default=None, metadata={"description": "Must be there.", "enum": [GRANT_TYPE, EXCHANGE]})
    client_id = ma.fields.String(load_default=None)
    client_secret = ma.fields.String(load_default=None)
    scope = ma.fields.String(load_default=None, metadata={"description": "A part of what the client or the role may do"})
    subject_token = ma.fields.String(load_default=None, metadata={"description": "Exchange: the session's secret"})
    subject_token_type = ma.fields.String(load_default=None, metadata={"description": f"Exchange: `{SESSION}`"})
    organization = ma.fields.String(load_default=None, metadata={"description": "Exchange: a slug or DID"})
    purpose = ma.fields.String(load_default=None, metadata={"enum": list(PURPOSES)})


class TokenAnswer(ma.Schema):
    """A token; `purpose` stands here only if the token has one."""

    access_token = ma.fields.String(required=True)
    token_type = ma.fields.String(required=True, metadata={"enum": ["Bearer"]})
    expires_in = ma.fields.Integer(required=True, metadata={"description": "Seconds"})
    scope = ma.fields.String(required=True)
    purpose = ma.fields.String()
    issued_token_type = ma.fields.String(metadata={"description": "Of an exchange"})


@door.answers("POST", "/token", kind=Kind.NODE, public=True)
@door.takes(TokenBody, location="form")
@door.gives(200, TokenAnswer)
@door.says(responses={400: _oauth_error("The request cannot be answered."), 401: _oauth_error("Not the client it says.")})
def token(form: Mapping[str, Any]) -> Answer:
    """Exchange client credentials, or a person's session, for an access token."""
    if form["grant_type"] is None:
        _refuse("invalid_request", "grant_type is missing", path="grant_type")
    if form["grant_type"] not in {GRANT_TYPE, EXCHANGE}:
        _refuse("unsupported_grant_type", f"grant_type must be {GRANT_TYPE} or {EXCHANGE}", path="grant_type")
    if form["purpose"] is not None and form["purpose"] not in PURPOSES:
        _refuse("invalid_request", "purpose must be one of " + " ".join(PURPOSES), path="purpose")
    return _for_program(form) if form["grant_type"] == GRANT_TYPE else _for_person(form)


def _for_program(form: Mapping[str, Any]) -> Answer:
    client_id, secret = _credentials(form)
    with house().database.read() as session:
        client, member = _authenticated(session, client_id, secret)
        if not terms.accepted_for(session, member.id):
            _refuse_terms("an owner of the organization must accept the terms first")
        return _issued(session, form, member, client_id=client.client_id, may=client.scopes)


def _for_person(form: Mapping[str, Any]) -> Answer:
    for name in ("subject_token", "subject_token_type", "organization"):
        if form[name] is None:
            _refuse("invalid_request", f"{name} is missing", path=name)
    if form["subject_token_type"] != SESSION:
        _refuse("invalid_request", f"subject_token_type must be {SESSION}", path="subject_token_type")
    now = asking().now
    with house().database.write("exchange-session") as session:
        logged_in = sessions.by_secret(session, form["subject_token"], now=now)
        if logged_in is None:
            _refuse("invalid_grant", "the session has ended")
        member = membership.find(session, form["organization"])
        role = None if member is None else roles.role_of(session, member.id, logged_in.person_id)
        if member is None or member.suspended or role is None:
            _refuse("invalid_grant", "there is no such organization of yours")
        if not terms.accepted_by_person(session, logged_in.person_id):
            _refuse_terms("accept the terms first")
        sessions.touch(session, logged_in, lifetime=lifetime(container_of(current_app).settings), now=now)
        return _issued(session, form, member, client_id=SESSIONS, may=OF_ROLE[role], logged_in=logged_in)


def _issued(
    session: Session,
    form: Mapping[str, Any],
    member: Member,
    *,
    client_id: str,
    may: frozenset[str],
    logged_in: LoggedIn | None = None,
) -> Answer:
    seconds = container_of(current_app).settings.token_lifetime_s
    node, now = identity.node(session), asking().now
    claims = Claims(
        issuer=node.did,
        audience=node.origin,
        client_id=client_id,
        organization=member.did,
        purpose=form["purpose"],
        scope=_scope(form["scope"], may),
        id=house().entropy(16).hex(),
        issued=now,
        expires=now + timedelta(seconds=seconds),
        person=None if logged_in is None else logged_in.person_id,
        session=None if logged_in is None else logged_in.id,
    )
    text = issue_token(claims, identity.node_signer(session, house().keystore, "token"))
    answer: dict[str, object] = {"access_token": text, "token_type": "Bearer", "expires_in": seconds}
    answer["scope"] = " ".join(claims.scope)
    if claims.purpose is not None:
        answer["purpose"] = claims.purpose
    if logged_in is not None:
        answer["issued_token_type"] = ACCESS_TOKEN
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


def _scope(asked: str | None, may: frozenset[str]) -> tuple[str, ...]:
    if asked is None:
        return tuple(sorted(may))
    wanted = frozenset(asked.split(" "))
    if not wanted or not wanted <= may:
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


def _refuse_terms(description: str) -> NoReturn:
    current = terms.in_force()
    raise Refusal(
        "terms_required",
        description[0].upper() + description[1:] + ": GET /v1/terms.",
        headers={"Pragma": "no-cache"},
        extra={
            "error": "terms_required",
            "error_description": description,
            "version": current.version,
            "digest": current.digest,
        },
    )
