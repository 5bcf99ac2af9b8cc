"""Which combinations of levels viewers can have, over all possible viewers: exact, counted before it is worked out.

A possible viewer is nobody known (the public), any member (the member log), or an organization: a member with known
name, whose country, verification and purpose may be unknown, with any credentials and any grants. Days: today and later.
Guarantees: what ``findings`` gives is every combination that some possible viewer has, and none that no viewer has.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from policies.conditions import Standing, standing, truth
from policies.held import Held, TooMany, Ways, choices
from policies.levels import Kleene, Level
from policies.model import LISTING, NO_RELATION, PlatformCap, Policy, Viewer, Vocabulary
from policies.profiles import THERE, Clauses, Profile, profiles, whether
from policies.regions import DIRECT, Box, Levels, Space, Truths, Universe, narrowed, space, whole

MOST_REGIONS = 100_000
MOST_CHOICES = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One level to look at: of ``key`` under policy number ``side``; ``alone`` leaves out the listing and the inputs."""

    side: int
    key: str
    alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Organizations with these levels, one for each ``Look``: where in a space, and with which credentials at least."""

    levels: tuple[Level, ...]
    held: Held
    space: Space
    where: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What has to be worked out for some looks: ``count`` regions in all."""

    looks: tuple[Look, ...]
    spaces: tuple[tuple[Held, Space], ...]

    @property
    def count(self) -> int:
        """How many regions."""
        return sum(each.count for _, each in self.spaces)


@dataclass(slots=True)
class Survey:
    """Some policies of one factory, side by side. Without ``piecemeal`` nobody has narrowed or direct grants.

    Raises UnknownField for a target outside the vocabulary.
    """

    policies: Sequence[Policy]
    platform: Sequence[PlatformCap]
    vocabulary: Vocabulary
    today: date
    capabilities: tuple[str, ...] = ()
    piecemeal: bool = True
    clauses: Clauses = field(init=False)
    sides: tuple[Mapping[str, Profile], ...] = field(init=False)
    universe: Universe = field(init=False)
    _truths: Truths = field(init=False)

    def __post_init__(self) -> None:
        self.clauses = Clauses(today=self.today)
        keys = (LISTING, *self.vocabulary.fields, *self.capabilities)
        found = (profiles(each, self.platform, keys, self.vocabulary, self.clauses) for each in self.policies)
        self.sides = tuple({THERE: whether(side[LISTING], self.clauses), **side} for side in found)
        self.universe = Universe.of(self.clauses)
        self._truths = Truths(self.clauses, self.universe)

    @property
    def days(self) -> tuple[date, ...]:
        """Today and each day on which the passing of time can change a level."""
        return tuple(day for day in self.universe.values[-1] if isinstance(day, date))

    def keys(self, look: Look) -> tuple[str, ...]:
        """The keys on which the level depends."""
        if look.alone or look.key == LISTING:
            return (look.key,)
        own = self.said_of(look.key)
        # Of inputs of which the policies say the same, one does for all: the least seen of them decides.
        inputs = {self.said_of(each): each for each in sorted(self.vocabulary.inputs.get(look.key, ()), reverse=True)}
        return (THERE, look.key, *sorted(each for said, each in inputs.items() if said != own))

    def said_of(self, key: str) -> tuple[Profile, ...]:
        """What each policy says of a key."""
        return tuple(side[key] for side in self.sides)

    def alike(self, look: Look) -> Mapping[str, tuple[str, ...]]:
        """For each of ``keys``, those that it stands for."""
        inputs = self.vocabulary.inputs.get(look.key, frozenset())
        return {
            key: (key, *sorted(each for each in inputs - {key} if self.said_of(each) == self.said_of(key)))
            for key in self.keys(look)
        }

    def plan(
        self,
        looks: Sequence[Look],
        *,
        touching: frozenset[int] | None = None,
        optional: frozenset[str] = frozenset(),
        most: int = MOST_REGIONS,
    ) -> Plan:
        """Count the regions. Raises TooMany.

        Left out are those for whom a key that is looked at is hidden on all sides, unless it is ``optional``, and those
        for whom none of the clauses ``touching`` counts.
        """
        read = [{key for look in looks if look.side == side for key in self.keys(look)} for side in range(len(self.sides))]
        ways = [
            Ways(
                key=key,
                sides=tuple(dict.fromkeys(side[key] for side, keys in zip(self.sides, read, strict=True) if key in keys)),
                optional=key in optional,
            )
            for key in dict.fromkeys(key for look in looks for key in self.keys(look))
        ]
        boxes: dict[object, tuple[Held, tuple[Mapping[str, Profile], ...], list[Box]]] = {}
        able: dict[Held, list[Box]] = {}
        for held, box in choices(ways, self._truths, touching, MOST_CHOICES, piecemeal=self.piecemeal):
            if held not in able:
                sides = self._able(held, read)
                told = (held.granted, *(frozenset(side.items()) for side in sides))
                able[held] = boxes.setdefault(told, (held, sides, []))[2]
            able[held].append(box)
        spaces: list[tuple[Held, Space]] = []
        count = 0
        for held, sides, chosen in boxes.values():
            for each in self._spaces(held, sides, chosen, touching):
                count += each.count
                if count > most:
                    raise TooMany(count, most, choices=False)
                spaces.append((held, each))
        return Plan(looks=tuple(looks), spaces=tuple(spaces))

    def _able(self, held: Held, read: Sequence[set[str]]) -> tuple[Mapping[str, Profile], ...]:
        """Of each side what is left of its shows for somebody with these credentials."""
        known: dict[int, bool] = {}
        done: dict[tuple[str, Profile], Profile] = {}
        for side, keys in zip(self.sides, read, strict=True):
            for key in keys:
                if (key, side[key]) not in done:
                    done[key, side[key]] = self._left(held, key, side[key], known)
        return tuple({key: done[key, side[key]] for key in keys} for side, keys in zip(self.sides, read, strict=True))

    def _left(self, held: Held, key: str, profile: Profile, known: dict[int, bool]) -> Profile:
        tier, shows = held.tier(key), []
        for pair in profile.shows:
            number = pair[0]
            if number not in known:
                known[number] = held.satisfies(number, self.clauses)
            asked = self.clauses.each[number].condition.to.tier
            if known[number] and (asked is None or tier >= asked):
                shows.append(pair)
        if held.directly(key):
            shows.append((DIRECT, Level.EXACT))
        return Profile(shows=frozenset(shows), caps=profile.caps)

    def _spaces(
        self,
        held: Held,
        sides: tuple[Mapping[str, Profile], ...],
        chosen: Sequence[Box],
        touching: frozenset[int] | None,
    ) -> Sequence[Space]:
        everybody = whole(self.universe, granted=held.granted)
        boxes = [tuple(these & those for these, those in zip(everybody, box, strict=True)) for box in chosen]
        if touching is not None:
            able = {number for side in sides for profile in side.values() for number, _ in profile.pairs}
            met = [narrowed(box, number, self._truths) for number in touching & able for box in _widest(boxes)]
            boxes = [box for box in met if box is not None]
        found = [space(box, sides, self._truths) for box in _widest(boxes)]
        if len(found) > 1:
            one = space(_around(boxes), sides, self._truths)
            if one.count <= sum(each.count for each in found):
                return (one,)
        return found

    def findings(self, plan: Plan, *, differing: bool = False) -> Iterator[Finding]:
        """Every combination of levels; with ``differing`` only those in which the first two looks differ."""
        for held, each in plan.spaces:
            levels = [self._levels(look, each) for look in plan.looks]
            codes = np.broadcast_to(levels[0].astype(np.uint32), each.shape).copy()
            for place, found in enumerate(levels[1:], start=1):
                codes += found.astype(np.uint32) << np.uint32(2 * place)
            for code in np.unique(codes):
                combination = tuple(Level(int(code) >> 2 * place & 3) for place in range(len(levels)))
                if not differing or combination[0] is not combination[1]:
                    yield Finding(levels=combination, held=held, space=each, where=codes == code)

    def _levels(self, look: Look, each: Space) -> Levels:
        found: Levels | None = None
        for key in self.keys(look):
            here = each.levels(look.side, key)
            found = here if found is None else np.minimum(found, here)
        assert found is not None  # noqa: S101 - a look always has a key
        return found

    def onlookers(self, looks: Sequence[Look]) -> Iterator[tuple[Viewer, date, tuple[Level, ...]]]:
        """The same for the public and for any member, of whom nothing else is known, on each day that matters."""
        for viewer in (Viewer.anonymous(), Viewer.any_member()):
            plain = standing(viewer, NO_RELATION, self.today)
            for day in self.days:
                yield viewer, day, tuple(self._level_of(look, viewer, plain, day) for look in looks)

    def _level_of(self, look: Look, viewer: Viewer, plain: Standing, day: date) -> Level:
        return min(self._own_level(self.sides[look.side][key], viewer, plain, day) for key in self.keys(look))

    def _own_level(self, profile: Profile, viewer: Viewer, plain: Standing, day: date) -> Level:
        level = Level.HIDDEN
        for number, shown in profile.shows:
            if shown > level and truth(self.clauses.each[number].condition, viewer, plain, day) is Kleene.TRUE:
                level = shown
        for number, allowed in profile.caps:
            if allowed < level:
                value = truth(self.clauses.each[number].condition, viewer, plain, day)
                if value is Kleene.TRUE or (value is Kleene.UNKNOWN and self.clauses.each[number].unknown_counts):
                    level = allowed
        return level


def _widest(boxes: Iterable[Box]) -> Sequence[Box]:
    """Without those that lie inside others."""
    kept: list[Box] = []
    for box in sorted(set(boxes), key=lambda box: -sum(len(places) for places in box)):
        if all(box) and not any(_inside(box, other) for other in kept):
            kept.append(box)
    return kept


def _around(boxes: Iterable[Box]) -> Box:
    """The least box that holds all of them."""
    return tuple(frozenset().union(*places) for places in zip(*boxes, strict=True))


def _inside(small: Box, large: Box) -> bool:
    return all(some <= more for some, more in zip(small, large, strict=True))
