"""Applications, roles, invitations, credentials: what owners do for their organization."""

from __future__ import annotations

import threading
import tracemalloc
import zlib

import pytest

from network import membership
from network.media import FILE_BYTES_MAX
from network.people import applications, attempts, duplicates, roles
from tests.api.people.members import (
    ORGANIZATION,
    PASSWORD,
    Somebody,
    approve,
    colleague,
    owner,
    post,
    somebody,
    token_in,
)
from tests.api.world import World
from tests.documents import pdf

BODY = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
PDF = BODY + b"xref\n0 1\n0000000000 65535 f \ntrailer\n<<>>\nstartxref\n%d\n%%%%EOF\n" % len(BODY)


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


PNG = b"".join(
    (
        b"\x89PNG\r\n\x1a\n",
        chunk(b"IHDR", b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00"),
        chunk(b"IDAT", zlib.compress(b"\x00\x00")),
        chunk(b"IEND", b""),
    )
)
FRAME = b"\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00"
JPEG = b"\xff\xd8" + FRAME + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"


def waiting(world: World) -> list[applications.Application]:
    with world.database.read() as session:
        return list(applications.waiting(session))


def test_an_organization_that_waits_has_no_key_and_is_visible_to_nobody(world: World) -> None:
    person = somebody(world)
    [application] = person.ask("GET", "/v1/applications").json["applications"]
    assert (application["state"], application["slug"]) == ("waiting", "kinh-bac")
    assert world.get(None, "/orgs/kinh-bac/did.json").status_code == 404
    with world.database.read() as session:
        assert membership.find(session, "kinh-bac") is None
    assert person.exchange("kinh-bac").json["error"] == "invalid_grant"


def test_approval_makes_organization_key_facts_and_owner_at_once(world: World) -> None:
    person = somebody(world)
    approve(world)
    assert world.get(None, "/orgs/kinh-bac/did.json").status_code == 200
    [letter] = post(world)
    assert "approved" in letter.subject
    person.accept_terms()
    shown = person.for_("kinh-bac", "GET", "/v1/organization").json
    assert (shown["country"], shown["verified"], shown["roles"], shown["sectors"]) == ("VN", 2, ["supplier"], ["C25"])
    assert shown["may"] == ["manage", "read", "write"]
    assert person.ask("GET", "/v1/applications").json["applications"][0]["state"] == "approved"


def test_an_approval_that_fails_leaves_nothing(world: World) -> None:
    somebody(world, organization=ORGANIZATION | {"slug": "acme"})
    with pytest.raises(Exception, match="There is an organization with this slug"):
        approve(world, "acme")
    [left] = waiting(world)
    assert left.state == "waiting"
    assert post(world) == []
    approve(world, "acme", slug="acme-turning")
    with world.database.read() as session:
        assert membership.find(session, "acme-turning") is not None


def test_a_refusal_tells_the_applicant_and_destroys_what_they_showed(world: World) -> None:
    person = somebody(world)
    [asked] = waiting(world)
    attached = person.ask("POST", f"/v1/applications/{asked.id}/documents", data=PDF)
    assert (attached.status_code, attached.json["media_type"]) == (201, "application/pdf")
    house = world.app.extensions["guildnet"].house
    with world.database.write() as session:
        applications.refuse(session, house.keystore, asked.id, answer="We could not reach you.", now=world.clock())
    assert "We could not reach you." in post(world)[0].text
    [shown] = person.ask("GET", "/v1/applications").json["applications"]
    assert (shown["state"], shown["documents"]) == ("refused", [])


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (PDF, 201),
        (PNG, 201),
        (JPEG, 201),
        (PDF[:-8], 415),
        (b"<html><script>alert(1)</script></html>", 415),
        (b"GIF89a", 415),
        (b"", 415),
        (b"%PDF-1.7" + b"\x00" * FILE_BYTES_MAX + b"%%EOF", 413),
    ],
    ids=["pdf", "png", "jpeg", "truncated", "html", "gif", "empty", "too-large"],
)
def test_a_file_is_taken_by_its_content_whatever_its_name(world: World, content: bytes, status: int) -> None:
    person = somebody(world)
    [asked] = waiting(world)
    answer = person.ask("POST", f"/v1/applications/{asked.id}/documents", data=content, content_type="image/png")
    assert answer.status_code == status, answer.text


def test_nobody_shows_files_for_somebody_elses_application(world: World) -> None:
    somebody(world)
    [asked] = waiting(world)
    other = somebody(world, "binh@other.vn", organization=ORGANIZATION | {"slug": "other"})
    answers = [other.ask("POST", f"/v1/applications/{each}/documents", data=PDF) for each in (asked.id, "0" * 32)]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].data == answers[1].data


def test_duplicates_are_found_by_identifier_then_by_folded_name_and_country(world: World) -> None:
    owner_of_first = somebody(world)
    del owner_of_first
    approve(world)
    other = {"slug": "kb", "legal_name": "Another Name", "country": "VN", "roles": ["supplier"]}
    somebody(world, "b@kb.vn", organization=other | {"identifiers": {"vn_tax": "0100109106"}})
    somebody(world, "c@kb.vn", organization=other | {"slug": "kbb", "legal_name": "CÔNG TY TNHH KINH BẮC TURNING"})
    somebody(world, "d@kb.vn", organization=other | {"slug": "kbc", "legal_name": "Kinh Bac Turning", "country": "JP"})
    with world.database.read() as session:
        found = {each.asked.slug: duplicates.candidates(session, each) for each in applications.waiting(session)}
    assert [(each.slug, each.reason) for each in found["kb"]] == [("kinh-bac", "identifier:vn_tax")]
    assert [(each.slug, each.reason) for each in found["kbb"]] == [("kinh-bac", "name")]
    assert found["kbc"] == ()


def test_a_person_applies_for_another_organization_but_not_for_many(world: World) -> None:
    person = somebody(world)
    codes = [
        person.ask("POST", "/v1/applications", json=ORGANIZATION | {"slug": f"more-{number}"}).status_code
        for number in range(applications.MOST_WAITING)
    ]
    assert codes == [201] * (applications.MOST_WAITING - 1) + [409]


def test_readers_read_editors_write_owners_manage(world: World) -> None:
    boss = owner(world)
    reader = colleague(world, boss, "reader", "reader@kinhbac.vn")
    editor = colleague(world, boss, "editor", "editor@kinhbac.vn")
    factory = {"legal_name": "Mine", "country": "VN"}
    done = {
        who: (
            person.for_("kinh-bac", "GET", "/v1/factories").status_code,
            person.for_("kinh-bac", "POST", "/v1/factories", json=factory).status_code,
            person.for_("kinh-bac", "GET", "/v1/people").status_code,
            person.for_("kinh-bac", "GET", "/v1/clients").status_code,
            person.for_("kinh-bac", "POST", "/v1/clients", json={"label": "x", "scopes": ["read"]}).status_code,
        )
        for who, person in (("reader", reader), ("editor", editor), ("owner", boss))
    }
    assert done == {
        "reader": (200, 403, 403, 403, 403),
        "editor": (200, 201, 403, 403, 403),
        "owner": (200, 201, 200, 200, 201),
    }


def test_programs_do_not_manage_people_or_credentials(world: World) -> None:
    for method, path in (("GET", "/v1/people"), ("GET", "/v1/clients"), ("GET", "/v1/invitations")):
        answer = world.ask("acme", method, path)
        assert (answer.status_code, answer.json["code"]) == (403, "role_required"), path
    assert world.get("acme", "/v1/organization").json["may"] == ["read", "write"]


def test_a_changed_role_counts_at_the_next_request_whatever_the_token_says(world: World) -> None:
    boss = owner(world)
    editor = colleague(world, boss, "editor", "editor@kinhbac.vn")
    headers = {"Authorization": f"Bearer {editor.token('kinh-bac')}"}
    identifier = editor.ask("GET", "/v1/me").json["id"]
    factory = {"legal_name": "Mine", "country": "VN"}
    assert world.post(None, "/v1/factories", json=factory, headers=headers).status_code == 201
    assert boss.for_("kinh-bac", "PUT", f"/v1/people/{identifier}", json={"role": "reader"}).status_code == 200
    answer = world.post(None, "/v1/factories", json=factory, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (403, "scope_required")
    assert world.get(None, "/v1/factories", headers=headers).status_code == 200
    assert boss.for_("kinh-bac", "DELETE", f"/v1/people/{identifier}").status_code == 204
    assert world.get(None, "/v1/factories", headers=headers).status_code == 401


def test_the_last_owner_can_neither_be_demoted_nor_leave_nor_erase_their_account(world: World) -> None:
    boss = owner(world)
    me = boss.ask("GET", "/v1/me").json["id"]
    refused = [
        boss.for_("kinh-bac", "PUT", f"/v1/people/{me}", json={"role": "reader"}),
        boss.for_("kinh-bac", "DELETE", f"/v1/people/{me}"),
        boss.ask("DELETE", "/v1/me/organizations/kinh-bac"),
        boss.ask("DELETE", "/v1/me", json={"password": PASSWORD, "confirm": "erase"}),
    ]
    assert [(each.status_code, each.json["code"]) for each in refused] == [(409, "last_owner")] * 4
    colleague(world, boss, "owner", "second@kinhbac.vn")
    assert boss.ask("DELETE", "/v1/me/organizations/kinh-bac").status_code == 204


def test_people_of_another_organization_do_not_exist(world: World) -> None:
    boss, other = owner(world), owner(world, "binh@other.vn", "other")
    theirs = other.ask("GET", "/v1/me").json["id"]
    for method, more in (("GET", {}), ("PUT", {"json": {"role": "reader"}}), ("DELETE", {})):
        known = boss.for_("kinh-bac", method, f"/v1/people/{theirs}", **more)
        unknown = boss.for_("kinh-bac", method, f"/v1/people/{'0' * 32}", **more)
        assert (known.status_code, known.data) == (404, unknown.data)


def test_who_invites_learns_nothing_about_the_address(world: World) -> None:
    boss = owner(world)
    somebody(world, "known@other.vn", organization=ORGANIZATION | {"slug": "other"})
    post(world)
    shapes = []
    for email in ("known@other.vn", "no@body.example"):
        answer = boss.for_("kinh-bac", "POST", "/v1/invitations", json={"email": email, "role": "editor"})
        shapes.append((answer.status_code, {key: value for key, value in answer.json.items() if key not in {"id", "email"}}))
    assert shapes[0] == shapes[1]
    assert len(post(world)) == 2


def test_an_invitation_is_for_the_account_of_its_address(world: World) -> None:
    boss = owner(world)
    known = somebody(world, "known@other.vn", organization=ORGANIZATION | {"slug": "other"})
    boss.for_("kinh-bac", "POST", "/v1/invitations", json={"email": "known@other.vn", "role": "editor"})
    token = token_in(post(world)[-1])
    refused = world.post(None, "/v1/invitations/acceptance", json={"token": token, "name": "X", "password": PASSWORD})
    assert (refused.status_code, refused.json["code"]) == (409, "people_conflict")
    accepted = world.post(None, "/v1/invitations/acceptance", json={"token": token})
    assert (accepted.json["role"], accepted.json["new_account"]) == ("editor", False)
    assert [each["slug"] for each in known.ask("GET", "/v1/me").json["organizations"]] == ["kinh-bac"]
    assert world.post(None, "/v1/invitations/acceptance", json={"token": token}).status_code == 422


def test_an_invitation_can_be_called_back_replaced_and_runs_out(world: World) -> None:
    boss = owner(world)
    tokens = []
    for role in ("reader", "editor"):
        boss.for_("kinh-bac", "POST", "/v1/invitations", json={"email": "new@kinhbac.vn", "role": role})
        tokens.append(token_in(post(world)[0]))
    [invitation] = boss.for_("kinh-bac", "GET", "/v1/invitations").json["invitations"]
    body = {"name": "New", "password": PASSWORD}
    assert world.post(None, "/v1/invitations/acceptance", json={"token": tokens[0], **body}).status_code == 422
    assert boss.for_("kinh-bac", "DELETE", f"/v1/invitations/{invitation['id']}").status_code == 204
    assert world.post(None, "/v1/invitations/acceptance", json={"token": tokens[1], **body}).status_code == 422
    boss.for_("kinh-bac", "POST", "/v1/invitations", json={"email": "new@kinhbac.vn", "role": "reader"})
    token = token_in(post(world)[0])
    world.clock.move(days=14)
    assert world.post(None, "/v1/invitations/acceptance", json={"token": token, **body}).status_code == 422


def test_credentials_are_made_rotated_and_revoked_by_the_organization(world: World) -> None:
    boss = owner(world)
    made = boss.for_("kinh-bac", "POST", "/v1/clients", json={"label": "erp", "scopes": ["read", "write"]}).json
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    assert world.client.post("/v1/token", data=form).status_code == 200
    rotated = boss.for_("kinh-bac", "POST", f"/v1/clients/{made['client_id']}/secret").json
    assert world.client.post("/v1/token", data=form).status_code == 401
    form["client_secret"] = rotated["client_secret"]
    token = world.client.post("/v1/token", data=form).json["access_token"]
    listed = boss.for_("kinh-bac", "GET", "/v1/clients").json["clients"]
    assert [each["client_id"] for each in listed] == [made["client_id"]]
    assert "secret" not in str(listed)
    assert boss.for_("kinh-bac", "DELETE", f"/v1/clients/{made['client_id']}").status_code == 204
    assert world.get(None, "/v1/factories", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert boss.for_("kinh-bac", "POST", f"/v1/clients/{made['client_id']}/secret").status_code == 404


def test_credentials_of_another_organization_do_not_exist(world: World) -> None:
    boss = owner(world)
    theirs = world.clients["acme"][0]
    for method, path in (("POST", f"/v1/clients/{theirs}/secret"), ("DELETE", f"/v1/clients/{theirs}")):
        known = boss.for_("kinh-bac", method, path)
        unknown = boss.for_("kinh-bac", method, path.replace(theirs, "0" * 32))
        assert (known.status_code, known.data) == (404, unknown.data)


def test_two_owners_who_demote_each_other_at_once_leave_one(postgres_database) -> None:
    from tests.world import World as Small

    small = Small.on(postgres_database)
    organization = small.organization("kinh-bac")
    from network.people import persons

    with postgres_database.write() as session:
        pair = [
            persons.add(
                session, small.house.entropy, address=f"{name}@x.vn", name=name, language="en", password="x", now=small.clock()
            ).id
            for name in ("an", "binh")
        ]
        for each in pair:
            roles.add(session, organization, each, "owner", now=small.clock())
    failures: list[str] = []
    start = threading.Barrier(2)

    def demote(person: str) -> None:
        start.wait()
        try:
            with postgres_database.write() as session:
                roles.set_role(session, organization, person, "reader")
        except Exception as error:
            failures.append(type(error).__name__)

    threads = [threading.Thread(target=demote, args=(each,)) for each in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == ["LastOwner"]
    with postgres_database.read() as session:
        assert sorted(each.role for each in roles.colleagues(session, organization)) == ["owner", "reader"]


def test_a_list_of_applications_does_not_read_the_files(world: World) -> None:
    person = somebody(world)
    [asked] = waiting(world)
    content = pdf(b"A" * 5_000_000)
    assert person.ask("POST", f"/v1/applications/{asked.id}/documents", data=content).status_code == 201
    tracemalloc.start()
    try:
        [listed] = person.ask("GET", "/v1/applications").json["applications"]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [each["size"] for each in listed["documents"]] == [len(content)]
    assert peak < len(content) // 2


def test_the_files_of_everything_a_person_waits_for_are_bounded_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(applications, "MOST_BYTES", 3 * len(pdf(b"0")))
    person, other = somebody(world), somebody(world, "binh@other.vn", organization=ORGANIZATION | {"slug": "other"})
    second = person.ask("POST", "/v1/applications", json=ORGANIZATION | {"slug": "second"}).json["id"]
    [first] = [each.id for each in waiting(world) if each.asked.slug == "kinh-bac"]
    [foreign] = [each.id for each in waiting(world) if each.asked.slug == "other"]

    def shown(who: Somebody, application: str, content: bytes) -> int:
        return who.ask("POST", f"/v1/applications/{application}/documents", data=pdf(content)).status_code

    assert [shown(person, first, b"1"), shown(person, second, b"2"), shown(person, second, b"3")] == [201, 201, 201]
    assert (shown(person, first, b"4"), shown(person, first, b"1")) == (409, 201), "what is there already costs nothing"
    assert shown(other, foreign, b"5") == 201
    approve(world)
    assert shown(person, second, b"6") == 201, "what was decided does not count"


def test_an_organization_writes_to_an_address_so_often_an_hour_and_all_together_too(world: World) -> None:
    def invited(boss: Somebody, slug: str) -> int:
        body = {"email": "target@example.org", "role": "reader"}
        return boss.for_(slug, "POST", "/v1/invitations", json=body).status_code

    boss = owner(world)
    assert [invited(boss, "kinh-bac") for _ in range(attempts.LETTERS_MAX + 1)] == [201] * attempts.LETTERS_MAX + [429]
    assert len(post(world)) == attempts.LETTERS_MAX
    for number in range(4):
        other = owner(world, f"boss{number}@other.vn", f"other-{number}")
        told = [invited(other, f"other-{number}") for _ in range(attempts.LETTERS_MAX)]
        assert told == [201] * attempts.LETTERS_MAX, "whether others invite is not told"
        assert len(post(world)) == (attempts.LETTERS_MAX if number < 3 else 0)
    world.clock.move(hours=1)
    assert invited(boss, "kinh-bac") == 201
    assert len(post(world)) == 1
