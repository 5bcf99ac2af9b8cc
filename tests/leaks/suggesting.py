"""What a plain engine would suggest, from what one viewer sees and nothing else, slowly and letter by letter.

Guarantees by construction, like `reference`: imports the standard library and that engine alone. A suggestion's number is the
number of hits that this engine finds when the suggested value is asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.leaks.reference import Catalogue, Content, Engine, Given, fold, written

NAMES = ("legal_name", "trading_name", "name_ascii")
Found = dict[str, Any]


def body(engine: Engine, catalogue: Catalogue, given: Given, typed: str, parameters: Sequence[str], limit: int) -> bytes:
    """The body of the answer to `typed` within the search `given`."""
    return written({"suggestions": suggestions(engine, catalogue, given, typed, parameters, limit)})


def suggestions(
    engine: Engine, catalogue: Catalogue, given: Given, typed: str, parameters: Sequence[str], limit: int
) -> list[Found]:
    """The first `limit` by hits; among equals by parameter, kind and value. One edit is forgiven where nothing fits without."""
    asked = {name: values for name, values in given.items() if name not in {"sort", "wish", *given.get("wish", ())}}
    order = completed(catalogue)
    for nearly in (False, True):
        found = [each for name in parameters for each in _of(engine, catalogue, asked, _Typed(typed), name, nearly)]
        if found:
            found.sort(key=lambda each: (-each["hits"], order.index(each["parameter"]), each["kind"], each["value"]))
            return found[:limit]
    return []


def completed(catalogue: Catalogue) -> list[str]:
    """The parameters that can be completed, in their public order."""
    return [*(name for name, reads in catalogue.reads.items() if reads[0][1] == "term"), "q"]


class _Typed:
    def __init__(self, text: str) -> None:
        self.words = _words(text)
        self.tight = "".join(_plain(text).split())

    def meets(self, words: frozenset[str], *, nearly: bool) -> bool:
        """Each typed word begins one of the words; nearly: one of them but for an edit."""
        plainly = [any(word.startswith(each) for word in words) for each in self.words]
        if not nearly:
            return all(plainly)
        rest = [all(plainly[:at] + plainly[at + 1 :]) for at in range(len(self.words))]
        return any(ok and any(begins_nearly(word, each) for word in words) for ok, each in zip(rest, self.words, strict=True))


def _of(engine: Engine, catalogue: Catalogue, given: Given, typed: _Typed, name: str, nearly: bool) -> Iterator[Found]:
    if name == "q":
        if len(typed.tight) >= 2:
            yield from _completions(engine, given, typed, nearly=nearly)
            yield from _names(engine, given, typed, nearly=nearly)
        return
    others = {key: values for key, values in given.items() if key != name}
    if name == "certificate":
        others = {key: values for key, values in others.items() if key != "certificate_day"}
    terms = {
        term
        for _, _, factory, capability, _ in engine._hits(others)
        for key, cell in engine._all(catalogue.reads[name], engine._contents[factory], capability)
        for term in engine._terms(key, cell)
    }
    for term in sorted(terms):
        labels = _labels(catalogue, name, term)
        forms = {_plain(term), _plain(term).partition(":")[2]} - {""}
        words = frozenset().union(*map(fold, labels)) if labels else frozenset()
        if _begins(forms, typed.tight, nearly=nearly) or typed.meets(words, nearly=nearly):
            hits = sum(1 for _ in engine._hits({**given, name: [term]}))
            if hits:
                yield _found(name, term, "code", labels or (term, term), hits, nearly)


def _completions(engine: Engine, given: Given, typed: _Typed, *, nearly: bool) -> Iterator[Found]:
    *earlier, last = typed.words
    seen = [words for words in _seen(engine, given) if words.issuperset(earlier)]
    for word in sorted(frozenset().union(*seen)):
        if _begins({word}, last, nearly=nearly) and _words(word) == [word]:
            value = " ".join([*earlier, word])
            yield _found("q", value, "word", (value, value), sum(word in words for words in seen), nearly)


def _names(engine: Engine, given: Given, typed: _Typed, *, nearly: bool) -> Iterator[Found]:
    shown = {factory: _shown(engine._contents[factory]) for _, _, factory, _, _ in engine._hits(given)}
    fitting = {
        factory: names
        for factory, names in shown.items()
        if names and typed.meets(frozenset().union(*map(fold, names)), nearly=nearly)
    }
    if len(fitting) > 20:
        return
    for name in sorted({name for names in fitting.values() for name in names if typed.meets(fold(name), nearly=nearly)}):
        hits = sum(words >= fold(name) for words in _seen(engine, given))
        yield _found("q", name, "name", (name, name), hits, nearly)


def _seen(engine: Engine, given: Given) -> list[frozenset[str]]:
    hits = engine._hits(given)
    return [engine._seen_words(engine._contents[factory], capability) for _, _, factory, capability, _ in hits]


def _shown(content: Content) -> list[str]:
    found: list[str] = []
    for name in NAMES:
        value = content.get(name, {}).get("value", ())
        found += [value] if isinstance(value, str) else value.values() if isinstance(value, Mapping) else []
    return found


def _labels(catalogue: Catalogue, name: str, term: str) -> tuple[str, ...]:
    keys = [key for key, _ in catalogue.reads[name]]
    if any(key.endswith("material_grade") for key in keys):
        keys.append("capability.material_family")
    known = [catalogue.codes[key][term][1] for key in keys if term in catalogue.codes.get(key, {})]
    return known[0] if known else ()


def _found(parameter: str, value: str, kind: str, labels: Sequence[str], hits: int, corrected: bool) -> Found:
    english, vietnamese = labels
    return {
        "parameter": parameter, "value": value, "kind": kind, "label_en": english, "label_vi": vietnamese, "hits": hits,
        "corrected": corrected,
    }  # fmt: skip


def _begins(forms: set[str], start: str, *, nearly: bool) -> bool:
    return any(begins_nearly(form, start) if nearly else form.startswith(start) for form in forms)


def begins_nearly(word: str, start: str) -> bool:
    """Whether a beginning of the word is one edit or less away from `start`, which has four letters or more."""
    lengths = range(max(0, len(start) - 1), min(len(word), len(start) + 1) + 1)
    return len(start) >= 4 and any(_alike(word[:length], start) for length in lengths)


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, rest_of_other = one[at:], other[at:]
    return (
        rest[1:] == rest_of_other[1:]
        or rest[1:] == rest_of_other
        or rest == rest_of_other[1:]
        or (rest[:2] == rest_of_other[:2][::-1] and len(rest) > 1 and rest[2:] == rest_of_other[2:])
    )


def _plain(text: str) -> str:
    opened = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in opened if not unicodedata.combining(each)).replace("đ", "d")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _plain(text))
