"""One factory for one viewer: as JSON, signed, and as a bundle that anyone can check offline."""

from __future__ import annotations

from flask import Response

from api import auth
from api.conditions import wanted_type
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import factories as schemas
from sharing import views

JSON, SIGNED = "application/json", "application/vc+jwt"

door = Door("views", url_prefix="/v1", description="A factory as the caller may see it.")


@door.answers("GET", "/factories/<factory:factory_id>", kind=Kind.PROJECTION, public=True)
@door.gives(200, media_type=SIGNED, etag=True)
@door.gives(200, schemas.FactoryView, etag=True)
def view_factory(factory_id: str) -> Answer:
    """The caller's view. `Accept: application/vc+jwt` gives the signed form."""
    signed = wanted_type(JSON, SIGNED) == SIGNED
    # Also for JSON: the verdicts of the public are those of the stored view.
    views.refresh(house(), factory_id)
    if signed:
        with auth.reading() as (session, caller):
            text = views.signed_view(house(), session, caller, factory_id)
        return Response(text, content_type=SIGNED)
    with auth.reading() as (session, caller):
        return views.view(house(), session, caller, factory_id)


@door.answers("GET", "/factories/<factory:factory_id>/bundle", kind=Kind.PROJECTION, public=True)
@door.gives(200, media_type=JSON, etag=True, description="Canonical JSON for `guildnet verify`.")
def bundle_factory(factory_id: str) -> Answer:
    """The caller's view with everything needed to check it without this node."""
    views.refresh(house(), factory_id)
    with auth.reading() as (session, caller):
        data = views.bundle(house(), session, caller, factory_id)
    return Response(data, content_type=JSON)
