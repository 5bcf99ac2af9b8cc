"""Rows keep the numbers a spreadsheet gives them, and a damaged row costs only itself."""

import time

import pytest

from sharing.exchange.errors import HeaderInvalid, TooManyRows
from sharing.exchange.table import DamagedRow, EmptyRow, Limits, Row, Table


def read(text: str, **limits: int) -> list[tuple[int, object]]:
    """(row number, cells | code of the damage | None for an empty row)"""
    found: list[tuple[int, object]] = []
    for row in Table(text, limits=Limits(**limits)).rows():
        if isinstance(row, Row):
            found.append((row.number, row.cells))
        else:
            found.append((row.number, row.code if isinstance(row, DamagedRow) else None))
            assert isinstance(row, DamagedRow | EmptyRow)
    return found


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_each_delimiter_is_found_with_each_line_ending(delimiter: str, ending: str) -> None:
    text = ending.join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]))
    assert Table(text, limits=Limits()).delimiter == delimiter
    assert read(text) == [(2, ("1", "2", "3")), (3, ("4", "5", "6"))]


def test_commas_inside_the_cells_of_a_semicolon_list_do_not_confuse_the_delimiter() -> None:
    text = "name;address;lat\nA;1, Long Road, Town;10,5\nB;2, Short Road, Town;10,6\n"
    assert Table(text, limits=Limits()).delimiter == ";"


def test_a_list_of_one_column_is_read_with_commas() -> None:
    assert read("name\nA\nB\n") == [(2, ("A",)), (3, ("B",))]


def test_a_chosen_delimiter_wins_and_another_character_is_refused() -> None:
    assert Table("a;b,c\n1;2,3\n", limits=Limits(), delimiter=",").header == ("a;b", "c")
    with pytest.raises(HeaderInvalid):
        Table("a|b\n", limits=Limits(), delimiter="|")


def test_a_cell_with_line_breaks_is_one_row() -> None:
    assert read('a,b\n1,"x\ny\r\nz"\n2,w\n') == [(2, ("1", "x\ny\r\nz")), (3, ("2", "w"))]


def test_empty_rows_count_but_are_not_data() -> None:
    assert read("a,b\n\n1,2\n,\n  ,  \n3,4") == [(2, None), (3, ("1", "2")), (4, None), (5, None), (6, ("3", "4"))]


def test_too_few_and_too_many_columns_are_damage_but_empty_ones_at_the_end_are_not() -> None:
    assert read("a,b\n1\n1,2,3\n1,2,,\n") == [(2, "too_few_columns"), (3, "too_many_columns"), (4, ("1", "2"))]


def test_a_quote_that_never_closes_costs_one_row_wherever_it_stands() -> None:
    assert read('a,b\n1,2\n"3,4\n5,6\n7,8\n') == [
        (2, ("1", "2")),
        (3, "unclosed_quote"),
        (4, ("5", "6")),
        (5, ("7", "8")),
    ]
    assert read('a,b\n1,2\n3,"4\n') == [(2, ("1", "2")), (3, "unclosed_quote")]


def test_a_quote_that_never_closes_in_a_long_list_is_given_up_at_the_row_limit() -> None:
    lines = "".join(f"{at},x\n" for at in range(3000))
    found = read(f'a,b\n"0,x\n{lines}', max_row_characters=500)
    assert found[0] == (2, "row_too_long")
    assert found[1:] == [(at + 3, (str(at), "x")) for at in range(3000)]


def test_a_quote_inside_a_quoted_cell_that_is_not_doubled_costs_one_row() -> None:
    assert read('a,b\n"5" pipe",x\n5" pipe,y\n') == [(2, "misplaced_quote"), (3, ('5" pipe', "y"))]


def test_a_row_that_is_too_long_costs_one_row() -> None:
    assert read(f"a,b\n1,2\n{'x' * 200},3\n4,5\n", max_row_characters=100) == [
        (2, ("1", "2")),
        (3, "row_too_long"),
        (4, ("4", "5")),
    ]


def test_the_row_limit_counts_data_and_is_clear() -> None:
    assert len(read("a\n1\n\n2\n3\n", max_rows=3)) == 4
    with pytest.raises(TooManyRows) as refused:
        read("a\n1\n2\n3\n4\n", max_rows=3)
    assert refused.value.fields == {"limit": 3}


@pytest.mark.parametrize("text", ["", "\n1,2\n", " , ,\n1,2\n", '"a,b\n1,2\n', '"a"b,c\n', "a," * 101 + "a\n"])
def test_a_list_without_a_usable_first_row_is_refused(text: str) -> None:
    with pytest.raises(HeaderInvalid) as refused:
        Table(text, limits=Limits())
    assert refused.value.code == "header_invalid"


def test_header_names_are_trimmed_and_empty_columns_at_its_end_are_no_columns() -> None:
    assert Table(' a ,"b\nc",,\n', limits=Limits()).header == ("a", "b c")


def test_control_characters_do_not_break_lines() -> None:
    assert read("a,b\n1\x0b\x1c\x85\u2028,2\n") == [(2, ("1\x0b\x1c\x85\u2028", "2"))]


@pytest.mark.parametrize("line", ['"\n', '"x,\n', 'a,"\n', '""x\n', '"""\n', '"a""b\n'])
def test_a_list_full_of_quotes_is_read_in_linear_time(line: str) -> None:
    started = time.perf_counter()
    rows = read("a,b\n" + line * (400_000 // len(line)), max_rows=1_000_000)
    assert time.perf_counter() - started < 5
    assert rows


def test_progress_grows_to_the_whole_list() -> None:
    table = Table("a,b\n1,2\n3,4\n", limits=Limits())
    seen = [table.progress for _ in table.rows()]
    assert [done for done, _ in seen] == [8, 12]
    assert table.progress == (12, 12)
