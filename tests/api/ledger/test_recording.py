"""Every answer that gives out somebody else's factory is in that owner's ledger before it leaves, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Response

from api.routing import Door, Kind, declared_routes
from network.errors import DatabaseBusy
from tests.api.ledger.rows import listed, rows, shown
from tests.api.test_alerts import keep, look
from tests.api.test_audit_record import attested, engaged, sheet
from tests.api.test_factories import LATHE, bytes_of, hide, made
from tests.api.test_files import EXACT, upload
from tests.api.test_files import factory as with_file
from tests.api.world import World
from tests.documents import pdf


def routes_with_something_to_tell(world: World) -> dict[str, str]:
    """Endpoint -> an address of it at which a stranger is given something."""
    factory = made(world)
    search = keep(world)
    look(world)
    made(world)
    look(world, hours=2)
    digest = upload(world, pdf())
    filed = with_file(world, digest)
    world.save_policy("acme", filed, EXACT)
    return {
        "search.search": "/v1/search",
        "search.suggest": "/v1/search/suggest?typed=turn",
        "alerts.run_saved_search": f"/v1/saved-searches/{search}/results",
        "alerts.list_alerts": "/v1/alerts",
        "views.view_factory": f"/v1/factories/{factory}",
        "views.bundle_factory": f"/v1/factories/{factory}/bundle",
        "files.shown_file": f"/v1/factories/{filed}/documents/{digest}",
    }


def test_every_projection_route_records_what_it_gives_to_members_and_to_the_public(world: World) -> None:
    addresses = routes_with_something_to_tell(world)
    declared = {name for name, route in declared_routes(world.app).items() if route.kind is Kind.PROJECTION}
    assert declared == set(addresses), "say here at which address the new route gives something out"
    for endpoint, address in addresses.items():
        for who in (None, "globex") if declared_routes(world.app)[endpoint].public else ("globex",):
            before = len(rows(world))
            assert world.get(who, address, purpose="sourcing" if who else None).status_code == 200
            added = rows(world)[before:]
            assert added, f"{endpoint} gave something out and recorded nothing"
            assert {each.way for each in added} == {endpoint}
            assert {each.viewer == "public" for each in added} == {who is None}


def test_a_projection_route_that_says_nothing_does_not_answer(world: World) -> None:
    door = Door("forgetful", url_prefix="/v1", description="A route that forgot the ledger.")

    @door.answers("GET", "/forgetful", kind=Kind.PROJECTION, public=True)
    def forgetful() -> Any:
        """Give out something."""
        return Response("{}", content_type="application/json")

    world.app._got_first_request = False  # the application is made: Flask would not let anybody register now
    world.app.register_blueprint(door)
    assert world.get(None, "/v1/forgetful").status_code == 500


def test_a_view_is_recorded_with_its_fields_levels_rules_purpose_and_who_asked(world: World) -> None:
    factory = made(world)
    answer = world.get("globex", f"/v1/factories/{factory}", purpose="rfq")
    [row] = listed(world)
    assert row["fields"] == shown(answer.json["factory"])
    assert row["groups"]["tolerance"] == "band"
    assert row["groups"].keys() <= {"identity", "location", "process", "material", "tolerance", "capacity"}
    assert (row["viewer"], row["name"], row["purpose"]) == ("did:web:node.example:orgs:globex", "Globex", "rfq")
    assert row["actor"].startswith("program-")
    assert (row["factory"], row["way"], row["form"]) == (factory, "views.view_factory", "shown")
    rules = {each["id"] for each in world.get("acme", f"/v1/factories/{factory}/policy").json["document"]["rules"]}
    assert row["rules"]
    assert set(row["rules"]) <= rules
    assert row["leaf"] is None


def test_the_public_is_recorded_without_an_address_or_a_name(world: World) -> None:
    factory = made(world)
    world.get(None, f"/v1/factories/{factory}", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    [row] = rows(world)
    assert (row.viewer, row.actor, row.purpose) == ("public", None, None)
    assert "203.0.113.9" not in repr(vars(row))


def test_what_is_ones_own_hidden_unknown_or_refused_is_no_disclosure(world: World) -> None:
    factory = made(world)
    assert world.get("acme", f"/v1/factories/{factory}").status_code == 200
    assert world.get("acme", "/v1/search").json["items"]
    assert world.get("acme", f"/v1/factories/{factory}/preview?as=globex").status_code == 200
    hide(world, factory)
    assert world.get("globex", f"/v1/factories/{factory}").status_code == 404
    assert world.get("globex", "/v1/search?sort=none").status_code == 422
    assert world.get("globex", "/v1/search").json["items"] == []
    assert rows(world) == []


def test_head_and_an_unchanged_answer_are_recorded_as_what_they_are(world: World) -> None:
    address = f"/v1/factories/{made(world)}"
    tag = world.get("globex", address).headers["ETag"]
    assert world.ask("globex", "HEAD", address).status_code == 200
    assert world.get("globex", address, headers={"If-None-Match": tag}).status_code == 304
    found = listed(world)
    assert [each["form"] for each in found] == ["shown", "head", "unchanged"]
    assert found[0]["fields"] == found[1]["fields"] == found[2]["fields"]


def test_a_search_records_each_factory_on_the_page_once(world: World) -> None:
    document = {**LATHE, "capabilities": [*LATHE["capabilities"], {**LATHE["capabilities"][0], "tolerance_um": "30"}]}
    factory = made(world, document)
    answer = world.get("globex", "/v1/search")
    assert len(answer.json["items"]) == 2
    [row] = listed(world)
    assert (row["factory"], row["form"]) == (factory, "shown")
    assert row["fields"] == shown(answer.json["items"][0]["factory"])


def test_up_to_ten_factories_that_match_are_recorded_though_no_row_of_them_was_given(world: World) -> None:
    first, second = made(world), made(world)
    answer = world.get("globex", "/v1/search?process=3.2.1&tolerance_um_max=20&limit=1")
    assert answer.json["factories"] == 2
    given = answer.json["items"][0]["factory"]["id"].rpartition(":")[2]
    other = ({first, second} - {given}).pop()
    found = {each["factory"]: each for each in listed(world)}
    assert (found[given]["form"], found[other]["form"]) == ("shown", "matched")
    assert found[other]["fields"].keys() < found[given]["fields"].keys()
    assert {"capability.process", "capability.tolerance_um"} <= found[other]["fields"].keys()
    assert "legal_name" not in found[other]["fields"]


def test_of_more_than_ten_only_those_on_the_page_are_recorded(world: World) -> None:
    for _ in range(11):
        made(world)
    assert world.get("globex", "/v1/search?limit=3").json["factories"] == 11
    assert [each["form"] for each in listed(world)] == ["shown"] * 3


def test_of_a_completion_the_few_factories_that_it_is_taken_from_are_recorded(world: World) -> None:
    factory = made(world)
    found = world.get("globex", "/v1/search/suggest?typed=turn&field=process").json["suggestions"]
    assert [each["hits"] for each in found] == [1] * len(found)
    [row] = listed(world)
    assert (row["factory"], row["form"], set(row["fields"])) == (factory, "matched", {"capability.process"})
    before = len(rows(world))
    assert world.get("globex", "/v1/search/suggest?typed=zzzz").json["suggestions"] == []
    assert len(rows(world)) == before


def test_an_auditors_worksheet_and_a_presentation_are_recorded(world: World) -> None:
    factory = made(world)
    audit = engaged(world, factory)
    before = len(rows(world))
    claims = sheet(world, audit)
    [row] = rows(world)[before:]
    assert (row.way, row.subject) == ("audits.make_worksheet", claims["attestation"])
    last = listed(world)[-1]
    assert set(last["fields"]) == {"capability.process", "capability.tolerance_um"}
    assert last["rules"] == ["$grant"] or "$grant" in last["rules"]
    made_ = attested(world, audit)
    before = len(rows(world))
    assert world.get("globex", f"/v1/attestations/{made_['id']}").status_code == 200
    [row] = rows(world)[before:]
    assert row.way == "attestations.get_attestation"


def test_an_answer_that_cannot_be_recorded_does_not_leave(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/v1/factories/{made(world)}"
    writing = world.database.write

    def busy(use: str = "unnamed") -> Any:
        if use == "record-disclosures":
            raise DatabaseBusy("busy")
        return writing(use)

    with monkeypatch.context() as patch:
        patch.setattr(type(world.database), "write", lambda _, use="unnamed": busy(use))
        answer = world.get("globex", address)
        assert (answer.status_code, answer.json["code"]) == (503, "disclosure_unrecorded")
        assert world.get("acme", address).status_code == 200
        assert world.get("globex", f"/v1/factories/{'0' * 21}").status_code == 404
    assert rows(world) == []
    assert world.get("globex", address).status_code == 200


def test_two_owners_know_one_program_under_two_names(world: World) -> None:
    made(world)
    made(world, owner="umbrella")
    world.get("globex", "/v1/search")
    world.get("globex", "/v1/search")
    names = {owner: {each["actor"] for each in listed(world, owner)} for owner in ("acme", "umbrella")}
    assert [len(each) for each in names.values()] == [1, 1]
    assert names["acme"] != names["umbrella"]


def test_an_owner_reads_only_their_own_ledger_and_filters_it(world: World) -> None:
    first, second = made(world), made(world)
    foreign = made(world, owner="umbrella")
    world.get("globex", f"/v1/factories/{first}")
    world.clock.move(days=1)
    world._tokens.clear()
    world.get(None, f"/v1/factories/{second}")
    world.get("globex", f"/v1/factories/{foreign}")
    assert [each["factory"] for each in listed(world)] == [first, second]
    assert [each["factory"] for each in listed(world, "umbrella")] == [foreign]
    assert listed(world, "globex") == []
    assert [each["factory"] for each in listed(world, factory=second)] == [second]
    assert [each["factory"] for each in listed(world, viewer="globex")] == [first]
    assert [each["factory"] for each in listed(world, viewer="public")] == [second]
    assert listed(world, group="commercial") == []
    assert [each["factory"] for each in listed(world, group="tolerance")] == [first]
    assert [each["factory"] for each in listed(world, **{"from": "2026-11-23"})] == [second]
    assert [each["factory"] for each in listed(world, until="2026-11-22")] == [first]
    assert world.get("acme", "/v1/ledger?viewer=nobody").status_code == 422
    assert world.get("acme", "/v1/ledger?group=nothing").status_code == 422
    assert world.get(None, "/v1/ledger").status_code == 401


def test_pages_go_on_where_they_ended(world: World) -> None:
    factory = made(world)
    for _ in range(5):
        world.get("globex", f"/v1/factories/{factory}")
    assert len(listed(world, limit=2)) == 5
    page = world.get("acme", "/v1/ledger?limit=2").json
    assert world.get("acme", f"/v1/ledger?limit=2&viewer=globex&cursor={page['next']}").json["code"] == "invalid_cursor"


def test_the_ledger_changes_nothing_that_a_viewer_gets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/v1/factories/{made(world)}"
    with_it = [bytes_of(world.get("globex", each)) for each in (address, "/v1/search")]
    monkeypatch.setattr("sharing.ledger.recording.record", lambda *_, **__: None)
    assert [bytes_of(world.get("globex", each)) for each in (address, "/v1/search")] == with_it


def test_answers_of_many_threads_share_commits_and_lose_none(new_world: Callable[..., World]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    world = new_world()
    address = f"/v1/factories/{made(world)}"
    world.get("globex", address)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: world.get("globex", address).status_code, range(40)))
    assert answers == [200] * 40
    assert len(rows(world)) == 41


def test_every_answer_tells_whoever_looks_that_owners_see_it(world: World) -> None:
    factory = made(world)
    paths = [f"/v1/factories/{factory}", f"/v1/factories/{'0' * 21}", "/v1/search", "/v1/search?sort=none", "/healthz"]
    links = {world.get(who, path).headers["Link"] for who in (None, "globex") for path in paths}
    [link] = links
    texts = world.get(None, link[1 : link.index(">")]).json["texts"]
    assert set(texts) == {"en", "vi"}
