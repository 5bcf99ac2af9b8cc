"""Cutting pages."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sharing.search.pages import page

ROWS = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 2**64 - 1)), max_size=40, unique_by=lambda row: row[1])


@given(ROWS, st.integers(1, 7))
def test_following_pages_gives_the_whole_order_once(rows, limit):
    keys = np.array([key for key, _ in rows], dtype=np.int64)
    ties = np.array([tie for _, tie in rows], dtype=np.uint64)
    got, after = [], None
    while True:
        places, after = page(keys, ties, limit, after)
        got += [rows[place] for place in places]
        assert len(got) <= len(rows), "a page began before the end of the one before"
        if after is None:
            break
        assert len(places) == limit
    assert got == sorted(rows)


@given(ROWS, ROWS, st.integers(1, 5))
def test_a_page_goes_on_exactly_behind_the_position_though_rows_came_and_went(before, after, limit):
    def columns(rows):
        return np.array([r[0] for r in rows], dtype=np.int64), np.array([r[1] for r in rows], dtype=np.uint64)

    _, position = page(*columns(before), limit, None)
    if position is not None:
        places, _ = page(*columns(after), limit, position)
        behind = sorted(row for row in after if row > (position.key, position.tie))
        assert [after[place] for place in places] == behind[:limit]
