"""A small network for tests: one node, some organizations, a clock that stands still and chance that repeats itself.

The same seed gives the same keys, ids and salts, so two worlds built alike are alike byte for byte.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from network import identity, membership
from network.database import Database
from network.keystore import KEK_BYTES, Kek, Keystore
from policies import PlatformCap
from sharing import factories, own_policy, publish
from sharing.errors import WideningNotConfirmed
from sharing.feed import PublishedFeed
from sharing.house import House
from sharing.search import Replica
from sharing.viewers import Caller

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ORIGIN = "https://node.example"


class SeededEntropy:
    """Random-looking bytes that depend on the seed and on how many were asked for before."""

    def __init__(self, seed: str = "world") -> None:
        self._seed = seed
        self._drawn = 0

    def __call__(self, size: int) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(f"{self._seed}/{self._drawn}".encode()).digest(size)


YES = frozenset({"cap_reaches_public"})


def save_policy(house: House, session: Session, caller: Caller, factory_id: str, document: Mapping[str, Any]) -> None:
    """Save a policy with a yes to every warning and to whatever it opens."""
    try:
        own_policy.put_policy(house, session, caller, factory_id, document, confirmed=YES)
    except WideningNotConfirmed as asked:
        own_policy.put_policy(house, session, caller, factory_id, document, confirmed=YES | {asked.digest})


@dataclass
class StillClock:
    """A clock that moves only when told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: int) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@dataclass
class World:
    """A node with organizations, and shortcuts for what tests do all the time."""

    house: House
    clock: StillClock
    ids: dict[str, str] = field(default_factory=dict)

    @classmethod
    def on(
        cls,
        database: Database,
        *,
        seed: str = "world",
        platform: tuple[PlatformCap, ...] = (),
        origin: str = ORIGIN,
        fresh: bool = True,
    ) -> World:
        """A node on a migrated database; `fresh=False` opens the node that is there already."""
        clock, entropy = StillClock(), SeededEntropy(seed)
        kek = Kek(secret=hashlib.sha256(b"kek of the tests").digest()[:KEK_BYTES])
        keystore = Keystore(kek, entropy)
        house = House(
            database=database,
            keystore=keystore,
            clock=clock,
            entropy=entropy,
            replica=Replica(PublishedFeed(keystore), platform),
            platform=platform,
        )
        world = cls(house=house, clock=clock)
        with database.write() if fresh else database.read() as session:
            if fresh:
                development = origin.startswith("http://")
                identity.create_node(
                    session, house.keystore, origin=origin, name="Test node", now=clock(), development=development
                )
            world.ids = {each.slug: each.id for each in membership.members(session)}
        return world

    def organization(
        self,
        slug: str,
        *,
        roles: Sequence[str] = ("supplier",),
        country: str = "VN",
        verified: int = 2,
        sectors: Sequence[str] = (),
        public_jwk: object | None = None,
    ) -> str:
        """A new organization with its facts; returns its id."""
        with self.house.database.write() as session:
            identifier = identity.create_organization(
                session,
                self.house.keystore,
                slug=slug,
                name=slug.replace("-", " ").title(),
                now=self.clock(),
                public_jwk=public_jwk,
            )
            stated = {"role": roles, "country": [country], "verified": [str(verified)], "sector": sectors}
            for attribute, values in stated.items():
                membership.set_facts(session, identifier, attribute, values, source="operator", now=self.clock())
        self.ids[slug] = identifier
        return identifier

    def caller(self, slug: str | None, purpose: str | None = None) -> Caller:
        """The organization as it calls now; None for nobody."""
        if slug is None:
            return Caller.anonymous()
        with self.house.database.read() as session:
            return Caller(member=membership.member_of(session, self.ids[slug]), purpose=purpose)

    def factory(
        self, slug: str, document: Mapping[str, Any], *, policy: Mapping[str, Any] | None = None, live: bool = True
    ) -> str:
        """A factory of the organization, with this policy if given, published unless `live` is False."""
        caller = self.caller(slug)
        with self.house.database.write() as session:
            factory_id = factories.create_factory(self.house, session, caller, document)
        if policy is not None:
            self.policy(slug, factory_id, policy)
        if live:
            self.publish(slug, factory_id)
        return factory_id

    def policy(self, slug: str, factory_id: str, policy: Mapping[str, Any]) -> None:
        """Replace a factory's policy, saying yes to every warning and to whatever it opens."""
        with self.house.database.write() as session:
            save_policy(self.house, session, self.caller(slug), factory_id, dict(policy))

    def publish(self, slug: str, factory_id: str) -> None:
        """Publish, answering the first-publish question."""
        caller = self.caller(slug)
        with self.house.database.write() as session:
            digest = publish.first_preview(self.house, session, caller, [factory_id]).digest
            publish.publish(self.house, session, caller, factory_id, confirm=digest)

    def again(self, **changes: Any) -> World:
        """The same node seen by another process: its own index, the same database, clock and keys."""
        house = replace(self.house, replica=Replica(PublishedFeed(self.house.keystore), self.house.platform), **changes)
        return World(house=house, clock=self.clock, ids=self.ids)
