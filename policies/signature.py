"""One digest of everything a decision reads of a viewer, and of nothing else.

Guarantees: viewers with equal signatures get equal decisions from every policy, and anything a decision can depend on
changes the signature. Relations enter as what they come to today: a grant that does not count, or that another one
already contains, changes nothing. The policy is not part of the digest.
"""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from policies.conditions import Standing, standing
from policies.levels import Tier
from policies.model import BACKING, NO_RELATION, Relation, Viewer


def signature(viewer: Viewer, relations: Mapping[str, Relation], day: date) -> str:
    """64 lower-case hex characters for a viewer, their relations by factory, and the day (UTC).

    ``relations`` is whatever decisions the signature shall stand for: all the viewer's factories, or one.
    """
    unbound = _said(standing(viewer, NO_RELATION, day))
    # An owner's list or agreement ties a viewer alike to each of the owner's factories.
    alike = {relation: _said(standing(viewer, relation, day)) for relation in set(relations.values())}
    bound = {factory: alike[relation] for factory, relation in relations.items()}
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
        "relations": {factory: said for factory, said in bound.items() if said != unbound},
    }
    return sha256(json.dumps(read, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def _said(held: Standing) -> dict[str, object]:
    """A standing in one form only: per tier above the one held in full, the fields that narrow grants open there."""
    return {
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
