"""What an owner asks before saving a policy, and the answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import marshmallow as ma

from api.schemas.factories import PolicyDocument
from api.schemas.fields import Day, Document, Flag, Shown, Text, Whole
from policies import PURPOSES, ROLES, TIERS
from sharing.answers.drafts import PROFILES
from sharing.sentences import LANGUAGES

_AS = (
    "`anyone`, `member`, `tier:<tier>`, `org:<DID or slug>`, or `viewer:{...}` with what you make up: `country`, `sector`, "
    "`role`, `verified`, `holds`, `nda`, `group`, `tier`, `purpose`, `date`, `org`, `member`"
)
_LANGUAGE = {"enum": list(LANGUAGES), "description": "Of the sentences; left out: as `Accept-Language` says"}


class Language(ma.Schema):
    """In which language."""

    lang = ma.fields.String(load_default=None, validate=ma.validate.OneOf(LANGUAGES), metadata=_LANGUAGE)


class Whom(Language):
    """Whom the answer is about, and when."""

    audience = Text(most=2000, data_key="as", load_default=None, metadata={"description": f"{_AS}. Left out: `anyone`"})
    purpose = Text(most=32, load_default=None, metadata={"enum": list(PURPOSES)})
    date = Day(load_default=None, metadata={"description": "On another day than today"})


class Draft(ma.Schema):
    """A policy that nobody saved; left out, the answer is about the saved one."""

    policy = ma.fields.Nested(PolicyDocument, load_default=None)


def _several(**other: Any) -> ma.fields.List[str]:
    return ma.fields.List(Text(most=100, **other), validate=ma.validate.Length(min=1, max=50))


class MadeUpViewer(ma.Schema):
    """A viewer that the owner makes up. What is left out is unknown, or not had; `org` left out is somebody new."""

    org = Text(most=300, allow_none=True, metadata={"description": "A DID; null: somebody who does not say who they are"})
    country = Text(most=2)
    sector = _several()
    role = ma.fields.List(ma.fields.String(validate=ma.validate.OneOf(ROLES)), validate=ma.validate.Length(min=1, max=5))
    verified = Whole(least=0, most=3)
    holds = _several(metadata={"description": "Schemes, backed by a document at least"})
    nda = _several()
    group = _several()
    tier = ma.fields.String(validate=ma.validate.OneOf(tuple(TIERS)))
    purpose = ma.fields.String(validate=ma.validate.OneOf(PURPOSES))
    date = Day()
    member = Flag()

    @ma.post_load
    def as_said(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As the reader of made-up viewers takes it: days as text."""
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in data.items()}


class WhomBody(Whom, Draft):
    """The same with a body: a draft, and a viewer as an object."""

    viewer = ma.fields.Nested(MadeUpViewer, load_default=None, metadata={"description": "In place of `as`"})


class PreviewQuery(Whom):
    """As whom to look, and at which profile."""

    profile = ma.fields.String(
        load_default=PROFILES[0],
        validate=ma.validate.OneOf(PROFILES),
        metadata={"enum": list(PROFILES), "description": "`newest`: as after publishing now; `live`: as it is published"},
    )


class PreviewBody(PreviewQuery, WhomBody):
    """The same with a body."""


class Unlooked(ma.Schema):
    """A rule that may show this organization more, if it holds what the rule asks for: that was not looked up."""

    rule = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class Previewed(ma.Schema):
    """What that viewer would see; null: no such factory."""

    factory = Shown(required=True, allow_none=True, attribute="projection")
    viewer = Document(required=True, metadata={"description": "Whom the answer is about, as far as was known or made up"})
    unlooked = ma.fields.List(ma.fields.Nested(Unlooked), required=True)


class TemplateText(ma.Schema):
    """One rule of a template, as it would stand in a policy, and in words."""

    rule = Document(required=True)
    text = ma.fields.String(required=True)


class PolicyTemplate(ma.Schema):
    """What `extends` may name. A saved policy names a version; a name without one means the newest."""

    name = ma.fields.String(required=True)
    version = ma.fields.Integer(required=True)
    key = ma.fields.String(required=True)
    newest = ma.fields.Boolean(required=True)
    title = ma.fields.String(required=True)
    note = ma.fields.String(required=True)
    rules = ma.fields.List(ma.fields.Nested(TemplateText), required=True)


class CountryGroup(ma.Schema):
    """A name that `country` may hold in place of codes; a policy stores the codes."""

    name = ma.fields.String(required=True)
    title = ma.fields.String(required=True)
    as_of = Day(required=True)
    countries = ma.fields.List(ma.fields.String(), required=True)


class PolicyTemplates(ma.Schema):
    """Everything that a policy may take over by name."""

    templates = ma.fields.List(ma.fields.Nested(PolicyTemplate), required=True)
    country_groups = ma.fields.List(ma.fields.Nested(CountryGroup), required=True)


class ExplainQuery(Whom):
    """Whom, and of which field."""

    field = Text(most=64, load_default=None, metadata={"description": "A field, a group or `$listing`; left out: all"})


class ExplainBody(ExplainQuery, WhomBody):
    """The same with a body."""


class Spoken(ma.Schema):
    """A rule (or, without one, a grant) that speaks here."""

    rule = ma.fields.String(required=True, allow_none=True)
    origin = ma.fields.String(required=True, metadata={"enum": ["own", "template", "platform", "grant"]})
    level = ma.fields.String(required=True)
    decides = ma.fields.Boolean(required=True)
    unknown_ = ma.fields.List(
        ma.fields.String(),
        required=True,
        attribute="unknown",
        data_key="unknown",
        metadata={"description": "What is not known of the viewer, so that a limit counts all the same"},
    )
    text = ma.fields.String(required=True)


class WayUp(ma.Schema):
    """What it would take to see more."""

    rule = ma.fields.String(required=True)
    level = ma.fields.String(required=True)
    reaches = ma.fields.String(required=True)
    lacks = ma.fields.List(ma.fields.String(), required=True)
    held_by = ma.fields.List(ma.fields.String(), required=True)
    text = ma.fields.String(required=True)


class Explained(ma.Schema):
    """One field for this viewer."""

    field = ma.fields.String(required=True)
    level = ma.fields.String(required=True)
    show = ma.fields.String(required=True)
    cap = ma.fields.String(required=True)
    because = ma.fields.String(required=True, metadata={"enum": ["nothing_shows", "shown", "capped", "unlisted", "inputs"]})
    shows = ma.fields.List(ma.fields.Nested(Spoken), required=True)
    caps = ma.fields.List(ma.fields.Nested(Spoken), required=True)
    inputs = ma.fields.List(ma.fields.String(), required=True)
    would_take = ma.fields.List(ma.fields.Nested(WayUp), required=True)


class Explanation(ma.Schema):
    """Why this viewer sees what they see."""

    viewer = Document(required=True)
    fields_ = ma.fields.List(ma.fields.Nested(Explained), required=True, attribute="fields", data_key="fields")


class OdditiesBody(Language, Draft):
    """A draft, or nothing: then the saved policy."""


class OddFinding(ma.Schema):
    """One finding. `rule` is null where it is about the policy as a whole."""

    code = ma.fields.String(required=True)
    rule = ma.fields.String(required=True, allow_none=True)
    by = ma.fields.List(ma.fields.String(), required=True)
    fields_ = ma.fields.List(ma.fields.String(), required=True, attribute="fields", data_key="fields")
    count = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "Factories that fit, of `identifying`"})
    day = Day(required=True, allow_none=True, metadata={"description": "The last day, of `expiring`"})
    text = ma.fields.String(required=True)


class Oddities(ma.Schema):
    """What is odd; `unfinished` are codes that could not be looked for to the end."""

    found = ma.fields.List(ma.fields.Nested(OddFinding), required=True)
    unfinished = ma.fields.List(ma.fields.String(), required=True)
