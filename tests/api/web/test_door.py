"""Coming in and going out through the pages: the cookie, forged forms, where one is led, and in which language."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.people.members import PASSWORD, owner
from tests.api.world import World

ADDRESS = "an@kinhbac.vn"


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    return new_world(sign_in_floor_ms=0, password_memory_kib=64, password_rounds=1, password_lanes=1)


def forms_token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found is not None, page.text[:500]
    return found[1]


def browser(world: World) -> FlaskClient:
    return world.app.test_client()


def send(client: FlaskClient, path: str, page: str = "/log-in", **form: str) -> TestResponse:
    form["csrf_token"] = forms_token(client.get(page, base_url="https://node.example"))
    headers = {"Referer": "https://node.example/"}
    return client.post(path, data=form, base_url="https://node.example", headers=headers)


def log_in(client: FlaskClient, **more: str) -> TestResponse:
    return send(client, "/log-in", email=ADDRESS, password=PASSWORD, **more)


def cookie_of(answer: TestResponse) -> str:
    return next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("__Host-guildnet="))


def test_a_person_logs_in_acts_for_their_organization_and_logs_out(world: World) -> None:
    owner(world, ADDRESS)
    client = browser(world)
    answer = log_in(client, next="/terms")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/terms")
    page = client.get("/", base_url="https://node.example")
    assert "Kinh" in page.text
    assert "Log out" in page.text
    assert send(client, "/log-out", page="/").headers["Location"] == "/"
    assert "Log out" not in client.get("/", base_url="https://node.example").text


def test_the_cookie_is_for_this_host_over_https_alone_and_out_of_reach_of_scripts(world: World) -> None:
    owner(world, ADDRESS)
    cookie = cookie_of(log_in(browser(world)))
    assert all(each in cookie for each in ("; Secure", "; HttpOnly", "; Path=/", "; SameSite=Lax"))
    assert "Domain=" not in cookie


def test_nothing_of_before_a_log_in_is_there_after_it(world: World) -> None:
    owner(world, ADDRESS)
    client = browser(world)
    before = forms_token(client.get("/log-in", base_url="https://node.example"))
    assert log_in(client).status_code == 302
    answer = client.post(
        "/log-out", data={"csrf_token": before}, base_url="https://node.example", headers={"Referer": "https://node.example/"}
    )
    assert answer.status_code in {302, 403}
    assert "Log out" in client.get("/", base_url="https://node.example").text


@pytest.mark.parametrize("path", ["/log-in", "/log-out", "/language", "/purpose", "/acting-for", "/terms"])
def test_a_form_without_its_token_changes_nothing(world: World, path: str) -> None:
    owner(world, ADDRESS)
    client = browser(world)
    log_in(client)
    answer = client.post(path, data={"language": "vi", "purpose": "rfq"}, base_url="https://node.example")
    assert answer.status_code == 403
    assert '<html lang="en">' in client.get("/", base_url="https://node.example").text


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\n/x"]
)
def test_no_form_leads_to_another_site(world: World, elsewhere: str) -> None:
    owner(world, ADDRESS)
    assert log_in(browser(world), next=elsewhere).headers["Location"] == "/"
    assert send(browser(world), "/language", language="vi", next=elsewhere).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(world: World) -> None:
    owner(world, ADDRESS)
    wrong = send(browser(world), "/log-in", email=ADDRESS, password="another long password")
    unknown = send(browser(world), "/log-in", email="nobody@kinhbac.vn", password="another long password")
    assert wrong.status_code == unknown.status_code == 422
    assert "is not right" in wrong.text
    assert re.sub(r'value="[^"]*"', "", wrong.text) == re.sub(r'value="[^"]*"', "", unknown.text)


def test_pages_speak_the_chosen_language_and_remember_it(world: World) -> None:
    client = browser(world)
    assert '<html lang="vi">' in client.get("/", headers={"Accept-Language": "vi,en"}).text
    assert send(client, "/language", language="vi", next="/log-in").headers["Location"] == "/log-in"
    assert "Đăng nhập" in client.get("/log-in", base_url="https://node.example").text


def test_a_token_opens_no_page_and_a_cookie_no_door_for_programs(world: World) -> None:
    owner(world, ADDRESS)
    client = browser(world)
    log_in(client)
    assert client.get("/v1/me", base_url="https://node.example").status_code == 401
    assert "Log out" not in world.get("acme", "/").text


def test_an_unknown_address_is_a_page_for_people_and_a_problem_for_programs(world: World) -> None:
    assert "<h1" in browser(world).get("/no-such-page", headers={"Accept": "text/html"}).text
    assert browser(world).get("/no-such-page").json["code"] == "not_found"
    assert browser(world).get("/v1/no-such", headers={"Accept": "text/html"}).json["code"] == "not_found"


def test_pages_run_nothing_from_elsewhere_and_stand_in_no_frame(world: World) -> None:
    policy = browser(world).get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
