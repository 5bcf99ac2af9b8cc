"""Every row of a list is a draft, a repeat or an error, and each error says where and why."""

import contextlib
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.exchange import ExchangeError, ImportPlan, Limits, plan_import, write_errors
from sharing.exchange.errors import HeaderInvalid, MappingIncomplete, SourceTooLarge, TooManyRows
from tests.shared_material import shared

HEADER = "Name,Country,Address,Lat,Lng,Tax code,Website,Year,Province\n"
GOOD = "An Phat,VN,1 Le Loi,10.776889,106.700806,,,,"


def plan(text: str, **options: object) -> ImportPlan:
    return plan_import(io.BytesIO(text.encode()), **options)  # type: ignore[arg-type]


def balanced(made: ImportPlan) -> bool:
    places = [draft.row for draft in made.drafts] + [repeat.row for repeat in made.repeats]
    places += list({error.row for error in made.errors})
    return len(made.drafts) + len(made.repeats) + made.error_rows == made.rows == len(set(places))


def test_a_full_row_becomes_a_profile() -> None:
    row = (
        '"Công ty An Phát",Việt Nam,"1 Lê Lợi, Q.1",10.776889000001,106.7008060,0300588569,https://anphat.example,1998,TP.HCM\n'
    )
    made = plan(HEADER + row)
    assert made.errors == ()
    assert made.drafts[0].row == 2
    assert made.drafts[0].document == {
        "legal_name": {"vi": "Công ty An Phát"},
        "country": "VN",
        "province": "VN-SG",
        "address": "1 Lê Lợi, Q.1",
        "point": {"lat": "10.776889", "lon": "106.700806"},
        "identifiers": [{"scheme": "vn_tax", "value": "0300588569"}],
        "contacts": [{"role": "website", "channel": "https://anphat.example"}],
        "established_year": "1998",
    }


def test_a_name_and_a_country_are_enough() -> None:
    made = plan("name,country\nAn Phat,VN\n")
    assert made.drafts[0].document == {"legal_name": {"und": "An Phat"}, "country": "VN"}


def test_the_real_list_loads_whole_with_its_repeats_named() -> None:
    made = plan_import(shared("data/osh_facilities_geocoded.csv"))
    assert made.rows == 959
    assert made.errors == ()
    assert len(made.drafts) + len(made.repeats) == 959
    assert len(made.drafts) <= 955
    assert made.mapping.ignored == ("source_list", "sector")
    assert {repeat.literal for repeat in made.repeats} == {True, False}
    rows = {draft.row: draft for draft in made.drafts}
    assert all(repeat.first_row in rows and repeat.first_row < repeat.row for repeat in made.repeats)


def test_a_hundred_rows_of_the_real_list_are_in_vietnam_however_they_spell_it() -> None:
    path = shared("data/osh_facilities_geocoded.csv")
    with path.open(encoding="utf-8", newline="") as stream:
        spelled = {number: row["country"] for number, row in enumerate(csv.DictReader(stream), start=2)}
    made = plan_import(path)
    country = {draft.row: draft.document["country"] for draft in made.drafts}
    country |= {repeat.row: country[repeat.first_row] for repeat in made.repeats}
    vietnamese = [row for row, code in country.items() if code == "VN"]
    assert len(vietnamese) == 100
    assert {spelled[row] for row in vietnamese} == {"VN", "VIETNAM", "Vietnam"}
    assert {country[row] for row, name in spelled.items() if name == "UAE"} == {"AE"}


# One damaged row each: what is in the row, the column that is blamed, the stable code.
DAMAGED: dict[str, tuple[str, str | None, str]] = {
    "unknown_country": ("A1,Vietnma,a,1,1,,,,", "Country", "country_unknown"),
    "empty_country": ("A2,,a,1,1,,,,", "Country", "country_missing"),
    "empty_name": (",VN,a,1,1,,,,", "Name", "name_missing"),
    "blank_name": ('"  \n ",VN,a,1,1,,,,', "Name", "name_missing"),
    "latitude_out_of_range": ("A3,VN,a,90.01,1,,,,", "Lat", "latitude_invalid"),
    "longitude_out_of_range": ("A4,VN,a,1,-180.5,,,,", "Lng", "longitude_invalid"),
    "latitude_in_minutes": ("A5,VN,a,10°46',1,,,,", "Lat", "latitude_invalid"),
    "latitude_exponent": ("A6,VN,a,1e400000,1,,,,", "Lat", "latitude_invalid"),
    "latitude_nan": ("A7,VN,a,nan,1,,,,", "Lat", "latitude_invalid"),
    "half_a_point": ("A8,VN,a,10.5,,,,,", "Lng", "point_incomplete"),
    "too_many_columns": ("A9,VN,a,1,1,,,,,extra", None, "too_many_columns"),
    "too_few_columns": ("A10,VN,a", None, "too_few_columns"),
    "control_character": ("A\x0711,VN,a,1,1,,,,", "Name", "forbidden_character"),
    "turned_text": ("A\u202e12,VN,a,1,1,,,,", "Name", "forbidden_character"),
    "hidden_character": ("A13,VN,a\u200bb,1,1,,,,", "Address", "forbidden_character"),
    "name_too_long": (f"{'A' * 5000},VN,a,1,1,,,,", "Name", "too_long"),
    "row_too_long": (f"{'A' * 30000},VN,a,1,1,,,,", None, "row_too_long"),
    "tax_code_check_digit": ("A14,VN,a,1,1,0300588560,,,", "Tax code", "check_digit"),
    "year_in_words": ("A15,VN,a,1,1,,,last year,", "Year", ""),
    "unknown_province": ("A16,VN,a,1,1,,,,Binh Duog", "Province", "province_unknown"),
    "quote_not_doubled": ('"A"17,VN,a,1,1,,,,', None, "misplaced_quote"),
    "unclosed_quote": ('"A18,VN,a,1,1,,,,', None, "unclosed_quote"),
}


def test_damaged_rows_are_reported_by_row_column_and_reason_while_the_others_load() -> None:
    lines: list[str] = []
    for at, (text, _, _) in enumerate(DAMAGED.values()):
        lines += [GOOD.replace("An Phat", f"Good {at}"), text]
    made = plan(HEADER + "\r\n".join(lines))
    assert balanced(made)
    assert made.rows == 2 * len(DAMAGED)
    assert [draft.row for draft in made.drafts] == [2 + 2 * at for at in range(len(DAMAGED))]
    for at, (name, (_, column, code)) in enumerate(DAMAGED.items()):
        found = [error for error in made.errors if error.row == 3 + 2 * at]
        assert [error.column for error in found] == [column], name
        assert code in {found[0].code, ""}, name
        assert found[0].message


def test_all_errors_of_one_row_are_told_at_once() -> None:
    made = plan(HEADER + ",Atlantis,a,91,181,,,,\n")
    assert [(error.column, error.code) for error in made.errors] == [
        ("Country", "country_unknown"),
        ("Name", "name_missing"),
        ("Lat", "latitude_invalid"),
        ("Lng", "longitude_invalid"),
    ]


def test_a_slip_in_a_country_is_answered_with_a_suggestion() -> None:
    assert "Vietnam (VN)" in plan(HEADER + "A,Vietnma,,,,,,,\n").errors[0].message


def test_repeats_to_the_letter_and_folded_ones_name_both_rows_and_what_differs() -> None:
    rows = [
        "Công ty An Phát,VN,1 Lê Lợi,1,2,,,,",
        'Cong ty AN PHAT,Vietnam,"1, Le Loi.",1,2,,,,',
        "Công ty An Phát,VN,1 Lê Lợi,1,3,,,,",
        "Công ty An Phát,CN,1 Lê Lợi,1,2,,,,",
        "Công ty An Phát,VN,2 Lê Lợi,1,2,,,,",
    ]
    made = plan(HEADER + "\n".join(rows))
    assert [draft.row for draft in made.drafts] == [2, 5, 6]
    assert [(each.row, each.first_row, each.literal, each.differs) for each in made.repeats] == [
        (3, 2, False, ("Name", "Country", "Address")),
        (4, 2, True, ("Lng",)),
    ]
    assert balanced(made)


def test_a_row_with_an_error_is_not_the_first_of_its_repeats() -> None:
    made = plan(HEADER + "An Phat,VN,x,99,1,,,,\nAn Phat,VN,x,9,1,,,,\nAN PHAT,VN,x,9,1,,,,\n")
    assert [draft.row for draft in made.drafts] == [3]
    assert [(each.row, each.first_row) for each in made.repeats] == [(4, 3)]


def test_names_of_punctuation_only_are_not_all_the_same() -> None:
    assert len(plan("name,country\n***,VN\n+-+,VN\n").drafts) == 2


def test_a_semicolon_list_with_decimal_commas_is_read_and_a_comma_list_with_them_is_not() -> None:
    assert plan("name;country;lat;lng\nA;VN;10,5;106,25\n").drafts[0].document["point"] == {
        "lat": "10.5",
        "lon": "106.25",
    }
    assert plan('name,country,lat,lng\nA,VN,"10,5","106,25"\n').error_rows == 1


@pytest.mark.parametrize(("given", "kept"), [("-0.0000001", "0"), ("+90", "90"), ("007.50", "7.5"), ("1.", "1"), ("100", None)])
def test_degrees_are_rounded_to_a_tenth_of_a_metre(given: str, kept: str | None) -> None:
    made = plan(f"name,country,lat,lng\nA,VN,{given},0\n")
    assert (made.drafts[0].document["point"] if made.drafts else None) == (kept and {"lat": kept, "lon": "0"})


def test_a_foreign_tax_code_is_left_out_with_a_notice_and_the_row_loads() -> None:
    made = plan(HEADER + "A,CN,a,1,1,91330100,,,\n")
    assert "identifiers" not in made.drafts[0].document
    assert [(each.row, each.column, each.code) for each in made.notices] == [(2, "Tax code", "tax_code_left_out")]


def test_what_we_escaped_is_read_back_without_its_apostrophe() -> None:
    made = plan("name,country,phone\nA,VN,'+84 28 1234\n'Quoted,VN,\n")
    assert made.drafts[0].document["contacts"] == [{"role": "phone", "channel": "+84 28 1234"}]
    assert made.drafts[1].document["legal_name"] == {"und": "'Quoted"}


def test_the_row_limit_and_the_byte_limit_stop_the_whole_list() -> None:
    with pytest.raises(TooManyRows):
        plan("name,country\nA,VN\nB,VN\n", limits=Limits(max_rows=1))
    with pytest.raises(SourceTooLarge):
        plan("name,country\nA,VN\nB,VN\n", limits=Limits(max_bytes=20))


def test_a_list_without_a_header_is_refused_with_what_its_first_row_says() -> None:
    with pytest.raises(MappingIncomplete) as refused:
        plan("An Phat,VN\nBinh Minh,VN\n")
    assert "An Phat" in str(refused.value)
    with pytest.raises(HeaderInvalid):
        plan("")


def test_the_same_list_gives_the_same_plan_and_progress_ends_at_the_end() -> None:
    seen: list[tuple[int, int]] = []
    text = "name,country\n" + "".join(f"A{at},VN\n" for at in range(1200))
    assert plan(text, progress=lambda done, total: seen.append((done, total))) == plan(text)
    assert seen[-1] == (len(text), len(text))
    assert len(seen) == 3
    assert seen == sorted(seen)


def test_the_error_report_is_a_list_without_formulas_in_the_order_of_the_rows() -> None:
    made = plan('"=cmd()",country,name\nx,VN,A\nx,Atlantis,"=1"\nx,VN,A\n"+y",Nowhere,B\nx\n')
    stream = io.StringIO(newline="")
    write_errors(stream, made)
    rows = list(csv.reader(io.StringIO(stream.getvalue().removeprefix("\ufeff"), newline="")))
    assert rows[0] == ["row", "column", "kind", "code", "reason"]
    assert [row[:4] for row in rows[1:]] == [
        ["3", "country", "error", "country_unknown"],
        ["4", "", "repeat", "repeat_literal"],
        ["5", "country", "error", "country_unknown"],
        ["6", "", "error", "too_few_columns"],
    ]


CELL = st.text(alphabet=st.sampled_from("aÁđ,;\t\"\n\r'=+0159.-\u202e\x07 VNÝ"), max_size=8)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=8), st.sampled_from(",;\t"), st.booleans())
def test_any_text_under_a_sound_header_balances(rows: list[list[str]], delimiter: str, quoted: bool) -> None:
    stream = io.StringIO(newline="")
    stream.write(delimiter.join(("name", "country", "lat", "lng", "phone")) + "\n")
    if quoted:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    else:
        stream.write("\n".join(delimiter.join(row) for row in rows))
    assert balanced(plan(stream.getvalue(), delimiter=delimiter))


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=200).map(lambda data: b"name,country\n" + data)))
def test_any_bytes_give_a_balanced_plan_or_a_sharing_error(data: bytes) -> None:
    with contextlib.suppress(ExchangeError):
        assert balanced(plan_import(io.BytesIO(data)))


def test_a_path_and_a_stream_give_the_same_plan(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name,country\nA,VN\n", encoding="utf-8-sig")
    assert plan_import(tmp_path / "list.csv").drafts == plan("name,country\nA,VN\n").drafts
