"""Parsers of what people bring in spreadsheets: lists, workbooks, their cells, checklists."""

from __future__ import annotations

import io
import json
import random
import warnings
import zipfile
from datetime import date
from functools import cache

from sharing import catalogue
from sharing.auditing.checklist import read_checklist
from sharing.errors import SharingError
from sharing.exchange import Limits, plan_import
from sharing.exchange.cell_forms import Finding, read_cell, read_date, split
from sharing.exchange.source import decode
from sharing.exchange.template import template
from sharing.exchange.units import NotANumber, read_quantity
from tests.hostile import mutate
from tests.hostile.parser import Parser, as_json, from_file, texts

CHECKLIST = """id,criterion,class,applicable,na_reason,field_paths
6.2.1,VDA 6.3 P6.2.1,must,yes,,capability.tolerance_um capability.process
A-4,8.5.1.2,should,no,Không có đúc,
""".encode()


def _checklist(sample: bytes, rng: random.Random) -> bytes:
    """CSV as text and as bytes, JSON as JSON."""
    if sample.startswith(b"{"):
        return mutate.json_bytes(json.loads(sample), rng)
    if rng.random() < 0.3:
        return mutate.noise(sample, rng)
    return mutate.text(sample.decode(), rng).encode("utf-8", "surrogatepass")


CSV = (
    "Company,Tax code,Country,Province,Website,Employees\n"
    "Công ty Đông Anh,0101234567,Vietnam,Hà Nội,https://a.example,12\n"
    '"Works, Ltd",,JP,,,"1.000"\n'
)


CHECKLIST_CSV = "id,criterion,class,applicable,na_reason,field_paths\n1,8.5.1,must,yes,,capability.tolerance_um\n"


def csv_bytes(sample: str, rng: random.Random) -> bytes:
    if rng.random() < 0.3:
        return mutate.noise(sample.encode(), rng)
    rows = sample.splitlines(keepends=True)
    what = rng.randrange(6)
    if what == 0:
        rows.insert(rng.randrange(len(rows) + 1), rng.choice(rows))
    elif what == 1:
        rows[rng.randrange(len(rows))] = '"' * rng.randrange(5) + rng.choice(rows)
    elif what == 2:
        rows = [row.replace(",", rng.choice((";", "\t", "|", ",,", "\x00"))) for row in rows]
    elif what == 3:
        rows = rows * rng.choice((0, 2, 200))
    elif what == 4:
        return "".join(rows).encode(rng.choice(("utf-16", "cp1258", "utf-32", "utf-8-sig")), "replace")
    return mutate.text("".join(rows), rng).encode("utf-8", "surrogatepass")


@cache
def workbooks() -> list[bytes]:
    """A filled workbook of several sheets, and the empty template."""
    from openpyxl import Workbook

    book = Workbook()
    rows = {
        "Factories": [["Company", "Tax code", "Country", "Province"], ["Works", "0101234567", "Vietnam", "Hà Nội"]],
        "Capabilities": [["Company", "Process", "Tolerance um"], ["Works", "3.2.1", 12], ["Works", "3.2.2", 20.5]],
        "Certificates": [["Company", "Scheme", "Scope", "Valid until"], ["Works", "ISO9001", "Turning", date(2027, 5, 1)]],
    }
    for name, lines in rows.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    del book["Sheet"]
    stream = io.BytesIO()
    book.save(stream)
    return [stream.getvalue(), template(first_week=date(2026, 11, 23))]


def workbook_bytes(sample: bytes, rng: random.Random) -> bytes:
    """The archive taken apart, one of its files or its directory mutated, and put together again."""
    if rng.random() < 0.2:
        return mutate.noise(sample, rng)
    with zipfile.ZipFile(io.BytesIO(sample)) as archive:
        files = [(each.filename, archive.read(each)) for each in archive.infolist()]
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(len(files))
        name, data = files[at]
        what = rng.randrange(7)
        if what == 0:
            del files[at]
        elif what == 1:
            files.append((name, data))
        elif what == 2:
            files[at] = (rng.choice(("../../etc/passwd", "xl/vbaProject.bin", "a/b.zip", name.upper(), "\u202e.xml")), data)
        elif what == 3:
            files[at] = (name, data.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-32", "cp037")), "replace"))
        elif what == 4:
            files[at] = (name, mutate.noise(data, rng))
        elif what == 5:
            entity = b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]>'
            files[at] = (name, data.replace(b"?>", b"?>" + entity, 1))
        else:
            files[at] = (name, mutate.text(data.decode("utf-8", "replace"), rng).encode("utf-8", "surrogatepass"))
        if not files:
            break
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, data in files:
            archive.writestr(name, data)
    return stream.getvalue()


def cell_of_every_field(text: str) -> list[object]:
    """A cell of the text in the column of every field."""
    return [read_cell(field, text) for field in catalogue.FIELDS] + [split(text), read_date(text)]


def quantity(text: str) -> object:
    return read_quantity(text, unit="MMT", decimals=3, given=None, decimal_comma="," in text)


PARSERS: tuple[Parser, ...] = (
    Parser(
        name="sharing.auditing.checklist:read_checklist",
        call=read_checklist,
        samples=lambda: [CHECKLIST, as_json({"items": [item.document() for item in read_checklist(CHECKLIST)]})],
        mutate=_checklist,
        errors=(SharingError,),
        paths=True,
    ),
    Parser(
        name="sharing.exchange.workbook:open_workbook",
        call=from_file(lambda path: plan_import(path, limits=Limits(max_bytes=1_000_000)), "list.xlsx"),
        samples=workbooks,
        mutate=workbook_bytes,
        errors=(SharingError,),
        quick=60,
        also=(
            "sharing.exchange.archive:inspect_archive",
            "sharing.exchange.sheets:open_sheets",
            "sharing.exchange.elements:read_element",
        ),
    ),
    Parser(
        name="sharing.exchange.cell_forms:read_cell",
        call=cell_of_every_field,
        samples=texts("2026-11-23", "12,5 mm", "± 0.01", "ISO 9001; IATF 16949", "USD 12.50", '{"en": "Works"}', "IT7", "VN"),
        mutate=mutate.text,
        errors=(SharingError,),
        refused=lambda found: all(isinstance(each, Finding) for each in found[:-2]) or found[-1] is None,
        also=(
            "sharing.exchange.cell_forms:read_date",
            "sharing.exchange.cell_forms:read_number",
            "sharing.exchange.cell_forms:split",
        ),
    ),
    Parser(
        name="sharing.exchange.units:read_quantity",
        call=quantity,
        samples=texts("12,5 mm", "± 0.01", '1/2"', "1.000,5 cm", "1 000"),
        mutate=mutate.text,
        errors=(SharingError,),
        refused=lambda found: isinstance(found, NotANumber),
    ),
    Parser(
        name="checklist as CSV",
        call=read_checklist,
        samples=lambda: [CHECKLIST_CSV],
        mutate=csv_bytes,
        whole=str.encode,
        errors=(SharingError,),
        paths=True,
    ),
    Parser(
        name="sharing.exchange.source:decode",
        call=decode,
        samples=lambda: [CSV],
        mutate=csv_bytes,
        whole=str.encode,
        errors=(SharingError,),
    ),
    Parser(
        name="sharing.exchange.plan:plan_import",
        call=from_file(lambda path: plan_import(path, limits=Limits(max_bytes=100_000)), "list.csv"),
        samples=lambda: [CSV],
        mutate=csv_bytes,
        whole=str.encode,
        errors=(SharingError,),
        also=(
            "sharing.exchange.source:read_source",
            "sharing.exchange.rows:read_row",
            "sharing.exchange.source:ByteStream.read",
        ),
    ),
)
