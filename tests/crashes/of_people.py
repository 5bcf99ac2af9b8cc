"""Write use-cases of persons: accounts, sessions, second factors, roles, applications, letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pyotp

from network.people import applications, outbox, terms
from tests.api.people import members
from tests.api.people.members import ORGANIZATION, PASSWORD, Postbox, Somebody
from tests.api.world import NOON, World
from tests.crashes.registry import Node, use
from tests.crashes.stopping import Command, Request, Step
from tests.documents import pdf

LETTER = "each request for a letter is counted, and the newest letter is the one that holds"
EMAIL = "an@kinhbac.vn"
NEXT = "a much longer thing to type"


def as_person(person: Somebody, method: str, path: str, json: Any = None) -> Request:
    """What a person sends with their session."""
    return Request(method=method, path=path, json=json, headers={"Authorization": f"Bearer {person.secret}"})


def as_owner(person: Somebody, method: str, path: str, json: Any = None) -> Request:
    """What a person sends for their organization."""
    headers = {"Authorization": f"Bearer {person.token('kinh-bac')}"}
    return Request(method=method, path=path, json=json, headers=headers)


def mailed(world: World) -> str:
    """The token in the letter that waits."""
    return members.token_in(members.post(world)[-1])


@use("sign-up", again=LETTER)
def sign_up(node: Node) -> Step:
    body = {"email": EMAIL, "password": PASSWORD, "name": "An", "language": "en", "organization": ORGANIZATION}
    return Request(method="POST", path="/v1/sign-ups", json=body)


@use("confirm-sign-up")
def confirm_sign_up(node: Node) -> Step:
    members.sign_up(node.world)
    body = {"token": mailed(node.world), "password": PASSWORD}
    return Request(method="POST", path="/v1/sign-ups/confirmation", json=body)


@use("request-reset", again=LETTER)
def request_reset(node: Node) -> Step:
    members.confirmed(node.world)
    return Request(method="POST", path="/v1/password-resets", json={"email": EMAIL})


@use("finish-reset")
def finish_reset(node: Node) -> Step:
    members.confirmed(node.world)
    members.post(node.world)
    assert node.world.post(None, "/v1/password-resets", json={"email": EMAIL}).status_code == 202
    body = {"token": mailed(node.world), "password": NEXT}
    return Request(method="POST", path="/v1/password-resets/completion", json=body)


@use("sign-in", again="each log-in is a session of its own, which its owner sees and ends")
def sign_in(node: Node) -> Step:
    members.confirmed(node.world)
    return Request(method="POST", path="/v1/sessions", json={"email": EMAIL, "password": PASSWORD})


@use("exchange-session")
def exchange_session(node: Node) -> Step:
    from api.resources.token import EXCHANGE, SESSION

    person = members.owner(node.world)
    form = {
        "grant_type": EXCHANGE,
        "subject_token": person.secret,
        "subject_token_type": SESSION,
        "organization": "kinh-bac",
    }
    # Later, since a session that was used a moment ago is not noted again.
    return Request(method="POST", path="/v1/token", data=form, now=NOON + timedelta(hours=1))


@use("change-password")
def change_password(node: Node) -> Step:
    return as_person(members.somebody(node.world), "PUT", "/v1/me/password", {"old": PASSWORD, "new": NEXT})


@use("count-wrong-password", again="each wrong password is one more")
def count_wrong_password(node: Node) -> Step:
    person = members.somebody(node.world)
    return Refused(as_person(person, "PUT", "/v1/me/password", {"old": NEXT, "new": PASSWORD}))


@use("count-wrong-code", again="each wrong code is one more")
def count_wrong_code(node: Node) -> Step:
    person = members.somebody(node.world)
    person.switch_on_factor()
    body = {"password": PASSWORD, "code": "no code"}
    return Refused(as_person(person, "DELETE", "/v1/me/second-factor", body))


@dataclass(frozen=True)
class Refused:
    """A step whose right answer is a refusal."""

    request: Request

    def __call__(self, url: str) -> Any:
        answer = self.request(url)
        return {**answer, "status": 0 if 400 <= answer["status"] < 500 else 599}


@use("erase-account")
def erase_account(node: Node) -> Step:
    person = members.somebody(node.world)
    return as_person(person, "DELETE", "/v1/me", {"password": PASSWORD, "confirm": "erase"})


@use("me.change_me")
def change_me(node: Node) -> Step:
    return as_person(members.somebody(node.world), "PUT", "/v1/me", {"name": "Another"})


@use("me.offer_factor")
def offer_factor(node: Node) -> Step:
    return as_person(members.somebody(node.world), "POST", "/v1/me/second-factor", {"password": PASSWORD})


@use("me.confirm_factor")
def confirm_factor(node: Node) -> Step:
    person = members.somebody(node.world)
    offered = person.ask("POST", "/v1/me/second-factor", json={"password": PASSWORD}).json
    code = pyotp.TOTP(offered["secret"]).at(node.world.clock())
    return as_person(person, "POST", "/v1/me/second-factor/confirmation", {"code": code})


@use("me.renew_recovery_codes", again="a code that was used already is counted as a wrong one")
def renew_recovery_codes(node: Node) -> Step:
    person = members.somebody(node.world)
    totp, _ = person.switch_on_factor()
    now = NOON + timedelta(minutes=5)
    request = as_person(person, "POST", "/v1/me/second-factor/recovery-codes", {"password": PASSWORD, "code": totp.at(now)})
    return Request(method=request.method, path=request.path, json=request.json, headers=request.headers, now=now)


@use("me.remove_factor")
def remove_factor(node: Node) -> Step:
    person = members.somebody(node.world)
    _, codes = person.switch_on_factor()
    return as_person(person, "DELETE", "/v1/me/second-factor", {"password": PASSWORD, "code": codes[0]})


@use("me.accept_terms")
def accept_terms(node: Node) -> Step:
    current = terms.in_force()
    body = {"version": current.version, "digest": current.digest, "organizations": []}
    return as_person(members.somebody(node.world), "POST", "/v1/me/terms", body)


@use("me.leave_organization")
def leave_organization(node: Node) -> Step:
    person = members.colleague(node.world, members.owner(node.world), "editor", "binh@kinhbac.vn")
    return as_person(person, "DELETE", "/v1/me/organizations/kinh-bac")


@use("sessions.end_current_session")
def end_current_session(node: Node) -> Step:
    return as_person(members.somebody(node.world), "DELETE", "/v1/sessions/current")


@use("sessions.end_session")
def end_session(node: Node) -> Step:
    person = members.somebody(node.world)
    other = members.log_in(node.world).json["id"]
    return as_person(person, "DELETE", f"/v1/sessions/{other}")


@use("sessions.end_sessions")
def end_sessions(node: Node) -> Step:
    return as_person(members.somebody(node.world), "DELETE", "/v1/sessions")


@use("applications.apply")
def apply(node: Node) -> Step:
    body = {**ORGANIZATION, "slug": "kinh-bac-two", "identifiers": {}}
    return as_person(members.somebody(node.world), "POST", "/v1/applications", body)


PDF = pdf()


@use("applications.attach_document")
def attach_document(node: Node) -> Step:
    person = members.somebody(node.world)
    waiting = person.ask("GET", "/v1/applications").json["applications"][0]["id"]
    request = as_person(person, "POST", f"/v1/applications/{waiting}/documents")
    return Request(method="POST", path=request.path, data=PDF, headers={**request.headers, "Content-Type": "application/pdf"})


def waiting_application(node: Node) -> str:
    """The id of an application that the operator has not answered."""
    members.confirmed(node.world)
    with node.world.database.read() as session:
        return applications.waiting(session)[0].id


@use("approve-organization")
def approve_organization(node: Node) -> Step:
    return Command(arguments=("org", "approve", waiting_application(node), "--verified", "2"))


@use("refuse-organization")
def refuse_organization(node: Node) -> Step:
    return Command(arguments=("org", "refuse", waiting_application(node), "--answer", "Not here."))


@use("people.invite", again=LETTER)
def invite(node: Node) -> Step:
    body = {"email": "binh@kinhbac.vn", "role": "editor"}
    return as_owner(members.owner(node.world), "POST", "/v1/invitations", body)


@use("people.call_back")
def call_back(node: Node) -> Step:
    person = members.owner(node.world)
    body = {"email": "binh@kinhbac.vn", "role": "editor"}
    made = person.for_("kinh-bac", "POST", "/v1/invitations", json=body).json["id"]
    return as_owner(person, "DELETE", f"/v1/invitations/{made}")


@use("accept-invitation")
def accept_invitation(node: Node) -> Step:
    person = members.owner(node.world)
    person.for_("kinh-bac", "POST", "/v1/invitations", json={"email": "binh@kinhbac.vn", "role": "editor"})
    body = {"token": mailed(node.world), "name": "Binh", "password": PASSWORD}
    return Request(method="POST", path="/v1/invitations/acceptance", json=body)


def colleague_id(node: Node) -> tuple[Somebody, str]:
    """An owner, and the id of an editor beside them."""
    boss = members.owner(node.world)
    members.colleague(node.world, boss, "editor", "binh@kinhbac.vn")
    people = boss.for_("kinh-bac", "GET", "/v1/people").json["people"]
    return boss, next(each["id"] for each in people if each["role"] == "editor")


@use("people.set_role")
def set_role(node: Node) -> Step:
    boss, other = colleague_id(node)
    return as_owner(boss, "PUT", f"/v1/people/{other}", {"role": "reader"})


@use("people.remove_person")
def remove_person(node: Node) -> Step:
    boss, other = colleague_id(node)
    return as_owner(boss, "DELETE", f"/v1/people/{other}")


@use("organization.make_client", again="the secret is shown once: whoever missed it revokes the client and makes another")
def make_client(node: Node) -> Step:
    return as_owner(members.owner(node.world), "POST", "/v1/clients", {"label": "planning", "scopes": ["read"]})


def client_of(node: Node) -> tuple[Somebody, str]:
    """An owner and a program of theirs."""
    person = members.owner(node.world)
    made = person.for_("kinh-bac", "POST", "/v1/clients", json={"label": "planning", "scopes": ["read"]})
    return person, str(made.json["client_id"])


@use("organization.rotate_secret")
def rotate_secret(node: Node) -> Step:
    person, client = client_of(node)
    return as_owner(person, "POST", f"/v1/clients/{client}/secret")


@use("organization.revoke_client")
def revoke_client(node: Node) -> Step:
    person, client = client_of(node)
    return as_owner(person, "DELETE", f"/v1/clients/{client}")


@use("organization.leave")
def leave(node: Node) -> Step:
    return as_owner(members.owner(node.world), "POST", "/v1/organization/leaving", {"confirm": "kinh-bac"})


@use("leave-organization")
def leave_by_operator(node: Node) -> Step:
    return Command(arguments=("org", "leave", "umbrella", "--confirm", "umbrella"))


@use("set-role")
def set_role_by_operator(node: Node) -> Step:
    members.confirmed(node.world)
    return Command(arguments=("person", "role", EMAIL, "umbrella", "--role", "owner"))


@use("take-off-factor")
def take_off_factor(node: Node) -> Step:
    person = members.somebody(node.world)
    person.switch_on_factor()
    return Command(arguments=("person", "second-factor-off", EMAIL, "--confirm", EMAIL))


CLAIM_OVER = timedelta(minutes=2)
"""A letter that was being sent when its worker died is sent again by the next one: twice rather than never."""


@dataclass(frozen=True)
class Deliver:
    """The worker's job that sends letters, into a box."""

    now: Any = NOON

    def __call__(self, url: str) -> Any:
        from tests.api.world import world_at

        world = world_at(url, {})
        world.clock.now = self.now
        box = Postbox()
        outbox.deliver(world.database, world.app.extensions["guildnet"].house.keystore, box, now=world.clock())
        return {"status": 0, "body": str(len(box.letters))}


@use("mail-claim", retried_after=CLAIM_OVER)
def mail_claim(node: Node) -> Step:
    members.sign_up(node.world)
    return Deliver()


@use("mail-done", follows=True, retried_after=CLAIM_OVER)
def mail_done(node: Node) -> Step:
    members.sign_up(node.world)
    return Deliver()
