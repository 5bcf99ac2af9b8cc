"""Who acts for the caller's organization: people, their roles, and invitations. For its owners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app

from api import auth, signing_in
from api.asking import asking
from api.container import container_of, house
from api.routing import Answer, Door, Kind
from api.schemas import organization as schemas
from network.people import invitations, roles
from sharing.viewers import managed

door = Door("people", url_prefix="/v1", description="Who acts for an organization.")


@door.answers("GET", "/people", kind=Kind.OWN)
@door.gives(200, schemas.People)
def list_people() -> Answer:
    """Everybody in the organization."""
    with auth.reading() as (session, caller):
        return {"people": roles.colleagues(session, managed(caller).id)}


@door.answers("GET", "/people/<hex:person_id>", kind=Kind.OWN)
@door.gives(200, schemas.Colleague)
def get_person(person_id: str) -> Answer:
    """One person in the organization."""
    with auth.reading() as (session, caller):
        return roles.colleague(session, managed(caller).id, person_id)


@door.answers("PUT", "/people/<hex:person_id>", kind=Kind.OWN)
@door.takes(schemas.RoleBody)
@door.gives(200, schemas.Colleague)
def set_role(body: Mapping[str, Any], person_id: str) -> Answer:
    """Change what a person may do; effective at their next request."""
    with auth.writing() as (session, caller):
        return roles.set_role(session, managed(caller).id, person_id, body["role"])


@door.answers("DELETE", "/people/<hex:person_id>", kind=Kind.OWN)
@door.gives(204)
def remove_person(person_id: str) -> Answer:
    """Take a person out of the organization; effective at their next request."""
    with auth.writing() as (session, caller):
        roles.remove(session, managed(caller).id, person_id)
    return None, 204


@door.answers("GET", "/invitations", kind=Kind.OWN)
@door.gives(200, schemas.InvitationList)
def list_invitations() -> Answer:
    """Open invitations."""
    with auth.reading() as (session, caller):
        return {"invitations": invitations.invitations(session, managed(caller).id, now=asking().now)}


@door.answers("POST", "/invitations", kind=Kind.OWN)
@door.takes(schemas.InvitationBody)
@door.gives(201, schemas.Invitation)
def invite(body: Mapping[str, Any]) -> Answer:
    """Invite whoever reads an address's mail; a second invitation of an address replaces the first."""
    with auth.writing() as (session, caller):
        made = invitations.invite(
            session,
            house().keystore,
            managed(caller).id,
            address=body["email"],
            role=body["role"],
            language=body["language"],
            now=asking().now,
        )
    return made, 201


@door.answers("DELETE", "/invitations/<hex:invitation_id>", kind=Kind.OWN)
@door.gives(204)
def call_back(invitation_id: str) -> Answer:
    """Call an invitation back."""
    with auth.writing() as (session, caller):
        invitations.call_back(session, managed(caller).id, invitation_id)
    return None, 204


@door.answers("POST", "/invitations/acceptance", kind=Kind.NODE, public=True)
@door.takes(schemas.AcceptBody)
@door.gives(200, schemas.Accepted)
def accept_invitation(body: Mapping[str, Any]) -> Answer:
    """Join an organization with the mailed token, with an account made now where the address has none."""
    return signing_in.accept_invitation(container_of(current_app), **body)
