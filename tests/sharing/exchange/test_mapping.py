"""Columns are guessed from their names in two languages, and an explicit choice always wins."""

import pytest

from sharing.exchange.errors import MappingIncomplete, MappingInvalid
from sharing.exchange.mapping import _key, map_columns
from sharing.exchange.targets import TARGETS


def test_an_english_header_is_understood_and_the_rest_is_listed_as_ignored() -> None:
    mapping = map_columns(("source_list", "country", "name", "address", "sector", "lat", "lng"))
    assert mapping.document() == {
        "country": "country",
        "name": "legal_name",
        "address": "address",
        "lat": "point.lat",
        "lng": "point.lon",
    }
    assert mapping.ignored == ("source_list", "sector")


def test_a_vietnamese_header_is_understood_with_and_without_marks() -> None:
    plain = {
        "TEN CONG TY": "legal_name",
        "QUOC GIA": "country",
        "TINH/THANH PHO": "province",
        "DIA CHI": "address",
        "VI DO": "point.lat",
        "KINH DO": "point.lon",
        "MA SO THUE": "identifiers.tax",
        "DIEN THOAI": "contacts.phone",
        "NAM THANH LAP": "established_year",
    }
    marked = ("Tên công ty", "Quốc gia", "Tỉnh/Thành phố", "Địa chỉ", "Vĩ độ", "Kinh độ", "Mã số thuế", "Điện thoại")
    for header in ((*marked, "Năm thành lập"), tuple(plain)):
        assert list(map_columns(header).document().values()) == list(plain.values())


def test_the_surest_of_two_names_is_taken_and_the_other_is_ignored() -> None:
    mapping = map_columns(("Supplier", "Country", "Factory name"))
    assert mapping.columns("legal_name") == (2,)
    assert mapping.ignored == ("Supplier",)


def test_several_phone_columns_are_all_taken() -> None:
    assert map_columns(("name", "country", "phone", "mobile")).columns("contacts.phone") == (2, 3)


def test_an_explicit_choice_beats_the_guess() -> None:
    mapping = map_columns(("Name", "Company", "Country", "Phone"), {"Company": "legal_name", "Phone": "ignore"})
    assert mapping.document() == {"Company": "legal_name", "Country": "country"}
    assert mapping.ignored == ("Name", "Phone")


def test_an_explicit_column_is_found_without_case_and_marks_unless_that_names_two() -> None:
    assert map_columns(("TÊN", "Nước", "X"), {"ten": "trading_name", "x": "legal_name"}).columns("trading_name") == (0,)
    assert map_columns(("X", "x", "Nước"), {"x": "legal_name"}).columns("legal_name") == (1,)
    with pytest.raises(MappingInvalid):
        map_columns(("X", "X", "Nước"), {"x": "legal_name"})


@pytest.mark.parametrize(
    ("header", "explicit"),
    [
        (("name", "country"), {"nobody": "address"}),
        (("name", "country"), {"name": "shoe_size"}),
        (("a", "b", "country"), {"a": "legal_name", "b": "legal_name"}),
        (("name", "country", "lat"), {}),
        (("name", "country", "x"), {"x": "point.lon"}),
    ],
)
def test_a_choice_that_cannot_be_meant_is_refused(header: tuple[str, ...], explicit: dict[str, str]) -> None:
    with pytest.raises(MappingInvalid) as refused:
        map_columns(header, explicit)
    assert refused.value.code == "mapping_invalid"


@pytest.mark.parametrize(
    ("header", "missing"),
    [(("name",), ("country",)), (("Nước",), ("legal_name",)), (("7", "An Phát"), ("legal_name", "country"))],
)
def test_a_missing_mandatory_column_is_named_with_the_header_and_a_way_out(
    header: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    with pytest.raises(MappingIncomplete) as refused:
        map_columns(header)
    assert refused.value.fields == {"missing": missing, "columns": header}
    assert f"={missing[0]}" in str(refused.value)


def test_an_empty_header_cell_is_called_by_its_place() -> None:
    assert map_columns(("name", "", "country")).ignored == ("column 2",)


def test_no_header_is_a_guess_for_two_values() -> None:
    for target in TARGETS:
        for header in target.headers:
            others = [each.name for each in TARGETS if each is not target and _key(header) in map(_key, each.headers)]
            assert others == [], header


def test_remarks_are_never_guessed() -> None:
    assert map_columns(("name", "country", "note", "ghi chú")).ignored == ("note", "ghi chú")
