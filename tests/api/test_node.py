"""What the node says about itself."""

from __future__ import annotations

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from network.errors import DatabaseUnavailable
from tests.api.world import World


def test_health_checks_have_constant_bodies(world: World) -> None:
    assert world.get(None, "/healthz").data == b"ok\n"
    assert world.get(None, "/readyz").data == b"ready\n"


def test_the_description_is_valid_openapi_3_1(world: World) -> None:
    document = world.get(None, "/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


@pytest.mark.parametrize("path", ["/docs", "/docs/style.css", "/v1/catalogue", "/.well-known/jwks.json"])
def test_fixed_documents_are_public_and_conditional(world: World, path: str) -> None:
    first = world.get(None, path)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "public, max-age=300"
    again = world.get(None, path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_identities_are_published_where_did_web_looks(world: World) -> None:
    assert world.get(None, "/.well-known/did.json").json["id"] == "did:web:node.example"
    assert world.get(None, "/orgs/acme/did.json").json["id"] == "did:web:node.example:orgs:acme"
    assert world.get(None, "/orgs/nobody/did.json").status_code == 404


def test_a_key_statement_answers_for_a_known_key_only(world: World) -> None:
    document = world.get(None, "/orgs/acme/did.json").json
    kid = document["verificationMethod"][0]["id"]
    found = world.get(None, "/v1/key-statements", query_string={"kid": kid})
    assert (found.status_code, found.content_type) == (200, "application/jwt")
    unknown = world.get(None, "/v1/key-statements", query_string={"kid": kid[:-1] + "A"})
    assert unknown.status_code == 404


def test_the_page_about_the_door_runs_nothing_and_loads_nothing_from_elsewhere(world: World) -> None:
    answer = world.get(None, "/docs")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert "<script" not in answer.text
    assert "http://" not in answer.text.replace("http://localhost", "")
    assert "/v1/factories/{factory_id}" in answer.text


def test_every_answer_tells_a_browser_to_do_nothing_with_it(world: World) -> None:
    for path in ("/healthz", "/v1/search", "/nowhere", "/docs"):
        headers = world.get(None, path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "Set-Cookie" not in headers


def test_two_requests_never_share_an_id(world: World) -> None:
    ids = {world.get(None, "/healthz", headers={"X-Request-Id": "mine"}).headers["X-Request-Id"] for _ in range(5)}
    assert len(ids) == 5
    assert "mine" not in ids


def test_readiness_says_no_more_than_no(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise DatabaseUnavailable("the disk of host db7 is full")

    monkeypatch.setattr(world.database, "read", fail)
    answer = world.get(None, "/readyz")
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert "db7" not in answer.text
    assert world.get(None, "/healthz").status_code == 200
