"""The index snapshot: one file that a process reads at its start instead of building its index from the tables.

    magic, 8 bytes: length of the header, header (JSON), parts, 32 bytes: BLAKE2b of all before, keyed

Header and parts are filled up to multiples of 64 bytes: the arrays among them are used where they lie. A process maps the file
and writes to copies of the pages that it changes, so the processes of a machine hold what none of them changed once.

The header names the program, the operator's caps, the node, and the change whose index this is, with the random mark that
this change has in the table. The key is derived from the node's key-encryption key.

Guarantees: a file that was damaged or cut off anywhere, that another node, program, catalogue or set of caps made, that is
older than the change table reaches, or that belongs to another history of the same database (a backup was put back) is
refused, and the index built from the tables. Written beside its place, flushed to the disk and renamed, readable by its
owner only: it holds what owners hide.
Does not guarantee: that the tables say what they said; `fsck` compares.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import mmap
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

import policies
import sharing
from network import identity, points
from policies import PlatformCap, platform_document
from sharing.errors import SharingError
from sharing.house import House
from sharing.models import Change
from sharing.search import Index, Window
from sharing.search.saved import pack_index, unpack_index
from trust import strict_json

KEY: Final = "index snapshot"
"""What the key of the checksum is derived under."""

OTHER_KEY: Final = "made under another key-encryption key"
"""Why a snapshot of before a change of that key is refused; it is written anew."""

_MAGIC: Final = b"guildnet index\r\n"
_LENGTH: Final = 8
_DIGEST: Final = 32
_ALIGNED: Final = 64
_HALF: Final = ".half"
_FORGOTTEN_S: Final = 3600
_SOURCES: Final = (".py", ".json", ".csv")

log = structlog.get_logger("guildnet.snapshot")


class SnapshotRefused(SharingError):
    """The file is not an index of this database that this program could use; `fields["reason"]` says why."""

    code = "snapshot_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The index snapshot cannot be used: {reason}.", reason=reason)
        self.reason = reason


class SnapshotUnwritable(SharingError):
    """The snapshot could not be written; the one before is still there."""

    code = "snapshot_unwritable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a snapshot must agree with. `change` is the number of the last change in it, `mark` that change's own."""

    program: str
    platform: str
    node: str
    change: int
    mark: float | None


class SnapshotFile:
    """The `Shelf` of one path. Not locked: a process has one, its replica asks it under its own lock."""

    def __init__(self, path: Path, *, key: bytes, platform: tuple[PlatformCap, ...] = ()) -> None:
        self.path = path
        self._key = key
        self._platform = hashlib.sha256(strict_json.canonical(platform_document(platform))).hexdigest()
        self._holds = 0
        # Now, not when the first file is written: an upgrade may change the sources under a process that runs.
        program()

    def load(self, session: Session, window: Window) -> tuple[Index, int] | None:
        """The index in the file and its change number; None when there is none or it is refused (then it is logged)."""
        if not self.path.exists():
            return None
        try:
            index, origin = self.read()
            self.check(session, origin, window)
        except SnapshotRefused as error:
            log.warning("snapshot_refused", reason=error.reason)
            return None
        self._holds = origin.change
        log.info("snapshot_loaded", factories=len(index), behind=window.newest - origin.change)
        return index, origin.change

    def read(self) -> tuple[Index, Origin]:
        """What the file holds, if this program and this node wrote it so. Raises `SnapshotRefused`."""
        try:
            data = _mapped(self.path)
        except OSError as error:
            raise SnapshotRefused("unreadable") from error
        body, digest = data[:-_DIGEST], data[-_DIGEST:]
        if bytes(data[: len(_MAGIC)]) != _MAGIC or len(data) < len(_MAGIC) + _LENGTH + _DIGEST:
            raise SnapshotRefused("not a snapshot")
        if not hmac.compare_digest(hashlib.blake2b(body, key=self._key, digest_size=_DIGEST).digest(), digest):
            raise SnapshotRefused(OTHER_KEY if self._names_another_key(body) else "damaged, or of another node")
        try:
            return self._unpacked(body)
        except SnapshotRefused:
            raise
        except Exception as error:
            # This node wrote these bytes, so it is a defect of the program; the tables are there all the same.
            raise SnapshotRefused(f"unreadable inside ({type(error).__name__})") from error

    def _names_another_key(self, body: memoryview) -> bool:
        """Whether the header, which nothing vouches for here, is one of another key: then the file is old, not damaged."""
        start = len(_MAGIC) + _LENGTH
        try:
            header = json.loads(bytes(body[start : start + int.from_bytes(body[len(_MAGIC) : start], "big")]))
            return isinstance(header["key"], str) and header["key"] != self.key_name
        except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
            return False

    @property
    def key_name(self) -> str:
        """32 hex characters that tell the key of the checksum from any other and say nothing else about it."""
        return hashlib.blake2b(b"name", key=self._key, digest_size=16).hexdigest()

    def _unpacked(self, body: memoryview) -> tuple[Index, Origin]:
        start = len(_MAGIC) + _LENGTH
        end = start + int.from_bytes(body[len(_MAGIC) : start], "big")
        header: Mapping[str, Any] = json.loads(bytes(body[start:end]))
        origin = Origin(**header["origin"])
        # Before anything inside is looked at: another program may have written other things there.
        if origin.program != program():
            raise SnapshotRefused("of another release or catalogue")
        parts = []
        for length in header["parts"]:
            parts.append(body[end : end + length])
            end += length + _filling(length)
        return unpack_index(header["index"], parts), origin

    def check(self, session: Session, origin: Origin, window: Window) -> None:
        """Raise `SnapshotRefused` unless it is of this database, its history and these caps, and can be caught up."""
        if origin.node != identity.node(session).did:
            raise SnapshotRefused("of another node")
        if origin.platform != self._platform:
            raise SnapshotRefused("made under other platform caps")
        if not window.oldest <= origin.change <= window.newest:
            raise SnapshotRefused("older than the change table" if origin.change < window.oldest else "newer than the tables")
        if origin.mark != _mark(session, origin.change):
            raise SnapshotRefused("of another history of this database")

    def origin(self, session: Session, change: int) -> Origin:
        """What an index of this session's snapshot is to agree with."""
        return Origin(
            program=program(),
            platform=self._platform,
            node=identity.node(session).did,
            change=change,
            mark=_mark(session, change),
        )

    def holds(self, change: int) -> bool:
        """Whether this process knows the file to hold the index of this change."""
        return self._holds == change and self.path.exists()

    def write(self, packed: Sequence[bytes], change: int) -> None:
        """Put the file in its place, whole or not at all. Raises `SnapshotUnwritable`."""
        digest = hashlib.blake2b(key=self._key, digest_size=_DIGEST)
        for part in packed:
            digest.update(part)
        try:
            # 0600 from its first byte, whatever the umask.
            handle, name = tempfile.mkstemp(prefix=f"{self.path.name}.", suffix=_HALF, dir=self.path.parent)
        except OSError as error:
            raise SnapshotUnwritable("The index snapshot cannot be written.", reason=error.strerror or "") from error
        half = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                for number, part in enumerate(packed):
                    file.write(part)
                    if number == len(packed) // 2:
                        file.flush()
                        points.reached("snapshot:half-written")
                file.write(digest.digest())
                file.flush()
                os.fsync(handle)
            self._sweep(half)
            half.replace(self.path)
            _flush_folder(self.path.parent)
        except OSError as error:
            raise SnapshotUnwritable("The index snapshot cannot be written.", reason=error.strerror or "") from error
        finally:
            half.unlink(missing_ok=True)
        self._holds = change

    def _sweep(self, mine: Path) -> None:
        """Remove what a process that was killed left half-written."""
        now = mine.stat().st_mtime
        for each in self.path.parent.glob(f"{self.path.name}.*{_HALF}"):
            with contextlib.suppress(OSError):
                if each != mine and each.stat().st_mtime < now - _FORGOTTEN_S:
                    each.unlink()


def save(house: House, *, anew: bool = False) -> int:
    """Write the snapshot of the database as it is now; 1, or 0 when there is no place for it or it is up to date.

    `anew` builds the index from the tables instead of following them, and writes in any case. Raises `SnapshotUnwritable`.
    """
    shelf = house.replica.shelf
    if not isinstance(shelf, SnapshotFile):
        return 0
    if anew:
        with house.database.read() as session:
            # A snapshot of nothing has no change whose mark it could bear.
            change = house.replica.window(session).newest
            parts = packed(shelf, session, house.replica.build(session), change) if change else []
    else:

        def pack(session: Session, index: Index) -> tuple[int, list[bytes]]:
            at = house.replica.at
            return at, [] if at == 0 or shelf.holds(at) else packed(shelf, session, index, at)

        with house.replica.asking(house.database.read, pack) as (_, (change, parts)):
            pass
    if not parts:
        return 0
    shelf.write(parts, change)
    return 1


def packed(shelf: SnapshotFile, session: Session, index: Index, change: int) -> list[bytes]:
    """The parts of the file that holds `index`, which stands at `change` in this session's snapshot."""
    node, parts = pack_index(index)
    origin = shelf.origin(session, change)
    header = {
        "origin": {name: getattr(origin, name) for name in ("program", "platform", "node", "change", "mark")},
        "index": node,
        "parts": [len(each) for each in parts],
        "key": shelf.key_name,
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * _filling(len(_MAGIC) + _LENGTH + len(text))
    filled = [piece for part in parts for piece in (part, bytes(_filling(len(part))))]
    return [_MAGIC, len(text).to_bytes(_LENGTH, "big"), text, *filled]


@lru_cache(maxsize=1)
def program() -> str:
    """A digest of everything that decides what an index holds: our sources of search, catalogue and policies.

    A version number would be forgotten once; then an index made by other rules would answer.
    """
    return digest_of([Path(str(package.__file__)).parent for package in (policies, sharing)])


def digest_of(folders: Sequence[Path]) -> str:
    """A digest of the sources in these folders, names and contents, and of what the program runs on."""
    digest = hashlib.sha256(f"{sys.byteorder}/{sys.version_info[:2]}".encode())
    for folder in folders:
        for file in sorted(each for each in folder.rglob("*") if each.suffix in _SOURCES):
            digest.update(f"\0{file.relative_to(folder)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _filling(length: int) -> int:
    """Bytes up to the next multiple."""
    return -length % _ALIGNED


def _mapped(path: Path) -> memoryview:
    """The bytes of a file, which a write to them does not change.

    A later snapshot is another file under the same name, so this one stays as it is for as long as somebody has it mapped.
    """
    with path.open("rb") as file:
        if sys.platform == "win32" or not os.fstat(file.fileno()).st_size:
            return memoryview(file.read())  # there a file that is mapped cannot be replaced
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))


def _mark(session: Session, change: int) -> float | None:
    return session.scalar(select(Change.mark).where(Change.number == change))


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
