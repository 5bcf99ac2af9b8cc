"""Imports, the pairs of factories that may be one, and taking everything along."""

from __future__ import annotations

import marshmallow as ma

from api.schemas.fields import Document, Moment, Text
from sharing.exchange.own import FORMATS
from sharing.exchange.sheets import SHEETS
from sharing.exchange.template import LANGUAGES


class ImportQuery(ma.Schema):
    """How a file is to be read."""

    dry_run = ma.fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Say what would be done, and do nothing"},
    )
    revise = ma.fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Also make new revisions of factories that were published before"},
    )
    holds = ma.fields.String(
        load_default=None,
        validate=ma.validate.OneOf(sorted(SHEETS)),
        metadata={"description": "What a CSV file holds, when its headings do not tell"},
    )
    map = ma.fields.List(
        Text(most=400, metadata={"pattern": ".=."}),
        load_default=list,
        metadata={"description": "COLUMN=TARGET, COLUMN=TARGET:UNIT or COLUMN=ignore, over the guess; may be repeated"},
    )


class ImportMade(ma.Schema):
    """What an import did, or (`dry_run`) would do."""

    id = ma.fields.String(required=True)
    dry_run = ma.fields.Boolean(required=True)
    made_at = Moment(required=True)
    has_errors = ma.fields.Boolean(
        required=True, metadata={"description": "Whether `/v1/imports/{id}/errors` has the workbook of its errors"}
    )
    result = Document(required=True, metadata={"description": "Sheets, columns, outcomes, errors by cell"})


class TemplateQuery(ma.Schema):
    """In which language the template speaks."""

    language = ma.fields.String(
        load_default="en", validate=ma.validate.OneOf(LANGUAGES), metadata={"description": "Of its headings and notes"}
    )


class ExportQuery(ma.Schema):
    """In which form everything is to be had."""

    format = ma.fields.String(
        required=True, validate=ma.validate.OneOf(sorted(FORMATS)), metadata={"description": "Of the file"}
    )


class LikenessQuery(ma.Schema):
    """Which pairs."""

    state = ma.fields.String(
        load_default="open",
        validate=ma.validate.OneOf(("open", "merged", "apart", "all")),
        metadata={"description": "Not decided yet, or how it was decided"},
    )


class LikenessSide(ma.Schema):
    """One factory of a pair, for its owner."""

    id = ma.fields.String(required=True, attribute="factory_id")
    state = ma.fields.String(required=True)
    legal_name = ma.fields.String(required=True)
    country = ma.fields.String(required=True)
    address = ma.fields.String(required=True)
    identifiers = ma.fields.List(ma.fields.String(), required=True)


class Likeness(ma.Schema):
    """Two factories of the caller's organization that may be one."""

    id = ma.fields.String(required=True)
    reason = ma.fields.String(required=True, metadata={"enum": ["identifier", "name_and_address", "name"]})
    state = ma.fields.String(required=True, metadata={"enum": ["open", "merged", "apart"]})
    first = ma.fields.Nested(LikenessSide, required=True)
    second = ma.fields.Nested(LikenessSide, required=True)
    kept = ma.fields.String(required=True, allow_none=True)
    found_at = Moment(required=True)
    decided_at = Moment(required=True, allow_none=True)


class LikenessList(ma.Schema):
    """Pairs, the surest reasons first, at most 500."""

    duplicates = ma.fields.List(ma.fields.Nested(Likeness), required=True)


class LikenessDecision(ma.Schema):
    """What a person decides of a pair."""

    decision = ma.fields.String(required=True, validate=ma.validate.OneOf(("merge", "apart")))
    keep = Text(
        most=21,
        load_default=None,
        metadata={"description": "With `merge`: the factory that stays. Else the published one, else the older"},
    )
    confirm = ma.fields.List(
        Text(most=64), load_default=list, metadata={"description": "Codes of warnings (409) answered with yes"}
    )


class Found(ma.Schema):
    """How many pairs are open now."""

    open = ma.fields.Integer(required=True)
