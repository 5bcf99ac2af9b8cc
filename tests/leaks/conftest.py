"""Fixtures of the leak suite, and the table of what it compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from _pytest.terminal import TerminalReporter

from tests.databases import PostgresServer, new_name
from tests.leaks import tally
from tests.leaks.nodes import Files, Servers, Template, template


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(processors=[structlog.testing.LogCapture()])
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def sqlite_node(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A node with organizations on SQLite, to be copied."""
    files = Files(tmp_path_factory.mktemp("leaks"))
    return template(files.fresh(f"sqlite:///{sqlite_template}"), files)


@pytest.fixture(scope="session")
def postgres_node(postgres: PostgresServer, postgres_template: str) -> Iterator[Template]:
    """The same on PostgreSQL."""
    made: list[str] = []

    def create(source: str) -> str:
        made.append(new_name("leaks"))
        return postgres.create(made[-1], source)

    servers = Servers(create)
    yield template(servers.fresh(postgres.url(postgres_template)), servers)
    for name in made:
        postgres.drop(name)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """What was compared and which planted leaks were caught, with how many comparisons."""
    lines = tally.lines()
    if lines:
        terminalreporter.section("leaks")
        for line in lines:
            terminalreporter.line(line)
