"""Workbooks for tests, made with openpyxl as a person's spreadsheet program would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

Sheets = Mapping[str, Sequence[Sequence[object]]]


def book(sheets: Sheets, change: Callable[[Workbook], None] | None = None) -> bytes:
    """A workbook of these rows."""
    made = Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if change is not None:
        change(made)
    return saved(made)


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def rows_of(data: bytes, sheet: str) -> list[tuple[Any, ...]]:
    return list(load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True))


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None], extra: Mapping[str, bytes] | None = None) -> bytes:
    """The archive with each part changed, or left out for None."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in (extra or {}).items():
            new.writestr(name, part)
    return out.getvalue()


FACTORIES: Sequence[Sequence[object]] = (
    ("Own reference", "Legal name", "Country", "Address", "Tax code", "Founded"),
    ("F1", "Cơ khí An Phát", "Việt Nam", "1 Lê Lợi", "0300588569", 1998),
    ("F2", "Binh Minh", "VN", "2 Le Loi", None, None),
)
FULL: Sheets = {
    "Factories": FACTORIES,
    "Capabilities": (
        ("Factory", "Process", "Material", "Tolerance (mm)", "Largest workpiece, x", "Runs on"),
        ("F1", "Turning", "aluminium", "0,01", "50 cm", "CNC"),
        ("F1", "3.2.2", "P", "0.02mm", 300, "CNC"),
        ("Binh Minh", "Turning", "P", None, None, None),
    ),
    "Weekly capacity": (
        ("Factory", "Capacity group", "2026-W48", "2026-W49", "2026-12-07"),
        ("0300588569", "CNC", "20 h", 40, None),
    ),
    "Certificates": (
        ("Factory", "Certificate", "Scope", "Valid until"),
        ("F1", "ISO 9001:2015", "Turning", 46387),
    ),
    "Machines": (("Factory", "Machine class", "Make", "How many"), ("F1", "Lathe", "Mazak", 3)),
}
