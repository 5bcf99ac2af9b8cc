"""The reference evaluator: what a policy means, written to be read.

Most generous show, then strictest cap. ``show(f)`` is the highest level over show rules that are true; ``cap(f)`` the
lowest over cap rules that are true or unknown; the decision is their minimum, limited by the platform's caps, and for a
derived field also by the levels of everything it is derived from.
Guarantees to depend on nothing but its arguments and not on the order of rules. ``planes`` answers the same, fast; it
is tested against this and this is never changed to please another evaluator.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from policies.decision import Decision, decision_of_levels
from policies.levels import Kleene, Level, Tier, kleene
from policies.model import (
    BACKING,
    CAPABILITY_PREFIX,
    LISTING,
    Effect,
    PlatformCap,
    Policy,
    Relation,
    Rule,
    Viewer,
    Vocabulary,
)


def decide(  # noqa: PLR0917 - the six inputs of every decision, in the order all callers know them
    policy: Policy,
    viewer: Viewer,
    relation: Relation,
    day: date,
    vocabulary: Vocabulary,
    platform: Sequence[PlatformCap] = (),
) -> Decision:
    """The level of every field for this viewer, bound to the factory by ``relation``, on ``day`` (UTC)."""
    keys = (LISTING, *vocabulary.fields, *(CAPABILITY_PREFIX + name for name in policy.capabilities))
    shows = [
        *_direct_shows(keys, viewer, relation, day),
        *(
            _cut(_levels(rule, keys, vocabulary), _narrowed_to(rule, viewer, relation, day))
            for rule in policy.effective
            if rule.effect is Effect.SHOW and truth(rule, viewer, relation, day) is Kleene.TRUE
        ),
    ]
    caps = [
        _levels(rule, keys, vocabulary)
        for rule in policy.effective
        if rule.effect is Effect.CAP and truth(rule, viewer, relation, day) is not Kleene.FALSE
    ] + [
        _levels(cap.rule, keys, vocabulary) for cap in platform if _platform_cap_bites(cap, viewer, day)
    ]  # fmt: skip
    levels = dict.fromkeys(keys, Level.HIDDEN)
    for show in shows:
        for key, level in show.items():
            levels[key] = max(levels[key], level)
    for cap in caps:
        for key, level in cap.items():
            levels[key] = min(levels[key], level)
    levels |= {name: min(levels[each] for each in (name, *inputs)) for name, inputs in vocabulary.inputs.items()}
    named = {name: levels[CAPABILITY_PREFIX + name] > Level.HIDDEN for name in policy.capabilities}
    return decision_of_levels(levels, named, vocabulary)


def truth(rule: Rule, viewer: Viewer, relation: Relation, day: date) -> Kleene:
    """Whether the rule speaks about this viewer today: the Kleene minimum of its atoms."""
    in_time = (rule.start is None or rule.start <= day) and (rule.until is None or day <= rule.until)
    return min([kleene(in_time), *_atoms(rule, viewer, relation, day)])


def _atoms(rule: Rule, viewer: Viewer, relation: Relation, day: date) -> Iterable[Kleene]:
    to = rule.to
    # Mandatory attributes: absent is unknown, so that nobody gains by leaving one out.
    if rule.purposes is not None:
        yield _mandatory(viewer.purpose, rule.purposes)
    if to.org is not None:
        yield _mandatory(viewer.org, to.org)
    if to.country is not None:
        yield _mandatory(viewer.country, to.country)
    if to.verified is not None:
        yield _verified(viewer.verified, to.verified, rule.effect)
    # Optional attributes: absent is false, because each is a credential one has or has not.
    if to.tier is not None:
        yield kleene((viewer.member and to.tier <= Tier.MEMBER) or bool(_places(to.tier, viewer, relation, day)))
    if to.sector is not None:
        yield kleene(not to.sector.isdisjoint(viewer.sectors))
    if to.role is not None:
        yield kleene(not to.role.isdisjoint(viewer.roles))
    if to.holds is not None:
        least = BACKING[to.attested or "document"]
        yield kleene(all(_backing(viewer, scheme) >= least for scheme in to.holds))
    if to.nda is not None:
        yield kleene(not to.nda.isdisjoint(relation.ndas))
    if to.group is not None:
        yield kleene(not to.group.isdisjoint(relation.groups))


def _mandatory(value: str | None, asked: frozenset[str]) -> Kleene:
    return Kleene.UNKNOWN if value is None else kleene(value in asked)


def _verified(value: int | None, asked: int, effect: Effect) -> Kleene:
    if value is None:
        return Kleene.UNKNOWN
    return kleene(value >= asked if effect is Effect.SHOW else value <= asked)


def _backing(viewer: Viewer, scheme: str) -> int:
    return BACKING.get(viewer.holds.get(scheme, ""), 0)


def _places(tier: Tier, viewer: Viewer, relation: Relation, day: date) -> list[frozenset[str] | None]:
    """The grants that put the viewer on ``tier`` today: for each the fields it is narrowed to, None for all."""
    return [
        grant.fields for grant in relation.grants if grant.counts(viewer, day) and grant.tier is not None and grant.tier >= tier
    ]


def _narrowed_to(rule: Rule, viewer: Viewer, relation: Relation, day: date) -> frozenset[str] | None:
    """Fields a true show keeps when only narrow grants made its tier atom true; None when nothing is cut."""
    tier = rule.to.tier
    if tier is None or (viewer.member and tier <= Tier.MEMBER):
        return None
    kept: set[str] = set()
    for fields in _places(tier, viewer, relation, day):
        if fields is None:
            return None
        kept |= fields
    return frozenset(kept)


def _cut(levels: Mapping[str, Level], fields: frozenset[str] | None) -> Mapping[str, Level]:
    if fields is None:
        return levels
    return {key: level for key, level in levels.items() if key in fields or _is_listing(key)}


def _direct_shows(keys: Sequence[str], viewer: Viewer, relation: Relation, day: date) -> Iterable[Mapping[str, Level]]:
    for grant in relation.grants:
        if grant.direct and grant.fields is not None and grant.counts(viewer, day):
            yield {key: Level.EXACT for key in keys if key in grant.fields or _is_listing(key)}


def _platform_cap_bites(cap: PlatformCap, viewer: Viewer, day: date) -> bool:
    # A relation is never consulted: platform caps name mandatory attributes only.
    value = truth(cap.rule, viewer, Relation(), day)
    return value is Kleene.TRUE or (value is Kleene.UNKNOWN and cap.binds == "everyone")


def _is_listing(key: str) -> bool:
    return key == LISTING or key.startswith(CAPABILITY_PREFIX)


def _levels(rule: Rule, keys: Sequence[str], vocabulary: Vocabulary) -> Mapping[str, Level]:
    """What the rule says of each key. Targets that overlap: the highest wins in a show, the lowest in a cap."""
    shows = rule.effect is Effect.SHOW
    levels: dict[str, Level] = {}
    for target, level in rule.targets:
        for key in _covered(target, keys, vocabulary):
            before = levels.get(key)
            if before is None or (level > before) is shows:
                levels[key] = level
    return levels


def _covered(target: str, keys: Sequence[str], vocabulary: Vocabulary) -> Iterable[str]:
    if target.startswith(CAPABILITY_PREFIX):
        return [target]
    expanded = vocabulary.expand(target)
    capabilities = [key for key in keys if key.startswith(CAPABILITY_PREFIX)] if LISTING in expanded else []
    return [*expanded, *capabilities]
