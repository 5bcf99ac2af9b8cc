"""Pairs of an organization's own factories that may be one; a person decides, and every decision can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import auth
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import imports as schemas
from sharing.exchange import likenesses

door = Door("duplicates", url_prefix="/v1", description="Factories of one organization that may be one.")


@door.answers("GET", "/duplicates", kind=Kind.OWN)
@door.takes(schemas.LikenessQuery, location="query")
@door.gives(200, schemas.LikenessList)
def list_duplicates(query: Mapping[str, Any]) -> Answer:
    """The caller's pairs in one state."""
    state = None if query["state"] == "all" else query["state"]
    with auth.reading() as (session, caller):
        return {"duplicates": likenesses.likenesses(house(), session, caller, state=state)}


@door.answers("POST", "/duplicates", kind=Kind.OWN)
@door.gives(200, schemas.Found)
def find_duplicates() -> Answer:
    """Compare all of the caller's factories and note the pairs that are not known yet."""
    with auth.writing() as (session, caller):
        return {"open": likenesses.find(house(), session, caller)}


@door.answers("GET", "/duplicates/<hex:likeness_id>", kind=Kind.OWN)
@door.gives(200, schemas.Likeness)
def get_duplicate(likeness_id: str) -> Answer:
    """One of the caller's pairs."""
    with auth.reading() as (session, caller):
        return likenesses.get_likeness(house(), session, caller, likeness_id)


@door.answers("POST", "/duplicates/<hex:likeness_id>/decision", kind=Kind.OWN)
@door.takes(schemas.LikenessDecision)
@door.gives(200, schemas.Likeness)
def decide_duplicate(body: Mapping[str, Any], likeness_id: str) -> Answer:
    """Decide that the two are one (`merge`) or two (`apart`). A warning (409) is answered with `confirm`."""
    with auth.writing() as (session, caller):
        if body["decision"] == "apart":
            return likenesses.apart(house(), session, caller, likeness_id)
        said = frozenset(body["confirm"])
        return likenesses.merge(house(), session, caller, likeness_id, keep=body["keep"], confirmed=said)


@door.answers("DELETE", "/duplicates/<hex:likeness_id>/decision", kind=Kind.OWN)
@door.gives(200, schemas.Likeness)
def undo_duplicate(likeness_id: str) -> Answer:
    """Take the decision back; a merge restores both factories."""
    with auth.writing() as (session, caller):
        return likenesses.undo(house(), session, caller, likeness_id)
