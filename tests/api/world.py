"""A node with a few organizations, asked through Flask's test client. Time stands still until a test moves it."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from api.app import create_app
from api.migrations.run import upgrade
from api.routing import declared_pages
from api.settings import Settings
from network import identity, membership
from network.database import Database
from network.keystore import Kek, Keystore
from tests.api.described import DescribedClient
from trust import base64url

NOON = datetime(2026, 11, 22, 12, 17, tzinfo=UTC)
ORIGIN = "https://node.example"
KEK = Kek(secret=bytes(range(32)))
ORGANIZATIONS: Mapping[str, tuple[str, ...]] = {
    "acme": ("supplier",),
    "globex": ("buyer",),
    "initech": ("auditor",),
    "umbrella": ("supplier", "buyer"),
}
DEVELOPER = ("read", "write")


@dataclass
class Clock:
    """Stands still; `move` it."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class World:
    """One node. `get("acme", "/v1/...")` asks as that organization; None asks as nobody."""

    app: Flask
    clock: Clock
    clients: Mapping[str, tuple[str, str]]
    database: Database
    settings: Settings
    _tokens: dict[tuple[str, str | None], str] = field(default_factory=dict)

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def token(self, slug: str, purpose: str | None = None) -> str:
        if (slug, purpose) not in self._tokens:
            name, secret = self.clients[slug]
            form = {"grant_type": "client_credentials", "client_id": name, "client_secret": secret}
            answer = self.client.post("/v1/token", data=form | ({"purpose": purpose} if purpose else {}))
            assert answer.status_code == 200, answer.text
            self._tokens[slug, purpose] = answer.json["access_token"]
        return self._tokens[slug, purpose]

    def ask(self, who: str | None, method: str, path: str, *, purpose: str | None = None, **other: Any) -> TestResponse:
        headers = dict(other.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.token(who, purpose)}"
        return self.client.open(path, method=method, headers=headers, **other)

    def get(self, who: str | None, path: str, **other: Any) -> TestResponse:
        return self.ask(who, "GET", path, **other)

    def post(self, who: str | None, path: str, **other: Any) -> TestResponse:
        return self.ask(who, "POST", path, **other)

    def put(self, who: str | None, path: str, **other: Any) -> TestResponse:
        return self.ask(who, "PUT", path, **other)

    def save_policy(self, who: str, factory: str, rules: Mapping[str, Any], *confirm: str) -> TestResponse:
        """Save a policy with a yes to these warnings, and to what it opens where it asks."""
        address = f"/v1/factories/{factory}/policy"
        answer = self.put(who, address, json=dict(rules), query_string=[("confirm", each) for each in confirm])
        if answer.status_code == 409 and answer.json["code"] == "widening_not_confirmed":
            said = [("confirm", each) for each in (*confirm, answer.json["digest"])]
            answer = self.put(who, address, json=dict(rules), query_string=said)
        assert answer.status_code == 200, answer.text
        return answer

    def delete(self, who: str | None, path: str, **other: Any) -> TestResponse:
        return self.ask(who, "DELETE", path, **other)


def populate(url: str) -> dict[str, tuple[str, str]]:
    """Make a migrated database a node with its organizations; returns (client id, secret) by slug."""
    database = Database(url)
    keystore = Keystore(KEK, random.Random(7).randbytes)
    clients = {}
    begun = NOON - timedelta(days=30)
    with database.write() as session:
        identity.create_node(session, keystore, origin=ORIGIN, name="Node", now=begun)
        for slug, roles in ORGANIZATIONS.items():
            made = identity.create_organization(session, keystore, slug=slug, name=slug.title(), now=begun)
            for name, values in {"country": ["VN"], "verified": ["2"], "role": roles}.items():
                membership.set_facts(session, made, name, values, source="operator", now=NOON)
            new = membership.create_client(session, made, label="test", scopes=DEVELOPER, entropy=keystore.entropy, now=NOON)
            clients[slug] = (str(new.client.client_id), new.secret)
    database.dispose()
    return clients


def template(folder: Path) -> tuple[Path, dict[str, tuple[str, str]]]:
    """A SQLite file with a populated node, to be copied for each test."""
    file = folder / "template.db"
    upgrade(f"sqlite:///{file}")
    return file, populate(f"sqlite:///{file}")


def world(made: tuple[Path, Mapping[str, tuple[str, str]]], folder: Path, **settings: Any) -> World:
    """A node on a copy of the template."""
    file = folder / "node.db"
    shutil.copy(made[0], file)
    return world_at(f"sqlite:///{file}", made[1], **settings)


def world_at(url: str, clients: Mapping[str, tuple[str, str]], *, seed: int = 1, **settings: Any) -> World:
    """A node on a populated database."""
    chosen = Settings(
        **{
            "database_url": url,
            "kek": base64url.encode(KEK.secret),
            "search_floor_ms": 0,
            "rate_limit": "100000 per minute",
            "rate_limit_token": "100000 per minute",
        }
        | settings
    )
    clock = Clock()
    app = create_app(chosen, clock=clock, entropy=random.Random(seed).randbytes)
    app.test_client_class = DescribedClient
    database = app.extensions["guildnet"].house.database
    return World(app=app, clock=clock, clients=clients, database=database, settings=chosen)


def rules_for_programs(app: Flask) -> list[Rule]:
    """The rules of the routing table that are no pages."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in declared_pages(app)]
