"""Conditions: when a rule speaks, apart from what it says, shared by every policy of the network.

Guarantees the truth that the reference evaluator gives. A table only grows and is not locked: its owner serialises
``number`` against everything else. Numbers mean something only together with the table that gave them.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NewType

from policies.levels import Kleene, Tier
from policies.model import BACKING, NO_RELATION, Audience, Effect, Relation, Rule, Viewer

ConditionNumber = NewType("ConditionNumber", int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a rule speaks, apart from what it says. Equal conditions are evaluated once for the whole network."""

    to: Audience
    purposes: frozenset[str] | None
    start: date | None
    until: date | None
    effect: Effect

    @property
    def relational(self) -> bool:
        """True when it is false for every viewer without a relation to the factory."""
        to = self.to
        return (to.tier is not None and to.tier > Tier.MEMBER) or to.nda is not None or to.group is not None

    def applies(self, truth: int) -> bool:
        """Whether a rule under this condition counts, given its Kleene truth: a show when true, a cap unless false."""
        return truth == Kleene.TRUE or (truth == Kleene.UNKNOWN and self.effect is Effect.CAP)

    def next_change(self, day: date) -> date | None:
        """The first day after ``day`` on which the passing of time alone can change its truth; None for never."""
        ends = self.until + timedelta(days=1) if self.until is not None and self.until < date.max else None
        return min((moment for moment in (self.start, ends) if moment is not None and moment > day), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a relation comes to for one viewer on one day: grants that count, resolved once for all rows of a policy."""

    tier: Tier
    """Highest tier held in full."""
    reach: Tier
    """Highest tier held at all, narrowly or in full."""
    narrow: tuple[tuple[Tier, frozenset[str]], ...]
    direct: frozenset[str] | None
    ndas: frozenset[str]
    groups: frozenset[str]


def _plain_standing(tier: Tier) -> Standing:
    return Standing(tier=tier, reach=tier, narrow=(), direct=None, ndas=frozenset(), groups=frozenset())


_STRANGER = _plain_standing(Tier.PUBLIC)
_MEMBER = _plain_standing(Tier.MEMBER)


def standing(viewer: Viewer, relation: Relation, day: date) -> Standing:
    """Resolve a relation for a viewer on a day."""
    plain = _MEMBER if viewer.member else _STRANGER
    if relation is NO_RELATION:
        return plain
    tier, narrow, direct = plain.tier, [], None
    for grant in relation.grants:
        if not grant.counts(viewer, day):
            continue
        if grant.tier is None:
            direct = (direct or frozenset()) | (grant.fields or frozenset())
        elif grant.fields is None:
            tier = max(tier, grant.tier)
        else:
            narrow.append((grant.tier, grant.fields))
    reach = max([tier, *(held for held, _ in narrow)])
    return Standing(tier=tier, reach=reach, narrow=tuple(narrow), direct=direct, ndas=relation.ndas, groups=relation.groups)


def condition_of(rule: Rule) -> Condition:
    """The condition under which a rule speaks."""
    return Condition(to=rule.to, purposes=rule.purposes, start=rule.start, until=rule.until, effect=rule.effect)


def truth(condition: Condition, viewer: Viewer, held: Standing, day: date) -> Kleene:
    """Truth of one condition. FALSE leaves early; UNKNOWN has to wait for the other atoms."""
    if condition.start is not None and day < condition.start:
        return Kleene.FALSE
    if condition.until is not None and day > condition.until:
        return Kleene.FALSE
    to = condition.to
    if not _credentials(to, viewer, held):
        return Kleene.FALSE
    unknown = False
    for asked, value in ((condition.purposes, viewer.purpose), (to.org, viewer.org), (to.country, viewer.country)):
        if asked is None:
            continue
        if value is None:
            unknown = True
        elif value not in asked:
            return Kleene.FALSE
    if to.verified is not None:
        if viewer.verified is None:
            unknown = True
        elif viewer.verified < to.verified if condition.effect is Effect.SHOW else viewer.verified > to.verified:
            return Kleene.FALSE
    return Kleene.UNKNOWN if unknown else Kleene.TRUE


def _credentials(to: Audience, viewer: Viewer, held: Standing) -> bool:
    """The optional atoms: each is had or not had."""
    return (
        (to.tier is None or held.reach >= to.tier)
        and (to.sector is None or not to.sector.isdisjoint(viewer.sectors))
        and (to.role is None or not to.role.isdisjoint(viewer.roles))
        and (to.nda is None or not to.nda.isdisjoint(held.ndas))
        and (to.group is None or not to.group.isdisjoint(held.groups))
        and (to.holds is None or _holds(to, viewer))
    )


def _holds(to: Audience, viewer: Viewer) -> bool:
    least = BACKING[to.attested or "document"]
    return all(BACKING.get(viewer.holds.get(scheme, ""), 0) >= least for scheme in to.holds or ())


@dataclass(slots=True)
class ConditionTable:
    """Gives each distinct condition one number, from 0 upwards."""

    conditions: list[Condition] = field(default_factory=list)
    _numbers: dict[Condition, ConditionNumber] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.conditions)

    def __getitem__(self, number: int) -> Condition:
        return self.conditions[number]

    def number(self, condition: Condition) -> ConditionNumber:
        """The number of a condition, new if it has none yet."""
        known = self._numbers.get(condition)
        if known is None:
            known = self._numbers[condition] = ConditionNumber(len(self.conditions))
            self.conditions.append(condition)
        return known

    def truth(self, number: int, viewer: Viewer, relation: Relation, day: date) -> Kleene:
        """Truth for a viewer bound to one factory; TRUE also when only a narrow grant makes it so (see ``cut``)."""
        return truth(self.conditions[number], viewer, standing(viewer, relation, day), day)

    def generic_truths(self, viewer: Viewer, day: date, *, since: int = 0) -> bytes:
        """Truth of every condition from number ``since`` on for a viewer without relation: one Kleene per byte."""
        plain = standing(viewer, NO_RELATION, day)
        return bytes([truth(condition, viewer, plain, day) for condition in self.conditions[since:]])
