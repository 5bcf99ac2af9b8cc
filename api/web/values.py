"""What a shown value is called on a page: its text in the reader's language, with units and decimal marks as they write them.

Guarantees: a function of the cell alone, so it tells what the cell tells; a text in two languages shows the reader's first
and falls back to the other; a code shows its label; a band says from where to where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from flask_babel import format_date, format_decimal

from api.web.words import gettext as _
from api.web.words import language
from sharing import catalogue
from sharing.catalogue import Cell, Field
from sharing.catalogue.codes import Codes

_UNITS: Final[Mapping[str, str]] = {
    "MMT": "mm", "4H": "µm", "KGM": "kg", "KWH": "kWh", "GRM": "g", "P1": "%", "59": "ppm", "C62": "", "IE": "", "H87": "",
}  # fmt: skip
"""UN/CEFACT Recommendation 20 code -> the symbol that people write; those with a word are below."""
_MOST_WEEKS: Final = 6
_FAMILIES: Final = catalogue.field("capability.material_family").codes


def cell_text(of: Field, cell: Cell) -> str:
    """The words of a cell; empty when it says no more than that there is something."""
    if "value" not in cell:
        return ""
    return _text(of, cell["value"])


def with_unit(of: Field, number: str) -> str:
    """A written number with the unit of its field."""
    unit = unit_word(of)
    return f"{number} {unit}".strip()


def unit_word(of: Field) -> str:
    """How a field's unit is written; empty for a plain count."""
    words = {"HUR": _("h"), "DAY": _("days"), "H87": _("pcs"), "IE": _("people")}
    return words.get(of.unit or "", _UNITS.get(of.unit or "", ""))


def label(of: Field) -> str:
    """What the catalogue calls a field."""
    return of.label_vi if language() == "vi" else of.label_en


def code_label(codes: Codes | None, code: str) -> str:
    """The label of a code, or the code itself where the vocabulary does not have it."""
    entry = None if codes is None else codes.get(code)
    if entry is None:
        return code
    return entry.label_vi if language() == "vi" else entry.label_en


def written(number: str) -> str:
    """A canonical decimal with the reader's marks."""
    try:
        return str(format_decimal(Decimal(number)))
    except InvalidOperation:
        return number


def day_text(iso: str) -> str:
    """A day as the reader writes it."""
    try:
        return str(format_date(date.fromisoformat(iso), "medium"))
    except ValueError:
        return iso


def _text(of: Field, value: object) -> str:  # noqa: PLR0911 - one line for each form of value
    if isinstance(value, Mapping):
        if "at_least" in value:
            return _band(of, value)
        if of.kind == "weekly":
            return _weeks(of, value)
        if of.kind == "text_by_language":
            return str(value.get(language()) or next(iter(value.values()), ""))
        return _parts(of, value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_text(of, each) for each in value)
    if of.codes is not None:
        return code_label(of.codes, str(value))
    if of.kind == "grade":
        return code_label(_FAMILIES, str(value))  # its band is a family
    if of.kind == "date":
        return day_text(str(value))
    return with_unit(of, written(str(value))) if of.kind == "number" else str(value)


def _band(of: Field, value: Mapping[str, object]) -> str:
    least, below = value["at_least"], value.get("below")
    money = str(value.get("currency", ""))
    first, after = (_edge(of, each) for each in (least, below))
    if below is None:
        text = _("%(least)s or more", least=first)
    elif str(least) == "0":
        text = _("under %(below)s", below=after)
    else:
        text = _("%(least)s to under %(below)s", least=first, below=after)
    return f"{with_unit(of, text)} {money}".strip()


def _edge(of: Field, value: object) -> str:
    if value is None:
        return ""
    if of.kind == "date":
        return day_text(str(value))
    return str(value) if of.kind == "year" else written(str(value))


def _hours(of: Field, hours: object) -> str:
    return _band(of, hours) if isinstance(hours, Mapping) else with_unit(of, written(str(hours)))


def _weeks(of: Field, value: Mapping[str, object]) -> str:
    shown = [f"{week.partition('-')[2]}: {_hours(of, hours)}" for week, hours in list(value.items())[:_MOST_WEEKS]]
    more = len(value) - len(shown)
    return ", ".join(shown) + (" " + _("and %(number)d more weeks", number=more) if more > 0 else "")


def _parts(of: Field, value: Mapping[str, object]) -> str:
    if "amount" in value:
        return f"{written(str(value['amount']))} {value.get('currency', '')}".strip()
    if "scheme" in value and "value" in value:
        return f"{str(value['scheme']).upper()} {value['value']}"
    return ", ".join(
        _text(of, each) if isinstance(each, Mapping | list | tuple) else code_label(of.codes, str(each))
        for each in value.values()
    )
