"""Nobody comes in by what was taken back after the backup: not while the restored copy waits, and not once it is settled."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api.cli.node import acting_for
from network import identity, membership
from network.database import Base
from network.errors import NodeBehind
from network.people.models import DepartureRow, PersonRoleRow, PersonRow
from sharing import leaving
from tests.api.people.members import PASSWORD, colleague, log_in, owner, post, token_in
from tests.api.restoring import Place, again, backed_up, restored, settled
from tests.api.test_factories import LATHE
from tests.api.world import World, populate
from tests.documents import pdf

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


def token_status(world: World, client_id: str, secret: str) -> int:
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    return world.client.post("/v1/token", data=form).status_code


def reset(world: World, email: str, password: str) -> None:
    assert world.post(None, "/v1/password-resets", json={"email": email}).status_code == 202
    body = {"token": token_in(post(world)[-1]), "password": password}
    assert world.post(None, "/v1/password-resets/completion", json=body).status_code == 204


def test_a_replaced_secret_of_a_program_stays_replaced(place: Place) -> None:
    world = node(place)
    boss = owner(world)
    made = [boss.for_(SLUG, "POST", "/v1/clients", json={"label": name, "scopes": ["read"]}).json for name in ("known", "same")]
    known, same = [(each["client_id"], each["client_secret"]) for each in made]
    file = backed_up(world, place)
    assert boss.for_(SLUG, "POST", f"/v1/clients/{known[0]}/secret").status_code == 200
    assert token_status(world, *known) == 401
    world = restored(world, place, file)
    assert settled(world).clients == [known[0]]
    world = again(world, place)
    assert (token_status(world, *known), token_status(world, *same)) == (401, 200)


def test_a_second_factor_that_was_put_on_since_is_not_taken_off_for_who_knows_the_password(place: Place) -> None:
    world = node(place)
    boss = owner(world)
    mate = colleague(world, boss, "editor", "mate@kinhbac.vn")
    file = backed_up(world, place)
    boss.switch_on_factor()
    world = restored(world, place, file)
    assert settled(world).without_password == [boss.email]
    world = again(world, place)
    assert log_in(world).status_code == 401
    assert log_in(world, mate.email).status_code == 201
    reset(world, boss.email, "another long thing to type")
    assert log_in(world, password="another long thing to type").status_code == 201


@pytest.mark.parametrize("spent", ["used", "made anew", "not"])
def test_recovery_codes_that_do_not_count_any_more_let_nobody_in_with_the_old_password(place: Place, spent: str) -> None:
    world = node(place)
    boss = owner(world)
    totp, codes = boss.switch_on_factor()
    file = backed_up(world, place)
    world.clock.move(minutes=5)
    if spent == "used":
        assert log_in(world, recovery_code=codes[0]).status_code == 201
    elif spent == "made anew":
        body = {"password": PASSWORD, "code": totp.at(world.clock())}
        assert boss.ask("POST", "/v1/me/second-factor/recovery-codes", json=body).status_code == 200
    else:
        move_on(world)
    world = restored(world, place, file)
    settled(world)
    world = again(world, place)
    assert log_in(world, recovery_code=codes[0]).status_code == (201 if spent == "not" else 401)


@pytest.mark.parametrize("erase", ["at once", "later", "not"])
def test_an_organization_that_left_since_has_left(place: Place, erase: str) -> None:
    world = node(place)
    boss = owner(world)
    own = boss.for_(SLUG, "POST", "/v1/factories", json={**LATHE, "legal_name": {"en": "ERASEME works"}}).json["id"]
    uploaded = boss.for_(SLUG, "POST", "/v1/files?name=ERASEME", data=pdf(b"ERASEME"), content_type="application/pdf")
    assert uploaded.status_code == 201
    file = backed_up(world, place)
    world.clock.move(hours=1)
    how = {"confirm": SLUG, "erase": erase == "at once"}
    assert boss.for_(SLUG, "POST", "/v1/organization/leaving", json=how).status_code == 204
    left_at = departures(world)
    if erase == "later":
        world.clock.move(hours=1)
        house = world.app.extensions["guildnet"].house
        with world.database.write() as session:
            member = membership.find(session, SLUG)
            assert member is not None
            leaving.leave(house, session, acting_for(member), erase=True)
    expected = found(world, "ERASEME")

    world = restored(world, place, file)
    assert found(world, "ERASEME")
    done = settled(world)
    assert (done.left, "departures" in done.lost) == ([SLUG], False)
    world = again(world, place)
    assert found(world, "ERASEME") == expected
    assert bool(expected) is (erase == "not")
    assert departures(world) == [(left_at[0][0], left_at[0][1], erase != "not")]
    assert roles_of(world) == set()
    assert world.get(None, f"/v1/factories/{own}").status_code == 404


def test_who_was_erased_after_having_left_before_the_backup_is_erased(place: Place) -> None:
    world = node(place)
    boss = owner(world)
    boss.for_(SLUG, "POST", "/v1/factories", json={**LATHE, "legal_name": {"en": "ERASEME works"}})
    assert boss.for_(SLUG, "POST", "/v1/organization/leaving", json={"confirm": SLUG, "erase": False}).status_code == 204
    file = backed_up(world, place)
    house = world.app.extensions["guildnet"].house
    with world.database.write() as session:
        member = membership.find(session, SLUG)
        assert member is not None
        leaving.leave(house, session, acting_for(member), erase=True)
    world = restored(world, place, file)
    assert settled(world).left == [SLUG]
    assert found(world, "ERASEME") == set()


def departures(world: World) -> list[tuple[str, Any, bool]]:
    with world.database.read() as session:
        return [(each.organization_id, each.left_at, each.erased) for each in session.scalars(select(DepartureRow))]


def found(world: World, word: str) -> set[str]:
    """The columns of the database in which a word stands."""
    columns = set()
    with world.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                values = {name: value if isinstance(value, bytes) else str(value).encode() for name, value in row.items()}
                columns |= {f"{table.name}.{name}" for name, value in values.items() if word.encode() in value}
    return columns


@pytest.mark.parametrize("keep", [frozenset(), frozenset({"people"}), frozenset({"roles"})])
def test_without_its_journal_nobody_comes_in_by_an_old_password_unless_the_operator_vouches(
    place: Place, keep: frozenset[str]
) -> None:
    world = node(place)
    boss = owner(world)
    mate = colleague(world, boss, "owner", "mate@kinhbac.vn")
    file = backed_up(world, place)
    mate_id = mate.ask("GET", "/v1/me").json["id"]
    assert boss.for_(SLUG, "DELETE", f"/v1/people/{mate_id}").status_code == 204
    world = restored(world, place, file, journal="another machine")
    done = settled(world, keep=keep)
    assert done.roles == [f"{SLUG}: owner an@kinhbac.vn", f"{SLUG}: owner mate@kinhbac.vn"]
    vouched = "people" in keep
    assert done.without_password == ([] if vouched else [boss.email, mate.email])
    assert roles_of(world) == ({(boss.email, "owner"), (mate.email, "owner")} if keep else set())
    world = again(world, place, journal="another machine")
    assert log_in(world, mate.email).status_code == (201 if vouched else 401)
    if not vouched:
        reset(world, boss.email, "another long thing to type")
        assert log_in(world, password="another long thing to type").status_code == 201
