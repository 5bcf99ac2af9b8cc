"""What catalogue version 2 added: structured codes, money, files, calendars, machines and computed values."""

import pytest

from policies.levels import Level
from sharing.catalogue import field
from sharing.errors import Problems, ProfileErrors
from sharing.profile import parse_profile, record_document, record_of
from tests.sharing.profile_documents import CALENDAR, hexadecimal_ids


def stored(key, raw):
    problems = Problems()
    value = field(key).parse(raw, key, problems)
    assert (value is None) == bool(problems.found)
    return value


@pytest.mark.parametrize(
    ("key", "raw", "value", "band"),
    [
        ("industry_codes", ["NACE 25.62", "isic:c2511"], ["ISIC:2511", "NACE:2562"], ["ISIC:25", "NACE:25"]),
        ("product_codes", ["hs 8487.90", "UNSPSC31161500"], ["HS:848790", "UNSPSC:31161500"], ["HS:8487", "UNSPSC:3116"]),
        ("supply_tiers", ["c29:t1"], ["C29:T1"], ["C29:T1"]),
        ("ports", ["vn hph"], ["VNHPH"], ["VNHPH"]),
        ("capability.it_grade", "IT7", "7", {"at_least": "7", "below": "9"}),
        ("capability.axes", 5, "5", "5"),
        ("capability.special_processes", ["coating.anodizing"], ["coating.anodizing"], ["coating"]),
        (
            "min_order_value",
            {"amount": "999.99", "currency": "USD"},
            {"amount": "999.99", "currency": "USD"},
            {"at_least": "100", "below": "1000", "currency": "USD"},
        ),
        ("inspection_equipment", ["vision", {"type": "cmm", "range": "1"}], [{"type": "vision"}, {"type": "cmm", "range": "1"}],
         ["cmm", "vision"]),
        ("headcount_total", "16", "16", {"at_least": "10", "below": "50"}),
        ("on_time_delivery", "97.5", "97.5", {"at_least": "95", "below": "98"}),
        ("export_markets", ["jp", "KR"], ["JP", "KR"], ["JP", "KR"]),
    ],
)  # fmt: skip
def test_values_are_stored_canonically_and_banded(key, raw, value, band):
    assert stored(key, raw) == value
    cell = field(key).cell(value, Level.BAND)
    assert cell is not None
    assert cell["value"] == band


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("industry_codes", ["ISIC:04"]),
        ("industry_codes", ["SIC:25"]),
        ("product_codes", ["HS:84"]),
        ("supply_tiers", ["A29:T1"]),
        ("supply_tiers", ["C29:T5"]),
        ("ports", ["XXHPH"]),
        ("capability.it_grade", "IT19"),
        ("capability.it_grade", "ITX"),
        ("capability.axes", 0),
        ("min_order_value", {"amount": "1.001", "currency": "USD"}),
        ("min_order_value", {"amount": "1", "currency": "ABC"}),
        ("min_order_value", "1 USD"),
        ("inspection_equipment", [{"range": "1 m"}]),
        ("inspection_equipment", [{"type": "ruler"}]),
        ("name_ascii", "Cơ khí"),
        ("certificate.document", "ab" * 31),
        ("certificate.document", "zz" * 32),
        ("capacity.calendar", "BEGIN:VCALENDAR"),
        ("capacity.calendar", CALENDAR + "\nBEGIN:VCALENDAR\nEND:VCALENDAR"),
        ("capacity.calendar", CALENDAR.replace("END:VEVENT", "END:VTODO")),
        ("capacity.calendar", CALENDAR.replace("VEVENT", "VALARM")),
        ("currencies", ["vnd", "EURO"]),
        ("documentation_levels", ["PPAP6"]),
    ],
)
def test_what_its_system_does_not_write_is_refused(key, raw):
    assert stored(key, raw) is None


def test_a_search_may_ask_for_less_than_a_code():
    assert field("supply_tiers").form.asked("t1") == "T1"
    assert field("supply_tiers").form.asked("C29:T1") in field("supply_tiers").terms(["C29:T1"], Level.EXACT)
    assert field("ports").form.asked("vn") == "VN"
    assert field("product_codes").form.asked("hs:84") == "HS:84"
    assert field("product_codes").form.asked("rubbish") is None


def capacity(**values):
    document = {"legal_name": "x", "country": "VN", "capacity_groups": [{"name": "Mills", **values}]}
    return parse_profile(document, existing_ids=(), new_id=hexadecimal_ids())


@pytest.mark.parametrize(
    ("installed", "spare", "used"),
    [
        ("80", {"2026-W48": "20"}, "75"),
        ("80", {"2026-W48": "20", "2026-W49": "60"}, "50"),
        ("30", {"2026-W48": "10"}, "66"),
        ("80", {"2026-W48": "0"}, "100"),
        ("0", {"2026-W48": "0"}, None),
    ],
)
def test_utilisation_is_the_part_of_the_installed_hours_that_is_not_spare(installed, spare, used):
    record = capacity(installed_hours=installed, spare_hours=spare)
    (group,) = record.capacity_groups.values()
    assert group.values.get("capacity.utilisation") == used
    document = record_document(record)
    assert "utilisation" not in document["capacity_groups"][0]
    assert record_of(document) == record


def test_surge_hours_count_as_hours_that_can_be_spare_but_not_as_used():
    record = capacity(installed_hours="40", surge_hours="20", spare_hours={"2026-W48": "55"})
    (group,) = record.capacity_groups.values()
    assert group.values["capacity.utilisation"] == "0"


@pytest.mark.parametrize(
    ("values", "path", "code"),
    [
        ({"utilisation": "50"}, "capacity_groups/0/utilisation", "computed"),
        ({"installed_hours": "40", "held_hours": "41"}, "capacity_groups/0/held_hours", "contradiction"),
        (
            {"installed_hours": "40", "surge_hours": "10", "spare_hours": {"2026-W48": "50", "2026-W49": "50.1"}},
            "capacity_groups/0/spare_hours/2026-W49",
            "contradiction",
        ),
    ],
)
def test_hours_that_cannot_be_are_refused_with_their_path(values, path, code):
    with pytest.raises(ProfileErrors) as refused:
        capacity(**values)
    assert [(each.path, each.code) for each in refused.value.problems] == [(path, code)]
