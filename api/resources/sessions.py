"""Sessions of persons: logging in, seeing where one is logged in, ending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, request

from api import auth, signing_in
from api.asking import asking
from api.container import container_of
from api.routing import Answer, Door, Kind
from api.schemas import people as schemas
from network.people import sessions

door = Door("sessions", url_prefix="/v1", description="Persons who are logged in.")


@door.answers("POST", "/sessions", kind=Kind.NODE, public=True)
@door.takes(schemas.LogInBody)
@door.gives(201, schemas.BegunSession)
def log_in(body: Mapping[str, Any]) -> Answer:
    """Log in. The secret is sent as a bearer token to what is about oneself, and exchanged at `/v1/token` for the rest."""
    begun = signing_in.log_in(
        container_of(current_app),
        address=body["email"],
        password=body["password"],
        code=body["code"],
        recovery_code=body["recovery_code"],
        agent=request.headers.get("User-Agent", ""),
        place=request.remote_addr or "",
    )
    described = {name: getattr(begun.session, name) for name in ("id", "agent", "created", "used_at", "expires_at")}
    return {**described, "secret": begun.secret}, 201


@door.answers("GET", "/sessions", kind=Kind.OWN, person=True)
@door.gives(200, schemas.SessionList)
def list_sessions() -> Answer:
    """Where one is logged in."""
    with auth.reading() as (session, _):
        current = auth.person_in(session)
        found = sessions.sessions_of(session, current.person_id, now=asking().now)
    return {"sessions": found, "current": current.id}


@door.answers("DELETE", "/sessions", kind=Kind.OWN, person=True)
@door.gives(204)
def end_sessions() -> Answer:
    """Log out everywhere, here too."""
    with auth.writing() as (session, _):
        sessions.end_all(session, auth.person_in(session).person_id)
    return None, 204


@door.answers("DELETE", "/sessions/current", kind=Kind.OWN, person=True)
@door.gives(204)
def end_current_session() -> Answer:
    """Log out here."""
    with auth.writing() as (session, _):
        current = auth.person_in(session)
        sessions.end(session, current.person_id, current.id)
    return None, 204


@door.answers("DELETE", "/sessions/<hex:session_id>", kind=Kind.OWN, person=True)
@door.gives(204)
def end_session(session_id: str) -> Answer:
    """Log out elsewhere."""
    with auth.writing() as (session, _):
        sessions.end(session, auth.person_in(session).person_id, session_id)
    return None, 204
