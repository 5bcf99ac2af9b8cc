"""Whether a file may be opened as a workbook, told from its zip directory alone, before anything is unpacked.

Guarantees: nothing is decompressed here; the directory is bounded before it is read; what passes has no entry that
unpacks beyond its limit (the reader stops at the size that the directory states), no encryption, no second archive
inside, no macros, and no name twice. Links to other files are not followed; they are only reported.
Not here: whether the XML inside is sound (`workbook`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from sharing.exchange.errors import WorkbookDamaged, WorkbookKindRefused, WorkbookUnsafe

_END = b"PK\x05\x06"
_END_BYTES = 22
_LONGEST_COMMENT = 0xFFFF
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1
_METHODS = frozenset((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
_CONTAINERS = (".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".pptx", ".jar", ".gz", ".bz2", ".xz", ".7z", ".rar", ".exe", ".dll")
_DIRECTORY_BYTES = 1_048_576
MANIFEST, WORKBOOK = "[Content_Types].xml", "xl/workbook.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveLimits:
    """What a workbook may unpack to."""

    entries: int = 500  # files inside
    total: int = 600_000_000  # bytes, all files unpacked
    sheet: int = 400_000_000  # bytes of one worksheet, unpacked
    strings: int = 120_000_000  # bytes of the shared strings, unpacked
    part: int = 16_000_000  # bytes of any other file that is read, unpacked
    ratio: int = 250  # unpacked bytes for each packed byte, for files above a megabyte


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What the directory says. `linked`: the workbook refers to other files, which are not followed."""

    names: frozenset[str]
    linked: bool


DEFAULT_ARCHIVE_LIMITS = ArchiveLimits()


def is_workbook(data: bytes) -> bool:
    """Whether the bytes begin as a workbook of any kind does, readable or not."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE))


def inspect_archive(data: bytes, limits: ArchiveLimits = DEFAULT_ARCHIVE_LIMITS) -> Inspected:
    """Check the directory. Raises WorkbookDamaged, WorkbookUnsafe, WorkbookKindRefused."""
    if data.startswith(_OLE):
        raise WorkbookKindRefused(
            "this is an old Excel workbook (.xls) or one with a password: save it as .xlsx without a password",
            looks_like="xls",
        )
    _check_end(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise _damaged() from error
    if len(entries) > limits.entries:
        raise WorkbookUnsafe(
            f"the workbook holds {len(entries):,} files and {limits.entries:,} are allowed",
            reason="entries",
            limit=limits.entries,
        )
    names = [each.filename for each in entries]
    if len({name.casefold() for name in names}) != len(names):
        raise WorkbookUnsafe("two files in the workbook have the same name", reason="duplicate_name")
    for entry in entries:
        for reason, message in _faults(entry, limits):
            raise WorkbookUnsafe(f"{entry.filename[:80]!r} in the workbook {message}", reason=reason, entry=entry.filename[:80])
    total = sum(each.file_size for each in entries)
    if total > limits.total:
        raise WorkbookUnsafe(
            f"the workbook unpacks to {total:,} bytes and {limits.total:,} are allowed", reason="total", limit=limits.total
        )
    _check_kind(frozenset(names))
    return Inspected(names=frozenset(names), linked=any(name.startswith("xl/externalLinks/") for name in names))


def _check_end(data: bytes) -> None:
    """The end record: that there is one, and how large a directory it announces."""
    at = data.rfind(_END, max(0, len(data) - _END_BYTES - _LONGEST_COMMENT))
    if at < 0 or at + _END_BYTES > len(data):
        raise _damaged()
    size = int.from_bytes(data[at + 12 : at + 16], "little")
    # All ones stand for "see the zip64 record", which no workbook that fits our limits needs.
    if size > _DIRECTORY_BYTES:
        raise WorkbookUnsafe("the workbook's directory is too large", reason="directory", limit=_DIRECTORY_BYTES)


def _faults(entry: zipfile.ZipInfo, limits: ArchiveLimits) -> Iterator[tuple[str, str]]:
    name = entry.filename
    if entry.flag_bits & _ENCRYPTED:
        yield "encrypted", "is encrypted: save the workbook without a password"
    if entry.compress_type not in _METHODS:
        yield "method", "is packed in a way that workbooks do not use"
    if name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/"):
        yield "name", "has a name that leads out of the workbook"
    if name.lower().endswith(_CONTAINERS):
        yield "nested", "is a file that may hold others: remove what is embedded"
    most = _most(name, limits)
    if entry.file_size > most:
        yield "size", f"unpacks to {entry.file_size:,} bytes and {most:,} are allowed"
    if entry.file_size > 1 << 20 and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        yield "ratio", f"unpacks to more than {limits.ratio} times its size"


def _most(name: str, limits: ArchiveLimits) -> int:
    if name.startswith("xl/worksheets/"):
        return limits.sheet
    return limits.strings if name == "xl/sharedStrings.xml" else limits.part


def _check_kind(names: frozenset[str]) -> None:
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise WorkbookKindRefused("the workbook holds macros (.xlsm): save it as .xlsx", looks_like="xlsm")
    if "xl/workbook.bin" in names:
        raise WorkbookKindRefused("this is a binary workbook (.xlsb): save it as .xlsx", looks_like="xlsb")
    if "mimetype" in names and "content.xml" in names:
        raise WorkbookKindRefused("this is an OpenDocument sheet (.ods): save it as .xlsx", looks_like="ods")
    if MANIFEST not in names or not any(name.startswith("xl/") for name in names):
        raise WorkbookKindRefused("this is a zip archive, not a workbook: save the sheets as .xlsx or CSV", looks_like="zip")


def _damaged() -> WorkbookDamaged:
    return WorkbookDamaged("the workbook is cut off or damaged: save it again, or send it again if it was sent", sheet=None)
