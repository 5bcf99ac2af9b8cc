"""The composition root: the one place where settings become a database, keys, a clock, chance and services.

Guarantees: everything that the doors use is made here and handed in; a test replaces the clock or the chance here and
nowhere else. Owns the database and the search replica for the life of the process; `close` gives them back.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask, current_app

from api.asking import Clock, Entropy, steady
from api.rewrapping import find_kek, opens_with
from api.settings import Settings, SettingsError
from network import identity
from network.database import Database, parse_url
from network.errors import KeyUnknown, NodeMissing, SchemaMismatch
from network.journal import Journal
from network.keystore import Kek, Keystore, load_kek
from policies import PlatformCap, PolicyError, parse_platform
from sharing import catalogue
from sharing.feed import PublishedFeed
from sharing.house import House
from sharing.search import Replica
from sharing.snapshots import KEY as SNAPSHOT_KEY
from sharing.snapshots import SnapshotFile
from trust import strict_json
from trust.errors import TrustError

NO_SNAPSHOT = "none"

_EXTENSION = "guildnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What one process works with."""

    settings: Settings
    house: House

    def close(self) -> None:
        """Give the database connections and the journal back."""
        self.house.database.dispose()
        if self.house.database.journal is not None:
            self.house.database.journal.close()
            self.house.database.journal = None


def system_clock() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def build(settings: Settings, *, clock: Clock | None = None, entropy: Entropy | None = None) -> Container:
    """Open what the settings name. Raises `SettingsError` and `NetworkError`; needs a database made by `init`.

    `clock` and `entropy` are for tests: a frozen clock and a seeded generator give the same bytes twice.
    """
    chance = entropy or secrets.token_bytes
    platform = platform_caps(settings.platform_caps_file)
    database = Database(settings.database_url)
    keystore = Keystore(_kek(settings, database), chance)
    database.kek_name = keystore.name
    house = House(
        database=database,
        keystore=keystore,
        clock=steady(clock or system_clock),
        entropy=chance,
        replica=Replica(PublishedFeed(keystore), platform, shelf(settings, keystore, platform)),
        platform=platform,
    )
    check_kek(database, keystore)
    house.database.journal = open_journal(settings, house)
    return Container(settings=settings, house=house)


def shelf(settings: Settings, keystore: Keystore, platform: tuple[PlatformCap, ...]) -> SnapshotFile | None:
    """Where the index snapshot of these settings stands; None when there is to be none."""
    named = settings.index_snapshot
    if named == NO_SNAPSHOT:
        return None
    url = parse_url(settings.database_url)
    beside = f"{url.database}.index" if url.get_backend_name() == "sqlite" else "guildnet.index"
    return SnapshotFile(Path(named or beside), key=keystore.derive(SNAPSHOT_KEY), platform=platform)


def open_journal(settings: Settings, house: House) -> Journal | None:
    """This node's journal; None before there is a node, or without a place for one. Raises `JournalUnusable`."""
    if settings.kek and not settings.journal_file:
        return None
    path = Path(settings.journal_file or f"{settings.kek_file}.journal")
    try:
        return Journal(path, journal_name(house), house.clock)
    except (NodeMissing, SchemaMismatch):
        return None


def journal_name(house: House) -> str:
    """What this node's journal begins with. Another node made under the same name began at another moment."""
    with house.database.read() as session:
        node = identity.node(session)
    return hashlib.sha256(f"{node.did} {node.created.isoformat()}".encode()).hexdigest()


def check_kek(database: Database, keystore: Keystore) -> None:
    """Raise `SealBroken` when the key-encryption key is not the one that this database was sealed under.

    Opens one sealed key. With the wrong file everything would start, and seal what is made from now on under it.
    """
    try:
        with database.read() as session:
            identity.check_seals(session, keystore)
    except (KeyUnknown, NodeMissing, SchemaMismatch):
        return  # no node yet


def _kek(settings: Settings, database: Database) -> Kek:
    """The key in use; where a change of it was broken off, that of the file which opens the database."""
    if settings.kek:
        return load_kek(Path(settings.kek_file), settings.kek)
    return find_kek(Path(settings.kek_file), opens_with(lambda keystore: check_kek(database, keystore)))


def warm_up(container: Container) -> None:
    """Build the search index now rather than for the first asker."""
    house = container.house
    with house.replica.asking(house.database.read, lambda _, index: len(index)):
        pass


def platform_caps(file: str) -> tuple[PlatformCap, ...]:
    """The platform's caps in `file`: a JSON list of rules, each with `binds`; none for the empty name."""
    if not file:
        return ()
    try:
        document = strict_json.loads(Path(file).read_bytes())
        return parse_platform(document, catalogue.vocabulary())
    except (OSError, TrustError, PolicyError) as error:
        raise SettingsError((f"GUILDNET_PLATFORM_CAPS_FILE cannot be used: {error}",)) from error


def attach(app: Flask, container: Container) -> None:
    """Give the application its container."""
    app.extensions[_EXTENSION] = container


def container_of(app: Flask) -> Container:
    """The container of an application."""
    container: Container = app.extensions[_EXTENSION]
    return container


def house() -> House:
    """The house of the application that answers the request in hand."""
    return container_of(current_app).house
