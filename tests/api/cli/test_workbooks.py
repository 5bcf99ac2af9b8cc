"""A real machine shop fills the template and is published; dry runs, errors, exports and pairs by command."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.api.cli.conftest import Shell
from tests.shared_material import shared
from tests.sharing.exchange.books import FACTORIES, FULL, book

# What a person reads in the real profile, and what they write or choose from the list in the template.
MACHINES = {"CNC turning centre": "CNC turning", "drilling": "Drilling machine", "tapping": "Drilling machine"}
INSTRUMENTS = {
    "Digital vernier caliper": "Micrometers and calipers",
    "External micrometer": "Micrometers and calipers",
    "Depth micrometer": "Micrometers and calipers",
    "Profile projector": "Profile projector",
}
PROCESSES = {"Turning": "Turning", "Drilling or countersinking or reaming": "Drilling"}
MATERIALS = {"mild steel": "Steel", "steel": "Steel", "brass": "brass", "aluminium": "aluminium"}


class Filling:
    """A person at the template: finds a column by its heading, writes below the example, and counts the cells."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._book: Workbook = load_workbook(path)
        self.cells = 0

    def row(self, sheet: str, at: int, **values: object) -> None:
        """Values by the first words of their headings, with _ for blanks."""
        page = self._book[sheet]
        headings = [str(cell.value) for cell in page[1]]
        for heading, value in values.items():
            wanted = heading.replace("_", " ").lower()
            column = next(place for place, name in enumerate(headings, start=1) if name.lower().startswith(wanted))
            page.cell(row=2 + at, column=column, value=value)
            self.cells += 1

    def save(self) -> None:
        self._book.save(self._path)


def test_the_real_machine_shop_enters_through_the_template_and_is_published(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    real = json.loads(shared("data/machine_shop_profile_real.json").read_text(encoding="utf-8"))
    commands: list[tuple[str, ...]] = []

    def run(*arguments: str) -> Any:
        commands.append(arguments)
        return shell.json(*arguments)

    path = shell.folder / "shop.xlsx"
    commands.append(("template", str(path)))
    shell.run("template", str(path))
    shop = Filling(path)
    instruments = sorted({INSTRUMENTS[each] for each in real["inspection_equipment"] if each in INSTRUMENTS})
    shop.row(
        "Factories",
        1,
        legal_name=real["legal_name"],
        country="India",
        established=real["established_year"],
        people=real["headcount_total"],
        inspection="\n".join(instruments),
    )
    families = list(dict.fromkeys(MATERIALS[each] for each in real["materials"]))
    rows = [(PROCESSES[process["label"]], family) for process in real["processes"] for family in families]
    for at, (process, family) in enumerate(rows, start=1):
        shop.row("Capabilities", at, process=process, material_family=family)
    machines = [each for each in real["machines"] if each["class"] in MACHINES]
    for at, each in enumerate(machines, start=1):
        named = {"model": each["make_model"]} if "make_model" in each else {}
        shop.row("Machines", at, machine_class=MACHINES[each["class"]], how_many=each["count"], **named)
    (certificate,) = real["certificates"]
    scope = "Turned and drilled components"
    shop.row("Certificates", 1, certificate=certificate["standard"], issued_by=certificate["issuer"], scope=scope)
    shop.save()

    trial = run("import", str(path), "--org", "an-phat", "--dry-run")
    assert trial["errors"] == []
    row = str(trial["factories"][0]["row"])
    publish = ("import", str(path), "--org", "an-phat", "--publish", "--rows", row)
    asked = run(*publish)
    assert asked["published"] is None
    done = run(*publish, "--confirm", asked["preview"]["digest"])
    assert len(done["published"]) == 1
    public = asked["preview"]["items"][0]["public"]
    assert public["legal_name"]["value"] == {"und": real["legal_name"]}
    processes = {each["process"]["value"] for each in public["capability"].values()}
    assert processes == {each["din8580"] for each in real["processes"]}
    with capsys.disabled():
        print(f"\nreal machine shop: {len(commands)} commands, {shop.cells} cells")
    assert len(commands) <= 10


def test_a_shop_that_says_three_things_is_published_as_well(shell: Shell) -> None:
    path = shell.folder / "small.xlsx"
    shell.run("template", str(path), "--language", "vi")
    shop = Filling(path)
    shop.row("Nhà máy", 1, tên_pháp_lý="Cơ khí Hai", quốc_gia="Việt Nam")
    shop.row("Năng lực gia công", 1, công_nghệ="Tiện")
    shop.save()
    publish = ("import", str(path), "--org", "an-phat", "--publish", "--rows", "3")
    digest = shell.json(*publish)["preview"]["digest"]
    assert len(shell.json(*publish, "--confirm", digest)["published"]) == 1
    assert shop.cells == 3


def test_a_dry_run_says_exactly_what_the_real_run_then_does(shell: Shell) -> None:
    rows = (("Factory", "Process", "Runs on"), ("F1", "Turning", "Nope"), ("F2", "=1", None), ("Nobody", "Turning", None))
    path = shell.folder / "book.xlsx"
    path.write_bytes(book({"Factories": FACTORIES, "Capabilities": rows}))
    trial = shell.json("import", str(path), "--org", "an-phat", "--dry-run", code=1)
    real = shell.json("import", str(path), "--org", "an-phat", code=1)
    codes = [(each["sheet"], each["cell"], each["code"]) for each in real["errors"]]
    assert codes == [
        ("Capabilities", "B3", "formula"),
        ("Capabilities", "C2", "unknown_reference"),
        ("Capabilities", "A4", "factory_unknown"),
    ]
    for each in (*trial["factories"], *real["factories"]):
        each.pop("factory")
    assert {**trial, "dry_run": False} == real


def test_the_error_workbook_is_the_upload_with_comments(shell: Shell) -> None:
    rows = (("Factory", "Process"), ("F1", "=1"), ("F1", "Turning"))
    path, errors = shell.folder / "book.xlsx", shell.folder / "errors.xlsx"
    path.write_bytes(book({"Factories": FACTORIES, "Capabilities": rows}))
    shell.run("import", str(path), "--org", "an-phat", "--errors", str(errors), code=1)
    found = load_workbook(errors)
    assert found.sheetnames == ["Problems", "Factories", "Capabilities"]
    assert "formula" in found["Capabilities"]["B2"].comment.text
    listing = shell.file("list.csv", "name,country\nA,Atlantis\nB,VN\n")
    shell.run("import", listing, "--org", "an-phat", "--errors", str(errors), code=1)
    found = load_workbook(errors)
    assert "Atlantis" in found["Factories"]["B2"].comment.text
    assert found["Factories"]["A3"].value == "B"


def test_lists_of_capabilities_and_hours_find_factories_that_were_imported_before(shell: Shell) -> None:
    path = shell.folder / "book.xlsx"
    path.write_bytes(book(FULL))
    shell.run("import", str(path), "--org", "an-phat")
    hours = shell.file("hours.csv", "reference,capacity group,week,hours\nF1,CNC,2026-W50,12\nF1,CNC,2026-W51,0\n")
    first = shell.json("import", hours, "--org", "an-phat")
    assert [each["outcome"] for each in first["factories"]] == ["changed"]
    assert [each["outcome"] for each in shell.json("import", hours, "--org", "an-phat")["factories"]] == ["unchanged"]
    own = shell.path("own.json")
    shell.run("export", "own", "--org", "an-phat", "--format", "json", "--out", own)
    profiles = [each["profile"] for each in json.loads(Path(own).read_text(encoding="utf-8"))["factories"]]
    (group,) = next(each["capacity_groups"] for each in profiles if "capacity_groups" in each)
    assert group["spare_hours"] == {"2026-W48": "20", "2026-W49": "40", "2026-W50": "12", "2026-W51": "0"}
    nobody = shell.file("nobody.csv", "reference,capacity group,week,hours\nF9,CNC,2026-W50,12\n")
    assert shell.json("import", nobody, "--org", "an-phat", code=1)["errors"][0]["code"] == "factory_unknown"
    machines = shell.file("machines.csv", "a,b\nF1,Lathe\n")
    assert "mapping_incomplete" in shell.run("import", machines, "--org", "an-phat", "--as", "machines", code=1).stderr


def test_pairs_are_decided_by_command_and_everything_own_is_written(shell: Shell) -> None:
    for at in (1, 2):
        shell.run("import", shell.file("list.csv", f"name,country,address\nTwin,VN,{at} Le Loi\n"), "--org", "an-phat")
    (pair,) = shell.json("duplicates", "list", "--org", "an-phat")
    assert "Twin" in shell.run("duplicates", "list", "--org", "an-phat").stdout
    keep = pair["second"]["factory"]
    assert shell.json("duplicates", "merge", pair["id"], "--org", "an-phat", "--keep", keep)["kept"] == keep
    assert shell.json("duplicates", "undo", pair["id"], "--org", "an-phat")["state"] == "open"
    assert shell.json("duplicates", "apart", pair["id"], "--org", "an-phat")["state"] == "apart"
    assert shell.json("duplicates", "list", "--org", "an-phat") == []
    assert shell.json("duplicates", "find", "--org", "an-phat") == {"open": 0}
    assert len(shell.json("duplicates", "list", "--org", "an-phat", "--all")) == 1
    shell.run("export", "own", "--org", "an-phat", "--format", "csv", "--out", shell.path("own.zip"))
    with zipfile.ZipFile(shell.path("own.zip")) as archive:
        assert "factories.csv" in archive.namelist()
    shell.run("export", "own", "--org", "an-phat", "--format", "xlsx", "--out", shell.path("own.xlsx"))
    again = shell.json("import", shell.path("own.xlsx"), "--org", "an-phat")
    assert {each["outcome"] for each in again["factories"]} == {"unchanged"}
    assert load_workbook(io.BytesIO(Path(shell.path("own.xlsx")).read_bytes()))["Factories"].max_row == 3


def test_a_workbook_of_300_megabytes_is_refused_from_its_size(shell: Shell) -> None:
    with Path(shell.path("big.xlsx")).open("wb") as stream:
        stream.truncate(300_000_000)
    assert "source_too_large" in shell.run("import", shell.path("big.xlsx"), "--org", "an-phat", code=1).stderr
