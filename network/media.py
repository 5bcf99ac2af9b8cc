"""What kind of file some bytes are, told by the bytes themselves and never by a name or a header.

Guarantees: a PDF, PNG or JPEG is recognised by how it begins, how it is put together and how it ends, so a truncated file
is none of them, and neither is one with something else before or behind it; everything else is None. Linear in the size,
decodes no picture and runs nothing. Says nothing about whether a file is harmless: whoever shows one to a browser sends it
as an attachment.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
MEDIA_TYPES: Final = (PDF, PNG, JPEG)
FILE_BYTES_MAX: Final = 10 * 1024 * 1024

_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNK: Final = re.compile(rb"[A-Za-z]{4}")
_PDF_HEAD: Final = re.compile(rb"%PDF-(?:1\.[0-7]|2\.[0-9])[\r\n ]")
_PDF_TAIL: Final = re.compile(rb"startxref\s+([0-9]{1,10})\s+%%EOF[\s\x00]*\Z")
_PDF_TAIL_WITHIN: Final = 1024
"""Bytes from the end in which `%%EOF` stands (ISO 32000-1, annex H.3, note 18)."""
_JPEG_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_JPEG_BARE: Final = frozenset({0x01, *range(0xD0, 0xD8)})


def media_type(content: bytes) -> str | None:
    """The media type of a whole file of one of the three kinds; None for anything else."""
    if is_pdf(content):
        return PDF
    if is_png(content):
        return PNG
    return JPEG if is_jpeg(content) else None


def why_not(content: bytes) -> str:
    """What is wrong with bytes that are no whole file of the three kinds, or too many, in a sentence for people."""
    if not content:
        return "The file is empty."
    if len(content) > FILE_BYTES_MAX:
        return f"A file has {FILE_BYTES_MAX // 2**20} MB at the most; this one has {-(-len(content) // 2**20)}."
    for kind, head in (("PDF", b"%PDF-"), ("PNG", _PNG_SIGNATURE), ("JPEG", b"\xff\xd8\xff")):
        if content.startswith(head):
            return f"It begins as a {kind} and is no whole one: cut off, changed on its way, or something stands behind it."
    return "A file is a PDF, PNG or JPEG, told by its content and not by its name; this is none of them."


def is_pdf(content: bytes) -> bool:
    """A header, an object, and at the very end the offset of a cross-reference that lies in the file (ISO 32000-2, 7.5)."""
    if not _PDF_HEAD.match(content):
        return False
    tail = _PDF_TAIL.search(content[-_PDF_TAIL_WITHIN:])
    if tail is None:
        return False
    table = content[int(tail[1]) :][:64].lstrip()
    # A table begins with `xref`, a stream with its object's number.
    return table.startswith(b"xref") or re.match(rb"[0-9]{1,10}\s+[0-9]{1,5}\s+obj", table) is not None


def is_png(content: bytes) -> bool:
    """IHDR first, at least one IDAT, IEND last with nothing behind it, every chunk with its right checksum (ISO 15948)."""
    if not content.startswith(_PNG_SIGNATURE):
        return False
    kinds: list[bytes] = []
    at = len(_PNG_SIGNATURE)
    while at + 12 <= len(content):
        length, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(content) or not _PNG_CHUNK.fullmatch(kind):
            return False
        if zlib.crc32(content[at + 4 : end - 4]) != int.from_bytes(content[end - 4 : end]):
            return False
        if not kinds and (kind != b"IHDR" or length != 13 or not any(content[16:20]) or not any(content[20:24])):
            return False
        if not kinds or kinds[-1] != kind:
            kinds.append(kind)
        at = end
        if kind == b"IEND":
            return at == len(content) and length == 0 and b"IDAT" in kinds
    return False


def is_jpeg(content: bytes) -> bool:
    """Marker segments with a frame of some size before the first scan, and the end marker at the end (ISO 10918-1, B)."""
    # Some cameras fill up with zeros after the end marker.
    if not content.startswith(b"\xff\xd8\xff") or not content.rstrip(b"\x00").endswith(b"\xff\xd9"):
        return False
    at, framed = 2, False
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fill bytes may stand before a marker
            at += 1
            continue
        if marker in _JPEG_BARE:
            at += 2
            continue
        length = int.from_bytes(content[at + 2 : at + 4])
        if length < 2 or at + 2 + length > len(content) or marker in (0x00, 0xD8, 0xD9):
            return False
        if marker in _JPEG_FRAMES:
            framed = length >= 8 and any(content[at + 7 : at + 9])
        if marker == 0xDA:
            return framed
        at += 2 + length
    return False
