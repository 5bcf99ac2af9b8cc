"""Reading searches from parameters."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.catalogue.weeks import week_number
from sharing.search import QUESTIONS, InvalidQuery, Order, parse_query
from sharing.search.parameters import SETTINGS
from tests.sharing.search.worlds import DAY


def atom(name, *values, **settings):
    (found,) = parse_query({name: values, **{key: [value] for key, value in settings.items()}}, DAY).filters
    return found


def refused(parameters):
    with pytest.raises(InvalidQuery) as refusal:
        parse_query(parameters, DAY)
    return {(each.path, each.code) for each in refusal.value.problems}


def test_codes_are_taken_as_people_type_them():
    assert atom("country", "vn", "JP").terms == ("JP", "VN")
    assert atom("certificate", "iso 9001").terms == ("ISO9001",)
    assert atom("tolerance_class", "F").terms == ("f",)


def test_words_are_folded():
    assert atom("q", "Cơ khí ĐÔNG anh").words == ("anh", "co", "dong", "khi")


def test_a_lot_bounds_two_fields():
    assert [(each.field, each.match.value, each.bound) for each in atom("lot", "50").comparisons] == [
        ("capability.lot_min", "at_most", 50),
        ("capability.lot_max", "at_least", 50),
    ]


def test_spare_hours_default_to_eight_weeks_from_the_current_one():
    found = atom("spare_hours", "40.5")
    assert (found.first, found.last, found.tenths, found.each) == (
        week_number("2026-W48"),
        week_number("2027-W02"),
        405,
        False,
    )
    assert atom("spare_hours", "1", hours_mode="each", weeks_from="2026-W50", weeks_until="2026-W50").each


def test_wishes_do_not_filter_and_are_the_default_order():
    query = parse_query({"country": ["VN"], "process": ["1.1"], "wish": ["country"]}, DAY)
    assert [each.name for each in query.filters] == ["process"]
    assert [each.name for each in query.wishes] == ["country"]
    assert query.order is Order.WISHES
    assert parse_query({}, DAY).order is Order.PLAIN
    assert parse_query({"text": ["steel"]}, DAY).order is Order.RELEVANCE
    assert parse_query({"text": ["steel"], "wish": ["text"]}, DAY).order is Order.WISHES


def test_everything_wrong_is_said_at_once():
    assert refused(
        {
            "colour": ["red"],
            "process": ["9.9.9"],
            "lot": ["x"],
            "max_x_min": ["1.23"],
            "sort": ["price"],
            "wish": ["country"],
            "q": ["--"],
            "hours_mode": ["each", "total"],
            "spare_hours": ["1"],
            "freshness_max": ["42"],
            "backed": ["capacity.spare_hours:peer", "country:self"],
            "text": ["?"],
            "weeks_from": ["2026-W54"],
            "certificate": ["ISO9001"],
            "certificate_day": ["2026-02-30"],
        }
    ) >= {
        ("colour", "unknown_parameter"),
        ("process", "unknown_code"),
        ("lot", "not_a_number"),
        ("max_x_min", "too_precise"),
        ("sort", "unknown_sort"),
        ("wish", "unknown_wish"),
        ("q", "no_words"),
        ("text", "no_words"),
        ("freshness_max", "out_of_range"),
        ("backed", "never_backed"),
        ("backed", "unknown_class"),
        ("hours_mode", "too_many"),
        ("weeks_from", "not_a_week"),
        ("certificate_day", "not_a_date"),
    }


@pytest.mark.parametrize(("first", "last"), [("2026-W50", "2026-W49"), ("2026-W01", "2028-W01")])
def test_weeks_run_forward_and_are_at_most_104(first, last):
    assert ("weeks_until", "bad_range") in refused({"spare_hours": ["1"], "weeks_from": [first], "weeks_until": [last]})


@pytest.mark.parametrize(
    ("alone", "beside"),
    [
        ({"weeks_from": ["2026-W48"]}, {"spare_hours": ["1"]}),
        ({"weeks_until": ["2026-W48"]}, {"sort": ["spare_hours"]}),
        ({"hours_mode": ["each"]}, {"spare_hours": ["1"]}),
        ({"certificate_day": ["2026-12-01"]}, {"certificate": ["ISO9001"]}),
        ({"sort": ["relevance"]}, {"text": ["steel"]}),
        ({"sort": ["wishes"]}, {"country": ["VN"], "wish": ["country"]}),
    ],
)
def test_a_setting_without_what_it_changes_is_refused_and_not_ignored(alone, beside):
    parse_query({**alone, **beside}, DAY)
    assert refused({"province": ["VN"], **alone}) == {(next(iter(alone)), "unused_setting")}


def test_an_order_alone_does_not_take_the_mode_of_the_hours():
    assert ("hours_mode", "unused_setting") in refused({"sort": ["spare_hours"], "hours_mode": ["each"]})


@given(
    st.dictionaries(
        st.sampled_from([*QUESTIONS, *SETTINGS]) | st.text(max_size=5),
        st.lists(st.text(max_size=12) | st.sampled_from(["1", "2026-W48", "VN", "each"]), max_size=3),
        max_size=4,
    )
)
def test_any_parameters_give_a_query_or_a_refusal_and_nothing_else(parameters):
    with contextlib.suppress(InvalidQuery):
        parse_query(parameters, DAY).digest()
