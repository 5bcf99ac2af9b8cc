"""Bodies and queries are read strictly, before anything is looked up."""

from __future__ import annotations

import pytest

from tests.api.world import World

UNKNOWN = "0" * 21


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"country":"VN","country":"VN"}', "duplicate member"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":Infinity}', "Infinity"),
        (b'{"a":9007199254740993}', "integer beyond 2^53"),
        (b'{"a":1e400000}', "number beyond a double"),
        (b'{"a":"\\ud800"}', "lone surrogate"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b"{} {}", "trailing data"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "depth"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_json_that_two_readers_could_read_differently_is_refused(world: World, body: bytes, reason: str) -> None:
    del reason
    answer = world.post("acme", "/v1/factories", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (400, "malformed_json")


@pytest.mark.parametrize("kind", ["text/json", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""])
def test_only_json_in_utf_8_is_json(world: World, kind: str) -> None:
    answer = world.post("acme", "/v1/factories", data=b"{}", content_type=kind)
    assert answer.status_code == 415


def test_an_unknown_member_is_named(world: World) -> None:
    body = {"factory": UNKNOWN, "purpose": "rfq", "organisation": "x"}
    answer = world.post("globex", "/v1/access-requests", json=body)
    assert answer.status_code == 422
    assert answer.json["errors"] == [{"path": "organisation", "code": "unknown_member", "message": "Unknown field."}]


def test_a_missing_body_is_told_member_by_member(world: World) -> None:
    answer = world.post("globex", "/v1/access-requests")
    assert {(fault["path"], fault["code"]) for fault in answer.json["errors"]} == {
        ("factory", "required"),
        ("purpose", "required"),
    }


@pytest.mark.parametrize("text", ["a\x00b", "a\u202eb", "a\u200bb", "a\x1bb", "e\u0301"])
def test_invisible_and_unnormalized_text_is_refused(world: World, text: str) -> None:
    body = {"factory": UNKNOWN, "purpose": "rfq", "message": text}
    answer = world.post("globex", "/v1/access-requests", json=body)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["path"] == "message"


def test_lines_are_allowed_where_people_write(world: World) -> None:
    body = {"factory": UNKNOWN, "purpose": "rfq", "message": "Xin chào,\ncảm ơn"}
    assert world.post("globex", "/v1/access-requests", json=body).status_code == 404


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=1_0", "limit=%D9%A3", "limit=+7", "limit=%FF", "q=%FF"])
def test_a_query_says_one_thing(world: World, query: str) -> None:
    assert world.get(None, f"/v1/search?{query}").status_code == 422


@pytest.mark.parametrize("day", ["20261122", "2026-W47-7", "2026-13-01", 20261122])
def test_a_day_has_one_spelling(world: World, day: object) -> None:
    body = {"factory": UNKNOWN, "organization": "globex", "tier": "partner", "purpose": "rfq", "until": day}
    answer = world.post("acme", "/v1/grants", json=body)
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (422, "until")


def test_a_schema_is_read_before_an_id_is_looked_up(world: World) -> None:
    unknown = f"/v1/access-requests/{'0' * 32}/decision"
    assert world.post("acme", unknown, json={"decision": "perhaps"}).status_code == 422
    assert world.post("acme", unknown, json={"decision": "decline"}).status_code == 404


def test_terms_belong_to_a_grant_alone(world: World) -> None:
    unknown = f"/v1/access-requests/{'0' * 32}/decision"
    answer = world.post("acme", unknown, json={"decision": "decline", "fields": ["note"], "from": "2026-12-01"})
    assert {fault["path"] for fault in answer.json["errors"]} == {"fields", "from"}


def test_a_body_is_refused_by_its_stated_length_before_it_is_read(world: World) -> None:
    class Unread:
        def read(self, *_: object) -> bytes:
            raise AssertionError("the body was read")

        readline = readlines = __iter__ = read

    environ = {"wsgi.input": Unread(), "CONTENT_LENGTH": "300000", "CONTENT_TYPE": "application/json"}
    answer = world.post("acme", "/v1/factories", environ_overrides=environ)
    assert answer.status_code == 413
