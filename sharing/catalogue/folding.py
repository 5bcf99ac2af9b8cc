"""Folding text for matching, never for display: `fold("Đúc áp lực")` is "duc ap luc".

Guarantees: total and idempotent on any str. Does not stem, translate or correct spelling.
"""

import re
import unicodedata
from functools import lru_cache

# d with stroke is a letter of its own, so NFKD leaves it alone; so are the others that people type plainly.
_PLAIN = str.maketrans({"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i"})
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """`text` without case, diacritics and compatibility forms."""
    if text.isascii():
        return text.lower()
    return _settle(_settle(text))


def _settle(text: str) -> str:
    # Case folding can bring new marks (a dotted capital I), hence it comes before they are stripped.
    opened = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(each for each in opened if not unicodedata.combining(each)).translate(_PLAIN)


def words(text: str) -> tuple[str, ...]:
    """The folded words of `text` in their order, as often as they stand there."""
    return tuple(_WORD.findall(fold(text)))


@lru_cache(maxsize=65536)
def tokens(text: str) -> frozenset[str]:
    """The distinct folded words of `text`; a word is a run of letters and digits."""
    return frozenset(_WORD.findall(fold(text)))
