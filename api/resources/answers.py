"""What an owner can ask before saving a policy. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import auth
from api.container import house
from api.language import language
from api.routing import Answer, Door, Kind
from api.schemas import answers as schemas
from sharing.answers import offers, previews
from sharing.answers.pictures import Asked

door = Door("answers", url_prefix="/v1", description="What an owner asks before saving a policy; nothing is changed.")


@door.answers("GET", "/policy-templates", kind=Kind.NODE)
@door.takes(schemas.Language, location="query")
@door.gives(200, schemas.PolicyTemplates)
def policy_templates(query: Mapping[str, Any]) -> Answer:
    """Templates that a policy may name in `extends`, and groups that it may name as countries."""
    spoken = language(query["lang"])
    return {"templates": offers.templates(spoken), "country_groups": offers.country_groups(spoken)}


@door.answers("GET", "/factories/<factory:factory_id>/preview", kind=Kind.OWN)
@door.takes(schemas.PreviewQuery, location="query")
@door.gives(200, schemas.Previewed)
def preview(query: Mapping[str, Any], factory_id: str) -> Answer:
    """What somebody would see of the factory, under the saved policy."""
    return _previewed(query, factory_id)


@door.answers("POST", "/factories/<factory:factory_id>/preview", kind=Kind.OWN)
@door.takes(schemas.PreviewBody, required=False)
@door.gives(200, schemas.Previewed)
def preview_draft(body: Mapping[str, Any], factory_id: str) -> Answer:
    """The same under a draft, or for a viewer made up in the body."""
    return _previewed(body, factory_id)


def _previewed(given: Mapping[str, Any], factory_id: str) -> Answer:
    with auth.reading() as (session, caller):
        return previews.preview(
            house(),
            session,
            caller,
            factory_id,
            _asked(given),
            policy=given.get("policy"),
            profile=given["profile"],
            language=language(given["lang"]),
        )


def _asked(given: Mapping[str, Any]) -> Asked:
    return Asked(audience=given["audience"], viewer=given.get("viewer"), purpose=given["purpose"], day=given["date"])
