"""What is odd about a policy: rules without effect, rules about to end, and what its fields tell together.

Guarantees: said of the owner's own rules and the owner's own factory. How many factories fit a combination is counted in the
published directory as the public sees it, so the answer tells nothing that a search by nobody would not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from policies import NO_RELATION, Level, Viewer
from policies.oddities import Combination, Odd, Tells, oddities
from sharing import catalogue
from sharing.answers.drafts import Matter, matter
from sharing.factories import newest_record
from sharing.house import House
from sharing.models import Publication
from sharing.profile import Record
from sharing.profile.computed import COMPUTED
from sharing.publications import live_of
from sharing.search import Index, parse_query
from sharing.sentences import Language
from sharing.sentences.oddities import odd_words
from sharing.viewers import Caller

MODEL, PROVINCE, PROCESS = "equipment.model", "province", "capability.process"
NAMES = ("legal_name", "trading_name", "name_ascii", "identifiers")
PLACES = ("address", "point")
FEW = 3
"""Fewer factories than this that fit point to one."""
MOST_PROCESSES = 20
MOST_CANDIDATES = 200
"""Factories whose machines are looked at; among more than these nobody is pointed to by province and process alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding, in words. `rule` is None where it is about the policy as a whole."""

    code: str
    rule: str | None
    by: tuple[str, ...]
    fields: tuple[str, ...]
    count: int | None
    day: date | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`unfinished`: codes that could not be looked for to the end, because the policy has too many regions."""

    found: tuple[Finding, ...]
    unfinished: tuple[str, ...]


def odd_about(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    *,
    policy: object = None,
    language: Language = "en",
) -> Found:
    """What is odd about the saved policy of the caller's factory, or about a draft."""
    return odd_of(house, session, matter(session, caller, factory_id, policy), language)


def odd_of(house: House, session: Session, found: Matter, language: Language) -> Found:
    """What is odd about the policy that is asked about."""
    tells = Tells(
        places=PLACES,
        names=NAMES,
        computable=tuple(COMPUTED),
        combinations=tuple(_combinations(house, session, found.factory.id, newest_record(session, found.factory))),
        few=FEW,
    )
    result = oddities(
        found.policy,
        today=house.today(),
        vocabulary=catalogue.vocabulary(),
        platform=house.platform,
        tells=tells,
    )
    return Found(
        found=tuple(_finding(each, language) for each in result.found),
        unfinished=tuple(sorted(code.value for code in result.unfinished)),
    )


def _finding(odd: Odd, language: Language) -> Finding:
    return Finding(
        code=odd.code.value,
        rule=odd.rule,
        by=tuple(odd.by),
        fields=odd.fields,
        count=odd.count,
        day=odd.day,
        text=odd_words(odd, language),
    )


def _combinations(house: House, session: Session, factory_id: str, record: Record) -> Iterator[Combination]:
    """Province with process, and machines with both: how many published factories fit what this one states."""
    province = record.factory.get(PROVINCE)
    processes = sorted({str(each.values[PROCESS]) for each in record.capabilities.values() if PROCESS in each.values})
    if not isinstance(province, str) or not processes:
        return
    models = frozenset(str(each.values[MODEL]) for each in record.equipment.values() if MODEL in each.values)
    fit = _Fit(house, session, factory_id)
    plain: dict[tuple[Level, ...], int] = {}
    with_models: dict[tuple[Level, ...], int] = {}
    for place_level, place in ((Level.EXACT, province), (Level.BAND, _band(PROVINCE, province))):
        for process_level in (Level.EXACT, Level.BAND):
            counts, narrow = [], []
            for code in processes[:MOST_PROCESSES]:
                process = code if process_level is Level.EXACT else _band(PROCESS, code)
                counts.append(fit.count(place, process))
                narrow += [each for each in [fit.with_models(place, process, models)] if models and each is not None]
            plain[place_level, process_level] = min(counts)
            if narrow:
                with_models[Level.EXACT, place_level, process_level] = min(narrow)
    yield Combination(fields=(PROVINCE, PROCESS), counts=plain)
    if with_models:
        yield Combination(fields=(MODEL, PROVINCE, PROCESS), counts=with_models)


def _band(key: str, value: str) -> str:
    cell = catalogue.field(key).cell(value, Level.BAND)
    return value if cell is None else str(cell["value"])


class _Fit:
    """Counts in the index, as nobody in particular would."""

    def __init__(self, house: House, session: Session, factory_id: str) -> None:
        self._house, self._session, self._own = house, session, factory_id
        self._found: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = {}

    def count(self, province: str, process: str) -> int:
        """Factories that the public finds there with this process, this one among them whether it is found or not."""
        others = self._others(province, process)
        return others[0] + 1

    def with_models(self, province: str, process: str, models: frozenset[str]) -> int | None:
        """Those of them that show one of these machines to everybody, and this one; None where there are too many to look."""
        number, ids = self._others(province, process)
        if number > len(ids):
            return None
        rows = self._session.scalars(select(Publication).where(Publication.factory_id.in_(ids)))
        return 1 + sum(bool(models & self._shown_models(row)) for row in rows)

    def _shown_models(self, row: Publication) -> frozenset[str]:
        factory = live_of(row)
        decision = factory.decide(self._house, Viewer.anonymous(), NO_RELATION, self._house.today())
        if decision.level(MODEL) is not Level.EXACT:
            return frozenset()
        return frozenset(str(each.values[MODEL]) for each in factory.record.equipment.values() if MODEL in each.values)

    def _others(self, province: str, process: str) -> tuple[int, tuple[str, ...]]:
        """How many others, and which: all of them, or none where there are more than `MOST_CANDIDATES`."""
        key = (province, process)
        if key not in self._found:
            today = self._house.today()
            query = parse_query({"province": [province], "process": [process]}, today)

            def ask(_session: Session, index: Index) -> tuple[int, tuple[str, ...]]:
                found = index.search(query, viewer=Viewer.anonymous(), relations={}, day=today, limit=1)
                if found.factories > MOST_CANDIDATES:
                    return found.factories, ()
                whole = index.search(
                    query,
                    viewer=Viewer.anonymous(),
                    relations={},
                    day=today,
                    limit=max(1, found.capabilities + found.factories),
                )
                return found.factories, tuple(sorted({hit.factory_id for hit in whole.hits}))

            with self._house.replica.asking(self._same, ask) as (_, (number, ids)):
                own = self._own in ids
                self._found[key] = (number - own, tuple(each for each in ids if each != self._own))
        return self._found[key]

    @contextmanager
    def _same(self) -> Iterator[Session]:
        """The snapshot that the rest of the answer is read in."""
        yield self._session
