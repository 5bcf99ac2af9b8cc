"""Suspended, resumed, revoked: who may, and what every verifier then says."""

from __future__ import annotations

import json

import pytest

from network.database import Database, current_change
from sharing.errors import InvalidAttestation, NotFound, StateConflict
from sharing.viewers import viewer_of
from sharing.worksheet import sign_request
from tests.sharing.auditing import engagements as do
from tests.world import World
from trust import bundle as bundles
from trust.errors import BundleError
from trust.keys import PrivateKey


@pytest.fixture
def world(database: Database) -> World:
    world = World.on(database)
    world.organization("maker")
    world.organization("auditor", roles=["auditor"], public_jwk=do.KEY.public.jwk)
    return world


@pytest.fixture
def factory(world: World) -> str:
    return world.factory("maker", do.SHOP, policy=do.OPEN)


def test_a_suspended_attestation_is_withdrawn_until_it_is_resumed(world: World, factory: str) -> None:
    made = do.hand_in(world, do.sheet_of(world, do.engaged(world, factory)))
    assert do.tolerance(world, factory)["verdict"] == "verified_current"
    world.clock.forward(minutes=1)
    do.move(world, "suspend", made)
    said = do.tolerance(world, factory)
    assert (said["verdict"], said["reason"], said["provenance"]) == ("withdrawn", "suspended", "self")
    world.clock.forward(minutes=1)
    do.move(world, "resume", made)
    said = do.tolerance(world, factory)
    assert (said["verdict"], said["provenance"]) == ("verified_current", "peer")
    world.clock.forward(minutes=1)
    do.move(world, "revoke", made)
    assert do.tolerance(world, factory)["reason"] == "revocation"
    with pytest.raises(StateConflict):
        do.move(world, "resume", made)


def test_an_older_bundle_says_suspended_as_of_its_lists_and_needs_all_three(world: World, factory: str) -> None:
    made = do.hand_in(world, do.sheet_of(world, do.engaged(world, factory)))
    before = do.bundle(world, factory)
    world.clock.forward(hours=2)
    do.move(world, "suspend", made)
    after = do.bundle(world, factory)
    known = do.anchors(world)

    def verdict(data: bytes) -> tuple[str, str]:
        report = bundles.verify(data, known, world.house.now())
        found = next(each for each in report.fields if each.path.endswith("/tolerance_um"))
        return str(found.verdict), found.reason

    assert verdict(before)[0] == "verified_current"
    assert verdict(after) == ("withdrawn", "suspended")
    parts = json.loads(after)
    for place in range(len(parts["status_lists"])):
        kept = [each for other, each in enumerate(parts["status_lists"]) if other != place]
        try:
            less = bundles.assemble(parts["view"], parts["presentations"], kept, parts["key_statements"])
        except BundleError:
            continue
        # Whoever leaves a list out does not get a better verdict.
        assert verdict(less)[0] in {"withdrawn", "unresolvable"}


def test_a_suspended_attestation_backs_nothing_else_either(world: World, factory: str) -> None:
    made = do.hand_in(world, do.sheet_of(world, do.engaged(world, factory, scope=("certificate",))))

    def holds() -> object:
        with world.house.database.read() as session:
            return dict(viewer_of(session, world.caller("maker"), world.house.today()).holds)

    assert holds() == {"ISO9001": "peer", "ISO9001:2015": "peer"}
    do.move(world, "suspend", made)
    assert holds() == {}


def test_search_hears_of_each_move(world: World, factory: str) -> None:
    made = do.hand_in(world, do.sheet_of(world, do.engaged(world, factory)))
    for action in ("suspend", "resume", "revoke"):
        with world.house.database.read() as session:
            before = current_change(session)
        world.clock.forward(minutes=1)
        do.move(world, action, made)
        with world.house.database.read() as session:
            assert current_change(session) == before + 1


def test_only_the_auditors_own_key_moves_an_attestation(world: World, factory: str) -> None:
    made = do.hand_in(world, do.sheet_of(world, do.engaged(world, factory)))
    thief = PrivateKey.from_seed(b"\x01" * 32, did=do.KEY.kid.partition("#")[0])
    at = world.house.now()
    wrong = {
        "signature_needed": "",
        "token_refused": sign_request("suspend", made, signer=thief, at=at, reason="So"),
        "other_attestation": sign_request("suspend", "0" * 32, signer=do.KEY, at=at, reason="So"),
    }
    for reason, signed in wrong.items():
        with pytest.raises(InvalidAttestation) as refused:
            do.move(world, "suspend", made, signed=signed)
        assert refused.value.reason == reason
    with pytest.raises(NotFound):
        do.move(world, "suspend", made, auditor="maker")


def test_a_request_for_one_thing_is_none_for_another_and_an_old_one_is_none_at_all(world: World, factory: str) -> None:
    made = do.hand_in(world, do.sheet_of(world, do.engaged(world, factory)))
    resume = sign_request("resume", made, signer=do.KEY, at=world.house.now(), reason="So")
    with pytest.raises(InvalidAttestation):
        do.move(world, "suspend", made, signed=resume)
    world.clock.forward(minutes=1)
    suspend = sign_request("suspend", made, signer=do.KEY, at=world.house.now(), reason="So")
    do.move(world, "suspend", made, signed=suspend)
    with pytest.raises(InvalidAttestation) as refused:
        do.move(world, "resume", made, signed=resume)
    assert refused.value.reason == "older_request"
    world.clock.forward(minutes=1)
    do.move(world, "resume", made)
    with pytest.raises(InvalidAttestation) as refused:
        do.move(world, "suspend", made, signed=suspend)
    assert refused.value.reason == "older_request"


def test_what_is_not_suspended_cannot_be_resumed_and_not_suspended_twice(world: World, factory: str) -> None:
    made = do.hand_in(world, do.sheet_of(world, do.engaged(world, factory)))
    with pytest.raises(StateConflict):
        do.move(world, "resume", made)
    do.move(world, "suspend", made)
    world.clock.forward(minutes=1)
    with pytest.raises(StateConflict):
        do.move(world, "suspend", made)
