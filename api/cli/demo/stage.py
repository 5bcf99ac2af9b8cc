"""The stage of the demonstration: a development node in a folder, its organizations, and how each of them calls it.

Guarantees: everything a party does goes through the HTTP door with a token of its own, as it would over a network; only
the operator's part (making the node, approving organizations) uses the services that `guildnet init` and `org` use.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from werkzeug.test import TestResponse

from api import migrations
from api.app import create_app
from api.cli.keyfile import make_key_file
from api.container import Container, build, system_clock
from api.settings import Settings
from network import identity, membership
from network.database import Database
from network.keystore import Keystore, create_kek
from trust import did
from trust.anchors import write as anchor_text
from trust.keys import PrivateKey

SCOPES = ("read", "write")


class DoorClosed(Exception):
    """The node answered something else than the story expects: a defect, told with what it said."""

    code = "demo_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What an organization logs in with."""

    slug: str
    name: str
    roles: tuple[str, ...]
    client_id: str
    client_secret: str


@dataclass(slots=True)
class Party:
    """One organization (or nobody), calling the node over HTTP with a token for each purpose."""

    app: Flask
    credentials: Credentials | None = None
    _tokens: dict[str | None, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people call them."""
        return "the public" if self.credentials is None else self.credentials.name

    def call(
        self, method: str, path: str, *, purpose: str | None = None, json: object = None, **query: str | Sequence[str]
    ) -> TestResponse:
        """One request, whatever its answer."""
        headers = {} if self.credentials is None else {"Authorization": f"Bearer {self._token(purpose)}"}
        address = f"{path}?{urlencode(query, doseq=True)}" if query else path
        return self.app.test_client().open(address, method=method, headers=headers, json=json)

    def done(
        self, method: str, path: str, *, purpose: str | None = None, json: object = None, **query: str | Sequence[str]
    ) -> Any:
        """The JSON of a request that must succeed."""
        answer = self.call(method, path, purpose=purpose, json=json, **query)
        if answer.status_code >= 400:
            raise DoorClosed(f"{self.name}: {method} {path} answered {answer.status_code}: {answer.get_data(as_text=True)}")
        return answer.get_json() if answer.get_data() else None

    def _token(self, purpose: str | None) -> str:
        if purpose not in self._tokens and self.credentials is not None:
            form = {"grant_type": "client_credentials", "client_id": self.credentials.client_id}
            form["client_secret"] = self.credentials.client_secret
            if purpose is not None:
                form["purpose"] = purpose
            answer = self.app.test_client().post("/v1/token", data=form)
            self._tokens[purpose] = answer.get_json()["access_token"]
        return self._tokens[purpose]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The node and the folder it lives in."""

    folder: Path
    origin: str
    anchor: str
    settings: Settings
    container: Container
    app: Flask

    def party(self, slug: str, name: str, *, roles: Sequence[str], country: str = "VN", sectors: Sequence[str] = ()) -> Party:
        """An organization that the operator approved after seeing its documents, with a client of its own."""
        return self._party(slug, name, roles=roles, country=country, sectors=sectors, public_jwk=None)

    def party_with_own_key(self, slug: str, name: str, *, roles: Sequence[str]) -> tuple[Party, PrivateKey, Path]:
        """The same, but the organization keeps its key in a file of its own; the node gets the public half only."""
        path = self.folder / f"{slug}.key"
        key = make_key_file(path, did.of_organization(self.origin, slug), secrets.token_bytes)
        party = self._party(slug, name, roles=roles, country="VN", sectors=(), public_jwk=key.public.jwk)
        return party, key, path

    def _party(
        self,
        slug: str,
        name: str,
        *,
        roles: Sequence[str],
        country: str,
        sectors: Sequence[str],
        public_jwk: Mapping[str, str] | None,
    ) -> Party:
        house, now = self.container.house, system_clock()
        with house.database.write("demo-party") as session:
            identifier = identity.create_organization(
                session, house.keystore, slug=slug, name=name, now=now, public_jwk=public_jwk
            )
            stated = {"role": roles, "country": [country], "verified": ["2"], "sector": sectors}
            for attribute, values in stated.items():
                membership.set_facts(session, identifier, attribute, values, source="operator", now=now)
            client = membership.create_client(session, identifier, label="demo", scopes=SCOPES, entropy=house.entropy, now=now)
        credentials = Credentials(
            slug=slug, name=name, roles=tuple(roles), client_id=client.client.client_id, client_secret=client.secret
        )
        return Party(self.app, credentials)


def make_stage(folder: Path, port: int) -> Stage:
    """A new development node in `folder`, at http://localhost:`port`. Raises `NodeExists` where there is one."""
    settings = Settings(
        database_url=f"sqlite:///{folder / 'guildnet.db'}",
        kek_file=str(folder / "guildnet.kek"),
        development=True,
        rate_limit="6000 per minute",
        rate_limit_token="600 per minute",  # noqa: S106 - a rate, not a password
    )
    origin = f"http://localhost:{port}"
    migrations.upgrade(settings.database_url)
    kek = create_kek(Path(settings.kek_file), secrets.token_bytes)
    database = Database(settings.database_url)
    try:
        with database.write("demo-node") as session:
            identity.create_node(
                session,
                Keystore(kek, secrets.token_bytes),
                origin=origin,
                name="Demonstration node",
                now=system_clock(),
                development=True,
            )
            anchor = anchor_text(identity.own_anchors(session)[0])
    finally:
        database.dispose()
    container = build(settings)
    return Stage(
        folder=folder,
        origin=origin,
        anchor=anchor,
        settings=settings,
        container=container,
        app=create_app(settings, container=container),
    )
