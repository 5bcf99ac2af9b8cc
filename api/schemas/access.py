"""Coming closer: access requests, decisions, grants, lists and agreements."""

from __future__ import annotations

import marshmallow as ma

from api.faults import Wrong
from api.schemas.fields import Day, Moment, Shown, Text
from policies import PURPOSES
from sharing.grants import GRANTABLE
from sharing.relations import MOST_MEMBERS

_FACTORY_ID = {"description": "The id of a factory that the caller sees"}
_PURPOSE = {"enum": list(PURPOSES)}
_TIER = {"enum": list(GRANTABLE)}
_FIELDS = {"description": "Fields or groups of the catalogue; left out: the whole tier", "minItems": 1}


class AccessRequestBody(ma.Schema):
    """Ask the owner of a factory for more."""

    factory = Text(most=21, required=True, metadata=_FACTORY_ID)
    purpose = Text(most=32, required=True, metadata=_PURPOSE)
    message = Text(most=2000, least=0, lines=True, load_default="")
    tier = Text(most=16, load_default=None, metadata=_TIER)


class DecisionBody(ma.Schema):
    """The owner's answer."""

    decision = ma.fields.String(required=True, validate=ma.validate.OneOf(["grant", "decline"]))
    tier = Text(most=16, load_default=None, metadata=_TIER)
    fields_ = ma.fields.List(Text(most=64), data_key="fields", load_default=None, metadata=_FIELDS)
    start = Day(data_key="from", load_default=None)
    until = Day(load_default=None)
    message = Text(most=2000, least=0, lines=True, load_default="")

    @ma.validates_schema
    def _terms_need_a_grant(self, data: dict[str, object], **_: object) -> None:
        if data.get("decision") == "decline":
            given = [name for name in ("tier", "fields_", "start", "until") if data.get(name) is not None]
            if given:
                names = {"fields_": "fields", "start": "from"}
                raise ma.ValidationError(
                    {names.get(name, name): [Wrong("Only a grant has terms.", "without_grant")] for name in given}
                )


class AccessRequest(ma.Schema):
    """An access request, for one of its two parties."""

    id = ma.fields.String(required=True)
    factory = Shown(required=True)
    organization = ma.fields.String(required=True, metadata={"description": "The DID of who asks"})
    purpose = ma.fields.String(required=True)
    message = ma.fields.String(required=True)
    tier = ma.fields.String(required=True, allow_none=True)
    state = ma.fields.String(required=True, metadata={"enum": ["pending", "granted", "declined", "withdrawn"]})
    answer = ma.fields.String(required=True)
    created_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)
    grant = ma.fields.String(required=True, allow_none=True, attribute="grant_id")


class AccessRequestList(ma.Schema):
    """Requests of the caller's organization, newest first, about factories that it sees now."""

    made = ma.fields.List(ma.fields.Nested(AccessRequest), required=True)
    received = ma.fields.List(ma.fields.Nested(AccessRequest), required=True)


class GrantBody(ma.Schema):
    """Grant without having been asked."""

    factory_id = Text(most=21, required=True, data_key="factory", metadata={"description": "One of your own"})
    organization = Text(most=400, required=True, metadata={"description": "A slug or a DID"})
    tier = Text(most=16, required=True, metadata=_TIER)
    purpose = Text(most=32, required=True, metadata=_PURPOSE)
    start = Day(data_key="from", load_default=None)
    until = Day(load_default=None)
    fields_ = ma.fields.List(Text(most=64), data_key="fields", load_default=None, metadata=_FIELDS)


class Grant(ma.Schema):
    """A grant, for one of its two parties; `signed` is the owner's JWS over the same facts."""

    id = ma.fields.String(required=True)
    factory = Shown(required=True)
    organization = ma.fields.String(required=True)
    tier = ma.fields.String(required=True, allow_none=True)
    fields_ = ma.fields.List(ma.fields.String(), data_key="fields", attribute="fields", required=True, allow_none=True)
    purpose = ma.fields.String(required=True)
    start = Day(data_key="from", required=True)
    until = Day(required=True)
    state = ma.fields.String(required=True, metadata={"enum": ["upcoming", "active", "expired", "withdrawn"]})
    signed = ma.fields.String(required=True)


class GrantList(ma.Schema):
    """Grants that the caller gave or holds, newest first, about factories that it sees now."""

    grants = ma.fields.List(ma.fields.Nested(Grant), required=True)


class OwnListBody(ma.Schema):
    """The organizations on a list."""

    organizations = ma.fields.List(
        Text(most=400),
        required=True,
        metadata={"description": "Slugs or DIDs; replaces what was there", "maxItems": MOST_MEMBERS},
    )


class OwnList(ma.Schema):
    """One of the caller's own lists."""

    name = ma.fields.String(required=True)
    organizations = ma.fields.List(ma.fields.String(), required=True)


class OwnLists(ma.Schema):
    """The caller's own lists, by name."""

    lists = ma.fields.List(ma.fields.Nested(OwnList), required=True)


class NdaBody(ma.Schema):
    """Record a confidentiality agreement with another organization."""

    organization = Text(most=400, required=True, metadata={"description": "A slug or a DID"})
    template = Text(most=64, required=True, metadata={"pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"})


class Nda(ma.Schema):
    """An agreement, for one of its two sides; in force once both have accepted."""

    id = ma.fields.String(required=True)
    owner = ma.fields.String(required=True)
    organization = ma.fields.String(required=True)
    template = ma.fields.String(required=True)
    owner_accepted_at = Moment(required=True, allow_none=True)
    organization_accepted_at = Moment(required=True, allow_none=True)


class NdaList(ma.Schema):
    """The caller's agreements, newest first."""

    ndas = ma.fields.List(ma.fields.Nested(Nda), required=True)
