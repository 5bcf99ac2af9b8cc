"""A node whose every source of chance and time is the test's: built once, copied as a whole, asked through WSGI.

Two nodes on copies of one database have equal keys, equal clocks and equal chance; chance starts anew with each request,
so that what one request draws says nothing about what an earlier one drew. What the test knows better than the node is
kept here too: who has which relation to which factory, and the whole attestations that auditors signed.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

from flask.testing import FlaskClient
from sqlalchemy import make_url
from werkzeug import Response

from api.tokens import Claims, issue_token
from network import identity, membership
from network.database import Database
from network.keystore import Kek, Keystore
from policies import NO_RELATION, PlatformCap, Relation
from sharing.feed import PublishedFeed
from sharing.house import House
from sharing.search import Replica
from sharing.searching import CURSOR_KEY
from tests.leaks import doors
from tests.leaks.replacements import Answer, replaced
from tests.world import ORIGIN, StillClock, World
from trust.keys import PrivateKey

KEK = Kek(secret=hashlib.sha256(b"kek of the leak suite").digest())
AUDITOR = PrivateKey.from_seed(hashlib.sha256(b"auditor").digest(), did="did:web:node.example:orgs:auditor")

ORGANIZATIONS: Mapping[str, Mapping[str, Any]] = {
    "maker": {"roles": ["supplier"], "country": "VN", "verified": 2},
    "smith": {"roles": ["supplier", "buyer"], "country": "VN", "verified": 2, "sectors": ["C25"]},
    "buyer": {"roles": ["buyer"], "country": "JP", "verified": 2, "sectors": ["C29"]},
    "partner": {"roles": ["buyer", "supplier"], "country": "JP", "verified": 3},
    "narrow": {"roles": ["buyer", "supplier"], "country": "VN", "verified": 1},
    "rival": {"roles": ["buyer", "supplier", "auditor"], "country": "KR", "verified": 1, "sectors": ["C25"]},
    "auditor": {"roles": ["auditor"], "country": "VN", "verified": 3, "public_jwk": AUDITOR.public.jwk},
    "stranger": {"roles": ["buyer"], "country": "KR", "verified": 1},
}


@dataclass(frozen=True, kw_only=True)
class Who:
    """Somebody who asks: an organization with the purpose of its token, or nobody."""

    slug: str | None = None
    purpose: str | None = None

    def __str__(self) -> str:
        return "anonymous" if self.slug is None else f"{self.slug}/{self.purpose}"


class Store(Protocol):
    """Where databases come from."""

    def fresh(self, template: str) -> str:
        """The URL of a new database that is a copy of the one at `template`, to which nobody is connected."""
        ...


class Files:
    """SQLite: a copy is a copy of the file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    def fresh(self, template: str) -> str:
        """A copied file."""
        source = make_url(template).database or ""
        if Path(f"{source}-wal").exists():
            raise AssertionError("the database is still open: a copy would be torn")
        self._made += 1
        copy = self._folder / f"{self._made}.db"
        shutil.copyfile(source, copy)
        return f"sqlite:///{copy}"


class Servers:
    """PostgreSQL: a copy is a database made from a template."""

    def __init__(self, create: Callable[[str], str]) -> None:
        self._create = create

    def fresh(self, template: str) -> str:
        """A database made from the one at `template`."""
        return self._create(make_url(template).database or "")


class Chance:
    """Random-looking bytes that are the same for the same label and the same number of draws since."""

    def __init__(self, label: str) -> None:
        self.restart(label)

    def restart(self, label: str) -> None:
        """Begin the sequence of `label`."""
        self._label, self._drawn = label, 0

    def __call__(self, size: int) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(f"{self._label}/{self._drawn}".encode()).digest(size)


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A whole attestation, as the auditor signed it."""

    id: str
    owner: str
    factory_id: str
    audit_id: str
    list_id: str
    further: Mapping[str, str]
    """The other lists of its body: purpose -> id."""
    whole: str
    schemes: frozenset[str]
    """The certificate schemes that its owner holds by it; none once it is revoked."""
    until: date
    """Its last day."""


@dataclass
class Node:
    """One node: the services (`world`), the doors (`ask`), and the test's own knowledge."""

    url: str
    store: Store
    house: House
    chance: Chance
    world: World
    clients: Mapping[str, str]
    relations: dict[tuple[str, str], Relation] = field(default_factory=dict)
    signed: dict[str, Signed] = field(default_factory=dict)
    factories: list[tuple[str, str]] = field(default_factory=list)
    wired: Any = None
    """What asks over a socket (`wire.Wire`); None: the application is asked in this process."""
    _client: FlaskClient | None = None
    _tokens: dict[tuple[Who, Any], str] = field(default_factory=dict)
    _asked: Counter[str] = field(default_factory=Counter)

    @classmethod
    def at(cls, url: str, store: Store, clients: Mapping[str, str], *, platform: tuple[PlatformCap, ...] = ()) -> Node:
        """The node in the database at `url`; it is there already."""
        clock, chance, database = StillClock(), Chance("building"), Database(url)
        keystore = Keystore(KEK, chance)
        house = House(
            database=database,
            keystore=keystore,
            clock=clock,
            entropy=chance,
            replica=Replica(PublishedFeed(keystore), platform),
            platform=platform,
        )
        world = World(house=house, clock=clock)
        return cls(url=url, store=store, house=house, chance=chance, world=world, clients=clients)

    @property
    def cursor_key(self) -> bytes:
        """The key that cursors are sealed under."""
        return self.house.keystore.derive(CURSOR_KEY)

    def relation(self, slug: str | None, factory_id: str) -> Relation:
        """What ties an organization to a factory, as the test made it."""
        return NO_RELATION if slug is None else self.relations.get((slug, factory_id), NO_RELATION)

    def tie(self, slug: str, factory_id: str, change: Callable[[Relation], Relation]) -> None:
        """Note a change of what ties an organization to a factory."""
        self.relations[slug, factory_id] = change(self.relation(slug, factory_id))

    def held(self, slug: str) -> dict[str, str]:
        """The schemes that a peer attested on certificates of this organization's factories."""
        today = self.house.today()
        lasting = [each for each in self.signed.values() if each.owner == slug and each.until >= today]
        return {scheme: "peer" for each in lasting for scheme in each.schemes}

    def copy(self) -> Node:
        """A second node on a copy of the database, with the same knowledge, clock and chance."""
        self.close()
        twin = Node.at(self.store.fresh(self.url), self.store, self.clients, platform=self.house.platform)
        twin.world.ids, twin.world.clock.now = dict(self.world.ids), self.world.clock.now
        twin.relations, twin.signed = dict(self.relations), dict(self.signed)
        twin.factories = list(self.factories)
        twin.wired = self.wired
        twin.chance.restart("copy")
        return twin

    def close(self) -> None:
        """Close every connection; the next use opens new ones."""
        self.house.database.dispose()

    def token(self, who: Who) -> str:
        """A token as the token endpoint would issue it now."""
        now = self.house.now()
        if (who, now) not in self._tokens:
            with self.house.database.read() as session:
                node = identity.node(session)
                member = membership.member_of(session, self.world.ids[str(who.slug)])
                claims = Claims(
                    issuer=node.did, audience=node.origin, client_id=self.clients[str(who.slug)],
                    organization=member.did, purpose=who.purpose, scope=("read", "write"), id="0" * 32,
                    issued=now, expires=now + timedelta(minutes=10),
                )  # fmt: skip
                self._tokens[who, now] = issue_token(claims, identity.node_signer(session, self.house.keystore, "token"))
        return self._tokens[who, now]

    @property
    def client(self) -> FlaskClient:
        """A client of a WSGI application of this node alone, for those who ask several nodes at once."""
        if self._client is None:
            self._client = doors.application(self.house).test_client()
        return self._client

    def respond(self, who: Who, method: str, path: str, *, label: str = "", **other: Any) -> Response:
        """The response to one request; its chance depends on what is asked, on `label`, and on how often this was."""
        headers = dict(other.pop("headers", {}))
        asked = f"{label} {who} {method} {path} {other.get('query_string', '')} {headers}"
        self._asked[asked] += 1
        if who.slug is not None:
            headers["Authorization"] = f"Bearer {self.token(who)}"
        self.chance.restart(f"request {asked} {self._asked[asked]}")
        if self.wired is not None:
            return self.wired.open(self, path, method=method, headers=headers, **other)
        return doors.client(self.house).open(path, method=method, headers=headers, **other)

    def ask(self, who: Who, method: str, path: str, *, label: str = "", **other: Any) -> Answer:
        """The response after the replacements."""
        return self.read(self.respond(who, method, path, label=label, **other))

    def read(self, response: Response) -> Answer:
        """A response after the replacements."""
        return replaced(response, cursor_key=self.cursor_key)

    def second(self) -> Node:
        """The same database asked through another process' eyes: own connections, own index, own application."""
        node = Node.at(self.url, self.store, self.clients, platform=self.house.platform)
        node.world.ids, node.world.clock = self.world.ids, self.world.clock
        node.house = replace(node.house, clock=self.world.clock)
        return node


@dataclass(frozen=True, kw_only=True)
class Template:
    """A database with a node and its organizations, closed."""

    url: str
    store: Store
    ids: Mapping[str, str]
    clients: Mapping[str, str]

    def node(self, seed: str, *, platform: tuple[PlatformCap, ...] = ()) -> Node:
        """A node of its own on a copy."""
        node = Node.at(self.store.fresh(self.url), self.store, self.clients, platform=platform)
        node.world.ids = dict(self.ids)
        node.chance.restart(f"node {seed}")
        return node


def template(url: str, store: Store, organizations: Mapping[str, Mapping[str, Any]] = ORGANIZATIONS) -> Template:
    """Make the node and its organizations in the migrated database at `url`."""
    node = Node.at(url, store, {})
    node.chance.restart("template")
    house, clients = node.house, {}
    with house.database.write() as session:
        identity.create_node(session, house.keystore, origin=ORIGIN, name="Node", now=house.now())
    for slug, facts in organizations.items():
        identifier = node.world.organization(slug, **facts)
        with house.database.write() as session:
            new = membership.create_client(
                session, identifier, label="leaks", scopes=("read", "write"), entropy=house.entropy, now=house.now()
            )
        clients[slug] = str(new.client.client_id)
    node.close()
    return Template(url=url, store=store, ids=dict(node.world.ids), clients=clients)


@contextmanager
def closing(*nodes: Node) -> Any:
    """Close the nodes' connections at the end."""
    try:
        yield nodes[0] if len(nodes) == 1 else nodes
    finally:
        for node in nodes:
            node.close()
