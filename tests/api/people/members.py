"""Persons of a test: signed up, confirmed by the letter that the node wrote, logged in, in an organization."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pyotp
from werkzeug.test import TestResponse

from api.resources.token import EXCHANGE, SESSION
from network.people import applications, outbox, terms
from network.people.outbox import Letter
from tests.api.world import World

PASSWORD = "a rather long thing to type"
ORGANIZATION = {
    "slug": "kinh-bac",
    "legal_name": "Kinh Bac Turning Co., Ltd",
    "country": "VN",
    "roles": ["supplier"],
    "sectors": ["C25"],
    "identifiers": {"vn_tax": "0100109106"},
}


@dataclass
class Postbox:
    """Takes what the node sends."""

    letters: list[Letter] = field(default_factory=list)

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)


def post(world: World) -> list[Letter]:
    """Every letter that waits, sent now."""
    house = world.app.extensions["guildnet"].house
    box = Postbox()
    outbox.deliver(world.database, house.keystore, box, now=world.clock())
    return box.letters


def token_in(letter: Letter) -> str:
    found = re.search(r"^    ([A-Za-z0-9_-]{43})$", letter.text, re.MULTILINE)
    assert found is not None, letter.text
    return found[1]


def sign_up(world: World, email: str = "an@kinhbac.vn", **changes: Any) -> TestResponse:
    body = {"email": email, "password": PASSWORD, "name": "An Nguyen", "language": "en", "organization": ORGANIZATION}
    return world.post(None, "/v1/sign-ups", json=body | changes)


def log_in(world: World, email: str = "an@kinhbac.vn", password: str = PASSWORD, **more: str) -> TestResponse:
    return world.post(None, "/v1/sessions", json={"email": email, "password": password, **more})


@dataclass
class Somebody:
    """A person who is logged in."""

    world: World
    email: str
    secret: str

    def ask(self, method: str, path: str, **other: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.secret}"} | dict(other.pop("headers", {}))
        return self.world.client.open(path, method=method, headers=headers, **other)

    def exchange(self, organization: str, **more: str) -> TestResponse:
        form = {
            "grant_type": EXCHANGE,
            "subject_token": self.secret,
            "subject_token_type": SESSION,
            "organization": organization,
        }
        return self.world.client.post("/v1/token", data=form | more)

    def token(self, organization: str, **more: str) -> str:
        answer = self.exchange(organization, **more)
        assert answer.status_code == 200, answer.text
        return answer.json["access_token"]

    def for_(self, organization: str, method: str, path: str, **other: Any) -> TestResponse:
        """Ask as this organization."""
        headers = {"Authorization": f"Bearer {self.token(organization)}"}
        return self.world.client.open(path, method=method, headers=headers, **other)

    def accept_terms(self, *organizations: str) -> None:
        current = terms.in_force()
        body = {"version": current.version, "digest": current.digest, "organizations": list(organizations)}
        answer = self.ask("POST", "/v1/me/terms", json=body)
        assert answer.status_code == 204, answer.text

    def switch_on_factor(self) -> tuple[pyotp.TOTP, list[str]]:
        offered = self.ask("POST", "/v1/me/second-factor", json={"password": PASSWORD}).json
        totp = pyotp.TOTP(offered["secret"])
        code = totp.at(self.world.clock())
        answer = self.ask("POST", "/v1/me/second-factor/confirmation", json={"code": code})
        assert answer.status_code == 200, answer.text
        return totp, answer.json["recovery_codes"]


def confirmed(world: World, email: str = "an@kinhbac.vn", **changes: Any) -> None:
    assert sign_up(world, email, **changes).status_code == 202
    letter = next(each for each in post(world) if each.to == email)
    answer = world.post(None, "/v1/sign-ups/confirmation", json={"token": token_in(letter), "password": PASSWORD})
    assert answer.status_code == 204, answer.text


def somebody(world: World, email: str = "an@kinhbac.vn", **changes: Any) -> Somebody:
    """An account with an application that waits, logged in."""
    confirmed(world, email, **changes)
    return logged_in(world, email)


def logged_in(world: World, email: str) -> Somebody:
    begun = log_in(world, email)
    assert begun.status_code == 201, begun.text
    return Somebody(world=world, email=email, secret=begun.json["secret"])


def approve(world: World, asked_for: str = "kinh-bac", **changes: Any) -> str:
    house = world.app.extensions["guildnet"].house
    with world.database.write() as session:
        asked = next(each for each in applications.waiting(session) if each.asked.slug == asked_for)
        return applications.approve(session, house.keystore, asked.id, verified=2, now=world.clock(), **changes)


def owner(world: World, email: str = "an@kinhbac.vn", slug: str = "kinh-bac") -> Somebody:
    """The owner of an approved organization, who accepted the terms for both."""
    person = somebody(world, email, organization=ORGANIZATION | {"slug": slug, "identifiers": {}})
    approve(world, slug)
    post(world)
    person.accept_terms(slug)
    return person


def colleague(world: World, boss: Somebody, role: str, email: str, slug: str = "kinh-bac") -> Somebody:
    """A person whom the owner invited."""
    invited = boss.for_(slug, "POST", "/v1/invitations", json={"email": email, "role": role})
    assert invited.status_code == 201, invited.text
    token = token_in(next(each for each in post(world) if each.to == email))
    body = {"token": token, "name": "Colleague", "password": PASSWORD}
    answer = world.post(None, "/v1/invitations/acceptance", json=body)
    assert answer.status_code == 200, answer.text
    person = logged_in(world, email)
    person.accept_terms()
    return person
