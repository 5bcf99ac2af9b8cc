"""Column types whose stored form means the same on SQLite and on PostgreSQL.

`UtcTime`: aware UTC datetimes, microseconds. PostgreSQL: `timestamptz`. SQLite: 27 characters
`2026-11-22T12:17:00.000000Z`, so that comparing text compares time. A naive datetime is refused on the way in, and what
comes out is always UTC.

`CanonicalJson`: a JSON value as its canonical text (RFC 8785), so equal values are equal text on both databases, and
bytes that were hashed can be had again. It is not searchable by content; nothing here should want to search it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from network.errors import StoredValueInvalid, TimeInvalid
from trust import strict_json
from trust.errors import TrustError

STORED_JSON_MAX = 16 * 1024 * 1024
"""Bytes. What is stored was bounded when it came in; this bound only stops a damaged file from filling the memory."""


def as_utc(moment: datetime) -> datetime:
    """The same moment in UTC; raises `TimeInvalid` for a datetime without a zone."""
    if moment.utcoffset() is None:
        raise TimeInvalid("A time without a zone was given where an aware UTC time is needed.")
    return moment.astimezone(UTC)


def hour_of(moment: datetime) -> datetime:
    """The start of the UTC hour that holds `moment`; statements are dated to it, so that a date tells no more."""
    utc = as_utc(moment)
    return utc - timedelta(minutes=utc.minute, seconds=utc.second, microseconds=utc.microsecond)


def _sqlite_text(utc: datetime) -> str:
    return utc.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Text on SQLite, `timestamptz` elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        """Refuse naive times; give SQLite its text."""
        if value is None:
            return None
        utc = as_utc(value)
        return _sqlite_text(utc) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Always UTC; raises `StoredValueInvalid` for a text that this class did not write."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        try:
            moment = datetime.fromisoformat(str(value)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise StoredValueInvalid("A stored time is not in the form this program writes.") from error
        if _sqlite_text(moment) != value:
            raise StoredValueInvalid("A stored time is not in the form this program writes.")
        return moment


class CanonicalJson(TypeDecorator[object]):
    """A JSON value kept as canonical text. Python `None` is SQL NULL; there is no JSON `null` at the top."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The canonical text; raises `StoredValueInvalid` for what is not JSON."""
        try:
            return None if value is None else strict_json.canonical(value).decode()
        except TrustError as error:
            raise StoredValueInvalid("A value that is not JSON cannot be stored.", reason=error.reason) from error

    def process_result_value(self, value: str | None, dialect: Dialect) -> object | None:  # noqa: ARG002
        """The value; raises `StoredValueInvalid` when the text is not strict JSON."""
        if value is None:
            return None
        try:
            return strict_json.loads(value, max_bytes=STORED_JSON_MAX)
        except TrustError as error:
            raise StoredValueInvalid("A stored JSON text does not parse.", reason=error.code) from error
