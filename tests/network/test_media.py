"""What a file is, told by its bytes: whole files of three kinds, and nothing that only begins like one."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network.media import FILE_BYTES_MAX, JPEG, PDF, PNG, media_type, why_not
from tests.documents import jpeg, pdf, png

KINDS: list[tuple[Callable[[], bytes], str]] = [(pdf, PDF), (png, PNG), (jpeg, JPEG)]
whole = pytest.mark.parametrize(("make", "kind"), KINDS, ids=lambda each: getattr(each, "__name__", str(each)))


@whole
def test_a_whole_file_is_what_its_bytes_say(make: Callable[[], bytes], kind: str) -> None:
    assert media_type(make()) == kind


@whole
def test_a_truncated_file_is_none(make: Callable[[], bytes], kind: str) -> None:
    content = make().rstrip()
    assert [at for at in range(len(content)) if media_type(content[:at]) is not None] == []


@whole
def test_something_before_or_behind_the_file_is_not_taken_along(make: Callable[[], bytes], kind: str) -> None:
    assert media_type(b"<script>alert(1)</script>" + make()) is None
    assert media_type(make() + b"<script>alert(1)</script>") is None
    assert media_type(make() + b"PK\x03\x04") is None


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GIF89a" + bytes(40), id="another kind of picture"),
        pytest.param(b"<html><body>%PDF-1.4</body></html>", id="a page that names a PDF"),
        pytest.param(b"%PDF-1.4\nnothing here\nstartxref\n0\n%%EOF", id="a PDF whose reference points at its header"),
        pytest.param(pdf().replace(b"xref\n0 5", b"yref\n0 5"), id="a PDF without the table it points at"),
        pytest.param(pdf().replace(b"%PDF-1.4", b"%PDF-9.9"), id="a PDF of no version"),
        pytest.param(pdf()[:-30] + b"startxref\n9999999999\n%%EOF", id="a PDF that points behind its end"),
        pytest.param(png()[:40] + b"x" + png()[41:], id="a PNG with a wrong checksum"),
        pytest.param(png().replace(b"IDAT", b"IDAS"), id="a PNG without picture"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\xff" * 40, id="a PNG with an endless chunk"),
        pytest.param(jpeg().replace(b"\xff\xc0", b"\xff\xfe"), id="a JPEG without frame"),
        pytest.param(jpeg().replace(b"\xff\xda", b"\xff\xfe"), id="a JPEG without scan"),
        pytest.param(b"\xff\xd8\xff\xe0\xff\xff" + bytes(20) + b"\xff\xd9", id="a JPEG with an endless segment"),
        pytest.param(b"\xff\xd8" + b"\xff" * 1000 + b"\xff\xd9", id="a JPEG of fill bytes"),
    ],
)
def test_what_only_looks_like_a_file_is_none(content: bytes) -> None:
    assert media_type(content) is None


@settings(max_examples=300)
@given(data=st.data())
def test_a_damaged_file_raises_nothing(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([pdf(), png(), jpeg()])))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
        content = content or bytearray(b"x")
    assert media_type(bytes(content)) in {None, PDF, PNG, JPEG}


@settings(max_examples=200)
@given(st.binary(max_size=200), st.sampled_from([b"", b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]))
def test_any_bytes_raise_nothing(content: bytes, head: bytes) -> None:
    assert media_type(head + content) in {None, PDF, PNG, JPEG}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xff\xd8" + b"\xff" * (FILE_BYTES_MAX - 4) + b"\xff\xd9", id="fill bytes"),
        pytest.param(b"\xff\xd8\xff" + b"\xd0\xff" * (FILE_BYTES_MAX // 2 - 4) + b"\xff\xd9", id="bare markers"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(FILE_BYTES_MAX - 8), id="empty chunks"),
        pytest.param(b"%PDF-1.4\n" + b" " * (FILE_BYTES_MAX - 40) + b"startxref\n9\n%%EOF", id="blanks"),
    ],
)
def test_the_largest_hostile_file_is_read_in_seconds(content: bytes) -> None:
    began = process_time()
    assert media_type(content) is None
    assert process_time() - began < 10


@pytest.mark.parametrize("make", [pdf, png, jpeg], ids=["PDF", "PNG", "JPEG"])
def test_what_is_wrong_with_a_file_is_said(make: Callable[[], bytes], request: pytest.FixtureRequest) -> None:
    kind = request.node.callspec.id
    assert f"begins as a {kind}" in why_not(make()[:-20])
    assert f"begins as a {kind}" in why_not(make() + b"more")


def test_what_is_no_file_of_the_three_kinds_is_told_from_what_is_too_large() -> None:
    assert "empty" in why_not(b"")
    assert "none of them" in why_not(b"PK\x03\x04 a workbook")
    assert why_not(bytes(FILE_BYTES_MAX + 1)) == "A file has 10 MB at the most; this one has 11."
