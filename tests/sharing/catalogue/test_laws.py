"""The laws of levels: existence factors through band, band through exact, and nothing finer shows at a level."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.levels import Level
from sharing.catalogue import FIELDS, Chain, Field, field
from sharing.catalogue.quantities import scale
from tests.sharing.profile_documents import stored_values

by_field = pytest.mark.parametrize("one", FIELDS, ids=lambda each: each.key)


def text_of(cell: object) -> str:
    return json.dumps(cell, sort_keys=True)


@by_field
def test_a_field_declares_one_of_three_chains_and_has_bands_exactly_when_it_says_so(one: Field) -> None:
    assert one.chain in set(Chain)
    assert one.form.banded == (one.chain is Chain.BANDED)


@by_field
@settings(max_examples=25)
@given(data=st.data())
def test_a_cell_at_a_coarser_level_is_a_function_of_the_finer_cell(one: Field, data: st.DataObject) -> None:
    values = data.draw(st.lists(stored_values(one), min_size=2, max_size=6))
    for finer, coarser in ((Level.EXACT, Level.BAND), (Level.BAND, Level.EXISTENCE), (Level.EXISTENCE, Level.HIDDEN)):
        seen: dict[str, str] = {}
        for value in values:
            fine, coarse = text_of(one.cell(value, finer)), text_of(one.cell(value, coarser))
            assert seen.setdefault(fine, coarse) == coarse


@by_field
@settings(max_examples=25)
@given(data=st.data())
def test_terms_and_words_of_a_level_are_those_of_its_cell(one: Field, data: st.DataObject) -> None:
    value = data.draw(stored_values(one))
    for level in (Level.EXISTENCE, Level.BAND, Level.EXACT):
        cell = one.cell(value, level)
        assert cell is not None
        assert cell["level"] == one.shown(level).word
        as_received = json.loads(json.dumps(cell))
        assert one.terms(value, level) == one.cell_terms(as_received)
        assert one.words(value, level) == one.cell_words(as_received)
    assert one.cell(value, Level.HIDDEN) is None
    assert not one.terms(value, Level.EXISTENCE)
    assert not one.words(value, Level.EXISTENCE)
    assert not one.terms(value, Level.HIDDEN)


@by_field
@settings(max_examples=25)
@given(data=st.data())
def test_values_of_one_band_are_alike_to_whoever_sees_the_band(one: Field, data: st.DataObject) -> None:
    seen: dict[str, tuple[object, object]] = {}
    for value in data.draw(st.lists(stored_values(one), min_size=2, max_size=8)):
        band = text_of(one.cell(value, Level.BAND))
        shown = (one.terms(value, Level.BAND), one.words(value, Level.BAND))
        assert seen.setdefault(band, shown) == shown


@by_field
@settings(max_examples=25)
@given(data=st.data())
def test_an_opaque_field_tells_nothing_below_exact_and_a_coarse_field_tells_all_at_band(
    one: Field, data: st.DataObject
) -> None:
    value = data.draw(stored_values(one))
    if one.chain is Chain.OPAQUE:
        assert one.cell(value, Level.BAND) == {"level": "existence"}
    elif one.chain is Chain.COARSE:
        assert one.cell(value, Level.BAND) == one.cell(value, Level.EXACT)


@by_field
@settings(max_examples=40)
@given(data=st.data())
def test_an_ordered_value_lies_in_its_half_open_band_and_the_cell_names_its_edges(one: Field, data: st.DataObject) -> None:
    if not one.form.ordered or one.chain is not Chain.BANDED:
        return
    value = data.draw(stored_values(one))
    low, high = one.band_scaled(value)
    assert low <= one.scaled(value)
    assert high is None or one.scaled(value) < high
    cell = one.cell(value, Level.BAND)
    assert cell is not None
    interval = cell["value"]
    assert isinstance(interval, dict)
    assert one.scaled(interval["at_least"]) == low
    assert ("below" in interval) == (high is not None)
    assert high is None or one.scaled(interval["below"]) == high
    assert cell.get("unit") == one.unit


@settings(max_examples=60)
@given(hours=stored_values(field("capacity.spare_hours")))
def test_every_week_is_banded_by_itself(hours: dict[str, str]) -> None:
    one = field("capacity.spare_hours")
    whole = one.cell(hours, Level.BAND)
    assert whole is not None
    for week, tenths in hours.items():
        alone = one.cell({week: tenths}, Level.BAND)
        assert alone is not None
        assert whole["value"][week] == alone["value"][week]  # type: ignore[index,call-overload]
        low = alone["value"][week]["at_least"]  # type: ignore[index,call-overload]
        assert scale(low, 1) <= scale(tenths, 1)


def test_a_code_without_parent_is_its_own_band() -> None:
    process = field("capability.process")
    assert process.cell("3.2.1", Level.BAND) == {"level": "band", "value": "3.2"}
    assert process.cell("3", Level.BAND) == {"level": "band", "value": "3"}


def test_terms_of_a_hierarchical_code_bring_its_parents_and_never_its_children() -> None:
    process = field("capability.process")
    assert process.terms("3.2.1", Level.EXACT) == {"3.2.1", "3.2", "3"}
    assert process.terms("3.2.1", Level.BAND) == {"3.2", "3"}
    assert field("province").terms("VN-56", Level.BAND) == {"VN"}
    assert field("certificate.scheme").terms("ISO9001:2015", Level.EXACT) == {"ISO9001:2015", "ISO9001"}
    assert field("capability.material_grade").terms("JIS:S45C", Level.BAND) == {"P"}


def test_dates_are_banded_by_quarter_years_by_decade_and_points_by_degree() -> None:
    until = field("certificate.valid_until").cell("2026-12-31", Level.BAND)
    assert until == {"level": "band", "value": {"at_least": "2026-10-01", "below": "2027-01-01"}}
    assert field("established_year").cell("1999", Level.BAND) == {
        "level": "band",
        "value": {"at_least": "1990", "below": "2000"},
    }
    point = field("point").cell({"lat": "-0.5", "lon": "106.15"}, Level.BAND)
    assert point == {
        "level": "band",
        "value": {"lat": {"at_least": "-1", "below": "0"}, "lon": {"at_least": "106", "below": "107"}},
    }


def test_the_band_of_an_unclassified_grade_says_nothing_of_the_grade() -> None:
    grade = field("capability.material_grade")
    assert grade.cell("AISI:UNOBTAINIUM 5", Level.BAND) == {"level": "band", "value": "unclassified"}
