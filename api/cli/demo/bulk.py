"""A larger network for the demonstration: synthetic factories under one organization, published for real."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from api.cli.demo.stage import Stage
from network import membership
from sharing import factories, publish
from sharing.synthetic import synthetic_factories
from sharing.viewers import Caller

ORGANIZATION = "synthetic-works"
AT_ONCE = 200


def fill(stage: Stage, count: int, *, seed: int, step: Callable[[int, int], None]) -> None:
    """Publish `count` synthetic factories, some hundred in each transaction; calls `step(done, count)`."""
    stage.party(ORGANIZATION, "Synthetic Works (demo)", roles=["supplier"])
    house = stage.container.house
    documents = iter(synthetic_factories(count, seed, house.today()))
    done = 0
    while chunk := list(islice(documents, AT_ONCE)):
        with house.database.write("demo-fill") as session:
            owner = membership.find(session, ORGANIZATION)
            caller = Caller(member=owner, purpose=None)
            made = [factories.create_factory(house, session, caller, document) for document in chunk]
            question = publish.first_preview(house, session, caller, made)
            publish.publish_many(house, session, caller, made, confirm=question.digest)
        done += len(chunk)
        step(done, count)
