"""The wheel holds the five packages and nothing else, and works where the project is not."""

from __future__ import annotations

import json
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.contract.tree import PACKAGES
from tests.packaging.copies import bare_python, clean_copy, run
from tests.packaging.pages import under
from tests.shared_material import ROOT

READ_AT_RUN_TIME = {
    "api/migrations/env.py",
    "api/migrations/script.py.mako",
    "sharing/catalogue/processes.json",
}
LOAD_EVERYTHING = """
import importlib, pkgutil, sys
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if module.name != "api.migrations.env":  # only Alembic loads it, with a connection in its context
            print(importlib.import_module(module.name).__file__)
"""
READY = "import wsgi; print(wsgi.app.test_client().get('/readyz').status_code, wsgi.__file__)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An environment that has the wheel, and a folder elsewhere to work in."""

    scripts: Path
    elsewhere: Path

    def python(self, *arguments: str, **added: str) -> str:
        return run([str(self.scripts / "python"), *arguments], self.elsewhere, **added).stdout

    def guildnet(self, *arguments: str, code: int = 0) -> str:
        command = [str(self.scripts / "guildnet"), *arguments]
        return run(command, self.elsewhere, code=code, TMPDIR=str(self.elsewhere)).stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = tmp_path_factory.mktemp("checkout")
    return folder, clean_copy(folder)


@pytest.fixture(scope="module")
def wheel(checkout: tuple[Path, list[str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)], checkout[0])
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module", params=["borrowed", pytest.param("fresh", marks=pytest.mark.slow)])
def installed(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """With the dependencies of the running environment, or in an empty one with those that the index has today."""
    place = tmp_path_factory.mktemp("installed")
    scripts = place / "venv" / "bin"
    if request.param == "fresh":
        run([sys.executable, "-m", "venv", str(place / "venv")], place)
        run([str(scripts / "python"), "-m", "pip", "install", str(wheel)], place)
    else:
        run([sys.executable, "-m", "venv", "--without-pip", str(place / "venv")], place)
        pip = [sys.executable, "-m", "pip", "--python", str(scripts / "python")]
        run([*pip, "install", "--no-deps", "--no-index", str(wheel)], place)
        # A folder named in a .pth comes last, and the .pth files inside it (an editable install of ours) are not read.
        (site,) = (place / "venv").glob("lib/python3*/site-packages")
        lines = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
        (site / "borrowed.pth").write_text("\n".join(sorted(lines)) + "\n", encoding="utf-8")
    (place / "elsewhere").mkdir()
    return Installed(scripts=scripts, elsewhere=place / "elsewhere")


@pytest.fixture(scope="module")
def told(installed: Installed) -> Any:
    """What the demonstration said."""
    return json.loads(installed.guildnet("demo", "--no-serve", "--json"))


def test_it_holds_every_file_of_the_five_packages_and_nothing_else(wheel: Path, checkout: tuple[Path, list[str]]) -> None:
    inside = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {name for name in checkout[1] if name.partition("/")[0] in PACKAGES}
    assert inside == ours | {"wsgi.py"}


def test_what_is_read_at_run_time_is_inside(wheel: Path) -> None:
    inside = set(ZipFile(wheel).namelist())
    assert inside >= READ_AT_RUN_TIME
    assert {f"{package}/py.typed" for package in PACKAGES} <= inside
    assert [name for name in inside if name.startswith("api/migrations/versions/0")]
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in inside)


def test_every_module_loads_from_where_it_was_installed(installed: Installed) -> None:
    files = installed.python("-c", LOAD_EVERYTHING, *PACKAGES).split()
    assert len(files) > 100
    assert [file for file in files if not file.startswith(str(installed.scripts.parent))] == []


def test_the_demonstration_runs_in_another_directory(told: Any, installed: Installed) -> None:
    assert {"verified_current", "changed_since", "withdrawn", "not_attested"} == set(told["verdicts"])
    assert len(told["chapters"]) == 9
    assert Path(told["folder"]).parent == installed.elsewhere
    assert set(told["factories"]) == {"kinh-bac", "thang-long", "hai-cang"}


def test_a_bundle_is_verified_in_another_directory(told: Any, installed: Installed) -> None:
    anchors = [word for anchor in told["anchors"] for word in ("--anchor", anchor)]
    report = json.loads(installed.guildnet("verify", told["bundle"], "--development", *anchors, "--json", code=1))
    assert report["holds"] is False, "a value was withdrawn"
    verdicts = [field["verdict"] for field in report["fields"]]
    assert {verdict: verdicts.count(verdict) for verdict in set(verdicts)} == told["verdicts"]
    installed.guildnet("verify", told["bundle"], "--development", code=2)
    damaged = installed.elsewhere / "damaged.json"
    damaged.write_bytes(Path(told["bundle"]).read_bytes()[:-1])
    installed.guildnet("verify", str(damaged), "--development", *anchors, code=3)


def test_a_wsgi_server_finds_the_application(told: Any, installed: Installed) -> None:
    folder = told["folder"]
    settings = {"GUILDNET_DATABASE_URL": f"sqlite:///{folder}/guildnet.db", "GUILDNET_KEK_FILE": f"{folder}/guildnet.kek"}
    answer = installed.python("-c", READY, **settings, GUILDNET_DEVELOPMENT="true", GUILDNET_LOG_LEVEL="ERROR")
    status, file = answer.split()[-2:]
    assert status == "200"
    assert file.startswith(str(installed.scripts.parent))


@pytest.mark.slow
def test_the_first_command_of_the_readme_works_in_a_clean_copy(tmp_path: Path) -> None:
    clean_copy(tmp_path / "guildnet")
    path = f"{bare_python(tmp_path / 'bin')}:/usr/bin:/bin"
    command = under(ROOT / "README.md", "Try it") + " --no-serve --json >told.json"
    run(["sh", "-c", command], tmp_path / "guildnet", PATH=path, TMPDIR=str(tmp_path))
    told = json.loads((tmp_path / "guildnet" / "told.json").read_text(encoding="utf-8"))
    assert told["verdicts"]["verified_current"] > 0
