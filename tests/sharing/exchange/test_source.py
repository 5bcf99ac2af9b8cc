"""Bytes become text only when they are bounded UTF-8; every refusal says where and what to do."""

import io
import os
import time
from pathlib import Path

import pytest

from sharing.exchange.errors import BinaryContent, EncodingRefused, SourceTooLarge, SourceUnreadable
from sharing.exchange.source import decode, read_source


def test_a_file_of_300_megabytes_is_refused_by_its_size_without_being_read(tmp_path: Path) -> None:
    big = tmp_path / "big.csv"
    with big.open("wb") as stream:
        stream.truncate(300_000_000)
    started = time.perf_counter()
    with pytest.raises(SourceTooLarge) as refused:
        read_source(big, max_bytes=20_000_000)
    assert time.perf_counter() - started < 0.2
    assert refused.value.code == "source_too_large"
    assert refused.value.fields == {"limit": 20_000_000, "size": 300_000_000}
    assert "300,000,000" in str(refused.value)
    assert "split" in str(refused.value)


def test_a_file_of_exactly_the_limit_is_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"x" * 1000)
    assert len(read_source(file, max_bytes=1000)) == 1000
    with pytest.raises(SourceTooLarge):
        read_source(file, max_bytes=999)


class _Endless:
    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1, /) -> bytes:
        self.given += size
        return b"x" * size


def test_a_stream_is_read_no_further_than_one_byte_past_the_limit() -> None:
    stream = _Endless()
    with pytest.raises(SourceTooLarge):
        read_source(stream, max_bytes=5000)
    assert stream.given == 5001


def test_a_stream_of_small_pieces_is_put_together() -> None:
    assert read_source(io.BytesIO(b"abc"), max_bytes=3) == b"abc"


@pytest.mark.parametrize("name", ["absent.csv", "no\0name"])
def test_what_cannot_be_opened_is_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(SourceUnreadable):
        read_source(f"{tmp_path}/{name}", max_bytes=10)


def test_a_folder_and_a_pipe_are_refused_and_do_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(SourceUnreadable):
            read_source(path, max_bytes=10)


def test_a_stream_that_breaks_is_refused_in_our_words() -> None:
    stream = io.BytesIO(b"abc")
    stream.close()
    with pytest.raises(SourceUnreadable):
        read_source(stream, max_bytes=10)


def test_utf8_with_and_without_a_mark_gives_the_same_text() -> None:
    assert decode("Tên,Nước".encode()) == decode("Tên,Nước".encode("utf-8-sig")) == "Tên,Nước"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_utf16_and_utf32_are_refused_by_name_with_what_to_do(codec: str) -> None:
    with pytest.raises(EncodingRefused) as refused:
        decode("name,country\nAn Phát,VN\n".encode(codec))
    assert "CSV UTF-8" in str(refused.value)
    assert refused.value.fields["looks_like"] in {"UTF-16", "UTF-32"}


def test_a_windows_code_page_is_refused_with_the_offset_of_its_first_foreign_byte() -> None:
    with pytest.raises(EncodingRefused) as refused:
        decode("name\nCaf\u00e9\n".encode("cp1258"))
    assert refused.value.fields["offset"] == 8
    with pytest.raises(EncodingRefused) as marked:
        decode(b"\xef\xbb\xbfab\xff")
    assert marked.value.fields["offset"] == 5


@pytest.mark.parametrize("data", [b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"abc\xe2\x82"])
def test_overlong_surrogate_and_cut_sequences_are_not_utf8(data: bytes) -> None:
    with pytest.raises(EncodingRefused):
        decode(data)


def test_a_zero_byte_is_refused_with_its_offset() -> None:
    with pytest.raises(BinaryContent) as refused:
        decode(b"name,country\nA\0B,VN\n")
    assert refused.value.fields["offset"] == 14


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"%PDF-1.7"])
def test_a_workbook_under_the_name_of_a_list_is_called_what_it_is(data: bytes) -> None:
    with pytest.raises(EncodingRefused) as refused:
        decode(data)
    assert "CSV UTF-8" in str(refused.value)
