"""What one party does is told to the other at once, by notice and letter, and only where they may know."""

from __future__ import annotations

from typing import Any

import pytest

from network.database import Database
from network.people import outbox
from network.people.models import PersonRoleRow, PersonRow
from network.people.outbox import Letter
from sharing import access, audits, notices, telling
from sharing.access import AccessRequestView
from sharing.auditing import disputes, findings
from sharing.auditing.findings import Raised
from sharing.auditing.parties import Said
from tests.sharing.auditing import engagements as do
from tests.world import World

CAP: dict[str, Any] = {"id": "cap", "to": {"org": ["did:web:node.example:orgs:buyer"]}, "cap": [["$listing", "hidden"]]}
RAISED = Raised(clause="8.5", statement="Loose", objective_evidence="Seen", grade="minor")


@pytest.fixture
def world(database: Database) -> World:
    world = World.on(database)
    world.organization("maker")
    world.organization("buyer", roles=["buyer"])
    world.organization("auditor", roles=["auditor"], public_jwk=do.KEY.public.jwk)
    with world.house.database.write("people") as session:
        for slug in ("maker", "buyer", "auditor"):
            session.add(
                PersonRow(
                    id=world.ids[slug],
                    address=f"{slug}@node.example",
                    name=slug,
                    language="en",
                    password="x",
                    totp_on=False,
                    totp_step=0,
                    created=world.clock(),
                )
            )
            session.flush()
            session.add(
                PersonRoleRow(person_id=world.ids[slug], organization_id=world.ids[slug], role="owner", since=world.clock())
            )
    return world


class Box:
    """A letter box."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def send(self, letter: Letter) -> None:
        self.letters.append(letter)


def mailed(world: World) -> list[tuple[str, str]]:
    """(to whom, subject) of the letters that wait, which then are gone."""
    box = Box()
    outbox.deliver(world.house.database, world.house.keystore, box, now=world.clock())
    return sorted((each.to.partition("@")[0], each.subject.partition(" at ")[0]) for each in box.letters)


def told(world: World, slug: str, purpose: str | None = None) -> list[tuple[str, str]]:
    with world.house.database.read() as session:
        found = notices.list_notices(world.house, session, world.caller(slug, purpose))
    return sorted((each.kind, each.subject) for each in found)


def ask(world: World, factory_id: str) -> AccessRequestView:
    with world.house.database.write("test") as session:
        return access.request_access(
            world.house, session, world.caller("buyer", "rfq"), factory_id=factory_id, purpose="rfq", message="SECRET"
        )


def decide(world: World, request_id: str, *, grant: bool) -> None:
    with world.house.database.write("test") as session:
        tier = "partner" if grant else None
        access.decide_request(world.house, session, world.caller("maker"), request_id, grant=grant, tier=tier, message="SECRET")


@pytest.mark.parametrize("grant", [True, False])
def test_a_request_is_told_to_the_owner_and_its_answer_to_the_asker(world: World, grant: bool) -> None:
    asked = ask(world, world.factory("maker", do.SHOP, policy=do.OPEN))
    assert mailed(world) == [("maker", "Somebody asks for access")]
    assert told(world, "maker") == [("access_request", asked.id)]
    assert told(world, "buyer", "rfq") == []
    decide(world, asked.id, grant=grant)
    assert mailed(world) == [("buyer", "Your request for access was answered")]
    assert told(world, "buyer", "rfq") == [("access_decided", asked.id)]
    assert told(world, "auditor") == []


def test_a_letter_says_where_the_matter_is_and_none_of_the_others_words(world: World) -> None:
    asked = ask(world, world.factory("maker", do.SHOP, policy=do.OPEN))
    box = Box()
    outbox.deliver(world.house.database, world.house.keystore, box, now=world.clock())
    [letter] = box.letters
    assert f"GET /v1/access-requests/{asked.id}" in letter.text
    assert "SECRET" not in letter.text
    assert "buyer" not in letter.text


def test_an_asker_from_whom_the_factory_was_hidden_is_not_told_of_the_answer(world: World) -> None:
    factory_id = world.factory("maker", do.SHOP, policy=do.OPEN)
    asked = ask(world, factory_id)
    mailed(world)
    world.policy("maker", factory_id, {"v": 1, "rules": [*do.OPEN["rules"], CAP]})  # type: ignore[misc]
    decide(world, asked.id, grant=False)
    assert mailed(world) == []
    assert told(world, "buyer", "rfq") == []
    world.policy("maker", factory_id, do.OPEN)
    assert told(world, "buyer", "rfq") == [], "it was not told then, so there is nothing to read now"


def test_an_audit_its_findings_and_disputes_are_told_to_the_other_side(world: World) -> None:
    factory_id = world.factory("maker", do.SHOP, policy=do.OPEN)
    audit = do.engaged(world, factory_id)
    assert mailed(world) == [("auditor", "An audit is proposed"), ("maker", "Your proposal of an audit was answered")]
    house, auditor, maker = world.house, world.caller("auditor", "audit"), world.caller("maker")
    with house.database.write("test") as session:
        raised = [findings.raise_finding(house, session, auditor, audit, RAISED) for _ in range(3)]
    assert mailed(world) == [("maker", "A finding was raised")], "one letter for what a day brings"
    with house.database.write("test") as session:
        opened = disputes.open_dispute(house, session, maker, statement="No", finding_id=raised[0].id)
    assert mailed(world) == [("auditor", "A dispute was opened")]
    with house.database.write("test") as session:
        disputes.take_step(house, session, auditor, opened.id, Said(step="answer", text="Yes", outcome="upheld"))
    assert mailed(world) == [("maker", "A dispute was answered")]
    assert told(world, "maker") == [("audit_decided", audit), ("dispute_answered", opened.id), ("finding_raised", audit)]
    assert told(world, "auditor", "audit") == [("audit_proposed", audit), ("dispute_opened", opened.id)]
    assert told(world, "buyer") == []


def test_an_auditor_who_proposes_much_sends_few_letters(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "LETTERS_A_DAY", 2)
    factory_id = world.factory("maker", do.SHOP, policy=do.OPEN)
    today = world.house.today()
    engagement = audits.Engagement(
        factory_id=factory_id, auditor="auditor", scheme="x", scheme_version="1", kind="peer", modality="onsite",
        scope=("process",), scope_text="", start=today, until=today,
    )  # fmt: skip
    for _ in range(4):
        with world.house.database.write("test") as session:
            audits.propose_audit(world.house, session, world.caller("auditor", "audit"), engagement)
    assert mailed(world) == [("maker", "An audit is proposed")] * 2
    assert len(told(world, "maker")) == 4
