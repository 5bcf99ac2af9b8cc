"""The strict reader refuses every text with two meanings; the canonical writer is RFC 8785."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared_material import shared
from trust import base64url, strict_json
from trust.errors import EncodingError, JsonError

NAMES = ["arrays", "french", "structures", "unicode", "values", "weird"]


@pytest.mark.parametrize("name", NAMES)
def test_the_jcs_vectors_come_out_byte_for_byte(name):
    value = strict_json.loads(shared(f"vectors/jcs/input/{name}.json").read_bytes())
    assert strict_json.canonical(value) == shared(f"vectors/jcs/output/{name}.json").read_bytes()
    assert strict_json.canonical(value).hex(" ") == " ".join(shared(f"vectors/jcs/outhex/{name}.txt").read_text().split())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"a":1,"a":1}', "duplicate_member"),
        (b'{"a":{"b":1,"\\u0062":2}}', "duplicate_member"),
        (b"NaN", "not_a_number"),
        (b"[Infinity]", "not_a_number"),
        (b"[-Infinity]", "not_a_number"),
        (b"9007199254740992", "integer_too_large"),
        (b"-9007199254740992", "integer_too_large"),
        (b"1" * 5000, "integer_too_large"),
        (b"1e400", "number_too_large"),
        (b"[" * 33 + b"]" * 33, "too_deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "too_deep"),
        (b"[" * 200_000, "too_deep"),
        (b"1 2", "not_json"),
        (b"{}{}", "not_json"),
        (b"", "not_json"),
        (b"[1,]", "not_json"),
        (b"'a'", "not_json"),
        (b"01", "not_json"),
        (b"+1", "not_json"),
        (b"/**/1", "not_json"),
        (b'"a\nb"', "not_json"),
        (b'"\\x41"', "not_json"),
        (b"\xef\xbb\xbf{}", "byte_order_mark"),
        (b'"\\ud800"', "lone_surrogate"),
        (b'{"\\udfff":1}', "lone_surrogate"),
        (b'["\\udc00\\ud800"]', "lone_surrogate"),
        (b'"\xff"', "not_utf8"),
        (b'"\xed\xa0\x80"', "not_utf8"),
        (b'"\xc0\xaf"', "not_utf8"),
        (b"\xff\xfe{\x00}\x00", "not_utf8"),
        (b" " * 262_145, "too_large"),
    ],
)
def test_what_is_ambiguous_is_refused(text, reason):
    with pytest.raises(JsonError) as refused:
        strict_json.loads(text)
    assert refused.value.reason == reason


def test_a_text_of_characters_is_held_to_the_same_rules():
    with pytest.raises(JsonError, match="not_utf8"):
        strict_json.loads('"\ud800"')
    with pytest.raises(JsonError, match="too_large"):
        strict_json.loads('"' + "ạ" * 100_000 + '"')
    assert strict_json.loads('{"a":"ạ"}') == {"a": "ạ"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"9007199254740991", 9007199254740991),
        (b"-9007199254740991", -9007199254740991),
        (b"-5", -5),
        (b"[" * 32 + b"]" * 32, None),
        (b'"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["', "[" * 38),
        (b'"\\ud83d\\ude02"', "😂"),
        (b' {"a" : 1.5}\r\n', {"a": 1.5}),
        (b"[true,false,null]", [True, False, None]),
    ],
)
def test_what_has_one_meaning_is_read(text, value):
    found = strict_json.loads(text)
    assert value is None or found == value
    assert type(found) is type(value) or value is None


@pytest.mark.parametrize("attack", [b'"' + b'\\"' * 130_000, b'"\\' * 130_000, b'["' * 130_000, b'"' * 262_143])
def test_no_text_takes_more_than_linear_time(attack):
    start = time.perf_counter()
    with pytest.raises(JsonError):
        strict_json.loads(attack)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, {"a": object()}, {1: 2}, "\ud800", b"x"])
def test_what_json_cannot_say_is_not_written(value):
    with pytest.raises(JsonError):
        strict_json.canonical(value)


def test_nothing_deeper_than_the_reader_takes_is_written_canonically():
    value: object = 1
    for _ in range(33):
        value = [value]
    with pytest.raises(JsonError):
        strict_json.canonical(value)


@pytest.mark.parametrize("value", [float("nan"), {"a": object()}, "\ud800"])
def test_compact_writing_refuses_what_no_reader_takes(value):
    with pytest.raises(JsonError):
        strict_json.compact(value)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e15, 1e15)  # a whole double beyond 2^53 is written without a point and not read back
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(json_values)
def test_what_is_written_is_read_back_the_same(value):
    assert strict_json.loads(strict_json.canonical(value)) == value
    assert strict_json.loads(strict_json.compact(value)) == value


@settings(deadline=None)
@given(json_values)
def test_canonical_form_is_a_fixed_point(value):
    once = strict_json.canonical(value)
    assert strict_json.canonical(strict_json.loads(once)) == once


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_the_strict_reader_takes_the_usual_reader_reads_the_same(data):
    try:
        value = strict_json.loads(data)
    except JsonError:
        return
    assert value == json.loads(data)


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_base64url_reads_back_what_it_wrote(data):
    assert base64url.decode(base64url.encode(data)) == data


@pytest.mark.parametrize(
    "text", ["QQ==", "QR", "QUJ", "Q", "QQ\n", " QQ", "Q Q", "+/AA", "QUI=", "é", "QUJD=", "QUJDRA=", "=", "QQQQQ"]
)
def test_every_other_spelling_of_base64url_is_refused(text):
    with pytest.raises(EncodingError):
        base64url.decode(text)


@settings(deadline=None)
@given(st.text(alphabet="AQgw-_+/=\n 9z", max_size=9) | st.text(max_size=6))
def test_base64url_has_one_text_per_bytes(text):
    try:
        data = base64url.decode(text)
    except EncodingError:
        return
    assert base64url.encode(data) == text
