"""The laws of the policy language, each as a function of an evaluator and a random world.

A law raises AssertionError when the evaluator breaks it. ``test_laws`` asserts that the reference keeps every law,
``test_mutants`` that wrong evaluators do not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from random import Random

from policies import (
    LISTING,
    ActiveGrant,
    Decision,
    Effect,
    PlatformCap,
    Policy,
    Relation,
    Viewer,
    Vocabulary,
)
from tests.policies.worlds import (
    BACKINGS,
    CAPABILITIES,
    FEW_ROLES,
    LISTS,
    NDAS,
    SCHEMES,
    SECTORS,
    World,
    random_grant,
    random_rule,
)

Decide = Callable[[Policy, Viewer, Relation, date, Vocabulary, tuple[PlatformCap, ...]], Decision]
Law = Callable[[Decide, World, Random], None]


def ask(decide: Decide, world: World) -> Decision:
    return decide(world.policy, world.viewer, world.relation, world.day, world.vocabulary, world.platform)


def with_rules(world: World, *rules: object) -> World:
    return replace(world, policy=replace(world.policy, rules=tuple(rules)))


def sees_no_more(less: Decision, more: Decision, world: World) -> bool:
    """Compared by name: the two policies may name different capabilities and so number their bits differently."""
    names = (LISTING, *world.vocabulary.fields)
    return all(less.level(name) <= more.level(name) for name in names) and all(
        more.capability_listed(each) or not less.capability_listed(each) for each in CAPABILITIES
    )


def sees_the_same(one: Decision, other: Decision, world: World) -> bool:
    return sees_no_more(one, other, world) and sees_no_more(other, one, world)


def order_of_rules_does_not_matter(decide: Decide, world: World, rng: Random) -> None:
    shuffled = list(world.policy.rules)
    rng.shuffle(shuffled)
    assert ask(decide, world) == ask(decide, with_rules(world, *shuffled))


def repeating_a_rule_changes_nothing(decide: Decide, world: World, rng: Random) -> None:
    again = rng.choice(world.policy.rules)
    assert ask(decide, world) == ask(decide, with_rules(world, *world.policy.rules, again))


def adding_a_show_never_lowers(decide: Decide, world: World, rng: Random) -> None:
    extra = random_rule(rng, world.vocabulary, "extra", Effect.SHOW)
    assert sees_no_more(ask(decide, world), ask(decide, with_rules(world, *world.policy.rules, extra)), world)


def adding_a_cap_never_raises(decide: Decide, world: World, rng: Random) -> None:
    extra = random_rule(rng, world.vocabulary, "extra", Effect.CAP)
    assert sees_no_more(ask(decide, with_rules(world, *world.policy.rules, extra)), ask(decide, world), world)


def credentials_added(world: World, rng: Random) -> Iterator[World]:
    """The world once for each credential the viewer could gain."""
    viewer, relation = world.viewer, world.relation
    yield replace(world, viewer=replace(viewer, member=True))
    yield replace(world, viewer=replace(viewer, sectors=viewer.sectors | {rng.choice(SECTORS)}))
    yield replace(world, viewer=replace(viewer, roles=viewer.roles | {rng.choice(FEW_ROLES)}))
    if viewer.verified is not None:
        yield replace(world, viewer=replace(viewer, verified=min(3, viewer.verified + 1)))
    scheme = rng.choice(SCHEMES)
    better = max(rng.choice(BACKINGS), viewer.holds.get(scheme, "document"), key=BACKINGS.index)
    yield replace(world, viewer=replace(viewer, holds={**viewer.holds, scheme: better}))
    yield replace(world, relation=replace(relation, ndas=relation.ndas | {rng.choice(NDAS)}))
    yield replace(world, relation=replace(relation, groups=relation.groups | {rng.choice(LISTS)}))
    grant = random_grant(rng, world.vocabulary)
    yield replace(world, relation=replace(relation, grants=(*relation.grants, grant)))
    if relation.grants:
        yield replace(world, relation=replace(relation, grants=(*relation.grants[1:], widened(relation.grants[0]))))


def widened(grant: ActiveGrant) -> ActiveGrant:
    return grant if grant.direct else replace(grant, fields=None)


def adding_a_credential_never_lowers(decide: Decide, world: World, rng: Random) -> None:
    before = ask(decide, world)
    for richer in credentials_added(world, rng):
        assert sees_no_more(before, ask(decide, richer), world)


def attributes_removed(world: World) -> Iterator[World]:
    """The world once for each attribute the viewer could leave out."""
    viewer, relation = world.viewer, world.relation
    for name in ("org", "country", "verified", "purpose"):
        yield replace(world, viewer=replace(viewer, **{name: None}))
    yield replace(world, viewer=replace(viewer, member=False))
    for sector in viewer.sectors:
        yield replace(world, viewer=replace(viewer, sectors=viewer.sectors - {sector}))
    for role in viewer.roles:
        yield replace(world, viewer=replace(viewer, roles=viewer.roles - {role}))
    for scheme in viewer.holds:
        kept = {name: backing for name, backing in viewer.holds.items() if name != scheme}
        yield replace(world, viewer=replace(viewer, holds=kept))
    for nda in relation.ndas:
        yield replace(world, relation=replace(relation, ndas=relation.ndas - {nda}))
    for group in relation.groups:
        yield replace(world, relation=replace(relation, groups=relation.groups - {group}))
    for place in range(len(relation.grants)):
        kept_grants = relation.grants[:place] + relation.grants[place + 1 :]
        yield replace(world, relation=replace(relation, grants=kept_grants))
    yield replace(world, viewer=Viewer.anonymous(), relation=Relation())
    if viewer.member:
        yield replace(world, viewer=Viewer.any_member(), relation=Relation())


def removing_an_attribute_never_raises(decide: Decide, world: World, rng: Random) -> None:
    """For owners' rules and platform caps that bind everyone; ``identified`` caps are meant to be escaped so."""
    strict = replace(world, platform=tuple(replace(cap, binds="everyone") for cap in world.platform))
    before = ask(decide, strict)
    for poorer in attributes_removed(strict):
        assert sees_no_more(ask(decide, poorer), before, world)


def extending_is_set_union(decide: Decide, world: World, rng: Random) -> None:
    cut = rng.randint(0, len(world.policy.rules))
    own, template = world.policy.rules[:cut], world.policy.rules[cut:]
    extended = replace(world.policy, rules=own, extends=("template",), inherited=template)
    both = replace(world.policy, extends=("template",), inherited=template)
    whole = ask(decide, world)
    assert whole == ask(decide, replace(world, policy=extended)) == ask(decide, replace(world, policy=both))


def platform_caps_only_limit(decide: Decide, world: World, rng: Random) -> None:
    free = ask(decide, replace(world, platform=()))
    identified = ask(decide, replace(world, platform=tuple(replace(c, binds="identified") for c in world.platform)))
    everyone = ask(decide, replace(world, platform=tuple(replace(c, binds="everyone") for c in world.platform)))
    assert sees_no_more(identified, free, world)
    assert sees_no_more(everyone, identified, world)


def unlisted_is_absent(decide: Decide, world: World, rng: Random) -> None:
    decision = ask(decide, world)
    if not decision.listed:
        assert decision.bits == 0
        assert not any(decision.levels.values())
        assert not any(decision.capability_listed(each) for each in CAPABILITIES)


LAWS: tuple[Law, ...] = (
    order_of_rules_does_not_matter,
    repeating_a_rule_changes_nothing,
    adding_a_show_never_lowers,
    adding_a_cap_never_raises,
    adding_a_credential_never_lowers,
    removing_an_attribute_never_raises,
    extending_is_set_union,
    platform_caps_only_limit,
    unlisted_is_absent,
)
