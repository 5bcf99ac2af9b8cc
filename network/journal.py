"""The journal: what this node took back and how far it has signed, in a small file outside the database.

A restored database is a step back in time. It does not know what it said after the backup was taken: it would sign a
status list with a cleared bit, or a view of a grant that was withdrawn. The journal is not in the backup, so it remembers.

    n ["set","grants",["0f3a..."],{"withdrawn_at":"..."}]    one note: see `network.lasting`
    g 42 2026-11-22T12:00:00Z                               the transaction that took generation 42 is committed

Guarantees
    * A transaction's lines are on the disk (fsync) before `append` returns, so before its answer leaves. They are written
      after its commit: a journal never tells of what was not committed, and one that lacks the newest commit is only short.
    * Room is set aside before the commit (`reserve`), so a full disk refuses a write instead of tearing it.
    * Any number of threads and processes may append; lines of transactions that commit together share one fsync.
    * A torn end, after a crash, is not read, and is overwritten.

Not here: what the notes mean. Not a log of contents: ids, times, states and digests only. Generations may stand out of order.
"""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from network.errors import JournalUnusable, StorageFull
from trust import strict_json
from trust.errors import TrustError

Note = Sequence[object]

_HEAD: Final = b"guildnet-journal 1 "
_LOOK: Final = 4096
_CHUNK: Final = 1 << 20
"""Bytes that are set aside at a time; what is not written yet reads as zeros."""
_LEAST_FREE: Final = 1 << 17
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOTE_MAX: Final = 16_384
_LONGEST_NUMBER: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One committed transaction: its generation, the hour it was committed in, and its notes in order."""

    generation: int
    hour: str
    notes: tuple[Note, ...]


class Journal:
    """One journal file. Safe to share between threads; every process opens its own."""

    def __init__(self, path: Path, node: str, clock: Callable[[], datetime]) -> None:
        """Open the journal of the node with identity `node` (hex), making the file if there is none.

        `clock` dates what is appended, to the hour.
        Raises `JournalUnusable`: another node's, readable by others, or not a file that can be used.
        """
        self.path = path
        self._clock = clock
        self._mutex = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: dict[int, bytes] = {}
        self._head = _HEAD + node.encode() + b"\n"
        self._end = 0
        self._newest = 0
        with _named(path):
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), 0o600)
            try:
                self._open()
            except BaseException:
                os.close(self._file)
                raise

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)

    def newest(self) -> int:
        """The highest generation that any process is known to have committed; 0 for none."""
        with self._mutex, _named(self.path):
            self._catch_up()
            return self._newest

    def reserve(self, notes: Sequence[Note]) -> None:
        """Make sure that these notes will find room; raises `StorageFull` before anything is committed."""
        needed = sum(len(_line(note)) for note in notes) + _LEAST_FREE
        with self._mutex, _named(self.path):
            self._catch_up()
            size = os.fstat(self._file).st_size
            if size - self._end < needed:
                _set_aside(self._file, size, self._end + needed + _CHUNK)

    def append(self, generation: int, notes: Sequence[Note]) -> None:
        """Note a committed transaction, on the disk when this returns."""
        lines = b"".join(map(_line, notes)) + f"g {generation} {self._clock().astimezone(UTC):%Y-%m-%dT%H:00:00Z}\n".encode()
        with self._mutex:
            self._waiting[generation] = lines
        with self._writing:
            with self._mutex:
                batch = dict(self._waiting)
            if generation not in batch:
                return  # whoever came first wrote for those who waited
            with self._mutex, _named(self.path), _locked(self._file):
                self._catch_up()
                self._clear_torn_end()
                _write_at(self._file, b"".join(batch.values()), self._end)
                os.fsync(self._file)
                self._catch_up()
                for each in batch:
                    del self._waiting[each]

    def entries(self, after: int) -> tuple[Entry, ...]:
        """Every transaction beyond generation `after`, in order of generation. Raises `JournalUnusable` for damage."""
        found: dict[int, Entry] = {}
        notes: list[Note] = []
        with self._mutex, _named(self.path):
            self._catch_up()
            text = _read_at(self._file, len(self._head), self._end - len(self._head))
        for line in text.splitlines():
            kind, _, rest = line.partition(b" ")
            if kind == b"n":
                notes.append(_parsed(rest, self.path))
                continue
            _, _, hour = rest.partition(b" ")
            number = _generation(line, self.path)
            if number > after:
                found[number] = Entry(generation=number, hour=hour.decode("ascii", "replace"), notes=tuple(notes))
            notes = []
        return tuple(found[number] for number in sorted(found))

    def _open(self) -> None:
        status = os.fstat(self._file)
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
            raise JournalUnusable("The journal must be a file that only its owner can read (mode 0600).", path=str(self.path))
        with _locked(self._file):
            head = os.pread(self._file, len(self._head), 0)
            if not head.strip(b"\0"):
                _write_at(self._file, self._head, 0)
                os.fsync(self._file)
            elif head != self._head:
                raise JournalUnusable("This journal belongs to another node; move it away.", path=str(self.path))
        self._end = len(self._head)
        self._catch_up()

    def _catch_up(self) -> None:
        """Read what was appended since the last look: whole transactions only, each of which ends with its `g` line."""
        new = self._unread()
        last = new.rfind(b"g ", 0, new.rfind(b"\n") + 1)
        while last > 0 and new[last - 1 : last] != b"\n":
            last = new.rfind(b"g ", 0, last)
        if last < 0:
            return
        whole = new[: new.index(b"\n", last) + 1]
        for line in whole.splitlines():
            if line.startswith(b"g "):
                self._newest = max(self._newest, _generation(line, self.path))
        self._end += len(whole)

    def _unread(self) -> bytes:
        """What stands behind the last whole transaction, up to the first zero."""
        parts: list[bytes] = []
        place = self._end
        while part := os.pread(self._file, _CHUNK if parts else _LOOK, place):
            parts.append(part[: _length(part)])
            place += len(part)
            if len(parts[-1]) < len(part):
                break
        return b"".join(parts)

    def _clear_torn_end(self) -> None:
        torn = self._unread()
        if torn:
            _write_at(self._file, b"\0" * len(torn), self._end)


def _length(data: bytes) -> int:
    """How much of it was written: up to the first zero."""
    found = data.find(b"\0")
    return len(data) if found < 0 else found


def _line(note: Note) -> bytes:
    text = strict_json.canonical(list(note))
    if len(text) > _NOTE_MAX:  # ids, times and states are short; anything else does not belong here
        raise JournalUnusable("A note is too long for the journal.")
    return b"n " + text + b"\n"


def _generation(line: bytes, path: Path) -> int:
    kind, _, rest = line.partition(b" ")
    number = rest.partition(b" ")[0]
    if kind != b"g" or not number.isdigit() or len(number) > _LONGEST_NUMBER:
        raise JournalUnusable("The journal is damaged.", path=str(path))
    return int(number)


def _parsed(text: bytes, path: Path) -> Note:
    try:
        note = strict_json.loads(text)
    except TrustError as error:
        raise JournalUnusable("The journal is damaged.", path=str(path)) from error
    return note if isinstance(note, list) else [note]


def _write_at(file: int, data: bytes, place: int) -> None:
    while data:
        written = os.pwrite(file, data, place)
        data, place = data[written:], place + written


def _set_aside(file: int, size: int, wanted: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, size, wanted - size)
    else:  # pragma: no cover - macOS
        _write_at(file, b"\0" * (wanted - size), size)


def _read_at(file: int, place: int, size: int) -> bytes:
    parts = []
    while size > 0 and (part := os.pread(file, size, place)):
        parts.append(part)
        place, size = place + len(part), size - len(part)
    return b"".join(parts)


@contextmanager
def _locked(file: int) -> Iterator[None]:
    import fcntl  # noqa: PLC0415 - not on every system, and `guildnet verify` runs there too

    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull("There is no room left for the journal; nothing was stored.", path=str(path)) from error
        raise JournalUnusable("The journal cannot be read or written.", path=str(path)) from error
