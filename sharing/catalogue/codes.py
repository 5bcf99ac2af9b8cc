"""Closed vocabularies: codes with a parent and labels in English and Vietnamese.

Guarantees: a code's parent is in the same vocabulary, chains of parents end, nothing here depends on anybody's data.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sharing.catalogue.folding import tokens
from sharing.catalogue.values import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One entry: `parent` is None at the top."""

    code: str
    parent: str | None
    label_en: str
    label_vi: str


class Codes:
    """A vocabulary, with ancestors, terms and words worked out once."""

    __slots__ = ("_ancestors", "_entries", "_words", "name")

    def __init__(self, name: str, entries: Iterable[Code]) -> None:
        self.name = name
        self._entries: Mapping[str, Code] = MappingProxyType({each.code: each for each in entries})
        self._ancestors = {code: tuple(self._climb(code)) for code in self._entries}
        self._words: dict[str, frozenset[str]] = {}

    def _climb(self, code: str) -> Iterator[str]:
        at: str | None = code
        while at is not None:
            yield at
            at = self._entries[at].parent

    def __contains__(self, code: object) -> bool:
        return code in self._entries

    def __iter__(self) -> Iterator[Code]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, code: str) -> Code | None:
        """The entry of a code, or None."""
        return self._entries.get(code)

    def parent(self, code: str) -> str:
        """The parent of a code; a code without parent (or unknown) is its own."""
        entry = self._entries.get(code)
        return code if entry is None or entry.parent is None else entry.parent

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The code itself, its parent, and so on to the top."""
        return self._ancestors.get(code, (code,))

    def words(self, code: str) -> frozenset[str]:
        """Folded words of the labels of a code and of its ancestors, and of the codes themselves."""
        found = self._words.get(code)
        if found is None:
            found = NOTHING
            for each in self.ancestors(code):
                entry = self._entries.get(each)
                found |= {each.casefold()}
                if entry is not None:
                    found |= tokens(entry.label_en) | tokens(entry.label_vi)
            if code in self._entries:  # only known codes are kept, so the memo cannot grow with input
                self._words[code] = found
        return found
