"""The journal remembers what was committed, for every process, through torn ends and full disks."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from network.errors import JournalUnusable, StorageFull
from network.journal import Journal

NODE = "ab" * 32
HOUR = datetime(2026, 11, 22, 12, 34, tzinfo=UTC)


def journal(path, node=NODE):
    return Journal(path, node, lambda: HOUR)


def noted(number):
    return ["set", "grants", [f"{number:032x}"], {"withdrawn_at": "2026-11-22T12:34:00+00:00"}]


def test_what_was_appended_is_read_again(tmp_path):
    first = journal(tmp_path / "j")
    assert first.newest() == 0
    first.append(1, [noted(1), noted(2)])
    first.append(2, [noted(3)])
    again = journal(tmp_path / "j")
    assert again.newest() == 2
    (later,) = again.entries(after=1)
    assert (later.generation, later.hour, later.notes) == (2, "2026-11-22T12:00:00Z", (noted(3),))
    assert [each.generation for each in again.entries(after=0)] == [1, 2]


def test_a_journal_open_elsewhere_is_seen_to_grow(tmp_path):
    one, other = journal(tmp_path / "j"), journal(tmp_path / "j")
    one.append(1, [noted(1)])
    assert other.newest() == 1
    other.append(2, [noted(2)])
    assert one.newest() == 2


def test_generations_that_come_out_of_order_are_all_kept(tmp_path):
    made = journal(tmp_path / "j")
    for number in (2, 1, 4, 3):
        made.append(number, [noted(number)])
    assert made.newest() == 4
    assert [(each.generation, each.notes) for each in made.entries(after=0)] == [(n, (noted(n),)) for n in (1, 2, 3, 4)]


@pytest.mark.parametrize("torn", [b'n ["set"', b"g 9", b"n [1]\ng 7 2026", b"x" * 5000])
def test_a_torn_end_is_not_read_and_is_overwritten(tmp_path, torn):
    first = journal(tmp_path / "j")
    first.reserve([noted(1)])
    first.append(1, [noted(1)])
    data = (tmp_path / "j").read_bytes()
    end = data.index(b"\0")
    with (tmp_path / "j").open("r+b") as file:
        file.seek(end)
        file.write(torn)
    again = journal(tmp_path / "j")
    assert again.newest() == 1
    again.append(2, [noted(2)])
    assert [each.notes for each in journal(tmp_path / "j").entries(after=0)] == [(noted(1),), (noted(2),)]


def test_threads_and_processes_append_together(tmp_path):
    path = tmp_path / "j"
    journal(path)
    code = (
        "import sys; from tests.network.test_journal import journal, noted; from pathlib import Path\n"
        "made = journal(Path(sys.argv[1]))\n"
        "for number in range(int(sys.argv[2]), int(sys.argv[2]) + 50):\n"
        "    made.reserve([noted(number)]); made.append(number, [noted(number)])\n"
    )
    others = [subprocess.Popen([sys.executable, "-c", code, str(path), str(start)]) for start in (1000, 2000)]
    made = journal(path)
    threads = [
        threading.Thread(target=lambda start: [made.append(n, [noted(n)]) for n in range(start, start + 50)], args=(start,))
        for start in (3000, 4000, 5000)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each.wait(timeout=60) for each in others] == [0, 0]
    found = journal(path).entries(after=0)
    assert [each.generation for each in found] == [n for start in range(1000, 6000, 1000) for n in range(start, start + 50)]
    assert all(each.notes == (noted(each.generation),) for each in found)


def test_another_nodes_journal_is_refused(tmp_path):
    journal(tmp_path / "j")
    with pytest.raises(JournalUnusable, match="another node"):
        journal(tmp_path / "j", node="cd" * 32)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_journal_that_others_can_reach_is_refused(tmp_path, mode):
    journal(tmp_path / "j")
    (tmp_path / "j").chmod(mode)
    with pytest.raises(JournalUnusable, match="0600"):
        journal(tmp_path / "j")


def test_a_place_that_is_no_file_is_named(tmp_path):
    with pytest.raises(JournalUnusable):
        journal(tmp_path)
    with pytest.raises(JournalUnusable):
        journal(tmp_path / "nowhere" / "j")
    os.symlink(tmp_path / "target", tmp_path / "link")
    with pytest.raises(JournalUnusable):
        journal(tmp_path / "link")


def test_room_that_is_not_there_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    made = journal(tmp_path / "j")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    before = (tmp_path / "j").read_bytes()
    with pytest.raises(StorageFull):
        made.reserve([noted(1)])
    assert (tmp_path / "j").read_bytes() == before


def test_what_waits_behind_a_failed_write_is_written_by_the_next(tmp_path, monkeypatch):
    made = journal(tmp_path / "j")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(5, "broken disk")))
        with pytest.raises(JournalUnusable):
            made.append(1, [noted(1)])
    made.append(2, [noted(2)])
    assert [each.generation for each in journal(tmp_path / "j").entries(after=0)] == [1, 2]
