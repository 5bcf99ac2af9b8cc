"""The benchmark measures what it says: every row has a baseline, and both sides answer one question alike.

No duration is judged here; a test cannot know how busy its machine is.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks import data, further, searching
from tests.benchmarks.__main__ import main
from tests.benchmarks.measuring import Disagreement, agree
from tests.benchmarks.network import CLOSE, MEMBER
from tests.benchmarks.plain import Answer
from tests.benchmarks.searching import ALL, ANONYMOUS
from tests.benchmarks.targets import TARGETS, with_targets
from tests.benchmarks.timing import Figures, Row

QUESTIONS = 9
SEARCHES = {"search in the process: count", "search in the process: counts, facets and first page"}
HTTP, COLD = "search over HTTP, first page", "first search of a new viewer"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Row], Path]:
    folder = tmp_path_factory.mktemp("benchmark")
    record = folder / "record.md"
    kept = ["--data", str(folder / "kept"), "--out", str(record)]
    return main(["--factories", "60", "--seed", "4", "--budget", "0", "--processes", "1", *kept]), record


def test_every_row_has_a_baseline_and_a_ratio(run: tuple[list[Row], Path]) -> None:
    rows, _ = run
    count = {group: sum(row.group == group for row in rows) for group in {row.group for row in rows}}
    assert count == {
        **dict.fromkeys(SEARCHES, QUESTIONS * 4),
        HTTP: QUESTIONS * 3,
        "search over HTTP, beside a route that notes too": QUESTIONS * 3,
        "search over HTTP, beside bare bytes": QUESTIONS * 3,
        "search over HTTP, with the response floor": QUESTIONS * 3,
        COLD: 3,
        "other doors over HTTP": 12,
        further.DEEP: 4,
        further.KEPT: 3,
        "keeping a node": 7,
        "index": 2,
        "policies": 5,
        "proof": 3,
        "write": 3,
    }
    for row in rows:
        assert row.baseline, row.name
        assert row.measured.values, row.name
        assert row.base.median > 0, row.name
        assert row.measured.unit == row.base.unit, row.name


def test_who_sees_everything_gets_the_answers_of_the_baseline(run: tuple[list[Row], Path]) -> None:
    rows, _ = run
    compared = [row for row in rows if row.group in SEARCHES and row.answers is not None]
    assert [row.viewer for row in compared] == [ALL] * (2 * QUESTIONS)
    for row in compared:
        assert row.answers is not None
        assert row.answers[0] == row.answers[1], row.name
    whole = [row.answers[0] for row in compared if row.answers is not None and isinstance(row.answers[0], Answer)]
    assert len(whole) == QUESTIONS
    assert min(answer.records for answer in whole) > 0, "a question that finds nothing compares nothing"


def test_both_applications_send_the_same_page(run: tuple[list[Row], Path]) -> None:
    rows, _ = run
    pages = [row for row in rows if row.group == HTTP]
    assert {row.viewer for row in pages} == {ANONYMOUS, MEMBER, CLOSE}
    for row in pages:
        assert row.answers is not None
        assert row.answers[0] == row.answers[1], row.name


def test_the_viewers_see_different_worlds(run: tuple[list[Row], Path]) -> None:
    rows, _ = run
    found = {}
    for row in rows:
        if row.group == HTTP and row.answers is not None and row.name == "number at most":
            page = row.answers[0]
            assert isinstance(page, dict)
            found[row.viewer] = page["capabilities"]
    assert found[ANONYMOUS] < found[MEMBER] < found[CLOSE], "policies that change nothing measure nothing"


def test_the_record_says_how_to_repeat_it(run: tuple[list[Row], Path]) -> None:
    rows, record = run
    text = record.read_text(encoding="utf-8")
    assert "python -m tests.benchmarks --factories 60 --seed 4" in text
    assert text.count("\n| ") == len(rows) + 2 * len({row.group for row in rows}) + 2 + len(TARGETS)
    assert "not measured" not in text
    assert with_targets(text) == text
    assert "cores" in text
    assert "load of the machine" in text


def test_a_wrong_answer_stops_the_run() -> None:
    one = Figures(values=(1.0,))
    row = Row(group="search", name="x", viewer=ALL, measured=one, baseline="y", base=one, answers=(3, 4))
    with pytest.raises(Disagreement):
        agree([row])


def test_a_kept_network_is_used_again_and_not_changed(run: tuple[list[Row], Path]) -> None:
    _, record = run
    kept = record.parent / "kept"
    before = (kept / "60-4" / "node.db").read_bytes()
    with data.opened(data.SQLITE, 60, 4, kept, lambda *_: None, processes=1) as again:
        assert again.reused
        again.network.world.organization("newcomer")
        assert len(list(searching.states(again.network))) == 60
    assert (kept / "60-4" / "node.db").read_bytes() == before
    assert [each.name for each in kept.iterdir()] == ["60-4"], "a run leaves nothing but what is kept"
