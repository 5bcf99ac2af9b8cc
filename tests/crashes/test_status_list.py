"""A process killed while it signs a status list leaves the list as it was, and the next one says the same."""

from __future__ import annotations

import pytest

from tests.api import world as worlds
from tests.api.test_factories import made
from tests.crashes.of_audits import attested
from tests.crashes.state import check, dump
from tests.crashes.stopping import Request, done, stopped
from trust import strict_json
from trust.contents import MAX_BYTES


@pytest.mark.parametrize("revoked", [False, True])
def test_a_status_list_killed_while_it_is_signed_anew_says_the_same_afterwards(revoked: bool, database_url: str) -> None:
    world = worlds.world_at(database_url, worlds.populate(database_url))
    factory = made(world)
    attestation = attested(world, factory)
    if revoked:
        address = f"/v1/attestations/{attestation}/revocation"
        assert world.post("initech", address, json={"reason": "mistake"}).status_code == 204
    lists = _status_lists(world, factory)
    assert len(lists) == 4, "three of the attestation, one of the standing view"
    before = dump(database_url)
    for address, text in lists.items():
        request = Request(method="GET", path=address)
        stopped(database_url, request, "status-list:signed")
        assert dump(database_url) == before
        assert done(database_url, request) == {"status": 200, "body": text}
    check(database_url)
    world.database.dispose()


def _status_lists(world: worlds.World, factory: str) -> dict[str, str]:
    """Address -> list of everything in the owner's own bundle of a public factory."""
    rules = {"v": 1, "rules": [{"id": "all", "to": "anyone", "show": [["*", "exact"]]}]}
    world.save_policy("acme", factory, rules)
    answer = world.get(None, f"/v1/factories/{factory}/bundle")
    document = strict_json.loads_object(answer.data, max_bytes=MAX_BYTES)
    texts = [str(each) for each in document["status_lists"]]  # type: ignore[union-attr]
    return {_address(text): text for text in texts}


def _address(text: str) -> str:
    from trust import base64url

    payload = strict_json.loads_object(base64url.decode(text.split(".")[1]))
    return str(payload["id"]).removeprefix(worlds.ORIGIN)
