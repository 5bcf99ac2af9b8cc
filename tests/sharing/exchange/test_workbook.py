"""A workbook is read cell by cell, or refused with a clear code before it costs anything."""

from __future__ import annotations

import contextlib
import io
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from sharing.exchange import ExchangeError, ImportPlan, Limits, plan_import
from sharing.exchange.archive import ArchiveLimits, inspect_archive
from sharing.exchange.errors import TooManyRows, WorkbookDamaged, WorkbookKindRefused, WorkbookUnsafe
from sharing.exchange.template import template
from tests.sharing.exchange.books import FACTORIES, FULL, book, repacked


def plan(data: bytes, **options: object) -> ImportPlan:
    return plan_import(io.BytesIO(data), **options)  # type: ignore[arg-type]


def codes(made: ImportPlan) -> list[tuple[str, int, str | None, str]]:
    return [(each.sheet, each.row, each.column, each.code) for each in made.errors]


def test_every_sheet_is_read_and_its_rows_find_their_factory() -> None:
    made = plan(book(FULL))
    assert made.errors == ()
    assert [(each.name, each.scope, each.rows) for each in made.sheets] == [
        ("Factories", "factory", 2),
        ("Capabilities", "capability", 3),
        ("Weekly capacity", "capacity", 1),
        ("Certificates", "certificate", 1),
        ("Machines", "equipment", 1),
    ]
    first, second = made.drafts
    assert [(each.scope, dict(each.document)) for each in first.children] == [
        ("capability", {"process": "3.2.1", "material_family": "N", "max_x_mm": "500", "tolerance_um": "10"}),
        ("capability", {"process": "3.2.2", "material_family": "P", "max_x_mm": "300", "tolerance_um": "20"}),
        ("capacity", {"name": "CNC", "spare_hours": {"2026-W48": "20", "2026-W49": "40"}}),
        ("certificate", {"scheme": "ISO9001:2015", "scope": "Turning", "valid_until": "2026-12-31"}),
        ("equipment", {"class": "turning", "make": "Mazak", "count": "3"}),
    ]
    assert [each.scope for each in second.children] == ["capability"]
    assert first.document["identifiers"] == [{"scheme": "vn_tax", "value": "0300588569"}]


def test_hours_in_long_form_are_the_same_as_in_columns() -> None:
    long = {
        "Factories": FACTORIES,
        "Giờ máy": (
            ("Nhà máy", "Nhóm năng lực", "Tuần", "Giờ máy trống mỗi tuần"),
            ("F1", "CNC", "2026-W48", "20"),
            ("F1", "CNC", "30/11/2026", 40),
            ("F2", "Mill", "2026-W48", 8),
        ),
    }
    first, second = plan(book(long)).drafts
    assert first.children[0].document == {"name": "CNC", "spare_hours": {"2026-W48": "20", "2026-W49": "40"}}
    assert second.children[0].document == {"name": "Mill", "spare_hours": {"2026-W48": "8"}}


def test_two_values_for_one_week_are_an_error_in_the_later_cell() -> None:
    rows = (("Factory", "Capacity group", "Week", "Hours"), ("F1", "CNC", "2026-W48", 20), ("F1", "CNC", "2026-W48", 21))
    made = plan(book({"Factories": FACTORIES, "Capacity": rows}))
    assert codes(made) == [("Capacity", 3, "Hours", "contradiction")]


SOUND = book(FULL)

BAD_CELLS = {
    "formula": ("=1+1", "formula"),
    "error value": ("#DIV/0!", "cell_error"),
    "text for a number": ("about 5", "not_a_number"),
    "two numbers": ("1,234", "ambiguous_number"),
    "another unit": ("5 kg", "unit_unknown"),
    "a truth": (True, "not_a_number"),
    "too large": (10**9, "out_of_range"),
    "negative": (-1, "out_of_range"),
    "endless": (1e300, "not_a_number"),
}


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_bad_cell_is_named_and_costs_its_row_alone(name: str) -> None:
    value, code = BAD_CELLS[name]
    rows = (("Factory", "Process", "Tolerance"), ("F1", "Turning", 5), ("F1", "Turning", value), ("F1", "Milling", 7))
    made = plan(book({"Factories": FACTORIES, "Capabilities": rows}))
    assert [(each.sheet, each.row, each.column, each.place, each.code) for each in made.errors] == [
        ("Capabilities", 3, "Tolerance", 2, code)
    ]
    assert len(made.drafts[0].children) == 2


def test_merged_cells_are_an_error_in_each_row_they_cover() -> None:
    def merge(made: Workbook) -> None:
        made["Capabilities"].merge_cells("A2:A3")

    rows = (("Factory", "Process"), ("F1", "Turning"), (None, "Milling"), ("F1", "Grinding"))
    made = plan(book({"Factories": FACTORIES, "Capabilities": rows}, merge))
    assert codes(made) == [("Capabilities", 2, "Factory", "merged"), ("Capabilities", 3, "Factory", "merged")]


def test_dates_are_read_as_dates_serials_and_text() -> None:
    from datetime import date

    for written in (date(2027, 6, 30), 46568, "2027-06-30", "30/06/2027"):
        rows = (("Factory", "Standard", "Scope", "Valid until"), ("F1", "ISO9001", "x", written))
        (child,) = plan(book({"Factories": FACTORIES, "Certificates": rows})).drafts[0].children
        assert child.document["valid_until"] == "2027-06-30", written


def test_a_lost_leading_zero_of_a_tax_code_is_found_again() -> None:
    rows = (("Name", "Country", "Tax code"), ("A", "VN", 300588569))
    assert plan(book({"Factories": rows})).drafts[0].document["identifiers"] == [{"scheme": "vn_tax", "value": "0300588569"}]


def test_units_are_guessed_from_the_heading_and_an_explicit_choice_wins() -> None:
    rows = (("Factory", "Process", "Tolerance (mm)", "X"), ("F1", "Turning", 0.01, 40))
    data = book({"Factories": FACTORIES, "Capabilities": rows})
    assert plan(data).drafts[0].children[0].document["tolerance_um"] == "10"
    chosen = plan(data, mapping={"Capabilities!X": "max_x_mm:cm"}).drafts[0].children[0].document
    assert chosen["max_x_mm"] == "400"


def test_rows_that_belong_to_nobody_are_errors_and_names_of_two_are_never_guessed() -> None:
    twins = (*FACTORIES, ("F3", "BINH MINH", "VN", "3 Le Loi", None, None))
    rows = (("Factory", "Process"), ("binh minh", "Turning"), (None, "Turning"), ("Nobody", "Turning"))
    made = plan(book({"Factories": twins, "Capabilities": rows}))
    assert [each.code for each in made.errors] == ["factory_ambiguous", "factory_missing"]
    assert [each.of for each in made.orphans] == ["Nobody"]


def test_sheets_of_no_kind_are_left_out_and_links_are_not_followed() -> None:
    data = book({"Factories": FACTORIES, "Guide": (("Read me", "please"),), "Lunch": (("Monday", "Pho"),)})
    linked = repacked(data, lambda _, part: part, {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"})
    made = plan(linked)
    assert made.left_out == ("Guide", "Lunch")
    assert made.linked


def test_a_workbook_that_holds_nothing_to_import_says_what_it_has() -> None:
    with pytest.raises(ExchangeError) as refused:
        plan(book({"Lunch": (("Monday", "Tuesday"), ("Pho", "Bun"))}))
    assert refused.value.code == "nothing_to_import"
    assert "Lunch" in str(refused.value)


def test_too_many_rows_stop_the_whole_file() -> None:
    with pytest.raises(TooManyRows):
        plan(book(FULL), limits=Limits(max_rows=1))


def bomb() -> bytes:
    """A worksheet of 100 MB of blanks, packed small."""
    return repacked(book(FULL), lambda name, part: part + b" " * 100_000_000 if name.endswith("sheet1.xml") else part)


def renamed(name: str) -> bytes:
    return repacked(book(FULL), lambda _, part: part, {name: b"x"})


def duplicated() -> bytes:
    return renamed("xl/WORKBOOK.xml")


def encrypted() -> bytes:
    data = bytearray(book(FULL))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    return bytes(data)


def announced(size: int) -> bytes:
    """The directory says that the first part unpacks to `size` bytes."""
    data = bytearray(book(FULL))
    at = data.find(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", size)
    return bytes(data)


def entities() -> bytes:
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    return repacked(book(FULL), lambda name, part: head + part if name.endswith(("sheet1.xml", "workbook.xml")) else part)


def wide() -> bytes:
    """One row of 300,000 cells."""

    def change(name: str, part: bytes) -> bytes:
        cells = b"".join(b"<c><v>%d</v></c>" % (at * 7919 % 1_000_003) for at in range(300_000))
        row = b'<row r="2">' + cells + b"</row></sheetData>"
        return part.replace(b"</sheetData>", row) if name.endswith("sheet1.xml") else part

    return repacked(book(FULL), change)


REFUSED: dict[str, tuple[Callable[[], bytes], type[ExchangeError], str]] = {
    "old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, WorkbookKindRefused, "xls"),
    "macros": (lambda: renamed("xl/vbaProject.bin"), WorkbookKindRefused, "xlsm"),
    "binary workbook": (lambda: renamed("xl/workbook.bin"), WorkbookKindRefused, "xlsb"),
    "other archive": (lambda: repacked(book(FULL), lambda _, __: None, {"a.txt": b"a"}), WorkbookKindRefused, "zip"),
    "zip bomb": (bomb, WorkbookUnsafe, "ratio"),
    "nested archive": (lambda: renamed("xl/embeddings/inner.xlsx"), WorkbookUnsafe, "nested"),
    "name that leads out": (lambda: renamed("../../etc/passwd"), WorkbookUnsafe, "name"),
    "name twice": (duplicated, WorkbookUnsafe, "duplicate_name"),
    "encrypted part": (encrypted, WorkbookUnsafe, "encrypted"),
    "announced size": (lambda: announced(0xFFFFFFF0), WorkbookUnsafe, "size"),
    "document type": (entities, WorkbookUnsafe, "document_type"),
    "row of countless cells": (wide, WorkbookUnsafe, "cells"),
    "half a workbook": (lambda: book(FULL)[: len(book(FULL)) // 2], WorkbookDamaged, ""),
    "a few bytes": (lambda: b"PK\x03\x04", WorkbookDamaged, ""),
    "no sheet": (lambda: repacked(book(FULL), lambda n, p: None if "sheet1" in n else p), WorkbookDamaged, ""),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_sound_workbook_is_refused_with_its_reason(name: str) -> None:
    make, error, reason = REFUSED[name]
    data = make()
    if name == "no sheet":
        with contextlib.suppress(ExchangeError):
            plan(data)
        return
    with pytest.raises(error) as refused:
        plan(data)
    assert reason in {refused.value.fields.get("reason"), refused.value.fields.get("looks_like"), ""}


def test_a_bomb_is_refused_from_its_directory_without_unpacking() -> None:
    data = bomb()
    tracemalloc.start()
    with pytest.raises(WorkbookUnsafe):
        inspect_archive(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000 + 2 * len(data)


def test_limits_of_the_archive_are_each_kept() -> None:
    data = book(FULL)
    for limits in (ArchiveLimits(entries=3), ArchiveLimits(total=1000), ArchiveLimits(sheet=100), ArchiveLimits(part=10)):
        with pytest.raises(WorkbookUnsafe):
            inspect_archive(data, limits)


@pytest.mark.parametrize("broken", [b"<row", b"</row>", b"<v>zz</v>", b't="s"><v>999999', b"\xff\xfe"])
def test_damaged_xml_is_one_error_of_ours(broken: bytes) -> None:
    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"<v>", b"<v>" + broken, 1) if name.endswith("sheet1.xml") else part

    with contextlib.suppress(ExchangeError):
        plan(repacked(book({"Factories": (("Name", "Country", "Year"), ("A", "VN", 1999))}), change))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_of_the_bytes_gives_a_plan_or_an_exchange_error(data: st.DataObject) -> None:
    whole = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(1, len(whole)))
    for damaged in (bytes(whole), bytes(whole[:cut])):
        with contextlib.suppress(ExchangeError):
            plan(damaged)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1258", "latin-1", "utf-32"])
def test_a_list_in_another_encoding_is_refused_with_what_to_do(encoding: str) -> None:
    text = "name,country\nCông ty Đúc,VN\n" if encoding.startswith("utf") else "name,country\nCafé,VN\n"
    with pytest.raises(ExchangeError) as refused:
        plan(text.encode(encoding))
    assert refused.value.code == "encoding_refused"
    assert "CSV UTF-8" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("factory,process,tolerance (mm)\nF1,Turning,0.01\n", "capability"),
        ("nhà máy;loại máy;số lượng\nF1;Máy tiện;3\n", "equipment"),
        ("factory,capacity group,2026-W48\nF1,CNC,20\n", "capacity"),
        ("factory,standard,scope,number\nF1,ISO9001,Turning,1\n", "certificate"),
    ],
)
def test_a_list_without_a_name_is_known_by_its_headings(text: str, scope: str) -> None:
    made = plan(text.encode())
    assert [each.scope for each in made.sheets] == [scope]
    assert made.errors == ()
    assert made.orphans[0].of == "F1"


def test_a_zip_of_many_files_is_refused_by_their_number() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for at in range(600):
            archive.writestr(f"xl/{at}.xml", b"")
    with pytest.raises(WorkbookUnsafe) as refused:
        inspect_archive(out.getvalue())
    assert refused.value.fields["reason"] == "entries"


def test_a_workbook_does_not_say_when_it_was_made() -> None:
    first = template(first_week=date(2026, 11, 23))
    time.sleep(2.1)  # the dates inside a zip archive have steps of two seconds
    assert template(first_week=date(2026, 11, 23)) == first
