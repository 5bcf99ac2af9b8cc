"""The same page twice: through the real application, and through a bare Flask route that knows the answer already.

The bare route does what cannot be left out: it checks the same token against the same database, reads the page's rows by
their keys with SQLAlchemy, and writes the same JSON; beside it stands one that also commits as many rows of the ledger as the
real one does before the answer leaves. Limits and the response floor of the real application are off, unless a row says
otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask, request
from flask.testing import FlaskClient
from flask.typing import ResponseReturnValue
from sqlalchemy import func, insert, select
from werkzeug.test import TestResponse

from api import auth
from api.app import create_app
from api.container import Container
from api.settings import Settings
from api.tokens import read_token
from network import identity, membership
from sharing.house import House
from sharing.ledger.models import Disclosure
from sharing.models import Publication
from tests.benchmarks.network import CLOSE, MEMBER, OWNER, PURPOSE, Network
from tests.world import NOW

Work = Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An answer that the bare application knows already, and whose rows it reads all the same."""

    factories: list[str]
    json: Any = None
    data: bytes = b""
    disclosed: int = 0
    media_type: str = "application/json"


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
        self._house = house
        self._real = create_app(settings, container=Container(settings=settings, house=house)).test_client()
        floored = replace(settings, search_floor_ms=Settings(database_url="").search_floor_ms)
        self._floored = create_app(floored, container=Container(settings=floored, house=house)).test_client()
        self._known: dict[str, Known] = {}
        self._bare = _bare(house, self._known).test_client()
        self._tokens = {slug: _token(network, self._real, slug) for slug in (MEMBER, CLOSE, OWNER)}

    def pages(self, viewer: str, address: str) -> tuple[Work, Work, Work]:
        """The page at `address` as the viewer gets it: from the real application, from the bare one, and from the bare one
        when it commits as many rows of the ledger as the real one."""
        self._asked(viewer, address, {})
        before = self._disclosures()
        body: Any = self._asked(viewer, address, {}).get_json()
        factories = [str(item["factory"]["id"]).rpartition(":")[2] for item in body["items"]]
        known = Known(factories=factories, json=body)
        real, bare = self._both(viewer, address, {}, known)
        disclosed = self._disclosures() - before
        return real, bare, self._both(viewer, address, {}, replace(known, disclosed=disclosed))[1]

    def beside(self, viewer: str, address: str) -> tuple[Work, Work]:
        """The same page with the response floor on, and its bytes from a route that does nothing at all."""
        data = self._asked(viewer, address, {}).get_data()
        name = f"bytes-{len(self._known)}"
        self._known[name] = Known(factories=[], data=data)
        own = self._authorization(viewer)
        return (
            lambda: self._floored.get(address, headers=own).get_data(),
            lambda: self._bare.get(f"/bytes/{name}").get_data(),
        )

    def _disclosures(self) -> int:
        with self._house.database.read() as session:
            return session.scalar(select(func.count()).select_from(Disclosure)) or 0

    def same(self, viewer: str, address: str, factories: list[str], headers: Mapping[str, str]) -> tuple[Work, Work]:
        """Any other answer, byte for byte; the bare application reads the published rows of `factories`."""
        answer = self._asked(viewer, address, headers)
        known = Known(factories=factories, data=answer.get_data(), media_type=answer.content_type)
        return self._both(viewer, address, headers, known)

    def _asked(self, viewer: str, address: str, headers: Mapping[str, str]) -> TestResponse:
        answer = self._real.get(address, headers={**headers, **self._authorization(viewer)})
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}: {answer.text}")
        return answer

    def _authorization(self, viewer: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[viewer]}"} if viewer in self._tokens else {}

    def _both(self, viewer: str, address: str, headers: Mapping[str, str], known: Known) -> tuple[Work, Work]:
        name = f"{viewer}-{len(self._known)}"
        self._known[name] = known
        own = self._authorization(viewer)
        return (
            lambda: self._real.get(address, headers={**headers, **own}).get_data(),
            lambda: self._bare.get(f"/{name}", headers=own).get_data(),
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


def _bare(house: House, known: Mapping[str, Known]) -> Flask:
    app = Flask("bare", static_folder=None, template_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.json.compact = True  # type: ignore[attr-defined]

    @app.get("/<name>")
    def page(name: str) -> ResponseReturnValue:
        answer = known[name]
        with house.database.read() as session:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if token:
                node = identity.node(session)
                held = identity.node_keys(session, "token")
                keys = {str(each.kid): Ed25519PublicKey.from_public_bytes(each.public.raw) for each in held}
                claims = read_token(token, keys=keys, audience=node.origin, issuer=node.did, now=house.now())
                auth.resolve(session, claims)
            rows = session.scalars(select(Publication).where(Publication.factory_id.in_(answer.factories))).all()
            assert len(rows) == len(set(answer.factories))
        if answer.disclosed:
            with house.database.write() as session:
                session.execute(insert(Disclosure), [_ROW | {"id": house.new_id()} for _ in range(answer.disclosed)])
        if answer.json is not None:
            return app.json.response(answer.json)
        return app.response_class(answer.data, content_type=answer.media_type)

    @app.get("/bytes/<name>")
    def data(name: str) -> ResponseReturnValue:
        return app.response_class(known[name].data, content_type="application/json")

    return app


_ROW = {
    "owner_id": "0" * 32,
    "factory_id": "0" * 21,
    "viewer": "0" * 32,
    "actor": "program-0123456789abcdef",
    "purpose": PURPOSE,
    "way": "search.search",
    "form": "page",
    "at": NOW,
    "legend": "0" * 16,
    "shown": "3" * 130,
    "rules": "tier-public tier-member",
    "policy_revision": 2,
    "question": "0" * 32,
}
"""Like a row of the ledger, of an owner that does not exist."""
