"""The index against a search in pure SQL over one viewer's masks: ids, counts, order, facets and suggested words.

`python -m tests.long search` asks over 200,000 records for 50 viewers; the slow tier over a twentieth of the records.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

import pytest

from sharing.catalogue.folding import words
from sharing.search import FactoryState, Index, Query
from sharing.search.columns import NumberColumn
from sharing.search.hours import HourRows
from sharing.search.suggest import Kind
from sharing.search.typed import parse_typed
from sharing.search.view import View
from tests.crosscheck import asking, masks, tables, worlds
from tests.crosscheck.asking import Answer
from tests.crosscheck.worlds import DAY, Asker, Questions
from tests.long.portions import Portion

VIEWERS, QUESTIONS, STARTS = 50, 6, 2
WHOLE = 5_000
"""Up to so many hits all of them are compared, of more the first so many."""
PAGE = 500
WORDS = 8
EVERY = Query()


def test_a_small_network_asked_by_fifty_viewers_answers_as_sql_does() -> None:
    found = crosschecked(records=600, seed=7, step=lambda _: None, questions=3)
    assert found.compared == VIEWERS * 4
    assert found.hits > 10_000, "questions that find nothing compare nothing"


def _exact_numbers(patch: pytest.MonkeyPatch) -> None:
    """A band is compared by what stands in it."""
    patch.setattr(NumberColumn, "band_split", NumberColumn.exact_split)


def _exact_hours(patch: pytest.MonkeyPatch) -> None:
    """Hours shown as bands are summed as they are."""
    honest = HourRows._sums
    patch.setattr(HourRows, "_sums", lambda rows, block, *, band: honest(rows, block, band=band and False))


def _forgetful(patch: pytest.MonkeyPatch) -> None:
    """A viewer's bitmaps are not told of an edit."""
    patch.setattr(View, "learn", lambda *_: None)


@pytest.mark.parametrize("planted", [_exact_numbers, _exact_hours, _forgetful])
def test_a_planted_difference_is_found(planted: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    planted(monkeypatch)
    with pytest.raises(AssertionError, match="viewer"):
        crosschecked(records=300, seed=7, step=lambda _: None, questions=8)


@pytest.mark.long("search")
def test_a_large_network_asked_by_fifty_viewers_answers_as_sql_does(portion: Portion) -> None:
    portion.note(str(crosschecked(records=portion.count, seed=portion.seed, step=portion.step, questions=QUESTIONS)))


class Tally:
    """What was compared."""

    def __init__(self) -> None:
        self.records = self.factories = self.compared = self.hits = self.words = self.empty = 0

    def __str__(self) -> str:
        return (
            f"{self.records:,} records of {self.factories:,} factories, {VIEWERS} viewers: {self.compared:,} questions with "
            f"{self.hits:,} hits ({self.empty:,} without any), {self.words:,} suggested words; no difference"
        )


def crosschecked(*, records: int, seed: int, step: Callable[[int], None], questions: int) -> Tally:
    """Ask both sides everything; the first difference is a failure that says what was asked."""
    states = worlds.states(records, seed)
    index = edited(states, seed)
    facts = tables.build(states)
    tally = Tally()
    tally.factories, tally.records = len(states), facts.execute("SELECT count(capability_id) FROM records").fetchone()[0]
    for number in range(VIEWERS):
        asker = worlds.asker(number, seed, states)
        masks.mask(facts, states, asker.viewer, asker.relations, DAY)
        made = Questions(facts, f"{seed}/questions/{number}")
        asked = made.queries()
        for place in range(questions + 1):
            given, query = next(asked) if place else ({}, EVERY)
            theirs = asking.answer(facts, query, DAY)
            mine = answered(index, asker, query, theirs)
            where = f"viewer {number}, {dict(given)}"
            assert mine.capabilities == theirs.capabilities, where
            assert mine.factories == theirs.factories, where
            assert mine.facets == theirs.facets, where
            assert mine.hits == theirs.hits[: len(mine.hits)], where
            assert len(mine.hits) == min(len(theirs.hits), max(WHOLE, 2 * PAGE)), where
            tally.compared += 1
            tally.hits += len(theirs.hits)
            tally.empty += not theirs.hits
        for _ in range(STARTS):
            tally.words += suggested(index, asker, made.start(), facts)
        step(records * (number + 1) // VIEWERS)
    return tally


def edited(states: Sequence[FactoryState], seed: int) -> Index:
    """An index that came to these states by edits, under the eyes of viewers whose bitmaps it keeps."""
    random, index = Random(f"{seed}/edits"), Index()
    changed = random.sample(range(len(states)), len(states) // 10)
    before = {states[one].factory_id: states[other] for one, other in zip(changed, reversed(changed), strict=True)}
    for state in states:
        index.put(state.factory_id, replace(before.get(state.factory_id, state), factory_id=state.factory_id))
    for number in range(20):
        asker = worlds.asker(number, seed, states)
        found = index.search(EVERY, viewer=asker.viewer, relations=asker.relations, day=DAY, limit=1)
        assert found.factories, "a viewer who sees nobody compares nothing"
    by_id = {state.factory_id: state for state in states}
    for place, factory_id in enumerate(before):
        if place % 3 == 0:
            index.put(factory_id, None)
        index.put(factory_id, by_id[factory_id])
    return index


def answered(index: Index, asker: Asker, query: Query, theirs: Answer) -> Answer:
    """The index's answer: all hits of few, else the first, over pages of different sizes."""
    hits: list[tuple[str, str | None]] = []
    after, limits = None, [PAGE, max(WHOLE, 2 * PAGE) - PAGE]
    if len(theirs.hits) <= 40:
        limits = [7] * 7
    for limit in limits:
        found = index.search(query, viewer=asker.viewer, relations=asker.relations, day=DAY, limit=limit, after=after)
        hits += [(hit.factory_id, hit.capability_id) for hit in found.hits]
        after = found.next
        if after is None:
            break
    return Answer(capabilities=found.capabilities, factories=found.factories, facets=found.facets, hits=hits)


def suggested(index: Index, asker: Asker, start: str, facts: sqlite3.Connection) -> int:
    """How many words were compared that begin so."""
    found = index.suggest(
        parse_typed(start),
        EVERY,
        viewer=asker.viewer,
        relations=asker.relations,
        day=DAY,
        parameters=("q",),
        limit=WORDS,
        names_of=lambda _: {},
    )
    mine = [(each.value, each.hits) for each in found if each.kind is Kind.WORD and not each.corrected]
    theirs = [pair for pair in asking.begun(facts, start, 50 * WORDS) if words(pair[0]) == (pair[0],)]
    assert mine == theirs[:WORDS], (asker, start)
    return len(mine)
