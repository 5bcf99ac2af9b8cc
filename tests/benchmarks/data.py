"""Where the made-up network lives: a folder that a later run opens again, or a database that goes when the run ends.

Guarantees: a folder is used again only if it was finished, with the same number and seed; else it is built anew. A run works on
a copy of what is kept, so that what it writes is not there the next time. Older tables are migrated, as a node's would be.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from api import migrations
from network.database import Database
from tests.benchmarks import network
from tests.benchmarks.bulk import USUAL, Shape
from tests.benchmarks.network import Network, Step
from tests.databases import new_name, postgres_server

SQLITE, POSTGRESQL = "sqlite", "postgresql"
FORM = 1
"""Raise it when the made-up network changes, so that nobody measures an old one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A network, the folder beside it, and how it came about."""

    network: Network
    folder: Path
    server: str
    built_s: float
    reused: bool


@contextmanager
def opened(
    kind: str,
    factories: int,
    seed: int,
    kept: Path | None,
    step: Step,
    *,
    processes: int,
    shape: Shape = USUAL,
    in_place: bool = False,
) -> Iterator[Opened]:
    """Open or build the network; without `kept` it is built in a temporary folder. PostgreSQL is always built anew.

    `in_place`: work on what is kept itself, not on a copy, for whoever has no room for two; it is taken for unfinished then.
    """
    with _temporary(kept) as folder:
        if kind == POSTGRESQL:
            with postgres_server() as server:
                name = new_name("gn_bench")
                url = server.create(name)
                try:
                    with _built(url, factories, seed, step, processes, shape) as (made, seconds):
                        yield Opened(network=made, folder=folder, server=server.description, built_s=seconds, reused=False)
                finally:
                    server.drop(name)
        elif kept is None:
            with _built(f"sqlite:///{folder / 'node.db'}", factories, seed, step, processes, shape) as (made, seconds):
                yield Opened(network=made, folder=folder, server="", built_s=seconds, reused=False)
        else:
            name = (
                f"{factories}-{seed}" if shape == USUAL else f"{factories}-{seed}-{shape.rate:.4f}-{shape.rules}-{shape.models}"
            )
            known, seconds, reused = _kept(kept.resolve() / name, factories, seed, step, processes, shape)
            file = folder / "node.db"
            if in_place:
                known.with_name("finished.json").unlink()
                file = known
            else:
                shutil.copyfile(known, file)
            with _database(f"sqlite:///{file}") as database:
                made = network.reopen(database, factories, seed)
                yield Opened(network=made, folder=folder, server="", built_s=seconds, reused=reused)


def _kept(folder: Path, factories: int, seed: int, step: Step, processes: int, shape: Shape) -> tuple[Path, float, bool]:
    """The file of a finished network in `folder`, built now if there is none; seconds that took; whether it was there."""
    finished, file = folder / "finished.json", folder / "node.db"
    wanted = {"form": FORM, "factories": factories, "seed": seed, **({} if shape == USUAL else asdict(shape))}
    known = json.loads(finished.read_text()) if finished.exists() else {}
    if {name: known.get(name) for name in wanted} == wanted:
        return file, float(known["built_s"]), True
    folder.mkdir(parents=True, exist_ok=True)
    for other in folder.iterdir():
        other.unlink()
    with _built(f"sqlite:///{file}", factories, seed, step, processes, shape) as (_, seconds):
        pass
    # Without companions (-wal, -shm) now: the last connection took them along, so one file is the whole of it.
    finished.write_text(json.dumps(wanted | {"built_s": seconds}))
    return file, seconds, False


@contextmanager
def _built(url: str, factories: int, seed: int, step: Step, processes: int, shape: Shape) -> Iterator[tuple[Network, float]]:
    with _database(url) as database:
        begun = time.monotonic()
        made = network.make(database, factories, seed, step, processes=processes, shape=shape)
        yield made, time.monotonic() - begun


@contextmanager
def _database(url: str) -> Iterator[Database]:
    migrations.upgrade(url)
    database = Database(url)
    try:
        yield database
    finally:
        database.dispose()


@contextmanager
def _temporary(beside: Path | None) -> Iterator[Path]:
    """A folder for this run; on the disk of what is kept, if anything is."""
    if beside is not None:
        beside.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="guildnet-benchmark-", dir=beside))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
