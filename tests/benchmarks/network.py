"""The made-up network: a node, owners with some hundred factories each, and the viewers that search it.

Guarantees: one seed gives the same keys, ids, profiles, policies and ties every time. All of it is made by the services,
apart from the publications, which `bulk` writes row for row as the services do (its test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

from network.database import Database
from sharing import grants, relations
from sharing.house import House
from tests.benchmarks import bulk, stamped
from tests.benchmarks.bulk import USUAL, Job, Plan, Shape
from tests.world import World

OF_ONE_OWNER = 200
GRANTS = 300
MEMBER, CLOSE, OWNER = "member", "close", "owner-0"
"""Slugs: a member without relations; one with grants, an agreement and a place on an owner's list; the first owner."""

TEMPLATE, LIST = "nda-2026", "friends"
PURPOSE = "rfq"

Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """An opened network; `world.house` is what the services work with."""

    world: World
    factories: int
    seed: int

    @property
    def house(self) -> House:
        """The shared dependencies."""
        return self.world.house


def make(database: Database, factories: int, seed: int, step: Step, *, processes: int = 1, shape: Shape = USUAL) -> Network:
    """Build the network in a migrated empty database."""
    world = World.on(database, seed=f"benchmark {seed}")
    planned = [replace(each, shape=shape) for each in plans(world, factories, seed, step)]
    jobs = [Job(url=database.url.render_as_string(hide_password=False), seed=seed, plan=plan) for plan in planned]
    ids = bulk.publish(
        database,
        jobs,
        lambda done: step("factories", done, factories),
        processes=processes,
        work=stamped.work if shape.models else bulk.one_by_one,
    )
    _tie(world, planned, ids, seed, step)
    return Network(world=world, factories=factories, seed=seed)


def reopen(database: Database, factories: int, seed: int) -> Network:
    """The network that an earlier run built; chance goes on elsewhere, so that no id comes twice."""
    world = World.on(database, seed=f"benchmark {seed} again", fresh=False)
    return Network(world=world, factories=factories, seed=seed)


def owners(factories: int) -> int:
    """How many organizations own them."""
    return max(4, -(-factories // OF_ONE_OWNER))


def plans(world: World, factories: int, seed: int, step: Step) -> list[Plan]:
    for slug in (MEMBER, CLOSE):
        world.organization(slug, roles=["buyer"], country="JP", sectors=["C29"])
    count = owners(factories)
    share, made, begun = -(-factories // count), [], 1
    buyers = [world.caller(slug).member for slug in (MEMBER, CLOSE)]
    for number in range(count):
        slug = f"owner-{number}"
        identifier = world.organization(slug)
        random = Random(f"{seed}/rivals/{number}")
        rivals = {f"did:web:node.example:orgs:rival-{random.randint(1, 60)}" for _ in range(3)}
        rivals |= {str(each.did) for each in buyers if each is not None and random.random() < 0.2}
        ended = min(begun + share, factories + 1)
        made.append(
            Plan(
                owner=slug,
                organization_id=identifier,
                numbers=(begun, ended),
                rivals=tuple(sorted(rivals)),
                template=TEMPLATE,
                own_list=LIST,
            )
        )
        begun = ended
        step("organizations", number + 1, count)
    return made


def _tie(world: World, plans: list[Plan], ids: Mapping[str, list[str]], seed: int, step: Step) -> None:
    """Bring the close buyer close: grants on single factories, an agreement with one owner, a place on another's list."""
    house = world.house
    random = Random(f"{seed}/grants")
    every = [(plan.owner, factory_id) for plan in plans for factory_id in ids[plan.owner]]
    chosen = random.sample(every, min(GRANTS, len(every) // 4))
    callers = {owner: world.caller(owner) for owner, _ in chosen}
    for done, (owner, factory_id) in enumerate(chosen, start=1):
        with house.database.write() as session:
            grants.give_grant(
                house,
                session,
                callers[owner],
                factory_id=factory_id,
                organization=CLOSE,
                tier=random.choice(("partner", "partner", "confidential")),
                purpose=PURPOSE,
                until=house.today() + timedelta(days=random.randint(30, 300)),
                fields=random.choice((None, None, ["capacity", "tolerance"])),
            )
        step("grants", done, len(chosen))
    with house.database.write() as session:
        relations.put_list(house, session, world.caller(plans[1].owner), LIST, [CLOSE])
    with house.database.write() as session:
        agreement = relations.propose_nda(house, session, world.caller(plans[2].owner), organization=CLOSE, template=TEMPLATE)
    with house.database.write() as session:
        relations.accept_nda(house, session, world.caller(CLOSE), agreement.id)
