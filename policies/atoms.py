"""The atoms of a rule, one by one: which are true of a viewer, which are false, which nobody can tell.

Guarantees: the least truth among a rule's atoms is the rule's own truth in ``evaluate``; what an atom needs is given in
the rule's own words. With a field, the tier atom is judged for that field: a grant narrowed to others does not count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from policies.levels import Kleene, Tier, kleene
from policies.model import BACKING, CAPABILITY_PREFIX, LISTING, Attested, Effect, Relation, Rule, Viewer


class AtomName(StrEnum):
    """What an atom asks about. ``FIELDS``: a grant on the tier is there, but narrowed to other fields."""

    FROM = "from"
    UNTIL = "until"
    PURPOSE = "for"
    ORG = "org"
    COUNTRY = "country"
    VERIFIED = "verified"
    TIER = "tier"
    FIELDS = "fields"
    SECTOR = "sector"
    ROLE = "role"
    HOLDS = "holds"
    NDA = "nda"
    GROUP = "group"


Needs = tuple[str, ...] | Tier | int | date
"""What makes an atom true: one of these words (all of them for ``holds``), at least this tier, at least this verification
(at most, in a cap), this day or later (``from``), this day or earlier (``until``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """One atom of one rule for one viewer. ``needs`` of ``holds`` are the schemes still missing, or all when none is."""

    name: AtomName
    truth: Kleene
    needs: Needs
    attested: Attested | None = None

    @property
    def quantifier(self) -> Literal["any", "all"]:
        """Whether one of several words is enough."""
        return "all" if self.name is AtomName.HOLDS else "any"


def atoms_of(rule: Rule, viewer: Viewer, relation: Relation, day: date, field: str | None = None) -> tuple[Atom, ...]:
    """Every atom the rule asks, with its truth for this viewer, bound to the factory by ``relation``, on ``day`` (UTC)."""
    return (*_dates(rule, day), *_mandatory(rule, viewer), *_optional(rule, viewer, relation, day, field))


def lacking(atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Those that are not true."""
    return tuple(atom for atom in atoms if atom.truth is not Kleene.TRUE)


def least(atoms: tuple[Atom, ...]) -> Kleene:
    """The truth of their conjunction."""
    return min((atom.truth for atom in atoms), default=Kleene.TRUE)


def _dates(rule: Rule, day: date) -> Iterator[Atom]:
    if rule.start is not None:
        yield Atom(name=AtomName.FROM, truth=kleene(rule.start <= day), needs=rule.start)
    if rule.until is not None:
        yield Atom(name=AtomName.UNTIL, truth=kleene(day <= rule.until), needs=rule.until)


def _mandatory(rule: Rule, viewer: Viewer) -> Iterator[Atom]:
    for name, asked, value in (
        (AtomName.PURPOSE, rule.purposes, viewer.purpose),
        (AtomName.ORG, rule.to.org, viewer.org),
        (AtomName.COUNTRY, rule.to.country, viewer.country),
    ):
        if asked is not None:
            truth = Kleene.UNKNOWN if value is None else kleene(value in asked)
            yield Atom(name=name, truth=truth, needs=tuple(sorted(asked)))
    asked_least, verified = rule.to.verified, viewer.verified
    if asked_least is not None:
        if verified is None:
            truth = Kleene.UNKNOWN
        else:
            truth = kleene(verified >= asked_least if rule.effect is Effect.SHOW else verified <= asked_least)
        yield Atom(name=AtomName.VERIFIED, truth=truth, needs=asked_least)


def _optional(rule: Rule, viewer: Viewer, relation: Relation, day: date, field: str | None) -> Iterator[Atom]:
    to = rule.to
    if to.tier is not None:
        yield _tier(to.tier, viewer, relation, day, field)
    for name, asked, had in (
        (AtomName.SECTOR, to.sector, viewer.sectors),
        (AtomName.ROLE, to.role, viewer.roles),
        (AtomName.NDA, to.nda, relation.ndas),
        (AtomName.GROUP, to.group, relation.groups),
    ):
        if asked is not None:
            yield Atom(name=name, truth=kleene(not asked.isdisjoint(had)), needs=tuple(sorted(asked)))
    if to.holds is not None:
        enough = BACKING[to.attested or "document"]
        missing = [scheme for scheme in to.holds if BACKING.get(viewer.holds.get(scheme, ""), 0) < enough]
        needs = tuple(sorted(missing or to.holds))
        yield Atom(name=AtomName.HOLDS, truth=kleene(not missing), needs=needs, attested=to.attested)


def _tier(tier: Tier, viewer: Viewer, relation: Relation, day: date, field: str | None) -> Atom:
    on_it = [g for g in relation.grants if g.tier is not None and g.tier >= tier and g.counts(viewer, day)]
    if viewer.member and tier <= Tier.MEMBER:
        return Atom(name=AtomName.TIER, truth=Kleene.TRUE, needs=tier)
    whole = field is None or field == LISTING or field.startswith(CAPABILITY_PREFIX)
    if on_it and not whole and not any(g.fields is None or field in g.fields for g in on_it):
        return Atom(name=AtomName.FIELDS, truth=Kleene.FALSE, needs=(str(field),))
    return Atom(name=AtomName.TIER, truth=kleene(bool(on_it)), needs=tier)
