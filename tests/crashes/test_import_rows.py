"""An import that is killed after any of its rows has stored nothing, and the same command then imports every row once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api import world as worlds
from tests.crashes.of_operator import spreadsheet
from tests.crashes.state import check, dump
from tests.crashes.stopping import Command, done, reached, stopped

ROWS = 1_000
SAMPLE = (100, 1_000)
DEEP = pytest.mark.slow


@pytest.fixture
def node_url(database_url: str) -> str:
    worlds.populate(database_url)
    return database_url


@pytest.mark.parametrize("row", [pytest.param(row, marks=() if row in SAMPLE else DEEP) for row in range(100, ROWS + 1, 100)])
def test_an_import_killed_at_a_row_stores_nothing_and_runs_again(row: int, node_url: str, tmp_path: Path) -> None:
    command = Command(arguments=("import", str(spreadsheet(tmp_path, ROWS)), "--org", "acme", "--json"))
    before = dump(node_url)
    stopped(node_url, command, f"import:row-{row}")
    assert dump(node_url) == before
    check(node_url)
    again = done(node_url, command)
    assert json.loads(again["body"])["outcomes"]["created"] == ROWS
    check(node_url)


def test_an_import_killed_after_its_commit_changes_nothing_when_sent_again(node_url: str, tmp_path: Path) -> None:
    command = Command(arguments=("import", str(spreadsheet(tmp_path, 150)), "--org", "acme", "--json"))
    stopped(node_url, command, "import:after-commit")
    imported = dump(node_url)
    outcomes = json.loads(done(node_url, command)["body"])["outcomes"]
    assert outcomes["created"] == outcomes["changed"] == 0
    assert outcomes["unchanged"] == len(imported["factories"]) == 150
    assert dump(node_url) == imported


def test_an_import_comes_by_a_point_at_each_100th_row(sqlite_url: str, tmp_path: Path) -> None:
    worlds.populate(sqlite_url)
    seen = reached(sqlite_url, Command(arguments=("import", str(spreadsheet(tmp_path, 350)), "--org", "acme")))
    assert seen == ["import:row-100", "import:row-200", "import:row-300", "import:before-commit", "import:after-commit"]
