"""Dates at the ends of the calendar are refused where they are read, so that no later sum can leave it."""

import pytest

from trust import instant
from trust.errors import TrustError


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_an_instant_outside_1970_to_9998_is_refused(text: str) -> None:
    with pytest.raises(TrustError):
        instant.read(text)
    with pytest.raises(TrustError):
        instant.read_date(text[:10])


def test_the_first_and_the_last_instant_are_read() -> None:
    assert instant.write(instant.read("1970-01-01T00:00:00Z")) == "1970-01-01T00:00:00Z"
    assert instant.write(instant.read("9998-12-31T23:59:59Z")) == "9998-12-31T23:59:59Z"
    assert instant.from_numeric(253_370_764_799) == instant.read("9998-12-31T23:59:59Z")
    with pytest.raises(TrustError):
        instant.from_numeric(253_370_764_800)
