"""The operator's side of people: who waits, approving, refusing, letters, leaving, erasing."""

from __future__ import annotations

import pyotp
import pytest

from api import signing_in
from network.people import applications, factors, outbox, persons
from network.people.errors import TicketInvalid
from tests.api.cli.conftest import Shell
from tests.api.people.members import ORGANIZATION, PASSWORD, Postbox, token_in


def signed_up(shell: Shell, email: str = "an@kinhbac.vn", **organization: object) -> None:
    """A confirmed account whose organization waits, made as the HTTP door makes it."""
    container = shell.container()
    house = container.house
    box = Postbox()
    try:
        signing_in.sign_up(
            container,
            address=email,
            password=PASSWORD,
            name="An",
            language="en",
            organization=ORGANIZATION | organization,
            place="",
        )
        outbox.deliver(house.database, house.keystore, box, now=house.now())
        token = token_in(box.letters[-1])
        signing_in.confirm(container, token=token, password=PASSWORD)
        with pytest.raises(TicketInvalid):
            signing_in.confirm(container, token=token, password=PASSWORD)
    finally:
        container.close()


def test_who_waits_is_listed_approved_and_told(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDNET_SIGN_IN_FLOOR_MS", "0")
    signed_up(shell)
    signed_up(shell, "b@kb.vn", slug="kb", legal_name="Other")
    first, second = shell.json("org", "pending")
    assert (first["slug"], first["identifiers"]) == ("kinh-bac", ["vn_tax 0100109106"])
    assert [(each["slug"], each["reason"]) for each in second["candidates"]] == [("kinh-bac", "identifier:vn_tax")]
    assert "may be application kb (Other)" in shell.run("org", "pending").stdout

    approved = shell.json("org", "approve", first["application"], "--verified", "2")
    assert approved["did"] == "did:web:registry.example.org:orgs:kinh-bac"
    assert shell.json("org", "show", "kinh-bac")["verified"] == 2
    shell.run("org", "refuse", second["application"], "--answer", "You are there already.")
    assert shell.json("org", "pending") == []
    assert "people_conflict" in shell.run("org", "approve", first["application"], "--verified", "2", code=1).stderr

    assert "No way is set" in shell.run("mail", "send", code=1).stderr
    monkeypatch.setenv("GUILDNET_MAIL_FILE", shell.path("mail.mbox"))
    assert shell.json("mail", "send") == {"sent": 2, "put_off": 0, "given_up": 0, "waiting": 0}


def test_files_that_applicants_show_are_written_into_a_folder(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDNET_SIGN_IN_FLOOR_MS", "0")
    signed_up(shell)
    container = shell.container()
    with container.house.database.write("test") as session:
        [asked] = applications.waiting(session)
        applications.attach(
            session,
            asked.person_id,
            asked.id,
            content=b"%PDF-1.7 %%EOF",
            media_type="application/pdf",
            now=container.house.now(),
        )
    container.close()
    shell.run("org", "pending", "--documents", shell.path("shown"))
    [file] = (shell.folder / "shown" / "kinh-bac").iterdir()
    assert file.suffix == ".pdf"
    assert file.read_bytes() == b"%PDF-1.7 %%EOF"


def test_the_operator_takes_an_organization_out_only_when_it_is_meant(shell: Shell) -> None:
    assert "not_confirmed" in shell.run("org", "leave", "buyer", "--confirm", "yes", code=1).stderr
    shell.run("org", "leave", "buyer", "--confirm", "buyer", "--erase")
    shown = shell.json("org", "show", "buyer")
    assert (shown["suspended"], shown["roles"], shown["name"]) == (True, [], "buyer")
    assert shown["keys"], "what it signed can still be checked"
    assert {each["slug"]: each["state"] for each in shell.json("org", "list")}["buyer"] == "erased"
    assert "erased" in shell.run("org", "list").stdout


def test_a_list_of_organizations_tells_those_that_left_from_the_suspended(shell: Shell) -> None:
    shell.run("org", "add", "third", "--name", "Third")
    shell.run("org", "set", "third", "--suspend")
    shell.run("org", "leave", "buyer", "--confirm", "buyer")
    states = {each["slug"]: each["state"] for each in shell.json("org", "list")}
    assert states == {"an-phat": "active", "buyer": "left", "third": "suspended"}


def test_a_factory_that_is_not_there_cannot_be_erased(shell: Shell) -> None:
    assert "not_found" in shell.run("org", "erase-factory", "an-phat", "0" * 21, "--confirm", "0" * 21, code=1).stderr


def test_the_operator_takes_off_a_lost_second_factor(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDNET_SIGN_IN_FLOOR_MS", "0")
    signed_up(shell)
    email = "an@kinhbac.vn"
    container = shell.container()
    house = container.house
    try:
        with house.database.write() as session:
            who = persons.by_address(session, email)
            assert who is not None
            offered = factors.offer(session, house.keystore, who.id, issuer="Node")
            code = pyotp.TOTP(offered.secret).at(house.now())
            factors.switch_on(session, house.keystore, who.id, code, now=house.now())
    finally:
        container.close()
    assert shell.json("person", "show", email)["second_factor"] is True
    assert "not_confirmed" in shell.run("person", "second-factor-off", email, "--confirm", "b@kb.vn", code=1).stderr
    assert shell.json("person", "second-factor-off", email, "--confirm", email) == {"email": email, "second_factor": False}
    assert shell.json("person", "show", email)["second_factor"] is False
    assert "people_conflict" in shell.run("person", "second-factor-off", email, "--confirm", email, code=1).stderr
    monkeypatch.setenv("GUILDNET_MAIL_FILE", shell.path("mail.mbox"))
    assert shell.json("mail", "send")["sent"] == 2, "that it was switched on, and that it was taken off"


def test_the_operator_gives_an_organization_an_owner(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUILDNET_SIGN_IN_FLOOR_MS", "0")
    signed_up(shell)
    signed_up(shell, "b@kb.vn", slug="kb", legal_name="Other")
    [first, _] = shell.json("org", "pending")
    shell.run("org", "approve", first["application"], "--verified", "2")
    shell.run("person", "role", "b@kb.vn", "kinh-bac", "--role", "reader")
    assert shell.json("person", "role", "b@kb.vn", "kinh-bac", "--role", "owner")["role"] == "owner"
    assert shell.json("person", "show", "b@kb.vn")["roles"] == ["kinh-bac: owner"]
    shell.run("person", "role", "an@kinhbac.vn", "kinh-bac", "--role", "none")
    assert "last_owner" in shell.run("person", "role", "b@kb.vn", "kinh-bac", "--role", "none", code=1).stderr
    assert "no account" in shell.run("person", "role", "c@kb.vn", "kinh-bac", "--role", "owner", code=1).stderr
    assert "organization_unknown" in shell.run("person", "role", "b@kb.vn", "kinh-bach", "--role", "owner", code=1).stderr
