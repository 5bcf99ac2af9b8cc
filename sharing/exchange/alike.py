"""Which of an organization's factories may be one: exact identifiers first, then folded name, country and address.

Guarantees: only factories of one organization are ever compared, since what two organizations call their factories is nobody
else's business; two factories with different Vietnamese tax codes are never alike; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sharing.exchange.belonging import compact
from sharing.exchange.stated import folded

IDENTIFIER, NAME_AND_ADDRESS, NAME = "identifier", "name_and_address", "name"
_MOST = 3  # likenesses noted for one factory; a chain of a hundred sites would otherwise ask ten thousand questions
_LOOKED_AT = 50
_TAX = "vn_tax"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Another factory and the surest reason to ask about it."""

    factory_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Known:
    tax_codes: frozenset[str]
    address: str


class Register:
    """The factories of one organization, by what makes them alike; grows as factories are added."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._by_identifier: dict[tuple[str, str], list[str]] = {}
        self._by_name: dict[tuple[str, str], list[str]] = {}

    def add(self, factory_id: str, document: Mapping[str, object]) -> None:
        """Take a factory; once for each."""
        self._known[factory_id] = _known(document)
        for place in _identifiers(document):
            self._by_identifier.setdefault(place, []).append(factory_id)
        for place in _names(document):
            self._by_name.setdefault(place, []).append(factory_id)

    def alike(self, document: Mapping[str, object], *, beside: str = "") -> list[Alike]:
        """Factories that may be the one of this document, the surest first; never `beside` itself."""
        mine = _known(document)
        found: dict[str, str] = {}
        for place in _identifiers(document):
            for each in self._by_identifier.get(place, ())[:_LOOKED_AT]:
                found.setdefault(each, IDENTIFIER)
        named = [each for place in _names(document) for each in self._by_name.get(place, ())[:_LOOKED_AT]]
        for each in named:
            same = bool(mine.address) and self._known[each].address == mine.address
            if same:
                found.setdefault(each, NAME_AND_ADDRESS)
        for each in named:
            found.setdefault(each, NAME)
        kept = [(each, why) for each, why in found.items() if each != beside and not _apart(mine, self._known[each])]
        return [Alike(factory_id=each, reason=why) for each, why in kept[:_MOST]]


def different_tax_codes(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether both have Vietnamese tax codes and none in common."""
    return _apart(_known(one), _known(other))


def _apart(one: _Known, other: _Known) -> bool:
    return bool(one.tax_codes and other.tax_codes and not one.tax_codes & other.tax_codes)


def _known(document: Mapping[str, object]) -> _Known:
    codes = frozenset(value for scheme, value in _identifiers(document) if scheme == _TAX)
    return _Known(tax_codes=codes, address=folded(str(document.get("address", ""))))


def _identifiers(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    stated = document.get("identifiers")
    for each in stated if isinstance(stated, list | tuple) else ():
        if isinstance(each, Mapping):
            yield str(each.get("scheme", "")), compact(str(each.get("value", "")))


def _names(document: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    stated, country = document.get("legal_name"), str(document.get("country", ""))
    texts = stated.values() if isinstance(stated, Mapping) else [stated] if isinstance(stated, str) else []
    yield from dict.fromkeys((folded(str(text)), country) for text in texts)
