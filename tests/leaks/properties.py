"""The two properties, as functions of a network: P1 against the reference, P2 between two databases with equal views.

P1: the response for viewer v on database D equals that of a plain engine on View(D, v).
P2: if View(D, v) = View(D', v), the responses are equal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from tests.leaks.building import built, published_names
from tests.leaks.changes import Change, changed
from tests.leaks.disguise import disguised
from tests.leaks.nodes import Node, Template, Who, closing
from tests.leaks.questions import Difference, Question, chosen, keys, look, reference
from tests.leaks.replacements import Answer
from tests.leaks.tally import Tally
from tests.leaks.viewing import View
from tests.leaks.worlds import Example

FAILED = 500
_EMPTY = re.compile(rb'"(items|suggestions)":\[\]')


class Failure(AssertionError):
    """The node failed where it had to answer."""


class Judge:
    """Counts comparisons by property, and raises the first `Difference`.

    `wanted` are the properties to be compared: P1 against the reference, P2 between a network and one that looks the same.
    """

    def __init__(self, tallies: Mapping[str, Tally]) -> None:
        self.tallies = tallies
        self.wanted = set(tallies)

    def compare(self, name: str, who: Who, question: Question, got: Answer, wanted: Answer, *, hidden: int) -> None:
        """One comparison of the property `name`; `hidden` is how much the viewer is not shown."""
        if name not in self.wanted:
            return
        self.tallies[name].count(question.kind, substantial=hidden > 0 and _told(wanted))
        if max(got.status, wanted.status) >= FAILED:
            self.failed(Failure(f"{who} asked {question}: got {got.status}, wanted {wanted.status}, {got.body!r}"))
        elif got != wanted:
            self.differ(name, Difference(who, question, got=got, wanted=wanted))

    def failed(self, failure: Failure) -> None:
        """What is done about a node that did not answer: two failures are equal, and say nothing of leaks."""
        raise failure

    def differ(self, name: str, difference: Difference) -> None:
        """What is done about a difference."""
        raise difference


class Finder(Judge):
    """Notes after how many comparisons each property found a difference, and asks it no more."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__({name: Tally(name) for name in names})
        self.found: dict[str, Difference] = {}

    def failed(self, failure: Failure) -> None:
        """The node holds back what its own second opinion says nothing of: nothing was told, so nothing is found."""

    def differ(self, name: str, difference: Difference) -> None:
        self.found[name] = difference
        self.wanted.discard(name)


def compared(template: Template, example: Example, changes: Sequence[Change], judge: Judge) -> None:
    """Both properties over one network, of those that the judge wants: each viewer's answers with the reference's, and with
    those of a copy after changes that show this viewer nothing.

    In three of four copies the change is the largest that the first viewer may not notice: all they do not see is replaced.
    """
    for name in judge.wanted:
        judge.tallies[name].networks += 1
    node = built(template, example.spec)
    if "P2" not in judge.wanted:
        with closing(node):
            _asked_of_one(node, example, judge)
        return
    twin, turn = node.copy(), example.turn
    with closing(node, twin):
        known = _asked_of_one(node, example, judge)
        if turn % 2:
            # An index that was there before the changes follows them; one made afterwards never saw the old state.
            for who in example.viewers:
                twin.ask(who, "GET", "/v1/search")
        if turn % 4:
            disguised(twin, example.viewers[0], turn)
        else:
            changed(twin, changes)
        for who in example.viewers:
            view, answers = known[who]
            if not view.same_as(look(twin, who)):
                continue
            for question, wanted in answers:
                judge.compare("P2", who, question, question.ask(twin, who), wanted, hidden=view.hidden)
            for question in others(twin, node, view, turn):
                wanted = question.ask(node, who)
                judge.compare("P2", who, question, question.ask(twin, who), wanted, hidden=view.hidden)


Asked = Mapping[Who, tuple[View, Sequence[tuple[Question, Answer]]]]


def _asked_of_one(node: Node, example: Example, judge: Judge) -> Asked:
    """Ask every viewer's questions; returns their views and answers."""
    known, found = keys(node), {}
    for number, who in enumerate(example.viewers):
        view = look(node, who)
        engine = reference(node, who, view, known)
        answers = []
        for question in chosen(node, engine, view, example, number):
            got = question.ask(node, who)
            answers.append((question, got))
            if "P1" in judge.wanted:
                judge.compare("P1", who, question, got.sorted(), question.expected(engine).sorted(), hidden=view.hidden)
        found[who] = (view, answers)
    return found


def others(twin: Node, node: Node, view: View, turn: int, label: str = "") -> list[Question]:
    """Questions whose answers only the pair can judge: ids that exist in one database, lists of one's own, a request."""

    def unused(_: object) -> Answer:
        raise AssertionError("these are compared between databases alone")

    theirs = [factory_id for _, factory_id in twin.factories if factory_id not in view.contents]
    paths = [f"/v1/factories/{each}" for each in theirs[-1:]]
    paths += [f"/v1/attestations/{each}" for each in sorted(set(twin.signed) - set(node.signed))]
    own = ("/v1/grants", "/v1/access-requests", "/v1/audits", "/v1/ndas", "/v1/lists", "/v1/factories")
    paths.append(own[turn % len(own)])
    kinds = {path: "unseen" if path.count("/") > 2 else "own" for path in paths}
    asked = [Question(kind=kind, method="GET", path=path, expected=unused) for path, kind in kinds.items()]
    wanted = (theirs + sorted(view.contents))[turn % 2 :: 2][:1]
    asked += [
        Question(
            kind="request", method="POST", path="/v1/access-requests", expected=unused, label=label,
            json={"factory": each, "purpose": "rfq", "message": "Shafts"},
        )
        for each in wanted
    ]  # fmt: skip
    return [*asked, *_taken(twin, node, unused, turn, label)]


def _taken(twin: Node, node: Node, unused: Callable[[object], Answer], turn: int, label: str) -> list[Question]:
    """The names of others' factories, of the twin's own if there are any, stated as one's own: to be made, to be imported."""
    with node.house.database.read() as session:
        known = published_names(session)
    with twin.house.database.read() as session:
        there = published_names(session)
    names = [each for each in there if each not in known] or there
    name = names[turn % len(names)] if names else "Nobody's"
    made = Question(
        kind="taken",
        method="POST",
        path="/v1/factories",
        expected=unused,
        label=label,
        json={"legal_name": name, "country": "VN"},
    )
    rows_of_list = f"legal_name,country\n{name},VN\n".encode()
    asked = Question(kind="import", method="POST", path="/v1/imports", expected=unused, label=label, data=rows_of_list)
    return [(made, asked)[turn % 2]]


def _told(wanted: Answer) -> bool:
    """There is an answer that could have told something."""
    return wanted.status == 304 or (wanted.status == 200 and bool(wanted.body) and not _EMPTY.search(wanted.body))
