"""The ledger as its owner reads it."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from api.schemas.fields import Day, Moment, Text, Whole
from sharing.catalogue import vocabulary
from sharing.ledger.reading import Seen

MOST = 200
_LEVEL = {"enum": ["existence", "band", "exact"]}


class LedgerQuery(ma.Schema):
    """Which disclosures; all of them without a filter."""

    factory = Text(most=21, load_default=None, metadata={"description": "The id of one of your factories"})
    viewer = Text(most=400, load_default=None, metadata={"description": "A slug or DID, `public` or `member`"})
    group = Text(
        most=64, load_default=None, metadata={"enum": sorted(vocabulary().groups), "description": "A group of the catalogue"}
    )
    start = Day(data_key="from", load_default=None, metadata={"description": "The first day, UTC"})
    until = Day(load_default=None, metadata={"description": "The last day, UTC"})
    limit = Whole(least=1, most=MOST, load_default=50)
    cursor = Text(most=400, load_default=None, metadata={"description": "`next` of the page before"})


class Disclosure(ma.Schema):
    """One of your factories in one answer that somebody got."""

    id = ma.fields.String(required=True)
    at = Moment(required=True)
    factory = ma.fields.String(required=True, attribute="factory_id")
    viewer = ma.fields.String(required=True, metadata={"description": "A DID, `public` or `member`"})
    name = ma.fields.String(required=True, allow_none=True)
    actor = ma.fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Which person or program of the viewer, under a name that only your ledger knows"},
    )
    purpose = ma.fields.String(required=True, allow_none=True)
    way = ma.fields.String(required=True, metadata={"description": "The route or command that gave the answer"})
    form = ma.fields.String(
        required=True,
        metadata={
            "description": "`shown`; `matched`: counted among at most ten; `file`; `head` and `unchanged`: an answer without "
            "a body that says what is there, or that it is as it was"
        },
    )
    subject = ma.fields.String(required=True, allow_none=True, metadata={"description": "The digest or id it was given in"})
    groups = ma.fields.Method("_groups", required=True, metadata={"description": "Group -> its highest level"})
    fields_ = ma.fields.Method("_fields", required=True, data_key="fields", metadata={"description": "Field -> level"})
    rules = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "The rules that gave it"})
    policy_revision = ma.fields.Integer(required=True, allow_none=True)
    leaf = ma.fields.Integer(required=True, allow_none=True, metadata={"description": "Its place once it is sealed"})

    def _groups(self, seen: Seen) -> dict[str, Any]:
        return {name: level.word for name, level in sorted(seen.groups.items())}

    def _fields(self, seen: Seen) -> dict[str, Any]:
        return {name: level.word for name, level in sorted(seen.levels.items())}


class Ledger(ma.Schema):
    """Some of your ledger, newest first."""

    items = ma.fields.List(ma.fields.Nested(Disclosure), required=True)
    head = ma.fields.String(required=True, allow_none=True, metadata={"description": "The newest signed head; keep it"})
    next = ma.fields.String(required=True, allow_none=True)


class DisclosureNotice(ma.Schema):
    """What viewers are told about the ledger, by language."""

    texts = ma.fields.Dict(keys=ma.fields.String(), values=ma.fields.String(), required=True)


class ExportQuery(ma.Schema):
    """Which leaves are told in full; the others stand as hashes, under the same head."""

    factory = Text(most=21, load_default=None, metadata={"description": "The id of one of your factories"})
    start = Day(data_key="from", load_default=None, metadata={"description": "The first day, UTC"})
    until = Day(load_default=None, metadata={"description": "The last day, UTC"})


class Probing(ma.Schema):
    """Alike questions of one viewer in one week."""

    viewer = ma.fields.String(required=True, metadata={"description": "A DID"})
    name = ma.fields.String(required=True, allow_none=True)
    week = Day(required=True, metadata={"description": "Its Monday"})
    questions = ma.fields.Integer(required=True, metadata={"description": "Different ones, whatever they found"})
    parameters = ma.fields.List(ma.fields.String(), required=True)
    factories = ma.fields.List(
        ma.fields.String(), required=True, metadata={"description": "Yours, of which they gave something"}
    )


class ProbingList(ma.Schema):
    """Who feels their way, the newest week first."""

    probing = ma.fields.List(ma.fields.Nested(Probing), required=True)
