"""What an owner can ask before saving a policy. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import auth
from api.container import house
from api.language import language
from api.routing import Answer, Door, Kind
from api.schemas import answers as schemas
from api.schemas import impact as impacts
from sharing.answers import audience as audiences
from sharing.answers import explaining, offers, previews
from sharing.answers import oddities as odd
from sharing.answers.impact import draft_impact
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


@door.answers("GET", "/factories/<factory:factory_id>/explain", kind=Kind.OWN)
@door.takes(schemas.ExplainQuery, location="query")
@door.gives(200, schemas.Explanation)
def explain(query: Mapping[str, Any], factory_id: str) -> Answer:
    """Why somebody sees a field as they do, and what it would take to see more."""
    return _explained(query, factory_id)


@door.answers("POST", "/factories/<factory:factory_id>/explain", kind=Kind.OWN)
@door.takes(schemas.ExplainBody, required=False)
@door.gives(200, schemas.Explanation)
def explain_draft(body: Mapping[str, Any], factory_id: str) -> Answer:
    """The same under a draft, or for a viewer made up in the body."""
    return _explained(body, factory_id)


@door.answers("GET", "/factories/<factory:factory_id>/audience", kind=Kind.OWN)
@door.takes(impacts.AudienceQuery, location="query")
@door.gives(200, impacts.Audience)
def audience(query: Mapping[str, Any], factory_id: str) -> Answer:
    """Who sees a field at a level or better: the rules, and the members of the directory today."""
    return _audience(query, factory_id)


@door.answers("POST", "/factories/<factory:factory_id>/audience", kind=Kind.OWN)
@door.takes(impacts.AudienceBody)
@door.gives(200, impacts.Audience)
def audience_of_draft(body: Mapping[str, Any], factory_id: str) -> Answer:
    """The same under a draft."""
    return _audience(body, factory_id)


@door.answers("POST", "/policies/impact", kind=Kind.OWN)
@door.takes(impacts.ImpactBody)
@door.gives(200, impacts.Impact)
def policy_impact(body: Mapping[str, Any]) -> Answer:
    """Who gains and who loses what if this draft is saved: over the directory, and over everybody who could ever come."""
    with auth.reading() as (session, caller):
        return draft_impact(
            house(),
            session,
            caller,
            body["factory"],
            body["policy"],
            page=_page(body),
            language=language(body["lang"]),
        )


@door.answers("GET", "/factories/<factory:factory_id>/oddities", kind=Kind.OWN)
@door.takes(schemas.Language, location="query")
@door.gives(200, schemas.Oddities)
def oddities(query: Mapping[str, Any], factory_id: str) -> Answer:
    """What is odd about the saved policy: rules without effect, rules about to end, fields that tell together."""
    return _odd(query, factory_id)


@door.answers("POST", "/factories/<factory:factory_id>/oddities", kind=Kind.OWN)
@door.takes(schemas.OdditiesBody, required=False)
@door.gives(200, schemas.Oddities)
def oddities_of_draft(body: Mapping[str, Any], factory_id: str) -> Answer:
    """The same about a draft."""
    return _odd(body, factory_id)


def _odd(given: Mapping[str, Any], factory_id: str) -> Answer:
    with auth.reading() as (session, caller):
        return odd.odd_about(house(), session, caller, factory_id, policy=given.get("policy"), language=language(given["lang"]))


def _explained(given: Mapping[str, Any], factory_id: str) -> Answer:
    with auth.reading() as (session, caller):
        return explaining.explained(
            house(),
            session,
            caller,
            factory_id,
            _asked(given),
            field=given["field"],
            policy=given.get("policy"),
            language=language(given["lang"]),
        )


def _audience(given: Mapping[str, Any], factory_id: str) -> Answer:
    with auth.reading() as (session, caller):
        return audiences.audience(
            house(),
            session,
            caller,
            factory_id,
            field=given["field"],
            level=given["level"],
            policy=given.get("policy"),
            page=_page(given),
            language=language(given["lang"]),
        )


def _page(given: Mapping[str, Any]) -> audiences.Page:
    return audiences.Page(limit=given["limit"], after=given["after"])


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
