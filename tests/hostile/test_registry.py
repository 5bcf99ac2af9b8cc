"""Every parser of the product has a mutator, or a reason."""

from __future__ import annotations

import re

import pytest

from tests.hostile.convention import NOT_PARSERS, excepted, parsers
from tests.hostile.registry import DOORS, PARSERS, Parser, names


def test_every_parser_of_the_product_is_entered_or_excepted_with_a_reason() -> None:
    found = set(parsers())
    assert len(found) > 60, "the convention finds nothing, so it would also miss what it is for"
    entered = set(names())
    missing = sorted(name for name in found - entered if excepted(name) is None)
    assert missing == [], "enter it in its room of tests/hostile, or say in convention.py why it needs no mutator"
    assert sorted(entered - found - DOORS) == [], "an entry stands for nothing that there is"


def test_no_exception_is_left_over() -> None:
    found = set(parsers())
    assert [pattern for pattern in NOT_PARSERS if not any(re.fullmatch(pattern, name) for name in found)] == []
    assert sorted(name for name in set(names()) if excepted(name) is not None) == []


@pytest.mark.parametrize("parser", PARSERS, ids=lambda each: each.name)
def test_a_sample_is_taken_as_it_is(parser: Parser) -> None:
    """A sample that is refused for its form would make every mutation of it a test of nothing."""
    samples = parser.samples()
    assert samples
    if parser.name not in PROOFS:
        for sample in samples:
            parser.call(parser.whole(sample))


PROOFS = {"trust.merkle:verify_inclusion", "trust.merkle:verify_consistency"}
"""Their sample is bytes of a right length; a proof that holds is tested in tests/trust/test_merkle.py."""
