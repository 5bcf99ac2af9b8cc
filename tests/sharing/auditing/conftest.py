"""An audit that runs, of one factory."""

from __future__ import annotations

import pytest

from network.database import Database
from sharing.auditing import results
from tests.sharing.auditing import engagements as do
from tests.sharing.auditing.working import ITEMS, ask, peopled
from tests.world import World


@pytest.fixture
def world(sqlite_database: Database) -> World:
    return peopled(sqlite_database)


@pytest.fixture
def factory(world: World) -> str:
    return world.factory("maker", do.SHOP, policy=do.OPEN)


@pytest.fixture
def audit(world: World, factory: str) -> str:
    audit_id = do.engaged(world, factory)
    ask(world, "auditor", results.put_checklist, audit_id, ITEMS)
    return audit_id
