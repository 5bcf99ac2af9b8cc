"""A node of its own for each test, made by the command line itself, and a way to call commands."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from api.container import Container, build
from api.settings import Settings

ORIGIN = "https://registry.example.org"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """Calls `guildnet` in a folder; the environment is that of the test."""

    folder: Path

    def run(self, *arguments: str, code: int = 0) -> Result:
        """One command, which must end with `code`."""
        result = CliRunner().invoke(main, arguments, prog_name="guildnet", catch_exceptions=False)
        assert result.exit_code == code, f"{arguments}: {result.exit_code}\n{result.stdout}\n{result.stderr}"
        return result

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What one command writes with `--json`."""
        return json.loads(self.run(*arguments, "--json", code=code).stdout)

    def file(self, name: str, text: str) -> str:
        """A file in the folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def path(self, name: str) -> str:
        """The path of a file in the folder."""
        return str(self.folder / name)

    def container(self) -> Container:
        """The same node, for what the command line has no command for."""
        return build(Settings.from_env(os.environ))


EnterFolder = Callable[[Path], Shell]


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> EnterFolder:
    """Point the settings at a folder."""

    def into(folder: Path) -> Shell:
        for variable in [each for each in os.environ if each.startswith("GUILDNET_") and "_TEST_" not in each]:
            if variable != "GUILDNET_SHARED":
                monkeypatch.delenv(variable)
        monkeypatch.setenv("GUILDNET_DATABASE_URL", f"sqlite:///{folder / 'node.db'}")
        monkeypatch.setenv("GUILDNET_KEK_FILE", str(folder / "node.kek"))
        return Shell(folder=folder)

    return into


@pytest.fixture
def empty(tmp_path: Path, enter: EnterFolder) -> Shell:
    """A folder without a node."""
    return enter(tmp_path)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with a supplier and an auditor, for copying."""
    folder = tmp_path_factory.mktemp("node")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUILDNET_DATABASE_URL", f"sqlite:///{folder / 'node.db'}")
        patch.setenv("GUILDNET_KEK_FILE", str(folder / "node.kek"))
        shell = Shell(folder=folder)
        shell.run("init", "--origin", ORIGIN)
        shell.run("org", "add", "an-phat", "--name", "An Phát", "--role", "supplier", "--country", "VN", "--verified", "2")
        shell.run("org", "add", "buyer", "--name", "Buyer", "--role", "buyer", "--country", "DE")
    return folder


@pytest.fixture
def shell(made_once: Path, tmp_path: Path, enter: EnterFolder) -> Shell:
    """A node with the supplier `an-phat` and the buyer `buyer`."""
    for file in made_once.iterdir():
        shutil.copy(file, tmp_path / file.name)
    return enter(tmp_path)
