"""Who, in words that can be checked: a description of viewers, and one of them by example.

Guarantees: a witness is a viewer with relation and day, ready for the evaluators; everybody whom a description fits
and who has no other credential is as the witness. Whoever has more may already have seen more.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from policies.held import Held, follows_listing
from policies.levels import Tier
from policies.model import BACKING, LISTING, NO_RELATION, ActiveGrant, Relation, Viewer, Vocabulary
from policies.regions import ANOTHER_COUNTRY, ANOTHER_ORG, DIMENSIONS, Space, Universe, Value

_WORD_OF_BACKING = {number: word for word, number in BACKING.items()}


class Kind(StrEnum):
    """Nobody known, any member of whom nothing else is known, or an organization."""

    PUBLIC = "public"
    ANY_MEMBER = "any_member"
    ORGANIZATION = "organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Among:
    """Some values of a mandatory attribute: ``words``, whoever is none of the words in any rule, the unknown."""

    words: frozenset[str]
    others: bool
    unknown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Viewers: an attribute that is None makes no difference. ``days`` are first and last (None: without end).

    The rest is what they hold: a grant on a ``tier``, or one on a higher tier that is narrowed to other fields
    (``tier_elsewhere``); a direct grant that names the field (``direct``) or only others (``direct_elsewhere``); ``holds``
    are (scheme, backing at least). Words of ``verified`` are digits.
    """

    kind: Kind
    days: tuple[tuple[date, date | None], ...]
    org: Among | None = None
    country: Among | None = None
    verified: Among | None = None
    purpose: Among | None = None
    tier: Tier | None = None
    tier_elsewhere: Tier | None = None
    direct: bool = False
    direct_elsewhere: bool = False
    sectors: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    holds: frozenset[tuple[str, str]] = frozenset()
    ndas: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One possible viewer, on one day. The organization may be ``ANOTHER_ORG``, the country ``ANOTHER_COUNTRY``."""

    viewer: Viewer
    relation: Relation
    day: date


Cube = tuple[frozenset[int], ...]
"""By dimension, places in the universe's values."""


def cubes(space: Space, where: NDArray[np.bool_], most: int) -> Iterator[Cube]:
    """Up to ``most`` boxes of regions that together cover as much of ``where`` as they can, each as wide as it gets."""
    left = where.copy()
    for _ in range(most):
        if not left.any():
            return
        first = np.unravel_index(int(np.argmax(left)), left.shape)
        chosen = [[int(at)] for at in first]
        for place in reversed(range(len(chosen))):
            wider = [[*chosen[:place], [at], *chosen[place + 1 :]] for at in range(where.shape[place])]
            chosen[place] = [at for at, box in enumerate(wider) if where[np.ix_(*box)].all()]
        left[np.ix_(*chosen)] = False
        yield tuple(
            frozenset(value for at in places for value in space.classes[place][at]) for place, places in enumerate(chosen)
        )


def described(held: Held, cube: Cube, universe: Universe, key: str) -> Who:
    """A cube of organizations with these credentials, for ``key``."""
    every = dict(zip(DIMENSIONS, zip(universe.values, cube, strict=True), strict=True))
    days, running = every.pop("day")
    if held.granted:  # which counts for a known purpose only, so not knowing it is no value among others
        every["purpose"] = (tuple(value for value in every["purpose"][0] if value is not None), every["purpose"][1])
    among = {name: _among(values, places) for name, (values, places) in every.items()}
    holds: dict[str, int] = {}
    for scheme, backing in held.holds:
        holds[scheme] = max(backing, holds.get(scheme, 0))
    return Who(
        kind=Kind.ORGANIZATION,
        days=spans(tuple(day for day in days if isinstance(day, date)), running),
        tier=_above_member(held.tier(key)),
        tier_elsewhere=_above_member(held.tier(LISTING)) if held.tier(key) < held.tier(LISTING) else None,
        direct=held.directly(key),
        direct_elsewhere=bool(held.direct) and not held.directly(key),
        sectors=held.sectors,
        roles=held.roles,
        holds=frozenset((scheme, _WORD_OF_BACKING[backing]) for scheme, backing in holds.items()),
        ndas=held.ndas,
        groups=held.groups,
        **among,
    )


def _above_member(tier: Tier) -> Tier | None:
    return tier if tier > Tier.MEMBER else None


def _among(values: Sequence[Value], places: frozenset[int]) -> Among | None:
    if len(places) == len(values):
        return None
    found = {values[place] for place in places}
    words = frozenset(str(value) for value in found if value is not None) - {ANOTHER_ORG, ANOTHER_COUNTRY}
    return Among(words=words, others=not found.isdisjoint({ANOTHER_ORG, ANOTHER_COUNTRY}), unknown=None in found)


def spans(days: Sequence[date], places: frozenset[int]) -> tuple[tuple[date, date | None], ...]:
    """Days that stand for all until the next, as spans."""
    found: list[tuple[date, date | None]] = []
    for place in sorted(places):
        last = days[place + 1] - timedelta(days=1) if place + 1 < len(days) else None
        before = found[-1][1] if found else None
        if before is not None and before + timedelta(days=1) == days[place]:
            found[-1] = (found[-1][0], last)
        else:
            found.append((days[place], last))
    return tuple(found)


def witness(held: Held, cube: Cube, universe: Universe, vocabulary: Vocabulary, keys: Sequence[str]) -> Witness:
    """The most ordinary organization of a cube. ``keys`` are those whose levels it is to have; others do not matter."""
    org, country, verified, purpose, day = (values[min(places)] for values, places in zip(universe.values, cube, strict=True))
    assert isinstance(day, date)  # noqa: S101 - the last dimension
    holds: dict[str, int] = {}
    for scheme, backing in held.holds:
        holds[scheme] = max(backing, holds.get(scheme, 0))
    viewer = Viewer(
        org=None if org is None else str(org),
        country=None if country is None else str(country),
        verified=verified if isinstance(verified, int) else None,
        purpose=None if purpose is None else str(purpose),
        member=True,
        sectors=held.sectors,
        roles=held.roles,
        holds={scheme: _WORD_OF_BACKING[backing] for scheme, backing in sorted(holds.items())},
    )
    grants = tuple(_grants(held, keys, vocabulary, str(purpose), day))
    relation = Relation(grants=grants, ndas=held.ndas, groups=held.groups)
    return Witness(viewer=viewer, relation=relation if relation != NO_RELATION else NO_RELATION, day=day)


def _grants(held: Held, keys: Sequence[str], vocabulary: Vocabulary, purpose: str, day: date) -> Iterator[ActiveGrant]:
    """Grants that put each key on its tier and on no other: narrow ones, unless one tier is that of all keys."""
    fields = [key for key in keys if not follows_listing(key)]
    spare = frozenset(sorted(frozenset(vocabulary.fields) - set(fields))[:1])
    plain = ActiveGrant(tier=Tier.MEMBER, purpose=purpose, start=day, until=day)
    reached = held.tier(LISTING)
    tiers = {key: held.tier(key) for key in fields}
    if reached > Tier.MEMBER and set(tiers.values()) <= {reached}:
        yield replace(plain, tier=reached)
    else:
        for tier in sorted({*tiers.values(), reached} - {Tier.MEMBER}):
            there = frozenset(key for key, on in tiers.items() if on >= tier)
            yield replace(plain, tier=tier, fields=there or spare)
    if held.direct:
        named = held.direct.intersection(fields)
        yield replace(plain, tier=None, fields=named or spare, direct=True)


def onlooker(viewer: Viewer, days: Sequence[date], places: frozenset[int]) -> tuple[Who, Witness]:
    """The public or any member, on the days at ``places``."""
    who = Who(kind=Kind.ANY_MEMBER if viewer.member else Kind.PUBLIC, days=spans(days, places))
    return who, Witness(viewer=viewer, relation=NO_RELATION, day=days[min(places)])
