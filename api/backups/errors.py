"""What can go wrong with a backup.

BackupError
├── BackupFailed      it could not be made or put in place; nothing is left of the attempt
├── BackupDamaged     what is there is not what was written
├── OtherKek          it was made under another key-encryption key
├── RehearsalOnly     it was restored to another place than the node's
└── TargetNotEmpty    something is there already
"""

from __future__ import annotations

from typing import ClassVar


class BackupError(Exception):
    """Root of the tree; `code` is stable."""

    code: ClassVar[str] = "backup_error"


class BackupFailed(BackupError):
    """The backup could not be made or put in place; nothing is left of the attempt."""

    code = "backup_failed"


class BackupDamaged(BackupError):
    """The backup or its manifest is not what was written, or what it holds does not check out."""

    code = "backup_damaged"


class OtherKek(BackupError):
    """The backup was made under another key-encryption key."""

    code = "backup_other_kek"


class RehearsalOnly(BackupError):
    """A copy that was restored to another place than the node's is settled only by who says that it takes over."""

    code = "rehearsal_only"


class TargetNotEmpty(BackupError):
    """There is something where the backup should go."""

    code = "target_not_empty"
