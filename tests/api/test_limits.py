"""Limits count the question, per organization or address, and say when to come back only when they refuse."""

from __future__ import annotations

from collections.abc import Callable

from tests.api.test_token import basic
from tests.api.world import World

UNKNOWN = "0" * 21


def test_the_limit_is_of_the_organization_and_retry_after_stands_on_429_alone(
    new_world: Callable[..., World],
) -> None:
    world = new_world(rate_limit="3 per hour")
    world.token("acme")
    world.token("globex")
    answers = [world.get("acme", "/v1/factories") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert ["Retry-After" in answer.headers for answer in answers] == [False, False, False, True]
    assert answers[3].json["code"] == "rate_limited"
    assert answers[0].headers["X-RateLimit-Remaining"] == "2"
    assert world.get("globex", "/v1/factories").status_code == 200


def test_hidden_unknown_and_refused_requests_count_alike(new_world: Callable[..., World]) -> None:
    world = new_world(rate_limit="3 per hour")
    world.token("acme")
    world.get("acme", f"/v1/factories/{UNKNOWN}")
    world.get("acme", "/v1/search?nonsense=1")
    assert world.get("acme", "/v1/search").headers["X-RateLimit-Remaining"] == "0"


def test_bad_tokens_count_for_their_address(new_world: Callable[..., World]) -> None:
    world = new_world(rate_limit="2 per hour")
    bad = {"Authorization": "Bearer x.y.z"}
    assert [world.get(None, "/v1/search", headers=bad).status_code for _ in range(3)] == [401, 401, 429]


def test_tokens_have_a_limit_of_their_own(new_world: Callable[..., World]) -> None:
    world = new_world(rate_limit_token="2 per hour")
    form = {"grant_type": "client_credentials"}
    codes = [world.post(None, "/v1/token", data=form, headers=basic("a", "b")).status_code for _ in range(3)]
    assert codes == [401, 401, 429]
    assert world.get(None, "/v1/search").status_code == 200


def test_health_checks_are_not_counted(new_world: Callable[..., World]) -> None:
    world = new_world(rate_limit="1 per hour")
    assert [world.get(None, "/healthz").status_code for _ in range(3)] == [200, 200, 200]


def test_addresses_behind_a_trusted_proxy_are_told_apart(new_world: Callable[..., World]) -> None:
    world = new_world(rate_limit="1 per hour", trusted_proxies=1)

    def ask(address: str) -> int:
        return world.get(None, "/v1/search", headers={"X-Forwarded-For": address}).status_code

    assert [ask("192.0.2.1"), ask("192.0.2.2"), ask("192.0.2.1")] == [200, 200, 429]


def test_without_a_proxy_nobody_chooses_their_address(new_world: Callable[..., World]) -> None:
    world = new_world(rate_limit="1 per hour")
    answers = [world.get(None, "/v1/search", headers={"X-Forwarded-For": f"192.0.2.{last}"}) for last in (1, 2)]
    assert [answer.status_code for answer in answers] == [200, 429]
