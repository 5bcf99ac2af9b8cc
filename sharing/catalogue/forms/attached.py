"""Forms that speak of things outside the record: an attached file by its digest, a calendar, and inspection equipment."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sharing.catalogue.codes import Codes
from sharing.catalogue.folding import tokens
from sharing.catalogue.forms.base import Form
from sharing.catalogue.forms.codes import OneCode
from sharing.catalogue.forms.structs import parts
from sharing.catalogue.forms.texts import text_schema
from sharing.catalogue.text import clean
from sharing.catalogue.values import NOTHING, Value
from sharing.errors import Problems

_DIGEST = re.compile(r"[0-9a-f]{64}")
UPLOAD_FIRST = (
    "Name an attached file by its SHA-256, 64 hexadecimal digits: upload the file first, with `guildnet file add` or "
    "POST /v1/files, which say it."
)
_COMPONENTS = frozenset({"VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD", "DAYLIGHT", "VAVAILABILITY", "AVAILABLE"})
_LINE = re.compile(r"[A-Za-z0-9-]+[;:].*|[ \t].*")
_MOST = 60


class Digest(Form[str]):
    """The SHA-256 of an attached file, 64 lower-case hexadecimal digits. Whether there is such a file is not known here."""

    word = "file"

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """The digest, in any case, with or without a `sha256:` before it."""
        text = raw.strip().lower().removeprefix("sha256:") if isinstance(raw, str) and len(raw) <= 80 else ""
        if not _DIGEST.fullmatch(text):
            problems.add(path, "not_a_digest", UPLOAD_FIRST)
            return None
        return text

    def schema(self) -> dict[str, Any]:
        """A hexadecimal string."""
        return {"type": "string", "pattern": "^(sha256:)?[0-9A-Fa-f]{64}$", "description": "SHA-256 of an attached file"}


class Calendar(Form[str]):
    """Working times as an iCalendar object (RFC 5545) of events, availability and time zones; kept, not interpreted."""

    word = "calendar"

    def __init__(self, *, longest: int) -> None:
        self._longest = longest

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """Content lines between BEGIN:VCALENDAR and END:VCALENDAR whose components close in order."""
        text = clean(raw, path, problems, longest=self._longest, lines=True)
        if text is None:
            return None
        if not _is_calendar(text.split("\n")):
            message = "This must be an iCalendar object: BEGIN:VCALENDAR ... END:VCALENDAR, with events or availability."
            problems.add(path, "not_a_calendar", message)
            return None
        return text

    def schema(self) -> dict[str, Any]:
        """A string."""
        return {**text_schema(self._longest, lines=True), "contentMediaType": "text/calendar"}


def _is_calendar(lines: Sequence[str]) -> bool:
    opened: list[str] = []
    closed = 0
    for line in lines:
        if not _LINE.fullmatch(line) or closed:
            return False
        name, _, value = line.partition(":")
        if name == "BEGIN":
            if value not in _COMPONENTS or (value == "VCALENDAR") == bool(opened):
                return False
            opened.append(value)
        elif name == "END":
            if not opened or opened.pop() != value:
                return False
            closed = int(not opened)
        elif not opened:
            return False
    return closed == 1


class Instruments(Form[Sequence[Mapping[str, str]]]):
    """Inspection equipment [{type, range?, resolution?}], in the owner's order; band: the types alone."""

    word = "instruments"
    banded = True

    def __init__(self, codes: Codes) -> None:
        self.codes: Codes = codes
        self._one = OneCode(codes, banded=False)

    def parse(self, raw: object, path: str, problems: Problems) -> Sequence[Mapping[str, str]] | None:
        """A list of types, or of objects with a type."""
        if not isinstance(raw, list) or not raw or len(raw) > _MOST:
            problems.add(path, "not_a_list", f"This must be a list of 1 to {_MOST}.")
            return None
        before = len(problems)
        found = [self._instrument(each, f"{path}/{at}", problems) for at, each in enumerate(raw)]
        return [each for each in found if each is not None] if len(problems) == before else None

    def _instrument(self, raw: object, path: str, problems: Problems) -> Mapping[str, str] | None:
        given = {"type": raw} if isinstance(raw, str) else raw
        one = parts(given, path, problems, must=("type",), may=("range", "resolution"))
        if one is None:
            return None
        kind = self._one.parse(one["type"], f"{path}/type", problems)
        instrument = {"type": kind or ""}
        for name in ("range", "resolution"):
            if name in one:
                instrument[name] = clean(one[name], f"{path}/{name}", problems, longest=80) or ""
        return instrument

    def band(self, value: Sequence[Mapping[str, str]]) -> Value:
        """The types, sorted."""
        return sorted({each["type"] for each in value})

    def terms(self, value: Sequence[Mapping[str, str]]) -> frozenset[str]:
        """The types."""
        return frozenset(each["type"] for each in value)

    def words(self, value: Sequence[Mapping[str, str]]) -> frozenset[str]:
        """The words of the types, ranges and resolutions."""
        described = (tokens(text) for each in value for name, text in each.items() if name != "type")
        return NOTHING.union(*described, *(self._one.words(each["type"]) for each in value))

    def band_terms(self, band: Value) -> frozenset[str]:
        """The types."""
        return frozenset(each for each in band if isinstance(each, str)) if isinstance(band, list) else NOTHING

    def band_words(self, band: Value) -> frozenset[str]:
        """The words of the types."""
        return NOTHING.union(*(self._one.words(each) for each in self.band_terms(band)))

    def schema(self) -> dict[str, Any]:
        """A list of strings or objects."""
        text = text_schema(80)
        kind = {"type": "string", "enum": [each.code for each in self.codes]}
        described = {
            "type": "object",
            "additionalProperties": False,
            "required": ["type"],
            "properties": {"type": kind, "range": text, "resolution": text},
        }
        return {"type": "array", "minItems": 1, "maxItems": _MOST, "items": {"oneOf": [kind, described]}}
