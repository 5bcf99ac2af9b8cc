"""Runs of record ids."""

import numpy as np

from sharing.search.dense import RecordIds, tie
from tests.sharing.search.worlds import FACTORIES

A, B = FACTORIES[:2]


def names(count, letter="a"):
    return tuple(f"{letter}{number:031x}" for number in range(count))


def test_a_factory_has_its_head_and_its_capabilities_in_one_run():
    ids = RecordIds()
    run = ids.assign(A, names(2))
    assert [ids.public(rid) for rid in range(run.head, run.end)] == [(A, None), (A, names(2)[0]), (A, names(2)[1])]
    assert ids.capability_ids(run) == names(2)


def test_a_factory_that_outgrows_its_run_moves_whole_to_the_end_and_its_old_run_is_used_again():
    ids = RecordIds()
    first = ids.assign(A, names(1))
    ids.assign(B, names(1, "b"))
    moved = ids.assign(A, names(5))
    assert moved.head == 4
    assert first.head not in ids.heads
    third = ids.assign(FACTORIES[2], names(1, "c"))
    assert third.head == first.head
    assert ids.public(third.head) == (FACTORIES[2], None)


def test_a_factory_that_shrinks_keeps_its_run_and_grows_back_into_it():
    ids = RecordIds()
    first = ids.assign(A, names(3))
    assert ids.assign(A, ()).head == first.head
    assert ids.bare
    assert ids.end == 4
    assert ids.assign(A, names(3, "b")).head == first.head
    assert not ids.bare


def test_counting_factories_counts_each_once():
    ids = RecordIds()
    ids.assign(A, names(2))
    ids.assign(B, names(2, "b"))
    assert ids.factories(np.array([1, 2, 4], dtype=np.uint32)) == 2
    assert ids.factories(np.array([], dtype=np.uint32)) == 0


def test_ties_come_from_public_ids_alone():
    assert tie(A, "f" * 32) == 2**64 - 1
    assert tie("Z" * 21, None) == 2**64 - 1
    assert tie(A, None) != tie(B, None)
