"""Cedar, which knows nothing of our evaluators, agrees on random decisions for viewers whose attributes are known."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import cedarpy
import pytest

from policies import Decision, Level, Relation, Viewer, Vocabulary, decide
from tests.policies.cedar_export import cedar_keys, cedar_policies, cedar_request, cedar_viewer
from tests.policies.worlds import (
    DERIVED,
    LARGE,
    SMALL,
    World,
    random_day,
    random_relation,
    random_viewer,
    random_world,
)

SHOWN = (Level.EXISTENCE, Level.BAND, Level.EXACT)
Asker = tuple[Viewer, Relation]


def cedar_levels(world: World, askers: list[Asker]) -> list[dict[str, Level]]:
    """Cedar's level per key for each asker, from one batch."""
    keys = cedar_keys(world.policy, world.vocabulary)
    entities: dict[str, dict[str, object]] = {}
    requests = []
    for number, (viewer, relation) in enumerate(askers):
        for entity in cedar_viewer(f"v{number}", viewer, relation, world.day):
            entities[json.dumps(entity["uid"])] = entity
        requests += [cedar_request(f"v{number}", key, level, world.day) for key in keys for level in SHOWN]
    policies = cedar_policies(world.policy, world.platform, world.vocabulary)
    results = iter(cedarpy.is_authorized_batch(requests, policies, list(entities.values())))
    answers = []
    for _ in askers:
        levels = {key: Level(sum(_allowed(next(results)) for _ in SHOWN)) for key in keys}
        for _ in world.vocabulary.derived:  # as often as it takes for the coarsest input to come through
            for name, inputs in world.vocabulary.derived.items():
                levels[name] = min(levels[each] for each in (name, *inputs))
        answers.append(levels if levels["$listing"] else dict.fromkeys(keys, Level.HIDDEN))
    return answers


def _allowed(result: cedarpy.AuthzResult) -> bool:
    assert not result.diagnostics.errors
    return result.allowed


def our_levels(decision: Decision, world: World) -> dict[str, Level]:
    listings = {
        key: decision.capability_listed(key.removeprefix("capability/"))
        for key in cedar_keys(world.policy, world.vocabulary)
        if key.startswith("capability/")
    }
    return {"$listing": decision.level("$listing"), **decision.levels, **listings}


def agree(ours: dict[str, Level], theirs: dict[str, Level]) -> bool:
    return all(
        bool(theirs[key]) == bool(level) if key.startswith("capability/") else theirs[key] == level
        for key, level in ours.items()
    )


def compared(vocabulary: Vocabulary, rng: Random, policies: int, askers_each: int) -> tuple[int, int]:
    """Number of whole decisions that agree, and of those that list the factory. Raises at the first difference."""
    agreed = listed = 0
    for _ in range(policies):
        world = replace(random_world(rng, vocabulary, known=True), day=random_day(rng))
        askers = [(random_viewer(rng, known=True), random_relation(rng, vocabulary)) for _ in range(askers_each)]
        for asker, theirs in zip(askers, cedar_levels(world, askers), strict=True):
            decision = decide(world.policy, *asker, world.day, vocabulary, world.platform)
            assert agree(our_levels(decision, world), theirs), (world, asker)
            agreed += 1
            listed += decision.listed
    return agreed, listed


def test_cedar_agrees_on_ten_thousand_decisions(capsys: pytest.CaptureFixture[str]) -> None:
    rng = Random(31)
    small, small_listed = compared(SMALL, rng, policies=490, askers_each=20)
    large, large_listed = compared(LARGE, rng, policies=25, askers_each=10)
    derived, derived_listed = compared(DERIVED, rng, policies=100, askers_each=10)
    with capsys.disabled():
        listed = small_listed + large_listed + derived_listed
        print(f"\nCedar agreed on {small + large + derived} decisions, {listed} of them listed")
    assert small + large >= 10_000
    assert derived_listed > derived / 10
    assert small_listed > small / 10
    assert large_listed > large / 10


def test_cedar_disagrees_when_a_cap_is_left_out() -> None:
    """The comparison can fail: without the platform's caps Cedar sees more in some world."""
    rng = Random(32)
    worlds = [random_world(rng, SMALL, known=True) for _ in range(200)]
    differing = [
        world
        for world in worlds
        if not agree(
            our_levels(decide(world.policy, world.viewer, world.relation, world.day, SMALL, world.platform), world),
            cedar_levels(replace(world, platform=()), [(world.viewer, world.relation)])[0],
        )
    ]
    assert differing
