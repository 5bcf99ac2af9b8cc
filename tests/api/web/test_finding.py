"""Search and a factory as pages: the same answers as for programs, from the same projections, noted in the same ledger."""

from __future__ import annotations

import re

import pytest

from sharing.synthetic import demo_suppliers
from tests.api.world import World


@pytest.fixture
def published(world: World) -> str:
    document = demo_suppliers(world.clock().date())[0]
    made = world.post("acme", "/v1/factories", json=document).json["id"]
    seen = world.post("acme", f"/v1/factories/{made}/publish", json={})
    assert world.post("acme", f"/v1/factories/{made}/publish", json={"preview": seen.json["digest"]}).status_code == 200
    return str(made)


def hits(text: str) -> set[str]:
    return set(re.findall(r'href="/factories/([0-9A-Z]{21})"', text))


def test_a_search_finds_what_programs_find_and_counts_alike(world: World, published: str) -> None:
    page = world.get(None, "/search", query_string={"process": "3.2.1"})
    told = world.get(None, "/v1/search", query_string={"process": "3.2.1"}).json
    assert hits(page.text) == {published}
    assert f"<strong>{told['factories']}</strong>" in page.text
    assert f"<strong>{told['capabilities']}</strong>" in page.text


def test_fields_left_empty_ask_nothing_and_settings_of_nothing_neither(world: World, published: str) -> None:
    page = world.get(None, "/search", query_string={"text": "", "lot": "", "weeks_from": "2026-W48", "sort": ""})
    assert page.status_code == 200
    assert hits(page.text) == {published}


def test_a_value_that_cannot_be_read_is_told_beside_what_was_asked(world: World, published: str) -> None:
    page = world.get(None, "/search", query_string={"tolerance_um_max": "abc"})
    assert page.status_code == 422
    assert "Write a number" in page.text
    assert 'value="abc"' in page.text


def test_what_is_typed_is_shown_as_text(world: World, published: str) -> None:
    attack = '"><script>alert(1)</script>'
    for name in ("text", "process", "tolerance_um_max", "cursor", "province"):
        assert "<script>alert" not in world.get(None, "/search", query_string={name: attack}).text


def test_hidden_values_are_in_no_page(world: World, published: str) -> None:
    document = demo_suppliers(world.clock().date())[0]
    contact = str(document["contacts"][0]["channel"])  # type: ignore[index,call-overload]
    for path in ("/search", f"/factories/{published}", f"/factories/{published}/bundle"):
        text = world.get(None, path).text
        assert contact not in text
        assert str(document["address"]) not in text


def test_who_the_owner_is_stands_on_a_page_only_as_far_as_the_projection_says(world: World, published: str) -> None:
    """The name that an organization was entered under is no field of the factory, so no policy could hide it."""
    for who_asked in ("/search", f"/factories/{published}"):
        assert "Acme" not in world.get(None, who_asked).text


def test_an_unknown_and_a_withdrawn_factory_are_the_same_page(world: World, published: str) -> None:
    assert world.get(None, f"/factories/{published}").status_code == 200
    assert world.post("acme", f"/v1/factories/{published}/withdraw").status_code == 204
    gone, never = (world.get(None, f"/factories/{each}") for each in (published, "0" * 21))
    assert gone.status_code == never.status_code == 404
    same = (
        re.sub(r'value="[^"]*"', "", page.text).replace(each, "ID") for page, each in ((gone, published), (never, "0" * 21))
    )
    assert len(set(same)) == 1, "they differ in more than the address that was asked"


def test_the_file_of_a_page_is_the_bundle_that_programs_get(world: World, published: str) -> None:
    page = world.get(None, f"/factories/{published}/bundle")
    assert page.data == world.get(None, f"/v1/factories/{published}/bundle").data
    assert page.headers["Content-Disposition"].startswith("attachment;")


def test_pages_are_noted_in_the_owners_ledger(world: World, published: str) -> None:
    world.get(None, f"/factories/{published}")
    told = world.get("acme", "/v1/ledger").json
    assert any(each["way"] == "web-finding.factory" for each in told["items"]), told
