"""`backed=` finds exactly the values whose verdict, from the bundle verifier, has that provenance: for each viewer and case."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from network import identity, membership
from network.database import Database
from sharing import attestations, audits, factories, grants, views
from sharing.auditing import standing
from sharing.auditing.labels import label_organization
from sharing.backing import CLASSES
from sharing.errors import NotFound
from sharing.files import shelf
from sharing.in_force import note_keys_changed
from sharing.models import StatusList
from sharing.publications import resign
from sharing.search import parse_query
from sharing.searching import SearchDisagreement, search
from sharing.worksheet import Assessment
from tests.documents import pdf
from tests.world import World
from trust import bundle as bundles
from trust.attestation import Independence

PROFILE: dict[str, Any] = {
    "legal_name": "Turning works",
    "country": "VN",
    "province": "VN-HN",
    "capabilities": [
        {"process": "3.2.1", "tolerance_um": "6", "max_x_mm": "120", "lot_min": "5"},
        {"process": "1.1.1", "tolerance_um": "60", "max_x_mm": "700"},
    ],
    "certificates": [{"scheme": "ISO9001:2015", "scope": "Turned parts", "number": "Q-1", "valid_until": "2027-05-05"}],
}
RULES = {
    "v": 1,
    "rules": [
        {"id": "card", "to": "anyone", "show": [["$listing", "exact"], ["process", "band"], ["identity", "exact"]]},
        {"id": "members", "to": {"tier": "member"}, "show": [["*", "band"], ["certificate", "existence"]]},
        {"id": "partners", "to": {"tier": "partner"}, "show": [["*", "exact"]]},
    ],
}
ASKERS = ((None, None), ("buyer", "sourcing"), ("buyer", "rfq"), ("maker", "sourcing"))
ASKED = (
    *("province", "capability.process", "capability.tolerance_um", "capability.max_x_mm", "capability.lot_min"),
    *("certificate.scheme", "certificate.number"),
)


@dataclass
class Bench:
    """A world with one audited factory; `made` are the attestations in order."""

    world: World
    factory_id: str
    made: list[str] = field(default_factory=list)

    def attest(self, *scope: str, by: str = "auditor", method: str = "onsite", days: int = 30) -> None:
        """An audit of the scope, signed at once."""
        world, house = self.world, self.world.house
        today = house.today()
        engagement = audits.Engagement(
            factory_id=self.factory_id, auditor=by, scheme="peer-check", scheme_version="1", kind="peer", modality="onsite",
            scope=scope, scope_text="", start=today, until=today + timedelta(days=5),
        )  # fmt: skip
        assessment = Assessment(
            paths=None, method=method, assessed_on=today, valid_until=today + timedelta(days=days),  # type: ignore[arg-type]
            independence=Independence(months=24),
        )  # fmt: skip
        with house.database.write() as session:
            audit = audits.propose_audit(house, session, world.caller("maker"), engagement)
        auditor = world.caller(by, "audit")
        with house.database.write() as session:
            if audit.state != audits.ACCEPTED:
                audits.accept_audit(house, session, auditor, audit.id)
        with house.database.write() as session:
            sheet = attestations.make_worksheet(house, session, auditor, audit.id)
        with house.database.write() as session:
            attestations.attest_with_node_key(house, session, auditor, str(sheet["attestation"]), assessment)
        self.made.append(str(sheet["attestation"]))

    def revoke(self, place: int) -> None:
        """The auditor takes one back."""
        house = self.world.house
        with house.database.write() as session:
            auditor = self.world.caller("auditor", "audit")
            standing.revoke_attestation(house, session, auditor, self.made[place], reason="Not so")

    def suspend(self, place: int, *, resume: bool = False) -> None:
        """The auditor takes one out of force, and back into it."""
        house = self.world.house
        auditor = self.world.caller("auditor", "audit")
        for move in (standing.suspend_attestation, standing.resume_attestation)[: 1 + resume]:
            with house.database.write() as session:
                move(house, session, auditor, self.made[place], reason="To be seen")

    def doubt(self) -> None:
        """What a restored node does with lists of which it cannot know what became of them."""
        with self.world.house.database.write() as session:
            for row in session.scalars(select(StatusList)):
                row.doubted_since = self.world.house.now()
            note_keys_changed(session, None)

    def related(self) -> None:
        """The auditor and the factory turn out to have one owner."""
        with self.world.house.database.write() as session:
            for slug in ("maker", "auditor"):
                membership.set_facts(
                    session, self.world.ids[slug], "beneficial_owner", ["somebody"], source="operator", now=self.world.clock()
                )
            label_organization(self.world.house, session, self.world.ids["auditor"])

    def edit(self, change: Callable[[dict[str, Any]], None]) -> None:
        """State the profile anew and publish it."""
        world, house = self.world, self.world.house
        with house.database.write() as session:
            document = deepcopy(dict(factories.get_profile(house, session, world.caller("maker"), self.factory_id).document))
            change(document)
            factories.put_profile(house, session, world.caller("maker"), self.factory_id, document)
        world.publish("maker", self.factory_id)

    def new_key(self, slug: str | None, role: str = "organization") -> None:
        """What `guildnet key rotate` does."""
        house = self.world.house
        with house.database.write() as session:
            owner = identity.node(session).did if slug is None else f"did:web:node.example:orgs:{slug}"
            identity.rotate(session, house.keystore, owner, role, now=house.now())  # type: ignore[arg-type]
            if slug is not None:
                resign(house, session, self.world.ids[slug])
            note_keys_changed(session, None if slug is None else self.world.ids[slug])

    def stolen(self, slug: str) -> None:
        """What `guildnet key compromise` does."""
        house = self.world.house
        with house.database.write() as session:
            key = identity.organization_key(session, self.world.ids[slug])
            identity.mark_compromised(session, key.kid, at=house.now(), now=house.now())
            note_keys_changed(session, self.world.ids[slug])

    def found(self, slug: str | None, purpose: str | None, key: str, word: str) -> set[str | None]:
        """The capabilities that are found with a value of the field backed so."""
        query = parse_query({"backed": [f"{key}:{word}"]}, self.world.house.today())
        answer = search(self.world.house, lambda _: self.world.caller(slug, purpose), query, limit=20)
        return {each.capability_id for each in answer.items}

    def verified(self, slug: str | None, purpose: str | None) -> Iterator[tuple[str, str, set[str | None]]]:
        """(field, class, capabilities) as the verdicts of this viewer's own bundle say."""
        house = self.world.house
        with house.database.read() as session:
            seen = views.view(house, session, self.world.caller(slug, purpose), self.factory_id)
        content, cells = seen.projection.content, dict(seen.projection.cells())
        capabilities: Any = content.get("capability", {})
        for key in ASKED:
            scope, _, name = key.rpartition(".")
            ranks = {
                path: CLASSES[str(seen.verdicts[path]["provenance"] or "self")]
                for path, cell in cells.items()
                if "value" in cell and path.split("/")[0] == (scope or name) and path.split("/")[-1] == name
                if path in seen.verdicts
            }
            for word in ("document", "peer"):
                enough = {path for path, given in ranks.items() if given >= CLASSES[word]}
                own = {path.split("/")[1] for path in enough} if scope == "capability" else set(capabilities)
                yield key, word, own if enough else set()


Step = Callable[[Bench], None]


def attested(*scope: str, **other: Any) -> Step:
    return lambda bench: bench.attest(*scope, **other)


def tolerance(value: str) -> Step:
    return lambda bench: bench.edit(lambda document: document["capabilities"][0].update(tolerance_um=value))


def new_key(slug: str | None, role: str = "organization") -> Step:
    return lambda bench: bench.new_key(slug, role)


CASES: dict[str, list[Step]] = {
    "looked at on site": [attested("process", "tolerance", "certificate", "geometry")],
    "read in documents": [attested("process", "location", method="document")],
    "the stronger of two": [attested("process", "tolerance", method="document"), attested("process", "lot")],
    "taken back": [attested("process"), lambda bench: bench.revoke(0)],
    "suspended": [attested("process"), lambda bench: bench.suspend(0)],
    "suspended and resumed": [attested("process"), lambda bench: bench.suspend(0, resume=True)],
    "of one owner": [attested("process"), lambda bench: bench.related()],
    "of lists in doubt": [attested("process"), lambda bench: bench.doubt()],
    "the weaker left": [attested("process"), attested("process", method="document"), lambda bench: bench.revoke(0)],
    "changed inside its band": [attested("tolerance", "geometry"), tolerance("9.99")],
    "changed out of its band": [attested("tolerance", "geometry"), tolerance("11")],
    "a capability gone": [
        attested("process", "tolerance"),
        lambda bench: bench.edit(lambda document: document["capabilities"].pop(0)),
    ],
    "the auditor's key replaced": [attested("process"), new_key("auditor"), attested("tolerance")],
    "the auditor's key stolen": [attested("process"), lambda bench: bench.stolen("auditor")],
    "the owner's key replaced": [attested("process"), new_key("maker")],
    "the owner's key stolen": [attested("process"), lambda bench: bench.stolen("maker")],
    "the status key replaced": [attested("process"), new_key(None, "status"), attested("tolerance")],
    "the root key replaced": [attested("process"), new_key(None, "root")],
}


BACKING_NOTHING = {
    *("taken back", "suspended", "of one owner", "of lists in doubt", "the auditor's key stolen", "the owner's key stolen"),
}


@pytest.fixture
def bench(sqlite_database: Database) -> Bench:
    return furnished(sqlite_database)


@pytest.fixture
def either_bench(database: Database) -> Bench:
    return furnished(database)


def furnished(database: Database) -> Bench:
    world = World.on(database)
    world.organization("maker", roles=["supplier", "auditor"])
    world.organization("buyer", roles=["buyer"], country="JP")
    world.organization("auditor", roles=["auditor"])
    bench = Bench(world=world, factory_id=world.factory("maker", PROFILE, policy=RULES))
    with world.house.database.write() as session:
        grants.give_grant(
            world.house, session, world.caller("maker"), factory_id=bench.factory_id, organization="buyer", tier="partner",
            purpose="rfq",
        )  # fmt: skip
    for slug, purpose in ASKERS:  # an index that is there before follows every event
        bench.found(slug, purpose, "capability.process", "peer")
    return bench


def agree(bench: Bench) -> int:
    """Compare search and verdicts for every viewer, field and class; how many were found."""
    some = 0
    for slug, purpose in ASKERS:
        for key, word, expected in bench.verified(slug, purpose):
            assert bench.found(slug, purpose, key, word) == expected, (slug, purpose, key, word)
            some += len(expected)
    return some


@pytest.mark.parametrize("case", CASES)
def test_backed_is_what_the_verifier_says(bench: Bench, case: str) -> None:
    for step in CASES[case]:
        step(bench)
    assert bool(agree(bench)) == (case not in BACKING_NOTHING)


def test_an_index_made_afterwards_says_the_same(either_bench: Bench) -> None:
    bench = either_bench
    bench.attest("process", "tolerance")
    bench.attest("geometry", method="document")
    assert agree(Bench(world=bench.world.again(), factory_id=bench.factory_id)) == agree(bench) > 0


@pytest.mark.parametrize(
    ("shown", "backs"),
    [
        ([["certificate", "exact"], ["document.file", "exact"]], True),
        ([["certificate", "exact"], ["document.file", "existence"]], False),
        ([["certificate", "exact"]], False),
        ([["certificate.scheme", "exact"], ["certificate.number", "exact"], ["certificate.document", "existence"],
          ["document.file", "exact"]], False),
    ],
)  # fmt: skip
def test_a_certificates_file_backs_it_for_whoever_is_given_the_file(bench: Bench, shown: list[list[str]], backs: bool) -> None:
    world, house = bench.world, bench.world.house
    with house.database.write() as session:
        digest = shelf.add_file(house, session, world.caller("maker"), pdf(), name="iso.pdf").digest
    bench.edit(lambda document: document["certificates"][0].update(document=digest))
    card, members, _ = RULES["rules"]  # type: ignore[misc]
    world.policy(
        "maker", bench.factory_id, {"v": 1, "rules": [card, members, {"id": "x", "to": {"tier": "partner"}, "show": shown}]}
    )
    assert bool(agree(bench)) == backs
    assert bool(bench.found("buyer", "rfq", "certificate.scheme", "document")) == backs
    assert bench.found("buyer", "rfq", "certificate.scheme", "peer") == set()
    with house.database.read() as session:
        buyer = world.caller("buyer", "rfq")
        saved = bundles.verify(
            views.bundle(house, session, buyer, bench.factory_id), identity.own_anchors(session), house.now(), development=True
        )
        said = {each.path.split("/")[-1]: each.provenance for each in saved.fields if each.path.startswith("certificate/")}
        assert (said["scheme"] == "document") == backs
        if backs:
            assert shelf.shown_file(house, session, buyer, bench.factory_id, digest).content == pdf()
        else:
            with pytest.raises(NotFound):
                shelf.shown_file(house, session, buyer, bench.factory_id, digest)


def test_it_ends_with_its_last_day(bench: Bench) -> None:
    bench.attest("process", days=1)
    for later in range(3):
        assert bool(agree(bench)) == (later <= 1)
        bench.world.clock.forward(days=1)


def test_all_that_is_asked_must_be_backed_and_a_wish_only_ranks(bench: Bench) -> None:
    bench.attest("process", "tolerance")
    day = bench.world.house.today()

    def wishes(**given: list[str]) -> list[tuple[str, ...]]:
        caller = bench.world.caller("buyer", "rfq")
        return [each.wishes for each in search(bench.world.house, lambda _: caller, parse_query(given, day), limit=9).items]

    both = ["capability.process:peer", "capability.tolerance_um:document"]
    assert wishes(backed=both) == [(), ()]
    assert wishes(backed=[*both, "province:document"]) == []
    assert wishes(backed=both, wish=["backed"]) == [("backed",), ("backed",)]


def test_a_second_opinion_that_knows_better_stops_the_answer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.attest("process")
    monkeypatch.setattr("sharing.searching.known_of", lambda *_: {})
    with pytest.raises(SearchDisagreement):
        bench.found("buyer", "rfq", "capability.process", "peer")
