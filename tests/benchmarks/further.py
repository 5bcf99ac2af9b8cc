"""What a busy worker meets besides first pages: pages far behind the first, and many viewers whose bitmaps it keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from policies import Viewer
from policies.model import PURPOSES
from sharing.search import Found, Index, Position, Query
from sharing.search.index import VIEWS
from tests.benchmarks.plain import Hit, Plain
from tests.benchmarks.questions import PAGE, Question, questions
from tests.benchmarks.searching import ALL, PLAIN, Eyes
from tests.benchmarks.timing import Row, in_turns

COUNTRIES = ("JP", "KR", "DE", "FR")
DEEP, KEPT = "a page in the middle of all", f"{VIEWS} viewers in turn"


def deep(watching: list[Eyes], plain: Plain, day: date, budget: float) -> list[Row]:
    """The page behind half of the hits: what it costs to begin there is what it costs to begin at all."""
    question = questions(day)[0]
    query = question.query(day)
    rows = []
    for each in watching:
        after = _middle(each, query, day)
        if after is None:
            continue
        begin = partial(_page, each, query, day, after)
        base = partial(plain.page_behind, question, f"{after.tie:016x}")
        measured, beside = in_turns([begin, base], budget)
        answers = (_hits(begin()), base()) if each.name == ALL else None
        rows.append(
            Row(
                group=DEEP,
                name=question.name,
                viewer=each.name,
                measured=measured,
                baseline=f"{PLAIN}, by key",
                base=beside,
                answers=answers,
            )
        )
    return rows


def kept(index: Index, plain: Plain, day: date, budget: float) -> list[Row]:
    """Each time another of as many viewers as an index keeps: counts, facets and the first page."""
    some = [
        Viewer(
            org=f"did:web:node.example:orgs:kept-{at}",
            country=COUNTRIES[at % 4],
            verified=1 + at % 3,
            purpose=PURPOSES[at % 6],
            member=True,
        )
        for at in range(VIEWS)
    ]
    rows = []
    for question in questions(day)[:3]:
        measured, base = in_turns(
            [_turning(index, some, question, day), partial(plain.answer, question, question.query(day))], budget
        )
        rows.append(Row(group=KEPT, name=question.name, viewer="", measured=measured, baseline=PLAIN, base=base))
    return rows


def _turning(index: Index, viewers: list[Viewer], question: Question, day: date) -> Callable[[], Found]:
    query, turn = question.query(day), [0]

    def ask() -> Found:
        turn[0] += 1
        viewer = viewers[turn[0] % len(viewers)]
        return index.search(query, viewer=viewer, relations={}, day=day, limit=PAGE)

    for _ in viewers:
        ask()
    return ask


def _middle(each: Eyes, query: Query, day: date) -> Position | None:
    half = each.answer(query, day).capabilities // 2
    return each.index.search(query, viewer=each.viewer, relations=each.relations, day=day, limit=half).next if half else None


def _page(each: Eyes, query: Query, day: date, after: Position) -> Found:
    return each.index.search(query, viewer=each.viewer, relations=each.relations, day=day, limit=PAGE, after=after)


def _hits(found: Found) -> tuple[Hit, ...]:
    return tuple((hit.factory_id, hit.capability_id) for hit in found.hits)
