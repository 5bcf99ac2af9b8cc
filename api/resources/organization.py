"""The caller's organization: what is known of it, the credentials of its programs, and leaving."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import auth
from api.asking import asking
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import organization as schemas
from network import membership
from network.people.errors import NotConfirmed
from sharing import erasing, leaving
from sharing.errors import RoleRequired
from sharing.viewers import managed

door = Door("organization", url_prefix="/v1", description="The caller's own organization.")


@door.answers("GET", "/organization", kind=Kind.OWN)
@door.gives(200, schemas.Organization)
def organization() -> Answer:
    """What the node knows of the caller's organization, and what the caller may do for it."""
    with auth.reading() as (_, caller):
        member = caller.member
    if member is None:
        raise RoleRequired("Only an organization has one.", role="member")
    names = ("id", "slug", "did", "name", "country", "verified")
    described = {name: getattr(member, name) for name in names}
    return {**described, "roles": sorted(member.roles), "sectors": sorted(member.sectors), "may": sorted(caller.may)}


@door.answers("POST", "/organization/leaving", kind=Kind.OWN)
@door.takes(schemas.LeavingBody)
@door.gives(204)
def leave(body: Mapping[str, Any]) -> Answer:
    """Leave the network: factories withdrawn, grants ended, programs revoked, people detached. Cannot be undone."""
    with auth.writing() as (session, caller):
        if body["confirm"] != managed(caller).slug:
            raise NotConfirmed("Leaving cannot be undone: send the organization's slug as `confirm`.")
        leaving.leave(house(), session, caller, erase=body["erase"])
    if body["erase"]:
        erasing.scrub(house())
    return None, 204


@door.answers("GET", "/clients", kind=Kind.OWN)
@door.gives(200, schemas.ClientList)
def list_clients() -> Answer:
    """Every program's credentials, revoked ones too."""
    with auth.reading() as (session, caller):
        return {"clients": membership.clients_of(session, managed(caller).id)}


@door.answers("POST", "/clients", kind=Kind.OWN)
@door.takes(schemas.ClientBody)
@door.gives(201, schemas.NewClient)
def make_client(body: Mapping[str, Any]) -> Answer:
    """Make credentials for a program; the secret is shown once."""
    with auth.writing() as (session, caller):
        made = membership.create_client(
            session,
            managed(caller).id,
            label=body["label"],
            scopes=body["scopes"],
            entropy=house().entropy,
            now=asking().now,
        )
    return _with_secret(made), 201


@door.answers("POST", "/clients/<hex:client_id>/secret", kind=Kind.OWN)
@door.gives(200, schemas.NewClient)
def rotate_secret(client_id: str) -> Answer:
    """A new secret; the old one ends at once, tokens that are out last to their end."""
    with auth.writing() as (session, caller):
        return _with_secret(membership.rotate_secret(session, managed(caller).id, client_id, entropy=house().entropy))


@door.answers("DELETE", "/clients/<hex:client_id>", kind=Kind.OWN)
@door.gives(204)
def revoke_client(client_id: str) -> Answer:
    """Revoke a program's credentials, and with them every token that is out."""
    with auth.writing() as (session, caller):
        membership.revoke_client(session, managed(caller).id, client_id, now=asking().now)
    return None, 204


def _with_secret(made: membership.NewClient) -> dict[str, object]:
    client = made.client
    names = ("client_id", "label", "scopes", "created", "revoked_at")
    return {**{name: getattr(client, name) for name in names}, "client_secret": made.secret}
