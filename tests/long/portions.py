"""How much of a long thing this run does: the part that the command asked for, or the twentieth that the slow tier replays.

Guarantees: both are functions of the name, the seed and the part alone, so a run can be repeated, stopped and taken up
again; every test that is marked `long` names an entry of the registry, and without the command it is a slow test.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pytest

from tests.long import record
from tests.long.registry import LONG, TWENTIETH

OPTION_NAME, OPTION_SEED, OPTION_COUNT, OPTION_PART = "--long", "--long-seed", "--long-count", "--long-part"
WATCHER: Final = "guildnet-long"
"""The name of the plugin that the command brings; see `watching.py`."""
PART: Final = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The `number`th (from 1) of `of` equal parts."""

    number: int = 1
    of: int = 1

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def range(self, count: int) -> range:
        """Which of `count` units are this part's."""
        return range(count * (self.number - 1) // self.of, count * self.number // self.of)


def parse_part(text: str) -> Part:
    """`3/8`; raises `ValueError` for anything else."""
    found = PART.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise ValueError(f"a part is written 3/8, not {text}")
    return Part(number=int(found[1]), of=int(found[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """The units with these numbers (from 0), of everything that this seed makes up.

    `asked`: the command runs, not the slow tier. `step(done)` tells whoever waits; `note(text)` writes a line into the record.
    """

    seed: int
    numbers: range
    asked: bool
    step: Callable[[int], None]
    note: Callable[[str], None]

    @property
    def count(self) -> int:
        """How many units."""
        return len(self.numbers)


def portion_of(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Portion:
    """What the fixture `portion` gives."""
    marker = request.node.get_closest_marker("long")
    if marker is None:
        raise pytest.UsageError(f"{request.node.nodeid}: only a test marked long has a portion")
    long = LONG[marker.args[0]]
    config = request.config
    asked = config.getoption(OPTION_NAME) == long.name
    if asked:
        numbers = parse_part(config.getoption(OPTION_PART)).range(config.getoption(OPTION_COUNT) or long.count)
    else:
        numbers = range(-(-long.count // TWENTIETH))
    watcher = config.pluginmanager.get_plugin(WATCHER)

    def step(done: int) -> None:
        if watcher is not None:
            watcher.step(request.node.name, done, len(numbers), long.unit)

    return Portion(
        seed=seed_of(config, long.name),
        numbers=numbers,
        asked=asked,
        step=step,
        note=lambda text: record_property("note", text),
    )


def seed_of(config: pytest.Config, name: str) -> int:
    """The seed that was asked for; else that of the record, so that what is replayed is what was seen."""
    asked: int | None = config.getoption(OPTION_SEED)
    return record.seed(name) if asked is None else asked


def add_options(parser: pytest.Parser) -> None:
    """What `python -m tests.long` passes on."""
    group = parser.getgroup("long", "what python -m tests.long passes on")
    group.addoption(OPTION_NAME, help="run the tests of this name, whole, and no others")
    group.addoption(OPTION_SEED, type=int, help="(default: that of the record)")
    group.addoption(OPTION_COUNT, type=int, help="(default: that of the registry)")
    group.addoption(OPTION_PART, default="1/1", help="such as 3/8 (default 1/1)")


def select(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave in what this run does of the long tests."""
    asked: str | None = config.getoption(OPTION_NAME)
    tables: dict[tuple[str, str], list[pytest.Item]] = defaultdict(list)
    kept: list[pytest.Item] = []
    for item in items:
        name = _name(item)
        if asked is not None and name != asked:
            continue
        if name is not None:
            item.add_marker(pytest.mark.slow)
        if name is None or "portion" in getattr(item, "fixturenames", ()):
            kept.append(item)
        else:
            tables[name, item.nodeid.partition("[")[0]].append(item)
    watcher = config.pluginmanager.get_plugin(WATCHER)
    for (name, _), cases in tables.items():
        if asked:
            if watcher is not None:
                watcher.cases += len(cases)
            # In their own order: neighbours share what was prepared for them.
            chosen = parse_part(config.getoption(OPTION_PART)).range(len(cases))
            kept += cases[chosen.start : chosen.stop]
        else:
            kept += _ordered(cases, seed_of(config, name))[: -(-len(cases) // TWENTIETH)]
    left_in = set(map(id, kept))
    left_out = [each for each in items if id(each) not in left_in]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [each for each in items if id(each) in left_in]


def _ordered(cases: Sequence[pytest.Item], seed: int) -> list[pytest.Item]:
    """In an order that only the seed and their names decide: a case more changes little about which the others are."""
    return sorted(cases, key=lambda item: hashlib.sha256(f"{seed}/{item.nodeid}".encode()).digest())


def _name(item: pytest.Item) -> str | None:
    marker = item.get_closest_marker("long")
    if marker is None:
        return None
    if len(marker.args) != 1 or marker.args[0] not in LONG:
        raise pytest.UsageError(f'{item.nodeid}: write @pytest.mark.long("name"), with a name of tests/long/registry.py')
    name: str = marker.args[0]
    return name
