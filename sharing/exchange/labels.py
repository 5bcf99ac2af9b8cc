"""What people write for a code of a vocabulary, into the code.

Guarantees: the code itself and its exact labels in English and Vietnamese (without case, marks and punctuation) come first;
beyond them a text counts only when all its words stand in the labels of one code and of no other. What is not known is only
suggested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from sharing.catalogue.codes import Codes
from sharing.catalogue.folding import fold, tokens

_LONGEST = 120
_ALIKE = 0.7
# What people put before or after a machine's or a process's name.
_SAYS_LITTLE = frozenset(("cnc", "nc", "machine", "machines", "machining", "centre", "center", "may", "manual", "precision"))
_STATED = " - "  # "3.2.1 - Turning": how the template lists codes with their labels


@dataclass(frozen=True, slots=True, kw_only=True)
class NoCode:
    """A text that is no code; `suggestion` is the nearest label with its code."""

    suggestion: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessed:
    """A code that was told by its words alone."""

    code: str
    label: str


def code_of(codes: Codes, text: str) -> str | Guessed | NoCode:
    """The code that `text` means in a vocabulary."""
    if len(text) > _LONGEST:
        return NoCode(suggestion=None)
    for candidate in (text.strip(), text.partition(_STATED)[0].strip()):
        if candidate in codes:
            return candidate
        tight = "".join(candidate.split()).upper()
        if tight in codes:
            return tight
    found = _labels(codes).get(_key(text))
    return found if found is not None else _by_words(codes, text)


def listed_code(codes: Codes, code: str) -> str:
    """A code as the template lists it: with its label, unless the code says it already."""
    entry = codes.get(code)
    return code if entry is None else f"{code}{_STATED}{entry.label_en}"


@lru_cache(maxsize=64)
def _labels(codes: Codes) -> Mapping[str, str]:
    """Folded label -> code; a label of two codes belongs to the one that is nearer to the top."""
    found: dict[str, str] = {}
    for entry in sorted(codes, key=lambda each: (len(codes.ancestors(each.code)), each.code)):
        for name in (entry.code, entry.label_en, entry.label_vi, *entry.label_en.split(", ")):
            found.setdefault(_key(name), entry.code)
    return found


@lru_cache(maxsize=64)
def _own_words(codes: Codes) -> tuple[tuple[str, frozenset[str], int], ...]:
    return tuple(
        (each.code, tokens(each.label_en) | tokens(each.label_vi) | tokens(each.code), len(codes.ancestors(each.code)))
        for each in codes
    )


@lru_cache(maxsize=4096)
def _by_words(codes: Codes, text: str) -> Guessed | NoCode:
    wanted = tokens(text) - _SAYS_LITTLE or tokens(text)
    fitting = [(depth, code) for code, words, depth in _own_words(codes) if wanted and wanted <= words]
    fitting.sort()
    if fitting and (len(fitting) == 1 or fitting[0][0] < fitting[1][0]):
        return Guessed(code=fitting[0][1], label=_label(codes, fitting[0][1]))
    return NoCode(suggestion=_nearest(codes, text))


def _nearest(codes: Codes, text: str) -> str | None:
    key = _key(text)
    if len(key) < 3:
        return None
    best, ratio = None, _ALIKE
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(key)
    for label, code in _labels(codes).items():
        if abs(len(label) - len(key)) <= 4 and label[:1] == key[:1]:
            matcher.set_seq1(label)
            if matcher.ratio() > ratio:
                best, ratio = code, matcher.ratio()
    return None if best is None else listed_code(codes, best)


def _label(codes: Codes, code: str) -> str:
    entry = codes.get(code)
    return code if entry is None else entry.label_en


def _key(text: str) -> str:
    return "".join(each for each in fold(text) if each.isalnum())
