"""Profiles that are refused: every problem at once, at its path, and never with another error."""

import contextlib
import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sharing.errors import MOST_PROBLEMS, ProfileErrors, SharingError
from sharing.profile import parse_profile
from tests.sharing.profile_documents import documents, hexadecimal_ids

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8)
            | st.sampled_from(
                [
                    "legal_name",
                    "capabilities",
                    "certificates",
                    "capacity_groups",
                    "id",
                    "process",
                    "spare_hours",
                    "contacts",
                    "point",
                    "capacity_group",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


def problems_of(document: object, existing: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
    with pytest.raises(ProfileErrors) as refused:
        parse_profile(document, existing_ids=existing, new_id=hexadecimal_ids())
    return {(each.path, each.code) for each in refused.value.problems}


def shop(**changes: Any) -> dict[str, Any]:
    return {"legal_name": "x", "country": "VN", **changes}


def test_all_problems_are_reported_at_once() -> None:
    found = problems_of(
        {
            "country": "Vietnam",
            "established_year": "soon",
            "capabilities": [{"process": "3.2.1", "max_x_mm": "1e400000"}, {"tolerance_class": "x"}],
            "capacity_groups": [{"name": "a\u202eb", "spare_hours": {"2025-W53": "1", "2025-W01": "NaN"}}],
            "certificates": [{"scheme": "ISO9001:2015"}],
            "colour": "red",
        }
    )
    assert found == {
        ("legal_name", "required"),
        ("country", "unknown_code"),
        ("established_year", "not_a_number"),
        ("capabilities/0/max_x_mm", "not_a_number"),
        ("capabilities/1/process", "required"),
        ("capabilities/1/tolerance_class", "unknown_code"),
        ("capacity_groups/0/name", "forbidden_character"),
        ("capacity_groups/0/spare_hours", "not_a_week"),
        ("capacity_groups/0/spare_hours/2025-W01", "not_a_number"),
        ("certificates/0/scope", "required"),
        ("", "unknown_key"),
    }


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"province": "CN-BJ"}, ("province", "contradiction")),
        ({"capabilities": [{"process": "3.2.1", "lot_min": 10, "lot_max": 9}]}, ("capabilities/0/lot_max", "contradiction")),
        (
            {"capabilities": [{"process": "3.2.1", "lot_min": 10, "lot_economic": 9}]},
            ("capabilities/0/lot_economic", "contradiction"),
        ),
        (
            {"capabilities": [{"process": "3.2.1", "lead_time_p50_days": 10, "lead_time_p90_days": 9}]},
            ("capabilities/0/lead_time_p90_days", "contradiction"),
        ),
        (
            {"certificates": [{"scheme": "ISO9001", "scope": "x", "valid_from": "2026-01-02", "valid_until": "2026-01-01"}]},
            ("certificates/0/valid_until", "contradiction"),
        ),
        (
            {"capabilities": [{"process": "3.2.1", "material_grade": "JIS:QQ99"}]},
            ("capabilities/0/material_family", "required"),
        ),
        (
            {"capabilities": [{"process": "3.2.1", "capacity_group": "nowhere"}]},
            ("capabilities/0/capacity_group", "unknown_reference"),
        ),
        ({"capabilities": [{"process": "3.2.1", "capacity_group": 7}]}, ("capabilities/0/capacity_group", "not_text")),
        (
            {"capacity_groups": [{"name": "a"}, {"name": "a"}], "capabilities": [{"process": "3", "capacity_group": "a"}]},
            ("capabilities/0/capacity_group", "ambiguous_reference"),
        ),
        ({"certificates": [{"scheme": "ISO9001", "scope": "x", "capacity_group": "a"}]}, ("certificates/0", "unknown_key")),
        ({"capabilities": [{"process": "3.2.1", "id": "0" * 32}]}, ("capabilities/0/id", "unknown_id")),
        ({"capabilities": [{"process": "3.2.1", "id": ["k"]}]}, ("capabilities/0/id", "unknown_id")),
        ({"capabilities": {}}, ("capabilities", "not_a_list")),
        ({"capabilities": ["3.2.1"]}, ("capabilities/0", "not_an_object")),
        ({"capabilities": [{"process": "3.2.1"}] * 501}, ("capabilities", "too_many")),
        ({"capacity_groups": [{"name": "a"}] * 201}, ("capacity_groups", "too_many")),
        ({"certificates": [{"scheme": "ISO9001", "scope": "x"}] * 201}, ("certificates", "too_many")),
        ({"identifiers": [{"scheme": "gln", "value": "9521000000019"}]}, ("identifiers/0/value", "check_digit")),
        ({"identifiers": [{"scheme": "ean", "value": "1"}]}, ("identifiers/0/scheme", "unknown_code")),
        ({"contacts": [{"role": "x"}]}, ("contacts/0/channel", "required")),
        ({"contacts": [{"role": "x", "channel": "y", "languages": ["!"]}]}, ("contacts/0/languages/0", "not_a_language")),
        ({"point": {"lat": "91", "lon": "0"}}, ("point/lat", "out_of_range")),
        ({"point": {"lat": True, "lon": "0"}}, ("point/lat", "not_a_number")),
        ({"note": None}, ("note", "not_text")),
    ],
)
def test_one_wrong_thing_is_refused_at_its_place(change: dict[str, Any], expected: tuple[str, str]) -> None:
    assert problems_of(shop(**change)) == {expected}


def test_an_id_may_be_used_once_in_the_whole_document() -> None:
    twice = shop(
        capabilities=[{"process": "3.2.1", "id": "a" * 32}],
        certificates=[{"scheme": "ISO9001", "scope": "x", "id": "a" * 32}],
    )
    assert problems_of(twice, frozenset({"a" * 32})) == {("certificates/0/id", "duplicate_id")}


@pytest.mark.parametrize("document", [None, [], "x", 1, 1.5, True], ids=repr)
def test_what_is_no_object_is_refused(document: object) -> None:
    assert problems_of(document) == {("", "not_an_object")}


def test_a_hostile_document_gets_a_bounded_answer_that_does_not_repeat_its_keys() -> None:
    secret = "\u202e" + "k" * 5000
    with pytest.raises(ProfileErrors) as refused:
        parse_profile(shop(**{f"{at}{secret}": 1 for at in range(2 * MOST_PROBLEMS)}), existing_ids=(), new_id=str)
    assert len(refused.value.problems) == MOST_PROBLEMS + 1
    assert all(len(each.message) < 400 and "\u202e" not in each.message for each in refused.value.problems)


@settings(max_examples=150)
@given(JSON)
def test_any_json_is_read_or_refused_with_a_sharing_error(document: object) -> None:
    only_sharing_errors(document)


@settings(max_examples=150)
@given(documents(), JSON, st.data())
def test_a_right_document_with_one_part_replaced_is_read_or_refused_with_a_sharing_error(
    document: dict[str, Any], junk: object, data: st.DataObject
) -> None:
    spoilt = copy.deepcopy(document)
    at: Any = spoilt
    while True:
        key = data.draw(st.sampled_from(sorted(at)) if isinstance(at, dict) else st.integers(0, len(at) - 1))
        if not isinstance(at[key], dict | list) or not at[key] or data.draw(st.booleans()):
            at[key] = junk
            break
        at = at[key]
    only_sharing_errors(spoilt)


def only_sharing_errors(document: object) -> None:
    with contextlib.suppress(SharingError):
        parse_profile(document, existing_ids=(), new_id=hexadecimal_ids())
