"""The same page twice: through the real application, and through a bare Flask route that knows the answer already.

The bare route does what cannot be left out: it checks the same token against the same database, reads the page's rows by
their keys with SQLAlchemy, and writes the same JSON. Limits and the response floor of the real application are off.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from api import auth
from api.app import create_app
from api.container import Container
from api.settings import Settings
from api.tokens import read_token
from network import identity, membership
from sharing.house import House
from sharing.models import Publication
from tests.benchmarks.network import CLOSE, MEMBER, PURPOSE, Network

Work = Callable[[], bytes]


class Door:
    """Both applications over one network, and a token for each viewer."""

    def __init__(self, network: Network) -> None:
        house = network.house
        settings = Settings(
            database_url=house.database.url.render_as_string(hide_password=False),
            search_floor_ms=0,
            rate_limit="100000000 per minute",
            rate_limit_token="100000000 per minute",
        )
        self._real = create_app(settings, container=Container(settings=settings, house=house)).test_client()
        self._known: dict[str, tuple[list[str], Any]] = {}
        self._bare = _bare(house, self._known).test_client()
        self._tokens = {slug: _token(network, self._real, slug) for slug in (MEMBER, CLOSE)}

    def pages(self, viewer: str, address: str) -> tuple[Work, Work]:
        """The page at `address` as the viewer gets it: from the real application, and from the bare one."""
        headers = {"Authorization": f"Bearer {self._tokens[viewer]}"} if viewer in self._tokens else {}
        answer = self._real.get(address, headers=headers)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}: {answer.text}")
        body: Any = answer.get_json()
        factories = [str(item["factory"]["id"]).rpartition(":")[2] for item in body["items"]]
        name = f"{viewer}-{len(self._known)}"
        self._known[name] = factories, body
        return (
            lambda: self._real.get(address, headers=headers).get_data(),
            lambda: self._bare.get(f"/{name}", headers=headers).get_data(),
        )


def same_but_for_the_cursor(body: bytes) -> dict[str, Any]:
    """A page's JSON without `next`, which is sealed with fresh chance: no two are alike."""
    return {name: value for name, value in json.loads(body).items() if name != "next"}


def _token(network: Network, client: FlaskClient, slug: str) -> str:
    house, now = network.house, network.world.clock()
    with house.database.write() as session:
        made = membership.create_client(
            session, network.world.ids[slug], label="benchmark", scopes=("read",), entropy=house.entropy, now=now
        )
    form = {"client_id": str(made.client.client_id), "client_secret": made.secret, "purpose": PURPOSE}
    answer = client.post("/v1/token", data={"grant_type": "client_credentials", **form})
    body: Any = answer.get_json()
    return str(body["access_token"])


def _bare(house: House, known: dict[str, tuple[list[str], Any]]) -> Flask:
    app = Flask("bare", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.compact = True  # type: ignore[attr-defined]

    @app.get("/<name>")
    def page(name: str) -> ResponseReturnValue:
        factories, body = known[name]
        with house.database.read() as session:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if token:
                node = identity.node(session)
                held = identity.node_keys(session, "token")
                keys = {str(each.kid): Ed25519PublicKey.from_public_bytes(each.public.raw) for each in held}
                claims = read_token(token, keys=keys, audience=node.origin, issuer=node.did, now=house.now())
                auth.resolve(session, claims)
            rows = session.scalars(select(Publication).where(Publication.factory_id.in_(factories))).all()
            assert len(rows) == len(set(factories))
        return app.json.response(body)

    return app
