"""A change of the key-encryption key, killed anywhere, leaves a node that starts, and goes through when given again."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from api.container import build
from api.settings import Settings
from network.keystore import read_kek
from network.sealing import sealed_columns
from tests.api.test_factories import made
from tests.api.test_journey import attested
from tests.api.world import KEK, NOON, World, populate, world_at
from tests.crashes.stopping import Command, done, stopped
from tests.databases import opened
from trust import base64url

PLACES = [
    "rewrap:key-made",
    "rewrap:before-commit",
    "rewrap:after-commit",
    "rewrap:old-kept",
    "rewrap:new-in-place",
]


def node(url: str, folder: Path) -> Path:
    """A node with sealed keys, an attestation and its worksheet; returns its key file."""
    world: World = world_at(url, populate(url))
    attested(world, made(world))
    world.app.extensions["guildnet"].close()
    file = folder / "node.kek"
    file.touch(mode=0o600)
    file.write_text(base64url.encode(KEK.secret) + "\n")
    return file


def command(file: Path) -> Command:
    return Command(arguments=("key", "rewrap"), environment={"GUILDNET_KEK": "", "GUILDNET_KEK_FILE": str(file)})


def works(url: str, file: Path) -> None:
    """The node starts, signs, and opens everything that is sealed."""
    with closing(build(Settings(database_url=url, kek_file=str(file)), clock=lambda: NOON)) as container:
        house = container.house
        with house.database.read() as session:
            for each in sealed_columns():
                for row in session.execute(each.table.select().where(each.column.is_not(None))).mappings():
                    names = tuple(name.format(**row) for name in each.names)
                    value = row[each.column.name]
                    house.keystore.seal_anew(house.keystore, names, bytes.fromhex(value) if isinstance(value, str) else value)


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_change_of_key_leaves_a_node_that_starts(place: str, database_url: str, tmp_path: Path) -> None:
    file = node(database_url, tmp_path)
    stopped(database_url, command(file), place)
    works(database_url, file)
    between = read_kek(file)
    assert (between == KEK) == (place in PLACES[:2])
    answer = done(database_url, command(file))
    assert answer["status"] == 0, answer
    assert read_kek(file) not in (KEK, between) or place in PLACES[:2]
    works(database_url, file)
    kept = [read_kek(each) for each in tmp_path.glob("node.kek.old-*")]
    assert KEK in kept
    assert not (tmp_path / "node.kek.new").exists()


def test_a_file_that_opens_nothing_is_not_put_in_place(sqlite_url: str, tmp_path: Path) -> None:
    file = node(sqlite_url, tmp_path)
    stray = tmp_path / "node.kek.new"
    stray.touch(mode=0o600)
    stray.write_text("A" * 43 + "\n")
    works(sqlite_url, file)
    assert read_kek(file) == KEK
    with opened(sqlite_url) as database, database.read():
        pass
