"""A person erases their account, an organization leaves, a factory is erased over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from network.errors import SlugTaken
from network.people import accounts
from network.people.models import PersonRow, TermsAcceptanceRow
from tests.api.people.members import (
    ORGANIZATION,
    PASSWORD,
    approve,
    colleague,
    log_in,
    logged_in,
    owner,
    post,
    sign_up,
    somebody,
)
from tests.api.test_factories import made
from tests.api.world import World
from tests.documents import pdf

FACTORY = {"legal_name": "Quetzalcoatl Turning", "country": "VN"}


def holding(world: World, word: str) -> set[str]:
    found = set()
    with world.database.read() as session:
        for table in inspect(session.connection()).get_table_names():
            if any(word in str(row) for row in session.execute(text(f'SELECT * FROM "{table}"')).all()):
                found.add(table)
    return found


def test_an_erased_account_leaves_an_id_and_nothing_else(world: World) -> None:
    boss = owner(world)
    person = colleague(world, boss, "editor", "unusual.name@kinhbac.vn")
    person.switch_on_factor()
    identifier = person.ask("GET", "/v1/me").json["id"]
    post(world)
    assert holding(world, "unusual.name") == {"persons"}
    for body, status in (
        ({"password": PASSWORD, "confirm": "yes"}, 422),
        ({"password": "some other password", "confirm": "erase"}, 401),
        ({"password": PASSWORD, "confirm": "erase"}, 204),
    ):
        assert person.ask("DELETE", "/v1/me", json=body).status_code == status
    assert holding(world, "unusual.name") == set()
    assert holding(world, "Colleague") == set()
    with world.database.read() as session:
        row = session.get_one(PersonRow, identifier)
        left = {column: getattr(row, column) for column in ("address", "address_key", "password", "totp_sealed", "name")}
        assert left == {"address": None, "address_key": None, "password": None, "totp_sealed": None, "name": ""}
        assert session.query(TermsAcceptanceRow).filter_by(person_id=identifier).count() == 1, "what was recorded stays, by id"
    assert person.ask("GET", "/v1/me").status_code == 401
    assert log_in(world, "unusual.name@kinhbac.vn").status_code == 401
    assert [each["name"] for each in boss.for_("kinh-bac", "GET", "/v1/people").json["people"]] == ["An Nguyen"]


def test_the_address_of_an_erased_account_can_sign_up_again(world: World) -> None:
    person = somebody(world)
    assert person.ask("DELETE", "/v1/me", json={"password": PASSWORD, "confirm": "erase"}).status_code == 204
    assert holding(world, "Kinh Bac Turning") == set(), "an application that was never approved goes too"
    assert somebody(world).ask("GET", "/v1/me").status_code == 200


def test_no_file_holds_the_address_of_an_erased_account(world: World) -> None:
    person = somebody(world, "unusual.name@kinhbac.vn")
    post(world)
    folder = Path(str(world.database.url.database)).parent

    def found() -> list[str]:
        return [each.name for each in folder.iterdir() if b"unusual.name" in each.read_bytes()]

    assert found() != []
    assert person.ask("DELETE", "/v1/me", json={"password": PASSWORD, "confirm": "erase"}).status_code == 204
    assert found() == []


def test_an_organization_leaves_with_everything_but_its_identity(world: World) -> None:
    boss = owner(world)
    editor = colleague(world, boss, "editor", "editor@kinhbac.vn")
    made = boss.for_("kinh-bac", "POST", "/v1/clients", json={"label": "erp", "scopes": ["read"]}).json
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    factory = boss.for_("kinh-bac", "POST", "/v1/factories", json=FACTORY).json["id"]
    question = boss.for_("kinh-bac", "POST", f"/v1/factories/{factory}/publish", json={}).json
    boss.for_("kinh-bac", "POST", f"/v1/factories/{factory}/publish", json={"preview": question["digest"]})
    body = {"factory": factory, "organization": "globex", "tier": "partner", "purpose": "rfq"}
    granted = boss.for_("kinh-bac", "POST", "/v1/grants", json=body)
    assert granted.status_code == 201, granted.text
    assert world.get("globex", f"/v1/factories/{factory}").status_code == 200

    assert editor.for_("kinh-bac", "POST", "/v1/organization/leaving", json={"confirm": "kinh-bac"}).status_code == 403
    wrong = boss.for_("kinh-bac", "POST", "/v1/organization/leaving", json={"confirm": "yes"})
    assert (wrong.status_code, wrong.json["code"]) == (422, "not_confirmed")
    assert boss.for_("kinh-bac", "POST", "/v1/organization/leaving", json={"confirm": "kinh-bac"}).status_code == 204

    assert world.get("globex", f"/v1/factories/{factory}").status_code == 404
    assert world.get("globex", "/v1/grants").json["grants"] == []
    assert boss.exchange("kinh-bac").json["error"] == "invalid_grant"
    assert boss.ask("GET", "/v1/me").json["organizations"] == []
    assert world.client.post("/v1/token", data=form).status_code == 401
    document = world.get(None, "/orgs/kinh-bac/did.json")
    assert document.status_code == 200
    assert document.json["verificationMethod"], "what it signed can still be checked"


def test_an_organization_that_is_erased_keeps_its_did_and_loses_its_name(world: World) -> None:
    boss = owner(world)
    factory = boss.for_("kinh-bac", "POST", "/v1/factories", json=FACTORY).json["id"]
    assert {"factories", "profile_revisions"} <= holding(world, "Quetzalcoatl")
    body = {"confirm": "kinh-bac", "erase": True}
    assert boss.for_("kinh-bac", "POST", "/v1/organization/leaving", json=body).status_code == 204
    assert holding(world, "Quetzalcoatl") == set()
    assert holding(world, "Kinh Bac Turning") == set()
    assert world.get(None, "/orgs/kinh-bac/did.json").status_code == 200
    assert world.get("acme", f"/v1/factories/{factory}").status_code == 404


def test_an_owner_erases_a_factory_and_nobody_else_does(world: World) -> None:
    boss = owner(world)
    editor = colleague(world, boss, "editor", "editor@kinhbac.vn")
    factory = boss.for_("kinh-bac", "POST", "/v1/factories", json=FACTORY).json["id"]
    address, body = f"/v1/factories/{factory}", {"confirm": factory}
    assert editor.for_("kinh-bac", "DELETE", address, json=body).json["code"] == "role_required"
    stranger, unknown = (world.delete("acme", each, json=body) for each in (address, "/v1/factories/" + "0" * 21))
    assert (stranger.status_code, stranger.data) == (404, unknown.data)
    assert boss.for_("kinh-bac", "DELETE", address, json={"confirm": "yes"}).json["code"] == "not_confirmed"
    assert boss.for_("kinh-bac", "DELETE", address, json=body).status_code == 204
    again = boss.for_("kinh-bac", "DELETE", address, json=body)
    assert (again.status_code, again.data) == (404, unknown.data)
    assert boss.for_("kinh-bac", "GET", "/v1/factories").json["factories"] == []


def test_a_slug_of_an_organization_that_left_is_not_given_out_again(world: World) -> None:
    boss = owner(world)
    boss.for_("kinh-bac", "POST", "/v1/organization/leaving", json={"confirm": "kinh-bac", "erase": True})
    somebody(world, "new@kinhbac.vn", organization=ORGANIZATION)
    with pytest.raises(SlugTaken):  # or a DID would mean two organizations
        approve(world)


def test_what_waits_too_long_is_swept(world: World) -> None:
    sign_up(world, "never@confirmed.vn")
    post(world)
    world.clock.move(hours=accounts.SIGN_UP_HOURS + 1)
    with world.database.write() as session:
        assert accounts.sweep(session, now=world.clock()) == 1
    assert holding(world, "never@confirmed.vn") == set()
    assert logged_in(world, owner(world).email).secret.startswith("gns_")


def test_what_an_erased_organization_said_is_gone_also_where_it_has_no_factory(world: World) -> None:
    boss = owner(world)

    def ask(method: str, path: str, **other: Any) -> Any:
        answer = boss.for_("kinh-bac", method, path, **other)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    ask("POST", "/v1/clients", json={"label": "Quetzalcoatl-erp", "scopes": ["read"]})
    ask("PUT", "/v1/lists/quetzalcoatl", json={"organizations": ["globex"]})
    ask("POST", "/v1/ndas", json={"organization": "globex", "template": "quetzalcoatl"})
    ask("POST", "/v1/files", data=pdf(b"Quetzalcoatl"), content_type="application/pdf")
    body = {"factory": made(world), "purpose": "rfq", "message": "Quetzalcoatl asks"}
    ask("POST", "/v1/access-requests", json=body)
    table = "legal_name,country,province\nQuetzalcoatl Works,XX,Quetzalcoatl\n"
    ask("POST", "/v1/imports?holds=factories", data=table, content_type="text/csv")
    assert {"clients", "list_members", "nda_acceptances", "access_requests"} <= held(world, "quetzalcoatl")
    with world.database.read() as session:
        assert session.execute(text("SELECT length(errors) FROM imports")).scalar_one() > 0, "its rows stand in a workbook"

    leaving = {"confirm": "kinh-bac", "erase": True}
    assert boss.for_("kinh-bac", "POST", "/v1/organization/leaving", json=leaving).status_code == 204
    assert held(world, "quetzalcoatl") == set()
    with world.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM imports")).scalar_one() == 0
        assert session.execute(text("SELECT count(*) FROM access_requests")).scalar_one() == 1, "the owner it asked keeps that"


def held(world: World, word: str) -> set[str]:
    """Tables that hold a word in any spelling."""
    return holding(world, word) | holding(world, word.capitalize())


def test_no_letter_goes_to_an_erased_account(world: World) -> None:
    boss = owner(world)
    person = somebody(world, "binh@other.vn", organization=ORGANIZATION | {"slug": "other", "identifiers": {}})
    post(world)
    world.post(None, "/v1/password-resets", json={"email": "binh@other.vn"})
    world.post(None, "/v1/password-resets", json={"email": boss.email})
    sign_up(world, "Binh@other.vn")
    boss.for_("kinh-bac", "POST", "/v1/invitations", json={"email": "BINH@other.vn", "role": "reader"})
    assert person.ask("DELETE", "/v1/me", json={"password": PASSWORD, "confirm": "erase"}).status_code == 204
    assert {each.to for each in post(world)} == {boss.email}
