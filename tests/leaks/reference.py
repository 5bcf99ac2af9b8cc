"""A plain search engine that knows nothing of policy: it is given what one viewer sees and reads it in plain Python.

It is the right-hand side of "the response equals that of a plain engine on the viewer's world". Guarantees by
construction: imports nothing but the standard library, so no index, bitmap, policy or projection code can agree with
itself here; what it needs of the catalogue (which parameter reads which field, vocabularies, decimals) is data handed in.
Not here: refusing wrong parameters, which depends on the request alone.
"""

from __future__ import annotations

import json
import re
import struct
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from math import log2
from typing import Any

Content = Mapping[str, Any]
Given = Mapping[str, Sequence[str]]
Hit = tuple[int, int, str, str | None, tuple[str, ...]]

LAST = 2**63 - 1
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SETTINGS = ("certificate_day", "weeks_from", "weeks_until", "hours_mode", "wish", "sort", "limit", "cursor")


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """The fixed facts of the schema: `reads` parameter -> [(field key, match)], `codes` field key -> code -> (parent,
    labels), `decimals` by field key, `facets` facet name -> field key, `families` grade -> material family."""

    reads: Mapping[str, Sequence[tuple[str, str]]]
    codes: Mapping[str, Mapping[str, tuple[str | None, tuple[str, ...]]]]
    decimals: Mapping[str, int]
    facets: Mapping[str, str]
    families: Mapping[str, str]


def fold(text: str) -> frozenset[str]:
    """The words of a text without case and diacritics."""
    opened = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in opened if not unicodedata.combining(each)).replace("đ", "d")
    return frozenset(re.findall(r"[^\W_]+", plain))


def scaled(text: str, decimals: int) -> int:
    """A decimal text as an integer multiple of 10**-decimals; an ISO date as its day number."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text).toordinal()
    whole, _, rest = text.partition(".")
    return int(whole + rest.ljust(decimals, "0"))


def week(text: str) -> int:
    """The Monday of an ISO week, as a day number divided by seven."""
    return (date.fromisocalendar(int(text[:4]), int(text[6:]), 1).toordinal() - 1) // 7


def _shortened(*lengths: int) -> Callable[[str], list[str]]:
    """System and the first digits: `ISIC:2511` stands under ISIC:251 and ISIC:25."""

    def above(code: str) -> list[str]:
        system, _, digits = code.partition(":")
        return [f"{system}:{digits[:length]}" for length in lengths if length <= len(digits)]

    return above


_SPELLED: Mapping[str, Callable[[str], list[str]]] = {
    "industry_codes": _shortened(4, 3, 2),
    "product_codes": _shortened(8, 6, 4, 2),
    "supply_tiers": lambda code: [code, code.partition(":")[2]],
    "ports": lambda code: [code, code[:2]],
}
"""Codes that say themselves what they stand under."""


def tie(factory_id: str, capability_id: str | None) -> int:
    """The first 64 bits of the random public id."""
    if capability_id is not None:
        return int(capability_id, 16) >> 64
    number = 0
    for character in factory_id[:13]:
        number = number * 32 + _ALPHABET.index(character)
    return number >> 1


Provenance = Callable[[str], Mapping[str, str]]
_CLASSES = ("self", "document", "peer", "accredited")


class Engine:
    """Answers over `contents` (factory id -> what the viewer is shown of it) on one day.

    `provenance` says for a factory how each path is backed, in the words of the bundle's verifier.
    """

    def __init__(self, contents: Mapping[str, Content], catalogue: Catalogue, day: date, provenance: Provenance) -> None:
        self._provenance = provenance
        self._contents = contents
        self._catalogue = catalogue
        self._day = day

    def search(self, given: Given, *, who: str, query: bytes, after: tuple[int, int] | None = None) -> bytes:
        """The body of one page: counts and facets over all hits, `next` by what is sealed in it (as long as the sealed text).

        `who` and `query` are what a cursor is bound to; `after` is the (key, tie) of the page before's last hit.
        """
        hits = sorted(self._hits(given))
        rest = [hit for hit in hits if after is None or hit[:2] > after]
        limit = int(given.get("limit", ["20"])[0])
        page = rest[:limit]
        following = None
        if len(rest) > limit:
            key, last, *_ = page[-1]
            sealed = struct.pack(">16s16sqQ", sha256(who.encode()).digest()[:16], query[:16], key, last)
            following = "cursor" + sealed.hex()
        document = {
            "items": [
                {
                    "factory": self._contents[factory],
                    "capability": capability,
                    "wishes": list(wishes),
                    "freshness": aged(self._contents[factory], self._day),
                }
                for _, _, factory, capability, wishes in page
            ],
            "capabilities": sum(capability is not None for _, _, _, capability, _ in hits),
            "factories": len({factory for _, _, factory, _, _ in hits}),
            "facets": self._facets(hits),
            "next": following,
        }
        return written(document)

    def positions(self, given: Given) -> list[tuple[int, int]]:
        """(key, tie) of every hit, in order: where the pages can end."""
        return [hit[:2] for hit in sorted(self._hits(given))]

    def _hits(self, given: Given) -> Iterator[Hit]:
        wished = given.get("wish", ())
        names = sorted(name for name in given if name not in _SETTINGS)
        for factory, content in self._contents.items():
            for capability in content.get("capability") or (None,):
                if all(self._holds(name, content, capability, given) for name in names if name not in wished):
                    wishes = tuple(name for name in names if name in wished and self._holds(name, content, capability, given))
                    key = self._key(content, capability, given, wishes)
                    yield key, tie(factory, capability), factory, capability, wishes

    def _holds(self, name: str, content: Content, capability: str | None, given: Given) -> bool:
        if name in {"q", "text"}:
            wanted, seen = frozenset().union(*map(fold, given[name])), self._seen_words(content, capability)
            return wanted <= seen if name == "q" else bool(wanted & seen)
        if name == "freshness_max":
            shown = [cell for cell in self._cells("capacity.spare_hours", content, capability) if "value" in cell]
            return any(self._age(cell) <= int(given[name][0]) for cell in shown)
        if name == "backed":
            return all(self._backed(*each.split(":"), content, capability) for each in given[name])
        reads = self._catalogue.reads[name]
        if name == "certificate":
            wanted = self._asked(name, given[name])
            return any(self._certified(each, wanted, given) for each in content.get("certificate", {}).values())
        match = reads[0][1]
        if match == "term":
            wanted = self._asked(name, given[name])
            return any(self._terms(key, cell) & wanted for key, cell in self._all(reads, content, capability))
        if match == "hours":
            shown = [cell for _, cell in self._all(reads, content, capability) if "value" in cell]
            return any(self._age(cell) < 42 and self._spare(cell, given) for cell in shown)
        shown = [(key, how, [cell for cell in self._cells(key, content, capability) if "value" in cell]) for key, how in reads]
        compared = [any(self._compared(key, how, cell, given[name][0]) for cell in cells) for key, how, cells in shown if cells]
        return bool(compared) and all(compared)

    def _backed(self, key: str, word: str, content: Content, capability: str | None) -> bool:
        scope, _, name = key.rpartition(".")
        said = self._provenance(content["id"].rpartition(":")[2])
        for element, holder in self._holders(scope, content, capability):
            if "value" in holder.get(name, {}):
                classes = [said.get(f"{scope}/{element}/{name}" if scope else name, "self")]
                if scope == "certificate" and name != "document" and holder.get("document", {}).get("level") == "exact":
                    classes.append("document")
                if any(_CLASSES.index(each) >= _CLASSES.index(word) for each in classes):
                    return True
        return False

    def _seen_words(self, content: Content, capability: str | None) -> frozenset[str]:
        reads = self._catalogue.reads["q"]
        return frozenset().union(*(self._words(key, cell) for key, cell in self._all(reads, content, capability)))

    def _all(self, reads: Sequence[tuple[str, str]], content: Content, capability: str | None) -> Iterator[tuple[str, Content]]:
        for key, _ in reads:
            for cell in self._cells(key, content, capability):
                yield key, cell

    def _cells(self, key: str, content: Content, capability: str | None) -> Iterator[Content]:
        scope, _, name = key.rpartition(".")
        return (holder[name] for _, holder in self._holders(scope, content, capability) if name in holder)

    def _holders(self, scope: str, content: Content, capability: str | None) -> list[tuple[str | None, Content]]:
        """(id, cells) of everything whose values count for a record."""
        own = content.get("capability", {}).get(capability, {})
        if scope == "":
            return [(None, content)]
        if scope == "capability":
            return [(capability, own)]
        if scope == "capacity":
            return [(own.get("runs_on"), content.get("capacity", {}).get(own.get("runs_on"), {}))]
        return list(content.get(scope, {}).items())

    def _ancestors(self, key: str, code: str) -> Iterator[str]:
        if key in _SPELLED:
            yield from _SPELLED[key](code)
            return
        at: str | None = code
        while at is not None:
            yield at
            at = self._catalogue.codes[key].get(at, (None, ()))[0]

    def _asked(self, name: str, values: Sequence[str]) -> frozenset[str]:
        known = [self._catalogue.codes[key] for key, _ in self._catalogue.reads[name] if key in self._catalogue.codes]
        found = set()
        for value in values:
            text = value.strip()
            spellings = (text, text.upper(), text.lower(), "".join(text.upper().split()))
            found.add(next((one for one in spellings if any(one in codes for codes in known)), text))
        return frozenset(found)

    def _terms(self, key: str, cell: Content) -> frozenset[str]:
        terms: set[str] = set()
        for value in _listed(cell.get("value")):
            if key.endswith("material_grade"):
                terms |= {value, self._catalogue.families.get(value, value)}
            else:
                terms.update(self._ancestors(key, value))
        return frozenset(terms)

    def _words(self, key: str, cell: Content) -> frozenset[str]:
        words: set[str] = set()
        for value in _listed(cell.get("value")):
            if key.endswith("material_grade"):
                words |= fold(value) if value in self._catalogue.families else frozenset()
                words |= self._labels("capability.material_family", self._catalogue.families.get(value, value))
            elif key in self._catalogue.codes:
                words |= self._labels(key, value)
            else:
                words |= fold(value)
        return frozenset(words).union(*map(fold, _described(cell.get("value"))))

    def _labels(self, key: str, code: str) -> frozenset[str]:
        words = {each.casefold() for each in self._ancestors(key, code)}
        for each in self._ancestors(key, code):
            for label in self._catalogue.codes[key].get(each, (None, ()))[1]:
                words |= fold(label)
        return frozenset(words)

    def _ends(self, key: str, cell: Content) -> tuple[int, int | None]:
        decimals = self._catalogue.decimals[key]
        if cell["level"] == "exact":
            return scaled(cell["value"], decimals), scaled(cell["value"], decimals)
        below = cell["value"].get("below")
        return scaled(cell["value"]["at_least"], decimals), None if below is None else scaled(below, decimals) - 1

    def _compared(self, key: str, how: str, cell: Content, bound: str) -> bool:
        low, high = self._ends(key, cell)
        limit = scaled(bound, self._catalogue.decimals[key])
        return low >= limit if how == "at_least" else high is not None and high <= limit

    def _certified(self, certificate: Content, wanted: frozenset[str], given: Given) -> bool:
        if not self._terms("certificate.scheme", certificate.get("scheme", {})) & wanted:
            return False
        if certificate.get("status", {}).get("value") in {"suspended", "withdrawn"}:
            return False
        day = date.fromisoformat(given["certificate_day"][0]) if "certificate_day" in given else self._day
        begun, ended = certificate.get("valid_from", {}), certificate.get("valid_until", {})
        if "value" in begun:
            latest = self._ends("certificate.valid_from", begun)[1]
            if latest is None or latest > day.toordinal():
                return False
        return "value" not in ended or self._ends("certificate.valid_until", ended)[0] >= day.toordinal()

    def _age(self, cell: Content) -> int:
        return (self._day - date.fromisoformat(cell["as_of"])).days

    def _weeks(self, given: Given) -> tuple[int, int]:
        monday = self._day - timedelta(days=self._day.weekday())
        first = week(given["weeks_from"][0]) if "weeks_from" in given else (monday.toordinal() - 1) // 7
        return first, week(given["weeks_until"][0]) if "weeks_until" in given else first + 7

    def _hours(self, cell: Content, given: Given) -> list[int]:
        first, last = self._weeks(given)
        return [
            scaled(hours if cell["level"] == "exact" else hours["at_least"], 1)
            for name, hours in cell["value"].items()
            if first <= week(name) <= last
        ]

    def _spare(self, cell: Content, given: Given) -> bool:
        hours, wanted = self._hours(cell, given), scaled(given["spare_hours"][0], 1)
        if given.get("hours_mode", ["total"])[0] == "each":
            first, last = self._weeks(given)
            return len(hours) == last - first + 1 and min(hours) >= wanted
        return bool(hours) and sum(hours) >= wanted

    def _key(self, content: Content, capability: str | None, given: Given, wishes: tuple[str, ...]) -> int:
        default = "wishes" if given.get("wish") else "relevance" if "text" in given else "plain"
        order = given.get("sort", [default])[0]
        if order == "relevance":
            weights = self._weights(given)
            return -sum(weights[word] for word in weights.keys() & self._seen_words(content, capability))
        if order == "wishes":
            return -len(wishes)
        if order == "lead_time":
            shown = [cell for cell in self._cells("capability.lead_time_p50_days", content, capability) if "value" in cell]
            return self._ends("capability.lead_time_p50_days", shown[0])[0] if shown else LAST
        if order == "spare_hours":
            shown = [cell for cell in self._cells("capacity.spare_hours", content, capability) if "value" in cell]
            hours = self._hours(shown[0], given) if shown and self._age(shown[0]) < 42 else []
            return -sum(hours) if hours else LAST
        return 0

    def _weights(self, given: Given) -> dict[str, int]:
        """For each word asked for: 1 and 256 for each halving of its frequency among all that is seen here."""
        records = [
            self._seen_words(content, capability)
            for content in self._contents.values()
            for capability in content.get("capability") or (None,)
        ]
        having = {word: sum(word in each for each in records) for word in frozenset().union(*map(fold, given["text"]))}
        return {word: 1 + int(256 * log2((len(records) + 1) / count)) for word, count in having.items() if count}

    def _facets(self, hits: Sequence[Hit]) -> dict[str, dict[str, int]]:
        facets: dict[str, dict[str, int]] = {name: {} for name in self._catalogue.facets}
        for name, key in self._catalogue.facets.items():
            for _, _, factory, capability, _ in hits:
                cells = self._cells(key, self._contents[factory], capability)
                for value in {value for cell in cells for value in _listed(cell.get("value"))}:
                    facets[name][value] = facets[name].get(value, 0) + 1
        return facets


def aged(content: Content, day: date) -> dict[str, Any]:
    """How old what ages is on `day`: every value of a capacity group, ends of certificates, due calibrations."""
    found: dict[str, Any] = {}
    for id_, group in content.get("capacity", {}).items():
        for name, cell in group.items():
            days = (day - date.fromisoformat(cell["as_of"])).days
            word = ("high", "good", "fair", "fair", "low", "low", "stale")[max(0, min(days // 7, 6))]
            found[f"capacity/{id_}/{name}"] = {"as_of": cell["as_of"], "confidence": word}
    for scope, name, word in (("certificate", "valid_until", "expired"), ("equipment", "calibration_due", "overdue")):
        for id_, element in content.get(scope, {}).items():
            cell = element.get(name, {})
            if "value" in cell:
                exact = cell["level"] == "exact"
                first = cell["value"] if exact else cell["value"]["below"]
                over = first < day.isoformat() if exact else first <= day.isoformat()
                found[f"{scope}/{id_}/{name}"] = {"as_of": cell["as_of"], word: over}
    return found


def written(document: object) -> bytes:
    """JSON as the node writes it."""
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _listed(value: Any) -> list[str]:
    """Every text in a value: itself, or those of a list or of a name by language."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for text in value.values() if isinstance(text, str)]
    return [each if isinstance(each, str) else each.get("type") or each["value"] for each in value or ()]


def _described(value: Any) -> list[str]:
    """What is said of the things in a list, beside what they are."""
    things = [each for each in value or () if isinstance(each, Mapping)] if isinstance(value, list) else []
    return [each[name] for each in things for name in ("range", "resolution") if name in each]
