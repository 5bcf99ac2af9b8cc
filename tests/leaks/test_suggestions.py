"""Suggestions leak nothing: equal to a plain engine's on the viewer's world, and equal between worlds that look equal.

Planted leaks, each a mistake that one could believe to be harmless, must be caught by the very same two properties.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from policies import Level
from sharing.search import COMPLETED, suggest
from sharing.search.postings import Use
from sharing.search.resolve import Resolver
from tests.leaks import suggesting, tally
from tests.leaks.answers import JSON, _answer
from tests.leaks.building import built
from tests.leaks.disguise import disguised
from tests.leaks.nodes import Node, Template, Who, closing
from tests.leaks.planted import _Everything
from tests.leaks.questions import CATALOGUE, Difference, Question, reference
from tests.leaks.replacements import Answer
from tests.leaks.running import QUICKLY
from tests.leaks.viewing import keys, look
from tests.leaks.worlds import Example, examples

TYPED = (
    "đông a", "dong", "dogn", "works", "wroks", "turn", "trun", "co k", "anh", "1.1", "1.", "3.2", "viet", "vietnma", "vn",
    "steel", "stele", "thép", "cast", "sus", "jis", "iso", "ios9", "iaft", "máy", "machin", "machni", "ma h",
)  # fmt: skip
FIELDS = st.just(list(COMPLETED)) | st.lists(st.sampled_from([*COMPLETED, "q", "process"]), min_size=1, max_size=3, unique=True)
ASKED = st.lists(
    st.tuples(st.sampled_from(TYPED), FIELDS, st.sampled_from([1, 3, 50]), st.sampled_from([True, False, False])),
    min_size=8,
    max_size=12,
)
Asked = tuple[str, list[str], int, bool]
"""What is typed, for which parameters, how many suggestions, and whether within a search."""


def questions(engine: Any, given_: Mapping[str, Sequence[str]], asked: Sequence[Asked]) -> list[Question]:
    """Each typed text, within a search or by itself."""
    plain = {name: values for name, values in given_.items() if name != "limit"}
    found = []
    for typed, fields, limit, within in asked:
        search = plain if within else {}
        query = [(name, value) for name, values in search.items() for value in values]
        query += [("typed", typed), ("limit", str(limit)), *(("field", each) for each in fields)]
        found.append(
            Question(
                kind="suggest", method="GET", path="/v1/search/suggest", query=tuple(query),
                expected=lambda known, search=search, typed=typed, fields=fields, limit=limit: _answer(
                    200, JSON, suggesting.body(known.engine, CATALOGUE, search, typed, fields, limit)
                ),
            )
        )  # fmt: skip
    return found


def _told(wanted: Answer, hidden: int) -> bool:
    return hidden > 0 and b'"suggestions":[]' not in wanted.body


def projected(template: Template, example: Example, asked: Sequence[Asked], counted: tally.Tally) -> None:
    """P1 for each viewer."""
    with closing(built(template, example.spec)) as node:
        known = keys(node)
        for number, who in enumerate(example.viewers):
            view = look(node, who)
            engine = reference(node, who, view, known)
            for question in questions(engine, example.queries[number], asked):
                got, wanted = question.ask(node, who).sorted(), question.expected(engine).sorted()
                counted.count(question.kind, substantial=_told(wanted, view.hidden))
                if got != wanted:
                    raise Difference(who, question, got=got, wanted=wanted)


def paired(template: Template, example: Example, asked: Sequence[Asked], counted: tally.Tally) -> None:
    """P2: all that the first viewer does not see is replaced."""
    node = built(template, example.spec)
    twin, who = node.copy(), example.viewers[0]
    with closing(node, twin):
        if example.turn % 2:
            _warm(twin, who)
        disguised(twin, who, example.turn)
        view = look(node, who)
        if not view.same_as(look(twin, who)):
            return
        for question in questions(None, example.queries[0], asked):
            got, wanted = question.ask(twin, who), question.ask(node, who)
            counted.count(question.kind, substantial=_told(wanted, view.hidden))
            if got != wanted:
                raise Difference(who, question, got=got, wanted=wanted)


def _warm(node: Node, who: Who) -> None:
    """The words were put in order before the changes, and are followed from then on."""
    for typed in ("dong", "dogn", "1.1"):
        node.ask(who, "GET", "/v1/search/suggest", query_string=[("typed", typed)])


def run(prove: Any, template: Template, counted: tally.Tally, wanted: int, *, start: int = 0) -> None:
    number = start
    while counted.compared < wanted:

        @seed(number)
        @QUICKLY
        @given(example=examples("text"), asked=ASKED)
        def one(example: Example, asked: list[Asked]) -> None:
            if counted.compared < wanted:
                prove(template, example, asked, counted)

        one()
        number += 1


def test_suggestions_are_those_of_a_plain_engine_on_the_viewers_world(sqlite_node: Template) -> None:
    with tally.counting("suggestions, P1") as counted:
        run(projected, sqlite_node, counted, 400)
    assert counted.share > 0.15


def test_worlds_that_look_equal_suggest_the_same(sqlite_node: Template) -> None:
    with tally.counting("suggestions, P2") as counted:
        run(paired, sqlite_node, counted, 200)
    assert counted.share > 0.08


@pytest.mark.slow
def test_suggestions_are_those_of_a_plain_engine_on_postgresql(postgres_node: Template) -> None:
    with tally.counting("suggestions, P1, PostgreSQL") as counted:
        run(projected, postgres_node, counted, 200, start=500)


def _ordered_by_frequency_everywhere(patch: pytest.MonkeyPatch) -> None:
    def most_frequent(candidates: Any, limit: int) -> Any:
        counted = [(each, each.count(), sum(len(members) for members, _ in each.parts)) for each in candidates]
        seen = sorted((each for each in counted if each[1]), key=lambda each: (-each[2], each[0].place))
        return [each[:2] for each in seen[:limit]]

    patch.setattr(suggest, "_most_frequent", most_frequent)


def _numbers_of_the_whole_network(patch: pytest.MonkeyPatch) -> None:
    honest = suggest._suggestion

    def suggestion(each: Any, hits: int, *, corrected: bool) -> Any:
        return honest(each, sum(len(members) for members, _ in each.parts), corrected=corrected)

    patch.setattr(suggest, "_suggestion", suggestion)


def _terms_that_nobody_shows(patch: pytest.MonkeyPatch) -> None:
    honest = suggest.Candidate.count
    patch.setattr(suggest.Candidate, "most", property(lambda each: 1 + sum(len(members) for members, _ in each.parts)))
    patch.setattr(suggest.Candidate, "count", lambda each: honest(each) or 1)


def _correction_asks_the_whole_dictionary(patch: pytest.MonkeyPatch) -> None:
    """Nothing is corrected where the text is a word that somebody, somewhere, uses."""
    honest = suggest.Suggester.suggest

    def suggested(self: Any, parameters: Sequence[str], limit: int) -> Any:
        found = honest(self, parameters, limit)
        known = any(self._typed.last in table.by_term for table in self._store.postings.tables(Use.WORD))
        return () if known and any(each.corrected for each in found) else found

    patch.setattr(suggest.Suggester, "suggest", suggested)


def _words_of_hidden_fields(patch: pytest.MonkeyPatch) -> None:
    honest = suggest.Suggester._words

    def words(self: Any, *, nearly: bool) -> Any:
        other = suggest.Suggester(self._resolver, self._query, self._typed, self._names_of)
        other._resolver = Resolver(self._store, _Everything(self._store), self._resolver._day)
        other._view = other._resolver.view
        other._hits[""] = self._hits_without("q")
        return honest(other, nearly=nearly)

    patch.setattr(suggest.Suggester, "_words", words)


def _names_when_few_have_them_anywhere(patch: pytest.MonkeyPatch) -> None:
    """Whether names are offered follows how many factories have such a name, seen or not."""
    honest = suggest.Suggester._names

    def names(self: Any, *, nearly: bool) -> Any:
        table = self._store.postings.table(Use.WORD, "legal_name", Level.EXACT)
        there = [members for word, members in table.items() if word.startswith(self._typed.last)]
        return () if sum(map(len, there)) > 4 else honest(self, nearly=nearly)

    patch.setattr(suggest.Suggester, "_names", names)


LEAKS = {
    "suggestions ordered by global frequency": (_ordered_by_frequency_everywhere, False),
    "suggestions count the whole network": (_numbers_of_the_whole_network, True),
    "hidden term suggested": (_terms_that_nobody_shows, True),
    "correction asks the whole dictionary": (_correction_asks_the_whole_dictionary, False),
    "words of hidden fields suggested": (_words_of_hidden_fields, True),
    "names withheld because others have them": (_names_when_few_have_them_anywhere, False),
}
"""Name -> (what plants it, whether P2 is to see it too within as many comparisons)."""


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_of_suggestions_is_caught(name: str, sqlite_node: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    plant, told = LEAKS[name]
    plant(monkeypatch)
    lived = []
    for prove in (projected, paired) if told else (projected,):
        counted = tally.Tally(name)
        with pytest.raises(Difference):
            run(prove, sqlite_node, counted, 1000)
        lived.append(str(counted.compared))
    tally.caught(name, projected=lived[0], paired=lived[1] if told else "-")
