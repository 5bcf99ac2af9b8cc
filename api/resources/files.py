"""Attached files: an organization's own, and those that a factory shows.

A file leaves as an attachment of the type that its content has, under a name made of its digest, with nothing that a
browser could run; a file that the caller may not have gives the 404 of an unknown one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from api import auth
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import files as schemas
from network.media import FILE_BYTES_MAX, JPEG, MEDIA_TYPES, PDF, PNG
from sharing.files import shelf

door = Door("files", url_prefix="/v1", description="Certificates, drawings and reports as PDF, PNG or JPEG.")

_ENDING = {PDF: "pdf", PNG: "png", JPEG: "jpg"}
_RUN_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"


@door.answers("POST", "/files", kind=Kind.OWN, body_max=FILE_BYTES_MAX)
@door.takes(schemas.FileQuery, location="query")
@door.reads(*MEDIA_TYPES)
@door.gives(201, schemas.FileFacts, description="Kept under its digest; the same bytes again change nothing.")
def add_file(query: Mapping[str, Any]) -> Answer:
    """Keep a PDF, PNG or JPEG of 10 MB at the most: the body is the file, its type is read from it."""
    content = request.get_data()
    with auth.writing() as (session, caller):
        kept = shelf.add_file(house(), session, caller, content, name=query["name"])
    return kept, 201, {"Location": url_for("files.own_file", digest=kept.digest)}


@door.answers("GET", "/files", kind=Kind.OWN)
@door.gives(200, schemas.FileList)
def list_files() -> Answer:
    """The files of the caller's organization."""
    with auth.reading() as (session, caller):
        return {"files": shelf.list_files(house(), session, caller)}


@door.answers("GET", "/files/<digest:digest>", kind=Kind.OWN)
@door.gives(200, media_type=PDF, etag=True)
@door.gives(200, media_type=PNG, etag=True)
@door.gives(200, media_type=JPEG, etag=True)
def own_file(digest: str) -> Answer:
    """One's own file."""
    with auth.reading() as (session, caller):
        given = shelf.own_file(house(), session, caller, digest)
    return _attachment(given)


@door.answers("DELETE", "/files/<digest:digest>", kind=Kind.OWN)
@door.gives(204)
def throw_away(digest: str) -> Answer:
    """Destroy a file that no profile names."""
    with auth.writing() as (session, caller):
        shelf.throw_away(house(), session, caller, digest)
    return None, 204


@door.answers("GET", "/factories/<factory:factory_id>/documents/<digest:digest>", kind=Kind.PROJECTION, public=True)
@door.gives(200, media_type=PDF, etag=True)
@door.gives(200, media_type=PNG, etag=True)
@door.gives(200, media_type=JPEG, etag=True)
def shown_file(factory_id: str, digest: str) -> Answer:
    """A file that the factory attaches, where the caller sees its digest and `document.file` exactly."""
    with auth.reading() as (session, caller):
        given = shelf.shown_file(house(), session, caller, factory_id, digest)
    return _attachment(given)


def _attachment(given: shelf.Given) -> Response:
    response = Response(given.content, content_type=given.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{given.digest[:16]}.{_ENDING[given.media_type]}"'
    response.headers["Content-Security-Policy"] = _RUN_NOTHING
    return response
