"""The command, its parts and its record; and that every long test can be run by it."""

from __future__ import annotations

import ast
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from tests.long import record
from tests.long.__main__ import listed, main
from tests.long.portions import Part, parse_part
from tests.long.record import Outcome, Record
from tests.long.registry import LONG
from tests.packaging.copies import environment
from tests.shared_material import ROOT

SUITE = """
import pytest

@pytest.mark.long("imports")
@pytest.mark.parametrize("number", range(100))
def test_case(number):
    assert number >= 0

@pytest.mark.long("imports")
def test_portion(portion):
    print(f"\\nseed {portion.seed} numbers {portion.numbers}")

def test_short():
    pass
"""


def suite(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the small suite with the project's own configuration."""
    file = folder / "tests" / "test_small.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SUITE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-s", "-c"]
    command += [str(ROOT / "pyproject.toml"), f"--rootdir={folder}", *arguments, str(file)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(PYTHONPATH=str(ROOT)), capture_output=True, text=True, timeout=120, check=False
    )
    return done.returncode, done.stdout


def test_the_slow_tier_runs_a_twentieth_with_the_seed_of_the_record(tmp_path: Path) -> None:
    code, said = suite(tmp_path, "-m", "")
    assert (code, "7 passed, 95 deselected" in said) == (0, True), said
    assert f"seed {record.seed('imports')} numbers {range(LONG['imports'].count // 20)}" in said


def test_the_command_runs_every_case_and_number_once_over_its_parts(tmp_path: Path) -> None:
    def asked(part: str, seed: int) -> tuple[set[str], str]:
        options = ("--long", "imports", "--long-seed", str(seed), "--long-count", "50", "--long-part", part)
        code, said = suite(tmp_path, "-m", "long", *options, "-v")
        assert code == 0, said
        return {word for word in said.split() if "::test_case" in word}, said

    (first, said), (second, _) = asked("1/2", 5), asked("2/2", 5)
    assert len(first) == len(second) == 50
    assert not first & second
    assert "seed 5 numbers range(0, 25)" in said


@pytest.mark.parametrize("text", ["", "0/3", "4/3", "1/0", "1", "1/3/4", "x/3", "-1/3"])
def test_a_part_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="3/8"):
        parse_part(text)


@pytest.mark.parametrize(("count", "of"), [(100_000, 8), (7, 20), (547, 6)])
def test_parts_cover_every_number_once(count: int, of: int) -> None:
    numbers = [at for part in range(1, of + 1) for at in Part(number=part, of=of).range(count)]
    assert numbers == list(range(count))


def outcome(part: int, of: int, failed: int = 0) -> Outcome:
    said = [f"failed: tests/x.py::t[{part}]"] * failed + [f"saw {part}"]
    return Outcome(
        part=part, of=of, day=date(2026, 11, 22), commit="abc1234567", passed=3, failed=failed, minutes=1.5, said=said
    )


def recorded(folder: Path, *outcomes: Outcome, seed: int = 4, count: str = "10 rows") -> str:
    record.add(Record(name="imports", what="lists", seed=seed, count=count, outcomes=outcomes, machine="2 cores"), folder)
    return record.place("imports", folder).read_text(encoding="utf-8")


def test_parts_gather_in_one_record_and_another_seed_or_count_begins_anew(tmp_path: Path) -> None:
    assert "2 of 3 parts were not run" in recorded(tmp_path, outcome(2, 3, failed=1))
    recorded(tmp_path, outcome(1, 3))
    text = recorded(tmp_path, outcome(3, 3))
    assert "`python -m tests.long imports --seed 4 --part I/3`" in text
    assert "* result: 9 tests passed, 1 failed, in 4 minutes\n" in text
    found = record.read("imports", tmp_path)
    assert found is not None
    assert found.complete
    assert [each.said for each in found.outcomes] == [["saw 1"], ["failed: tests/x.py::t[2]", "saw 2"], ["saw 3"]]
    assert record.markdown(found) == text
    assert "1 failed" not in recorded(tmp_path, outcome(2, 3)), "a part that was run again takes the place of the first"
    assert "2 of 3" in recorded(tmp_path, outcome(1, 3), seed=5)
    assert "2 of 3" in recorded(tmp_path, outcome(1, 3), seed=5, count="11 rows")
    assert "not run" not in recorded(tmp_path, outcome(1, 1), seed=5, count="11 rows")


def test_without_a_name_it_lists_the_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out == listed()
    assert [line.split()[0] for line in listed().splitlines()] == list(LONG)


def marked() -> list[tuple[str, str]]:
    """(file, name) of every `pytest.mark.long(...)` of the tests; the name is empty where there is none."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "mark.long" not in text:
            continue
        tree = ast.parse(text)
        called = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node) == "pytest.mark.long":
                call = called.get(id(node))
                given = call.args[0].value if call and call.args and isinstance(call.args[0], ast.Constant) else ""
                found.append((path.relative_to(ROOT).as_posix(), str(given)))
    return found


def test_every_long_test_has_a_name_that_runs_it_and_every_name_a_test() -> None:
    places = {name: each.where for name, each in LONG.items()}
    assert [(file, name) for file, name in marked() if not file.startswith(places.get(name, "nowhere"))] == []
    assert {name for _, name in marked()} == set(LONG)


def test_what_was_recorded_was_complete_and_passed() -> None:
    for path in record.EVIDENCE.glob("long-*.md"):
        found = record.read(path.stem.removeprefix("long-"))
        assert found is not None
        assert found.name in LONG
        assert (found.complete, found.failed) == (True, 0), path.name
        assert not any(each.commit.endswith("+") for each in found.outcomes), f"{path.name}: of no commit"
        assert record.markdown(found) == path.read_text(encoding="utf-8")
