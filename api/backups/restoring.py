"""Put a backup in the place of a database that is gone.

Guarantees: the file is the one its manifest was written for, its keys open with this key-encryption key, and nothing
that is there is replaced; a failed attempt leaves the target as empty as it was. The restored database says so: it signs
nothing until `guildnet restore accept`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlalchemy import Table, update

from api import migrations
from api.backups import copies, dumps
from api.backups.checking import look
from api.backups.errors import BackupDamaged, BackupError, BackupFailed
from api.backups.manifest import Manifest, read
from api.backups.taking import verify
from network.database import Database, parse_url
from network.keystore import Keystore
from network.models import SigningState

Step = Callable[[int, int], None]


def restore(file: Path, url: str, keystore: Keystore, now: datetime, *, elsewhere: bool = False) -> Manifest:
    """Restore the backup `file` as the database `url`. Raises `BackupError`s.

    `elsewhere`: this is not the place of the node, which may be running; the copy is not settled by mistake.
    """
    manifest = read(file, keystore)
    target = parse_url(url)
    if target.get_backend_name() != manifest.form:
        raise BackupFailed(f"This is a backup of a {manifest.form} database; the target is {target.get_backend_name()}.")
    if manifest.tables not in migrations.known():
        raise BackupFailed(f"This backup was made by a newer release of guildnet ({manifest.release}); install that one.")
    if manifest.form == "sqlite":
        _restore_file(file, Path(target.database or ""), manifest, keystore, now, elsewhere=elsewhere)
    else:
        _restore_dump(file, url, manifest, keystore, now, elsewhere=elsewhere)
    return manifest


def _restore_file(file: Path, target: Path, manifest: Manifest, keystore: Keystore, now: datetime, *, elsewhere: bool) -> None:
    copies.require_absent(target)
    verify(file, manifest)
    partial = target.with_name(f".{target.name}.restoring")
    leftovers = [partial, *(partial.with_name(partial.name + each) for each in copies.COMPANIONS)]
    try:
        for each in leftovers:
            each.unlink(missing_ok=True)
        copies.make_private(partial)
        shutil.copyfile(file, partial)
        copies.check(partial)
        _mark(f"sqlite:///{partial}", manifest, keystore, now, elsewhere=elsewhere)
        copies.settle(partial, target)
    except OSError as error:
        raise BackupFailed(f"{target} cannot be written: {error.strerror}") from error
    finally:
        for each in leftovers:
            each.unlink(missing_ok=True)


def _restore_dump(file: Path, url: str, manifest: Manifest, keystore: Keystore, now: datetime, *, elsewhere: bool) -> None:
    dumps.require_empty(url)
    verify(file, manifest)
    dumps.restore_into(url, file)
    try:
        _mark(url, manifest, keystore, now, elsewhere=elsewhere)
    except BackupError:
        dumps.empty_again(url)
        raise


def _mark(url: str, manifest: Manifest, keystore: Keystore, now: datetime, *, elsewhere: bool) -> None:
    found = look(url, keystore)
    if found.node != manifest.node or found.tables != manifest.tables:
        raise BackupDamaged("The backup holds another node than its manifest says.")
    database = Database(url)
    try:
        with database.write("restore") as session:
            # By table and not by row: the copy may have the tables of an earlier release.
            marks = {"restored_at": now, "restored_from": manifest.sha256, "elsewhere": elsewhere}
            session.execute(update(cast(Table, SigningState.__table__)).values(marks))
    finally:
        database.dispose()
