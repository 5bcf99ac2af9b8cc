"""One digest of everything a decision reads of a viewer, and of nothing else.

Guarantees: viewers with equal signatures get equal decisions from every policy, and anything a decision can depend on
changes the signature. Relations enter as what they come to today: a grant that does not count, or that another one
already contains, changes nothing. The policy is not part of the digest.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256

from policies.conditions import Standing, standing
from policies.levels import Tier
from policies.model import BACKING, NO_RELATION, Relation, Viewer

_Asker = tuple[str | None, bool, date]
"""All that a standing reads of a viewer, and the day."""


class Ties(Mapping[str, Relation]):
    """Relations by factory, which nobody changes: what they come to is worked out once for all who ask with them."""

    __slots__ = ("_of", "_told")

    def __init__(self, relations: Mapping[str, Relation]) -> None:
        self._of = dict(relations)
        self._told: dict[_Asker, str] = {}

    def __getitem__(self, factory: str) -> Relation:
        return self._of[factory]

    def __iter__(self) -> Iterator[str]:
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)

    def told(self, viewer: Viewer, day: date) -> str:
        """`told` of these relations."""
        asker = (viewer.purpose, viewer.member, day)
        found = self._told.get(asker)
        if found is None:
            found = self._told[asker] = told(viewer, self._of, day)
        return found


def signature(viewer: Viewer, relations: Mapping[str, Relation], day: date) -> str:
    """64 lower-case hex characters for a viewer, their relations by factory, and the day (UTC).

    ``relations`` is whatever decisions the signature shall stand for: all the viewer's factories, or one.
    """
    read = {
        "day": day.isoformat(),
        "org": viewer.org,
        "country": viewer.country,
        "verified": viewer.verified,
        "purpose": viewer.purpose,
        "member": viewer.member,
        "sectors": sorted(viewer.sectors),
        "roles": sorted(viewer.roles),
        "holds": {scheme: backing for scheme, backing in viewer.holds.items() if backing in BACKING},
        "relations": relations.told(viewer, day) if isinstance(relations, Ties) else told(viewer, relations, day),
    }
    return sha256(json.dumps(read, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def told(viewer: Viewer, relations: Mapping[str, Relation], day: date) -> str:
    """A digest of what relations come to for a viewer on a day; those that come to nothing are as if they were not."""
    unbound = _said(standing(viewer, NO_RELATION, day))
    # An owner's list or agreement ties a viewer alike to each of the owner's factories: mostly by one and the same object.
    alike = {id(relation): relation for relation in relations.values()}
    said = {number: _said(standing(viewer, relation, day)) for number, relation in alike.items()}
    bound = ((factory, said[id(relation)]) for factory, relation in relations.items())
    return sha256(json.dumps(sorted(each for each in bound if each[1] != unbound)).encode("ascii")).hexdigest()


def _said(held: Standing) -> str:
    """A standing in one form only: per tier above the one held in full, the fields that narrow grants open there."""
    if held.tier is held.reach and held.direct is None and not held.ndas and not held.groups:
        return held.tier.word
    return json.dumps(
        {
            "tier": held.tier.word,
            "narrow": {
                tier.word: sorted(frozenset[str]().union(*(fields for granted, fields in held.narrow if granted >= tier)))
                for tier in Tier
                if held.tier < tier <= held.reach
            },
            "direct": None if held.direct is None else sorted(held.direct),
            "ndas": sorted(held.ndas),
            "groups": sorted(held.groups),
        }
    )
