"""Measuring what keeps a node: starting from the index snapshot, looking through it, backing it up, and a list that comes in.

Each is done once, as an operator does it: at this size once takes long enough to be told apart from noise.
"""

from __future__ import annotations

import csv
import gc
import io
import multiprocessing
import os
import sqlite3
import time
from collections.abc import Callable, Collection
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from pathlib import Path

from api.backups import taking
from network.database import Database
from policies import Viewer
from sharing import snapshots
from sharing.exchange import Limits, apply_import, plan_import
from sharing.fsck import fsck
from sharing.house import House
from sharing.search import Index, Query, Window
from sharing.snapshots import KEY, SnapshotFile
from tests.benchmarks.network import Network
from tests.benchmarks.timing import Figures, Row, once
from tests.world import NOW

GROUP = "keeping a node"
MEBI = 1024 * 1024
WORKERS = 2
LIMITS = Limits(max_bytes=200_000_000)
Progress = Callable[[int], None]


FSCK, BACKUP, IMPORT = LONG = ("fsck", "backup", "import")
"""What takes longest in a large network, and may be left out."""


def upkeep(
    network: Network, index: Index, folder: Path, built: float, step: Progress, without: Collection[str] = ()
) -> list[Row]:
    """All rows but those of `without`. `built` is how many seconds the index took to build; nothing here changes the network
    but the last row."""
    rows = [*_snapshot(network.house, index, folder, built)]
    step(2)
    if FSCK not in without:
        rows.append(_row("fsck of the whole node", once(lambda: fsck(network.house)), "build of the index", built))
    step(3)
    if network.house.database.dialect == "sqlite" and BACKUP not in without:
        rows.append(_backup(network.house, folder))
    step(4)
    if IMPORT not in without:
        rows.append(_import(network, folder, network.factories))
    step(5)
    return rows


def _row(name: str, value: float, baseline: str, base: float, *, unit: str = "s") -> Row:
    measured, beside = Figures(values=(value,), unit=unit), Figures(values=(base,), unit=unit)
    return Row(group=GROUP, name=name, viewer="", measured=measured, baseline=baseline, base=beside)


def _snapshot(house: House, index: Index, folder: Path, built: float) -> tuple[Row, ...]:
    shelf = SnapshotFile(folder / "index.snapshot", key=house.keystore.derive(KEY), platform=house.platform)
    with house.database.read() as session:
        window = house.replica.window(session)
        begun = time.perf_counter()
        packed = snapshots.packed(shelf, session, index, window.newest)
        shelf.write(packed, window.newest)
        written = time.perf_counter() - begun
        begun = time.perf_counter()
        if shelf.load(session, window) is None:
            raise AssertionError("the snapshot was refused")
        loaded = time.perf_counter() - begun
    bare = once(lambda: _durably(folder / "bare", b"".join(packed)))
    started, private = _workers(house, shelf, window)
    size = shelf.path.stat().st_size / MEBI
    return (
        _row("start from the index snapshot", loaded, "build of the index", built),
        _row(f"start of each of {WORKERS} processes from it, and its first search", started, "build of the index", built),
        _row("private memory of each, interpreter included", private / MEBI, "the snapshot, mapped once", size, unit="MiB"),
        _row("write the index snapshot", written, "the same bytes, flushed", bare),
    )


def _workers(house: House, shelf: SnapshotFile, window: Window) -> tuple[float, int]:
    """Seconds to the first answer and private bytes, the larger ones, of processes that start at once, as workers do.

    Spawned; each is looked at while all have the file mapped: what they share is private to none.
    """
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(WORKERS)
    url, key = house.database.url.render_as_string(hide_password=False), house.keystore.derive(KEY)
    with ProcessPoolExecutor(WORKERS, mp_context=context, initializer=_gather, initargs=(together,)) as pool:
        found = [pool.submit(_started, url, shelf.path, key, window) for _ in range(WORKERS)]
        seconds, private = zip(*(each.result() for each in found), strict=True)
    return max(seconds), max(private)


_together: list[Barrier] = []


def _gather(together: Barrier) -> None:
    _together[:] = [together]


def _started(url: str, path: Path, key: bytes, window: Window) -> tuple[float, int]:
    """Seconds from the file to the first answer, and the bytes that this process shares with nobody (0: not said here)."""
    database = Database(url)
    try:
        _together[0].wait()
        with database.read() as session:
            begun = time.perf_counter()
            loaded = SnapshotFile(path, key=key).load(session, window)
            if loaded is None:
                raise AssertionError("the snapshot was refused")
            index, _ = loaded
            gc.freeze()
            index.search(Query(), viewer=Viewer.anonymous(), relations={}, day=NOW.date(), limit=20)
            seconds = time.perf_counter() - begun
        _together[0].wait()
        private = _private()
        _together[0].wait()
        return seconds, private
    finally:
        database.dispose()


def _private() -> int:
    """Bytes of this process's memory that nobody else has (0: not said here)."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # pragma: no cover - another system
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:")))


def _durably(place: Path, data: bytes) -> None:
    with place.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _backup(house: House, folder: Path) -> Row:
    url = house.database.url.render_as_string(hide_password=False)

    def bare() -> None:
        connection = sqlite3.connect(str(house.database.url.database), isolation_level=None)
        try:
            connection.execute("VACUUM INTO ?", [str(folder / "bare.db")])
        finally:
            connection.close()

    def take() -> None:
        taking.take(house, url, folder / "backup.db", lambda *_: None)

    base = once(bare)
    return _row("backup, verified", once(take), "VACUUM INTO alone", base)


def _import(network: Network, folder: Path, rows: int) -> Row:
    """A list of as many factories as the network has, into drafts of an organization that has none yet."""
    network.world.organization("newcomer")
    owner, house = network.world.caller("newcomer"), network.house
    text = _list(rows)

    def go() -> None:
        plan = plan_import(io.BytesIO(text), limits=LIMITS)
        with house.database.write("import") as session:
            made = apply_import(house, session, owner, plan)
        if len(made.applied) != rows:
            raise AssertionError("the list was not taken whole")

    def bare() -> None:
        connection = sqlite3.connect(folder / "bare-list.db", isolation_level=None)
        connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE list (a, b, c, d, e)")
        connection.execute("BEGIN")
        reader = csv.reader(io.StringIO(text.decode()))
        next(reader)
        connection.executemany("INSERT INTO list VALUES (?, ?, ?, ?, ?)", reader)
        connection.execute("COMMIT")
        connection.close()

    base = once(bare)
    return _row(f"import a list of {rows} factories", once(go), "csv and one bulk insert of the same rows", base)


def _list(rows: int) -> bytes:
    written = io.StringIO(newline="")
    out = csv.writer(written)
    out.writerow(("legal_name", "country", "province", "established_year", "address"))
    for number in range(rows):
        out.writerow((f"Synthetic list factory {number}", "VN", "VN-HN", 1990 + number % 30, f"Lot {number}, sample park"))
    return written.getvalue().encode()
