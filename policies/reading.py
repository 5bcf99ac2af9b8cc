"""Reads untrusted JSON values one at a time, and writes down every fault instead of stopping at the first.

Guarantees not to raise for any object. A method that returns None has recorded why (or was given nothing to read).
Paths are JSON pointers without the leading slash.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import date
from typing import TypeVar

from policies.errors import Fault

UNKNOWN_KEYS_SHOWN = 20
KEY_CHARACTERS_SHOWN = 64
Found = TypeVar("Found")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Controls, surrogates, line and paragraph separators; and marks that reorder what a person reads.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> bool:
    """Whether a text is free of control and bidirectional characters and lone surrogates."""
    return not any(char in _BIDIRECTIONAL or unicodedata.category(char) in _REFUSED_CATEGORIES for char in text)


def under(path: str, part: str | int) -> str:
    """The path of a member, with the part escaped as in RFC 6901."""
    escaped = str(part).replace("~", "~0").replace("/", "~1")
    return f"{path}/{escaped}" if path else escaped


class Reader:
    """Collects the faults of one document."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, code: str, message: str) -> None:
        """Record one fault."""
        self.faults.append(Fault(path=path, code=code, message=message))

    def members(
        self, value: object, path: str, *, required: Collection[str], optional: Collection[str]
    ) -> Mapping[str, object] | None:
        """An object with known keys only."""
        if not isinstance(value, dict):
            self.fault(path, "wrong_type", "Must be an object.")
            return None
        known: dict[str, object] = {}
        unknown: list[str] = []
        for key, member in value.items():
            if isinstance(key, str) and (key in required or key in optional):
                known[key] = member
            else:
                unknown.append(_shown(key))
        for name in unknown[:UNKNOWN_KEYS_SHOWN]:
            self.fault(under(path, name), "unknown_key", "This key is not known here.")
        for name in required:
            if name not in known:
                self.fault(under(path, name), "missing_key", "This key is required.")
        return known

    def member(
        self, members: Mapping[str, object], path: str, key: str, read: Callable[[object, str], Found | None]
    ) -> Found | None:
        """A member of an object read by ``read``; None when there is none, which ``members`` has judged."""
        return read(members[key], under(path, key)) if key in members else None

    def items(self, value: object, path: str, *, least: int, most: int) -> list[object] | None:
        """An array with ``least`` to ``most`` items."""
        if not isinstance(value, list):
            self.fault(path, "wrong_type", "Must be an array.")
            return None
        if len(value) < least:
            self.fault(path, "too_few", f"Needs at least {least}.")
            return None
        if len(value) > most:
            self.fault(path, "too_many", f"At most {most} are allowed.")
            return None
        return list(value)

    def text(self, value: object, path: str, *, most: int) -> str | None:
        """A non-empty text of at most ``most`` characters that shows what it holds."""
        if not isinstance(value, str):
            self.fault(path, "wrong_type", "Must be text.")
            return None
        if not value:
            self.fault(path, "too_short", "Must not be empty.")
            return None
        if len(value) > most:
            self.fault(path, "too_long", f"At most {most} characters are allowed.")
            return None
        if not clean(value):
            self.fault(path, "bad_character", "Control and bidirectional characters are not allowed.")
            return None
        return value

    def matching(self, value: object, path: str, pattern: re.Pattern[str], code: str, message: str) -> str | None:
        """A text that matches a pattern whole."""
        if not isinstance(value, str):
            self.fault(path, "wrong_type", "Must be text.")
            return None
        if not pattern.fullmatch(value):
            self.fault(path, code, message)
            return None
        return value

    def one_of(self, value: object, path: str, words: Collection[str], code: str) -> str | None:
        """One of some words."""
        if not isinstance(value, str):
            self.fault(path, "wrong_type", "Must be text.")
            return None
        if value not in words:
            self.fault(path, code, f"Known here: {', '.join(words) or 'nothing'}.")
            return None
        return value

    def integer(self, value: object, path: str, *, least: int, most: int) -> int | None:
        """A whole number in a closed range; ``true`` is not a number."""
        if not isinstance(value, int) or isinstance(value, bool):
            self.fault(path, "wrong_type", "Must be a whole number.")
            return None
        if not least <= value <= most:
            self.fault(path, "out_of_range", f"Must be from {least} to {most}.")
            return None
        return value

    def day(self, value: object, path: str) -> date | None:
        """A calendar day ``YYYY-MM-DD``."""
        if not isinstance(value, str):
            self.fault(path, "wrong_type", "Must be a date as text.")
            return None
        # fromisoformat alone also reads week dates and dates without hyphens.
        found = None
        if _DAY.fullmatch(value):
            with suppress(ValueError):
                found = date.fromisoformat(value)
        if found is None:
            self.fault(path, "bad_date", "Must be a day written YYYY-MM-DD.")
        return found

    def texts(self, value: object, path: str, read: Callable[[object, str], str | None], *, most: int) -> frozenset[str] | None:
        """A set of 1 to ``most`` texts, each read by ``read``; repeating one is a fault."""
        items = self.items(value, path, least=1, most=most)
        if items is None:
            return None
        seen: set[str] = set()
        for place, item in enumerate(items):
            found = read(item, under(path, place))
            if found in seen:
                self.fault(under(path, place), "duplicate", "Is in the list already.")
            if found is not None:
                seen.add(found)
        return frozenset(seen)


def _shown(key: object) -> str:
    return key[:KEY_CHARACTERS_SHOWN] if isinstance(key, str) and clean(key) else "?"
