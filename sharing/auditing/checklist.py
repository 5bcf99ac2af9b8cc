"""Checklists: the items of an audit by id and criterion, and what was found at each.

The words of a licensed checklist stay with its publisher: an item has an id, a reference to a criterion and the fields it
is about, and there is no member in which its text could be stored. Guarantees: a file that is read, or a list that is
handed in, is refused whole with everything that is wrong with it; an item that has a result stays as it is.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from sharing import catalogue
from sharing.errors import InvalidDocument, Problems, UnknownField, invalid
from sharing.worksheet import field_of
from trust import strict_json
from trust.errors import TrustError
from trust.strict_json import JSON

CLASSES: Final = ("must", "should", "high", "very_high", "info")
MEMBERS: Final = ("id", "criterion", "class", "applicable", "na_reason", "field_paths")
TEXTS: Final = frozenset(
    {"text", "question", "requirement", "description", "title", "guidance", "wording", "content", "note", "explanation"}
)
"""Names under which checklists carry their publisher's words."""
MOST_BYTES = 1_000_000
MOST_ITEMS = 2000
MOST_PATHS = 100
LONGEST_REASON = 300
_MOST_WORDS = 4
_REFERENCE = re.compile(r"[^\W_][\w .:/()§#+-]{0,63}")
_ITEM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}", re.ASCII)
_PATH = re.compile(r"[a-z_]{1,64}(?:\.[a-z0-9_]{1,64}|/[0-9a-f]{32}/[a-z0-9_]{1,64})?", re.ASCII)
_YES, _NO = frozenset({"yes", "true", "1", "x", ""}), frozenset({"no", "false", "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item. `field_paths` are fields of the catalogue (`capability.tolerance_um`) or paths of one element."""

    id: str
    criterion: str
    kind: str
    applicable: bool
    na_reason: str
    field_paths: tuple[str, ...]

    def document(self) -> dict[str, JSON]:
        """The item as it is handed in."""
        return {
            "id": self.id,
            "criterion": self.criterion,
            "class": self.kind,
            "applicable": self.applicable,
            "na_reason": self.na_reason,
            "field_paths": list(self.field_paths),
        }


def read_checklist(data: bytes) -> tuple[Item, ...]:
    """The items of a file: JSON (`{"items": [...]}` or the list alone) or CSV with a header row, told by its first character.

    In CSV `applicable` is yes or no, and `field_paths` are separated by spaces. Raises `InvalidDocument`.
    """
    if len(data) > MOST_BYTES:
        raise invalid("", "too_large", f"A checklist has {MOST_BYTES} bytes at the most.")
    return check_items(_json(data) if data.lstrip()[:1] in {b"{", b"["} else _csv(data))


def check_items(documents: Sequence[object]) -> tuple[Item, ...]:
    """Items as they were handed in, checked; raises `InvalidDocument` with every problem."""
    problems = Problems()
    if not documents:
        problems.add("items", "empty", "A checklist has at least one item.")
    if len(documents) > MOST_ITEMS:
        raise invalid("items", "too_many", f"A checklist has {MOST_ITEMS} items at the most.")
    items: list[Item] = []
    seen: set[str] = set()
    for place, document in enumerate(documents):
        item = _item(document, f"items/{place}", problems)
        if item is None:
            continue
        if item.id in seen:
            problems.add(f"items/{place}/id", "repeated", f"There is another item {item.id}.")
        seen.add(item.id)
        items.append(item)
    if problems.found:
        raise InvalidDocument(tuple(problems.found))
    return tuple(items)


def check_reference(text: str, path: str, problems: Problems) -> None:
    """Note a problem unless the text points at a criterion (`8.5.1.2`, `VDA 6.3 P6.2.1`) rather than quoting one."""
    words = text.split()
    if not _REFERENCE.fullmatch(text) or not unicodedata.is_normalized("NFC", text):
        problems.add(path, "not_a_reference", "A criterion is a reference of at most 64 characters.")
    elif len(words) > _MOST_WORDS or (len(words) > 1 and not any(mark.isdigit() for mark in text)):
        problems.add(path, "licensed_text", "Write the number of the criterion, not its words: they are its publisher's.")


def check_field_path(path: str, where: str, problems: Problems) -> None:
    """Note a problem unless this is an attestable field, or the path of one."""
    try:
        known = _PATH.fullmatch(path) is not None and (catalogue.field(path) if "/" not in path else field_of(path))
    except UnknownField:
        known = False
    if not known:
        problems.add(where, "unknown_field", "The catalogue has no such field.")
    elif not known.attestable:
        problems.add(where, "not_attestable", "This field cannot be attested.")


def _item(document: object, path: str, problems: Problems) -> Item | None:
    if not isinstance(document, Mapping):
        problems.add(path, "not_an_object", "An item is an object.")
        return None
    before = len(problems)
    _check_members(document, path, problems)
    identifier, criterion = document.get("id"), document.get("criterion")
    kind, applicable = document.get("class", "must"), document.get("applicable", True)
    reason, paths = document.get("na_reason", ""), document.get("field_paths", [])
    if not isinstance(identifier, str) or not _ITEM.fullmatch(identifier):
        problems.add(f"{path}/id", "item_id", "An id is at most 64 of A-Z a-z 0-9 . _ : / and -.")
    if isinstance(criterion, str):
        check_reference(criterion, f"{path}/criterion", problems)
    else:
        problems.add(f"{path}/criterion", "missing", "An item names its criterion.")
    if kind not in CLASSES:
        problems.add(f"{path}/class", "unknown_class", "A class is one of: " + ", ".join(CLASSES) + ".")
    if not isinstance(applicable, bool):
        problems.add(f"{path}/applicable", "not_a_truth_value", "Applicable is true or false.")
    _check_reason(reason, applicable, f"{path}/na_reason", problems)
    _check_paths(paths, f"{path}/field_paths", problems)
    if len(problems) > before:
        return None
    return Item(
        id=cast(str, identifier),
        criterion=cast(str, criterion),
        kind=cast(str, kind),
        applicable=cast(bool, applicable),
        na_reason=cast(str, reason),
        field_paths=tuple(dict.fromkeys(cast("Sequence[str]", paths))),
    )


def _check_members(document: Mapping[object, object], path: str, problems: Problems) -> None:
    for name in document:
        if name in TEXTS:
            problems.add(f"{path}/{name}", "licensed_text", "The words of a checklist are its publisher's: leave them out.")
        elif name not in MEMBERS:
            problems.add(f"{path}/{str(name)[:64]}", "unknown_member", "An item has no such member.")


def _check_paths(paths: object, path: str, problems: Problems) -> None:
    if not isinstance(paths, list | tuple) or len(paths) > MOST_PATHS or not all(isinstance(each, str) for each in paths):
        problems.add(path, "not_a_list", f"Field paths are a list of at most {MOST_PATHS} texts.")
    else:
        for place, each in enumerate(paths):
            check_field_path(each, f"{path}/{place}", problems)


def _check_reason(reason: object, applicable: object, path: str, problems: Problems) -> None:
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON or not reason.isprintable():
        problems.add(path, "not_a_line", f"A reason is one line of at most {LONGEST_REASON} characters.")
    elif not unicodedata.is_normalized("NFC", reason):
        problems.add(path, "not_normalized", "Must be in Unicode normal form C.")
    elif applicable is False and not reason.strip():
        problems.add(path, "missing", "Say why the item does not apply.")
    elif applicable is True and reason:
        problems.add(path, "not_asked", "The item applies; there is no reason why not.")


def _json(data: bytes) -> Sequence[object]:
    try:
        parsed = strict_json.loads(data, max_bytes=MOST_BYTES)
    except TrustError as error:
        raise invalid("", "malformed_json", "The file is not JSON as this program reads it.") from error
    items = parsed.get("items") if isinstance(parsed, dict) and parsed.keys() == {"items"} else parsed
    if not isinstance(items, list):
        raise invalid("items", "not_a_list", 'A checklist is {"items": [...]}, or the list alone.')
    return items


def _csv(data: bytes) -> Sequence[object]:
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except UnicodeDecodeError as error:
        raise invalid("", "not_utf8", "The file is not UTF-8.") from error
    except csv.Error as error:
        raise invalid("", "malformed_csv", "The file is not CSV.") from error
    header = [name.strip().casefold() for name in rows[0]] if rows else []
    if "id" not in header or "criterion" not in header or len(set(header)) != len(header):
        raise invalid("", "header", "The first row names the columns, each once: " + ", ".join(MEMBERS) + ".")
    return [_of_row(header, row) for row in rows[1 : MOST_ITEMS + 2] if any(cell.strip() for cell in row)]


def _of_row(header: Iterable[str], row: Sequence[str]) -> Mapping[str, object]:
    given: dict[str, object] = dict(zip(header, (cell.strip() for cell in row), strict=False))
    if len(row) > len(given):
        given[f"column {len(given) + 1}"] = ""
    applicable = str(given.get("applicable", "")).casefold()
    given["applicable"] = True if applicable in _YES else False if applicable in _NO else applicable
    if "field_paths" in given:
        given["field_paths"] = str(given["field_paths"]).split()
    if not given.get("class"):
        given["class"] = "must"
    return given
