"""The day since when a value says so: part of a shown cell, no part of an attested one, and no matter to a verdict."""

from __future__ import annotations

from typing import Any

import pytest

from trust.cell import check_cell, shown_cells, supports
from trust.errors import CredentialError

EXACT = {"level": "exact", "value": "5", "unit": "4H"}


@pytest.mark.parametrize(
    "cell", [EXACT, {"level": "existence"}, {"level": "band", "value": {"at_least": "5", "below": "10"}, "unit": "4H"}]
)
def test_a_shown_cell_may_say_since_when_and_an_attested_one_may_not(cell: dict[str, Any]) -> None:
    dated = {**cell, "as_of": "2026-11-22"}
    assert check_cell(dated, dated=True) == check_cell(cell) == cell["level"]
    with pytest.raises(CredentialError):
        check_cell(dated)
    assert supports(cell, dated)
    assert supports(cell, {**cell, "as_of": "1999-01-01"})


@pytest.mark.parametrize("day", ["", "2026-11-2", "22.11.2026", None, 20261122, ["2026-11-22"], "2026-11-22T00:00:00Z"])
def test_a_day_of_another_form_is_no_cell(day: object) -> None:
    with pytest.raises(CredentialError):
        check_cell({**EXACT, "as_of": day}, dated=True)


def test_a_day_does_not_make_another_value_the_same() -> None:
    assert not supports(EXACT, {**EXACT, "value": "6", "as_of": "2026-11-22"})


def test_the_day_is_read_with_the_cell() -> None:
    content: Any = {"country": {"level": "exact", "value": "VN", "as_of": "2026-11-22"}}
    (shown,) = shown_cells(content)
    assert shown.cell["as_of"] == "2026-11-22"
    assert shown.value == "VN"
