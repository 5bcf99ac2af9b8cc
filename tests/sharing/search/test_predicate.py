"""What an atom means, case by case, on cells written by hand."""

from datetime import date

import pytest

from sharing.search import matches, parse_query
from tests.sharing.search.worlds import DAY

CAPABILITY = "c" * 32


def exact(value):
    return {"level": "exact", "value": value, "as_of": DAY.isoformat()}


def band(at_least, below=None):
    return {"level": "band", "value": {"at_least": at_least} | ({} if below is None else {"below": below})}


PROVIDED = {"level": "existence"}
WEEKS_OF_40 = {
    "level": "band",
    "value": {"2026-W48": {"at_least": "40", "below": "80"}},
    "as_of": DAY.isoformat(),
}


def found(parameters, *, capability=None, group=None, certificates=(), capability_id=CAPABILITY, **factory):
    """Whether a capability with these cells is found."""
    content = {"id": "urn:guildnet:factory:F", "organization": "did:web:node.example:orgs:a", **factory}
    if capability_id is not None:
        content["capability"] = {capability_id: {**(capability or {}), **({} if group is None else {"runs_on": "g"})}}
    if group is not None:
        content["capacity"] = {"g": group}
    if certificates:
        content["certificate"] = {str(number): each for number, each in enumerate(certificates)}
    query = parse_query({name: [value] for name, value in parameters.items()}, DAY)
    return matches(content, capability_id, query, DAY)


@pytest.mark.parametrize(
    ("cell", "least", "expected"),
    [
        (exact("250"), "250", True),
        (exact("249.9"), "250", False),
        (band("250", "500"), "250", True),
        (band("250", "500"), "250.1", False),
        (band("100", "250"), "100.1", False),
        (band("5000"), "5000", True),
        (band("5000"), "5000.1", False),
        (PROVIDED, "0.1", False),
    ],
)
def test_at_least_is_certain(cell, least, expected):
    assert found({"max_x_min": least}, capability={"max_x_mm": cell}) is expected


@pytest.mark.parametrize(
    ("cell", "most", "expected"),
    [
        (exact("10"), "10", True),
        (exact("10.1"), "10", False),
        (band("5", "10"), "10", True),
        (band("200"), "1000", False),
        (PROVIDED, "1000", False),
    ],
)
def test_at_most_is_certain_and_an_open_top_is_never_below_anything(cell, most, expected):
    assert found({"tolerance_um_max": most}, capability={"tolerance_um": cell}) is expected


def test_below_ten_in_whole_days_is_at_most_nine():
    cell = {"lead_time_p50_days": band("7", "14")}
    assert found({"lead_time_p50_max": "13"}, capability=cell)
    assert not found({"lead_time_p50_max": "12"}, capability=cell)


@pytest.mark.parametrize(
    ("cells", "lot", "expected"),
    [
        ({"lot_min": exact("10"), "lot_max": exact("100")}, "10", True),
        ({"lot_min": exact("10"), "lot_max": exact("100")}, "101", False),
        ({"lot_min": exact("10"), "lot_max": exact("100")}, "9", False),
        ({"lot_min": band("10", "100")}, "99", True),
        ({"lot_min": band("10", "100")}, "98", False),
        ({"lot_max": band("1000", "10000"), "lot_min": PROVIDED}, "1000", True),
        ({"lot_max": band("1000", "10000")}, "1001", False),
        ({}, "50", False),
        ({"lot_min": PROVIDED, "lot_max": PROVIDED}, "50", False),
    ],
)
def test_a_lot_fits_when_every_bound_that_shows_allows_it_and_one_shows(cells, lot, expected):
    assert found({"lot": lot}, capability=cells) is expected


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({}, True),
        ({"valid_from": PROVIDED, "valid_until": PROVIDED}, True),
        ({"valid_until": exact("2026-11-25")}, True),
        ({"valid_until": exact("2026-11-24")}, False),
        ({"valid_from": exact("2026-11-25")}, True),
        ({"valid_from": exact("2026-11-26")}, False),
        ({"valid_until": band("2026-10-01", "2027-01-01")}, False),
        ({"valid_until": band("2027-01-01", "2027-04-01")}, True),
        ({"valid_from": band("2026-10-01", "2027-01-01")}, False),
        ({"valid_from": band("2026-07-01", "2026-10-01")}, True),
    ],
)
def test_a_certificate_counts_unless_a_date_that_shows_does_not_certainly_allow_the_day(dates, expected):
    assert found({"certificate": "ISO9001"}, certificates=[{"scheme": exact("ISO9001:2015"), **dates}]) is expected


def test_a_quarter_counts_on_its_own_first_and_last_day():
    until = [{"scheme": exact("ISO9001"), "valid_until": band("2026-10-01", "2027-01-01")}]
    assert found({"certificate": "ISO9001", "certificate_day": "2026-10-01"}, certificates=until)
    assert not found({"certificate": "ISO9001", "certificate_day": "2026-10-02"}, certificates=until)
    begun = [{"scheme": exact("ISO9001"), "valid_from": band("2026-10-01", "2027-01-01")}]
    assert found({"certificate": "ISO9001", "certificate_day": "2026-12-31"}, certificates=begun)
    assert not found({"certificate": "ISO9001", "certificate_day": "2026-12-30"}, certificates=begun)


def test_the_scheme_of_one_certificate_is_not_joined_with_the_dates_of_another():
    two = [
        {"scheme": exact("ISO9001"), "valid_until": exact("2020-01-01")},
        {"scheme": exact("AS9100"), "valid_until": exact("2030-01-01")},
    ]
    assert not found({"certificate": "ISO9001"}, certificates=two)
    assert found({"certificate": "AS9100"}, certificates=two)
    assert not found({"certificate": "AS9100"}, certificates=[{"valid_until": exact("2030-01-01")}])


@pytest.mark.parametrize(
    ("cell", "mode", "hours", "expected"),
    [
        (exact({"2026-W48": "20", "2026-W49": "30"}), "total", "50", True),
        (exact({"2026-W48": "20", "2026-W49": "30"}), "total", "50.1", False),
        (exact({"2026-W48": "20", "2026-W49": "30"}), "each", "20", True),
        (exact({"2026-W48": "20", "2026-W49": "30"}), "each", "20.1", False),
        (exact({"2026-W48": "20"}), "each", "0", False),
        (exact({"2026-W50": "90"}), "total", "0", False),
        (WEEKS_OF_40, "total", "40", True),
        (WEEKS_OF_40, "total", "40.1", False),
        ({**WEEKS_OF_40, "as_of": "2026-10-15"}, "total", "40", True),
        ({**WEEKS_OF_40, "as_of": "2026-10-14"}, "total", "40", False),
        (PROVIDED, "total", "0", False),
    ],
)
def test_spare_hours_count_what_is_given_in_the_weeks_and_bands_by_their_floor(cell, mode, hours, expected):
    asked = {"spare_hours": hours, "hours_mode": mode, "weeks_from": "2026-W48", "weeks_until": "2026-W49"}
    assert found(asked, group={"spare_hours": cell}) is expected


@pytest.mark.parametrize(
    ("as_of", "most", "expected"), [("2026-11-25", 0, True), ("2026-11-24", 0, False), ("2026-11-18", 7, True)]
)
def test_hours_are_as_fresh_as_the_level_that_is_shown(as_of, most, expected):
    assert found({"freshness_max": str(most)}, group={"spare_hours": {**WEEKS_OF_40, "as_of": as_of}}) is expected
    assert not found({"freshness_max": str(most)}, group={"spare_hours": {**PROVIDED, "as_of": as_of}})


def test_hours_belong_to_the_group_that_the_capability_runs_on():
    content = {
        "capability": {"a": {"runs_on": "g"}, "b": {}},
        "capacity": {"g": {"spare_hours": exact({"2026-W48": "50"})}},
    }
    query = parse_query({"spare_hours": ["50"]}, DAY)
    assert [matches(content, each, query, DAY) for each in "ab"] == [True, False]


def test_codes_are_found_by_their_ancestors_and_a_band_only_by_what_it_shows():
    assert found({"process": "1"}, capability={"process": exact("1.1.1")})
    assert found({"process": "1.1"}, capability={"process": {"level": "band", "value": "1.1"}})
    assert not found({"process": "1.1.1"}, capability={"process": {"level": "band", "value": "1.1"}})
    assert found({"province": "VN"}, province={"level": "band", "value": "VN"})
    assert not found({"province": "VN-HN"}, province={"level": "band", "value": "VN"})


def test_all_words_stand_in_one_record_in_any_of_its_fields():
    name = {"legal_name": exact({"vi": "Cơ khí Đông Anh"})}
    cells = {"capability": {"process": exact("1.1")}}
    assert found({"q": "dong ANH 1.1"}, **cells, **name)
    assert not found({"q": "dong tay"}, **cells, **name)
    assert not found({"q": "dong"}, legal_name=PROVIDED)


def test_a_factory_is_a_record_only_while_it_shows_no_capability():
    query = parse_query({}, DAY)
    assert matches({"country": exact("VN")}, None, query, DAY)
    assert not matches({"capability": {"a": {}}}, None, query, DAY)
    assert not matches({"capability": {"a": {}}}, "b", query, DAY)


def test_the_day_of_the_search_is_used_when_no_day_is_given():
    query = parse_query({"certificate": ["ISO9001"]}, DAY)
    content = {"certificate": {"x": {"scheme": exact("ISO9001"), "valid_until": exact("2026-12-01")}}}
    assert matches(content, None, query, date(2026, 12, 1))
    assert not matches(content, None, query, date(2026, 12, 2))


def test_a_suspended_or_withdrawn_certificate_answers_no_filter_of_those_who_see_the_status():
    query = parse_query({"certificate": ["ISO9001"]}, DAY)

    def found(status, shown=True):
        certificate = {"scheme": {"level": "exact", "value": "ISO9001:2015"}}
        if status:
            certificate["status"] = {"level": "exact", "value": status} if shown else {"level": "existence"}
        return matches({"certificate": {"a" * 32: certificate}}, None, query, DAY)

    assert found(None)
    assert found("valid")
    assert not found("suspended")
    assert not found("withdrawn")
    assert found("withdrawn", shown=False)
