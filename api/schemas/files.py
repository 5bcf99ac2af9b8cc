"""Attached files."""

from __future__ import annotations

import marshmallow as ma

from api.schemas.fields import Moment, Text


class FileQuery(ma.Schema):
    """What to call it; only its owner reads the name."""

    name = Text(most=200, load_default="file", metadata={"description": "What to call it"})


class FileFacts(ma.Schema):
    """One file. A profile names it by its digest."""

    digest = ma.fields.String(required=True, metadata={"description": "SHA-256, hexadecimal"})
    media_type = ma.fields.String(required=True, metadata={"description": "Told by the content"})
    name = ma.fields.String(required=True)
    size = ma.fields.Integer(required=True, metadata={"description": "Bytes"})
    created_at = Moment(required=True)
    used = ma.fields.Boolean(required=True, metadata={"description": "Whether a newest or published profile names it"})


class FileList(ma.Schema):
    """The files of the caller's organization, newest first."""

    files = ma.fields.List(ma.fields.Nested(FileFacts), required=True)
