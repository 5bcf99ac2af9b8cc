"""Nobody comes in by what was taken back after the backup: not while the restored copy waits, and not once it is settled."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from network import identity, membership
from network.errors import NodeBehind
from network.people.models import PersonRoleRow, PersonRow
from tests.api.people.members import PASSWORD, owner, post, token_in
from tests.api.restoring import Place, again, backed_up, restored, settled
from tests.api.world import World, populate

SLUG = "kinh-bac"


def node(place: Place) -> World:
    return place.world(place.url, populate(place.url), seed=1)


def move_on(world: World) -> None:
    """Something is said after the backup."""
    with world.database.write() as session:
        node = identity.node(session)
        identity.rotate(session, world.app.extensions["guildnet"].house.keystore, node.did, "token", now=world.clock())


def roles_of(world: World) -> set[tuple[str | None, str]]:
    with world.database.read() as session:
        found = select(PersonRow.address, PersonRoleRow.role).join(PersonRoleRow, PersonRoleRow.person_id == PersonRow.id)
        return {(address, role) for address, role in session.execute(found)}


def test_an_invitation_that_was_called_back_lets_nobody_in_while_a_copy_waits(place: Place) -> None:
    world = node(place)
    boss = owner(world)
    body = {"email": "evil@example.org", "role": "owner"}
    invited = boss.for_(SLUG, "POST", "/v1/invitations", json=body).json["id"]
    acceptance = {"token": token_in(post(world)[-1]), "name": "E", "password": PASSWORD}
    file = backed_up(world, place)
    assert boss.for_(SLUG, "DELETE", f"/v1/invitations/{invited}").status_code == 204
    move_on(world)

    world = restored(world, place, file)
    answer = world.post(None, "/v1/invitations/acceptance", json=acceptance)
    assert (answer.status_code, answer.json["code"]) == (503, "node_behind")
    settled(world)
    world = again(world, place)
    assert world.post(None, "/v1/invitations/acceptance", json=acceptance).json["code"] == "ticket_invalid"
    assert roles_of(world) == {("an@kinhbac.vn", "owner")}


def test_a_role_is_not_given_on_a_copy_that_waits_by_any_other_way_either(place: Place) -> None:
    world = node(place)
    owner(world)
    file = backed_up(world, place)
    move_on(world)
    world = restored(world, place, file)
    with world.database.read() as session:
        person = session.scalars(select(PersonRow)).one()
        organization = membership.find(session, "acme")
    assert organization is not None
    row = {"organization_id": organization.id, "person_id": person.id, "role": "owner", "since": world.clock()}
    with pytest.raises(NodeBehind), world.database.write() as session:
        session.add(PersonRoleRow(**row))
    assert roles_of(world) == {("an@kinhbac.vn", "owner")}


def test_a_copy_that_waits_takes_in_nothing_at_the_doors_that_are_open_to_everybody(place: Place) -> None:
    world = node(place)
    owner(world)
    file = backed_up(world, place)
    world = restored(world, place, file)
    doors: dict[str, dict[str, Any]] = {
        "/v1/sessions": {"email": "an@kinhbac.vn", "password": PASSWORD},
        "/v1/password-resets": {"email": "an@kinhbac.vn"},
        "/v1/password-resets/completion": {"token": "a" * 43, "password": PASSWORD},
        "/v1/sign-ups": {"email": "x@example.org"},
        "/v1/sign-ups/confirmation": {"token": "a" * 43, "password": PASSWORD},
        "/v1/invitations/acceptance": {"token": "a" * 43},
    }
    said = {path: world.post(None, path, json=body).json["code"] for path, body in doors.items()}
    assert said == dict.fromkeys(doors, "node_behind")
    assert world.get(None, "/v1/terms").status_code == 200
    assert post(world) == []


def test_a_copy_that_waits_names_no_keys(place: Place) -> None:
    world = node(place)
    file = backed_up(world, place)
    addresses = ("/.well-known/did.json", "/orgs/acme/did.json", "/.well-known/jwks.json")
    move_on(world)
    world = restored(world, place, file)
    for address in addresses:
        answer = world.get(None, address)
        assert (answer.status_code, answer.json["code"]) == (503, "node_behind"), address
        assert "public" not in answer.headers["Cache-Control"]
    settled(world)
    world = again(world, place)
    assert {world.get(None, address).status_code for address in addresses} == {200}
