"""What the command sees of the tests it runs: lines of progress, and the outcome for the record."""

from __future__ import annotations

import time
from typing import TextIO

import pytest

PAUSE_S = 5.0
MOST_NAMED = 50


class Watcher:
    """A plugin of pytest. Writes a line to `stream` every few seconds."""

    def __init__(self, name: str, stream: TextIO) -> None:
        self.name = name
        self.stream = stream
        self.begun = time.monotonic()
        self.cases = 0
        """Of every part: parts of a table belong together only while it has as many."""
        self.passed, self.failures, self.notes = 0, list[str](), list[str]()
        self._skipped, self._tests, self._told = 0, 0, 0.0

    @property
    def minutes(self) -> float:
        """Since it began."""
        return (time.monotonic() - self.begun) / 60

    @property
    def said(self) -> list[str]:
        """For the record: what failed, what was skipped, what was noted."""
        skipped = [f"skipped: {self._skipped}"] if self._skipped else []
        return [f"failed: {each}" for each in self.failures[:MOST_NAMED]] + skipped + self.notes

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """How many there are."""
        self._tests = len(session.items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One test: setup, call or teardown."""
        if report.failed:
            self.failures.append(f"{report.nodeid} ({report.when})")
            self._tell(f"FAILED {report.nodeid}\n{report.longreprtext}", always=True)
        elif report.skipped:
            self._skipped += 1
        elif report.when == "call":
            self.passed += 1
        if report.when == "call":
            self.notes += [str(value) for key, value in report.user_properties if key == "note"]
            done = self.passed + len(self.failures)
            self._tell(f"{done} of {self._tests} tests, {len(self.failures)} failed", always=done == self._tests)

    def step(self, test: str, done: int, total: int, unit: str) -> None:
        """A test says how far it is."""
        self._tell(f"{test}: {done} of {total} {unit}")

    def _tell(self, text: str, *, always: bool = False) -> None:
        now = time.monotonic()
        if always or now - self._told >= PAUSE_S:
            self._told = now
            self.stream.write(f"{now - self.begun:6.0f} s  {self.name}: {text}\n")
