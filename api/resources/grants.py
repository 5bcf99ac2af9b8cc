"""Grants: an organization's place on a factory's tier, for its two parties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from api import auth, repeats
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import access as schemas
from sharing import grants

door = Door("grants", url_prefix="/v1", description="Who stands on which tier of a factory, for what, until when.")


@door.answers("POST", "/grants", kind=Kind.PARTY, once=True)
@door.takes(schemas.GrantBody)
@door.gives(201, schemas.Grant)
def give_grant(body: Mapping[str, Any]) -> Answer:
    """The owner grants without having been asked. `Idempotency-Key` makes it safe to send again."""
    terms = {name.removesuffix("_"): value for name, value in body.items()}
    with auth.writing() as (session, caller):

        def make() -> str:
            return grants.give_grant(house(), session, caller, **terms).id

        made = repeats.once(session, caller, "grants", house().now(), make)
        found = grants.get_grant(house(), session, caller, made)
    return found, 201, {"Location": url_for("grants.get_grant", grant_id=made)}


@door.answers("GET", "/grants", kind=Kind.PARTY)
@door.gives(200, schemas.GrantList)
def list_grants() -> Answer:
    """Every grant that the caller gave or holds, about factories that it sees now."""
    with auth.reading() as (session, caller):
        return {"grants": grants.list_grants(house(), session, caller)}


@door.answers("GET", "/grants/<hex:grant_id>", kind=Kind.PARTY)
@door.gives(200, schemas.Grant)
def get_grant(grant_id: str) -> Answer:
    """One grant, for its two parties."""
    with auth.reading() as (session, caller):
        return grants.get_grant(house(), session, caller, grant_id)


@door.answers("DELETE", "/grants/<hex:grant_id>", kind=Kind.PARTY)
@door.gives(204)
def withdraw_grant(grant_id: str) -> Answer:
    """The owner ends the grant, or its holder gives it back: effective at the next request."""
    with auth.writing() as (session, caller):
        grants.withdraw_grant(house(), session, caller, grant_id)
    return None, 204
