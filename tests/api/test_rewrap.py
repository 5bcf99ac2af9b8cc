"""Everything sealed is declared, and a change of the key-encryption key puts all of it under the new one."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from api import migrations
from network import identity, membership
from network.errors import KekReplaced, SealBroken
from network.keystore import Kek, Keystore
from network.people import factors, outbox, persons
from network.sealing import rewrap, sealed_columns
from sharing.models import Factory
from tests.api.cli.conftest import Shell, empty, enter, made_once, shell
from tests.api.test_factories import made
from tests.api.test_journey import attested
from tests.api.world import World, populate, world_at

__all__ = ["empty", "enter", "made_once", "shell"]

NEW = Kek(secret=bytes(range(32, 64)))


@pytest.fixture
def full(database_url: str, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """A node with something in every sealed column, and every text that was sealed on the way."""
    sealed: set[bytes] = set()
    original = Keystore._seal

    def seal(self: Keystore, plaintext: bytes, *names: str) -> bytes:
        made = original(self, plaintext, *names)
        sealed.add(made)
        return made

    monkeypatch.setattr(Keystore, "_seal", seal)
    world: World = world_at(database_url, populate(database_url))
    factory = made(world)
    attested(world, factory)
    house = world.app.extensions["guildnet"].house
    with world.database.write() as session:
        person = persons.add(
            session, house.entropy, address="mai@node.example", name="Mai", language="vi", password="x", now=world.clock()
        )
        factors.offer(session, house.keystore, person.id, issuer="Node")
        outbox.post(session, house.keystore, to="a@node.example", topic="known", language="en", now=world.clock())
    yield world, sealed
    world.app.extensions["guildnet"].close()


def stored(world: World) -> dict[str, list[bytes]]:
    """Every value of every column that could be something sealed, by place."""
    found: dict[str, list[bytes]] = {}
    with world.database.read() as session:
        for table in migrations.metadata().tables.values():
            for row in session.execute(select(table)).mappings():
                for name, value in row.items():
                    if isinstance(value, bytes):
                        found.setdefault(f"{table.name}.{name}", []).append(value)
                    elif isinstance(value, str) and len(value) % 2 == 0 and value.startswith("01"):
                        try:
                            found.setdefault(f"{table.name}.{name}", []).append(bytes.fromhex(value))
                        except ValueError:
                            continue
    return found


def test_every_sealed_column_is_declared_and_every_declared_one_is_met(full) -> None:  # type: ignore[no-untyped-def]
    world, sealed = full
    places = {place for place, values in stored(world).items() if sealed.intersection(values)}
    assert places == {each.place for each in sealed_columns()}


def test_all_of_it_is_put_under_the_new_key_and_nothing_is_left_under_the_old(full) -> None:  # type: ignore[no-untyped-def]
    world, sealed = full
    house = world.app.extensions["guildnet"].house
    new = Keystore(NEW, house.entropy)
    steps: list[tuple[int, int]] = []
    before = set(sealed)
    with world.database.write() as session:
        done = rewrap(session, house.keystore, new, lambda *step: steps.append(step))
    assert set(done) == {each.place for each in sealed_columns()}
    assert all(done.values())
    assert steps[-1] == (sum(done.values()), sum(done.values()))
    assert not before.intersection(value for values in stored(world).values() for value in values)
    with world.database.read() as session:
        identity.check_seals(session, new)
        with pytest.raises(SealBroken):
            identity.check_seals(session, house.keystore)


def test_a_process_with_the_old_key_stores_nothing_any_more(full) -> None:  # type: ignore[no-untyped-def]
    world, _ = full
    house = world.app.extensions["guildnet"].house
    with world.database.write() as session:
        rewrap(session, house.keystore, Keystore(NEW, house.entropy), lambda *_: None)
    with world.database.read() as session:
        owner = membership.find(session, "acme")
        keys = identity.keys_of(session, owner.did)

    def rotate() -> None:
        with world.database.write() as session:
            identity.rotate(session, house.keystore, owner.did, "organization", now=world.clock() + timedelta(hours=1))

    with pytest.raises(KekReplaced):
        rotate()
    with world.database.read() as session:
        assert identity.keys_of(session, owner.did) == keys


def test_a_process_with_the_old_key_says_so_and_is_not_ready(full) -> None:  # type: ignore[no-untyped-def]
    world, _ = full
    house = world.app.extensions["guildnet"].house
    assert world.get(None, "/readyz").status_code == 200
    with world.database.read() as session:
        factory = session.scalars(select(Factory.id)).one()
    assert world.get(None, f"/v1/factories/{factory}/bundle").status_code == 200
    with world.database.write() as session:
        rewrap(session, house.keystore, Keystore(NEW, house.entropy), lambda *_: None)
    with capture_logs() as lines:
        # At once, whether or not this process has looked since: what does not open is looked at again.
        told = [world.get(None, f"/v1/factories/{factory}/bundle") for _ in range(2)]
        told += [world.get("acme", "/v1/factories"), world.get(None, "/readyz"), world.get(None, "/v1/search")]
    assert {(each.status_code, each.json["code"]) for each in told} == {(503, "kek_replaced")}
    assert [each["event"] for each in lines if each.get("alarm")] == ["kek_replaced"]
    assert world.get(None, "/healthz").status_code == 200


def test_something_that_does_not_open_stops_it_and_changes_nothing(full) -> None:  # type: ignore[no-untyped-def]
    world, _ = full
    house = world.app.extensions["guildnet"].house
    before = stored(world)
    wrong = Keystore(Kek(secret=bytes(32)), house.entropy)
    with pytest.raises(SealBroken, match=r"\w+\.\w+"), world.database.write() as session:
        rewrap(session, wrong, Keystore(NEW, house.entropy), lambda *_: None)
    assert stored(world) == before


def test_the_key_is_changed_from_the_command_line(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    # It would stay configured for every later test of this process.
    monkeypatch.setattr("api.logs.configure", lambda level: None)
    before = (shell.folder / "node.kek").read_text()
    shell.run("worker", "--once")
    said = shell.run("key", "rewrap", "--json")
    assert "Start every process of this node anew" in said.stderr
    done = json.loads(said.stdout)
    assert shell.json("fsck")["sound"]
    assert done["values"]["keys.sealed"] >= 4
    assert (shell.folder / "node.kek").read_text() != before
    assert Path(done["old_file"]).read_text() == before
    assert (shell.folder / "node.kek").stat().st_mode & 0o777 == 0o600
    shell.run("key", "rotate", "an-phat")
    assert json.loads(shell.run("key", "rewrap", "--json").stdout)["old_file"] != done["old_file"]


def test_a_backup_of_before_asks_for_the_old_key_file(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.run("backup", shell.path("backup.db"))
    old = shell.json("key", "rewrap")["old_file"]
    assert "backup_other_kek" in shell.run("restore", shell.path("backup.db"), "--to", shell.path("x.db"), code=1).stderr
    monkeypatch.setenv("GUILDNET_KEK_FILE", old)
    shell.run("restore", shell.path("backup.db"), "--to", shell.path("x.db"))
