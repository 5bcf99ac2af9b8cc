"""Policies decided by what is remembered of their rules answer like the reference."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings

from policies import decide, decide_by_planes
from policies.deciding import _known
from tests.policies.worlds import SMALL, random_world, rngs


@settings(max_examples=150)
@given(rng=rngs())
def test_a_remembered_policy_decides_like_the_reference_each_time(rng: Random) -> None:
    world = random_world(rng, SMALL)
    asked = (world.policy, world.viewer, world.relation, world.day, world.vocabulary, world.platform)

    assert decide_by_planes(*asked) == decide(*asked)
    assert decide_by_planes(*asked) == decide(*asked)


@settings(max_examples=50)
@given(rng=rngs())
def test_what_is_remembered_of_some_rules_is_not_taken_for_others(rng: Random) -> None:
    one, other = random_world(rng, SMALL), random_world(rng, SMALL)
    decide_by_planes(one.policy, one.viewer, one.relation, one.day, one.vocabulary, one.platform)
    # As if the rules of the other had come to stand where those of the first stood in memory.
    _known[id(other.policy.rules)] = _known[id(one.policy.rules)]

    asked = (other.policy, other.viewer, other.relation, other.day, other.vocabulary, other.platform)
    assert decide_by_planes(*asked) == decide(*asked)
    # Other caps of the operator are not the caps that are remembered.
    assert decide_by_planes(*asked[:5], ()) == decide(*asked[:5], ())
