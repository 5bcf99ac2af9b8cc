"""Words in order: which begin with what was typed, and which do so but for one edit.

An edit is one character left out, one too many, one wrong, or two neighbours swapped. A word *nearly begins* with a text
when one of its beginnings is one edit away from it.

Guarantees: both questions are answered exactly, without reading all words. Knows no visibility: what comes out are
candidates, and whoever asks keeps those that a viewer sees.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from sharing.catalogue import fold

LAST = chr(0x10FFFF)
"""Behind every character that a folded word can have."""
MARK = "\0"
"""Stands in no text; between how a term may be typed and the term itself."""


def entries(term: str) -> tuple[str, ...]:
    """How a term is found: folded, and a code with its system in front (`JIS:SUS304`) also without it; each with the term."""
    folded = fold(term)
    _, colon, rest = folded.partition(":")
    return (f"{folded}{MARK}{term}", f"{rest}{MARK}{term}") if colon and rest else (f"{folded}{MARK}{term}",)


def terms(found: Iterable[str]) -> set[str]:
    """The terms of entries."""
    return {each.partition(MARK)[2] for each in found}


class Spelling:
    """A set of words."""

    __slots__ = ("_words",)

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = sorted(words)

    def __len__(self) -> int:
        return len(self._words)

    def add(self, word: str) -> None:
        """Take a word in that is not there."""
        insort(self._words, word)

    def discard(self, word: str) -> None:
        """Take a word out, if it is there."""
        at = bisect_left(self._words, word)
        if at < len(self._words) and self._words[at] == word:
            del self._words[at]

    def beginning(self, start: str) -> list[str]:
        """The words that begin with `start`, in order."""
        return self._words[slice(*self._range(start))]

    def nearly(self, start: str) -> set[str]:
        """The words that nearly begin with `start`, those that begin with it among them."""
        found: set[str] = set()
        for at in range(len(start) + 1):
            head, tail = start[:at], start[at:]
            if tail:
                found.update(self.beginning(head + tail[1:]))  # one typed too many
            if len(tail) > 1:
                found.update(self.beginning(head + tail[1] + tail[0] + tail[2:]))  # two swapped
            if tail:
                for letter in self._following(head):
                    found.update(self.beginning(head + letter + tail))  # one left out
                    found.update(self.beginning(head + letter + tail[1:]))  # one wrong
        return found

    def _range(self, start: str) -> tuple[int, int]:
        first = bisect_left(self._words, start)
        return first, bisect_left(self._words, start + LAST, first)

    def _following(self, head: str) -> Iterator[str]:
        """The characters that stand behind `head` in some word, each once."""
        at, end = self._range(head)
        while at < end:
            word = self._words[at]
            if len(word) == len(head):
                at += 1
                continue
            letter = word[len(head)]
            yield letter
            at = bisect_left(self._words, head + letter + LAST, at, end)
