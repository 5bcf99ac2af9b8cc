"""Backing a node up, restoring it elsewhere, settling it and starting it anew, for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from api import backups
from api.backups import settling
from sharing.restored import Settled
from tests.api.people.conftest import CHEAP
from tests.api.world import World, world_at
from tests.databases import PostgresServer, new_name


@dataclass
class Place:
    """Where the databases of one node are made."""

    folder: Path
    url: str
    another: Callable[[], str]
    opened: list[World] = field(default_factory=list)

    def world(self, url: str, clients: dict[str, tuple[str, str]], *, seed: int, journal: str = "journal", **how: Any) -> World:
        """The node on a database, with its journal."""
        self.opened.append(world_at(url, clients, seed=seed, journal_file=str(self.folder / journal), **CHEAP | how))
        return self.opened[-1]

    def close(self) -> None:
        """Give back what was opened."""
        for world in self.opened:
            world.app.extensions["guildnet"].close()


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")
        names = iter(range(100))
        here = Place(folder=tmp_path, url=url, another=lambda: f"sqlite:///{tmp_path / f'restored-{next(names)}.db'}")
        yield here
        here.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    created = []

    def another() -> str:
        created.append(new_name())
        return server.create(created[-1])

    here = Place(folder=tmp_path, url=request.getfixturevalue("postgres_url"), another=another)
    yield here
    here.close()
    for name in created:
        server.drop(name)


def backed_up(world: World, place: Place) -> Path:
    house = world.app.extensions["guildnet"].house
    taken = backups.take(house, world.settings.database_url, place.folder / "backup", lambda *_: None)
    return taken.file


def restored(world: World, place: Place, file: Path, *, journal: str = "journal") -> World:
    world.app.extensions["guildnet"].close()
    url = place.another()
    backups.restore(file, url, world.app.extensions["guildnet"].house.keystore, world.clock())
    return place.world(url, dict(world.clients), seed=99, journal=journal)


def settled(world: World, **how: Any) -> Settled:
    return settling.settle(world.app.extensions["guildnet"].house, [], **({"keep": None, "really": True} | how))


def again(world: World, place: Place, *, journal: str = "journal") -> World:
    """The process is started anew."""
    world.app.extensions["guildnet"].close()
    return place.world(world.settings.database_url, dict(world.clients), seed=123, journal=journal)
