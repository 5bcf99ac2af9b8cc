"""What stands beside a backup: what it is of, when it was taken, its digest, and a seal.

Guarantees of `read`: the manifest was written by a node with this key-encryption key and not changed since. Another key
is told apart from a change (`OtherKek`, `BackupDamaged`). The manifest holds nothing secret.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal, cast

from api.backups.errors import BackupDamaged, OtherKek
from network.keystore import Keystore
from trust import strict_json
from trust.errors import TrustError

VERSION: Final = 1
_SEAL: Final = "backup manifest"
_MOST_BYTES: Final = 16_384
_CHUNK: Final = 1 << 20

Form = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One backup. `size` in bytes; `sha256` in hex; `taken_at` in UTC, to the second; `tables` is a migration.

    `checked`: what was verified on the copy itself, in order.
    """

    form: Form
    node: str
    tables: str
    change: int
    generation: int
    taken_at: str
    release: str
    size: int
    sha256: str
    checked: tuple[str, ...]
    kek: str

    @property
    def at(self) -> datetime:
        """When it was taken."""
        return datetime.fromisoformat(self.taken_at).astimezone(UTC)


def beside(file: Path) -> Path:
    """Where the manifest of a backup stands."""
    return file.with_name(f"{file.name}.json")


def written(manifest: Manifest, keystore: Keystore) -> bytes:
    """The manifest's text with its seal."""
    stated = {"guildnet_backup": VERSION, **asdict(manifest), "checked": list(manifest.checked)}
    return strict_json.canonical({**stated, "seal": _seal(stated, keystore)}) + b"\n"


def read(file: Path, keystore: Keystore) -> Manifest:
    """The manifest of the backup `file`. Raises `BackupDamaged`, `OtherKek`."""
    place = beside(file)
    try:
        with place.open("rb") as stream:
            stated = strict_json.loads_object(stream.read(_MOST_BYTES).removesuffix(b"\n"))
        seal = stated.pop("seal")
        kek = stated["kek"]
    except FileNotFoundError as error:
        raise BackupDamaged(f"{place} is missing: without its manifest a file is no backup.") from error
    except (OSError, TrustError, KeyError) as error:
        raise BackupDamaged(f"{place} is not a manifest.") from error
    if kek != keystore.name:
        raise OtherKek(
            "This backup was made under another key-encryption key. Put that key file in place (GUILDNET_KEK_FILE), "
            "restore, and only then change the key with `guildnet key rewrap`."
        )
    if not isinstance(seal, str) or not hmac.compare_digest(seal.encode(), _seal(stated, keystore).encode()):
        raise BackupDamaged(f"{place} was changed since it was written.")
    if stated.pop("guildnet_backup", None) != VERSION:
        raise BackupDamaged(f"{place} is of another version of backups.")
    # The seal says that this node wrote it; whether as this release does is another matter.
    if stated.keys() != {each.name for each in fields(Manifest)} or not _as_written(stated):
        raise BackupDamaged(f"{place} is of another version of backups.")
    checked = tuple(str(each) for each in cast("list[object]", stated.pop("checked")))
    return Manifest(**stated, checked=checked)  # type: ignore[arg-type]


def _as_written(stated: dict[str, strict_json.JSON]) -> bool:
    """Whether every member has the type that `written` gives it."""
    numbers = {"change", "generation", "size"}
    texts = stated.keys() - numbers - {"checked"}
    return (
        isinstance(stated["checked"], list)
        and all(isinstance(stated[each], int) and not isinstance(stated[each], bool) for each in numbers)
        and all(isinstance(stated[each], str) for each in texts)
    )


def digest_of(file: Path) -> tuple[int, str]:
    """Size in bytes and SHA-256 of a file."""
    whole, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while part := stream.read(_CHUNK):
            whole.update(part)
            size += len(part)
    return size, whole.hexdigest()


def _seal(stated: dict[str, object] | dict[str, strict_json.JSON], keystore: Keystore) -> str:
    return hmac.new(keystore.derive(_SEAL), strict_json.canonical(stated), hashlib.sha256).hexdigest()
