"""What fields tell together: where without who, few enough to be known by what they do, more than their inputs allow.

Guarantees: what is found comes with a possible viewer who sees it so under the reference evaluator, one without narrowed
or direct grants; and if such a viewer exists, it is found, unless there are too many regions (then the code is named as
not looked at).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from policies.held import TooMany
from policies.levels import Level
from policies.model import Effect, RuleId
from policies.odd import Odd, Oddity
from policies.profiles import THERE
from policies.said import level_of
from policies.survey import Look, Survey
from policies.who import Witness, cubes, onlooker, witness

Levels = tuple[Level, ...]
MOST_FEW = 3
MOST_REGIONS_EACH = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Fields that may point to a factory together, and for levels at which they are seen how many factories fit.

    ``counts`` says for levels, in the order of ``fields``, how many factories of the published directory are not to be
    told from this one by them. Levels that are missing are not judged.
    """

    fields: tuple[str, ...]
    counts: Mapping[Levels, int] = field(default_factory=dict)


def places_beside_hidden_names(survey: Survey, places: Sequence[str], names: Sequence[str]) -> Iterator[Odd]:
    """Each place that somebody sees exactly to whom all ``names`` are hidden."""
    for place in places:
        looks = (Look(side=0, key=place), *(Look(side=0, key=name) for name in names))
        seen = _first(survey, looks, frozenset(names), lambda levels: levels[0] is Level.EXACT and not any(levels[1:]))
        if seen is not None:
            yield Odd(
                code=Oddity.PLACE_BESIDE_HIDDEN_NAME,
                fields=(place,),
                levels=(Level.EXACT,),
                others=tuple(names),
                witness=seen[1],
            )


def identifying(survey: Survey, combinations: Sequence[Combination], names: Sequence[str], few: int) -> Iterator[Odd]:
    """Each combination by which somebody to whom all ``names`` are hidden is left with fewer than ``few`` factories."""
    for combination in combinations:
        count = len(combination.fields)
        looks = tuple(Look(side=0, key=key) for key in (*combination.fields, *names))
        rare = {levels: number for levels, number in combination.counts.items() if number < few}

        def tells(levels: Levels, rare: Mapping[Levels, int] = rare, count: int = count) -> bool:
            return levels[:count] in rare and not any(levels[count:])

        seen = _first(survey, looks, frozenset((*combination.fields, *names)), tells) if rare else None
        if seen is not None:
            levels = seen[0][:count]
            yield Odd(
                code=Oddity.IDENTIFYING,
                fields=combination.fields,
                levels=levels,
                others=tuple(names),
                count=rare[levels],
                witness=seen[1],
            )


def derived_cut(survey: Survey) -> Iterator[Odd]:
    """Each derived field of which the rules show somebody more than what it is derived from allows."""
    for name, inputs in survey.vocabulary.inputs.items():
        looks = (Look(side=0, key=name, alone=True), Look(side=0, key=name), Look(side=0, key=THERE, alone=True))
        seen = _first(survey, looks, inputs, lambda levels: levels[0] > levels[1] and levels[2] > Level.HIDDEN)
        if seen is not None:
            said, shown, _ = seen[0]
            yield Odd(
                code=Oddity.DERIVED_CUT,
                by=_shows(survey, name, shown),
                fields=(name,),
                levels=(said, shown),
                others=tuple(sorted(inputs)),
                witness=seen[1],
            )


def derived_computable(survey: Survey, computable: Collection[str]) -> Iterator[Odd]:
    """Each field of ``computable`` that somebody sees less precisely than all that it is computed from, bands at least."""
    for name in sorted(computable):
        inputs = survey.vocabulary.derived.get(name, ())
        looks = tuple(Look(side=0, key=key) for key in (name, *inputs))

        def tells(levels: Levels) -> bool:
            return min(levels[1:]) > max(levels[0], Level.EXISTENCE)

        seen = _first(survey, looks, frozenset({name}), tells) if inputs else None
        if seen is not None:
            yield Odd(
                code=Oddity.DERIVED_COMPUTABLE,
                fields=(name,),
                levels=(min(seen[0][1:]), seen[0][0]),
                others=tuple(inputs),
                witness=seen[1],
            )


def _shows(survey: Survey, name: str, above: Level) -> tuple[RuleId, ...]:
    found = []
    for rule in survey.policies[0].rules:
        level = level_of(rule, name, survey.vocabulary) if rule.effect is Effect.SHOW else None
        if level is not None and level > above:
            found.append(rule.id)
    return tuple(found)


def _first(
    survey: Survey, looks: Sequence[Look], optional: Collection[str], wanted: Callable[[Levels], bool]
) -> tuple[Levels, Witness] | None:
    """Some viewer whose levels are wanted. Raises TooMany."""
    for viewer, day, levels in survey.onlookers(looks):
        if wanted(levels):
            return levels, onlooker(viewer, survey.days, frozenset({survey.days.index(day)}))[1]
    keys = tuple(dict.fromkeys(key for look in looks for key in survey.keys(look)))
    plan = survey.plan(looks, optional=frozenset(optional), most=MOST_REGIONS_EACH)
    for finding in survey.findings(plan):
        if wanted(finding.levels):
            cube = next(cubes(finding.space, finding.where, 1))
            return finding.levels, witness(finding.held, cube, survey.universe, survey.vocabulary, keys)
    return None


def looked_for(search: Iterator[Odd]) -> tuple[tuple[Odd, ...], bool]:
    """What a search finds, and whether it came to its end."""
    found: list[Odd] = []
    try:
        for odd in search:
            found.append(odd)
    except TooMany:
        return tuple(found), False
    return tuple(found), True
