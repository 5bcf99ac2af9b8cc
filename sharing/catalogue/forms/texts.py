"""Free text, lists of text, and names by language; never a match key, shown exactly or as existing."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sharing.catalogue.folding import tokens
from sharing.catalogue.forms.base import Form
from sharing.catalogue.patterns import LINES, TEXT
from sharing.catalogue.text import clean
from sharing.catalogue.values import NOTHING
from sharing.errors import Problems

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?")
LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?$"
"""The same for a JSON Schema; two languages of one tag in other letter case are a matter for `parse`."""
UNDETERMINED = "und"
_MOST_LANGUAGES = 10


def language(raw: object, path: str, problems: Problems) -> str | None:
    """A BCP 47 tag of language, script and region (RFC 5646 section 2.2) in its usual case, or None."""
    shape = _LANGUAGE.fullmatch(raw) if isinstance(raw, str) and len(raw) <= 11 else None
    if shape is None:
        problems.add(path, "not_a_language", "This must be a language tag such as vi, en or zh-Hans.")
        return None
    parts = (shape[1].lower(), (shape[2] or "").title(), (shape[3] or "").upper())
    return "-".join(each for each in parts if each)


def text_schema(longest: int, *, lines: bool = False) -> dict[str, Any]:
    """JSON Schema of text as `clean` reads it, but for what `sharing.catalogue.patterns` leaves out."""
    return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": LINES if lines else TEXT}


class Text(Form[str]):
    """One piece of text."""

    word = "text"

    def __init__(self, *, longest: int, lines: bool = False) -> None:
        self._longest, self._lines = longest, lines

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """Clean text within the length."""
        return clean(raw, path, problems, longest=self._longest, lines=self._lines)

    def words(self, value: str) -> frozenset[str]:
        """Its folded words."""
        return tokens(value)

    def schema(self) -> dict[str, Any]:
        """A string."""
        return text_schema(self._longest, lines=self._lines)


class AsciiText(Text):
    """One piece of text in printable ASCII, for systems that take nothing else."""

    word = "ascii_text"

    def parse(self, raw: object, path: str, problems: Problems) -> str | None:
        """Clean text without any letter outside ASCII."""
        text = super().parse(raw, path, problems)
        if text is not None and not text.isascii():
            problems.add(path, "not_ascii", "Write this with letters from A to Z, digits and common signs only.")
            return None
        return text

    def schema(self) -> dict[str, Any]:
        """A string of printable ASCII."""
        return {**super().schema(), "pattern": "^ *[!-~][ -~]*$"}


class Texts(Form[Sequence[str]]):
    """A list of texts in the owner's order."""

    word = "texts"

    def __init__(self, *, longest: int, most: int) -> None:
        self._longest, self._most = longest, most

    def parse(self, raw: object, path: str, problems: Problems) -> Sequence[str] | None:
        """A list of clean texts."""
        if not isinstance(raw, list) or not raw or len(raw) > self._most:
            problems.add(path, "not_a_list", f"This must be a list of 1 to {self._most} texts.")
            return None
        found = [clean(each, f"{path}/{at}", problems, longest=self._longest) for at, each in enumerate(raw)]
        kept = [each for each in found if each is not None]
        return kept if len(kept) == len(found) else None

    def words(self, value: Sequence[str]) -> frozenset[str]:
        """The folded words of all."""
        return NOTHING.union(*(tokens(each) for each in value))

    def schema(self) -> dict[str, Any]:
        """A list of strings."""
        return {"type": "array", "minItems": 1, "maxItems": self._most, "items": text_schema(self._longest)}


class ByLanguage(Form[Mapping[str, str]]):
    """A name by language: {"vi": ..., "en": ...}; plain text is kept under `und`."""

    word = "text_by_language"

    def __init__(self, *, longest: int) -> None:
        self._longest = longest

    def parse(self, raw: object, path: str, problems: Problems) -> Mapping[str, str] | None:
        """A mapping from language tags to clean text, or one text."""
        if isinstance(raw, str):
            text = clean(raw, path, problems, longest=self._longest)
            return None if text is None else {UNDETERMINED: text}
        if not isinstance(raw, dict) or not raw or len(raw) > _MOST_LANGUAGES:
            message = f"This must be text, or text by language for 1 to {_MOST_LANGUAGES} languages."
            problems.add(path, "not_text_by_language", message)
            return None
        found: dict[str, str] = {}
        for tag, text in raw.items():
            known = language(tag, path, problems)
            kept = clean(text, f"{path}/{known}" if known else path, problems, longest=self._longest)
            if known in found:
                problems.add(f"{path}/{known}", "duplicate", "This language occurs twice.")
            elif known is not None and kept is not None:
                found[known] = kept
        return dict(sorted(found.items())) if len(found) == len(raw) else None

    def words(self, value: Mapping[str, str]) -> frozenset[str]:
        """The folded words in every language."""
        return NOTHING.union(*(tokens(each) for each in value.values()))

    def schema(self) -> dict[str, Any]:
        """A string, or an object of strings."""
        text = text_schema(self._longest)
        tags = {"propertyNames": {"pattern": LANGUAGE_PATTERN}, "additionalProperties": text}
        return {
            "oneOf": [
                text,
                {"type": "object", "minProperties": 1, "maxProperties": _MOST_LANGUAGES, **tags},
            ]
        }
