"""One shape for every error, whoever raised it; and nothing in it that the asker may not know."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import abort
from werkzeug.test import TestResponse

import network.errors
import policies.errors
import sharing.errors
import sharing.search.errors
import sharing.searching
import trust.errors
from api.errors import STATUS_OF_CODE, problem_of, status_of
from network import identity, membership
from tests.api.test_factories import made
from tests.api.world import World

MEMBERS = {"type", "title", "status", "code", "detail", "errors"}
HIDDEN = "0" * 20 + "0"
ROOTS = (trust.errors.TrustError, policies.errors.PolicyError, network.errors.NetworkError, sharing.errors.SharingError)

FACTORY = {"legal_name": {"vi": "A"}, "country": "VN"}

Ask = Callable[[World], TestResponse]

PRODUCERS: dict[str, tuple[int, str, Ask]] = {
    "routing, no such address": (404, "not_found", lambda w: w.get(None, "/nowhere")),
    "routing, other method": (405, "method_not_allowed", lambda w: w.delete(None, "/v1/search")),
    "routing, ill-formed id": (404, "not_found", lambda w: w.get(None, "/v1/factories/abc")),
    "gate, no token": (401, "token_required", lambda w: w.get(None, "/v1/factories")),
    "gate, bad token": (
        401,
        "token_invalid",
        lambda w: w.get(None, "/v1/search", headers={"Authorization": "Bearer x.y.z"}),
    ),
    "gate, parameter nobody reads": (422, "validation_failed", lambda w: w.get("acme", "/v1/factories?x=1")),
    "gate, large body": (413, "body_too_large", lambda w: w.post("acme", "/v1/factories", data=b"x" * 300_000)),
    "body, wrong type": (
        415,
        "media_type_unsupported",
        lambda w: w.post("acme", "/v1/factories", data="{}", content_type="text/plain"),
    ),
    "body, not JSON": (
        400,
        "malformed_json",
        lambda w: w.post("acme", "/v1/factories", data="{", content_type="application/json"),
    ),
    "body, not an object": (422, "validation_failed", lambda w: w.post("acme", "/v1/factories", json=[1])),
    "schema of a body": (422, "validation_failed", lambda w: w.post("acme", "/v1/grants", json={"x": 1})),
    "schema of a query": (422, "validation_failed", lambda w: w.get(None, "/v1/search?limit=0")),
    "form, wrong type": (415, "media_type_unsupported", lambda w: w.post(None, "/v1/token", json={})),
    "token endpoint": (401, "invalid_client", lambda w: w.post(None, "/v1/token", data={"grant_type": "client_credentials"})),
    "accept": (
        406,
        "not_acceptable",
        lambda w: w.get(None, f"/v1/factories/{HIDDEN}", headers={"Accept": "image/png"}),
    ),
    "search": (422, "invalid_query", lambda w: w.get(None, "/v1/search?max_x_min=abc")),
    "cursor": (422, "invalid_cursor", lambda w: w.get(None, "/v1/search?cursor=abc")),
    "profile": (422, "profile_invalid", lambda w: w.post("acme", "/v1/factories", json={"legal_name": 1})),
    "role": (403, "role_required", lambda w: w.post("globex", "/v1/factories", json=FACTORY)),
    "service, unknown id": (404, "not_found", lambda w: w.get("acme", f"/v1/factories/{HIDDEN}/profile")),
    "idempotency key": (
        422,
        "validation_failed",
        lambda w: w.post("acme", "/v1/factories", json=FACTORY, headers={"Idempotency-Key": "short"}),
    ),
}


@pytest.mark.parametrize("producer", PRODUCERS)
def test_every_producer_of_errors_has_the_one_shape(world: World, producer: str) -> None:
    status, code, ask = PRODUCERS[producer]
    answer = ask(world)
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    assert_shape(answer)


def assert_shape(answer: TestResponse) -> None:
    oauth = {"error", "error_description"} if "error" in answer.json else set()
    assert answer.content_type == ("application/json" if oauth else "application/problem+json")
    assert set(answer.json) == MEMBERS | oauth
    assert answer.json["type"] == f"urn:guildnet:error:{answer.json['code']}"
    assert answer.json["status"] == answer.status_code
    assert answer.json["detail"]
    assert all(set(fault) == {"path", "code", "message"} for fault in answer.json["errors"])
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert len(answer.headers["X-Request-Id"]) == 32


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 414, 415, 416, 418, 422, 428, 429, 431])
def test_what_flask_refuses_has_the_one_shape(world: World, status: int) -> None:
    world.app.view_functions["node.healthz"] = lambda: abort(status)
    answer = world.get(None, "/healthz")
    assert 400 <= answer.status_code < 500
    assert_shape(answer)


@pytest.mark.parametrize("raised", [RuntimeError, KeyError, ValueError, sharing.errors.ProjectionForged])
def test_an_unexpected_error_says_nothing_of_itself(world: World, raised: type[Exception]) -> None:
    def fail() -> None:
        raise raised("secret-value")

    world.app.view_functions["node.healthz"] = fail
    answer = world.get(None, "/healthz")
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert "secret-value" not in answer.text
    assert_shape(answer)


def test_the_log_of_a_failure_says_where_and_not_what(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[dict[str, Any]] = []

    class Log:
        def error(self, event: str, **given: Any) -> None:
            lines.append({"event": event} | given)

        def info(self, *_: Any, **__: Any) -> None: ...

    monkeypatch.setattr("api.errors.structlog.get_logger", lambda *_: Log())

    def fail() -> None:
        try:
            raise KeyError("secret-value")
        except KeyError as error:
            raise RuntimeError("secret-value") from error

    world.app.view_functions["node.healthz"] = fail
    world.get(None, "/healthz")
    assert lines[0]["kinds"] == ["builtins.RuntimeError", "builtins.KeyError"]
    assert any("test_errors.py" in frame for frame in lines[0]["frames"])
    assert "secret-value" not in repr(lines)


def subclasses(root: type[Exception]) -> Iterator[type[Exception]]:
    yield root
    for child in root.__subclasses__():
        yield from subclasses(child)


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.__name__)
def test_every_error_of_a_package_has_a_status(root: type[Exception]) -> None:
    assert vars(root)["code"] in STATUS_OF_CODE
    for error in subclasses(root):
        assert 400 <= status_of(error) < 600
        assert isinstance(vars(error).get("code", ""), str)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (network.errors.DatabaseBusy, 503),
        (network.errors.SealBroken, 500),
        (sharing.errors.NotFound, 404),
        (sharing.errors.ProjectionForged, 500),
        (sharing.searching.SearchDisagreement, 500),
        (sharing.search.errors.InvalidQuery, 422),
        (trust.errors.TrustError, 500),
        (policies.errors.PolicyErrors, 500),
    ],
)
def test_statuses_are_those_meant(error: type[Exception], status: int) -> None:
    assert status_of(error) == status


def test_not_found_never_repeats_what_was_raised() -> None:
    plain, told = sharing.errors.NotFound(), sharing.errors.NotFound("factory F is hidden", factory="F")
    assert problem_of(plain) == problem_of(told)


def test_head_of_an_error_has_its_headers_and_no_body(world: World) -> None:
    answer = world.ask(None, "HEAD", "/nowhere")
    assert (answer.status_code, answer.data) == (404, b"")
    assert answer.content_length == world.get(None, "/nowhere").content_length


def test_options_tell_the_methods_of_an_address_and_nothing_else(world: World) -> None:
    known = world.ask(None, "OPTIONS", "/v1/factories/" + HIDDEN)
    assert (known.status_code, known.data) == (204, b"")
    assert set(known.headers["Allow"].split(", ")) == {"DELETE", "GET", "HEAD", "OPTIONS"}
    assert not [name for name in known.headers.keys() if name.startswith("Access-Control")]  # noqa: SIM118 - a multidict
    assert world.ask(None, "OPTIONS", "/nowhere").status_code == 404


def test_a_405_names_what_is_allowed(world: World) -> None:
    assert "GET" in world.delete(None, "/v1/search").headers["Allow"]


def test_a_view_that_nobody_can_sign_just_now_is_unavailable(world: World) -> None:
    factory = made(world)
    with world.database.write() as session:
        member = membership.find(session, "acme")
        assert member is not None
        key = identity.organization_key(session, member.id)
        identity.mark_compromised(session, key.kid, at=world.clock.now, now=world.clock.now)
    signed = world.get("globex", f"/v1/factories/{factory}", headers={"Accept": "application/vc+jwt"})
    assert (signed.status_code, signed.json["code"]) == (503, "unavailable")
    assert world.get("globex", f"/v1/factories/{factory}").status_code == 200
