"""From the form of a sign-up to a person who is logged in, with the letters that the node wrote."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from network.people.outbox import Letter
from tests.api.people.members import PASSWORD, approve, colleague, owner, post
from tests.api.web.test_door import browser, log_in, send
from tests.api.world import World

ADDRESS = "an@kinhbac.vn"
ASKED = {
    "name": "An Nguyen", "email": ADDRESS, "password": PASSWORD, "legal_name": "Công ty TNHH Tiện Đông Anh", "country": "VN",
    "roles": "supplier", "vn_tax": "0100109106",
}  # fmt: skip


@pytest.fixture
def world(new_world: Callable[..., World]) -> World:
    return new_world(sign_in_floor_ms=0, password_memory_kib=64, password_rounds=1, password_lanes=1)


def link_in(letter: Letter) -> str:
    found = re.search(r"^    https://node\.example(/\S+\?token=\S+)$", letter.text, re.MULTILINE)
    assert found is not None, letter.text
    return found[1]


def letter_to(world: World, address: str) -> Letter:
    return next(each for each in post(world) if each.to == address)


def without_tokens(page: TestResponse) -> str:
    return re.sub(r'value="[^"]*"', "", page.text)


def test_a_newcomer_signs_up_confirms_and_logs_in(world: World) -> None:
    client = browser(world)
    assert send(client, "/sign-up", "/sign-up", **ASKED).headers["Location"] == "/letter-sent"
    link = link_in(letter_to(world, ADDRESS))
    token = link.partition("token=")[2]
    assert f'value="{token}"' in client.get(link, base_url="https://node.example").text
    assert send(client, "/confirm", "/confirm", token=token, password=PASSWORD).headers["Location"] == "/log-in"
    assert log_in(client).status_code == 302
    approve(world, "cong-ty-tnhh-tien-dong-anh")
    assert "Tiện Đông Anh" in client.get("/", base_url="https://node.example").text


def test_a_known_and_an_unknown_address_are_answered_alike(world: World) -> None:
    owner(world, ADDRESS)
    for path, form in (("/sign-up", ASKED), ("/password-reset", {})):
        known = send(browser(world), path, path, **(form | {"email": ADDRESS}))
        unknown = send(browser(world), path, path, **(form | {"email": "nobody@kinhbac.vn"}))
        assert known.headers["Location"] == unknown.headers["Location"] == "/letter-sent"


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(world: World) -> None:
    page = send(browser(world), "/sign-up", "/sign-up", **(ASKED | {"vn_tax": "0100109107", "password": "short"}))
    assert page.status_code == 422
    assert "Not an identifier" in page.text or "too short" in page.text
    assert "Tiện Đông Anh" in page.text
    assert "short" not in re.findall(r'type="password"[^>]*', page.text)[0]
    assert post(world) == []


def test_a_lost_password_is_replaced_by_letter(world: World) -> None:
    owner(world, ADDRESS)
    client = browser(world)
    send(client, "/password-reset", "/password-reset", email=ADDRESS)
    token = link_in(letter_to(world, ADDRESS)).partition("token=")[2]
    new = "quite another long password"
    assert send(client, "/new-password", "/new-password", token=token, password=new).headers["Location"] == "/log-in"
    assert send(client, "/log-in", email=ADDRESS, password=PASSWORD).status_code == 422
    assert send(client, "/log-in", email=ADDRESS, password=new).status_code == 302
    again = send(browser(world), "/new-password", "/new-password", token=token, password=new)
    assert again.status_code == 422


def test_whoever_is_invited_joins_by_the_page_of_the_letter(world: World) -> None:
    boss = owner(world, ADDRESS)
    colleague(world, boss, "reader", "binh@kinhbac.vn")
    boss.for_("kinh-bac", "POST", "/v1/invitations", json={"email": "chi@kinhbac.vn", "role": "editor"})
    token = link_in(letter_to(world, "chi@kinhbac.vn")).partition("token=")[2]
    client = browser(world)
    form = {"token": token, "name": "Chi", "password": PASSWORD}
    assert send(client, "/invitation", "/invitation", **form).headers["Location"] == "/log-in"
    assert send(client, "/log-in", email="chi@kinhbac.vn", password=PASSWORD).status_code == 302
    assert send(browser(world), "/invitation", "/invitation", **form).status_code == 422
