"""Bytes of a list into text: bounded, and UTF-8 or refused.

Guarantees: a file larger than the limit is refused by its size before a byte of it is read, and a stream is never read
further than one byte past the limit; only a regular file is read (a pipe or a device could block for ever); the text
holds no NUL; a refusal names the byte offset. Not here: what the text says (`table`).
"""

from __future__ import annotations

import os
import stat
from os import PathLike
from typing import Protocol, TypeAlias

from sharing.exchange.errors import BinaryContent, EncodingRefused, SourceTooLarge, SourceUnreadable

# Longer marks first: the UTF-32-LE mark begins with the UTF-16-LE one.
_FOREIGN_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_BOM = b"\xef\xbb\xbf"
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"%PDF", "a PDF"),
)
_ADVICE = "save it as 'CSV UTF-8' and try again"


class ByteStream(Protocol):
    """Anything that gives bytes, such as an uploaded file."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes; empty at the end."""
        ...


Source: TypeAlias = str | PathLike[str] | ByteStream


def read_source(source: Source, *, max_bytes: int) -> bytes:
    """All bytes of a file or a stream. Raises SourceTooLarge, SourceUnreadable."""
    if isinstance(source, str | PathLike):
        return _read_file(source, max_bytes)
    return _read_stream(source, max_bytes)


def decode(data: bytes) -> str:
    """The text without a byte order mark. Raises EncodingRefused, BinaryContent."""
    for magic, what in _MAGIC:
        if data.startswith(magic):
            raise EncodingRefused(f"this is {what}, not a CSV list: {_ADVICE}", offset=0, looks_like=what)
    for mark, what in _FOREIGN_MARKS:
        if data.startswith(mark):
            raise EncodingRefused(
                f"the list is {what} (its mark stands at byte 0), not UTF-8: {_ADVICE}", offset=0, looks_like=what
            )
    nul = data.find(b"\0")
    if nul >= 0:
        # Every other byte of ASCII text in UTF-16 is a NUL, so one of the first two is.
        if nul < 2 and data[:64].count(b"\0") * 3 >= len(data[:64]):
            raise EncodingRefused(
                f"the list looks like UTF-16 (byte {nul} is zero), not UTF-8: {_ADVICE}",
                offset=nul,
                looks_like="UTF-16",
            )
        raise BinaryContent(f"byte {nul} is zero, so this is not a text list: {_ADVICE}", offset=nul)
    start = len(_BOM) if data.startswith(_BOM) else 0
    try:
        return data[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        offset = start + error.start
        message = f"byte {offset} is not UTF-8 (the list may be in a Windows code page): {_ADVICE}"
        raise EncodingRefused(message, offset=offset, looks_like="unknown") from None


def _read_file(path: str | PathLike[str], max_bytes: int) -> bytes:
    try:
        # Opened first and asked afterwards, so that size and content are of one file; O_NONBLOCK so that a pipe does
        # not hang.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise SourceUnreadable(f"cannot open {os.fspath(path)!r}: {_reason(error)}", path=os.fspath(path)) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise SourceUnreadable(f"{os.fspath(path)!r} is not a regular file", path=os.fspath(path))
        if status.st_size > max_bytes:
            raise _too_large(status.st_size, max_bytes)
        with os.fdopen(descriptor, "rb", closefd=False) as stream:
            return _read_stream(stream, max_bytes)
    finally:
        os.close(descriptor)


def _read_stream(stream: ByteStream, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    left = max_bytes + 1
    try:
        while left > 0 and (part := stream.read(min(left, 1 << 20))):
            parts.append(part)
            left -= len(part)
    except (OSError, ValueError) as error:
        raise SourceUnreadable(f"the list could not be read to its end: {_reason(error)}", path=None) from None
    if left <= 0:
        raise _too_large(None, max_bytes)
    return b"".join(parts)


def _too_large(size: int | None, limit: int) -> SourceTooLarge:
    has = "more than that" if size is None else f"{size:,} bytes"
    return SourceTooLarge(f"a list may have {limit:,} bytes and this one has {has}: split it", limit=limit, size=size)


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "the name or the stream is not valid"
