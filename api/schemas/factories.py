"""Owners' documents, previews and views."""

from __future__ import annotations

import marshmallow as ma

from api.schemas.fields import Day, Document, Moment, Shown, Text
from sharing.confirming import MOST_PATHS
from sharing.sentences import LANGUAGES

_LANGUAGE = {"enum": list(LANGUAGES), "description": "Of the sentences; left out: as `Accept-Language` says"}


class ProfileDocument(ma.Schema):
    """A factory's profile as its owner states it; the field catalogue (`/v1/catalogue`) says what it may hold."""

    class Meta:
        """`sharing.profile` refuses what the catalogue does not know, and names every problem."""

        unknown = ma.INCLUDE


class PolicyDocument(ma.Schema):
    """Who sees what, how precisely: `{"v": 1, "rules": [...]}`."""

    class Meta:
        """`policies.parse_policy` refuses what the language does not have, and names every problem."""

        unknown = ma.INCLUDE


class Created(ma.Schema):
    """The id of what was made."""

    id = ma.fields.String(required=True)


class FactorySummary(ma.Schema):
    """One line of an owner's list."""

    id = ma.fields.String(required=True)
    state = ma.fields.String(required=True, metadata={"enum": ["draft", "published", "withdrawn"]})
    revision = ma.fields.Integer(required=True, metadata={"description": "Of the profile"})
    policy_revision = ma.fields.Integer(required=True)
    legal_name = ma.fields.String(required=True)
    created_at = Moment(required=True)


class FactoryList(ma.Schema):
    """The factories of the caller's organization."""

    factories = ma.fields.List(ma.fields.Nested(FactorySummary), required=True)


class OwnProfile(ma.Schema):
    """The newest revision of a profile, for its owner. PUT takes what `document` holds."""

    id = ma.fields.String(required=True, attribute="factory_id")
    state = ma.fields.String(required=True)
    revision = ma.fields.Integer(required=True)
    document = Document(required=True)


class LanguageQuery(ma.Schema):
    """In which language the sentences are."""

    lang = ma.fields.String(load_default=None, validate=ma.validate.OneOf(LANGUAGES), metadata=_LANGUAGE)


class Sentence(ma.Schema):
    """What one rule says, in words."""

    rule = ma.fields.String(required=True)
    template = ma.fields.Boolean(required=True, metadata={"description": "Whether it comes with a template"})
    text = ma.fields.String(required=True)


class OwnPolicy(ma.Schema):
    """The newest revision of a policy, for its owner. PUT takes what `document` holds."""

    id = ma.fields.String(required=True, attribute="factory_id")
    revision = ma.fields.Integer(required=True)
    document = Document(required=True)
    matrix = Document(required=True, metadata={"description": "The tiers read back: group -> tier -> level"})
    inherited = ma.fields.List(
        Document(), required=True, metadata={"description": "The rules of its templates, as they were when it was saved"}
    )
    sentences = ma.fields.List(ma.fields.Nested(Sentence), required=True)
    grants = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "What runs or will run by grants, in words"}
    )


class EraseFactoryBody(ma.Schema):
    """Erase a factory; `confirm` must be its id."""

    confirm = Text(most=21, required=True)


class ConfirmQuery(LanguageQuery):
    """Warnings that the owner has read and answers with yes."""

    confirm = ma.fields.List(
        Text(most=64),
        load_default=list,
        metadata={"description": "The code of a warning, or the digest of what is widened; may be repeated"},
    )


class PublishBody(ma.Schema):
    """The first time, the digest of the preview that the owner has seen (the 409 answer names it)."""

    preview = Text(most=64, load_default=None)
    confirm = ma.fields.List(
        Text(most=64), load_default=list, metadata={"description": "Codes of warnings (409) answered with yes"}
    )


class Published(ma.Schema):
    """What is live now."""

    id = ma.fields.String(required=True, attribute="factory_id")
    revision = ma.fields.Integer(required=True)


class ConfirmBody(ma.Schema):
    """What is unchanged."""

    paths = ma.fields.List(
        Text(most=200),
        load_default=None,
        metadata={
            "description": "Values, elements (`capacity/<id>`) or scopes; left out: everything of capacity groups",
            "minItems": 1,
            "maxItems": MOST_PATHS,
        },
    )


class Confirmation(ma.Schema):
    """What is as of today now, and what of it is live."""

    id = ma.fields.String(required=True, attribute="factory_id")
    as_of = Day(required=True)
    paths = ma.fields.List(ma.fields.String(), required=True)
    live = ma.fields.List(ma.fields.String(), required=True)


class FirstPreview(ma.Schema):
    """What everybody and what every member would see of one factory."""

    id = ma.fields.String(required=True, attribute="factory_id")
    public = Shown(required=True, allow_none=True)
    member = Shown(required=True, allow_none=True)


class FactoryView(ma.Schema):
    """A factory as the caller may see it, and how each value is backed."""

    factory = Shown(required=True, attribute="projection")
    verdicts = Document(required=True, metadata={"description": "By path of the value"})
    freshness = Document(
        required=True,
        metadata={
            "description": "Path -> how old it is today; not signed. Of capacity `as_of`, `confidence` (high, good, fair, low, "
            "stale); of a certificate's end `expired`, of a due calibration `overdue`"
        },
    )
