"""An empty workbook to fill in, made from the catalogue.

Guarantees: every field that a person can state has its column, headed in English or Vietnamese, with its unit, and says in a
comment what it takes; short vocabularies are lists to choose from, or to look up where a cell takes several; each sheet has an
example row that is not imported; a workbook that was only filled in is understood without a mapping. Weeks begin with the one
that is given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from sharing.catalogue import FACTORY, SCOPES, Field, fields_of
from sharing.catalogue.codes import Code, Codes
from sharing.catalogue.identifiers import SCHEMES
from sharing.catalogue.places import PLACES
from sharing.catalogue.weeks import week_of
from sharing.exchange.guide import EXAMPLES, FORMATS, GUIDE, UNIT_NAMES
from sharing.exchange.sheets import sheet_name
from sharing.exchange.targets import ELEMENT_ID, GROUP, OF_FACTORY, REFERENCE, WEEK, Target, targets_of
from sharing.exchange.writing import safe_text, saved

LANGUAGES = ("en", "vi")
WEEKS = 13
_LISTED = 400  # codes; longer vocabularies are explained instead of listed
_PARTS = {PLACES.name: "VN-"}
_ROWS = 1000  # rows that the lists reach
_HEAD = PatternFill("solid", start_color="FFDCE6F1", end_color="FFDCE6F1")
_NEEDED = PatternFill("solid", start_color="FFFFE699", end_color="FFFFE699")
_GREY = Font(italic=True, color="FF808080")
_BORROWED: Mapping[str, tuple[str, str]] = {
    REFERENCE: ("Own reference", "Mã tham chiếu"),
    OF_FACTORY: ("Factory", "Nhà máy"),
    GROUP: ("Capacity group", "Nhóm năng lực"),
    "point.lat": ("Latitude", "Vĩ độ"),
    "point.lon": ("Longitude", "Kinh độ"),
    "identifiers.tax": ("Tax code", "Mã số thuế"),
    "note": ("Guildnet note", "Ghi chú Guildnet"),
    "contacts.website": ("Website", "Trang web"),
    "contacts.phone": ("Phone", "Điện thoại"),
    "contacts.email": ("Email", "Email"),
}
_LEFT_OUT = frozenset((ELEMENT_ID, WEEK, "measure", "factory_id", "identifiers.vn_tax"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the template: its heading, what it takes, and the vocabulary behind it."""

    heading: str
    target: str
    needed: bool
    about: str
    codes: Codes | None = None
    several: bool = False


def template(*, language: str = "en", first_week: date) -> bytes:
    """The workbook as bytes. `first_week`: any day of the first week of the capacity sheet."""
    book = Workbook()
    guide = book.active
    assert guide is not None  # noqa: S101 - a new workbook has one sheet
    _write_guide(guide, language)
    lists = _Lists(book)
    for scope in SCOPES:
        sheet = book.create_sheet(sheet_name(scope, language))
        _write_sheet(sheet, scope, language, first_week, lists)
    lists.finish()
    return saved(book)


def columns_of(scope: str, language: str) -> Iterator[Column]:
    """The columns of a sheet, those that say where a row belongs first."""
    targets = [each for each in targets_of(scope) if each.name not in _LEFT_OUT]
    first = (OF_FACTORY,) if scope != FACTORY else (REFERENCE,)
    order = {name: at for at, name in enumerate((*first, *_ORDER.get(scope, ())))}
    for target in sorted(targets, key=lambda each: order.get(each.name, len(order))):
        of = target.field or _named_field(scope, target.name)
        if of is None or of.kind != "weekly":
            yield _column(target, of, scope, language)


# What one is asked first is not what the catalogue happens to list first.
_ORDER: Mapping[str, tuple[str, ...]] = {
    FACTORY: ("legal_name", "trading_name", "country", "province", "address", "identifiers.tax", "established_year"),
    "capability": ("process", "material_family", "material_grade", GROUP, "axes", "tolerance_um", "tolerance_class"),
    "equipment": ("class", "make", "model", "count"),
}


def _named_field(scope: str, target: str) -> Field | None:
    return fields_of(scope).get(target.partition(".")[0])


def _column(target: Target, of: Field | None, scope: str, language: str) -> Column:
    at = LANGUAGES.index(language)
    borrowed = _BORROWED.get(target.name)
    label = borrowed[at] if borrowed else target.headers[0]
    if target.name.startswith("identifiers.") and borrowed is None:
        scheme = SCHEMES[target.name.partition(".")[2]]
        label = (scheme.label_en, scheme.label_vi)[at]
    whole = target.field is not None or (borrowed is None and of is not None and target.name == of.name)
    if of is not None and whole:
        label = (of.label_en, of.label_vi)[at]
    unit = of.unit if of is not None and whole else None
    heading = f"{label} ({UNIT_NAMES[unit]})" if UNIT_NAMES.get(unit) else label
    return Column(
        heading=heading,
        target=target.name,
        needed=target.required,
        about=_about(target, of if whole else None, language),
        codes=of.codes if of is not None and whole else None,
        several=of is not None and of.kind in {"codes", "instruments"},
    )


def _about(target: Target, of: Field | None, language: str) -> str:
    vietnamese = language == "vi"
    lines = [target.name]
    if of is not None:
        lines.append(of.label_en if vietnamese else of.label_vi)
        if of.minimum is not None and of.kind == "number":
            lines.append(f"{of.minimum} - {of.maximum}")
        if of.key in FORMATS:
            lines.append(("ví dụ: " if vietnamese else "such as ") + FORMATS[of.key])
        if of.codes is not None:
            lines.append(f"{of.codes.name}; " + ("mã hoặc tên" if vietnamese else "a code or its name"))
    lines.append(_KINDS.get(of.kind if of else "", ("", ""))[vietnamese])
    if target.required:
        lines.append("bắt buộc" if vietnamese else "needed")
    return "\n".join(filter(None, lines))


_KINDS: Mapping[str, tuple[str, str]] = {
    "date": ("a date: 2026-11-23 or 23/11/2026", "ngày: 2026-11-23 hoặc 23/11/2026"),
    "codes": ("several: parted by ; or line breaks", "nhiều mục: cách nhau bằng ; hoặc xuống dòng"),
    "structured_codes": ("several: parted by ; or line breaks", "nhiều mục: cách nhau bằng ; hoặc xuống dòng"),
    "texts": ("several: one on each line", "nhiều mục: mỗi dòng một mục"),
    "money": ("an amount with its currency: 1500000 VND", "số tiền kèm loại tiền: 1500000 VND"),
    "contacts": (
        "one on each line: name and role as role | name | channel | languages",
        "mỗi dòng một người: vai trò | tên | kênh liên hệ | ngôn ngữ",
    ),
    "instruments": ("one on each line: type | range | resolution", "mỗi dòng một thiết bị: loại | phạm vi đo | độ phân giải"),
    "grade": ("SYSTEM:NAME, such as JIS:S45C", "HỆ:MÁC, ví dụ JIS:S45C"),
    "file": (
        "SHA-256 of a file that was uploaded: guildnet file add, or POST /v1/files",
        "SHA-256 của tệp đã tải lên: guildnet file add hoặc POST /v1/files",
    ),
}


def _write_sheet(sheet: Any, scope: str, language: str, first_week: date, lists: _Lists) -> None:
    columns = list(columns_of(scope, language))
    weeks = [week_of(first_week + timedelta(weeks=at)) for at in range(WEEKS)] if _is_weekly(scope) else []
    for at, column in enumerate(columns, start=1):
        cell = sheet.cell(row=1, column=at, value=column.heading)
        cell.fill = _NEEDED if column.needed else _HEAD
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.comment = Comment(column.about, "Guildnet", height=120, width=260)
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = max(14, min(28, len(column.heading) + 2))
        if column.codes is not None and not column.several:
            lists.choose(sheet, letter, column.codes, language)
        elif column.codes is not None:
            lists.name(column.codes, language)
        example = EXAMPLES[language].get(scope, {}).get(column.target, "")
        written = f"# {'ví dụ' if language == 'vi' else 'example'}: {example}".rstrip(": ") if at == 1 else example
        sheet.cell(row=2, column=at, value=safe_text(written) or None).font = _GREY
    for at, week in enumerate(weeks, start=len(columns) + 1):
        cell = sheet.cell(row=1, column=at, value=week)
        cell.font, cell.fill = Font(bold=True), _HEAD
        cell.comment = Comment(_WEEK_ABOUT[language], "Guildnet", height=80, width=260)
        sheet.cell(row=2, column=at, value=20).font = _GREY
        sheet.column_dimensions[get_column_letter(at)].width = 11
    sheet.freeze_panes = "B2"


_WEEK_ABOUT = {
    "en": "spare hours in this ISO week; empty: not stated. A Monday's date is as good a heading.",
    "vi": "giờ máy trống trong tuần ISO này; để trống: chưa khai. Có thể ghi ngày thứ Hai thay cho tuần.",
}


def _is_weekly(scope: str) -> bool:
    return any(each.kind == "weekly" for each in fields_of(scope).values())


def _write_guide(sheet: Any, language: str) -> None:
    sheet.title = "Guide" if language == "en" else "Hướng dẫn"
    sheet.column_dimensions["A"].width = 110
    for at, line in enumerate(GUIDE[language], start=1):
        cell = sheet.cell(row=at, column=1, value=safe_text(line))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=at == 1)


class _Lists:
    """The vocabularies on a sheet of their own, which the columns' lists point to; of the provinces those of Vietnam."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._sheet: Any = book.create_sheet("Codes")
        self._places: dict[str, str] = {}

    def choose(self, sheet: Any, letter: str, codes: Codes, language: str) -> None:
        """Let the cells of a column be chosen from a vocabulary; other text is allowed, since labels are read too."""
        place = self.name(codes, language)
        if place is None or len(codes) > _LISTED:
            return
        validation = DataValidation(type="list", formula1=place, allow_blank=True, showErrorMessage=False)
        sheet.add_data_validation(validation)
        validation.add(f"{letter}3:{letter}{_ROWS}")

    def name(self, codes: Codes, language: str) -> str | None:
        """Where a vocabulary stands, written down if it was not; of a longer one the part that most need, if there is one."""
        part = _PARTS.get(codes.name, "" if len(codes) <= _LISTED else None)
        if part is None:
            return None
        return self._places.get(codes.name) or self._write(
            codes, [each for each in codes if each.code.startswith(part)], language
        )

    def _write(self, codes: Codes, listed: Sequence[Code], language: str) -> str:
        column = len(self._places) + 1
        self._sheet.cell(row=1, column=column, value=codes.name + (" (VN)" if len(listed) < len(codes) else ""))
        for at, each in enumerate(listed, start=2):
            label = each.label_vi if language == "vi" else each.label_en
            self._sheet.cell(row=at, column=column, value=safe_text(f"{each.code} - {label}"))
        letter = get_column_letter(column)
        self._places[codes.name] = f"Codes!${letter}$2:${letter}${len(listed) + 1}"
        return self._places[codes.name]

    def finish(self) -> None:
        """The lists are looked up, not read: they come last."""
        self._book.move_sheet(self._sheet, offset=len(self._book.sheetnames))
