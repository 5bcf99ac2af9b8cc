"""All possible organizations as finitely many regions: what some clauses can tell apart of attributes and days.

Guarantees: within a region every clause counts for all or for none; the regions of a ``Space`` cover every known or
unknown value of the four mandatory attributes and every day from today on. ``ANOTHER_ORG`` and ``ANOTHER_COUNTRY``
stand for whoever no rule names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import prod

import numpy as np
from numpy.typing import NDArray

from policies.conditions import Condition
from policies.levels import Level
from policies.model import PURPOSES, Effect
from policies.profiles import Clauses, Profile, Spoken

ANOTHER_ORG = "did:example:another"
ANOTHER_COUNTRY = "ZZ"
DIMENSIONS = ("org", "country", "verified", "purpose", "day")
VERIFIED = (0, 1, 2, 3)

Value = str | int | date | None
"""A value of a dimension; None is an attribute that is not known."""
Levels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Universe:
    """Every value worth telling apart, by dimension, the most ordinary first. A day stands for all until the next."""

    values: tuple[tuple[Value, ...], ...]

    @classmethod
    def of(cls, clauses: Clauses) -> "Universe":
        """The values that the clauses of a table can tell apart."""
        conditions = [clause.condition for clause in clauses.each]
        orgs = sorted({each for c in conditions for each in c.to.org or ()} - {ANOTHER_ORG})
        countries = sorted({each for c in conditions for each in c.to.country or ()} - {ANOTHER_COUNTRY})
        days = {clauses.today}
        for condition in conditions:
            days.update(_changes(condition))
        return cls(
            values=(
                (ANOTHER_ORG, *orgs),
                (ANOTHER_COUNTRY, *countries, None),
                (2, 3, 1, 0, None),
                (*PURPOSES, None),
                tuple(sorted(day for day in days if day >= clauses.today)),
            )
        )


def _changes(condition: Condition) -> Iterator[date]:
    if condition.start is not None:
        yield condition.start
    if condition.until is not None and condition.until < date.max:
        yield date.fromordinal(condition.until.toordinal() + 1)


class Truths:
    """For each clause and dimension, which values make its atom count; None where it asks nothing."""

    def __init__(self, clauses: Clauses, universe: Universe) -> None:
        self.universe = universe
        self.clauses = clauses
        self._of: dict[int, tuple[frozenset[int] | None, ...]] = {}

    def of(self, number: int) -> tuple[frozenset[int] | None, ...]:
        """By dimension: places in ``universe.values``."""
        if number not in self._of:
            self._of[number] = tuple(self._dimension(number, place) for place in range(len(DIMENSIONS)))
        return self._of[number]

    def _dimension(self, number: int, place: int) -> frozenset[int] | None:
        clause, values = self.clauses.each[number], self.universe.values[place]
        condition, counts = clause.condition, clause.unknown_counts
        name = DIMENSIONS[place]
        if name == "day":
            if condition.start is None and condition.until is None:
                return None
            first, last = self.clauses.days(number)
            return frozenset(at for at, day in enumerate(values) if isinstance(day, date) and first <= day <= last)
        asked = {"org": condition.to.org, "country": condition.to.country, "purpose": condition.purposes}.get(name)
        if name == "verified":
            if condition.to.verified is None:
                return None
            fitting: set[Value] = {
                level
                for level in VERIFIED
                if (level >= condition.to.verified if condition.effect is Effect.SHOW else level <= condition.to.verified)
            }
        elif asked is None:
            return None
        else:
            fitting = set(asked)
        return frozenset(at for at, value in enumerate(values) if value in fitting or (value is None and counts))


Box = tuple[frozenset[int], ...]
"""By dimension, the places of the values it holds."""


def whole(universe: Universe, *, granted: bool) -> Box:
    """Every organization; those with grants have come for a purpose."""
    box = [frozenset(range(len(values))) for values in universe.values]
    if granted:
        purpose = DIMENSIONS.index("purpose")
        box[purpose] -= {universe.values[purpose].index(None)}
    return tuple(box)


def narrowed(box: Box, number: int, truths: Truths) -> Box | None:
    """Those of a box for whom a clause counts as far as mandatory attributes and the day go; None for nobody."""
    found = tuple(
        places if fitting is None else places & fitting for places, fitting in zip(box, truths.of(number), strict=True)
    )
    return found if all(found) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """The regions of a box: by dimension, classes of values that its clauses cannot tell apart."""

    classes: tuple[tuple[tuple[int, ...], ...], ...]
    sides: tuple[Mapping[str, tuple[Spoken, Spoken]], ...]
    """For each policy and key the shows and caps that can count in the box."""
    atoms: Mapping[int, tuple[tuple[int, frozenset[int]], ...]]
    """For each clause that is not always counting: dimension and values for which it does."""

    @property
    def count(self) -> int:
        """How many regions."""
        return prod(len(each) for each in self.classes)

    def counting(self, number: int) -> NDArray[np.bool_] | bool:
        """Where a clause counts, broadcast over as many dimensions as it asks about."""
        found: NDArray[np.bool_] | bool = True
        for place, fitting in self.atoms.get(number, ()):
            shape = [1] * len(self.classes)
            shape[place] = -1
            here = np.array([members[0] in fitting for members in self.classes[place]], dtype=np.bool_).reshape(shape)
            found = here if found is True else found & here
        return found

    def levels(self, side: int, key: str) -> Levels:
        """min(show, cap) of a key over all regions."""
        shows, caps = self.sides[side][key]
        shown = np.zeros((1,) * len(self.classes), dtype=np.uint8)
        for number, level in shows:
            shown = np.maximum(shown, np.where(self.counting(number), np.uint8(level), np.uint8(0)))
        allowed = np.full((1,) * len(self.classes), np.uint8(Level.EXACT))
        for number, level in caps:
            allowed = np.minimum(allowed, np.where(self.counting(number), np.uint8(level), np.uint8(Level.EXACT)))
        return np.minimum(shown, allowed)

    @property
    def shape(self) -> tuple[int, ...]:
        """Classes by dimension."""
        return tuple(len(each) for each in self.classes)


DIRECT = -1
"""The clause of a direct grant, which counts for whoever holds it."""


def space(box: Box, sides: Sequence[Mapping[str, Profile]], truths: Truths) -> Space:
    """The regions of a box. Shows in ``sides`` are those for which the credentials suffice."""
    atoms: dict[int, tuple[tuple[int, frozenset[int]], ...]] = {DIRECT: ()}
    never: set[int] = set()
    for number in {each for side in sides for profile in side.values() for each, _ in profile.pairs} - {DIRECT}:
        asked = [
            (place, fitting & box[place])
            for place, fitting in enumerate(truths.of(number))
            if fitting is not None and not box[place] <= fitting
        ]
        if all(fitting for _, fitting in asked):
            atoms[number] = tuple(asked)
        else:
            never.add(number)
    kept = tuple(
        {
            key: (_outspoken(profile.shows, atoms, never, 1), _outspoken(profile.caps, atoms, never, -1))
            for key, profile in side.items()
        }
        for side in sides
    )
    telling = sorted({number for side in kept for spoken in side.values() for pairs in spoken for number, _ in pairs})
    classes = tuple(
        _classes(sorted(places), [fit for number in telling for where, fit in atoms[number] if where == place])
        for place, places in enumerate(box)
    )
    return Space(classes=classes, sides=kept, atoms={number: atoms[number] for number in telling})


def _outspoken(
    spoken: Spoken, atoms: Mapping[int, tuple[tuple[int, frozenset[int]], ...]], never: set[int], sign: int
) -> Spoken:
    """Without what never counts here and what one that always counts makes idle."""
    able = [pair for pair in spoken if pair[0] not in never]
    settled = max((pair for pair in able if not atoms[pair[0]]), key=lambda pair: sign * pair[1], default=None)
    if settled is None:
        return frozenset(able)
    return frozenset([settled, *(pair for pair in able if sign * pair[1] > sign * settled[1])])


def _classes(places: Sequence[int], told_by: Iterable[frozenset[int]]) -> tuple[tuple[int, ...], ...]:
    tellers = tuple(set(told_by))
    if not tellers:
        return (tuple(places),)
    found: dict[tuple[bool, ...], list[int]] = {}
    for place in places:
        found.setdefault(tuple(place in fitting for fitting in tellers), []).append(place)
    return tuple(tuple(members) for members in found.values())
