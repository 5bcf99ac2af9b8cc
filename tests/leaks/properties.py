"""The two properties, as functions of a network: P1 against the reference, P2 between two databases with equal views.

P1: the response for viewer v on database D equals that of a plain engine on View(D, v).
P2: if View(D, v) = View(D', v), the responses are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.leaks.building import built, published_names
from tests.leaks.changes import Change, changed
from tests.leaks.disguise import disguised
from tests.leaks.nodes import Node, Template, closing
from tests.leaks.questions import Difference, Question, everything, reference
from tests.leaks.replacements import Answer
from tests.leaks.tally import Tally
from tests.leaks.viewing import View, keys, look
from tests.leaks.worlds import Example


def projected(template: Template, example: Example, tally: Tally) -> None:
    """P1 for each viewer; raises `Difference`."""
    with closing(built(template, example.spec)) as node:
        known = keys(node)
        for number, who in enumerate(example.viewers):
            view = look(node, who)
            engine = reference(node, who, view, known)
            for question in everything(node, engine, view, example.queries, example.turn + number):
                got, wanted = question.ask(node, who).sorted(), question.expected(engine).sorted()
                tally.count(question.kind, substantial=_substantial(view, wanted))
                if got != wanted:
                    raise Difference(who, question, got=got, wanted=wanted)


def paired(template: Template, example: Example, changes: Sequence[Change], tally: Tally) -> None:
    """P2 for each viewer to whom the changes show nothing; raises `Difference`.

    In three of four pairs the change is the largest that the first viewer may not notice: all they do not see is replaced.
    """
    node = built(template, example.spec)
    twin, turn = node.copy(), example.turn
    with closing(node, twin):
        if turn % 2:
            # An index that was there before the changes follows them; one made afterwards never saw the old state.
            for who in example.viewers:
                twin.ask(who, "GET", "/v1/search")
        if turn % 4:
            disguised(twin, example.viewers[0], turn)
        else:
            changed(twin, changes)
        known = keys(node)
        for number, who in enumerate(example.viewers):
            view, other = look(node, who), look(twin, who)
            if not view.same_as(other):
                continue
            engine = reference(node, who, view, known)
            asked = [*everything(node, engine, view, example.queries, turn + number), *_others(twin, node, view, turn)]
            for question in asked:
                got, wanted = question.ask(twin, who), question.ask(node, who)
                tally.count(question.kind, substantial=_substantial(view, wanted))
                if got != wanted:
                    raise Difference(who, question, got=got, wanted=wanted)


def _others(twin: Node, node: Node, view: View, turn: int) -> list[Question]:
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
            kind="request", method="POST", path="/v1/access-requests", expected=unused,
            json={"factory": each, "purpose": "rfq", "message": "Shafts"},
        )
        for each in wanted
    ]  # fmt: skip
    return [*asked, *_taken(twin, unused, turn)]


def _taken(twin: Node, unused: Callable[[object], Answer], turn: int) -> list[Question]:
    """The names of others' factories, stated as one's own: to be made, and to be imported."""
    with twin.house.database.read() as session:
        names = published_names(session)
    name = names[turn % len(names)] if names else "Nobody's"
    made = Question(
        kind="taken", method="POST", path="/v1/factories", expected=unused, json={"legal_name": name, "country": "VN"}
    )
    rows_of_list = f"legal_name,country\n{name},VN\n".encode()
    asked = Question(kind="import", method="POST", path="/v1/imports", expected=unused, data=rows_of_list)
    return [(made, asked)[turn % 2]]


def _substantial(view: View, wanted: Answer) -> bool:
    """Something is hidden from the viewer, and there is an answer that could have told it."""
    told = wanted.status == 304 or (wanted.status == 200 and bool(wanted.body) and b'"items":[]' not in wanted.body)
    return view.hidden > 0 and told
