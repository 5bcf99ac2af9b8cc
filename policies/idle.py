"""Rules that do nothing: whoever looks, from today on, sees the same without them.

Guarantees: all rules that are found can be left out together, but for ``cap_never_bites`` and direct grants (``odd`` says
how). Not every such rule is found: one that only several others together cover is not.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from policies.conditions import condition_of
from policies.levels import Level
from policies.model import ANYONE, CAPABILITY_PREFIX, LISTING, Effect, PlatformCap, Policy, RuleId, Vocabulary
from policies.odd import Odd, Oddity
from policies.profiles import Clause, Clauses
from policies.regions import Truths, Universe, narrowed, whole
from policies.said import Said, levels_of, said_by

Speaker = tuple[Said, int, Mapping[str, Level]]
"""A rule, its clause, and what it says of each key."""


def idle_rules(policy: Policy, *, today: date, vocabulary: Vocabulary, platform: Sequence[PlatformCap] = ()) -> tuple[Odd, ...]:
    """The owner's rules that do nothing, in document order. Raises UnknownField for a target outside the vocabulary."""
    return tuple(_Search(policy, today, vocabulary, platform).found())


def expiring(policy: Policy, today: date, within_days: int) -> tuple[Odd, ...]:
    """The owner's rules that end within some days."""
    last = today + timedelta(days=within_days)
    return tuple(
        Odd(code=Oddity.EXPIRING, rule=rule.id, day=rule.until)
        for rule in policy.rules
        if rule.until is not None and today <= rule.until <= last and (rule.start is None or rule.start <= rule.until)
    )


class _Search:
    def __init__(self, policy: Policy, today: date, vocabulary: Vocabulary, platform: Sequence[PlatformCap]) -> None:
        self.policy, self.clauses = policy, Clauses(today=today)
        keys = (LISTING, *vocabulary.fields, *(CAPABILITY_PREFIX + each for each in policy.capabilities))
        self.every: list[Speaker] = [
            (
                said,
                self.clauses.number(Clause(condition=condition_of(said.rule), known_only=said.binds == "identified")),
                levels_of(said.rule, keys, vocabulary),
            )
            for said in said_by(policy, platform)
        ]
        self.truths = Truths(self.clauses, Universe.of(self.clauses))

    def found(self) -> Iterator[Odd]:
        """Each idle rule, by its place; a rule already found covers no other."""
        idle: dict[int, Odd] = {}
        left = [place for place, (_, number, _) in enumerate(self.every) if self.clauses.can_count(number)]
        for place in range(len(self.policy.rules)):
            if place not in left:
                rule = self.policy.rules[place]
                idle[place] = Odd(code=Oddity.DEAD, rule=rule.id, day=rule.until)
        alive = tuple(left)
        # From the last to the first: of two rules that say the same, the later one is the idle one.
        for place in reversed(range(len(self.policy.rules))):
            if place not in left:
                continue
            others: list[Speaker] = [self.every[other] for other in left if other != place]
            said, number, levels = self.every[place]
            if said.rule.effect is Effect.SHOW:
                odd = self._show(said.rule.id, number, levels, others)
            else:
                # Every show counts here, an idle one too: it may be idle because of this very cap.
                odd = self._cap(said.rule.id, number, levels, others, [self.every[each] for each in alive])
            if odd is not None:
                idle[place] = odd
                left.remove(place)
        return (idle[place] for place in sorted(idle))

    def _show(self, name: RuleId, number: int, levels: Mapping[str, Level], others: Sequence[Speaker]) -> Odd | None:
        shows = [each for each in others if each[0].rule.effect is Effect.SHOW]
        caps = [each for each in others if each[0].rule.effect is Effect.CAP and self._for_everybody(each[1], number)]
        by: dict[RuleId, None] = {}
        seen = False
        for key, level in levels.items():
            limits = [(said, said_levels[key]) for said, _, said_levels in caps if key in said_levels]
            reached = min([level, *(limit for _, limit in limits)])
            if reached < level:
                by.update((said.rule.id, None) for said, limit in limits if limit == reached)
            if reached is Level.HIDDEN:
                continue
            seen = True
            covering = next(
                (
                    said
                    for said, wide, said_levels in shows
                    if said_levels.get(key, Level.HIDDEN) >= reached and self.clauses.within(number, wide)
                ),
                None,
            )
            if covering is None:
                return None
            by[covering.rule.id] = None
        return Odd(code=Oddity.SHADOWED if seen else Oddity.NEVER_SEEN, rule=name, by=tuple(by), fields=tuple(levels))

    def _for_everybody(self, cap: int, show: int) -> bool:
        """Whether a cap meets everybody on each day on which a show can speak."""
        condition = self.clauses.each[cap].condition
        first, last = self.clauses.days(show)
        begins, ends = self.clauses.days(cap)
        return condition.to == ANYONE and condition.purposes is None and begins <= first and last <= ends

    def _cap(
        self,
        name: RuleId,
        number: int,
        levels: Mapping[str, Level],
        others: Sequence[Speaker],
        every: Sequence[Speaker],
    ) -> Odd | None:
        caps = [each for each in others if each[0].rule.effect is Effect.CAP]
        shows = [each for each in every if each[0].rule.effect is Effect.SHOW and self._meets(number, each[1])]
        by: dict[RuleId, None] = {}
        unseen: list[str] = []
        for key, level in levels.items():
            if level is Level.EXACT:
                continue
            covering = next(
                (
                    said
                    for said, wide, said_levels in caps
                    if said_levels.get(key, Level.EXACT) <= level and self.clauses.within(number, wide)
                ),
                None,
            )
            if covering is not None:
                by[covering.rule.id] = None
            elif all(said_levels.get(key, Level.HIDDEN) <= level for _, _, said_levels in shows):
                unseen.append(key)
            else:
                return None
        if unseen:
            return Odd(code=Oddity.CAP_NEVER_BITES, rule=name, by=tuple(by), fields=tuple(unseen))
        return Odd(code=Oddity.CAP_SHADOWED, rule=name, by=tuple(by), fields=tuple(levels))

    def _meets(self, cap: int, show: int) -> bool:
        """Whether there is a viewer for whom both count. Whoever is nobody known is met by both or by the cap alone."""
        clause = self.clauses.each[cap]
        if clause.unknown_counts and clause.condition.to.org is not None and not clause.condition.to.org:
            return True
        box = narrowed(whole(self.truths.universe, granted=False), cap, self.truths)
        return box is not None and narrowed(box, show, self.truths) is not None
