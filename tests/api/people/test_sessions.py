"""Sessions, the second factor, and what a session is exchanged for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import jwt
import pyotp
import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from api import signing_in
from api.tokens import SESSIONS
from network import membership
from network.people import attempts
from network.people.models import PersonRow
from network.people.sessions import MOST
from tests.api.people.members import (
    PASSWORD,
    Somebody,
    approve,
    colleague,
    log_in,
    logged_in,
    owner,
    post,
    somebody,
)
from tests.api.world import World


def test_a_person_sees_and_ends_their_sessions(world: World) -> None:
    here = somebody(world)
    there = logged_in(world, here.email)
    listed = here.ask("GET", "/v1/sessions").json
    assert len(listed["sessions"]) == 2
    other = next(each["id"] for each in listed["sessions"] if each["id"] != listed["current"])
    assert here.ask("DELETE", f"/v1/sessions/{other}").status_code == 204
    assert there.ask("GET", "/v1/me").status_code == 401
    assert here.ask("DELETE", "/v1/sessions/current").status_code == 204
    assert here.ask("GET", "/v1/me").status_code == 401


def test_nobody_ends_somebody_elses_session(world: World) -> None:
    an, binh = somebody(world), somebody(world, "binh@other.vn")
    [session] = binh.ask("GET", "/v1/sessions").json["sessions"]
    answers = [an.ask("DELETE", f"/v1/sessions/{each}") for each in (session["id"], "0" * 32)]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert binh.ask("GET", "/v1/me").status_code == 200


def test_a_session_ends_when_idle_and_when_old(world: World) -> None:
    person = somebody(world)
    world.clock.move(seconds=world.settings.session_idle_s - 1)
    assert person.ask("GET", "/v1/me").status_code == 200
    world.clock.move(seconds=1)
    assert person.ask("GET", "/v1/me").status_code == 401

    person = owner(world, "second@kinhbac.vn", "second")
    begun = world.clock()
    while (world.clock() - begun).total_seconds() < world.settings.session_lifetime_s:
        assert person.exchange("second").status_code == 200
        world.clock.move(seconds=world.settings.session_idle_s - 1)
    assert person.ask("GET", "/v1/me").status_code == 401


def test_a_person_has_so_many_sessions_and_no_more(world: World) -> None:
    person = somebody(world)
    for _ in range(MOST):
        world.clock.move(seconds=1)
        newest = logged_in(world, person.email)
    assert len(newest.ask("GET", "/v1/sessions").json["sessions"]) == MOST
    assert person.ask("GET", "/v1/me").status_code == 401


def test_no_secret_of_a_person_rests_in_clear_text(world: World) -> None:
    person = somebody(world)
    totp, codes = person.switch_on_factor()
    with world.database.read() as session:
        tables = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        rows = [str(row) for table in tables for row in session.execute(text(f'SELECT * FROM "{table}"')).all()]
    everything = "\n".join(rows)
    assert person.email in everything, "the search finds what is there"
    for secret in (PASSWORD, person.secret, person.secret[4:], totp.secret, *codes):
        assert secret not in everything


def test_a_second_factor_is_asked_for_and_each_code_counts_once(world: World) -> None:
    person = somebody(world)
    totp, _ = person.switch_on_factor()
    used = totp.at(world.clock())
    assert log_in(world, code=used).status_code == 401, "the code that switched it on was used up"
    world.clock.move(seconds=30)
    code = totp.at(world.clock())
    assert log_in(world).status_code == 401
    assert log_in(world, code=code).status_code == 201
    assert log_in(world, code=code).status_code == 401
    world.clock.move(seconds=60)
    assert log_in(world, code=totp.at(world.clock() - timedelta(seconds=30))).status_code == 201, (
        "a clock may be one step behind"
    )
    assert log_in(world, code=totp.at(world.clock() - timedelta(seconds=60))).status_code == 401


def test_a_recovery_code_works_once_and_leaves_a_letter(world: World) -> None:
    person = somebody(world)
    _, codes = person.switch_on_factor()
    post(world)
    assert log_in(world, recovery_code=codes[0].upper().replace("-", " ")).status_code == 201
    assert "recovery code" in post(world)[0].text
    assert log_in(world, recovery_code=codes[0]).status_code == 401
    assert log_in(world, recovery_code="aaaa-aaaa-aaaa-aaaa").status_code == 401


def test_recovery_codes_are_made_anew_all_together(world: World) -> None:
    person = somebody(world)
    totp, old = person.switch_on_factor()
    world.clock.move(seconds=30)
    body = {"password": "not this one at all", "code": totp.at(world.clock())}
    assert person.ask("POST", "/v1/me/second-factor/recovery-codes", json=body).status_code == 401
    body["password"] = PASSWORD
    answer = person.ask("POST", "/v1/me/second-factor/recovery-codes", json=body)
    new = answer.json["recovery_codes"]
    assert len(set(new)) == 10
    assert (log_in(world, recovery_code=old[1]).status_code, log_in(world, recovery_code=new[1]).status_code) == (401, 201)


def test_a_factor_is_taken_off_with_password_and_code(world: World) -> None:
    person = somebody(world)
    totp, codes = person.switch_on_factor()
    world.clock.move(seconds=30)
    wrong = {"password": "not this one at all", "code": totp.at(world.clock())}
    assert person.ask("DELETE", "/v1/me/second-factor", json=wrong).status_code == 401
    assert person.ask("DELETE", "/v1/me/second-factor", json={"password": PASSWORD, "code": "000000"}).status_code == 422
    assert person.ask("DELETE", "/v1/me/second-factor", json={"password": PASSWORD, "code": codes[3]}).status_code == 204
    assert log_in(world).status_code == 201
    with world.database.read() as session:
        assert session.query(PersonRow).one().totp_sealed is None


def test_a_factor_that_was_never_confirmed_is_not_asked_for(world: World) -> None:
    person = somebody(world)
    offered = person.ask("POST", "/v1/me/second-factor", json={"password": PASSWORD})
    assert offered.status_code == 201
    assert re.match(r"otpauth://totp/.+secret=[A-Z2-7]+", offered.json["uri"])
    assert log_in(world).status_code == 201


def test_a_sealed_factor_does_not_open_for_another_person(world: World) -> None:
    an, binh = somebody(world), somebody(world, "binh@other.vn")
    totp, _ = an.switch_on_factor()
    binh.switch_on_factor()
    with world.database.write() as session:
        rows = {row.address: row for row in session.query(PersonRow)}
        rows["binh@other.vn"].totp_sealed = rows["an@kinhbac.vn"].totp_sealed
    world.clock.move(seconds=30)
    assert log_in(world, "binh@other.vn", code=totp.at(world.clock())).status_code == 500


def test_a_session_is_exchanged_for_a_token_of_one_organization_and_purpose(world: World) -> None:
    person = owner(world)
    answer = person.exchange("kinh-bac", purpose="sourcing")
    assert answer.json["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token"
    assert answer.json["scope"] == "manage read write"
    claims = jwt.decode(answer.json["access_token"], options={"verify_signature": False})
    me = person.ask("GET", "/v1/me").json
    assert (claims["person"], claims["sub"], claims["client_id"]) == (me["id"], me["id"], SESSIONS)
    assert claims["purpose"] == "sourcing"
    assert person.email not in str(claims)
    made = person.for_("kinh-bac", "POST", "/v1/factories", json={"legal_name": "Mine", "country": "VN"})
    assert made.status_code == 201, made.text


def test_a_session_opens_only_its_own_account_and_a_token_only_its_organization(world: World) -> None:
    person = owner(world)
    assert person.ask("GET", "/v1/factories").json["code"] == "token_required"
    assert person.ask("GET", "/v1/search").status_code == 401
    assert person.for_("kinh-bac", "GET", "/v1/me").json["code"] == "session_required"
    assert world.get("acme", "/v1/me").json["code"] == "session_required"
    assert world.get(None, "/v1/me").json["code"] == "session_required"
    assert world.get(None, "/v1/me", headers={"Authorization": "Bearer gns_" + "A" * 43}).json["code"] == "token_invalid"


@pytest.mark.parametrize("slug", ["acme", "nobody", "\x00", "kinh-bac\udcff"])
def test_an_organization_of_others_and_an_unknown_one_are_refused_alike(world: World, slug: str) -> None:
    person = owner(world)
    answer = person.exchange(slug) if slug.isprintable() else person.exchange("no-such")
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
    assert answer.json["error_description"] == "there is no such organization of yours"


def test_terms_are_asked_for_before_the_first_token(world: World) -> None:
    person = somebody(world)
    approve(world)
    answer = person.exchange("kinh-bac")
    assert (answer.status_code, answer.json["code"], answer.json["error"]) == (403, "terms_required", "terms_required")
    current = world.get(None, "/v1/terms").json
    assert (answer.json["version"], answer.json["digest"]) == (current["version"], current["digest"])
    assert set(current["texts"]) == {"en", "vi"}
    old = {"version": "2000-01", "digest": "0" * 64}
    assert person.ask("POST", "/v1/me/terms", json=old).json["code"] == "terms_outdated"
    person.accept_terms()
    assert person.exchange("kinh-bac").status_code == 200


def test_programs_wait_until_an_owner_accepted_the_terms_for_the_organization(world: World) -> None:
    person = somebody(world)
    approve(world)
    person.accept_terms()
    made = person.for_("kinh-bac", "POST", "/v1/clients", json={"label": "erp", "scopes": ["read"]}).json
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    assert world.client.post("/v1/token", data=form).json["code"] == "terms_required"
    reader = colleague(world, person, "reader", "reader@kinhbac.vn")
    current = world.get(None, "/v1/terms").json
    body = {"version": current["version"], "digest": current["digest"], "organizations": ["kinh-bac"]}
    assert reader.ask("POST", "/v1/me/terms", json=body).status_code == 404, "only an owner accepts for the organization"
    person.accept_terms("kinh-bac")
    assert world.client.post("/v1/token", data=form).status_code == 200


def test_programs_of_organizations_without_people_are_not_asked(world: World) -> None:
    assert world.get("acme", "/v1/factories").status_code == 200


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda person: person.ask("DELETE", "/v1/sessions/current"), "The session has ended."),
        (lambda person: suspend(person.world), "The organization is suspended."),
        (lambda person: person.ask("DELETE", "/v1/me/organizations/kinh-bac"), "The person has no role"),
    ],
)
def test_a_token_that_is_out_ends_at_once(world: World, end: object, reason: str) -> None:
    boss = owner(world)
    person = colleague(world, boss, "owner", "second@kinhbac.vn")
    token = person.token("kinh-bac")
    headers = {"Authorization": f"Bearer {token}"}
    assert world.get(None, "/v1/factories", headers=headers).status_code == 200
    end(person)  # type: ignore[operator]
    answer = world.get(None, "/v1/factories", headers=headers)
    assert answer.status_code == 401
    assert answer.json["detail"].startswith(reason)


def suspend(world: World) -> None:
    with world.database.write() as session:
        member = membership.find(session, "kinh-bac")
        assert member is not None
        membership.suspend(session, member.id, now=world.clock())


def renew(person: Somebody, code: str) -> TestResponse:
    return person.ask("POST", "/v1/me/second-factor/recovery-codes", json={"password": PASSWORD, "code": code})


def take_off(person: Somebody, code: str) -> TestResponse:
    return person.ask("DELETE", "/v1/me/second-factor", json={"password": PASSWORD, "code": code})


@pytest.mark.parametrize("form", [renew, take_off])
def test_wrong_codes_slow_down_and_are_refused_also_within_a_session(
    world: World, monkeypatch: pytest.MonkeyPatch, form: Callable[[Somebody, str], TestResponse]
) -> None:
    person = somebody(world)
    totp, _ = person.switch_on_factor()
    waits: list[float] = []
    monkeypatch.setattr(signing_in.time, "sleep", waits.append)
    for _ in range(attempts.REFUSED_AFTER):
        assert form(person, "no code").json["code"] == "code_refused"
    assert [round(each * 4) / 4 for each in waits[:3]] == [0.25, 0.5, 1.0]
    world.clock.move(seconds=30)
    answer = form(person, totp.at(world.clock()))
    assert (answer.status_code, answer.json["code"]) == (429, "too_many_attempts")
    world.clock.move(hours=1)
    assert form(person, totp.at(world.clock())).status_code in (200, 204)


def test_wrong_first_codes_are_counted_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    person = somebody(world)
    offered = person.ask("POST", "/v1/me/second-factor", json={"password": PASSWORD}).json
    monkeypatch.setattr(signing_in.time, "sleep", lambda _: None)
    address = "/v1/me/second-factor/confirmation"
    for _ in range(attempts.REFUSED_AFTER):
        assert person.ask("POST", address, json={"code": "no code"}).status_code == 422
    code = pyotp.TOTP(offered["secret"]).at(world.clock())
    assert person.ask("POST", address, json={"code": code}).status_code == 429
