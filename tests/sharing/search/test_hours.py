"""Rows of weekly hours: each level has its own age."""

from datetime import date, timedelta

import numpy as np

from sharing.search.columns import ENDLESS
from sharing.search.hours import HourRows

DAY = date(2026, 11, 25)
RIDS = np.array([3, 4, 9], dtype=np.uint32)


def rows(band_age, exact_age):
    found = HourRows((0, 400, 800))
    row = found.add({100: 410}, (DAY - timedelta(days=band_age), DAY - timedelta(days=exact_age)))
    found.run_on(3, row)
    return found


def total(found, *, band, later=0):
    _, sums, _ = found.totals(RIDS, 99, 101, DAY.toordinal() + later, band=band)
    return sums.tolist()


def test_hours_count_until_their_forty_second_day_at_each_level_by_its_own_date():
    assert total(rows(band_age=41, exact_age=42), band=True) == [400, 0, 0]
    assert total(rows(band_age=41, exact_age=42), band=False) == [0, 0, 0]
    assert total(rows(band_age=42, exact_age=0), band=True) == [0, 0, 0]
    assert total(rows(band_age=42, exact_age=0), band=False) == [410, 0, 0]
    assert total(rows(band_age=0, exact_age=0), band=False, later=41) == [410, 0, 0]
    assert total(rows(band_age=0, exact_age=0), band=False, later=42) == [0, 0, 0]


def test_ages_are_those_of_the_group_a_record_runs_on():
    found = rows(band_age=10, exact_age=3)
    assert found.ages(RIDS, DAY.toordinal(), band=True).tolist() == [10, ENDLESS, ENDLESS]
    assert found.ages(RIDS, DAY.toordinal() + 1, band=False).tolist() == [4, ENDLESS, ENDLESS]


def test_a_freed_row_used_again_has_the_dates_of_its_new_group():
    found = rows(band_age=100, exact_age=100)
    found.clear(3, 4)
    found.remove(0)
    found.run_on(4, found.add({100: 410}, (DAY, DAY)))
    assert total(found, band=False) == [0, 410, 0]
