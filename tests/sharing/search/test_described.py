"""What the description says of a search parameter is what `parse_query` takes."""

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.search import QUESTIONS, InvalidQuery, parse_query
from sharing.search.described import most_values, value_schema
from sharing.search.parameters import SETTINGS
from tests.sharing.search.worlds import DAY

NAMES = (*QUESTIONS, *SETTINGS)
BESIDE = {
    "certificate_day": {"certificate": ["ISO9001"]},
    "weeks_from": {"spare_hours": ["1"]},
    "weeks_until": {"spare_hours": ["1"]},
    "hours_mode": {"spare_hours": ["1"]},
    "wish": {"process": ["3.2.1"]},
}


def fits(name, value):
    return jsonschema.Draft202012Validator({"type": "string", **value_schema(name)}).is_valid(value)


def faults(name, *values):
    try:
        parse_query({**BESIDE.get(name, {}), name: values}, DAY)
    except InvalidQuery as error:
        return {(each.path, each.code) for each in error.problems}
    return set()


@pytest.mark.parametrize("name", NAMES)
def test_what_the_description_gives_as_an_example_is_taken(name):
    examples = value_schema(name).get("examples", [])
    assert all(fits(name, each) and faults(name, each) == set() for each in examples)


@pytest.mark.parametrize("name", [each for each in NAMES if most_values(each) == 1])
def test_what_is_single_is_refused_twice(name):
    assert (name, "too_many") in faults(name, "1", "1")


@given(
    st.sampled_from([each for each in NAMES if "pattern" in value_schema(each)]),
    st.text(alphabet="0012.-+ WeE_:٣\N{NO-BREAK SPACE}", max_size=12)
    | st.sampled_from(["2026-W47-7", "2026-W48", "each", " plain", "capability.process:peer", "lead_time:self", "-0", "0.0"])
    | st.from_regex(r"\A *-?[0-9]{1,16}(\.[0-9]{1,6})? *\Z"),
)
def test_what_does_not_fit_the_description_is_refused(name, value):
    assert fits(name, value) or faults(name, value), f"{value!r} is taken"


def test_numbers_days_and_weeks_are_said_to_be_such():
    assert fits("tolerance_um_max", "12.5")
    assert not fits("tolerance_um_max", "fine")
    assert not fits("weeks_from", "next week")
    assert not fits("certificate_day", "2026-W47-7")
    assert fits("q", "gia công")
    assert most_values("country") == 50
