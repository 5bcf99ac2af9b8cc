"""Copies of a SQLite database, made while others write.

`VACUUM INTO` reads one snapshot and waits for nobody; copying the file would tear it, since a live database is more than
one file.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from api.backups.errors import BackupDamaged, BackupFailed, TargetNotEmpty

Step = Callable[[int, int], None]
COMPANIONS = ("-wal", "-shm", "-journal")
_LOOK_S = 0.2


def copy_into(source: Path, partial: Path, step: Step) -> None:
    """One snapshot of `source` as a new database `partial` (mode 0600); `step` hears (bytes so far, bytes expected)."""
    make_private(partial)
    try:
        with closing(sqlite3.connect(f"file:{_quoted(source)}?mode=ro", uri=True, timeout=5)) as connection:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            (used,) = connection.execute("PRAGMA page_size").fetchone()
            with _reporting(partial, pages * used, step):
                connection.execute("VACUUM INTO ?", (str(partial),))
    except (sqlite3.Error, OSError) as error:
        raise BackupFailed(f"The database cannot be copied: {error}") from error


def check(file: Path) -> None:
    """Raise `BackupDamaged` when pages are damaged or rows point nowhere."""
    try:
        with closing(sqlite3.connect(f"file:{_quoted(file)}?mode=ro", uri=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
            if found != ["ok"]:
                raise BackupDamaged(f"The copy is damaged: {'; '.join(map(str, found))}")
            if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
                raise BackupDamaged("The copy has rows that point nowhere.")
    except sqlite3.Error as error:
        raise BackupDamaged(f"The copy cannot be read: {error}") from error


def require_absent(target: Path) -> None:
    """Raise `TargetNotEmpty` when a database, or what a crashed one left beside it, is at the place."""
    for place in (target, *(target.with_name(target.name + each) for each in COMPANIONS)):
        if place.exists() or place.is_symlink():
            # A write-ahead log of another database would be played into the restored one.
            raise TargetNotEmpty(f"{place} is there already; move it away first. Nothing was changed.")


def make_private(file: Path) -> None:
    """An empty file that only its owner can read; raises `BackupFailed`."""
    try:
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        file.chmod(0o600)
    except OSError as error:
        raise BackupFailed(f"{file} cannot be made: {error.strerror}") from error


def settle(partial: Path, place: Path) -> None:
    """Put a finished file in its place, on the disk before this returns; nothing that is there is replaced."""
    try:
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        os.link(partial, place)  # unlike a rename, this refuses to replace what appeared meanwhile
        partial.unlink()
        folder = os.open(place.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except FileExistsError as error:
        raise TargetNotEmpty(f"{place} is there already; nothing is overwritten.") from error
    except OSError as error:
        raise BackupFailed(f"{place} cannot be made: {error.strerror}") from error


def _quoted(file: Path) -> str:
    return str(file.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


@contextmanager
def _reporting(file: Path, expected: int, step: Step) -> Iterator[None]:
    done = threading.Event()

    def look() -> None:
        while not done.wait(_LOOK_S):
            step(min(file.stat().st_size, expected), expected)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
    step(expected, expected)
