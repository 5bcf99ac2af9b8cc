"""The kinds of value that requests and answers are made of.

Guarantees: text that comes in is NFC and holds no control, bidi or other invisible character; a projection goes out only
as a `Projection`, which nothing but `sharing.projection.project` can make: a record, a row or a dictionary in its place
is a defect and raises. Writing one into an answer is what gives it out, so there it is noted for the ledger. A suggestion
likewise goes out only as a `Suggestion` of the index.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma

from api.faults import Wrong
from sharing.ledger.collecting import note
from sharing.projection import Projection
from sharing.search import Suggestion

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_LINE_FEED = "\n"


class Text(ma.fields.String):
    """A text of `least` to `most` characters in one line, or in `lines`."""

    def __init__(self, *, most: int = 200, least: int = 1, lines: bool = False, **other: Any) -> None:
        super().__init__(validate=ma.validate.Length(min=least, max=most), **other)
        self._lines = lines

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **other: Any) -> str:
        text = super()._deserialize(value, attr, data, **other)
        for mark in text:
            if unicodedata.category(mark) in _INVISIBLE and not (self._lines and mark == _LINE_FEED):
                raise ma.ValidationError([Wrong("Holds a control or invisible character.", "invisible_character")])
        if not unicodedata.is_normalized("NFC", text):
            raise ma.ValidationError([Wrong("Must be in Unicode normal form C.", "not_normalized")])
        return text


class Whole(ma.fields.Integer):
    """A whole number; in a query, its plain decimal digits."""

    def __init__(self, *, least: int = 0, most: int = 0, bounds: ma.validate.Range | None = None, **other: Any) -> None:
        super().__init__(strict=True, validate=bounds or ma.validate.Range(min=least, max=most), **other)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **other: Any) -> int:
        if isinstance(value, str):
            # int() also takes "1_0", " 7" and the digits of other scripts.
            if not (value.isascii() and value.isdigit() and len(value) <= 15):
                raise self.make_error("invalid", input=value)
            value = int(value)
        number: int = super()._deserialize(value, attr, data, **other)
        return number


class Flag(ma.fields.Boolean):
    """True or false of JSON, and nothing that is only equal to them: 0, 1, "on"."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **other: Any) -> bool:  # noqa: ARG002
        if value is True or value is False:
            return bool(value)
        raise self.make_error("invalid", input=value)


class Day(ma.fields.Date):
    """A whole day, UTC, as YYYY-MM-DD."""

    def __init__(self, **other: Any) -> None:
        super().__init__(format="iso", **other)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **other: Any) -> Any:
        # date.fromisoformat also takes "20261122" and "2026-W47-7".
        if not isinstance(value, str) or len(value) != 10 or value[4] != "-" or value[7] != "-":
            raise self.make_error("invalid", obj_type="date", input=value)
        return super()._deserialize(value, attr, data, **other)


class Moment(ma.fields.DateTime):
    """A time, written in UTC to the second: 2026-11-22T12:17:00Z."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        moment: datetime = value
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Shown(ma.fields.Field[Mapping[str, Any]]):
    """A factory, cut down for whoever reads; null where `allow_none` and the reader sees no such factory."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:  # noqa: ARG002
        if value is None and self.allow_none:
            return None
        if type(value) is not Projection:
            raise TypeError(f"{attr}: only a Projection may leave, not {type(value).__name__}")
        note(value)
        return value.seen


class Offered(ma.fields.Nested):
    """A suggestion, counted over what whoever reads sees."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **other: Any) -> Any:  # type: ignore[override]
        if type(value) is not Suggestion:
            raise TypeError(f"{attr}: only a Suggestion may leave, not {type(value).__name__}")
        return super()._serialize(value, attr, obj, **other)  # type: ignore[no-untyped-call]


class Document(ma.fields.Field[Any]):
    """JSON that a package has made for exactly this reader, passed on as it is."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> Any:  # noqa: ARG002
        return value
