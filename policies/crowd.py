"""Many viewers decided at once: arrays over the kinds of a directory instead of one viewer after the other.

Guarantees the levels that ``evaluate`` gives, for viewers of whom nothing but directory attributes is known (``plain``), with
some credentials given to all of them. Purposes are known here; other mandatory attributes may not be.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from policies.directory import Credentials, Kind
from policies.levels import Level, Tier
from policies.model import BACKING, CAPABILITY_PREFIX, LISTING, Audience, Effect, PlatformCap, Policy, Vocabulary
from policies.profiles import Clause, Clauses, Profile, profiles

Counts = NDArray[np.bool_]
LevelOf = NDArray[np.uint8]


def plain(kind: Kind) -> bool:
    """Whether nothing but directory attributes is known of a kind."""
    relation = kind.relation
    return not (kind.viewer.holds or relation.grants or relation.ndas or relation.groups)


def enough(given: Credentials, to: Audience) -> bool:
    """Whether credentials are enough for what an audience asks of holders of what no directory tells."""
    backing = BACKING[to.attested or "document"]
    held = {scheme for scheme, word in given.holds if BACKING[word] >= backing}
    return (
        (to.holds is None or to.holds <= held)
        and (to.nda is None or not to.nda.isdisjoint(given.ndas))
        and (to.group is None or not to.group.isdisjoint(given.groups))
    )


class Crowd:
    """Plain kinds of one directory before two policies."""

    def __init__(
        self,
        crowd: Sequence[Kind],
        policies: tuple[Policy, Policy],
        platform: Sequence[PlatformCap],
        keys: Sequence[str],
        vocabulary: Vocabulary,
        *,
        day: date,
    ) -> None:
        self.crowd, self.keys, self.vocabulary, self.clauses = crowd, tuple(keys), vocabulary, Clauses(today=day)
        read = dict.fromkeys((LISTING, *keys, *(each for key in keys for each in sorted(vocabulary.inputs.get(key, ())))))
        self.sides = tuple(profiles(each, platform, read, vocabulary, self.clauses) for each in policies)
        spoken = {number for side in self.sides for profile in side.values() for number, _ in profile.pairs}
        self.met: Mapping[int, Counts] = {
            number: self._met(self.clauses.each[number]) for number in spoken if self.clauses.days(number)[0] == day
        }
        groups: dict[object, list[str]] = {}
        for key in keys:
            alike = key if key in vocabulary.inputs or key == LISTING else self._said(key)
            groups.setdefault((key.startswith(CAPABILITY_PREFIX), alike), []).append(key)
        self.groups = [tuple(each) for each in groups.values()]

    def _said(self, key: str) -> tuple[Profile, ...]:
        return tuple(side[key] for side in self.sides)

    def _met(self, clause: Clause) -> Counts:
        """Whom a clause meets as far as the directory tells: all atoms but purposes and credentials."""
        to, unknown = clause.condition.to, clause.unknown_counts
        found = np.ones(len(self.crowd), dtype=np.bool_)
        viewers = [kind.viewer for kind in self.crowd]
        if to.org is not None:
            found &= np.array([unknown if v.org is None else v.org in to.org for v in viewers], dtype=np.bool_)
        if to.country is not None:
            found &= np.array([unknown if v.country is None else v.country in to.country for v in viewers], dtype=np.bool_)
        if to.verified is not None:
            least, most = (to.verified, 9) if clause.condition.effect is Effect.SHOW else (-1, to.verified)
            found &= np.array([unknown if v.verified is None else least <= v.verified <= most for v in viewers], dtype=np.bool_)
        if to.sector is not None:
            found &= np.array([not to.sector.isdisjoint(v.sectors) for v in viewers], dtype=np.bool_)
        if to.role is not None:
            found &= np.array([not to.role.isdisjoint(v.roles) for v in viewers], dtype=np.bool_)
        if to.tier is not None:
            found &= np.array([v.member and to.tier <= Tier.MEMBER for v in viewers], dtype=np.bool_)
        return found

    def levels(self, purpose: str, given: Credentials) -> tuple[LevelOf, LevelOf]:
        """Before and after: a row for each group of keys, a column for each kind."""
        counting = {}
        for number, met in self.met.items():
            condition = self.clauses.each[number].condition
            if (condition.purposes is None or purpose in condition.purposes) and enough(given, condition.to) and met.any():
                counting[number] = met
        before, after = (self._levels(side, counting) for side in self.sides)
        return before, after

    def _levels(self, side: Mapping[str, Profile], counting: Mapping[int, Counts]) -> LevelOf:
        done: dict[Profile, LevelOf] = {}

        def own(key: str) -> LevelOf:
            profile = side[key]
            if profile not in done:
                done[profile] = _own(profile, counting, len(self.crowd))
            return done[profile]

        there = np.where(own(LISTING) > 0, np.uint8(Level.EXACT), np.uint8(Level.HIDDEN))
        rows = []
        for keys in self.groups:
            key = keys[0]
            level = np.minimum(own(key), there) if key != LISTING else own(key)
            for each in self.vocabulary.inputs.get(key, ()):
                level = np.minimum(level, own(each))
            if key.startswith(CAPABILITY_PREFIX):
                level = np.where(level > 0, np.uint8(Level.EXACT), np.uint8(Level.HIDDEN))
            rows.append(level)
        return np.array(rows, dtype=np.uint8)


def _own(profile: Profile, counting: Mapping[int, Counts], size: int) -> LevelOf:
    shown = np.zeros(size, dtype=np.uint8)
    for number, level in profile.shows:
        if number in counting:
            np.maximum(shown, counting[number].view(np.uint8) * np.uint8(level), out=shown)
    for number, level in profile.caps:
        if number in counting:
            shown = np.where(counting[number], np.minimum(shown, np.uint8(level)), shown)
    return shown
