"""Publishing many made-up factories, with the rows of `create_factory`, `put_policy` and `publish` and without their questions.

Guarantees: row for row what the services write for the same documents and the same chance (a test compares every table): each
value comes from the services' own functions; only the way into the tables is short, many rows at a time.
Does not ask what the services ask (roles, previews, locks), so it is no measure of them.
"""

from __future__ import annotations

import json
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import insert, text

from network import identity
from network.database import Base, Database
from policies import NO_RELATION, Decision, Policy, decide
from sharing import catalogue
from sharing.factories import PUBLISHED, _default_text, default_policy, display_name
from sharing.factory_id import new_factory_id
from sharing.house import House
from sharing.models import (
    Change,
    Factory,
    PolicyRevision,
    ProfileRevision,
    Publication,
    StatusEntry,
    StatusList,
    StoredView,
)
from sharing.policy_reading import checked_policy
from sharing.profile import parse_profile
from sharing.publications import STANDING, Live, next_restatement
from sharing.stated import stated_on, stated_text
from sharing.stored import policy_text, record_text
from sharing.synthetic import USUAL_RATE, rate_of, synthetic_factories
from tests.benchmarks import owners
from tests.world import NOW, SeededEntropy, World
from trust import view as signed_views
from trust.keys import Kid, Signer
from trust.status_list import MIN_ENTRIES, Entry

TABLES = tuple(
    Base.metadata.tables[each.__tablename__]
    for each in (
        Factory,
        ProfileRevision,
        PolicyRevision,
        Publication,
        StatusList,
        StatusEntry,
        StoredView,
        Change,
    )
)
"""In the order in which their rows may be inserted."""

WAITING = 6
"""Jobs that are out at once: what a process made is not to pile up before it is written."""

NO_FACTORY = "0" * 21
"""Stands in a policy's text where the factory's id will be."""

Rows = dict[str, list[dict[str, Any]]]
Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What factories are like: how many capabilities (`synthetic_factories`), and how many rules in each policy (0: as the
    owners' starting policies and one change have them), and how many differ (`stamped`; 0: all)."""

    rate: float = USUAL_RATE
    rules: int = 0
    models: int = 0

    @classmethod
    def of(cls, factories: int, capabilities: int | None, rules: int, models: int) -> Shape:
        """For about so many capabilities in all; None for as many as come."""
        rate = USUAL_RATE if capabilities is None else rate_of(capabilities / factories)
        return cls(rate=rate, rules=rules, models=models)


USUAL = Shape()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One owner's share: factories `numbers[0]` to `numbers[1]`, exclusive, and whom its policies name."""

    owner: str
    organization_id: str
    numbers: tuple[int, int]
    rivals: tuple[str, ...]
    template: str
    own_list: str
    shape: Shape = USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A plan and where it is carried out."""

    url: str
    seed: int
    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """A policy of no factory in particular, and what follows from it alone."""

    policy: Policy
    text: str
    restate_on: date | None
    standing: Mapping[str, Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What signing for one owner needs, looked up once."""

    house: House
    seed: int
    plan: Plan
    organization_did: str
    origin: str
    status_key: Kid
    signer: Signer
    ruled: dict[str, Ruled]
    """By the text of the rules: reading and deciding them costs more than all else, and an owner has few."""


Work = Callable[[Job], Rows]


def publish(
    database: Database, jobs: Sequence[Job], done: Callable[[int], None], *, processes: int, work: Work | None = None
) -> Mapping[str, list[str]]:
    """Carry out all jobs; the ids of each owner's factories. `done` hears how many are live."""
    ids: dict[str, list[str]] = {}
    count = 0
    _hurry(database)
    for job, rows in _results(jobs, processes, work or one_by_one):
        ids[job.plan.owner] = [row["id"] for row in rows["factories"]]
        write(database, rows)
        count += len(rows["factories"])
        done(count)
    database.dispose()
    return ids


def _hurry(database: Database) -> None:
    """Let the one connection that writes not wait for the disk: whoever is interrupted here begins anew."""
    if database.dialect == "sqlite":
        connection = database._engine.raw_connection()
        try:
            for pragma in ("synchronous = OFF", "cache_size = -262144", "wal_autocheckpoint = 20000"):
                connection.cursor().execute(f"PRAGMA {pragma}")
        finally:
            connection.close()


def write(database: Database, rows: Rows) -> None:
    """Insert the rows of one job in one transaction, and take a change number for each factory."""
    with database.write() as session:
        for table in TABLES[:-1]:
            if rows[table.name]:
                session.execute(insert(table), rows[table.name])
        count = len(rows["factories"])
        taken = text("UPDATE change_counter SET value = value + :count WHERE id = 1 RETURNING value")
        last = int(session.execute(taken, {"count": count}).scalar_one())
        numbers = range(last - count + 1, last + 1)
        changes = [{"number": at, "factory_id": row["id"]} for at, row in zip(numbers, rows["factories"], strict=True)]
        session.execute(insert(TABLES[-1]), changes)


def house_for(house: House, seed: int, number: int) -> House:
    """The house with the chance of one factory, so that its ids do not depend on who else is made, and when."""
    return replace(house, entropy=SeededEntropy(f"{seed}/factory/{number}"))


def one_by_one(job: Job) -> Rows:
    """The rows of a job's factories, apart from the change numbers."""
    begin, end = job.plan.numbers
    documents = synthetic_factories(end - begin, job.seed, NOW.date(), first=begin, rate=job.plan.shape.rate)
    database = Database(job.url)
    try:
        desk = desk_of(database, job)
        rows: Rows = {table.name: [] for table in TABLES}
        for number, document in zip(range(*job.plan.numbers), documents, strict=True):
            _publish(replace(desk, house=house_for(desk.house, job.seed, number)), number, document, rows)
        return rows
    finally:
        database.dispose()


def around(house: House, plan: Plan) -> owners.Around:
    """Whom the policies of a plan's owner name."""
    return owners.Around(
        owner=plan.owner, rivals=plan.rivals, template=plan.template, own_list=plan.own_list, day=house.today()
    )


def _results(jobs: Sequence[Job], processes: int, work: Work) -> Iterator[tuple[Job, Rows]]:
    if processes == 1:
        for job in jobs:
            yield job, work(job)
        return
    # Spawned, not forked: a forked child would share the parent's database connections.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        out: deque[tuple[Job, Future[Rows]]] = deque()
        for job in jobs:
            out.append((job, pool.submit(work, job)))
            if len(out) >= WAITING:
                first, future = out.popleft()
                yield first, future.result()
        for first, future in out:
            yield first, future.result()


def desk_of(database: Database, job: Job) -> Desk:
    house = World.on(database, seed=f"benchmark {job.seed}", fresh=False).house
    with database.read() as session:
        node = identity.node(session)
        key = identity.organization_key(session, job.plan.organization_id)
        return Desk(
            house=house,
            seed=job.seed,
            plan=job.plan,
            organization_did=key.owner,
            origin=node.origin,
            status_key=identity.current_key(session, node.did, "status").kid,
            signer=identity.organization_signer(session, house.keystore, job.plan.organization_id),
            ruled={},
        )


def _publish(desk: Desk, number: int, document: Document, rows: Rows) -> None:
    house, now = desk.house, desk.house.now()
    record = parse_profile(document, existing_ids=frozenset(), new_id=house.new_id)
    factory_id = new_factory_id(house.entropy)
    shape, known = desk.plan.shape, tuple(record.capabilities)
    start = default_policy(factory_id)
    varied = owners.varied(start, known, number, desk.seed, around(house, desk.plan), rules=shape.rules)
    rules = "" if varied is None else json.dumps(varied)
    ruled = desk.ruled.get(rules)
    if ruled is None:
        ruled = desk.ruled[rules] = rule(house, start if varied is None else checked(varied, known))
    texts = [_default_text(factory_id), *([] if varied is None else [ruled.text.replace(NO_FACTORY, factory_id, 1)])]
    stated = record_text(record)
    dated = stated_text(stated_on(now.date()))
    rows["factories"].append(
        {
            "id": factory_id,
            "organization_id": desk.plan.organization_id,
            "state": PUBLISHED,
            "revision": 1,
            "policy_revision": len(texts),
            "legal_name": display_name(record),
            "created_at": now,
            "first_published_at": now,
        }
    )
    rows["profile_revisions"].append(
        {"factory_id": factory_id, "revision": 1, "document": stated, "stated": dated, "created_at": now}
    )
    rows["policy_revisions"] += [
        {"factory_id": factory_id, "revision": revision, "document": text, "created_at": now}
        for revision, text in enumerate(texts, start=1)
    ]
    rows["publications"].append(
        {
            "factory_id": factory_id,
            "organization_id": desk.plan.organization_id,
            "organization_did": desk.organization_did,
            "revision": 1,
            "document": stated,
            "stated": dated,
            "policy": texts[-1],
            "restate_on": ruled.restate_on,
        }
    )
    live = Live(
        factory_id=factory_id,
        organization_id=desk.plan.organization_id,
        organization_did=desk.organization_did,
        record=record,
        policy=replace(ruled.policy, factory=factory_id),
        stated=stated_on(now.date()),
    )
    _views(desk, live, ruled, rows)


def checked(varied: Mapping[str, object], known: Sequence[str]) -> Policy:
    return checked_policy(varied, NO_FACTORY, 2, frozenset(known), frozenset({"cap_reaches_public"}))


def rule(house: House, policy: Policy) -> Ruled:
    today, vocabulary = house.today(), catalogue.vocabulary()
    return Ruled(
        policy=policy,
        text=policy_text(policy),
        restate_on=next_restatement(policy, house),
        standing={name: decide(policy, viewer, NO_RELATION, today, vocabulary) for name, viewer in STANDING.items()},
    )


def _views(desk: Desk, live: Live, ruled: Ruled, rows: Rows) -> None:
    house = desk.house
    for audience in STANDING:
        projection = live.cut(ruled.standing[audience])
        if projection is None:
            continue
        list_id = house.new_id()
        index = int.from_bytes(house.entropy(4)) % MIN_ENTRIES
        entry = Entry(purpose="revocation", index=index, url=f"{desk.origin}/v1/status/{list_id}", key=desk.status_key)
        rows["status_lists"].append({"id": list_id, "organization_id": live.organization_id, "created_at": house.now()})
        rows["status_entries"].append({"list_id": list_id, "entry": index, "revoked": False})
        rows["stored_views"].append(
            {
                "factory_id": live.factory_id,
                "audience": audience,
                "jwt": signed_views.issue(
                    projection.content, audience=audience, valid_from=house.hour(), status=(entry,), signer=desk.signer
                ),
                "projection_digest": projection.digest,
                "status_list_id": list_id,
                "status_index": index,
            }
        )
