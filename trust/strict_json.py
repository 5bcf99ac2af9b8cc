"""The one JSON reader and the two JSON writers.

`loads` accepts a subset of RFC 8259 in which a text has one meaning for every reader: UTF-8 without BOM, no duplicate
member, no NaN or Infinity, no integer beyond 2^53-1, no number that overflows a double, no lone surrogate, nothing
after the value, depth and size bounded. It does not require canonical form: compare with `canonical` for that.

`canonical` writes RFC 8785 (JCS): for what is compared or digested as a value. It writes a whole double beyond 2^53-1
as the RFC says, without a point, and `loads` will not take that back; our signed data has no JSON numbers but dates.
`compact` writes short JSON with sorted members: for what is signed as bytes and never re-serialised.
"""

import json
import math
import re
from typing import NoReturn, TypeAlias

import rfc8785

from .errors import JsonError

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"

MAX_BYTES = 262_144  # of UTF-8 text
MAX_DEPTH = 32  # nested arrays and objects
MAX_INTEGER = 2**53 - 1

# Every alternative matches to the end of the text when a string is not closed, so the scan is linear on any input.
_STRING = re.compile(r'"(?:[^"\\]|\\.?)*+(?:"|\Z)', re.DOTALL)
_SPACE = " \t\n\r"  # all the white space JSON has
_NOT_BRACKET = re.compile(r"[^\[\]{}]+")


def loads(data: bytes | str, *, max_bytes: int = MAX_BYTES) -> JSON:
    """The value of a strict JSON text of at most `max_bytes` bytes; JsonError otherwise."""
    if len(data) > max_bytes:
        raise JsonError("too_large")
    try:
        if isinstance(data, bytes):
            text = data.decode("utf-8")
        else:
            text = data
            if len(text.encode("utf-8")) > max_bytes:
                raise JsonError("too_large")
    except UnicodeError:
        raise JsonError("not_utf8") from None
    if text.startswith("\ufeff"):
        raise JsonError("byte_order_mark")
    _bound_depth(text)
    value = _decode(text.strip(_SPACE))
    # Surrogates can only come from escapes here: raw ones are not UTF-8.
    if "\\u" in text:
        _refuse_surrogates(value)
    return value


def loads_object(data: bytes | str, *, max_bytes: int = MAX_BYTES) -> dict[str, JSON]:
    """Like `loads`, for a text that must be an object."""
    value = loads(data, max_bytes=max_bytes)
    if not isinstance(value, dict):
        raise JsonError("not_an_object")
    return value


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of `value`; JsonError if it has none or is nested deeper than a reader accepts."""
    try:
        data = rfc8785.dumps(value)  # type: ignore[arg-type]  # it checks the types itself
        _bound_depth(data.decode("utf-8"))
    except (ValueError, TypeError, RecursionError):
        raise JsonError("not_representable") from None
    return data


def compact(value: object) -> bytes:
    """Short JSON with sorted members, about ten times faster than `canonical`.

    For bytes that are signed and then only forwarded. Does not check numbers; `canonical` does.
    """
    try:
        text = _ENCODER.encode(value)
        return text.encode("utf-8")
    except (ValueError, TypeError, RecursionError):
        raise JsonError("not_representable") from None


def _bound_depth(text: str) -> None:
    brackets = _NOT_BRACKET.sub("", _STRING.sub("", text)) if text.count("[") + text.count("{") > MAX_DEPTH else ""
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH:
            raise JsonError("too_deep")


def _decode(text: str) -> JSON:
    value: JSON
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        raise JsonError("not_json") from None
    if end != len(text):
        raise JsonError("not_json")
    return value


def _object(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonError("duplicate_member")
    return members


def _integer(digits: str) -> int:
    # Length first: converting a long digit string is quadratic.
    if len(digits) > 17 or abs(number := int(digits)) > MAX_INTEGER:
        raise JsonError("integer_too_large")
    return number


def _float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise JsonError("number_too_large")
    return number


def _constant(_name: str) -> NoReturn:
    raise JsonError("not_a_number")


def _refuse_surrogates(value: JSON) -> None:
    pending: list[JSON] = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            if not item.isascii() and any("\ud800" <= character <= "\udfff" for character in item):
                raise JsonError("lone_surrogate")
        elif isinstance(item, dict):
            pending.extend(item)
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"), check_circular=False)
