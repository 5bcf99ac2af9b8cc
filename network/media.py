"""What kind of file some bytes are, told by the bytes themselves and never by a name or a header.

Guarantees: PDF, PNG and JPEG are recognised by how they begin and how they end, so a truncated file is none of them;
everything else is None. Says nothing about whether a file is harmless: whoever shows one to a browser sends it as an
attachment.
"""

from __future__ import annotations

from typing import Final

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
MEDIA_TYPES: Final = (PDF, PNG, JPEG)
FILE_BYTES_MAX: Final = 10 * 1024 * 1024

_PNG_HEAD: Final = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_PNG_TAIL: Final = b"\x00\x00\x00\x00IEND\xaeB`\x82"
_PDF_TAIL_WITHIN: Final = 1024
"""Bytes from the end in which `%%EOF` stands (ISO 32000-1, annex H.3, note 18)."""


def media_type(content: bytes) -> str | None:
    """The media type of a whole file of one of the three kinds; None for anything else."""
    if content.startswith((b"%PDF-1.", b"%PDF-2.")) and b"%%EOF" in content[-_PDF_TAIL_WITHIN:]:
        return PDF
    if content.startswith(_PNG_HEAD) and content.endswith(_PNG_TAIL):
        return PNG
    # Some cameras fill up with zeros after the end marker.
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\x00").endswith(b"\xff\xd9"):
        return JPEG
    return None
