"""Measuring the search: inside the process, over HTTP, and for a viewer nobody has asked for yet.

Each question is asked for four viewers. `all` sees everything exactly, through an index of its own whose policies show all, so
its answers must be those of the plain baseline; the other three see what the owners' policies leave them.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial

from policies import Relation, Viewer, parse_policy
from sharing import catalogue
from sharing.feed import PublishedFeed
from sharing.search import FactoryState, Found, Index, Query
from sharing.search.resolve import Resolver
from sharing.viewers import Caller, relations_of, viewer_of
from tests.benchmarks.http import Door, same_but_for_the_cursor
from tests.benchmarks.network import CLOSE, MEMBER, PURPOSE, Network
from tests.benchmarks.plain import Answer, Plain
from tests.benchmarks.questions import PAGE, Question, questions
from tests.benchmarks.timing import Row, in_turns, in_turns_timed, once

ALL = "all"
ANONYMOUS = "anonymous"
PLAIN = "unfiltered FTS5 and SQL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """One viewer in front of one index."""

    name: str
    index: Index
    viewer: Viewer
    relations: Mapping[str, Relation]

    def count(self, query: Query, day: date) -> int:
        """How many records, through the index's own resolver: the view is found, the filters met, the members counted."""
        view = self.index.view(self.viewer, self.relations, day)
        resolver = Resolver(self.index._store, view, day)
        hits = view.records
        for atom in query.filters:
            hits = resolver.matching(atom, hits)
        return len(hits)

    def answer(self, query: Query, day: date) -> Found:
        """Counts, facets and the first page."""
        return self.index.search(query, viewer=self.viewer, relations=self.relations, day=day, limit=PAGE)


def index_of(network: Network) -> Index:
    """The index of the network's own replica, brought to the tables; built when there is none yet."""
    house = network.house
    with house.replica.asking(house.database.read, lambda _, index: index) as (_, index):
        return index


def open_index(network: Network, step: Callable[[int], None]) -> Index:
    """An index of the same records under policies that show everything to everybody."""
    index, vocabulary = Index(), catalogue.vocabulary()
    shows = [["$listing", "exact"], ["*", "exact"]]
    document = {"v": 1, "factory": "0", "revision": 1, "rules": [{"id": "all", "to": "anyone", "show": shows}]}
    policy = parse_policy(document, vocabulary, known_capabilities=None)
    for done, state in enumerate(states(network), start=1):
        index.put(state.factory_id, replace(state, policy=replace(policy, factory=state.factory_id)))
        if done % 1000 == 0:
            step(done)
    return index


def states(network: Network) -> Iterator[FactoryState]:
    """Every published factory, from the tables."""
    with network.house.database.read() as session:
        yield from PublishedFeed(network.house.keystore).everything(session)


def callers(network: Network) -> dict[str, Caller]:
    """The three viewers who come to this node, with the purpose of an inquiry."""
    world = network.world
    return {
        ANONYMOUS: Caller.anonymous(),
        MEMBER: world.caller(MEMBER, PURPOSE),
        CLOSE: world.caller(CLOSE, PURPOSE),
    }


def eyes(network: Network, index: Index, unfiltered: Index) -> list[Eyes]:
    """All four viewers."""
    day = network.house.today()
    found = [Eyes(name=ALL, index=unfiltered, viewer=Viewer.anonymous(), relations={})]
    with network.house.database.read() as session:
        for name, caller in callers(network).items():
            viewer, relations = viewer_of(session, caller, day), relations_of(session, caller, day)
            found.append(Eyes(name=name, index=index, viewer=viewer, relations=relations))
    return found


def inside(network: Network, watching: list[Eyes], plain: Plain, budget: float, step: Callable[[int], None]) -> list[Row]:
    """Counts and whole answers, in the process, beside the plain ones to the same question."""
    day, rows = network.house.today(), []
    for asked, question in enumerate(questions(day), start=1):
        query = question.query(day)
        counted = in_turns([_plain_count(plain, question), *(_counting(each, query, day) for each in watching)], budget)
        whole = [_plain_answer(plain, question, query), *(_answering(each, query, day) for each in watching)]
        answered = in_turns(whole, budget)
        plainly = plain.count(question), plain.answer(question, query)
        for place, each in enumerate(watching, start=1):
            count, answer = each.count(query, day), told(each.answer(query, day))
            if question.ranked:
                answer = replace(answer, hits=plainly[1].hits)
            for what, figures, mine, theirs in (
                ("count", counted, count, plainly[0]),
                ("counts, facets and first page", answered, answer, plainly[1]),
            ):
                rows.append(
                    Row(
                        group=f"search in the process: {what}",
                        name=question.name,
                        viewer=each.name,
                        found=count,
                        measured=figures[place],
                        baseline=PLAIN,
                        base=figures[0],
                        answers=(mine, theirs) if each.name == ALL else None,
                    )
                )
        step(asked)
    return rows


def told(found: Found) -> Answer:
    """An answer of the index in the shape of the plain one."""
    return Answer(
        records=found.capabilities + sum(hit.capability_id is None for hit in found.hits),
        factories=found.factories,
        facets=found.facets,
        hits=tuple((hit.factory_id, hit.capability_id) for hit in found.hits),
    )


def over_http(network: Network, door: Door, budget: float, step: Callable[[int], None]) -> list[Row]:
    """First pages through Flask, beside a route that reads the same rows by key and sends the same JSON."""
    day, rows = network.house.today(), []
    for asked, question in enumerate(questions(day), start=1):
        for name in (ANONYMOUS, MEMBER, CLOSE):
            real, bare, noting = door.pages(name, question.address)
            measured, base, noted = in_turns([real, bare, noting], budget)
            pages = same_but_for_the_cursor(real()), same_but_for_the_cursor(bare())
            rows.append(
                Row(
                    group="search over HTTP, first page",
                    name=question.name,
                    viewer=name,
                    measured=measured,
                    baseline="Flask route: token, same rows by key, same JSON",
                    base=base,
                    found=pages[0]["capabilities"],
                    answers=pages,
                )
            )
            floored, data = door.beside(name, question.address)
            slow, fast = in_turns([floored, data], budget / 4)
            beside = Row(group="", name=question.name, viewer=name, measured=measured, baseline="", base=base)
            rows += [
                replace(
                    beside,
                    group="search over HTTP, beside a route that notes too",
                    baseline="the same route, which commits as many rows of the ledger",
                    base=noted,
                ),
                replace(beside, group="search over HTTP, beside bare bytes", baseline="the same bytes, no token", base=fast),
                replace(
                    beside,
                    group="search over HTTP, with the response floor",
                    measured=slow,
                    baseline="without it",
                    base=measured,
                ),
            ]
        step(asked)
    return rows


def cold(network: Network, index: Index, plain: Plain, budget: float) -> list[Row]:
    """The first answer to a viewer whose world is not there yet, relations read from the tables.

    Each time is another day, since a viewer's world is kept per day: the same work, and nothing left over from before.
    """
    house, rows = network.house, []
    question = questions(house.today())[0]
    same = _plain_answer(plain, question, question.query(house.today()))
    for name, caller in callers(network).items():
        days = (house.today() + timedelta(days=offset) for offset in range(1, 1000))

        def first(caller: Caller = caller, days: Iterator[date] = days) -> Found:
            day = next(days)
            with house.database.read() as session:
                viewer, relations = viewer_of(session, caller, day), relations_of(session, caller, day)
            return index.search(question.query(day), viewer=viewer, relations=relations, day=day, limit=PAGE)

        measured, base = in_turns_timed([partial(once, first), partial(once, same)], budget, most=25)
        rows.append(
            Row(
                group="first search of a new viewer",
                name=question.name,
                viewer=name,
                measured=measured,
                baseline=f"{PLAIN}, same question",
                base=base,
            )
        )
    return rows


def resident() -> int:
    """Bytes of memory that this process holds (RSS), after a garbage collection; 0 where the system does not say."""
    gc.collect()
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))
    except (OSError, StopIteration):  # pragma: no cover - another system
        return 0


def _plain_count(plain: Plain, question: Question) -> Callable[[], object]:
    return lambda: plain.count(question)


def _plain_answer(plain: Plain, question: Question, query: Query) -> Callable[[], object]:
    return lambda: plain.answer(question, query)


def _counting(each: Eyes, query: Query, day: date) -> Callable[[], object]:
    return lambda: each.count(query, day)


def _answering(each: Eyes, query: Query, day: date) -> Callable[[], object]:
    return lambda: each.answer(query, day)
