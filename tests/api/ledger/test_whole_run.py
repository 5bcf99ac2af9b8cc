"""After a run of requests by everybody, of every kind, each owner's export holds what the clients were given and nothing else.

What was given is read from the answers as they arrived, by `rows.shown`, which knows nothing of the product; of factories that
only matched a search, from the same search asked whole and from the table `USES`.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.ledger.rows import factories, shown
from tests.api.test_factories import LATHE, made
from tests.api.test_files import EXACT, upload
from tests.api.test_files import factory as with_file
from tests.api.world import World, populate, world_at
from tests.documents import pdf
from trust import disclosures, jws

ASKERS = ((None, None), ("globex", None), ("globex", "rfq"), ("initech", "sourcing"), ("umbrella", "rfq"), ("acme", "rfq"))
DIDS = {name: f"did:web:node.example:orgs:{name}" for name in ("acme", "globex", "initech", "umbrella")}
FACETS = {
    "capability.material_family", "capability.process", "capability.tolerance_class", "certificate.scheme", "country",
    "documentation_levels", "equipment.class", "province",
}  # fmt: skip
USES = {
    "process=3.2.1": {"capability.process"},
    "process=3.2.1&tolerance_um_max=20": {"capability.process", "capability.tolerance_um"},
    "country=VN&sort=lead_time": {"country", "capability.lead_time_p50_days"},
    "spare_hours=5&weeks_from=2026-W48&weeks_until=2026-W49": {"capacity.spare_hours"},
    "process=3.2.2": {"capability.process"},
}
"""Searches, and the fields that each looks at beside the facets."""

Entry = tuple[str, str, str | None, str, str, str | None, tuple[tuple[str, str], ...]]
"""(factory, viewer, purpose, way, form, subject, shown)."""


@dataclass
class Run:
    """What the clients were given so far, by owner."""

    world: World
    rng: Random
    addresses: list[str]
    given: dict[str, Counter[Entry]] = field(default_factory=lambda: {DIDS["acme"]: Counter(), DIDS["umbrella"]: Counter()})
    wholes: dict[tuple[str | None, str | None, str], dict[str, Any]] = field(default_factory=dict)

    def ask(self, who: str | None, purpose: str | None, method: str, path: str, **other: Any) -> TestResponse:
        return self.world.ask(who, method, path, purpose=purpose, **other)

    def give(self, who: str | None, purpose: str | None, content: Any, *, way: str, form: str = "shown", **more: Any) -> None:
        if DIDS.get(str(who)) == content["organization"]:
            return
        levels = shown(content)
        if more.get("fields") is not None:
            levels = {key: level for key, level in levels.items() if key in more["fields"]}
        viewer = "public" if who is None else DIDS[who]
        entry = (
            content["id"], viewer, purpose if who else None, way, form, more.get("subject"), tuple(sorted(levels.items()))
        )  # fmt: skip
        self.given[content["organization"]][entry] += 1

    def view(self, who: str | None, purpose: str | None) -> None:
        path = self.rng.choice(self.addresses)
        kind = self.rng.choice(["json", "signed", "bundle", "head", "unchanged"])
        headers = {"Accept": "application/vc+jwt"} if kind == "signed" else {}
        address = f"{path}/bundle" if kind == "bundle" else path
        answer = self.ask(who, purpose, "GET", address, headers=headers)
        if answer.status_code == 404:
            return
        assert answer.status_code == 200
        way = "views.bundle_factory" if kind == "bundle" else "views.view_factory"
        content = contents(kind, answer)
        self.give(who, purpose, content, way=way)
        if kind == "head":
            assert self.ask(who, purpose, "HEAD", address).status_code == 200
            self.give(who, purpose, content, way=way, form="head")
        if kind == "unchanged":
            again = self.ask(who, purpose, "GET", address, headers={"If-None-Match": answer.headers["ETag"]})
            assert again.status_code == 304
            self.give(who, purpose, content, way=way, form="unchanged")

    def search(self, who: str | None, purpose: str | None) -> None:
        question = self.rng.choice(list(USES))
        if (who, purpose, question) not in self.wholes:
            answer = self.ask(who, purpose, "GET", f"/v1/search?{question}&limit=100").json
            self.wholes[who, purpose, question] = {each["id"]: each for each in factories(answer)}
            self.found(who, purpose, question, answer)
        limit = self.rng.choice([1, 2, 5, 100])
        answer = self.ask(who, purpose, "GET", f"/v1/search?{question}&limit={limit}").json
        self.found(who, purpose, question, answer)
        if answer["next"] is not None:
            path = f"/v1/search?{question}&limit={limit}&cursor={answer['next']}"
            self.found(who, purpose, question, self.ask(who, purpose, "GET", path).json)

    def found(self, who: str | None, purpose: str | None, question: str, answer: Any) -> None:
        page = {each["id"]: each for each in factories(answer)}
        for content in page.values():
            self.give(who, purpose, content, way="search.search")
        if answer["factories"] <= 10:
            whole = self.wholes[who, purpose, question]
            assert len(whole) == answer["factories"]
            for name in whole.keys() - page.keys():
                fields = USES[question] | FACETS
                self.give(who, purpose, whole[name], way="search.search", form="matched", fields=fields)

    def nothing(self, who: str | None, purpose: str | None) -> None:
        path = self.rng.choice([f"/v1/factories/{'0' * 21}", "/v1/search?sort=none", "/v1/catalogue", "/v1/nowhere"])
        self.ask(who, purpose, "GET", path)


def contents(kind: str, answer: TestResponse) -> Any:
    if kind == "signed":
        return jws.peek(answer.text).payload["credentialSubject"]
    if kind == "bundle":
        return jws.peek(answer.json["view"]).payload["credentialSubject"]
    return answer.json["factory"]


def exported(world: World, owner: str) -> Counter[Entry]:
    lines = world.get(owner, "/v1/ledger/export").data.splitlines(keepends=True)
    found: Counter[Entry] = Counter()
    for line in lines[1:]:
        leaf = json.loads(line)
        levels = tuple(sorted((key, level) for level, keys in leaf["shown"].items() for key in keys))
        entry = (leaf["factory"], leaf["viewer"], leaf["purpose"], leaf["way"], leaf["form"], leaf["subject"], levels)
        found[entry] += 1
    assert sum(found.values()) == len(list(disclosures.leaves(lines)))
    return found


def built(world: World) -> list[str]:
    """Factories of two owners under the starting policy, an open one, a narrow one and none; their addresses."""
    ids = [made(world, {**LATHE, "legal_name": f"Works {number}"}) for number in range(4)]
    ids += [made(world, {**LATHE, "country": "JP", "province": "JP-23"}, owner="umbrella") for _ in range(8)]
    opened = made(world, {**LATHE, "capabilities": [*LATHE["capabilities"], {"process": "3.2.2"}]})
    world.save_policy("acme", opened, EXACT)
    narrow = {
        "v": 1,
        "rules": [{"id": "us", "to": {"org": [DIDS["globex"]]}, "show": [["$listing", "exact"], ["process", "exact"]]}],
    }
    closed = made(world)
    world.save_policy("acme", closed, narrow)
    grant = {"factory": ids[0], "organization": "globex", "tier": "partner", "purpose": "rfq"}
    assert world.post("acme", "/v1/grants", json=grant).status_code == 201
    return [f"/v1/factories/{each}" for each in (*ids, opened, closed)]


@pytest.mark.parametrize("requests", [120, pytest.param(1000, marks=pytest.mark.slow)])
def test_the_export_holds_every_disclosure_of_a_run_and_nothing_else(world: World, requests: int) -> None:
    ran(world, requests)


@pytest.mark.slow
def test_the_export_holds_every_disclosure_of_a_run_and_nothing_else_on_postgresql(postgres_url: str) -> None:
    world = world_at(postgres_url, populate(postgres_url))
    try:
        ran(world, 1000)
    finally:
        world.database.dispose()


def ran(world: World, requests: int) -> None:
    run = Run(world=world, rng=Random(11), addresses=built(world))
    for _ in range(requests):
        who, purpose = run.rng.choice(ASKERS)
        run.rng.choice([run.view, run.view, run.search, run.search, run.nothing])(who, purpose)
    for owner in ("acme", "umbrella"):
        given, found = run.given[DIDS[owner]], exported(world, owner)
        assert given - found == Counter(), "given out and not in the export"
        assert found - given == Counter(), "in the export and never given out"
        assert {each[4] for each in given} >= {"shown", "head", "unchanged"}
    assert any(each[4] == "matched" for counted in run.given.values() for each in counted)


def test_a_file_and_what_was_attested_are_in_the_export(world: World) -> None:
    digest = upload(world, pdf())
    factory = with_file(world, digest)
    world.save_policy("acme", factory, EXACT)
    assert world.get("globex", f"/v1/factories/{factory}/documents/{digest}").status_code == 200
    [entry] = exported(world, "acme")
    assert entry[3:6] == ("files.shown_file", "file", digest)
    assert ("document.file", "exact") in entry[6]
