"""Saved searches, and what changed in them."""

from __future__ import annotations

import marshmallow as ma

from api.resources.search import KeptParameters
from api.schemas.fields import Document, Flag, Moment, Shown, Text, Whole
from sharing.alerts.saved import EVERY

DEFAULT_ALERTS, MOST_ALERTS = 20, 100
_EVERY = {"description": "How often it is looked at for alerts"}
_MAIL = {"description": "Whether a letter says that something changed"}


class SavedSearchBody(ma.Schema):
    """A search to keep; with `factory`, about that factory alone."""

    name = Text(most=100, required=True)
    parameters = ma.fields.Nested(
        KeptParameters, load_default=dict, metadata={"description": "The parameters of a search, each a list of values"}
    )
    factory_id = Text(most=21, data_key="factory", load_default=None, metadata={"description": "The id of one that you see"})
    every = ma.fields.String(validate=ma.validate.OneOf(EVERY), load_default="never", metadata=_EVERY)
    mail = Flag(load_default=False, metadata=_MAIL)


class SavedSearchChange(ma.Schema):
    """Its name, how often it is looked at, and whether letters are written; all three."""

    name = Text(most=100, required=True)
    every = ma.fields.String(validate=ma.validate.OneOf(EVERY), required=True, metadata=_EVERY)
    mail = Flag(required=True, metadata=_MAIL)


class SavedSearch(ma.Schema):
    """One of the organization's saved searches."""

    id = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    parameters = Document(required=True)
    factory = ma.fields.String(required=True, allow_none=True, attribute="factory_id")
    purpose = ma.fields.String(required=True, allow_none=True, metadata={"description": "What alerts look for"})
    every = ma.fields.String(required=True, metadata={"enum": list(EVERY)})
    mail = ma.fields.Boolean(required=True)
    made_by = ma.fields.String(required=True, allow_none=True, metadata={"description": "A person's id; null: a program"})
    created_at = Moment(required=True)
    looked_at = Moment(required=True, allow_none=True, metadata={"description": "The last look for alerts"})
    broad = ma.fields.Boolean(
        required=True, metadata={"description": "The last look found more factories than are followed: no alerts"}
    )


class SavedSearchList(ma.Schema):
    """The organization's saved searches, oldest first."""

    saved_searches = ma.fields.List(ma.fields.Nested(SavedSearch), required=True)


class AlertQuery(ma.Schema):
    """Which alerts."""

    search = Text(most=32, load_default=None, metadata={"description": "Of this saved search; all of them unless given"})
    limit = Whole(least=1, most=MOST_ALERTS, load_default=DEFAULT_ALERTS, metadata={"description": "Alerts on a page"})
    cursor = Text(most=400, load_default=None, metadata={"description": "`next` of the page before"})


class Change(ma.Schema):
    """A value that changed; null: nothing was shown, or nothing that is still shown to the caller as precisely."""

    path = ma.fields.String(required=True)
    before = Document(required=True, allow_none=True)
    after = Document(required=True, allow_none=True)


class Alert(ma.Schema):
    """What one look found changed about one factory: `gone` is found no more, for whatever reason."""

    id = ma.fields.String(required=True)
    search = ma.fields.String(required=True, attribute="search_id")
    name = ma.fields.String(required=True, attribute="search_name", metadata={"description": "The saved search's"})
    kind = ma.fields.String(required=True, metadata={"enum": ["appeared", "changed", "gone"]})
    at = Moment(required=True)
    factory_id = ma.fields.String(required=True)
    factory = Shown(required=True, allow_none=True, attribute="projection", metadata={"description": "As it is shown now"})
    changes = ma.fields.List(ma.fields.Nested(Change), required=True)


class AlertPage(ma.Schema):
    """Alerts, newest first, as far as the caller still sees what they are about."""

    alerts = ma.fields.List(ma.fields.Nested(Alert), required=True)
    next = ma.fields.String(required=True, allow_none=True)
