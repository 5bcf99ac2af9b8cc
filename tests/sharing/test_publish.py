"""Publication: what is asked first, and what a profile sent again must not open."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from network.database import Database
from sharing import factories, own_policy, publish, views
from sharing.errors import ConfirmationNeeded, PreviewNotConfirmed, StateConflict
from sharing.publish import CAP_WITHOUT_CAPABILITY
from tests.world import World

TWO: dict[str, Any] = {
    "legal_name": "Shop",
    "country": "VN",
    "capabilities": [{"process": "3.2.1", "material_family": "P"}, {"process": "3.2.3", "material_family": "N"}],
}


@pytest.fixture
def world(sqlite_database: Database) -> World:
    world = World.on(sqlite_database)
    world.organization("maker")
    return world


def capabilities_seen(world: World, factory_id: str) -> int:
    with world.house.database.read() as session:
        return len(views.view(world.house, session, world.caller(None), factory_id).projection.capabilities)


def hide_one(world: World, factory_id: str) -> str:
    """Cap the factory's first capability for everybody; returns its id."""
    with world.house.database.read() as session:
        profile = factories.get_profile(world.house, session, world.caller("maker"), factory_id).document
        policy = own_policy.get_policy(world.house, session, world.caller("maker"), factory_id).document
    listed: Any = profile["capabilities"]
    rules: Any = policy["rules"]
    cap = {"id": "secret", "to": "anyone", "cap": [[f"capability/{listed[0]['id']}", "hidden"]]}
    world.policy("maker", factory_id, {"v": 1, "rules": [*rules, cap]})
    return str(listed[0]["id"])


def put(world: World, factory_id: str, document: dict[str, Any]) -> None:
    with world.house.database.write() as session:
        factories.put_profile(world.house, session, world.caller("maker"), factory_id, document)


def test_the_first_publication_waits_for_the_digest_of_the_preview_that_was_seen(world: World) -> None:
    factory_id = world.factory("maker", TWO, live=False)
    caller = world.caller("maker")
    for wrong in (None, "", "0" * 64):
        with world.house.database.write() as session, pytest.raises(PreviewNotConfirmed):
            publish.publish(world.house, session, caller, factory_id, confirm=wrong)
    with world.house.database.read() as session:
        seen = publish.first_preview(world.house, session, caller, [factory_id]).digest
    put(world, factory_id, {**TWO, "legal_name": "Another name"})
    with world.house.database.write() as session, pytest.raises(PreviewNotConfirmed):
        publish.publish(world.house, session, caller, factory_id, confirm=seen)
    world.publish("maker", factory_id)
    assert capabilities_seen(world, factory_id) == 2


def test_a_hidden_capability_sent_again_without_its_id_is_not_opened_unasked(world: World) -> None:
    factory_id = world.factory("maker", TWO)
    hide_one(world, factory_id)
    assert capabilities_seen(world, factory_id) == 1
    put(world, factory_id, deepcopy(TWO))
    with world.house.database.write() as session, pytest.raises(ConfirmationNeeded) as asked:
        publish.publish(world.house, session, world.caller("maker"), factory_id, confirm=None)
    assert [each.code for each in asked.value.problems] == [CAP_WITHOUT_CAPABILITY]
    assert capabilities_seen(world, factory_id) == 1
    with world.house.database.write() as session:
        yes = frozenset({CAP_WITHOUT_CAPABILITY})
        publish.publish(world.house, session, world.caller("maker"), factory_id, confirm=None, confirmed=yes)
    assert capabilities_seen(world, factory_id) == 2


def test_a_live_capability_can_be_hidden_after_the_draft_dropped_it(world: World) -> None:
    factory_id = world.factory("maker", TWO)
    with world.house.database.read() as session:
        profile: Any = factories.get_profile(world.house, session, world.caller("maker"), factory_id).document
    put(world, factory_id, {**TWO, "capabilities": profile["capabilities"][1:]})
    cap = {"id": "secret", "to": "anyone", "cap": [[f"capability/{profile['capabilities'][0]['id']}", "hidden"]]}
    world.policy("maker", factory_id, {"v": 1, "rules": [{"id": "card", "to": "anyone", "show": [["*", "exact"]]}, cap]})
    assert capabilities_seen(world, factory_id) == 1


def test_an_element_that_was_left_out_can_be_brought_back_under_its_id(world: World) -> None:
    factory_id = world.factory("maker", TWO)
    with world.house.database.read() as session:
        first: Any = factories.get_profile(world.house, session, world.caller("maker"), factory_id).document
    put(world, factory_id, deepcopy(TWO))
    put(world, factory_id, first)
    with world.house.database.read() as session:
        again = factories.get_profile(world.house, session, world.caller("maker"), factory_id).document
    assert again == first


def test_the_matrix_says_what_each_tier_really_gets(world: World) -> None:
    factory_id = world.factory("maker", TWO)
    rules = [
        {"id": "card", "to": "anyone", "show": [["*", "exact"]]},
        {"id": "members", "to": "anyone", "cap": [["process", "existence"]]},
    ]
    world.policy("maker", factory_id, {"v": 1, "rules": rules})
    with world.house.database.read() as session:
        matrix = own_policy.get_policy(world.house, session, world.caller("maker"), factory_id).matrix
    assert set(matrix["identity"].values()) == {"exact"}
    assert set(matrix["process"].values()) == {"existence"}


def test_withdrawing_hides_at_once_and_twice_is_a_conflict(world: World) -> None:
    factory_id = world.factory("maker", TWO)
    with world.house.database.write() as session:
        publish.withdraw(world.house, session, world.caller("maker"), factory_id)
    with world.house.database.read() as session, pytest.raises(Exception, match="not_found"):
        views.view(world.house, session, world.caller(None), factory_id)
    with world.house.database.write() as session, pytest.raises(StateConflict):
        publish.withdraw(world.house, session, world.caller("maker"), factory_id)


def test_a_stored_view_keeps_its_bytes_until_its_projection_changes(world: World) -> None:
    factory_id = world.factory("maker", TWO)

    def signed() -> str:
        with world.house.database.read() as session:
            return views.signed_view(world.house, session, world.caller(None), factory_id)

    first = signed()
    world.clock.forward(days=3)
    world.publish("maker", factory_id)
    assert signed() == first
    document: Any = None
    with world.house.database.read() as session:
        document = factories.get_profile(world.house, session, world.caller("maker"), factory_id).document
    put(world, factory_id, {**document, "note": "for partners only"})
    world.publish("maker", factory_id)
    assert signed() == first
    put(world, factory_id, {**document, "legal_name": "New name"})
    world.publish("maker", factory_id)
    assert signed() != first


def test_a_dated_rule_ends_for_the_public_without_anybody_writing(world: World) -> None:
    factory_id = world.factory("maker", TWO)
    until = world.house.today() + timedelta(days=1)
    rules = [
        {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["identity", "exact"]]},
        {"id": "fair", "to": "anyone", "until": until.isoformat(), "show": [["process", "exact"]]},
    ]
    world.policy("maker", factory_id, {"v": 1, "rules": rules})

    def paths() -> set[str]:
        views.refresh(world.house, factory_id)
        with world.house.database.read() as session:
            seen = views.view(world.house, session, world.caller(None), factory_id).projection
        return {path.rpartition("/")[2] for path, _ in seen.cells()}

    assert "process" in paths()
    world.clock.forward(days=1)
    assert "process" in paths()
    world.clock.forward(days=1)
    assert paths() == {"legal_name"}
