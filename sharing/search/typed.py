"""What somebody has typed so far, and which codes of a vocabulary it may become.

Guarantees: follows from the typed text and the catalogue alone. A label is met when each typed word begins one of its words;
a code when the whole text without its blanks begins it, with or without the system in front. *Nearly* forgives one edit
(`spelling`) in one word of FORGIVEN letters or more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from sharing.catalogue import fold, tokens, words
from sharing.catalogue.codes import Codes
from sharing.errors import Problems
from sharing.search.errors import InvalidQuery
from sharing.search.spelling import MARK, Spelling, entries, terms

LONGEST = 100
MOST_WORDS = 8
FORGIVEN = 4
"""Letters that a word needs before one edit of it is forgiven: a shorter one would become almost anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The folded words in their order, at least one, and the folded text without blanks."""

    words: tuple[str, ...]
    tight: str

    @property
    def earlier(self) -> tuple[str, ...]:
        """All words but the one that is being typed."""
        return self.words[:-1]

    @property
    def last(self) -> str:
        """The word that is being typed."""
        return self.words[-1]


def parse_typed(text: str) -> Typed:
    """Read what was typed. Raises `InvalidQuery`, for the text alone."""
    problems = Problems()
    found = words(text) if len(text) <= LONGEST and text.isprintable() else ()
    if len(text) > LONGEST or not text.isprintable():
        problems.add("typed", "bad_text", f"Type 1 to {LONGEST} printable characters.")
    elif not found:
        problems.add("typed", "no_words", "This has no word to complete.")
    elif len(found) > MOST_WORDS:
        problems.add("typed", "too_many", f"Type at most {MOST_WORDS} words.")
    if problems.found:
        raise InvalidQuery(tuple(problems.found))
    return Typed(words=found, tight="".join(fold(text).split()))


def begun(words_of: Spelling, start: str, *, nearly: bool) -> set[str]:
    """The words that begin with `start`, or nearly do; a short start is never nearly begun."""
    if not nearly:
        return set(words_of.beginning(start))
    return words_of.nearly(start) if len(start) >= FORGIVEN else set()


def together(typed: Typed, begins: Callable[[str, bool], set[str]], *, nearly: bool) -> set[str]:
    """What is met by every typed word, where `begins(word, nearly)` says what one word meets; nearly: one word nearly."""
    plain = [begins(each, False) for each in typed.words]
    if not nearly:
        return set.intersection(*plain)
    found: set[str] = set()
    for at, each in enumerate(typed.words):
        others = plain[:at] + plain[at + 1 :]
        found |= begins(each, True).intersection(*others)
    return found


class Lexicon:
    """The codes of a vocabulary by their spelling and the words of their labels, in both languages."""

    def __init__(self, codes: Codes) -> None:
        self._spelled = Spelling(entry for each in codes for entry in entries(each.code))
        self._labels = Spelling(
            f"{word}{MARK}{each.code}" for each in codes for word in tokens(each.label_en) | tokens(each.label_vi)
        )

    def matching(self, typed: Typed, *, nearly: bool) -> set[str]:
        """The codes that the typed text may become."""
        spelled = terms(begun(self._spelled, typed.tight, nearly=nearly))
        return spelled | together(typed, lambda word, near: terms(begun(self._labels, word, nearly=near)), nearly=nearly)


@lru_cache(maxsize=64)
def lexicon(codes: Codes) -> Lexicon:
    """The lexicon of a vocabulary, made once."""
    return Lexicon(codes)
