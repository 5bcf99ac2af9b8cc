"""Explanations say what the reference decides, name the rules that made it so, and what one more fact would change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings

from policies import (
    LISTING,
    NO_RELATION,
    ActiveGrant,
    AtomName,
    Because,
    Effect,
    Kleene,
    Level,
    PlatformCap,
    Relation,
    Tier,
    UnknownField,
    Viewer,
    decide,
    explain,
)
from policies.atoms import atoms_of, least
from policies.evaluate import truth
from tests.policies.examples import BUYER, DAY, PARTNER, VOCABULARY, example_policy
from tests.policies.worlds import DERIVED, SMALL, World, random_world, rngs


def reasons(world: World):
    return explain(world.policy, world.viewer, world.relation, world.day, world.vocabulary, world.platform)


def decided(world: World):
    return decide(world.policy, world.viewer, world.relation, world.day, world.vocabulary, world.platform)


@settings(max_examples=80, deadline=None)
@given(rng=rngs())
def test_the_least_atom_is_the_truth_of_the_rule(rng: Random) -> None:
    world = random_world(rng, SMALL)
    for rule in world.policy.rules:
        assert least(atoms_of(rule, world.viewer, world.relation, world.day)) is truth(
            rule, world.viewer, world.relation, world.day
        )


@pytest.mark.parametrize("vocabulary", [SMALL, DERIVED], ids=["small", "derived"])
@settings(max_examples=80, deadline=None)
@given(rng=rngs())
def test_the_level_is_made_of_what_the_explanation_names(vocabulary, rng: Random) -> None:
    world = random_world(rng, vocabulary)
    decision, found = decided(world), reasons(world)
    assert set(found) == {LISTING, *vocabulary.fields}
    for name, reason in found.items():
        assert reason.level == decision.level(name)
        assert reason.show == max((v.level for v in reason.shows), default=Level.HIDDEN)
        assert reason.cap == min((v.level for v in reason.caps), default=Level.EXACT)
        assert bool(reason.shows) == any(v.decides for v in reason.shows)
        assert bool(reason.caps) == any(v.decides for v in reason.caps)
        expected = {
            Because.NOTHING_SHOWS: reason.level == reason.show == Level.HIDDEN,
            Because.SHOWN: reason.level == reason.show <= reason.cap,
            Because.CAPPED: reason.level == reason.cap < reason.show,
            Because.UNLISTED: not decision.listed,
            Because.INPUTS: reason.level < min(reason.show, reason.cap) and bool(reason.inputs),
        }
        assert expected[reason.because], (name, reason)


@settings(max_examples=80, deadline=None)
@given(rng=rngs())
def test_without_the_rules_that_are_named_the_level_would_be_another(rng: Random) -> None:
    world = random_world(rng, SMALL)
    for name, reason in reasons(world).items():
        if reason.because is Because.SHOWN and not any(voice.said is None for voice in reason.shows):
            named = {voice.said.rule.id for voice in reason.shows if voice.decides}
            kept = tuple(rule for rule in world.policy.rules if rule.id not in named)
            assert decided(replace(world, policy=replace(world.policy, rules=kept))).level(name) < reason.level
        if reason.because is Because.CAPPED and decided(world).listed:
            named = {voice.said.rule.id for voice in reason.caps if voice.decides}
            kept = tuple(rule for rule in world.policy.rules if rule.id not in named)
            caps = tuple(cap for cap in world.platform if cap.rule.id not in named)
            freed = replace(world, policy=replace(world.policy, rules=kept), platform=caps)
            assert decided(freed).level(name) > reason.level


def satisfied(world: World, atom) -> World | None:
    """The world with the one fact that an atom asks for; None where a viewer cannot bring it about."""
    viewer, relation, word = world.viewer, world.relation, atom.needs
    match atom.name:
        case AtomName.SECTOR:
            return replace(world, viewer=replace(viewer, sectors=viewer.sectors | {word[0]}))
        case AtomName.ROLE:
            return replace(world, viewer=replace(viewer, roles=viewer.roles | {word[0]}))
        case AtomName.HOLDS:
            extra = dict.fromkeys(word, atom.attested or "document")
            return replace(world, viewer=replace(viewer, holds={**viewer.holds, **extra}))
        case AtomName.NDA:
            return replace(world, relation=replace(relation, ndas=relation.ndas | {word[0]}))
        case AtomName.GROUP:
            return replace(world, relation=replace(relation, groups=relation.groups | {word[0]}))
        case AtomName.TIER | AtomName.FIELDS if viewer.purpose is not None:
            tier = Tier.CONFIDENTIAL if atom.name is AtomName.FIELDS else word
            grant = ActiveGrant(tier=tier, purpose=viewer.purpose, start=world.day, until=world.day)
            return replace(world, relation=replace(relation, grants=(*relation.grants, grant)))
    return None


@settings(max_examples=100, deadline=None)
@given(rng=rngs())
def test_whoever_gets_the_one_missing_credential_sees_what_was_promised(rng: Random) -> None:
    world = random_world(rng, SMALL)
    for name, reason in reasons(world).items():
        for path in reason.paths:
            assert path.level > reason.level
            assert path.reaches >= reason.level
            assert sum(atom.truth is Kleene.FALSE for atom in path.lacks) <= 1
            richer = satisfied(world, path.lacks[0]) if len(path.lacks) == 1 else None
            if richer is not None:
                assert decided(richer).level(name) >= path.reaches


@settings(max_examples=80, deadline=None)
@given(rng=rngs())
def test_every_show_one_false_atom_away_is_named(rng: Random) -> None:
    world = random_world(rng, SMALL, known=True)
    for name, reason in reasons(world).items():
        named = {path.said.rule.id for path in reason.paths}
        for rule in world.policy.rules:
            offered = max((v for t, v in rule.targets if t in {"*", name} or name in SMALL.groups.get(t, ())), default=0)
            if rule.effect is not Effect.SHOW or offered <= reason.level:
                continue
            false = [a for a in atoms_of(rule, world.viewer, world.relation, world.day, name) if a.truth is Kleene.FALSE]
            assert (rule.id in named) == (len(false) == 1)


def test_the_buyer_reads_why_quality_is_a_band_and_what_would_open_it() -> None:
    reason = explain(example_policy(), BUYER, NO_RELATION, DAY, VOCABULARY, fields=["quality"])["quality"]
    assert (reason.level, reason.because) == (Level.BAND, Because.SHOWN)
    assert [voice.said.rule.id for voice in reason.shows if voice.decides and voice.said] == ["auto-jp"]
    (path,) = reason.paths
    assert path.said.rule.id == "partners"
    assert (path.level, path.reaches, path.held_by) == (Level.EXACT, Level.EXACT, ())
    assert [(atom.name, atom.needs, atom.truth) for atom in path.lacks] == [(AtomName.TIER, Tier.PARTNER, Kleene.FALSE)]


def test_a_cap_that_holds_down_what_would_be_opened_is_named() -> None:
    viewer = replace(BUYER, purpose="benchmark")
    reason = explain(example_policy(), viewer, NO_RELATION, DAY, VOCABULARY, fields=["capacity"])["capacity"]
    paths = {path.said.rule.id: path for path in reason.paths}
    assert paths["members"].reaches == Level.BAND
    assert [atom.name for atom in paths["members"].lacks] == [AtomName.PURPOSE]
    assert paths["partners"].level == Level.EXACT
    assert paths["partners"].reaches == Level.BAND
    assert [voice.said.rule.id for voice in paths["partners"].held_by if voice.said] == ["no-benchmark"]


def test_unknown_is_told_apart_from_false() -> None:
    found = explain(example_policy(), Viewer.anonymous(), NO_RELATION, DAY, VOCABULARY)
    listing = found[LISTING]
    assert (listing.level, listing.because) == (Level.HIDDEN, Because.CAPPED)
    (rivals,) = [voice for voice in listing.caps if voice.decides and voice.said]
    assert rivals.said is not None
    assert rivals.said.rule.id == "rivals"
    assert rivals.truth is Kleene.UNKNOWN
    assert [atom.name for atom in rivals.unknown] == [AtomName.ORG]
    assert found["identity"].because is Because.UNLISTED
    price = {path.said.rule.id: path for path in found["price"].paths}["acme-price"]
    assert [(atom.name, atom.truth) for atom in price.lacks] == [(AtomName.ORG, Kleene.UNKNOWN)]
    assert price.reaches == Level.HIDDEN


def test_a_narrow_grant_lacks_the_field_not_the_tier() -> None:
    narrow = Relation(grants=(replace(PARTNER.grants[0], fields=frozenset({"capacity"})),))
    found = explain(example_policy(), BUYER, narrow, DAY, VOCABULARY, fields=["quality", "capacity"])
    assert found["capacity"].level == Level.EXACT
    (path,) = found["quality"].paths
    assert [(atom.name, atom.needs) for atom in path.lacks] == [(AtomName.FIELDS, ("quality",))]


def test_a_direct_grant_is_named_as_no_rule() -> None:
    direct = ActiveGrant(tier=None, purpose="sourcing", start=DAY, until=DAY, fields=frozenset({"price"}), direct=True)
    reason = explain(example_policy(), BUYER, Relation(grants=(direct,)), DAY, VOCABULARY, fields=["price"])["price"]
    assert reason.level == Level.EXACT
    assert [(voice.said, voice.decides) for voice in reason.shows] == [(None, True)]


def test_a_rule_that_is_over_lacks_a_day() -> None:
    late = date(2027, 7, 1)
    viewer = replace(BUYER, org="did:web:oem.example:orgs:acme")
    reason = explain(example_policy(), viewer, NO_RELATION, late, VOCABULARY, fields=["price"])["price"]
    (path,) = reason.paths
    assert [(atom.name, atom.needs) for atom in path.lacks] == [(AtomName.UNTIL, late - timedelta(days=1))]


def test_a_platform_cap_is_told_from_the_owners() -> None:
    rule = replace(example_policy().rules[5], id="sanctions")
    cap = PlatformCap(rule=rule, binds="everyone")
    reason = explain(
        example_policy(without=("rivals",)), Viewer.anonymous(), NO_RELATION, DAY, VOCABULARY, (cap,), fields=[LISTING]
    )
    assert [voice.said.origin for voice in reason[LISTING].caps if voice.said] == ["platform"]


def test_a_field_that_is_not_there_is_an_error() -> None:
    with pytest.raises(UnknownField):
        explain(example_policy(), BUYER, NO_RELATION, DAY, VOCABULARY, fields=["nothing"])
