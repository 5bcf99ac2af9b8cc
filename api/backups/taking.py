"""Take a backup: copy, verify the copy, and only then call it one.

Guarantees: the node goes on working meanwhile; the copy is one snapshot; it is checked as it lies there, not as it was
meant; file and manifest are private (0600), on the disk, and appear whole or not at all, the manifest last. No key file
and no journal is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from api import migrations
from api.backups import copies, dumps
from api.backups.checking import Found, examine, look
from api.backups.errors import BackupDamaged, BackupFailed
from api.backups.manifest import Form, Manifest, beside, digest_of, written
from network.database import parse_url
from sharing.house import House

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A backup that was verified, and what it is."""

    file: Path
    manifest: Manifest


def take(house: House, url: str, target: Path, step: Step) -> Taken:
    """Back the database `url` of this house up into the file `target`, or into a new file in the folder `target`."""
    keystore, now = house.keystore, house.now()
    source = parse_url(url)
    form: Form = "sqlite" if source.get_backend_name() == "sqlite" else "postgresql"
    if target.is_dir():
        target = target / f"guildnet-{now:%Y%m%dT%H%M%SZ}{'.db' if form == 'sqlite' else '.dump'}"
    for place in (target, beside(target)):
        copies.require_absent(place)
    with _partial(target) as partial:
        if form == "sqlite":
            copies.copy_into(Path(source.database or ""), partial, step)
            copies.check(partial)
            found = look(f"sqlite:///{partial}", keystore)
            examine(f"sqlite:///{partial}", house)
            checked = ["pages", "references", "tables", "keys", "fsck"]
        else:
            copies.make_private(partial)
            dumps.dump_into(url, partial)
            found, checked = _rehearse(url, partial, house)
        if found.tables != migrations.head():
            raise BackupFailed("The database has not the tables of this release; bring it to this release first.")
        size, digest = digest_of(partial)
        manifest = Manifest(
            form=form,
            node=found.node,
            tables=found.tables,
            change=found.change,
            generation=found.generation,
            taken_at=now.replace(microsecond=0).isoformat(),
            release=version("guildnet"),
            size=size,
            sha256=digest,
            checked=tuple(checked),
            kek=keystore.name,
        )
        copies.settle(partial, target)
    with _partial(beside(target)) as partial:
        copies.make_private(partial)
        partial.write_bytes(written(manifest, keystore))
        copies.settle(partial, beside(target))
    return Taken(file=target, manifest=manifest)


def _rehearse(url: str, partial: Path, house: House) -> tuple[Found, list[str]]:
    dumps.read_contents(partial, url)
    with dumps.rehearsed(url, partial, digest_of(partial)[1][:16]) as restored:
        if restored is not None:
            found = look(restored, house.keystore)
            examine(restored, house)
            return found, ["contents", "restored", "tables", "keys", "fsck"]
    # The numbers are those of the database now, not those of the snapshot; nothing but people reads them.
    return look(url, house.keystore), ["contents"]


@contextmanager
def _partial(place: Path) -> Iterator[Path]:
    partial = place.with_name(f".{place.name}.part")
    leftovers = [partial, *(partial.with_name(partial.name + each) for each in copies.COMPANIONS)]
    try:
        for each in leftovers:
            each.unlink(missing_ok=True)  # of a backup that was broken off
        yield partial
    except OSError as error:
        raise BackupFailed(f"{place} cannot be written: {error.strerror}") from error
    finally:
        for each in leftovers:
            each.unlink(missing_ok=True)


def verify(file: Path, manifest: Manifest) -> None:
    """Raise `BackupDamaged` when the file is not the one that the manifest was written for."""
    try:
        size, digest = digest_of(file)
    except OSError as error:
        raise BackupDamaged(f"{file} cannot be read: {error.strerror}") from error
    if (size, digest) != (manifest.size, manifest.sha256):
        raise BackupDamaged(f"{file} is not as it was written: its digest differs from that in the manifest.")
