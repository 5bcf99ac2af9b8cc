"""Change the key-encryption key: a new key file, everything sealed anew, the new file in the old one's place.

    1. FILE.new is made (or found, from a run that was broken off)      the old file opens the database
    2. one transaction puts every sealed value under the new key        from its commit on, FILE.new opens it
    3. FILE becomes FILE.old-..., FILE.new becomes FILE                 FILE opens it

Guarantees: stopped at any moment, there is a file that opens the database, and the next start finds it: `find_kek` tries
FILE and then FILE.new, and finishes step 3. The old key is kept, for the backups that were made under it; it is never
deleted here. A process that still runs with the old key answers and stores nothing (`kek_replaced`).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from network import points
from network.errors import KekUnreadable, SealBroken
from network.keystore import Kek, Keystore, create_kek, read_kek
from network.sealing import rewrap
from sharing.house import House

log = structlog.get_logger("guildnet.keys")

Step = Callable[[int, int], None]
Opens = Callable[[Kek], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrapped:
    """How many values were sealed anew, by place; where the new key is, and where the old one is kept (None: as text)."""

    values: dict[str, int]
    kek_file: Path
    old_file: Path | None


def next_file(file: Path) -> Path:
    """Where the next key waits until everything is sealed under it."""
    return file.with_name(f"{file.name}.new")


def find_kek(file: Path, opens: Opens) -> Kek:
    """The key that opens the database: that of `file`, or of a change that was broken off. Raises `KekUnreadable`."""
    kek = read_kek(file)
    waiting = next_file(file)
    if opens(kek) or not waiting.exists():
        return kek
    later = read_kek(waiting)
    if opens(later):
        log.warning("kek_change_finished", file=str(file))
        _promote(file, Keystore(kek, secrets.token_bytes).name)
        return later
    return kek


def change_kek(house: House, file: Path, *, in_file: bool, step: Step) -> Rewrapped:
    """Put everything that is sealed under a new key. `in_file`: the key in use is that of `file`, not given as text."""
    waiting = next_file(file)
    fresh = read_kek(waiting) if waiting.exists() else create_kek(waiting, secrets.token_bytes)
    new = Keystore(fresh, secrets.token_bytes)
    points.reached("rewrap:key-made")
    with house.database.write("rewrap") as session:
        values = rewrap(session, house.keystore, new, step)
    if not in_file:
        return Rewrapped(values=values, kek_file=waiting, old_file=None)
    return Rewrapped(values=values, kek_file=file, old_file=_promote(file, house.keystore.name))


def _promote(file: Path, old_name: str) -> Path:
    """The waiting key takes the place of `file`, which is kept beside it. There is a file at the place at every moment."""
    kept = file.with_name(f"{file.name}.old-{old_name[:8]}")
    try:
        if not kept.exists():
            os.link(file, kept)
        points.reached("rewrap:old-kept")
        if next_file(file).exists():  # else another process that started just now did it
            next_file(file).replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise KekUnreadable("The new key file cannot be put in place; it is beside it.", path=str(file)) from error
    points.reached("rewrap:new-in-place")
    return kept


def opens_with(house_opens: Callable[[Keystore], None]) -> Opens:
    """A question for `find_kek` out of a check that raises `SealBroken`."""

    def opens(kek: Kek) -> bool:
        try:
            house_opens(Keystore(kek, secrets.token_bytes))
        except SealBroken:
            return False
        return True

    return opens
