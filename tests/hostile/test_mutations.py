"""Whatever arrives, only a parser's own errors come out, with a code, soon, and without filling the memory."""

from __future__ import annotations

import re
import time
import tracemalloc
import zlib
from random import Random

import click
import pytest

from api.faults import faults_of
from tests.hostile.registry import PARSERS, Parser
from tests.long.portions import Portion

CODE = re.compile(r"[a-z][a-z0-9_]*")
SEEDS_APART = 1_000_000
"""Mutations of one seed; the default tier sends those of seed 0."""
MEASURED_EVERY = 10
"""tracemalloc makes everything some times slower, so every tenth mutation is measured."""


def check(parser: Parser, number: int) -> bool:
    """Send one mutation; returns whether it was refused. Everything is a function of the parser's name and the number."""
    rng = Random(f"{parser.name}/{number}")
    given = parser.mutate(rng.choice(parser.samples()), rng)
    measured = number % MEASURED_EVERY == 0
    if measured:
        tracemalloc.start()
    begun = time.process_time()
    try:
        return parser.refused(parser.call(given))
    except parser.errors as error:
        _check_error(error, parser, number)
        return True
    except BaseException as error:
        raise AssertionError(f"{parser.name} #{number}: {type(error).__name__}: {error}\n{given!r:.2000}") from error
    finally:
        spent = time.process_time() - begun
        peak = 0
        if measured:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert spent < parser.seconds, f"{parser.name} #{number}: {spent:.1f} s"
        assert peak < parser.megabytes << 20, f"{parser.name} #{number}: {peak >> 20} MB"


def _check_error(error: BaseException, parser: Parser, number: int) -> None:
    about = f"{parser.name} #{number}: {error!r}"
    assert str(error), about
    str(error).encode("utf-8", "strict" if not isinstance(error, click.ClickException) else "surrogatepass")
    if isinstance(error, click.ClickException) or parser.plain:
        return
    assert CODE.fullmatch(str(getattr(error, "code", ""))), about
    faults = faults_of(error)
    if parser.paths:
        assert faults, about
    for fault in faults:
        assert CODE.fullmatch(fault.code), about
        assert isinstance(fault.path, str), about
        assert fault.message, about


@pytest.mark.parametrize("parser", PARSERS, ids=lambda each: each.name)
def test_a_mutated_sample_is_read_or_refused_with_the_parsers_own_error(parser: Parser) -> None:
    refused = sum(check(parser, number) for number in range(parser.quick))
    assert refused > 0, "no mutation was refused: the mutator changes nothing that matters"


@pytest.mark.long("hostile")
@pytest.mark.parametrize("parser", PARSERS, ids=lambda each: each.name)
def test_many_more_mutated_samples_are_read_or_refused_with_the_parsers_own_error(parser: Parser, portion: Portion) -> None:
    assert portion.asked or portion.count >= 5_000, "the slow tier alone sends 5,000 to each parser"
    refused = 0
    for number in portion.numbers:
        refused += check(parser, portion.seed * SEEDS_APART + number)
        portion.step(number - portion.numbers.start)
    portion.note(f"{parser.name}: {refused:,} of {portion.count:,} refused")


def test_the_same_number_gives_the_same_mutation() -> None:
    for parser in PARSERS:
        first, second = (repr(parser.mutate(parser.samples()[0], Random(f"{parser.name}/7"))) for _ in range(2))
        assert zlib.crc32(first.encode("utf-8", "replace")) == zlib.crc32(second.encode("utf-8", "replace")), parser.name
