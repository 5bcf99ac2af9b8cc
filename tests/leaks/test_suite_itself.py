"""What the suite must not do: share code with what it judges, or forgive more than one list says."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.leaks import replacements

HERE = Path(__file__).parent


def imported(file: Path) -> set[str]:
    """The modules that a file imports, whatever the place of the import."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


def test_the_reference_engine_imports_nothing_of_ours() -> None:
    for file, known in (("reference.py", set()), ("suggesting.py", {"tests.leaks.reference"})):
        assert {each for each in imported(HERE / file) if each.partition(".")[0] not in sys.stdlib_module_names} == known


def test_the_reference_answers_import_neither_search_nor_policies_nor_projections() -> None:
    ours = {each for each in imported(HERE / "answers.py") if each.partition(".")[0] not in sys.stdlib_module_names}
    assert ours == {"tests.leaks", "tests.leaks.reference", "tests.leaks.replacements", "trust"}
    assert not {each for each in imported(HERE / "replacements.py") if each.startswith(("sharing", "policies", "api"))}


def test_the_view_is_made_by_the_reference_evaluator_and_no_service() -> None:
    banned = ("sharing.search", "sharing.viewers", "sharing.views", "sharing.seeing", "sharing.parties", "sharing.attestations")
    assert not {each for each in imported(HERE / "viewing.py") if each.startswith(banned)}
    text = (HERE / "viewing.py").read_text(encoding="utf-8")
    assert "decide_compiled" not in text
    assert "from policies import Viewer, decide\n" in text


def test_the_replacements_are_exactly_those_that_were_agreed() -> None:
    assert dict(replacements.REPLACED) == {
        "header": ("Date", "X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
        "claim": ("jti",),
        "cursor": ("next",),
    }


@pytest.mark.parametrize("file", sorted(HERE.glob("*.py")), ids=lambda file: file.name)
def test_only_the_tally_the_writer_and_the_timing_read_a_clock_or_chance(file: Path) -> None:
    if file.name not in {"tally.py", "test_timing.py", "test_writer.py"}:
        assert not imported(file) & {"time", "random", "secrets", "uuid"}
