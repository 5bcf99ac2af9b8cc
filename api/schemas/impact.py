"""What saving a draft would change, and who sees a field."""

from __future__ import annotations

import marshmallow as ma

from api.schemas.answers import Draft, Language, Oddities
from api.schemas.factories import PolicyDocument, Sentence
from api.schemas.fields import Document, Text, Whole
from policies import LEVELS, PURPOSES
from sharing.answers.audience import MOST_LISTED

_LEVELS = [word for word in LEVELS if word != "hidden"]
_PURPOSES = {"description": f"Of {', '.join(PURPOSES)}"}


class Paged(Language):
    """Which members are listed by name."""

    limit = Whole(least=1, most=MOST_LISTED, load_default=50, metadata={"description": "How many are listed"})
    after = Text(most=63, load_default=None, metadata={"description": "`next` of the page before"})


class ImpactBody(Paged):
    """A draft for one of the caller's factories."""

    factory = Text(most=21, required=True, metadata={"description": "The id of the factory"})
    policy = ma.fields.Nested(PolicyDocument, required=True)


class AudienceQuery(Paged):
    """Which field, and how precisely at least."""

    field = Text(most=64, required=True, metadata={"description": "A field, or `$listing`"})
    level = ma.fields.String(
        load_default="existence", validate=ma.validate.OneOf(_LEVELS), metadata={"description": "How precisely at least"}
    )


class AudienceBody(AudienceQuery, Draft):
    """The same with a body."""


class Opened(ma.Schema):
    """A rule because of which somebody may see more."""

    rule = ma.fields.String(required=True)
    change = ma.fields.String(required=True, metadata={"enum": ["shows", "limits_no_more"]})
    text = ma.fields.String(required=True)


class FieldChange(ma.Schema):
    """A field from one level to another."""

    field = ma.fields.String(required=True)
    before = ma.fields.String(required=True)
    after = ma.fields.String(required=True)


class Changed(ma.Schema):
    """Members for whom the same changes when they come for one of the purposes."""

    count = ma.fields.Integer(required=True)
    purposes = ma.fields.List(ma.fields.String(), required=True, metadata=_PURPOSES)
    gains = ma.fields.List(ma.fields.Nested(FieldChange), required=True)
    loses = ma.fields.List(ma.fields.Nested(FieldChange), required=True)
    whoever = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "Only those of them who hold this; who does was not looked up"}
    )


class Member(ma.Schema):
    """An organization, by what every member may know of it."""

    organization = ma.fields.String(required=True, metadata={"description": "DID"})
    slug = ma.fields.String(required=True)
    name = ma.fields.String(required=True)


class Affected(Member):
    """For whom something changes."""

    changes = ma.fields.List(ma.fields.Integer(), required=True, metadata={"description": "Places in `changes`, from 0"})


class OverDirectory(ma.Schema):
    """The members of the directory today; one page of those for whom something changes, in the order of their slugs."""

    members = ma.fields.Integer(required=True)
    gain = ma.fields.Integer(required=True)
    lose = ma.fields.Integer(required=True)
    changes = ma.fields.List(ma.fields.Nested(Changed), required=True)
    organizations = ma.fields.List(ma.fields.Nested(Affected), required=True)
    next = ma.fields.String(required=True, allow_none=True)
    conditions = ma.fields.List(ma.fields.Nested(Changed), required=True)
    left_out = ma.fields.Integer(required=True, metadata={"description": "Conditions that were too many to look at"})


class Possible(ma.Schema):
    """What changes for some viewers that there may be, with one of them by example."""

    fields_ = ma.fields.List(ma.fields.String(), required=True, attribute="fields", data_key="fields")
    before = ma.fields.String(required=True)
    after = ma.fields.String(required=True)
    gain = ma.fields.Boolean(required=True)
    who = ma.fields.List(ma.fields.String(), required=True)
    more = ma.fields.Integer(required=True, metadata={"description": "Descriptions that were left out"})
    witness = Document(required=True, metadata={"description": "A viewer that has the change, and on which day"})


class OverEverybody(ma.Schema):
    """Everybody who could ever come, today and later. Not exact: `reason` says of what there were too many."""

    exact = ma.fields.Boolean(required=True)
    regions = ma.fields.Integer(required=True)
    limit = ma.fields.Integer(required=True, allow_none=True)
    reason = ma.fields.String(required=True, allow_none=True)
    changes = ma.fields.List(ma.fields.Nested(Possible), required=True)


class Impact(ma.Schema):
    """`widens`: somebody may see more; then saving asks for `digest`, and `opens` are the rules that it is about."""

    factory = ma.fields.String(required=True)
    widens = ma.fields.Boolean(required=True)
    digest = ma.fields.String(required=True)
    opens = ma.fields.List(ma.fields.Nested(Opened), required=True)
    sentences = ma.fields.List(ma.fields.Nested(Sentence), required=True)
    directory = ma.fields.Nested(OverDirectory, required=True)
    everybody = ma.fields.Nested(OverEverybody, required=True)
    oddities = ma.fields.Nested(Oddities, required=True)


class Speaking(ma.Schema):
    """A rule that opens the field, or limits it; `when`: whether its days run now, later, or are over."""

    rule = ma.fields.String(required=True)
    origin = ma.fields.String(required=True, metadata={"enum": ["own", "template", "platform"]})
    level = ma.fields.String(required=True)
    when = ma.fields.String(required=True, metadata={"enum": ["now", "later", "over"]})
    text = ma.fields.String(required=True)


class Seeing(Member):
    """Who sees it, and for which purposes."""

    purposes = ma.fields.List(ma.fields.String(), required=True, metadata=_PURPOSES)


class Whoever(ma.Schema):
    """Who else sees it: whoever holds something. `among` how many members it may be; who of them does was not looked up."""

    whoever = ma.fields.String(required=True)
    purposes = ma.fields.List(ma.fields.String(), required=True, metadata=_PURPOSES)
    among = ma.fields.Integer(required=True)


class Audience(ma.Schema):
    """Who sees a field at a level or better: the rules, and the members of the directory today."""

    field = ma.fields.String(required=True)
    level = ma.fields.String(required=True)
    opens = ma.fields.List(ma.fields.Nested(Speaking), required=True)
    limits = ma.fields.List(ma.fields.Nested(Speaking), required=True)
    listing = ma.fields.List(ma.fields.Nested(Speaking), required=True)
    unlisting = ma.fields.List(ma.fields.Nested(Speaking), required=True)
    inputs = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "Must be seen at this level too"})
    directory = ma.fields.Integer(required=True)
    count = ma.fields.Integer(required=True)
    members = ma.fields.List(ma.fields.Nested(Seeing), required=True)
    next = ma.fields.String(required=True, allow_none=True)
    conditions = ma.fields.List(ma.fields.Nested(Whoever), required=True)
    left_out = ma.fields.Integer(required=True)
