"""What a copy must show before it is called a backup: it is opened as a node would open it, and read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from alembic.migration import MigrationContext
from sqlalchemy import select

from api.backups.errors import BackupDamaged
from network import identity
from network.database import Database, current_change
from network.errors import NetworkError, SealBroken
from network.keystore import Keystore
from network.models import SigningState
from sharing import fsck
from sharing.feed import PublishedFeed
from sharing.fsck import index
from sharing.house import House
from sharing.search import Replica

_CHECKS: Final = tuple(check for check in fsck.CHECKS if check not in (index.SNAPSHOT, index.INDEX))
"""The index is not in a backup: it is built from the tables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a database says of itself."""

    node: str
    tables: str
    change: int
    generation: int


def examine(url: str, house: House) -> int:
    """Look through a copy as `guildnet fsck` would, but for what is derived anew at a start; how many things were seen.

    Raises `BackupDamaged` with the first finding.
    """
    database = Database(url)
    try:
        copy = replace(house, database=database, replica=Replica(PublishedFeed(house.keystore), house.platform))
        report = fsck.fsck(copy, _CHECKS)
    finally:
        database.dispose()
    if report.findings:
        first = report.findings[0]
        raise BackupDamaged(f"The copy is not sound: {first.check}: {first.problem} ({len(report.findings)} findings).")
    return sum(report.checked.values())


def look(url: str, keystore: Keystore) -> Found:
    """Open a database as a node would. Raises `BackupDamaged`, also when its keys do not open."""
    database = Database(url)
    try:
        with database.read() as session:
            identity.check_seals(session, keystore)
            return Found(
                node=identity.node(session).did,
                tables=str(MigrationContext.configure(session.connection()).get_current_revision()),
                change=current_change(session),
                generation=session.scalars(select(SigningState.generation)).one(),
            )
    except SealBroken as error:
        raise BackupDamaged("The key-encryption key does not open what the copy holds.") from error
    except NetworkError as error:
        raise BackupDamaged(f"The copy is not a node's database: {error}") from error
    finally:
        database.dispose()
