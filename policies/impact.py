"""What changes if a draft is saved, over all possible viewers: who gains, who loses, and one of each by example.

Guarantees: each change given is one that its witness really has under the reference evaluator; and every change of any
field, from any level to any level, that some possible viewer would have (``survey`` says who is possible) is given. If
that would take more than ``MOST_REGIONS`` regions, which is counted beforehand, nothing is given but the reason.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from policies.held import Held, TooMany
from policies.levels import Level
from policies.model import CAPABILITY_PREFIX, LISTING, PlatformCap, Policy, Viewer, Vocabulary
from policies.profiles import Profile
from policies.regions import ANOTHER_COUNTRY, ANOTHER_ORG
from policies.survey import MOST_REGIONS, Finding, Look, Plan, Survey
from policies.who import Cube, Who, Witness, cubes, described, onlooker, witness

__all__ = ["ANOTHER_COUNTRY", "ANOTHER_ORG", "MOST_REGIONS", "Change", "DirectoryOnly", "Impact", "Reason", "impact"]

MOST_DESCRIBED = 8
MOST_CUBES = 3


class Reason(StrEnum):
    """What there are too many of: regions of viewers, or ways in which rules come together."""

    REGIONS = "regions"
    COMBINATIONS = "combinations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """``fields`` (``$listing`` and ``capability/<id>`` among them) go from one level to another for some viewers.

    ``who`` describes them, those with the fewest credentials first; ``more`` counts descriptions that were left out.
    For a capability ``before`` and ``after`` are HIDDEN or EXACT.
    """

    fields: tuple[str, ...]
    before: Level
    after: Level
    who: tuple[Who, ...]
    more: int
    witness: Witness

    @property
    def gain(self) -> bool:
        """Whether they see more than before."""
        return self.after > self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """Every change there is; ``regions`` were looked at."""

    changes: tuple[Change, ...]
    regions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryOnly:
    """Too many to be exact: at least ``count`` of what ``reason`` says when it came to ``fields``, ``limit`` being allowed.

    Ask over a directory.
    """

    reason: Reason
    count: int
    limit: int
    fields: tuple[str, ...]


def impact(
    current: Policy,
    draft: Policy,
    *,
    today: date,
    vocabulary: Vocabulary,
    platform: Sequence[PlatformCap] = (),
    most: int = MOST_REGIONS,
) -> Impact | DirectoryOnly:
    """Saving ``draft`` in place of ``current``: what changes for whom, today and later.

    Raises UnknownField for a target outside the vocabulary.
    """
    named = tuple(CAPABILITY_PREFIX + each for each in sorted({*current.capabilities, *draft.capabilities}))
    survey = Survey(policies=(current, draft), platform=platform, vocabulary=vocabulary, today=today, capabilities=named)
    plans: list[tuple[tuple[str, ...], Plan]] = []
    count = 0
    for fields, touched in _affected(survey):
        looks = (Look(side=0, key=fields[0]), Look(side=1, key=fields[0]))
        try:
            plan = survey.plan(looks, touching=touched, most=most - count)
        except TooMany as too_many:
            if too_many.choices:
                return DirectoryOnly(reason=Reason.COMBINATIONS, count=too_many.least, limit=too_many.limit, fields=fields)
            return DirectoryOnly(reason=Reason.REGIONS, count=count + too_many.least, limit=most, fields=fields)
        count += plan.count
        plans.append((fields, plan))
    found = [change for fields, plan in plans for change in _changes(survey, fields, plan)]
    places = {key: place for place, key in enumerate((LISTING, *vocabulary.fields, *named))}
    found.sort(key=lambda change: (places[change.fields[0]], -change.after, change.before))
    return Impact(changes=tuple(found), regions=count)


def _affected(survey: Survey) -> Iterator[tuple[tuple[str, ...], frozenset[int]]]:
    """Keys that can change, together where both policies say the same of them, with the clauses that make a difference."""
    groups: dict[object, list[str]] = {}
    for key in (LISTING, *survey.vocabulary.fields, *survey.capabilities):
        apart = key == LISTING or len(survey.keys(Look(side=0, key=key))) > 2
        alike: object = key if apart else (_is_capability(key), *survey.said_of(key))
        groups.setdefault(alike, []).append(key)
    for keys in groups.values():
        read = survey.keys(Look(side=0, key=keys[0]))
        touched = frozenset(number for key in read for number in _differing(survey.sides, key))
        if touched:
            yield tuple(keys), touched


def _differing(sides: Sequence[Mapping[str, Profile]], key: str) -> frozenset[int]:
    before, after = (side[key] for side in sides)
    return frozenset(number for number, _ in (before.shows ^ after.shows) | (before.caps ^ after.caps))


def _changes(survey: Survey, fields: tuple[str, ...], plan: Plan) -> Iterator[Change]:
    key = fields[0]
    found: dict[tuple[Level, Level], list[tuple[Who, Witness]]] = {}
    for viewer, places, levels in _onlookers(survey, plan.looks):
        days = survey.days
        found.setdefault(_shown(key, levels), []).append(onlooker(viewer, days, places))
    boxes: dict[tuple[Level, Level], list[tuple[Held, Cube]]] = {}
    for finding in survey.findings(plan, differing=True):
        shift = _shown(key, (finding.levels[0], finding.levels[1]))
        if shift[0] is not shift[1]:
            _enter(boxes.setdefault(shift, []), finding)
    stands_for = {**survey.alike(plan.looks[0])}
    stands_for[key] = tuple(dict.fromkeys((*stands_for[key], *fields)))
    read = tuple(each for members in stands_for.values() for each in members)
    for shift, kept in boxes.items():
        for held, cube in kept:
            example = witness(_for_all(held, stands_for), cube, survey.universe, survey.vocabulary, read)
            found.setdefault(shift, []).append((described(held, cube, survey.universe, key), example))
    for (before, after), seen in found.items():
        yield Change(
            fields=fields,
            before=before,
            after=after,
            who=tuple(who for who, _ in seen[:MOST_DESCRIBED]),
            more=max(0, len(seen) - MOST_DESCRIBED),
            witness=seen[0][1],
        )


def _onlookers(survey: Survey, looks: Sequence[Look]) -> Iterator[tuple[Viewer, frozenset[int], tuple[Level, Level]]]:
    places = {day: place for place, day in enumerate(survey.days)}
    found: dict[tuple[bool, Level, Level], tuple[Viewer, set[int]]] = {}
    for viewer, day, (before, after) in survey.onlookers(looks):
        shift = _shown(looks[0].key, (before, after))
        if shift[0] is not shift[1]:
            found.setdefault((viewer.member, *shift), (viewer, set()))[1].add(places[day])
    for (_, before, after), (viewer, days) in found.items():
        yield viewer, frozenset(days), (before, after)


def _enter(kept: list[tuple[Held, Cube]], finding: Finding) -> None:
    """Add the boxes of a finding, unless a wider one that asks for no more is there already."""
    for cube in cubes(finding.space, finding.where, MOST_CUBES):
        if not any(_covers(box, (finding.held, cube)) for box in kept):
            kept.append((finding.held, cube))


def _covers(wide: tuple[Held, Cube], narrow: tuple[Held, Cube]) -> bool:
    return wide[0].within(narrow[0]) and all(some <= more for some, more in zip(narrow[1], wide[1], strict=True))


def _for_all(held: Held, stands_for: Mapping[str, tuple[str, ...]]) -> Held:
    """Credentials for some keys, had for all that these stand for."""
    tiers = frozenset((each, tier) for key, tier in held.tiers for each in stands_for[key])
    return replace(held, tiers=tiers, direct=frozenset(each for key in held.direct for each in stands_for[key]))


def _shown(key: str, levels: tuple[Level, Level]) -> tuple[Level, Level]:
    """A capability is there or it is not."""
    if not _is_capability(key):
        return levels
    before, after = (Level.EXACT if level > Level.HIDDEN else Level.HIDDEN for level in levels)
    return before, after


def _is_capability(key: str) -> bool:
    return key.startswith(CAPABILITY_PREFIX)
