"""Lists as long as a list may be, by the command: the dry run is the real run, the second run changes nothing, and the
memory of the process stays bounded."""

from __future__ import annotations

import csv
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from tests.long.portions import Portion

MOST_MIB = 1_000
SCRIPT = "import sys; from api.cli import main; main(sys.argv[1:])"
PERCENT = re.compile(r"(\d{1,3})%")
HEADER = ("Own reference", "Name", "Country", "Address", "Phone", "Founded")
Row = Sequence[object]


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One call of the command: what it said, the steps its bar showed, and its largest resident size."""

    code: int
    out: str
    steps: int
    mib: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Commands:
    """The command line over a node of this test's own."""

    folder: Path

    def __call__(self, *arguments: str) -> Ran:
        """Run it as a person does: standard error is a terminal, so there is a bar."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GUILDNET_")},
            "GUILDNET_DATABASE_URL": f"sqlite:///{self.folder / 'node.db'}",
            "GUILDNET_KEK_FILE": str(self.folder / "kek"),
            "TERM": "xterm",
        }
        near, far = os.openpty()
        begun, shown = time.monotonic(), bytearray()
        with (self.folder / "out").open("w+b") as out:
            process = subprocess.Popen(
                [sys.executable, "-c", SCRIPT, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=far, env=environment
            )
            os.close(far)
            reader = threading.Thread(target=_read_all, args=(near, shown), daemon=True)
            reader.start()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            reader.join(10)
            os.close(near)
            out.seek(0)
            said = out.read().decode()
        told = shown.decode("utf-8", "replace")
        assert "Traceback" not in told, told
        return Ran(
            code=process.returncode,
            out=said,
            steps=len(set(PERCENT.findall(told))),
            mib=usage.ru_maxrss // 1024,
            seconds=time.monotonic() - begun,
        )


def _read_all(descriptor: int, into: bytearray) -> None:
    try:
        while data := os.read(descriptor, 65_536):
            into += data
    except OSError:
        return  # EIO: nobody holds the other end any more


def factories(count: int, rng: random.Random) -> Iterator[Row]:
    """Rows of which some repeat an earlier one, name no country that there is, or hold a formula."""
    for at in range(count):
        country = "Atlantis" if rng.random() < 1 / 500 else "VN"
        address = "=HYPERLINK(1)" if rng.random() < 1 / 500 else f"{at} Lê Lợi"
        yield (f"F{at}", f"Cơ khí {at}", country, address, f"028 {at:07d}", 1990 + at % 30)
        if rng.random() < 1 / 300:
            yield (f"F{at}", f"Cơ khí {at}", country, address, f"028 {at:07d}", 1990 + at % 30)


def at_most(count: int, rows: Iterator[Row]) -> Iterator[Row]:
    return (row for _, row in zip(range(count), rows, strict=False))


def listed(path: Path, count: int, rng: random.Random) -> None:
    """A CSV list of factories."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([HEADER, *at_most(count, factories(count, rng))])


def workbook(path: Path, count: int, rng: random.Random) -> None:
    """A workbook: a fifth factories, two fifths capabilities, two fifths weekly hours."""
    own, children = count // 5, count * 2 // 5
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Factories")
    for row in (HEADER, *at_most(own, factories(own, rng))):
        sheet.append(list(row))
    sheet = book.create_sheet("Capabilities")
    sheet.append(["Factory", "Process", "Runs on", "Tolerance"])
    for at in range(children):
        tolerance: object = "about 5" if rng.random() < 1 / 500 else "0,01 mm" if at % 3 else 5 + at % 40
        sheet.append([f"F{at // 2}", ("Turning", "3.2.2")[at % 2], "CNC", tolerance])
    sheet = book.create_sheet("Weekly capacity")
    sheet.append(["Factory", "Capacity group", "Week", "Hours"])
    for at in range(children):
        hours: object = -1 if rng.random() < 1 / 500 else at % 120
        sheet.append([f"F{at // 2}", "CNC", f"2026-W{48 + at % 2}", hours])
    book.save(path)


MAKERS: dict[str, Callable[[Path, int, random.Random], None]] = {"csv": listed, "xlsx": workbook}


def comparable(told: str) -> dict[str, Any]:
    """A report without what a dry run cannot know: that it was one, and the ids of what it would have made."""
    report: dict[str, Any] = json.loads(told)
    del report["dry_run"]
    for each in report["factories"]:
        if each["outcome"] == "created":
            each["factory"] = None
    return report


@pytest.mark.long("imports")
@pytest.mark.parametrize("form", MAKERS)
def test_a_long_list_is_imported_as_its_dry_run_said_within_bounded_memory(form: str, portion: Portion, tmp_path: Path) -> None:
    path, guildnet = tmp_path / f"list.{form}", Commands(folder=tmp_path)
    MAKERS[form](path, portion.count, random.Random(f"{form}/{portion.seed}/{portion.numbers.start}"))
    assert guildnet("init", "--origin", "https://node.example").code == 0
    assert guildnet("org", "add", "one", "--name", "One", "--role", "supplier", "--country", "VN").code == 0

    call = ("import", str(path), "--org", "one", "--json")
    trial = guildnet(*call, "--dry-run")
    portion.step(portion.count // 3)
    real = guildnet(*call)
    portion.step(portion.count * 2 // 3)
    assert comparable(trial.out) == comparable(real.out)
    assert trial.code == real.code == 1, "rows with errors are reported while the others load"
    report = json.loads(real.out)
    assert report["rows"] == portion.count
    assert report["errors"]
    assert report["repeats"]
    outcomes = report["outcomes"]
    assert outcomes == {**dict.fromkeys(outcomes, 0), "created": report["drafts"]}

    again = guildnet(*call)
    repeated = json.loads(again.out)
    assert repeated["outcomes"] == {**dict.fromkeys(outcomes, 0), "unchanged": report["drafts"]}
    assert repeated["errors"] == report["errors"]
    portion.step(portion.count)

    for ran in (trial, real, again):
        assert ran.mib < MOST_MIB
        assert ran.steps > min(3, portion.count // 20_000), "somebody who waits sees how far it is"
    took = ", ".join(f"{ran.seconds:.0f} s and {ran.mib} MiB" for ran in (trial, real, again))
    portion.note(
        f"{form}: {portion.count:,} rows in {path.stat().st_size / 1e6:.1f} MB, {report['drafts']:,} factories, "
        f"{report['error_rows']} rows with errors, {len(report['repeats'])} repeats; dry run, real run, again: {took}"
    )
