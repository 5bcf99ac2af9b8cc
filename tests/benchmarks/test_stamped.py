"""The network of the large benchmark is one that `fsck` finds nothing in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

from sqlalchemy import select

from network.database import Database
from sharing.fsck import fsck
from sharing.models import Publication
from tests.benchmarks import network
from tests.benchmarks.bulk import Shape

COUNT, SEED = 60, 5
CAPABILITIES, RULES, MODELS = 150, 10, 7


def test_stamped_factories_are_sound_and_as_many_as_asked_for(new_database: Callable[[], Database]) -> None:
    database = new_database()
    shape = Shape.of(COUNT, CAPABILITIES, RULES, MODELS)
    made = network.make(database, COUNT, SEED, lambda *_: None, shape=shape)

    assert fsck(made.house).findings == ()
    with database.read() as session:
        rows = session.execute(select(Publication.document, Publication.policy)).all()
    assert {len(json.loads(policy)["rules"]) for _, policy in rows} == {RULES}
    documents = [json.loads(document) for document, _ in rows]
    names = Counter(each["legal_name"]["vi"] for each in documents)
    assert len(names) == COUNT, "two factories of one model have different names"
    ids = [each["id"] for document in documents for each in document.get("capabilities", ())]
    assert len(set(ids)) == len(ids)
    assert 0.5 * CAPABILITIES < len(ids) < 2 * CAPABILITIES
