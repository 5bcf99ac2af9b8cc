"""The two properties, as functions of a network: P1 against the reference, P2 between two databases with equal views.

P1: the response for viewer v on database D equals that of a plain engine on View(D, v).
P2: if View(D, v) = View(D', v), the responses are equal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.leaks.building import built
from tests.leaks.changes import Change, changed
from tests.leaks.nodes import Node, Template, Who, closing
from tests.leaks.questions import Difference, Question, everything, reference
from tests.leaks.replacements import Answer
from tests.leaks.tally import Tally
from tests.leaks.viewing import View, keys, look
from tests.leaks.worlds import WorldSpec

Queries = Sequence[Mapping[str, Sequence[str]]]


def projected(template: Template, spec: WorldSpec, viewers: Sequence[Who], queries: Queries, turn: int, tally: Tally) -> None:
    """P1 for each viewer; raises `Difference`."""
    with closing(built(template, spec)) as node:
        known = keys(node)
        for number, who in enumerate(viewers):
            view = look(node, who)
            engine = reference(node, who, view, known)
            for question in everything(node, engine, view, queries, turn + number):
                got, wanted = question.ask(node, who).sorted(), question.expected(engine).sorted()
                tally.count(question.kind, substantial=_substantial(view, wanted))
                if got != wanted:
                    raise Difference(who, question, got=got, wanted=wanted)


def paired(
    template: Template, spec: WorldSpec, changes: Sequence[Change], viewers: Sequence[Who], queries: Queries,
    turn: int, tally: Tally,
) -> None:  # fmt: skip
    """P2 for each viewer to whom the changes show nothing; raises `Difference`."""
    node = built(template, spec)
    twin = node.copy()
    with closing(node, twin):
        if turn % 2:
            # An index that was there before the changes follows them; one made afterwards never saw the old state.
            for who in viewers:
                twin.ask(who, "GET", "/v1/search")
        changed(twin, changes)
        known = keys(node)
        for number, who in enumerate(viewers):
            view, other = look(node, who), look(twin, who)
            if not view.same_as(other):
                continue
            engine = reference(node, who, view, known)
            asked = [*everything(node, engine, view, queries, turn + number), *_others(twin, node, view, turn)]
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
    paths = [f"/v1/factories/{each}" for each in theirs[-2:]]
    paths += [f"/v1/attestations/{each}" for each in sorted(set(twin.signed) - set(node.signed))]
    own = ("/v1/grants", "/v1/access-requests", "/v1/audits", "/v1/ndas", "/v1/lists", "/v1/factories")
    paths += [own[(turn + step) % len(own)] for step in range(2)]
    asked = [Question(kind="unseen" if "/factories/" in path else "own", method="GET", path=path, expected=unused) for path in paths]
    wanted = (theirs + sorted(view.contents))[turn % 2 :: 2][:1]
    asked += [
        Question(
            kind="request", method="POST", path="/v1/access-requests", expected=unused,
            json={"factory": each, "purpose": "rfq", "message": "Shafts"},
        )
        for each in wanted
    ]  # fmt: skip
    return asked


def _substantial(view: View, wanted: Answer) -> bool:
    """Something is hidden from the viewer, and there is an answer that could have told it."""
    told = wanted.status == 304 or (wanted.status == 200 and bool(wanted.body) and b'"items":[]' not in wanted.body)
    return view.hidden > 0 and told
