"""Measuring what an owner does: publish a factory, and edit a policy until the next search obeys it.

Each service call commits durably, as it does in a node, and its baseline commits the very rows it wrote once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from sqlalchemy import select

from sharing import factories, own_policy, publish
from sharing.models import Factory, Publication
from sharing.profile import Record
from sharing.search import parse_query
from sharing.searching import search
from sharing.stored import stored_record
from sharing.synthetic import synthetic_factories
from sharing.viewers import Caller
from tests.benchmarks.commits import Bare, difference
from tests.benchmarks.network import Network
from tests.benchmarks.timing import Figures, Row, in_turns_timed, once

COMMIT = "one durable commit of the same rows"
EDITS = 60
IMPORTED = 50
YES = frozenset({"cap_reaches_public"})


def publishing(network: Network, bare: Bare, budget: float) -> Row:
    """The first publication of a new factory: its question was answered, its draft is there."""
    house, caller = network.house, network.world.caller("owner-0")
    documents = synthetic_factories(10_000, network.seed + 1, house.today() + timedelta(days=1))

    def draft() -> tuple[str, str]:
        with house.database.write() as session:
            factory_id = factories.create_factory(house, session, caller, next(documents))
            return factory_id, publish.first_preview(house, session, caller, [factory_id]).digest

    def go(factory_id: str, digest: str) -> None:
        with house.database.write() as session:
            publish.publish(house, session, caller, factory_id, confirm=digest)

    def prepared() -> tuple[str, Callable[[], object]]:
        factory_id, digest = draft()
        return factory_id, lambda: go(factory_id, digest)

    measured, base = _beside_commits(bare, prepared, budget)
    return Row(group="write", name="publish one factory", viewer="", measured=measured, baseline=COMMIT, base=base)


def importing(network: Network, bare: Bare, budget: float) -> Row:
    """Creating and publishing several factories in one transaction, as an import does; for each of them."""
    house, caller = network.house, network.world.caller("owner-1")
    documents = synthetic_factories(10_000, network.seed + 2, house.today() + timedelta(days=1))
    made: list[str] = []

    def go() -> None:
        with house.database.write() as session:
            made[:] = [factories.create_factory(house, session, caller, next(documents)) for _ in range(IMPORTED)]
            digest = publish.first_preview(house, session, caller, made).digest
            publish.publish_many(house, session, caller, made, confirm=digest)

    def commit() -> float:
        # Of a factory that was not there everything was written; the counter's row is shared and goes without.
        return bare.anew([bare.stored(factory_id) for factory_id in made]) / IMPORTED

    measured, base = in_turns_timed([lambda: once(go) / IMPORTED, commit], budget)
    return Row(
        group="write",
        name=f"create and publish, {IMPORTED} in one transaction (each)",
        viewer="",
        measured=measured,
        baseline=f"{COMMIT} (each)",
        base=base,
    )


def obeying(network: Network, bare: Bare, budget: float) -> Row:
    """A policy edit that hides a factory from everybody, until a search by anybody does not find it any more."""
    house = network.house
    pending = _findable(network)

    def prepared() -> tuple[str, Callable[[], object]]:
        factory_id, caller, words = next(pending)
        with house.database.read() as session:
            document = dict(own_policy.get_policy(house, session, caller, factory_id).document)
        hidden = {"id": "closed", "to": "anyone", "cap": [["$listing", "hidden"]]}
        changed = {"v": 1, "rules": [*document["rules"], hidden]}  # type: ignore[misc]  # a list, as it was stored

        def go() -> None:
            with house.database.write() as session:
                own_policy.put_policy(house, session, caller, factory_id, changed, confirmed=YES)
            if _found(network, words):
                raise AssertionError("a search after the commit still found a hidden factory")

        return factory_id, go

    measured, base = _beside_commits(bare, prepared, budget)
    return Row(
        group="write",
        name="policy edit to the next search that obeys",
        viewer="anonymous",
        measured=measured,
        baseline=COMMIT,
        base=base,
    )


def _beside_commits(
    bare: Bare, prepared: Callable[[], tuple[str, Callable[[], object]]], budget: float
) -> tuple[Figures, Figures]:
    commits: list[float] = []

    def service() -> float:
        factory_id, go = prepared()
        before = bare.stored(factory_id)
        seconds = once(go)
        commits.append(bare.again(difference(before, bare.stored(factory_id))))
        return seconds

    measured, base = in_turns_timed([service, commits.pop], 3 * budget, most=EDITS)
    return measured, base


def _findable(network: Network) -> Iterator[tuple[str, Caller, Mapping[str, list[str]]]]:
    """Factories that anybody finds, with the caller who owns them and words that find them alone."""
    world = network.world
    slugs = {identifier: slug for slug, identifier in world.ids.items()}
    query = (
        select(Factory.id, Factory.organization_id, Publication.document)
        .join(Publication, Publication.factory_id == Factory.id)
        .where(Factory.created_at <= network.house.now())
        .order_by(Factory.id)
        .limit(4 * EDITS)
    )
    with network.house.database.read() as session:
        rows = session.execute(query).all()
    for factory_id, organization_id, document in rows:
        words = {"q": [_name(stored_record(document))]}
        if _found(network, words) == 1:
            yield factory_id, world.caller(slugs[organization_id]), words


def _name(record: Record) -> str:
    names = record.factory["legal_name"]
    return str(names["en"]) if isinstance(names, Mapping) else str(names)


def _found(network: Network, words: Mapping[str, list[str]]) -> int:
    house = network.house
    query = parse_query(words, house.today())
    return search(house, lambda _: Caller.anonymous(), query, limit=20).factories
