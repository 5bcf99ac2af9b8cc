"""P1 and P2 as a state machine over sockets: a network and its twin live on together while viewers go on asking.

Owners act in both alike, over the doors; in the twin alone what is hidden changes. After any of it every answer of each must
be that of a plain engine on the viewer's world of that moment (P1), and where a viewer's worlds are equal, so are the
answers (P2). What viewers keep from earlier answers is used later: cursors, also somebody else's, and ETags.

Does not look for one thing that no answer shows: how long it took (`test_timing`).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, rule, run_state_machine_as_test

from sharing.errors import SharingError
from sharing.search import parse_query
from tests.leaks import acting, questions
from tests.leaks.acting import DOING, HIDDEN, Action
from tests.leaks.answers import Reference, etag, unchanged
from tests.leaks.building import built
from tests.leaks.changes import Change, changed
from tests.leaks.disguise import disguised
from tests.leaks.nodes import Node, Template, Who
from tests.leaks.properties import Judge, others
from tests.leaks.questions import FORMS, Question, keys, look, reference
from tests.leaks.replacements import Answer, opened_cursor
from tests.leaks.viewing import View
from tests.leaks.wire import wire
from tests.leaks.worlds import Example, examples

STEPS = 30
"""Steps of one life of a network, at most."""
NUMBERS = st.integers(0, 11)
WRONG: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("GET", "/v1/search", (("limit", "0"),)),
    ("GET", "/v1/search", (("no_such", "parameter"),)),
    ("GET", "/v1/search", (("sort", "by-luck"),)),
    ("GET", "/v1/search", (("tolerance_um_max", "ten"),)),
    ("GET", "/v1/search", (("cursor", "AAAA"),)),
    ("GET", "/v1/search", (("q", "a\u202eb"),)),
    ("GET", "/v1/search/suggest", (("typed", ""),)),
    ("GET", "/v1/factories/not-an-id", ()),
    ("PUT", "/v1/search", ()),
    ("GET", "/v1/attestations/0", ()),
)
"""Requests that are wrong by themselves: their answers depend on nothing else."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A cursor that a viewer was given, in the network and in the twin, with the search it belongs to."""

    who: Who
    given: dict[str, list[str]]
    cursors: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """An ETag that a viewer was given for one factory in one form."""

    who: Who
    factory_id: str
    form: str
    tag: str


class Lives(RuleBasedStateMachine):
    """One network and its twin. `template`, `judge` and `about` are set by `machine`."""

    template: Template
    judge: Judge
    about: str | None = None

    pages = Bundle("pages")
    tags = Bundle("tags")

    @initialize(example=examples(), how=NUMBERS)
    def begin(self, example: Example, how: int) -> None:
        """The network is built; its twin is a copy in which everything that the first viewer does not see is another."""
        for each in self.judge.tallies.values():
            each.networks += 1
        self.example = example
        self.nodes = [built(self.template, example.spec)]
        self.nodes.append(self.nodes[0].copy())
        if how % 3:
            disguised(self.nodes[1], example.viewers[0], how)
        for node in self.nodes:
            node.wired = wire()
        self.turn = 0
        self.errors: dict[Any, Answer] = {}
        self._looked: dict[tuple[int, Who], tuple[View, Reference]] = {}

    @rule(kind=st.sampled_from(sorted(DOING)), factory=NUMBERS, place=NUMBERS)
    def somebody_acts(self, kind: str, factory: int, place: int) -> None:
        """An owner does something, in both alike."""
        self._moved()
        acting.act(self.nodes, Action(kind=kind, factory=factory, place=place), self.turn)

    @rule(change=st.builds(Change, kind=st.sampled_from(HIDDEN), factory=st.integers(0, 3), place=NUMBERS))
    def something_hidden_changes(self, change: Change) -> None:
        """In the twin alone; who sees it anyway is compared with their own world only."""
        self._moved()
        with suppress(SharingError):  # what it would make of the profile is refused, or there is nothing to do it to
            changed(self.nodes[1], [change], label=f"hidden {self.turn}")

    @rule(target=pages, at=NUMBERS, viewer=st.integers(0, 2))
    def search(self, at: int, viewer: int) -> Page:
        """A search; the cursor of its first page is kept."""
        who, given = self.example.viewers[viewer], self.example.queries[at % len(self.example.queries)]
        first = next(iter(questions.searches(self.nodes[0], self._engine(0, who), given)))
        answers = self._compare(who, first)
        told = [json.loads(each.get_data())["next"] for each in answers]
        return Page(who=who, given=given, cursors=(told[0] or "", told[1] or ""))

    @rule(page=consumes(pages))
    def go_on(self, page: Page) -> None:
        """A cursor of earlier is followed in the network as it is now."""
        digests = [self._digest(page.given, node) for node in self.nodes]
        for number, cursor in enumerate(page.cursors):
            if not cursor:
                continue
            bound, after = _opened(cursor, self.nodes[number])
            holds = bound == digests[number][:16]
            query = [*_plain(page.given), ("cursor", cursor)]
            self._one(
                number, page.who, "kept cursor", query,
                (lambda known, a=after, d=digests[number]: known.search(page.given, d, a)) if holds else None,
            )  # fmt: skip

    @rule(page=pages, viewer=st.integers(0, 2))
    def use_the_cursor_of_another(self, page: Page, viewer: int) -> None:
        """It is refused like one that nobody was ever given."""
        who = self.example.viewers[viewer]
        if who == page.who or not page.cursors[0]:
            return
        query, node = _plain(page.given), self.nodes[0]
        wanted = node.ask(who, "GET", "/v1/search", label="x", query_string=[*query, ("cursor", "A" * len(page.cursors[0]))])
        got = node.ask(who, "GET", "/v1/search", label="x", query_string=[*query, ("cursor", page.cursors[0])])
        self._judge("P1", who, _asked("another's cursor", "/v1/search", query), got, wanted)

    @rule(target=tags, factory=NUMBERS, form=st.sampled_from(FORMS), viewer=st.integers(0, 2))
    def look_at_one(self, factory: int, form: str, viewer: int) -> Seen:
        """One factory in one form, plainly and by HEAD; its ETag is kept."""
        who = self.example.viewers[viewer]
        factory_id = self._ids()[factory % len(self._ids())]
        for question in list(questions.factory(self._engine(0, who), factory_id, form, 3 * factory))[:2]:
            answers = self._compare(who, question)
        return Seen(who=who, factory_id=factory_id, form=form, tag=answers[0].headers.get("ETag", '"none"'))

    @rule(seen=tags, viewer=st.integers(0, 2))
    def ask_whether_it_changed(self, seen: Seen, viewer: int) -> None:
        """An ETag of earlier, one's own or another's: 304 exactly where the answer is the same as it was."""
        for who in (seen.who, self.example.viewers[viewer]):
            path = f"/v1/factories/{seen.factory_id}" + ("/bundle" if seen.form == "bundle" else "")

            def expected(known: Reference) -> Answer:
                answer = known.factory(seen.factory_id, seen.form)
                return unchanged(answer) if answer.status == 200 and etag(answer) == seen.tag else answer

            accept = questions.ACCEPT[seen.form]
            headers = (*accept.items(), ("If-None-Match", seen.tag))
            self._compare(who, Question(kind="kept ETag", method="GET", path=path, headers=headers, expected=expected))

    @rule(at=NUMBERS)
    def two_viewers_take_turns(self, at: int) -> None:
        """The same search by one, by another, and by the first again: what is kept for one serves nobody else."""
        given = self.example.queries[at % len(self.example.queries)]
        one, other = (self.example.viewers[(at + step) % 3] for step in range(2))
        for who in (one, other, one):
            self._compare(who, next(iter(questions.searches(self.nodes[0], self._engine(0, who), given))))

    @rule(at=NUMBERS, viewer=st.integers(0, 2))
    def type_something(self, at: int, viewer: int) -> None:
        """Suggestions."""
        given, typed = self.example.queries[at % len(self.example.queries)], self.example.typed[:2]
        for question in questions.suggestions(given, typed):
            self._compare(self.example.viewers[viewer], question)

    @rule(turn=NUMBERS, viewer=st.integers(0, 2))
    def fetch_papers(self, turn: int, viewer: int) -> None:
        """Attached files by their digests, attestations and status lists."""
        who = self.example.viewers[viewer]
        view = self._view(0, who)
        for question in (*questions.papers(view, self.nodes[0], turn), *questions.proofs(self.nodes[0], view)):
            self._compare(who, question)

    @rule(at=NUMBERS, viewer=st.integers(0, 2))
    def ask_wrongly(self, at: int, viewer: int) -> None:
        """What is wrong by itself is answered alike to the end, whatever happens in the network."""
        who, (method, path, query) = self.example.viewers[viewer], WRONG[at % len(WRONG)]
        for node in self.nodes:
            got = node.ask(who, method, path, label="wrong", query_string=list(query))
            wanted = self.errors.setdefault((who.slug is None, method, path, query), got)
            self._judge("P1", who, _asked("error", path, query), got, wanted)

    @rule(turn=NUMBERS, viewer=st.integers(0, 2))
    def ask_about_oneself(self, turn: int, viewer: int) -> None:
        """One's own lists, requests, taken names and imports: only the pair can judge."""
        who = self.example.viewers[viewer]
        view = self._view(0, who)
        if not view.same_as(self._view(1, who)):
            return
        for question in others(self.nodes[1], self.nodes[0], view, turn, label=str(self.turn)):
            got, wanted = (question.ask(node, who) for node in reversed(self.nodes))
            self._judge("P2", who, question, got, wanted)
        self._moved()

    def teardown(self) -> None:
        """Close both."""
        for node in getattr(self, "nodes", ()):
            node.close()

    def _moved(self) -> None:
        self.turn += 1
        self._looked.clear()

    def _ids(self) -> list[str]:
        return [*(factory_id for _, factory_id in self.nodes[0].factories), questions.UNKNOWN]

    def _view(self, number: int, who: Who) -> View:
        return self._known(number, who)[0]

    def _engine(self, number: int, who: Who) -> Reference:
        return self._known(number, who)[1]

    def _known(self, number: int, who: Who) -> tuple[View, Reference]:
        if (number, who) not in self._looked:
            node = self.nodes[number]
            view = look(node, who)
            self._looked[number, who] = (view, reference(node, who, view, keys(node)))
        return self._looked[number, who]

    def _compare(self, who: Who, question: Question) -> list[Any]:
        """Ask both and compare each with its reference, and with each other where the worlds are equal; the responses."""
        responses = [question.respond(node, who) for node in self.nodes]
        answers = [node.read(response) for node, response in zip(self.nodes, responses, strict=True)]
        for number, answer in enumerate(answers):
            self._judge("P1", who, question, answer.sorted(), question.expected(self._engine(number, who)).sorted())
        if self._view(0, who).same_as(self._view(1, who)):
            self._judge("P2", who, question, answers[1], answers[0])
        return responses

    def _one(self, number: int, who: Who, kind: str, query: Any, expected: Callable[[Reference], Answer] | None) -> None:
        """A search of one of the two alone; None: it is refused."""
        got = self.nodes[number].ask(who, "GET", "/v1/search", label="one", query_string=query)
        if expected is None:
            assert got.status == 400, got
            return
        self._judge("P1", who, _asked(kind, "/v1/search", query), got.sorted(), expected(self._engine(number, who)).sorted())

    def _judge(self, name: str, who: Who, question: Question, got: Answer, wanted: Answer) -> None:
        self.judge.compare(name, who, question, got, wanted, hidden=self._view(0, who).hidden)

    def _digest(self, given: dict[str, list[str]], node: Node) -> bytes:
        return parse_query({name: each for name, each in given.items() if name != "limit"}, node.house.today()).digest()


def machine(template: Template, judge: Judge, number: int, *, lives: int, about: str | None = None) -> None:
    """So many lives from one seed; raises the first `Difference`."""
    held = type("Lives", (Lives,), {"template": template, "judge": judge, "about": about})
    quickly = settings(
        max_examples=lives, stateful_step_count=STEPS, deadline=None, database=None, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    run_state_machine_as_test(seed(number)(held), settings=quickly)


def _plain(given: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in given.items() for value in values]


def _opened(cursor: str, node: Node) -> tuple[bytes, tuple[int, int]]:
    """The digest that a cursor is bound to, and its position."""
    _, query, key, tie = struct.unpack(
        ">16s16sqQ", bytes.fromhex(opened_cursor(cursor, node.cursor_key).removeprefix("cursor"))
    )
    return query, (key, tie)


def _asked(kind: str, path: str, query: Any) -> Question:
    def unused(_: object) -> Answer:
        raise AssertionError("what is wanted is known already")

    return Question(kind=kind, method="GET", path=path, query=tuple(query), expected=unused)
