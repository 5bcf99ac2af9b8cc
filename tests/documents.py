"""Small whole files of the three kinds that are kept, made here byte by byte."""

from __future__ import annotations

import zlib


def _chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def png(grey: int = 128, *, text: bytes = b"") -> bytes:
    """A picture of one pixel, with a comment."""
    head = _chunk(b"IHDR", (1).to_bytes(4) + (1).to_bytes(4) + bytes([8, 0, 0, 0, 0]))
    comment = _chunk(b"tEXt", b"Comment\x00" + text) if text else b""
    return b"\x89PNG\r\n\x1a\n" + head + comment + _chunk(b"IDAT", zlib.compress(bytes([0, grey]))) + _chunk(b"IEND", b"")


def jpeg(comment: bytes = b"made for a test") -> bytes:
    """Markers of a baseline picture of 8 x 8; what is scanned is not a real picture, and nobody decodes it."""
    frame = bytes([8, 0, 8, 0, 8, 1, 1, 0x11, 0])
    return b"".join(
        (
            b"\xff\xd8\xff\xe0" + (16).to_bytes(2) + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00",
            b"\xff\xfe" + (2 + len(comment)).to_bytes(2) + comment,
            b"\xff\xc0" + (2 + len(frame)).to_bytes(2) + frame,
            b"\xff\xda" + (8).to_bytes(2) + b"\x01\x01\x00\x00\x3f\x00" + b"\x12\x34\xff\x00\x56",
            b"\xff\xd9",
        )
    )


def pdf(title: bytes = b"Certificate") -> bytes:
    """An empty page with its cross-reference table."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>",
        b"<< /Title (" + title + b") >>",
    )
    content, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, each in enumerate(objects, start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % each for each in offsets)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return content + b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
