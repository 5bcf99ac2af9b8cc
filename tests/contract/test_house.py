"""The house rules that a reader would otherwise have to check by eye."""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import tokenize
from dataclasses import fields
from pathlib import Path

import pytest

from api.settings import PREFIX, Settings, as_markdown
from tests.contract.tree import PACKAGES, shown, sources, tree
from tests.shared_material import ROOT

MEDIAN_MAX, LINES_MAX = 150, 400
LONGER: dict[str, str] = {}
"""File -> why it is one room in spite of its size."""

TOP = {
    ".ci", ".git", ".gitignore", ".importlinter", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "NOTICE", "README.md",
    "SECURITY.md", "api", "docs", "network", "policies", "pyproject.toml", "sharing", "tests", "trust", "wsgi.py",
}  # fmt: skip
NOT_OURS = {".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache", "__pycache__", ".venv",
            "venv", "build", "dist", "guildnet.egg-info", ".coverage", "guildnet-demo"}  # fmt: skip

UNFINISHED = ("TODO", "FIXME", "XXX", "HACK")
EMPTY_NAMES = {"utils", "helpers", "manager", "common", "misc"}


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_files_are_rooms() -> None:
    sizes = {shown(path): lines(path) for path in sources()}
    assert {name: size for name, size in sizes.items() if size > LINES_MAX and name not in LONGER} == {}
    assert statistics.median(sizes.values()) <= MEDIAN_MAX
    assert [name for name in LONGER if sizes.get(name, 0) <= LINES_MAX] == [], "an exception that is not needed any more"


def test_files_of_tests_are_rooms_too() -> None:
    assert {shown(path): size for path in sources("tests") if (size := lines(path)) > LINES_MAX} == {}


def test_the_top_of_the_project_holds_what_the_design_says() -> None:
    there = {path.name for path in ROOT.iterdir()} - NOT_OURS
    assert {name for name in there - TOP if not name.endswith((".db", ".db-wal", ".db-shm"))} == set()


@pytest.mark.parametrize("path", sources(), ids=shown)
def test_nothing_is_left_unfinished(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    comments = [
        token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT
    ]
    assert [comment for comment in comments if any(word in comment for word in UNFINISHED)] == []


@pytest.mark.parametrize("path", sources(), ids=shown)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    body = tree(path).body
    assert not body or isinstance(getattr(getattr(body[0], "value", None), "value", None), str)


def test_no_room_has_an_empty_name() -> None:
    parts = {part for path in sources() for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & EMPTY_NAMES == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_has_an_inside(package: str) -> None:
    assert (ROOT / package / "__init__.py").is_file()


def test_every_setting_has_a_default_a_unit_and_a_sentence() -> None:
    for item in fields(Settings):
        assert item.metadata["unit"], item.name
        assert item.metadata["doc"].endswith("."), item.name
        assert isinstance(getattr(Settings(), item.name), str | int | bool), item.name


def test_every_setting_is_used_outside_of_the_table() -> None:
    program = "\n".join(path.read_text(encoding="utf-8") for path in sources("api") if shown(path) != "api/settings.py")
    program += (ROOT / "wsgi.py").read_text(encoding="utf-8")
    assert [item.name for item in fields(Settings) if f".{item.name}" not in program] == []


def test_the_page_about_settings_is_up_to_date() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == as_markdown()
    assert all(PREFIX + item.name.upper() in page for item in fields(Settings))


def test_the_environment_is_read_in_one_place() -> None:
    readers = [shown(path) for path in sources() if "os.environ" in path.read_text(encoding="utf-8") and path.name != "wsgi.py"]
    assert [name for name in readers if not name.startswith("api/cli/")] == []


@pytest.mark.slow
@pytest.mark.parametrize("check", [("mypy", "--strict"), ("ruff", "check", "."), ("ruff", "format", "--check", ".")])
def test_types_and_style_hold(check: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", *check]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
