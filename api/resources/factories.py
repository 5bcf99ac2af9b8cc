"""An owner's own factories: profile, policy, preview, publication."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for

from api import auth, repeats
from api.conditions import expected_revision, own_tag
from api.container import house
from api.errors import Refusal
from api.language import language
from api.routing import Answer, Door, Kind
from api.schemas import factories as schemas
from api.schemas.impact import Impact
from sharing import confirming, erasing, factories, leaving, own_policy, publish
from sharing.answers.audience import Page
from sharing.answers.impact import draft_impact
from sharing.errors import PreviewNotConfirmed, WideningNotConfirmed

door = Door("factories", url_prefix="/v1", description="What an organization owns and how it is shared.")


@door.answers("POST", "/factories", kind=Kind.OWN, once=True)
@door.takes(schemas.ProfileDocument)
@door.gives(201, schemas.Created, description="A draft that nobody but its owner sees.")
def create_factory(document: Mapping[str, Any]) -> Answer:
    """Make a factory from its profile. `Idempotency-Key` makes it safe to send again."""
    with auth.writing() as (session, caller):
        key = repeats.key("factories")
        made = repeats.made_before(session, caller, key, house().now())
        if made is None:
            made = factories.create_factory(house(), session, caller, document)
            repeats.remember(session, caller, key, made, house().now())
    return {"id": made}, 201, {"Location": url_for("factories.get_profile", factory_id=made)}


@door.answers("GET", "/factories", kind=Kind.OWN)
@door.gives(200, schemas.FactoryList)
def list_factories() -> Answer:
    """The factories of the caller's organization."""
    with auth.reading() as (session, caller):
        return {"factories": factories.list_factories(house(), session, caller)}


@door.answers("GET", "/factories/<factory:factory_id>/profile", kind=Kind.OWN)
@door.gives(200, schemas.OwnProfile, etag=True)
def get_profile(factory_id: str) -> Answer:
    """The newest revision of the profile."""
    with auth.reading() as (session, caller):
        return _profile(factories.get_profile(house(), session, caller, factory_id))


@door.answers("PUT", "/factories/<factory:factory_id>/profile", kind=Kind.OWN)
@door.takes(schemas.ProfileDocument)
@door.gives(200, schemas.OwnProfile, etag=True)
def put_profile(document: Mapping[str, Any], factory_id: str) -> Answer:
    """Replace the profile; what is published stays as it is until the next publish. `If-Match` guards other edits."""
    expected = expected_revision("profile")
    with auth.writing() as (session, caller):
        return _profile(factories.put_profile(house(), session, caller, factory_id, document, expected_revision=expected))


@door.answers("GET", "/factories/<factory:factory_id>/policy", kind=Kind.OWN)
@door.takes(schemas.LanguageQuery, location="query")
@door.gives(200, schemas.OwnPolicy, etag=True)
def get_policy(query: Mapping[str, Any], factory_id: str) -> Answer:
    """The newest revision of the policy, also in words."""
    with auth.reading() as (session, caller):
        return _policy(own_policy.get_policy(house(), session, caller, factory_id, language=language(query["lang"])))


@door.answers("PUT", "/factories/<factory:factory_id>/policy", kind=Kind.OWN)
@door.takes(schemas.ConfirmQuery, location="query")
@door.takes(schemas.PolicyDocument)
@door.gives(200, schemas.OwnPolicy, etag=True)
def put_policy(query: Mapping[str, Any], document: Mapping[str, Any], factory_id: str) -> Answer:
    """Replace the policy, in force from the next request. A question (409) is answered with `confirm`: the code of each
    warning, and, if it may show somebody more, the digest of that change."""
    spoken = language(query["lang"])
    given: Mapping[str, Any] = {"confirmed": frozenset(query["confirm"]), "expected_revision": expected_revision("policy")}
    try:
        with auth.reading() as (session, caller):
            own_policy.ask_first(house(), session, caller, factory_id, document, **given)
        with auth.writing() as (session, caller):
            return _policy(own_policy.put_policy(house(), session, caller, factory_id, document, language=spoken, **given))
    except WideningNotConfirmed as asked:
        with auth.reading() as (session, caller):
            told = draft_impact(house(), session, caller, factory_id, document, page=Page(), language=spoken)
        extra = {"digest": asked.digest, "impact": Impact().dump(told)}
        raise Refusal("widening_not_confirmed", str(asked), extra=extra) from asked


@door.answers("POST", "/factories/<factory:factory_id>/publish", kind=Kind.OWN)
@door.takes(schemas.PublishBody, required=False)
@door.gives(200, schemas.Published)
def publish_factory(body: Mapping[str, Any], factory_id: str) -> Answer:
    """Put the newest profile live. The first time, look at the preview in the 409 answer and send its digest."""
    try:
        with auth.writing() as (session, caller):
            said = frozenset(body["confirm"])
            return publish.publish(house(), session, caller, factory_id, confirm=body["preview"], confirmed=said)
    except PreviewNotConfirmed as question:
        with auth.reading() as (session, caller):
            seen = publish.first_preview(house(), session, caller, [factory_id])
        extra = {"digest": seen.digest, "previews": schemas.FirstPreview(many=True).dump(seen.items)}
        raise Refusal("preview_not_confirmed", str(question), extra=extra) from question


@door.answers("POST", "/factories/<factory:factory_id>/confirmation", kind=Kind.OWN)
@door.takes(schemas.ConfirmBody, required=False)
@door.gives(200, schemas.Confirmation)
def confirm_unchanged(body: Mapping[str, Any], factory_id: str) -> Answer:
    """Say that values are unchanged: they are as of today, and what is published shows it at once."""
    with auth.writing() as (session, caller):
        return confirming.confirm_unchanged(house(), session, caller, factory_id, body["paths"])


@door.answers("POST", "/factories/<factory:factory_id>/withdraw", kind=Kind.OWN)
@door.gives(204)
def withdraw_factory(factory_id: str) -> Answer:
    """Hide the factory everywhere, from the next request on."""
    with auth.writing() as (session, caller):
        publish.withdraw(house(), session, caller, factory_id)
    return None, 204


@door.answers("DELETE", "/factories/<factory:factory_id>", kind=Kind.OWN)
@door.takes(schemas.EraseFactoryBody)
@door.gives(204)
def erase_factory(body: Mapping[str, Any], factory_id: str) -> Answer:
    """Destroy the factory: profile, policy, what was signed about it. Only an owner may, and it cannot be undone."""
    with auth.writing() as (session, caller):
        leaving.erase_factory(house(), session, caller, factory_id, confirm=body["confirm"])
    erasing.scrub(house())
    return None, 204


def _profile(found: factories.OwnProfile) -> Answer:
    return found, 200, {"ETag": own_tag("profile", found.revision)}


def _policy(found: own_policy.OwnPolicy) -> Answer:
    return found, 200, {"ETag": own_tag("policy", found.revision)}
