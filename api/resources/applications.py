"""Organizations that a person asks for, and the files they show the operator. Asked with a session."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from api import auth
from api.asking import asking
from api.container import house
from api.errors import Refusal
from api.resources.sign_ups import organization_of
from api.routing import Answer, Door, Kind
from api.schemas import people as schemas
from network.media import FILE_BYTES_MAX, MEDIA_TYPES, media_type, why_not
from network.people import applications

door = Door("applications", url_prefix="/v1", description="Organizations that wait for the operator.")


@door.answers("GET", "/applications", kind=Kind.OWN, person=True)
@door.gives(200, schemas.ApplicationList)
def list_applications() -> Answer:
    """One's applications, the newest first."""
    with auth.reading() as (session, _):
        return {"applications": applications.applications_of(session, auth.person_in(session).person_id)}


@door.answers("POST", "/applications", kind=Kind.OWN, person=True)
@door.takes(schemas.AskedOrganization)
@door.gives(201, schemas.Application)
def apply(body: Mapping[str, Any]) -> Answer:
    """Ask for another organization."""
    asked = applications.checked(organization_of(body))
    with auth.writing() as (session, _):
        person_id = auth.person_in(session).person_id
        return applications.add(session, house().entropy, person_id, asked, now=asking().now), 201


@door.answers("POST", "/applications/<hex:application_id>/documents", kind=Kind.OWN, person=True, body_max=FILE_BYTES_MAX)
@door.reads(*MEDIA_TYPES)
@door.gives(201, schemas.ApplicationDocument)
def attach_document(application_id: str) -> Answer:
    """Show the operator a PDF, PNG or JPEG of 10 MB at the most: the body is the file, its type is read from it."""
    content = request.get_data()
    found = media_type(content)
    if found is None:
        raise Refusal("file_refused", why_not(content))
    with auth.writing() as (session, _):
        person_id = auth.person_in(session).person_id
        attached = applications.attach(session, person_id, application_id, content=content, media_type=found, now=asking().now)
    return attached, 201
