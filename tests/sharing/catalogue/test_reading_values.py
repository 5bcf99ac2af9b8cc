"""Hostile and careless input to single values."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.catalogue import FIELDS, field, fold, tokens
from sharing.catalogue.quantities import quantity, scale, unscale
from sharing.catalogue.text import clean
from sharing.catalogue.weeks import week_name, week_number
from sharing.errors import Problems

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def codes_of(key: str, raw: object) -> list[str]:
    problems = Problems()
    value = field(key).parse(raw, key, problems)
    assert (value is None) == bool(problems.found)
    return [each.code for each in problems.found]


@pytest.mark.parametrize(
    "raw",
    [
        "1e400000",
        "1E5",
        "NaN",
        "Infinity",
        "-Infinity",
        "",
        " 5",
        "5.",
        ".5",
        "0x10",
        "1_000",
        "٣",
        "½",
        "5\n",
        "+5",
        "1" * 13,
        "9" * 100_000,
        True,
        False,
        None,
        1e300,
        float("nan"),
        float("inf"),
        [],
        {},
        b"5",
    ],
    ids=repr,
)
def test_what_is_no_bounded_decimal_is_refused_as_not_a_number(raw: object) -> None:
    assert codes_of("capability.max_x_mm", raw) == ["not_a_number"]


@pytest.mark.parametrize(
    "raw",
    [10**100, -(10**100), 10**5000, -1, 0, "0", "100000.1", "-5", 100_001],
    ids=lambda raw: ascii(raw) if isinstance(raw, str) else hex(raw)[:12],
)
def test_numbers_out_of_range_are_refused_without_arithmetic_on_huge_ones(raw: object) -> None:
    assert codes_of("capability.max_x_mm", raw) == ["out_of_range"]


def test_more_digits_than_a_field_keeps_are_refused_not_rounded() -> None:
    assert codes_of("capability.max_x_mm", "10.25") == ["too_precise"]
    assert field("capability.max_x_mm").parse("010.500", "", Problems()) == "10.5"
    assert field("capability.lot_min").parse("10.0", "", Problems()) == "10"


@given(st.integers(1 - 10**12, 10**12 - 1), st.integers(0, 6))
def test_scaling_and_its_inverse_agree(number: int, decimals: int) -> None:
    text = unscale(number, decimals)
    assert scale(text, decimals) == number
    again = quantity(text, "", Problems(), decimals=decimals, least=number, most=number)
    assert again == number
    assert "e" not in text
    assert not (text.endswith("0") and "." in text)


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "a\x07b",
        "a\x1bb",
        "a\u202eb",
        "a\u2066b",
        "a\u200bb",
        "a\u200db",
        "\ufeffa",
        "a\u00adb",
        "a\u2028b",
        "a\ud800b",
        "a\U000e0041b",
        "a\u3164b",
        "a\u115fb",
        "a\tb",
        "a\rb",
    ],
    ids=ascii,
)
def test_control_bidi_zero_width_and_invisible_characters_are_refused(text: str) -> None:
    problems = Problems()
    assert clean(text, "note", problems, longest=100, lines=True) is None
    assert [each.code for each in problems.found] == ["forbidden_character"]


def test_line_feeds_are_kept_only_where_lines_make_sense() -> None:
    assert clean("a\r\nb", "", Problems(), longest=10, lines=True) == "a\nb"
    assert codes_of("capacity.name", "a\nb") == ["forbidden_character"]


@given(st.text(max_size=60))
def test_accepted_text_is_composed_visible_and_stable(text: str) -> None:
    kept = clean(text, "", Problems(), longest=80, lines=True)
    if kept is not None:
        assert unicodedata.is_normalized("NFC", kept)
        assert kept.encode()
        assert clean(kept, "", Problems(), longest=80, lines=True) == kept


def test_text_too_long_blank_or_not_text_is_refused() -> None:
    assert codes_of("capacity.name", "x" * 121) == ["too_long"]
    assert codes_of("capacity.name", "x" * 10**6) == ["too_long"]
    assert codes_of("capacity.name", " \u00a0 ") == ["empty"]
    assert codes_of("capacity.name", None) == ["not_text"]


def test_a_name_is_kept_by_language_in_the_usual_case_of_tags() -> None:
    assert field("legal_name").parse("Cơ khí", "", Problems()) == {"und": "Cơ khí"}
    assert field("legal_name").parse({"ZH-hans-cn": "机", "VI": "Cơ"}, "", Problems()) == {"vi": "Cơ", "zh-Hans-CN": "机"}
    assert codes_of("legal_name", {"vi": "a", "VI": "b"}) == ["duplicate"]
    assert codes_of("legal_name", {"vietnamese!": "a"}) == ["not_a_language"]
    assert codes_of("legal_name", {}) == ["not_text_by_language"]


def test_folding_makes_vietnamese_typed_plainly_match() -> None:
    assert fold("Đúc áp lực cao") == "duc ap luc cao"
    assert fold("TIỆN, MÀI — Khoét ĐỊNH HÌNH") == "tien, mai — khoet dinh hinh"
    assert tokens("Cơ khí chính-xác Bắc Ninh 2") == {"co", "khi", "chinh", "xac", "bac", "ninh", "2"}
    composed, opened = unicodedata.normalize("NFC", "Hưng Yên"), unicodedata.normalize("NFD", "Hưng Yên")
    assert fold(composed) == fold(opened) == "hung yen"


@given(st.text(max_size=30))
def test_folding_is_total_and_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert tokens(fold(text)) == tokens(text)


@pytest.mark.parametrize(
    ("week", "exists"),
    [
        ("2026-W53", True),
        ("2025-W53", False),
        ("2020-W53", True),
        ("2026-W00", False),
        ("2026-W54", False),
        ("2026-48", False),
        ("2026-W1", False),
        ("1999-W01", False),
        ("٢٠٢٦-W01", False),
        ("2026-W01\n", False),
    ],
)
def test_only_weeks_that_exist_are_weeks(week: str, exists: bool) -> None:
    assert (week_number(week) is not None) is exists


@given(st.integers(104_360, 150_000))
def test_week_numbers_are_consecutive_and_invertible(number: int) -> None:
    assert week_number(week_name(number)) == number


def test_weekly_hours_are_sorted_bounded_and_within_104_weeks() -> None:
    hours = field("capacity.spare_hours")
    assert hours.parse({"2027-W01": "20.50", "2026-W53": 3}, "", Problems()) == {"2026-W53": "3", "2027-W01": "20.5"}
    assert codes_of("capacity.spare_hours", {"2026-W01": 1, "2027-W53": 1}) == ["not_a_week"]
    assert codes_of("capacity.spare_hours", {"2026-W01": 1, "2028-W01": 1}) == ["too_wide"]
    assert codes_of("capacity.spare_hours", {"2026-W01": "6500.1", "2026-W02": -1}) == ["out_of_range", "out_of_range"]
    assert codes_of("capacity.spare_hours", {}) == ["not_weekly"]
    assert hours.form.weeks({"2026-W48": "20.5"}) == {week_number("2026-W48"): 205}  # type: ignore[attr-defined]
    assert hours.form.band_weeks({"2026-W48": "39.9"}) == {week_number("2026-W48"): (0, 400)}  # type: ignore[attr-defined]


@pytest.mark.parametrize("raw", ["2026-02-29", "2026-13-01", "20261301", "2026-W01-1", "1899-12-31", "2200-01-01", 20260101])
def test_dates_that_do_not_exist_are_refused(raw: object) -> None:
    assert codes_of("certificate.valid_until", raw) == ["not_a_date"]


def test_a_country_is_no_province() -> None:
    assert codes_of("province", "VN") == ["unknown_code"]
    assert field("province").parse("vn-56", "", Problems()) == "VN-56"
    assert field("certificate.scheme").parse("iso 9001:2015", "", Problems()) == "ISO9001:2015"


def test_grades_are_read_in_two_spellings_and_classified_by_designation_alone() -> None:
    grade = field("capability.material_grade")
    assert grade.parse({"system": "jis", "grade": "s45c"}, "", Problems()) == "JIS:S45C"
    assert grade.parse("jis: S45C ", "", Problems()) == "JIS:S45C"
    assert codes_of("capability.material_grade", {"system": "JIS"}) == ["required"]
    assert codes_of("capability.material_grade", "DIN:X") == ["not_a_grade"]


@pytest.mark.parametrize(
    ("grade", "family"),
    [
        ("JIS:S45C", "P"),
        ("JIS:SCM440", "P"),
        ("EN:1.7225", "P"),
        ("AISI:1045", "P"),
        ("AISI:4140", "P"),
        ("EN:42CRMO4", "P"),
        ("JIS:SUS304", "M"),
        ("EN:1.4301", "M"),
        ("AISI:316L", "M"),
        ("AISI:17-4PH", "M"),
        ("JIS:FC250", "K"),
        ("EN:EN-GJL-250", "K"),
        ("EN:GGG40", "K"),
        ("JIS:A5052", "N"),
        ("AISI:6061", "N"),
        ("AISI:7075-T6", "N"),
        ("JIS:ADC12", "N"),
        ("EN:AW-6082", "N"),
        ("JIS:C3604", "N"),
        ("EN:3.7165", "S"),
        ("AISI:INCONEL 718", "S"),
        ("EN:2.4668", "S"),
        ("AISI:6AL-4V", "S"),
    ],
)
def test_common_grades_have_the_family_a_machinist_expects(grade: str, family: str) -> None:
    assert field("capability.material_grade").form.band(grade) == family


@pytest.mark.parametrize("one", FIELDS, ids=lambda each: each.key)
@settings(max_examples=20)
@given(raw=json_values)
def test_any_json_is_stored_canonically_or_refused_with_a_problem(one: object, raw: object) -> None:
    key = one.key  # type: ignore[attr-defined]
    problems = Problems()
    value = field(key).parse(raw, key, problems)
    assert (value is None) == bool(problems.found)
    if value is not None:
        assert field(key).parse(value, key, Problems()) == value


@pytest.mark.parametrize(("raw", "kept"), [(12.5, "12.5"), (0.1, "0.1"), (7.0, "7"), (1e3, "1000"), (99999.9, "99999.9")])
def test_a_number_with_a_fraction_is_kept_as_it_was_written(raw: float, kept: str) -> None:
    problems = Problems()
    assert field("capability.max_x_mm").parse(raw, "x", problems) == kept
    assert problems.found == []
