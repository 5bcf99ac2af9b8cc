"""Schemathesis' own command line, with and without the exceptions."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api import world as worlds
from tests.conformance.running import served
from tests.shared_material import ROOT

HOOKS = {"SCHEMATHESIS_HOOKS": "tests.conformance.hooks", "PYTHONPATH": str(ROOT)}


@pytest.fixture
def address(tmp_path: Path) -> Iterator[tuple[str, str]]:
    (tmp_path / "template").mkdir()
    world = worlds.world(worlds.template(tmp_path / "template"), tmp_path)
    with served(world.app) as where:
        yield where, world.token("acme")
    world.database.dispose()


def run(address: tuple[str, str], folder: Path, **environment: str) -> tuple[int, str]:
    where, token = address
    command = [sys.executable, "-m", "schemathesis.cli", "run", f"{where}/openapi.json", "-H", f"Authorization: Bearer {token}"]
    command += ["--include-path", "/v1/ndas", "--phases", "fuzzing", "--max-examples", "3", "--seed", "1", "--no-color"]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, cwd=folder, env=os.environ | environment
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_the_command_line_counts_what_the_tests_count(address: tuple[str, str], tmp_path: Path) -> None:
    code, said = run(address, tmp_path)
    assert (code, "unknown_organization" in said) == (1, True), said
    code, said = run(address, tmp_path, **HOOKS)
    assert code == 0, said
    assert "dropped by" in said
