"""What a run of the tests leaves out, says at its end, and refuses; and that the complete check asks for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.copies import environment
from tests.packaging.pages import under
from tests.shared_material import ROOT

CHECK = ROOT / ".ci" / "run"
SUITE = """
import pytest

def test_passes():
    pass

@pytest.mark.slow
def test_takes_long():
    pass

@pytest.mark.browser
def test_opens_a_browser():
    pass
"""
SKIPPING = "import pytest\n\ndef test_skips():\n    pytest.skip('no moon tonight')\n"


def suite(folder: Path, text: str, *arguments: str) -> tuple[int, str]:
    """Run a small suite with the project's configuration: its exit code and what it said."""
    file = folder / "tests" / "moon" / "test_small.py"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-c"]
    command += [str(ROOT / "pyproject.toml"), f"--rootdir={folder}", *arguments, str(file)]
    # The project on the path of Python, and not the folder as the working directory: `tests` is ours.
    done = subprocess.run(
        command, cwd=ROOT, env=environment(PYTHONPATH=str(ROOT)), capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout


def test_alone_it_leaves_out_what_is_slow_or_needs_a_browser_and_says_what_it_skipped(tmp_path: Path) -> None:
    code, said = suite(tmp_path, SKIPPING + SUITE)
    assert code == 0
    assert "1 passed, 1 skipped, 2 deselected" in said
    assert "0.00       2 tests  tests/moon" in said
    assert "      1  no moon tonight" in said


def test_the_complete_check_leaves_nothing_out(tmp_path: Path) -> None:
    code, said = suite(tmp_path, SUITE, "-m", "", "--no-skips")
    assert code == 0
    assert "3 passed" in said
    assert "deselected" not in said


@pytest.mark.parametrize("text", [SKIPPING + SUITE, "import pytest\npytest.importorskip('moon_that_is_not')\n"])
def test_where_no_skip_is_accepted_one_fails_the_run(tmp_path: Path, text: str) -> None:
    code, said = suite(tmp_path, text, "--no-skips")
    assert code != 0
    assert "could not run every test" in said


def test_the_complete_check_runs_the_second_command_of_the_readme() -> None:
    lines = CHECK.read_text(encoding="utf-8").replace('"$venv', '".venv').replace('"$python"', "python3").splitlines()
    steps = under(ROOT / "README.md", "Test it").split(" && ")
    assert len(steps) == 3
    asked = [at for step in steps for at, line in enumerate(lines) if _within(step.split(), line.replace('"', "").split())]
    assert len(asked) == len(steps), "each step on one line of .ci/run, which may add options"
    assert asked == sorted(asked)


def _within(words: list[str], longer: list[str]) -> bool:
    rest = iter(longer)
    return longer[:1] == words[:1] and all(word in rest for word in words)


def test_the_complete_check_deselects_nothing_and_accepts_no_skip() -> None:
    (line,) = (line for line in CHECK.read_text(encoding="utf-8").splitlines() if "-m pytest" in line)
    assert line.endswith('-m pytest -n auto --dist worksteal -m "" --no-skips')
    assert CHECK.stat().st_mode & 0o111, "it can be run"


def test_the_complete_check_ends_at_the_first_step_that_fails(tmp_path: Path) -> None:
    """With a Python that makes a virtual environment in which nothing works."""
    false = tmp_path / "python3"
    false.write_text('#!/bin/sh\nmkdir -p "$3/bin"\nfor each in python pip ruff; do ln -sf /bin/false "$3/bin/$each"; done\n')
    false.chmod(0o755)
    settings = environment(PYTHON=str(false), GUILDNET_CI_VENV=str(tmp_path / "venv"))
    done = subprocess.run([str(CHECK)], cwd=tmp_path, env=settings, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "install" in done.stdout
    assert "tests" not in done.stdout
