"""What one row states, before it is anybody's: a factory's draft, an element of one, or what is wrong.

Guarantees: a key depends on name, country and address alone, and not on case, marks, punctuation or how the country is
spelled; or on its owner's reference alone. Pure. Not here: reading rows (`rows`, `elements`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType

from sharing.catalogue.folding import fold
from sharing.exchange.cells import unescape_cell
from trust.strict_json import JSON, canonical

RowKey = NewType("RowKey", str)  # 64 hex characters

_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"[ \t\r\n\u00a0\u2000-\u200a\u202f\u3000]+")
_KEY_DOMAIN = "guildnet import key 1"
_REFERENCE_DOMAIN = "guildnet import reference 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowError:
    """Why a row, or (a notice) one value of it, was not taken. `row` counts the header as 1; `column` is its header."""

    row: int
    column: str | None
    code: str
    message: str
    sheet: str = ""  # of a workbook
    place: int | None = None  # the column, counted from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """One element that a sheet gives to a factory, from one row or, for hours by week, from several.

    `of` is what the row says of its factory; `local` the id that the row gives itself; `group` what a capability names as
    its capacity group. `origins`: member of `document` -> (row, column) it came from.
    """

    scope: str
    sheet: str
    row: int
    of: str
    document: Mapping[str, JSON]
    local: str = ""
    group: str = ""
    origins: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    header: tuple[str, ...] = ()

    def finding(self, member: str, code: str, message: str) -> RowError:
        """What is wrong with one member, at the cell it came from."""
        row, column = self.origins.get(member, (self.row, -1))
        name = (self.header[column] or None) if column >= 0 else None
        place = column if column >= 0 else None
        return RowError(row=row, column=name, code=code, message=message, sheet=self.sheet, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A factory as its row states it. `literal`: the key's text before folding; `digest`: of the whole document.

    `key` is that of the reference when there is one, `name_key` that of name, country and address; `reference` is the owner's
    own name for it, `factory_id` the id it says it has; `children` come from other sheets.
    """

    row: int
    key: RowKey
    digest: str
    document: Mapping[str, JSON]
    literal: tuple[str, str, str]
    notices: tuple[RowError, ...] = ()
    name_key: RowKey
    sheet: str = ""
    reference: str = ""
    factory_id: str = ""
    children: tuple[Child, ...] = ()


def row_key(name: str, country: str, address: str) -> RowKey:
    """What makes two rows the same factory: folded name, country code, folded address."""
    parts: list[JSON] = [_KEY_DOMAIN, folded(name), country, folded(address)]
    return RowKey(hashlib.sha256(canonical(parts)).hexdigest())


def reference_key(reference: str) -> RowKey:
    """What makes two rows the same factory when their owner has a name of their own for it."""
    return RowKey(hashlib.sha256(canonical([_REFERENCE_DOMAIN, reference])).hexdigest())


def clean(cell: str) -> str:
    """The cell without runs of blanks and line breaks, and without the apostrophe that `escape_cell` put there."""
    return unescape_cell(_SPACES.sub(" ", cell).strip(" "))


def verbatim(cell: str) -> str:
    """The cell without outer blanks and without that apostrophe; what is inside stays, line breaks too."""
    return unescape_cell(cell.strip())


def clean_lines(cell: str) -> str:
    """The same for text that may have several lines; they stay."""
    return unescape_cell("\n".join(_SPACES.sub(" ", line).strip(" ") for line in cell.split("\n")).strip())


def folded(text: str) -> str:
    """Text as it counts when names and addresses are compared."""
    # Punctuation is the commonest difference between two copies of an address; a name of nothing else keeps it.
    folded = fold(text)
    return " ".join(_WORD.findall(folded)) or folded.strip()
