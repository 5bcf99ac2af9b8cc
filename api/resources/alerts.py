"""Saved searches, and what changed in them for the caller.

Everything here is the calling organization's own; the factories in results and alerts are projections for whoever reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import after_this_request
from sqlalchemy.orm import Session

from api import auth, repeats
from api.container import house
from api.resources.search import PageQuery, SearchAnswer, answered, bounded, page_size, wait_for_floor
from api.routing import Answer, Door, Kind
from api.schemas import alerts as schemas
from sharing.alerts import listing, saved
from sharing.viewers import Caller

door = Door("alerts", url_prefix="/v1", description="Searches that are kept, and what changed in what they find.")


@door.answers("POST", "/saved-searches", kind=Kind.OWN, once=True)
@door.takes(schemas.SavedSearchBody)
@door.gives(201, schemas.SavedSearch)
def save_search(body: Mapping[str, Any]) -> Answer:
    """Keep a search. `Idempotency-Key` makes it safe to send again."""
    with bounded() as bounds, auth.writing() as (session, caller):

        def make() -> str:
            return saved.save(house(), session, caller, bounds=bounds, **body).id

        made = repeats.once(session, caller, "saved-searches", house().now(), make)
        return saved.get(house(), session, caller, made)


@door.answers("GET", "/saved-searches", kind=Kind.OWN)
@door.gives(200, schemas.SavedSearchList)
def list_saved_searches() -> Answer:
    """The organization's saved searches."""
    with auth.reading() as (session, caller):
        return {"saved_searches": saved.listed(house(), session, caller)}


@door.answers("GET", "/saved-searches/<hex:search_id>", kind=Kind.OWN)
@door.gives(200, schemas.SavedSearch)
def get_saved_search(search_id: str) -> Answer:
    """One of them."""
    with auth.reading() as (session, caller):
        return saved.get(house(), session, caller, search_id)


@door.answers("PUT", "/saved-searches/<hex:search_id>", kind=Kind.OWN)
@door.takes(schemas.SavedSearchChange)
@door.gives(200, schemas.SavedSearch)
def change_saved_search(body: Mapping[str, Any], search_id: str) -> Answer:
    """Rename it, look at it more or less often, or write no more letters about it."""
    with auth.writing() as (session, caller):
        return saved.change(house(), session, caller, search_id, **body)


@door.answers("DELETE", "/saved-searches/<hex:search_id>", kind=Kind.OWN)
@door.gives(204)
def delete_saved_search(search_id: str) -> Answer:
    """Delete it with its alerts."""
    with auth.writing() as (session, caller):
        saved.delete(house(), session, caller, search_id)
    return None, 204


@door.answers("GET", "/saved-searches/<hex:search_id>/results", kind=Kind.PROJECTION)
@door.takes(PageQuery, location="query")
@door.gives(200, SearchAnswer)
def run_saved_search(query: Mapping[str, Any], search_id: str) -> Answer:
    """What it finds now, as the caller searches with the purpose of their token."""
    after_this_request(wait_for_floor)
    limit = page_size(query)
    with auth.reading() as (session, caller):
        asked = saved.query_of(house(), saved.get(house(), session, caller, search_id))

    def resolve(snapshot: Session) -> Caller:
        found = auth.caller_in(snapshot)
        saved.get(house(), snapshot, found, search_id)  # as it is in the snapshot that answers
        return found

    return answered(resolve, asked, limit=limit, cursor=query["cursor"])


@door.answers("GET", "/alerts", kind=Kind.PROJECTION)
@door.takes(schemas.AlertQuery, location="query")
@door.gives(200, schemas.AlertPage)
def list_alerts(query: Mapping[str, Any]) -> Answer:
    """What changed in the organization's saved searches, newest first, as far as the caller sees it now."""
    with auth.reading() as (session, caller):
        return listing.list_alerts(
            house(), session, caller, search_id=query["search"], limit=query["limit"], cursor=query["cursor"]
        )
