"""Access requests: a viewer asks to come closer, the owner decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from api import auth, repeats
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import access as schemas
from sharing import access

door = Door("access-requests", url_prefix="/v1", description="Asking an owner for more than one sees.")


@door.answers("POST", "/access-requests", kind=Kind.PARTY, once=True)
@door.takes(schemas.AccessRequestBody)
@door.gives(201, schemas.AccessRequest)
def request_access(body: Mapping[str, Any]) -> Answer:
    """Ask the owner of a factory that the caller sees. `Idempotency-Key` makes it safe to send again."""
    with auth.writing() as (session, caller):
        key = repeats.key("access-requests")
        made = repeats.made_before(session, caller, key, house().now())
        if made is None:
            asked = {**body, "factory_id": body["factory"]}
            del asked["factory"]
            made = access.request_access(house(), session, caller, **asked).id
            repeats.remember(session, caller, key, made, house().now())
        found = access.get_request(house(), session, caller, made)
    return found, 201, {"Location": url_for("access-requests.get_request", request_id=made)}


@door.answers("GET", "/access-requests", kind=Kind.PARTY)
@door.gives(200, schemas.AccessRequestList)
def list_requests() -> Answer:
    """Requests that the caller made and received, about factories that it sees now."""
    with auth.reading() as (session, caller):
        made, received = access.list_requests(house(), session, caller)
    return {"made": made, "received": received}


@door.answers("GET", "/access-requests/<hex:request_id>", kind=Kind.PARTY)
@door.gives(200, schemas.AccessRequest)
def get_request(request_id: str) -> Answer:
    """One request, for its two parties."""
    with auth.reading() as (session, caller):
        return access.get_request(house(), session, caller, request_id)


@door.answers("DELETE", "/access-requests/<hex:request_id>", kind=Kind.PARTY)
@door.gives(204)
def withdraw_request(request_id: str) -> Answer:
    """Take a pending request back."""
    with auth.writing() as (session, caller):
        access.withdraw_request(house(), session, caller, request_id)
    return None, 204


@door.answers("POST", "/access-requests/<hex:request_id>/decision", kind=Kind.PARTY)
@door.takes(schemas.DecisionBody)
@door.gives(200, schemas.AccessRequest)
def decide_request(body: Mapping[str, Any], request_id: str) -> Answer:
    """The owner grants, on terms, or declines."""
    with auth.writing() as (session, caller):
        return access.decide_request(
            house(),
            session,
            caller,
            request_id,
            grant=body["decision"] == "grant",
            tier=body["tier"],
            fields=body["fields_"],
            start=body["start"],
            until=body["until"],
            message=body["message"],
        )
