"""What an organization records about others: its own lists, and confidentiality agreements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import auth, repeats
from api.conditions import expected_list, list_tag
from api.container import house
from api.errors import Refusal
from api.routing import Answer, Door, Kind
from api.schemas import access as schemas
from sharing import relations

door = Door("owners", url_prefix="/v1", description="Lists and agreements that an owner's policies may name.")


@door.answers("GET", "/lists", kind=Kind.OWN)
@door.gives(200, schemas.OwnLists)
def get_lists() -> Answer:
    """The caller's lists, by name."""
    with auth.reading() as (session, caller):
        return {"lists": relations.get_lists(house(), session, caller)}


@door.answers("GET", "/lists/<slug:name>", kind=Kind.OWN)
@door.gives(200, schemas.OwnList, etag=True)
def get_list(name: str) -> Answer:
    """One of the caller's lists."""
    with auth.reading() as (session, caller):
        found = [each for each in relations.get_lists(house(), session, caller) if each.name == name]
    if not found:
        raise Refusal("not_found")
    return found[0], 200, {"ETag": list_tag(found[0].organizations)}


@door.answers("PUT", "/lists/<slug:name>", kind=Kind.OWN)
@door.takes(schemas.OwnListBody)
@door.gives(200, schemas.OwnList, etag=True)
def put_list(body: Mapping[str, Any], name: str) -> Answer:
    """Make a list, or replace who is on it. `If-Match` guards other edits."""
    with auth.writing() as (session, caller):
        found = [each for each in relations.get_lists(house(), session, caller) if each.name == name]
        expected_list(found[0].organizations if found else None)
        made = relations.put_list(house(), session, caller, name, body["organizations"])
    return made, 200, {"ETag": list_tag(made.organizations)}


@door.answers("DELETE", "/lists/<slug:name>", kind=Kind.OWN)
@door.gives(204)
def delete_list(name: str) -> Answer:
    """Remove one of the caller's lists."""
    with auth.writing() as (session, caller):
        relations.delete_list(house(), session, caller, name)
    return None, 204


@door.answers("GET", "/ndas", kind=Kind.PARTY)
@door.gives(200, schemas.NdaList)
def list_ndas() -> Answer:
    """The agreements that the caller is a side of."""
    with auth.reading() as (session, caller):
        return {"ndas": relations.list_ndas(house(), session, caller)}


@door.answers("POST", "/ndas", kind=Kind.PARTY, once=True)
@door.takes(schemas.NdaBody)
@door.gives(201, schemas.Nda)
def propose_nda(body: Mapping[str, Any]) -> Answer:
    """Record an agreement that the other side then accepts or not. `Idempotency-Key` makes it safe to send again."""
    with auth.writing() as (session, caller):

        def make() -> str:
            return relations.propose_nda(house(), session, caller, **body).id

        return relations.get_nda(session, caller, repeats.once(session, caller, "ndas", house().now(), make))


@door.answers("POST", "/ndas/<hex:nda_id>/acceptance", kind=Kind.PARTY)
@door.gives(200, schemas.Nda)
def accept_nda(nda_id: str) -> Answer:
    """The other side accepts."""
    with auth.writing() as (session, caller):
        return relations.accept_nda(house(), session, caller, nda_id)


@door.answers("DELETE", "/ndas/<hex:nda_id>", kind=Kind.PARTY)
@door.gives(204)
def end_nda(nda_id: str) -> Answer:
    """Either side ends the agreement."""
    with auth.writing() as (session, caller):
        relations.end_nda(house(), session, caller, nda_id)
    return None, 204
