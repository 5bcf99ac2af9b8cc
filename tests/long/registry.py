"""What is longer than the complete check allows, by name: one line each.

A test that belongs to one is marked `@pytest.mark.long("name")` and is run in one of two ways:

* `python -m tests.long NAME --seed N` runs the whole of it and writes the record, `docs/evidence/long-NAME.md`;
* the slow tier replays a twentieth of it with the seed of that record.

A test that asks for the fixture `portion` (see `portions.py`) does as much as that says, and one that does not is a case
of a table, of which a part is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

TWENTIETH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Long:
    """`count` of `unit` for each of the tests in `where` that ask for their portion; 0: the tests are the cases of a table."""

    name: str
    what: str
    where: str
    count: int = 0
    unit: str = "cases"


def _by_name(entries: Iterable[Long]) -> Mapping[str, Long]:
    return {each.name: each for each in entries}


LONG: Mapping[str, Long] = _by_name(
    (
        Long(name="crashes", what="every write killed everywhere, on both databases", where="tests/crashes"),
        Long(name="leaks", what="P1 and P2 over made-up networks", where="tests/leaks", count=100_000, unit="comparisons"),
        Long(name="writer", what="rules opened and closed beside readers", where="tests/leaks", count=2_000, unit="changes"),
        Long(name="conformance", what="every phase of schemathesis", where="tests/conformance", count=30, unit="examples"),
        Long(name="hostile", what="mutated samples for each parser", where="tests/hostile", count=100_000, unit="mutations"),
        Long(name="processes", what="four processes under load", where="tests/processes", count=1_200, unit="seconds"),
        Long(name="search", what="the index beside pure SQL", where="tests/crosscheck", count=200_000, unit="records"),
        Long(name="imports", what="lists of many rows", where="tests/sharing/exchange", count=100_000, unit="rows"),
    )
)
