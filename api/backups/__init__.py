"""Backups of the database: taken while the node works, verified before they are called done, restored with care.

A backup is a file and its manifest (`FILE.json`), which is written last: without it there is no backup. Neither holds
the key-encryption key or the journal. Rooms: `manifest`, `copies` (SQLite), `dumps` (PostgreSQL), `taking`, `restoring`.
"""

from __future__ import annotations

from api.backups.errors import BackupDamaged, BackupError, BackupFailed, OtherKek, TargetNotEmpty
from api.backups.manifest import Manifest
from api.backups.restoring import restore
from api.backups.taking import take

__all__ = [
    "BackupDamaged",
    "BackupError",
    "BackupFailed",
    "Manifest",
    "OtherKek",
    "TargetNotEmpty",
    "restore",
    "take",
]
