"""Cursors: they continue their own search and no other, and say nothing."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharing.search import InvalidCursor, Position, parse_query, seal, unseal
from sharing.search.cursors import LENGTH
from tests.sharing.search.worlds import DAY

KEY = bytes(range(32))
QUERY = parse_query({"process": ["1.1"]}, DAY).digest()
POSITIONS = st.builds(Position, key=st.integers(-(2**63), 2**63 - 1), tie=st.integers(0, 2**64 - 1))


def sealed(position, *, viewer="a", query=QUERY, key=KEY, nonce=b"n"):
    return seal(position, viewer=viewer, query=query, key=key, entropy=lambda size: nonce * size)


@given(POSITIONS)
def test_a_cursor_gives_its_position_back_and_has_always_the_same_length(position):
    cursor = sealed(position)
    assert len(cursor) == LENGTH
    assert unseal(cursor, viewer="a", query=QUERY, key=KEY) == position


def test_a_cursor_of_another_viewer_or_query_or_key_is_refused_in_the_same_words():
    cursor = sealed(Position(key=1, tie=2))
    other = parse_query({"process": ["1.2"]}, DAY).digest()
    refusals = []
    for viewer, query, key in (("b", QUERY, KEY), ("a", other, KEY), ("a", QUERY, bytes(32))):
        with pytest.raises(InvalidCursor) as refused:
            unseal(cursor, viewer=viewer, query=query, key=key)
        refusals.append((refused.value.code, str(refused.value), refused.value.fields))
    assert refusals == [("invalid_cursor", "invalid_cursor", {})] * 3


@given(st.integers(0, LENGTH - 1), st.sampled_from("AZaz09-_"))
def test_a_changed_cursor_is_refused(at, letter):
    cursor = sealed(Position(key=1, tie=2))
    changed = cursor[:at] + letter + cursor[at + 1 :]
    if base64.urlsafe_b64decode(changed + "==") != base64.urlsafe_b64decode(cursor + "=="):
        with pytest.raises(InvalidCursor):
            unseal(changed, viewer="a", query=QUERY, key=KEY)


@given(st.one_of(st.text(max_size=LENGTH + 3), st.text(min_size=LENGTH, max_size=LENGTH)))
def test_garbage_is_refused_and_raises_nothing_else(garbage):
    with pytest.raises(InvalidCursor):
        unseal(garbage, viewer="a", query=QUERY, key=KEY)


def test_equal_positions_give_different_cursors_under_different_entropy():
    assert sealed(Position(key=1, tie=2), nonce=b"x") != sealed(Position(key=1, tie=2), nonce=b"y")


def test_the_digest_of_a_query_ignores_the_order_of_parameters_and_the_weeks_it_does_not_sort_by():
    one = parse_query({"process": ["1.1", "1.2"], "lot": ["5"]}, DAY)
    same = replace(parse_query({"lot": ["5"], "process": ["1.2", "1.1"]}, DAY), weeks=(0, 1))
    assert one.digest() == same.digest()
    by_hours = [parse_query({"sort": ["spare_hours"], "weeks_from": [week]}, DAY) for week in ("2026-W48", "2026-W50")]
    assert by_hours[0].digest() != by_hours[1].digest()
