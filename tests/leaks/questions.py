"""What one viewer asks of a node: searches with their cursors followed, single factories in every form, HEAD and
conditional requests, attestations, status lists, and ids that do not exist for them.

`Asked` runs the same questions against a node and, when there is one, against the reference; a comparison is one answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug import Response

from sharing.search import cursors, parse_query
from tests.leaks.answers import Asker, Moment, Reference, etag, unchanged, without_body
from tests.leaks.building import the_catalogue
from tests.leaks.nodes import Node, Who
from tests.leaks.replacements import Answer
from tests.leaks.searches import Typed
from tests.leaks.values import DIGESTS, PAPERS
from tests.leaks.viewing import Keys, View, keys, look
from tests.leaks.worlds import Example

CATALOGUE = the_catalogue()
MOST_PAGES = 3
UNKNOWN = "0" * 20 + "0"
FORMS = ("json", "signed", "bundle")
ACCEPT = {"json": {}, "signed": {"Accept": "application/vc+jwt"}, "bundle": {}}


@dataclass(frozen=True, kw_only=True)
class Question:
    """One request. `expected` makes the reference's answer to it; `kind` is for the tally."""

    kind: str
    method: str
    path: str
    expected: Callable[[Reference], Answer]
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    json: Any = None
    data: bytes | None = None
    label: str = ""
    """What chance depends on beside the path: something else where the same is done twice."""

    def ask(self, node: Node, who: Who) -> Answer:
        """The node's answer."""
        return node.read(self.respond(node, who))

    def respond(self, node: Node, who: Who) -> Response:
        """The node's response as it came."""
        other: dict[str, Any] = {"query_string": list(self.query), "headers": dict(self.headers)}
        if self.json is not None:
            other["json"] = self.json
        if self.data is not None:
            other |= {"data": self.data, "content_type": "text/csv"}
        return node.respond(who, self.method, self.path, label=self.path + self.label, **other)

    def __str__(self) -> str:
        return f"{self.method} {self.path} {dict(self.query)} {dict(self.headers)}"


class Difference(AssertionError):
    """Two answers that had to be equal and are not."""

    def __init__(self, who: Who, question: Question, *, got: Answer, wanted: Answer) -> None:
        super().__init__(who, question, got, wanted)
        self.who, self.question, self.got, self.wanted = who, question, got, wanted

    def __str__(self) -> str:
        return "\n".join(
            (
                f"{self.who} asked {self.question}",
                f"got    {self.got.status} {_apart(self.got.headers, self.wanted.headers)} {self.got.body!r}",
                f"wanted {self.wanted.status} {_apart(self.wanted.headers, self.got.headers)} {self.wanted.body!r}",
            )
        )


def _apart(mine: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
    return [each for each in mine if each not in theirs]


def reference(node: Node, who: Who, view: View, known: Keys) -> Reference:
    """The reference for a viewer whose world is `view`."""
    house = node.house
    slug = who.slug
    asker = Asker(
        id=None if slug is None else node.world.ids[slug],
        did=None if slug is None else f"did:web:node.example:orgs:{slug}",
        purpose=who.purpose,
    )
    return Reference(view, asker, known, Moment(now=house.now(), hour=house.hour(), day=house.today()), CATALOGUE, PAPERS)


def searches(node: Node, engine: Reference, given: Mapping[str, Sequence[str]]) -> Iterator[Question]:
    """A search and its following pages; `engine` (on the viewer's world) says where pages end."""
    digest = parse_query({name: values for name, values in given.items() if name != "limit"}, node.house.today()).digest()
    limit = int(given["limit"][0])
    positions = engine.engine.positions(given)
    plain = tuple((name, value) for name, values in given.items() for value in values)
    for page in range(min(MOST_PAGES, max(1, -(-len(positions) // limit)))):
        after = positions[page * limit - 1] if page else None
        more = (("cursor", _cursor(node, engine, digest, after)),) if after else ()
        yield Question(
            kind="search" if after is None else "cursor",
            method="GET",
            path="/v1/search",
            query=plain + more,
            expected=lambda known, after=after: known.search(given, digest, after),
        )
    if limit == 2:
        yield Question(
            kind="head",
            method="HEAD",
            path="/v1/search",
            query=plain,
            expected=lambda known: without_body(known.search(given, digest, None)),
        )


def _cursor(node: Node, engine: Reference, digest: bytes, after: tuple[int, int]) -> str:
    """A cursor that the node would give out for this position: it is opened and sealed by the node's key alone."""
    return cursors.seal(
        cursors.Position(key=after[0], tie=after[1]), viewer=engine.bound_to, query=digest, key=node.cursor_key,
        entropy=node.chance,
    )  # fmt: skip


def factory(engine: Reference, factory_id: str, form: str, turn: int) -> Iterator[Question]:
    """One factory in one form: plainly, and then as HEAD or conditionally."""
    path = f"/v1/factories/{factory_id}" + ("/bundle" if form == "bundle" else "")
    accept = tuple(ACCEPT[form].items())

    def plain(known: Reference) -> Answer:
        return known.factory(factory_id, form)

    yield Question(kind=form, method="GET", path=path, headers=accept, expected=plain)
    answer = plain(engine)
    if turn % 3 == 0:
        yield Question(kind="head", method="HEAD", path=path, headers=accept, expected=lambda known: without_body(plain(known)))
    tag = etag(answer) if answer.status == 200 else '"none"'
    if turn % 3 == 1:
        headers = (*accept, ("If-None-Match", tag))
        fresh = (lambda known: unchanged(plain(known))) if answer.status == 200 else plain
        yield Question(kind="conditional", method="GET", path=path, headers=headers, expected=fresh)
    if turn % 3 == 2:
        headers = (*accept, ("If-None-Match", '"another"'))
        yield Question(kind="conditional", method="GET", path=path, headers=headers, expected=plain)


def papers(view: View, node: Node, turn: int) -> Iterator[Question]:
    """Files by digest: from a factory that shows one where there is one, and from another; some are nowhere."""
    ids = [factory_id for _, factory_id in node.factories]
    for step, digest in enumerate((*DIGESTS, "0" * 64)[turn % 3 :: 3]):
        yield _paper(ids[(turn + step) % len(ids)], digest, (turn + step) % 5)


def _paper(factory_id: str, digest: str, turn: int) -> Question:
    """A file plainly, by HEAD, or by somebody who has it already."""
    path = f"/v1/factories/{factory_id}/documents/{digest}"
    if turn == 4:
        return Question(
            kind="document",
            method="HEAD",
            path=path,
            expected=lambda known: without_body(known.document(factory_id, digest)),
        )
    if turn == 3:
        return Question(
            kind="document",
            method="GET",
            path=path,
            headers=(("If-None-Match", f'"{digest[:32]}"'),),
            expected=lambda known: unless_there(known.document(factory_id, digest)),
        )
    return Question(kind="document", method="GET", path=path, expected=lambda known: known.document(factory_id, digest))


def unless_there(answer: Answer) -> Answer:
    """The answer to somebody who has it: 304 in place of 200."""
    return unchanged(answer) if answer.status == 200 else answer


def suggestions(given: Mapping[str, Sequence[str]], typed: Sequence[Typed]) -> Iterator[Question]:
    """Each typed text, within a search or by itself."""
    plain = {name: values for name, values in given.items() if name != "limit"}
    for text, parameters, limit, within in typed:
        search = plain if within else {}
        query = [(name, value) for name, values in search.items() for value in values]
        query += [("typed", text), ("limit", str(limit)), *(("field", each) for each in parameters)]
        yield Question(
            kind="suggest",
            method="GET",
            path="/v1/search/suggest",
            query=tuple(query),
            expected=lambda known, s=search, t=text, p=parameters, n=limit: known.suggest(s, t, p, n),
        )


def chosen(node: Node, engine: Reference, view: View, example: Example, number: int) -> Iterator[Question]:
    """The questions of the `number`th viewer of an example."""
    turn = example.turn + number
    if example.alone == "suggest":
        yield from suggestions(example.queries[number], example.typed)
    elif example.alone == "document":
        for step in range(3 * len(node.factories)):
            yield from papers(view, node, turn + step)
    else:
        yield from everything(node, engine, view, example.queries, turn, example.typed)


def everything(
    node: Node,
    engine: Reference,
    view: View,
    queries: Sequence[Mapping[str, Sequence[str]]],
    turn: int,
    typed: Sequence[Typed] = (),
) -> Iterator[Question]:
    """A viewer's questions: the given searches, four factories, and some of the attestations and lists in the view."""
    for given in queries:
        yield from searches(node, engine, given)
    if typed:
        yield from suggestions(queries[turn % len(queries)], typed)
    ids = [*(factory_id for _, factory_id in node.factories), UNKNOWN]
    for step in range(4):
        place = turn + step
        yield from factory(engine, ids[place % len(ids)], FORMS[place % len(FORMS)], place)
    yield from papers(view, node, turn)
    yield from proofs(node, view)


def proofs(node: Node, view: View) -> Iterator[Question]:
    """Some of the attestations, seen or not, and of the status lists in the view."""
    for signed in sorted(node.signed)[:2]:
        yield Question(
            kind="attestation",
            method="GET",
            path=f"/v1/attestations/{signed}",
            expected=lambda known, signed=signed: known.attestation(signed),
        )
    for list_id in sorted(view.lists)[:2]:
        yield Question(
            kind="status",
            method="GET",
            path=f"/v1/status/{list_id}",
            expected=lambda known, list_id=list_id: known.status(list_id),
        )


__all__ = ["Difference", "Question", "everything", "keys", "look", "reference"]
