"""Every law of the language holds for the reference evaluator."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings

from policies import Vocabulary, decide
from tests.policies.laws import LAWS, Law
from tests.policies.worlds import DERIVED, LARGE, SMALL, random_world, rngs


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=120, deadline=None)
@given(rng=rngs())
def test_law_holds_in_a_small_vocabulary(law: Law, rng: Random) -> None:
    law(decide, random_world(rng, SMALL), rng)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@pytest.mark.parametrize("vocabulary", [SMALL, DERIVED, LARGE], ids=["small", "derived", "large"])
def test_law_holds_in_many_seeded_worlds(law: Law, vocabulary: Vocabulary) -> None:
    rng = Random(20260615)
    for _ in range(500 if vocabulary is SMALL else 100):
        law(decide, random_world(rng, vocabulary), rng)
