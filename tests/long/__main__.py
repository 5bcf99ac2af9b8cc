"""`python -m tests.long NAME --seed N`: what is longer than the complete check, with a record under `docs/evidence/`.

Without a name it lists the names. `--part 3/8` does the third of eight parts and adds its line to the record, so that a
run can be spread over hours and processes, and taken up again. Progress is on standard error.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.long import record
from tests.long.portions import OPTION_COUNT, OPTION_NAME, OPTION_PART, OPTION_SEED, WATCHER, Part, parse_part
from tests.long.registry import LONG, Long
from tests.long.watching import Watcher
from tests.shared_material import ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; 0 where everything passed."""
    chosen = _parser().parse_args(arguments)
    if chosen.name is None:
        sys.stdout.write(listed())
        return 0
    long = LONG[chosen.name]
    seed = record.seed(long.name) if chosen.seed is None else chosen.seed
    # pytest takes standard error for itself while a test runs.
    with os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8") as stream:
        watcher = Watcher(long.name, stream)
        options = [OPTION_NAME, long.name, OPTION_SEED, str(seed), OPTION_PART, str(chosen.part)]
        options += [OPTION_COUNT, str(chosen.count)] if chosen.count else []
        options += ["-m", "long", "-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", str(ROOT / long.where)]
        code = pytest.main(["--rootdir", str(ROOT), "-c", str(ROOT / "pyproject.toml"), *options], plugins=[_Named(watcher)])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        return int(code)
    outcome = record.Outcome(
        part=chosen.part.number,
        of=chosen.part.of,
        day=datetime.now(UTC).date(),
        commit=record.commit(),
        passed=watcher.passed,
        failed=len(watcher.failures),
        minutes=watcher.minutes,
        said=watcher.said,
    )
    if not chosen.dry:
        count = counted(long, chosen.count) if long.count else f"{watcher.cases} {long.unit}"
        written = record.Record(name=long.name, what=long.what, seed=seed, count=count, outcomes=(outcome,))
        record.add(written, chosen.out)
    return int(code)


class _Named:
    """Gives the watcher the name by which portions find it."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher

    def pytest_configure(self, config: pytest.Config) -> None:
        config.pluginmanager.register(self.watcher, WATCHER)


def counted(long: Long, count: int | None) -> str:
    """How many of what, for the record."""
    return f"{count or long.count:,} {long.unit} of each test" if long.count else f"every {long.unit.removesuffix('s')}"


def listed() -> str:
    """The names, with what each is and whether it has a record."""
    lines = []
    for long in LONG.values():
        before = record.read(long.name)
        ran = "never recorded" if before is None else f"seed {before.seed}, {before.failed} failed"
        lines.append(f"{long.name:<12} {long.what} ({counted(long, None)}); {ran}\n")
    return "".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.long", description=__doc__)
    parser.add_argument("name", nargs="?", choices=sorted(LONG), metavar="NAME", help="(default: list the names)")
    parser.add_argument("--seed", type=int, help="of everything that is made up (default: that of the record, or 1)")
    parser.add_argument("--count", type=int, help="(default: that of the registry)")
    parser.add_argument("--part", type=_part, default=Part(), metavar="I/N", help="one of N equal parts (default 1/1)")
    parser.add_argument("--out", type=Path, default=record.EVIDENCE, metavar="FOLDER", help="of the record")
    parser.add_argument("--dry", action="store_true", help="write no record")
    return parser


def _part(text: str) -> Part:
    try:
        return parse_part(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
