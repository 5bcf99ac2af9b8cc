"""An audit with a checklist in a few words, for the tests of findings, disputes and results."""

from __future__ import annotations

from typing import Any

from network.database import Database
from sharing.auditing import disputes, findings
from sharing.auditing.findings import Raised
from sharing.auditing.parties import Said
from tests.sharing.auditing import engagements as do
from tests.world import World

ITEMS = [
    {"id": "1", "criterion": "8.5.1", "field_paths": ["capability.tolerance_um"]},
    {"id": "2", "criterion": "8.5.2", "field_paths": ["capability.process"]},
    {"id": "3", "criterion": "8.5.3", "applicable": False, "na_reason": "No castings"},
]


SERIOUS = Raised(
    clause="8.5.1", statement="Gauges are not calibrated", objective_evidence="Three of five", grade="major", item="1"
)


def peopled(database: Database) -> World:
    world = World.on(database)
    world.organization("maker")
    world.organization("stranger", roles=["auditor", "supplier"])
    world.organization("auditor", roles=["auditor"], public_jwk=do.KEY.public.jwk)
    return world


def ask(world: World, slug: str, service: Any, *given: Any, **named: Any) -> Any:
    with world.house.database.write("test") as session:
        return service(world.house, session, world.caller(slug, "audit" if slug != "maker" else None), *given, **named)


def step(world: World, slug: str, finding: str, name: str) -> Any:
    world.clock.forward(minutes=1)
    return ask(world, slug, findings.take_step, finding, Said(step=name, text="So"))


def paths(sheet: Any) -> set[str]:
    return {name.partition("@")[0].rpartition("/")[2] for name in sheet["claims"]}


def disputed(world: World, finding: str, **answer: Any) -> Any:
    opened = ask(world, "maker", disputes.open_dispute, statement="No", finding_id=finding)
    ask(world, "auditor", disputes.take_step, opened.id, Said(step="answer", text="So", **answer))
    return ask(world, "auditor", findings.get_finding, finding)
