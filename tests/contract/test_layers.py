"""Who may import whom, and what the two pure packages may not touch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.tree import PACKAGES, imports, package_of, shown, sources, tree
from tests.shared_material import ROOT

ALLOWED = {
    "trust": {"trust"},
    "policies": {"policies"},
    "network": {"network", "trust"},
    "sharing": {"sharing", "network", "policies", "trust"},
    "api": {"api", "sharing", "network", "policies", "trust"},
    "wsgi": {"api"},
}

HTTP = {"flask", "flask_smorest", "flask_limiter", "werkzeug", "webargs", "marshmallow", "apispec"}

IMPURE_MODULES = {
    "asyncio", "builtins", "ctypes", "fcntl", "getpass", "glob", "http", "importlib", "io", "logging", "mmap",
    "multiprocessing", "os", "pathlib", "platform", "random", "secrets", "select", "shutil", "signal", "socket", "sqlite3",
    "ssl", "structlog", "subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid",
    "flask", "httpx", "requests", "sqlalchemy", "psycopg", "alembic", "click", "rich",
}  # fmt: skip
"""Input, output, clocks, chance, the environment. `urllib.parse` and `importlib.resources` are looked at below."""

PURE_PARTS = {"urllib.parse", "importlib.resources"}
"""Of impure modules: splitting a text into the parts of a URL, and data files of the package itself (pinned contexts)."""

IMPURE_CALLS = {"open", "input", "print", "exec", "eval", "compile", "__import__", "breakpoint"}
IMPURE_ATTRIBUTES = {
    ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"),
    ("Ed25519PrivateKey", "generate"), ("AESGCM", "generate_key"), ("os", "urandom"),
}  # fmt: skip


@pytest.mark.parametrize("path", sources(), ids=shown)
def test_imports_point_inward(path: Path) -> None:
    ours = {*PACKAGES, "wsgi"}
    allowed = ALLOWED[package_of(path)]
    outward = [
        f"{shown(path)}:{line} imports {module}"
        for line, module in imports(path)
        if (top := module.split(".")[0]) in ours and top not in allowed
    ]
    assert outward == []


@pytest.mark.parametrize("path", sources("trust", "policies", "network", "sharing"), ids=shown)
def test_only_api_knows_http(path: Path) -> None:
    known = {"marshmallow"} if package_of(path) == "policies" else set()
    found = [(line, module) for line, module in imports(path) if module.split(".")[0] in HTTP - known]
    assert found == []


@pytest.mark.parametrize("path", sources("trust", "policies"), ids=shown)
def test_the_pure_packages_import_no_input_output_clock_or_chance(path: Path) -> None:
    found = [
        f"{shown(path)}:{line} imports {module}"
        for line, module in imports(path)
        if module.split(".")[0] in IMPURE_MODULES and ".".join(module.split(".")[:2]) not in PURE_PARTS
    ]
    assert found == []


@pytest.mark.parametrize("path", sources("trust", "policies"), ids=shown)
def test_the_pure_packages_call_no_input_output_clock_or_chance(path: Path) -> None:
    assert [f"{shown(path)}:{line} {what}" for line, what in impure_calls(tree(path))] == []


def impure_calls(module: ast.Module) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and node.id in IMPURE_CALLS:
            found.append((node.lineno, node.id))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if (owner, node.attr) in IMPURE_ATTRIBUTES:
                found.append((node.lineno, f"{owner}.{node.attr}"))
    return found


def test_the_look_for_impure_calls_finds_them() -> None:
    planted = ast.parse("import datetime\nx = datetime.datetime.now()\ny = open('f')\nz = date.today")
    assert sorted(impure_calls(planted)) == [(2, "datetime.now"), (3, "open"), (4, "date.today")]


def test_the_clock_and_chance_of_the_system_are_read_in_api_alone() -> None:
    calls = [
        f"{shown(path)}:{line} {what}"
        for path in sources("network", "sharing")
        for line, what in impure_calls(tree(path))
        if what in {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "os.urandom"}
    ]
    modules = [
        f"{shown(path)}:{line} {module}"
        for path in sources("network", "sharing")
        for line, module in imports(path)
        # A generator made from a seed that was passed in is not chance.
        if module.split(".")[0] in {"random", "secrets", "uuid"} and module != "random.Random"
    ]
    assert calls + modules == []


def test_import_linter_agrees() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--config", str(ROOT / ".importlinter"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
