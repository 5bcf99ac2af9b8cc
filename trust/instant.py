"""Times in signed data: RFC 3339, whole seconds, always `Z`. One text per instant, and never a local time.

Instants and dates lie in the years 1970 to 9998, so that adding a lifetime or a tolerance to one never leaves the calendar.
"""

import re
from datetime import UTC, date, datetime, timedelta

from .errors import CredentialError

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)


def write(when: datetime) -> str:
    """The text of an aware instant, cut to the second; CredentialError if it is naive."""
    return _utc(when).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def read(text: object) -> datetime:
    """The aware UTC instant of `text`; CredentialError for any other spelling."""
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise CredentialError("not_an_instant")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CredentialError("not_an_instant") from None
    if not _EPOCH <= found < _END:
        raise CredentialError("not_an_instant")
    return found


def read_date(text: object) -> date:
    """The date of `YYYY-MM-DD`; CredentialError otherwise."""
    if not isinstance(text, str) or not _DATE.fullmatch(text):
        raise CredentialError("not_a_date")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise CredentialError("not_a_date") from None
    if not _EPOCH.date() <= found < _END.date():
        raise CredentialError("not_a_date")
    return found


def numeric(when: datetime) -> int:
    """Seconds since 1970, as JWT writes them (RFC 7519 NumericDate)."""
    return (_utc(when) - _EPOCH) // timedelta(seconds=1)


def from_numeric(seconds: object) -> datetime:
    """The instant of a NumericDate integer; CredentialError if it is none or out of range."""
    if type(seconds) is not int or not 0 <= seconds < 253_370_764_800:  # year 9999
        raise CredentialError("not_a_numeric_date")
    return _EPOCH + timedelta(seconds=seconds)


def to_the_hour(when: datetime) -> datetime:
    """`when` cut to its UTC hour, so that a date says nothing finer than the hour."""
    return _utc(when).replace(minute=0, second=0, microsecond=0)


def aware(when: datetime) -> datetime:
    """`when` in UTC, to compare with; CredentialError if it is naive."""
    return _utc(when)


def _utc(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise CredentialError("naive_time")
    return when.astimezone(UTC).replace(microsecond=0)
