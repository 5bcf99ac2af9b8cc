"""Checklists from a file: ids and references come in, a publisher's words do not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sharing.auditing.checklist import MOST_BYTES, MOST_ITEMS, read_checklist
from sharing.errors import InvalidDocument

CSV = """id,criterion,class,applicable,na_reason,field_paths
6.2.1,VDA 6.3 P6.2.1,must,yes,,capability.tolerance_um capability.process
A-4,8.5.1.2,should,no,No casting on this site,
"""


def codes(data: bytes) -> set[str]:
    with pytest.raises(InvalidDocument) as refused:
        read_checklist(data)
    return {each.code for each in refused.value.problems}


def one(**changes: Any) -> bytes:
    return json.dumps([{"id": "1", "criterion": "8.5.1", **changes}]).encode()


def test_csv_and_json_say_the_same() -> None:
    items = read_checklist(CSV.encode())
    assert [(item.id, item.applicable, item.na_reason) for item in items] == [
        ("6.2.1", True, ""),
        ("A-4", False, "No casting on this site"),
    ]
    assert items[0].field_paths == ("capability.tolerance_um", "capability.process")
    written = json.dumps({"items": [item.document() for item in items]}).encode()
    assert read_checklist(written) == items
    assert read_checklist(b"\xef\xbb\xbf" + CSV.encode()) == items


@pytest.mark.parametrize("name", ["text", "question", "requirement", "description", "title"])
def test_the_words_of_a_checklist_are_refused(name: str) -> None:
    assert codes(one(**{name: "Are measuring devices calibrated?"})) == {"licensed_text"}
    assert codes(f"id,criterion,{name}\n1,8.5.1,Are they?\n".encode()) == {"licensed_text"}


@pytest.mark.parametrize(
    "criterion", ["Are measuring devices calibrated", "The organization shall retain 5 records", "measuring devices"]
)
def test_a_criterion_that_is_words_is_refused(criterion: str) -> None:
    assert codes(one(criterion=criterion)) == {"licensed_text"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"criterion": "8" * 65}, "not_a_reference"),
        ({"criterion": "8.5\u202e"}, "not_a_reference"),
        ({"criterion": 5}, "missing"),
        ({"id": "a b"}, "item_id"),
        ({"id": None}, "item_id"),
        ({"class": "vital"}, "unknown_class"),
        ({"class": ["must"]}, "unknown_class"),
        ({"applicable": "yes"}, "not_a_truth_value"),
        ({"applicable": False}, "missing"),
        ({"na_reason": "Because"}, "not_asked"),
        ({"applicable": False, "na_reason": "two\nlines"}, "not_a_line"),
        ({"field_paths": "process"}, "not_a_list"),
        ({"field_paths": ["no.such"]}, "unknown_field"),
        ({"field_paths": ["capacity.spare_hours"]}, "not_attestable"),
        ({"weight": 3}, "unknown_member"),
    ],
)
def test_a_bad_item_is_refused_with_its_reason(changes: dict[str, Any], code: str) -> None:
    assert codes(one(**changes)) == {code}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "header"),
        (b"a,b\n1,2\n", "header"),
        (b"id,id,criterion\n1,1,8\n", "header"),
        (b"id,criterion\n", "empty"),
        (b"\xff\xfe1", "not_utf8"),
        (b'id,criterion\n"1,8.5\n', "malformed_csv"),
        (b"[1]", "not_an_object"),
        (b'{"items": [], "more": 1}', "not_a_list"),
        (b'{"items": []}', "empty"),
        (b"[", "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b" " * (MOST_BYTES + 1), "too_large"),
        (b"id,criterion\n1,8.5,surplus\n", "unknown_member"),
    ],
)
def test_a_file_that_is_no_checklist_is_refused(data: bytes, code: str) -> None:
    assert codes(data) == {code}


def test_an_item_twice_and_too_many_items_are_refused() -> None:
    assert codes(b"id,criterion\n1,8.5\n1,8.6\n") == {"repeated"}
    rows = "".join(f"{number},8.5\n" for number in range(MOST_ITEMS + 1))
    assert codes(b"id,criterion\n" + rows.encode()) == {"too_many"}
