"""Nothing we write into a CSV file runs as a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.exchange.cells import escape_cell, write_rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_begins_like_a_formula_is_escaped(start: str) -> None:
    assert escape_cell(f"{start}1+1") == f"'{start}1+1"
    assert escape_cell(f"a{start}1") == f"a{start}1"


def test_plain_and_empty_cells_stay_as_they_are() -> None:
    assert escape_cell("") == ""
    assert escape_cell("An Phát, 1+1") == "An Phát, 1+1"


@given(st.lists(st.lists(st.text(alphabet=st.characters(exclude_categories=("Cs",))), min_size=2, max_size=2), max_size=4))
def test_whatever_is_written_is_read_back_and_never_starts_a_formula(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    write_rows(stream, ("a", "b"), rows)
    stream.seek(0)
    read = list(csv.reader(stream))
    assert read[0][0].startswith("\ufeff")
    assert read[1:] == [[escape_cell(cell) for cell in row] for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in read[1:] for cell in row)
