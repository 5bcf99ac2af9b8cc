"""Comparing by ladder is comparing row by row."""

from random import Random

import numpy as np
import pytest

from sharing.search import ladder
from sharing.search.bitmaps import bitmap, rids_of
from sharing.search.columns import NumberColumn

MOST = 3000


def interval(value):
    low = value // 100 * 100
    return low, None if low >= 900 else low + 100


def filled(random, column, kept, count):
    for _ in range(count):
        start = random.randrange(MOST)
        end = start + random.randint(1, 4)
        if random.random() < 0.2:
            column.clear(start, end)
            for row in range(start, end):
                kept.pop(row, None)
        else:
            value = random.choice((random.randint(-50, 1200), 500))
            column.put(start, end, value, interval(value))
            kept.update(dict.fromkeys(range(start, end), value))


@pytest.mark.parametrize("seed", range(6))
def test_every_bound_finds_the_rows_that_a_plain_comparison_finds(seed, monkeypatch):
    monkeypatch.setattr(ladder, "FEW", 40)
    random, column, kept = Random(seed), NumberColumn(), {}
    for edits in (0, 400, 3, 30, 500, 1):
        filled(random, column, kept, edits)
        within = bitmap(sorted(random.sample(range(MOST + 50), 2000)))
        for bound in (-51, -1, 0, 499, 500, 501, 999, 1000, random.randint(0, 1200), 5000):
            for at_least, at_most in ((bound, None), (None, bound)):
                known, satisfied = column.exact_split(within, at_least, at_most)
                given = {row: value for row, value in kept.items() if row in within}
                assert set(known) == given.keys()
                assert set(satisfied) == {
                    row for row, value in given.items() if (value >= bound if at_most is None else value <= bound)
                }
                known, satisfied = column.band_split(within, at_least, at_most)
                assert set(known) == given.keys()
                assert set(satisfied) == {row for row, value in given.items() if certainly(interval(value), at_least, at_most)}


def certainly(band, at_least, at_most):
    low, high = band
    return low >= at_least if at_most is None else high is not None and high - 1 <= at_most


def test_a_ladder_is_made_anew_when_many_rows_changed(monkeypatch):
    monkeypatch.setattr(ladder, "FEW", 10)
    column = NumberColumn()
    column.put(0, 100, 5, (0, 10))
    column.exact_split(bitmap([1]), None, 5)
    first = column._ladder
    column.put(0, 10, 7, (0, 10))
    column.exact_split(bitmap([1]), None, 5)
    assert column._ladder is first
    column.put(0, 20, 8, (0, 10))
    _, satisfied = column.exact_split(bitmap(range(100)), None, 7)
    assert column._ladder is not first
    assert rids_of(satisfied).tolist() == np.arange(20, 100).tolist()
