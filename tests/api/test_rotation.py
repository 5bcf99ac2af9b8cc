"""A replaced token key: what is out lives until it expires, unless the key came into other hands."""

from __future__ import annotations

from network import identity
from tests.api.world import World


def node_key(world: World, *, compromised: bool) -> tuple[str, str]:
    """Replace the token key; its old and new id."""
    house = world.app.extensions["guildnet"].house
    with world.database.write() as session:
        did = identity.node(session).did
        old = identity.current_key(session, did, "token").kid
        if compromised:
            identity.mark_compromised(session, old, at=world.clock(), now=world.clock())
        return old, identity.rotate(session, house.keystore, did, "token", now=world.clock()).kid


def kids(world: World) -> set[str]:
    return {key["kid"] for key in world.get(None, "/.well-known/jwks.json").json["keys"]}


def test_tokens_that_are_out_outlive_a_replaced_key_until_they_expire(world: World) -> None:
    world.token("acme")
    old, new = node_key(world, compromised=False)
    assert world.get("acme", "/v1/factories").status_code == 200
    assert kids(world) == {old, new}
    world.clock.move(seconds=world.settings.token_lifetime_s - 1)
    assert world.get("acme", "/v1/factories").status_code == 200
    world.clock.move(seconds=62)
    assert world.get("acme", "/v1/factories").status_code == 401
    assert kids(world) == {new}
    world._tokens.clear()
    assert world.get("acme", "/v1/factories").status_code == 200


def test_a_key_in_other_hands_ends_its_tokens_at_once(world: World) -> None:
    world.token("acme")
    old, new = node_key(world, compromised=True)
    assert world.get("acme", "/v1/factories").status_code == 401
    assert kids(world) == {new}
    assert old != new
    world._tokens.clear()
    assert world.get("acme", "/v1/factories").status_code == 200
