"""Nothing that is secret, and nothing of a factory, ever reaches the log: a whole journey with planted values."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import structlog

from api import logs
from tests.api.test_factories import LATHE, made
from tests.api.test_journey import attested
from tests.api.world import World

SECRET, VALUE, ASKED, BROKEN = "planted-secret-4711", "Planted Value 4712", "planted-question-4713", "planted-body-4714"
PLANTED = (SECRET, VALUE, ASKED, BROKEN)
FIELDS = {"request_id", "method", "route", "organization", "person", "status", "milliseconds", "event", "level", "timestamp"}


@contextmanager
def logging_as_served() -> Iterator[None]:
    """The log as `serve` sets it up, as talkative as it gets."""
    before = structlog.get_config()
    root = logging.getLogger()
    level = root.level
    logs.configure("DEBUG")
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(level)
        structlog.configure(**before)


def journey(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What people and programs do right and wrong; returns the real secrets that went over the wire."""
    profile = {**LATHE, "legal_name": {"en": VALUE}}
    factory = made(world, profile)
    attested(world, factory)
    world.get("globex", f"/v1/search?q={ASKED}", purpose="rfq")
    world.get(None, f"/v1/search?nonsense={ASKED}")
    world.get(None, f"/{ASKED}/{VALUE}")
    world.get("globex", f"/v1/factories/{factory}/bundle", purpose="rfq")
    world.post("acme", "/v1/factories", data=f'{{"{BROKEN}": ', content_type="application/json")
    world.post("acme", "/v1/factories", json={"legal_name": {"en": BROKEN}, BROKEN: 1})
    world.put("acme", f"/v1/factories/{factory}/profile", json=profile, headers={"If-Match": f'"{SECRET}"'})
    world.post("acme", "/v1/factories", json=profile, headers={"Idempotency-Key": SECRET})
    name = world.clients["acme"][0]
    for form in (
        {"client_id": name, "client_secret": SECRET},
        {"client_id": SECRET, "client_secret": SECRET},
        {"client_id": name, "client_secret": SECRET, "purpose": ASKED},
    ):
        world.client.post("/v1/token", data={"grant_type": "client_credentials", **form})
    basic = base64.b64encode(f"{name}:{SECRET}".encode()).decode()
    world.client.post("/v1/token", headers={"Authorization": f"Basic {basic}"})
    world.client.get("/v1/factories", headers={"Authorization": f"Bearer {SECRET}"})
    world.client.get("/healthz", headers={"Cookie": f"session={SECRET}", "User-Agent": ASKED, "Referer": ASKED})
    world.post(None, "/v1/sessions", json={"address": "mai@node.example", "password": SECRET})
    world.post(None, "/v1/sign-ups", json={"address": "mai@node.example", "password": SECRET, "name": VALUE})

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(f"{SECRET} {VALUE}")

    with monkeypatch.context() as patch:
        patch.setattr("sharing.factories.get_profile", fails)
        world.app.config["PROPAGATE_EXCEPTIONS"] = False
        assert world.get("acme", f"/v1/factories/{factory}/profile").status_code == 500
    return {*world._tokens.values(), *(secret for _, secret in world.clients.values())}


def test_a_whole_journey_leaves_no_secret_and_no_value_in_the_log(
    new_world: Callable[..., World],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = new_world()
    with logging_as_served():
        real = journey(world, tmp_path, monkeypatch)
    out, err = capfd.readouterr()
    written = out + err + "\n".join(record.getMessage() for record in caplog.records) + caplog.text
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    answered = [line for line in lines if line["event"] == "answered"]
    assert len(answered) > 20
    assert {frozenset(line) for line in answered} == {frozenset(FIELDS)}
    assert {line["status"] for line in answered} >= {200, 201, 400, 401, 404, 422, 500}
    assert [line["code"] for line in lines if line["event"] == "request_failed"] == ["internal_error"]
    assert [each for each in PLANTED if each in written] == []
    assert [each[:8] for each in real if each in written or each.rpartition(".")[2] in written] == []
    assert world.settings.kek not in written
