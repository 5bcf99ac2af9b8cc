"""The record of a long run, `docs/evidence/long-NAME.md`: what was run, with which seed, where, and what came of it.

A run of one part adds its line to the lines of the other parts with the same seed and count; any other run begins anew.
Says of the machine how many cores and how much memory it has, and nothing else.
"""

from __future__ import annotations

import fcntl
import os
import platform
import re
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tests.shared_material import ROOT

EVIDENCE = ROOT / "docs" / "evidence"
FIRST_SEED = 1
"""Of what has no record yet."""
HEAD = "| part | day | commit | passed | failed | minutes |"
ROW = re.compile(r"\| (\d+)/(\d+) \| (\d{4}-\d\d-\d\d) \| (\S+) \| (\d+) \| (\d+) \| ([\d.]+) \|")
SAID = re.compile(r"\* (\d+/\d+): (.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one part came to. `said`: what its tests noted, failures first."""

    part: int
    of: int
    day: date
    commit: str
    passed: int
    failed: int
    minutes: float
    said: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Every part of one long thing that was run with this seed and count."""

    name: str
    what: str
    seed: int
    count: str
    outcomes: Sequence[Outcome]
    machine: str = ""

    @property
    def complete(self) -> bool:
        """Whether every part was run."""
        return bool(self.outcomes) and len(self.outcomes) == self.outcomes[0].of

    @property
    def failed(self) -> int:
        """How many tests failed."""
        return sum(each.failed for each in self.outcomes)


def place(name: str, folder: Path = EVIDENCE) -> Path:
    """Where the record is."""
    return folder / f"long-{name}.md"


def seed(name: str) -> int:
    """The seed of the record, to be replayed."""
    path = place(name)
    found = re.search(r"^\* seed: (\d+)$", path.read_text(encoding="utf-8"), re.MULTILINE) if path.exists() else None
    return FIRST_SEED if found is None else int(found[1])


def read(name: str, folder: Path = EVIDENCE) -> Record | None:
    """What was recorded, if anything was."""
    path = place(name, folder)
    if not path.exists():
        return None
    text = path.read_text(encoding="utf-8")
    facts = dict(re.findall(r"^\* (what|seed|count|machine): (.*)$", text, re.MULTILINE))
    said = SAID.findall(text)
    outcomes = [
        Outcome(
            part=int(part),
            of=int(of),
            day=date.fromisoformat(day),
            commit=commit,
            passed=int(passed),
            failed=int(failed),
            minutes=float(minutes),
            said=[told for about, told in said if about == f"{part}/{of}"],
        )
        for part, of, day, commit, passed, failed, minutes in ROW.findall(text)
    ]
    return Record(
        name=name,
        what=facts.get("what", ""),
        seed=int(facts.get("seed", FIRST_SEED)),
        count=facts.get("count", ""),
        outcomes=outcomes,
        machine=facts.get("machine", ""),
    )


def add(record: Record, folder: Path = EVIDENCE) -> Record:
    """Write it, with the parts that were run before with the same seed and count; several processes may."""
    with _alone(folder):
        before = read(record.name, folder)
        new = {(each.part, each.of) for each in record.outcomes}
        kept: list[Outcome] = []
        if before is not None and (before.seed, before.count) == (record.seed, record.count):
            parts = {each.of for each in record.outcomes}
            kept = [each for each in before.outcomes if each.of in parts and (each.part, each.of) not in new]
        outcomes = sorted([*kept, *record.outcomes], key=lambda each: each.part)
        whole = Record(
            name=record.name,
            what=record.what,
            seed=record.seed,
            count=record.count,
            outcomes=outcomes,
            machine=record.machine or machine(),
        )
        place(record.name, folder).write_text(markdown(whole), encoding="utf-8")
    return whole


def markdown(record: Record) -> str:
    """The page."""
    outcomes = record.outcomes
    of = outcomes[0].of
    part = "" if of == 1 else f" --part I/{of}"
    missing = "" if record.complete else f"; {of - len(outcomes)} of {of} parts were not run"
    passed, minutes = sum(each.passed for each in outcomes), sum(each.minutes for each in outcomes)
    lines = [
        f"# Long run: {record.name}",
        "",
        f"`python -m tests.long {record.name} --seed {record.seed}{part}`",
        "",
        f"* what: {record.what}",
        f"* seed: {record.seed}",
        f"* count: {record.count}",
        f"* machine: {record.machine}",
        f"* result: {passed} tests passed, {record.failed} failed, in {minutes:.0f} minutes{missing}",
        "",
        HEAD,
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for each in outcomes:
        ran = f"{each.part}/{each.of} | {each.day.isoformat()} | {each.commit}"
        lines.append(f"| {ran} | {each.passed} | {each.failed} | {each.minutes:.1f} |")
    told = [f"* {each.part}/{each.of}: {' '.join(said.split())}" for each in outcomes for said in each.said]
    return "\n".join([*lines, *(["", *told] if told else []), ""])


def commit() -> str:
    """What was run, `+` behind it where files were changed since."""
    head = subprocess.run(["git", "rev-parse", "--short=10", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    if head.returncode:
        return "unknown"
    command = ["git", "status", "--porcelain", "--", ".", ":!docs/evidence"]
    changed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return head.stdout.strip() + ("+" if changed else "")


def machine() -> str:
    """Cores, memory and versions."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1024**3
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB of memory, {versions}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
