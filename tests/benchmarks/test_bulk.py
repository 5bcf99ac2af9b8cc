"""The network of the benchmark is what the services would have written."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Table, select

from network.database import Base, Database
from sharing import factories, own_policy, publish
from sharing.factories import default_policy
from sharing.synthetic import synthetic_factories
from tests.benchmarks import bulk, network, owners
from tests.world import NOW, World

COUNT, SEED = 90, 5


def test_bulk_writes_row_for_row_what_the_services_write(new_database: Callable[[], Database]) -> None:
    by_services, in_bulk = new_database(), new_database()
    plans = network.plans(World.on(by_services, seed="benchmark 5"), COUNT, SEED, lambda *_: None)
    publish_by_services(by_services, plans)
    network.plans(World.on(in_bulk, seed="benchmark 5"), COUNT, SEED, lambda *_: None)
    jobs = [bulk.Job(url=str(in_bulk.url), seed=SEED, plan=plan) for plan in plans]
    bulk.publish(in_bulk, jobs, lambda _: None, processes=1)

    for table in bulk.TABLES:
        expected, written = rows(by_services, table), rows(in_bulk, table)
        assert written == expected, table.name
        assert len(written) >= COUNT
    varied = [row for row in rows(in_bulk, Base.metadata.tables["policy_revisions"]) if row[1] == 2]
    assert 20 <= len(varied) <= 70, "the owners do not differ enough for the comparison to mean much"


def publish_by_services(database: Database, plans: list[bulk.Plan]) -> None:
    world = World.on(database, seed="benchmark 5", fresh=False)
    documents = iter(synthetic_factories(COUNT, SEED, NOW.date()))
    for plan in plans:
        caller = world.caller(plan.owner)
        for number in range(*plan.numbers):
            house = bulk.house_for(world.house, SEED, number)
            with database.write() as session:
                factory_id = factories.create_factory(house, session, caller, next(documents))
            with database.read() as session:
                profile = factories.get_profile(house, session, caller, factory_id).document
            known = tuple(each["id"] for each in profile.get("capabilities", ()))  # type: ignore[attr-defined]
            changed = owners.varied(default_policy(factory_id), known, number, SEED, bulk.around(house, plan))
            if changed is not None:
                with database.write() as session:
                    own_policy.put_policy(
                        house, session, caller, factory_id, changed, confirmed=frozenset({"cap_reaches_public"})
                    )
            with database.write() as session:
                digest = publish.first_preview(house, session, caller, [factory_id]).digest
                publish.publish(house, session, caller, factory_id, confirm=digest)


def rows(database: Database, table: Table) -> list[tuple[object, ...]]:
    with database.read() as session:
        # The mark of a change is random: it is all that two histories with equal chance differ in.
        columns = [each for each in table.columns if each.name != "mark"]
        return sorted(map(tuple, session.execute(select(*columns))), key=repr)
