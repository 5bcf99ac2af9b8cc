"""What most tests of `network` start from: a time, a keystore with its own chance, a node, an organization."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from network.identity import create_node, create_organization
from network.keystore import Kek, Keystore

NOW = datetime(2026, 11, 22, 12, 17, 5, 250_000, tzinfo=UTC)
HOUR = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORIGIN = "https://guild.example"


def keystore(kek: bytes = b"k" * 32) -> Keystore:
    """A keystore under a known KEK; its nonces and keys are really random."""
    return Keystore(Kek(secret=kek), os.urandom)


def found(session, store: Keystore, *, now: datetime = NOW):
    """A node."""
    return create_node(session, store, origin=ORIGIN, name="Hiệp hội Cơ khí", now=now)


def settle(session, store: Keystore, slug: str = "an-phat", *, now: datetime = NOW, public_jwk: object | None = None):
    """An organization."""
    return create_organization(session, store, slug=slug, name=slug, now=now, public_jwk=public_jwk)
