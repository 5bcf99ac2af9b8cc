"""What the index knows of records, whoever looks: ids, postings, number columns, weekly hours and certificates.

Guarantees: a factory's values go in under their record ids and come out again without a rest; values of the factory,
of its certificates and of its machines belong to all of its records, those of a capacity group to the capabilities that
run on it. Of the numbers of several machines the one that satisfies most is kept: the largest where a parameter asks for
at least, the least where it asks for at most; bands keep that order.
Does not guarantee: visibility. Nothing here knows a policy.

State owned here: all of it; only `enter` and `withdraw` change it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from policies import Level
from sharing.backing import CLASSES, SHOWN_DOCUMENT, Backing
from sharing.catalogue import Field, Match, Value, field
from sharing.catalogue.document import FACTORY_WIDE
from sharing.catalogue.quantities import scale
from sharing.catalogue.weeks import week_number
from sharing.profile import Element, Record
from sharing.search.columns import Mask, NumberColumn
from sharing.search.dense import RecordIds, Run
from sharing.search.hours import HourRows
from sharing.search.postings import FILE, TABLE_NUMBER, Key, Postings, Use, backed_term
from sharing.search.reading import HOURS, NOT_IN_FORCE, NUMBER_FIELDS, SCHEME, STATUS, VALID_FROM, VALID_UNTIL
from sharing.search.slots import CertificateSlots

_POSTED_KEYS = frozenset(key for use, key, _ in TABLE_NUMBER if use is not Use.BACKED)
_NUMBER_KEYS = frozenset(each.key for each in NUMBER_FIELDS)
_LARGEST = frozenset(each.key for each in NUMBER_FIELDS if any(one.match is Match.AT_LEAST for one in each.search))

Ranges = list[tuple[int, int]]


class Store:
    """Records by dense id."""

    def __init__(self) -> None:
        hours = field(HOURS)
        self.ids = RecordIds()
        self.postings = Postings()
        self.numbers = {key: NumberColumn() for key in sorted(_NUMBER_KEYS)}
        self.hours = HourRows(tuple(edge * 10**hours.decimals for edge in hours.edges))
        self.certificates = CertificateSlots()

    def enter(self, factory_id: str, record: Record, backing: Backing, hours_as_of: Mapping[str, tuple[date, date]]) -> Run:
        """Store a factory that is not in it (or was withdrawn); its run: the head, then its capabilities in order.

        `hours_as_of`: as in `FactoryState`.
        """
        run = self.ids.assign(factory_id, tuple(record.capabilities))
        entries: dict[Key, Ranges] = {}
        everywhere = [(run.head, run.end)]
        self._values(entries, record.factory, everywhere)
        for scope in FACTORY_WIDE:
            for element in record.collection(scope).values():
                self._post(entries, element.values, everywhere)
            self._number(_best(record.collection(scope).values()), everywhere)
        running: dict[str, Ranges] = {}
        for rid, capability in enumerate(record.capabilities.values(), start=run.head + 1):
            self._values(entries, capability.values, [(rid, rid + 1)])
            if capability.runs_on is not None:
                running.setdefault(capability.runs_on, []).append((rid, rid + 1))
        for group_id, ranges in running.items():
            values = record.capacity_groups[group_id].values
            self._values(entries, values, ranges)
            if HOURS in values:
                row = self.hours.add(_weeks(values[HOURS]), hours_as_of[group_id])
                for rid, _ in ranges:
                    self.hours.run_on(rid, row)
        _backed(entries, run, record, running, backing)
        for certificate in record.certificates.values():
            if SCHEME in certificate.values:
                self._slot(run.head, certificate)
        self.postings.post(run.head, entries)
        return run

    def withdraw(self, factory_id: str) -> None:
        """Take everything of a factory out; its run stays reserved until `ids` gives it another or releases it."""
        run = self.ids.runs[factory_id]
        self.postings.withdraw(run)
        for column in self.numbers.values():
            column.clear(run.head, run.end)
        self.hours.clear(run.head, run.end)
        self.certificates.clear(run.head)

    def tighten(self) -> None:
        """Bring everything into the form in which a snapshot holds it: arrays that are as large as they need to be."""
        self.ids.tighten()
        self.postings.bind(self.ids.end)
        for column in self.numbers.values():
            column.tighten(self.ids.end)
        self.hours.tighten()
        self.certificates.tighten(self.ids.end)

    def flagged(self, heads: NDArray[np.uint32]) -> Mask:
        """A table over all ids that is true at `heads`."""
        table = np.zeros(self.ids.end, dtype=np.bool_)
        table[heads] = True
        return table

    def _values(self, entries: dict[Key, Ranges], values: Mapping[str, Value], ranges: Ranges) -> None:
        self._post(entries, values, ranges)
        self._number(values, ranges)

    def _post(self, entries: dict[Key, Ranges], values: Mapping[str, Value], ranges: Ranges) -> None:
        for key, value in values.items():
            if key in _POSTED_KEYS:
                for posting in _postings(key, value):
                    if posting in entries:
                        entries[posting] += ranges
                    else:
                        entries[posting] = list(ranges)

    def _number(self, values: Mapping[str, Value], ranges: Ranges) -> None:
        for key, value in values.items():
            if key in _NUMBER_KEYS:
                each = field(key)
                for start, end in ranges:
                    self.numbers[key].put(start, end, each.scaled(value), each.band_scaled(value))

    def _slot(self, head: int, certificate: Element) -> None:
        terms = field(SCHEME).terms(certificate.values[SCHEME], Level.EXACT)
        begun, ended = (_days(certificate, key) for key in (VALID_FROM, VALID_UNTIL))
        barred = certificate.values.get(STATUS) in NOT_IN_FORCE
        self.certificates.add(head, terms, begun, ended, barred=barred)


def _best(elements: Iterable[Element]) -> Mapping[str, Value]:
    """Of each number that several elements state, the one that satisfies the most comparisons."""
    best: dict[str, Value] = {}
    for element in elements:
        for key, value in element.values.items():
            if key in _NUMBER_KEYS:
                read = field(key).scaled
                if key not in best or (read(value) > read(best[key])) == (key in _LARGEST):
                    best[key] = value
    return best


def _backed(entries: dict[Key, Ranges], run: Run, record: Record, running: Mapping[str, Ranges], backing: Backing) -> None:
    """Enter how values are backed: at the records that show them."""
    everywhere = [(run.head, run.end)]
    of_capability = {each: [(rid, rid + 1)] for rid, each in enumerate(record.capabilities, start=run.head + 1)}
    for each in backing:
        scope, _, rest = each.path.partition("/")
        element, _, name = rest.partition("/")
        key = f"{scope}.{name}" if rest else scope
        ranges = {"capability": of_capability, "capacity": running}.get(scope, {}).get(element, [])
        if scope not in ("capability", "capacity"):
            ranges = everywhere
        table = TABLE_NUMBER.get((Use.BACKED, key, each.level))  # None: attested before the field ceased to be attestable
        if table is not None:
            term = backed_term(CLASSES[each.provenance], each.until.toordinal())
            entries.setdefault((table, term), []).extend(ranges)
    for certificate in record.certificates.values():
        for key in certificate.values.keys() - {SHOWN_DOCUMENT} if SHOWN_DOCUMENT in certificate.values else ():
            for level in (Level.BAND, Level.EXACT):
                entries[TABLE_NUMBER[Use.BACKED, key, level], FILE] = everywhere


def _days(certificate: Element, key: str) -> tuple[int, int, int] | None:
    """A date's day number and the first and last day of its interval."""
    value = certificate.values.get(key)
    if value is None:
        return None
    low, high = field(key).band_scaled(value)
    exact = field(key).scaled(value)
    return exact, low, exact if high is None else high - 1


def _weeks(value: Value) -> dict[int, int]:
    if not isinstance(value, Mapping):  # pragma: no cover - a record's values were read by the catalogue
        return {}
    decimals = field(HOURS).decimals
    return {
        number: scale(hours, decimals)
        for week, hours in value.items()
        if isinstance(hours, str) and (number := week_number(week)) is not None
    }


def _postings(key: str, value: Value) -> Sequence[Key]:
    # Codes repeat all over the network, names do not: only the former are worth remembering.
    each = field(key)
    return _remembered(key, value) if each.codes is not None and isinstance(value, str) else _worked_out(each, value)


@lru_cache(maxsize=16384)
def _remembered(key: str, value: str) -> Sequence[Key]:
    return _worked_out(field(key), value)


def _worked_out(each: Field, value: Value) -> Sequence[Key]:
    """Every posting that a value belongs in."""
    found: list[Key] = []
    readings: tuple[tuple[Use, Callable[[Value, Level], frozenset[str]]], ...] = (
        (Use.WORD, each.words),
        (Use.TERM, each.terms),
        (Use.FACET, lambda given, level: _shown(each, given, level)),
    )
    for level in (Level.BAND, Level.EXACT):
        if each.shown(level) is level:
            for use, read in readings:
                table = TABLE_NUMBER.get((use, each.key, level))
                if table is not None:
                    found.extend((table, term) for term in read(value, level))
    return tuple(found)


def _shown(each: Field, value: Value, level: Level) -> frozenset[str]:
    """The codes that a cell of this level names."""
    cell = each.cell(value, level)
    shown = None if cell is None else cell["value"]
    if isinstance(shown, str):
        return frozenset((shown,))
    return frozenset(one for one in shown if isinstance(one, str)) if isinstance(shown, list) else frozenset()
