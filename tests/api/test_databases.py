"""The same questions over HTTP on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import world as worlds
from tests.api.test_factories import made
from tests.api.test_journey import attested, tolerance
from tests.api.world import World


@pytest.fixture
def anywhere(database_url: str) -> Iterator[World]:
    made_world = worlds.world_at(database_url, worlds.populate(database_url))
    yield made_world
    made_world.database.dispose()


def test_a_factory_is_published_found_asked_granted_and_attested(anywhere: World) -> None:
    factory = made(anywhere)
    assert anywhere.get(None, "/v1/search?process=3.2.1").json["capabilities"] == 1
    body, key = {"factory": factory, "purpose": "rfq"}, {"Idempotency-Key": "0123456789"}
    asked = [anywhere.post("globex", "/v1/access-requests", json=body, headers=key).json["id"] for _ in range(2)]
    assert asked[0] == asked[1]
    anywhere.post("acme", f"/v1/access-requests/{asked[0]}/decision", json={"decision": "grant", "tier": "partner"})
    assert tolerance(anywhere, "globex", factory, "rfq") == "12"
    assert attested(anywhere, factory)


@pytest.mark.parametrize("address", ["/v1/factories/{}/profile", "/v1/factories/{}", "/v1/factories/{}/bundle"])
def test_text_that_a_database_would_refuse_never_reaches_it(anywhere: World, address: str) -> None:
    for odd in ("a%00b", "%ED%A0%80", "%FF", "'%3B--"):
        assert anywhere.get("acme", address.format(odd)).status_code == 404
    assert anywhere.get("acme", "/v1/search?q=a%00b").status_code == 422
    assert anywhere.get(None, "/orgs/a%00b/did.json").status_code == 404
