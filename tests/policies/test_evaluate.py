"""What a policy means, in tables that can be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from policies import (
    NO_RELATION,
    ActiveGrant,
    Audience,
    Decision,
    Effect,
    Kleene,
    Level,
    PlatformCap,
    Policy,
    Relation,
    Rule,
    RuleId,
    Tier,
    Viewer,
    decide,
)
from policies.evaluate import truth
from tests.policies.examples import BUYER, DAY, PARTNER, VOCABULARY, example_policy
from tests.policies.laws import sees_no_more
from tests.policies.worlds import DERIVED, SMALL, TODAY, random_world, rngs

MARKS = {"-": Level.HIDDEN, "?": Level.EXISTENCE, "B": Level.BAND, "E": Level.EXACT}
ACME = replace(BUYER, org="did:web:oem.example:orgs:acme")
RIVAL = replace(BUYER, org="did:web:a.example:orgs:rival")
LATER = DAY + timedelta(days=1)
NEXT_YEAR = date(2028, 1, 1)
LONG = Relation(grants=(replace(PARTNER.grants[0], until=date(2029, 1, 1)),))

# Columns: identity process location certificate capacity lead_time equipment quality price contact; "" is not listed.
# The cap on rivals reaches whoever does not say who they are, so the public card shows only without it.
TABLE = [
    ("nobody known", (), Viewer.anonymous(), NO_RELATION, DAY, ""),
    ("any member", (), Viewer.any_member(), NO_RELATION, DAY, ""),
    ("nobody known, no cap on rivals", ("rivals",), Viewer.anonymous(), NO_RELATION, DAY, "E E B ? - - - - - -"),
    ("any member, no cap on rivals", ("rivals",), Viewer.any_member(), NO_RELATION, DAY, "E E B ? - - - - - -"),
    ("rival", (), RIVAL, NO_RELATION, DAY, ""),
    ("rival with a partner's grant", (), RIVAL, PARTNER, DAY, ""),
    ("stranger for sourcing", (), replace(BUYER, member=False), NO_RELATION, DAY, "E E B ? - - E B - -"),
    ("Japanese car maker for sourcing", (), BUYER, NO_RELATION, DAY, "E E B E B B E B - -"),
    ("the same for an RFQ", (), replace(BUYER, purpose="rfq"), NO_RELATION, DAY, "E E B E B B ? - - -"),
    ("the same from Vietnam", (), replace(BUYER, country="VN"), NO_RELATION, DAY, "E E B E B B ? - - -"),
    ("the same, attested by a peer", (), replace(BUYER, holds={"IATF16949": "peer"}), NO_RELATION, DAY,
     "E E B E B B ? - - -"),
    ("the same, holding another scheme", (), replace(BUYER, holds={"ISO9001": "body"}), NO_RELATION, DAY,
     "E E B E B B ? - - -"),
    ("the same from another sector", (), replace(BUYER, sectors=frozenset({"C30"})), NO_RELATION, DAY,
     "E E B E B B ? - - -"),
    ("partner", (), BUYER, PARTNER, DAY, "E E E E E E E E - -"),
    ("partner with a narrow grant", (), BUYER,
     Relation(grants=(replace(PARTNER.grants[0], fields=frozenset({"capacity"})),)), DAY, "E E B E E B E B - -"),
    ("partner on the rule's last day", (), BUYER, LONG, date(2027, 12, 31), "E E E E E E E E - -"),
    ("partner a day later", (), BUYER, LONG, NEXT_YEAR, "E E B E B B E B - -"),
    ("partner for another purpose", (), replace(BUYER, purpose="audit"), PARTNER, DAY, "E E B ? - - - - - -"),
    ("acme on the last day", (), ACME, NO_RELATION, DAY, "E E B E B B E B E E"),
    ("acme a day later", (), ACME, NO_RELATION, LATER, "E E B E B B E B - -"),
    ("acme benchmarking", (), replace(ACME, purpose="benchmark"), NO_RELATION, DAY, "E E B ? - - - - - E"),
    ("acme without a purpose", (), replace(ACME, purpose=None), NO_RELATION, DAY, "E E B ? - - - - - E"),
]  # fmt: skip


@pytest.mark.parametrize(("without", "viewer", "relation", "day", "row"), [t[1:] for t in TABLE], ids=[t[0] for t in TABLE])
def test_example_policy_decides_as_the_table_says(
    without: tuple[str, ...], viewer: Viewer, relation: Relation, day: date, row: str
) -> None:
    decision = decide(example_policy(without), viewer, relation, day, VOCABULARY)
    marks = {level: mark for mark, level in MARKS.items()}
    shown = " ".join(marks[level] for level in decision.levels.values()) if decision.listed else ""
    assert shown == row


def rule(effect: Effect, purposes: frozenset[str] | None = None, **audience: object) -> Rule:
    targets = (("*", Level.EXACT if effect is Effect.SHOW else Level.HIDDEN),)
    return Rule(id=RuleId("r"), to=Audience(**audience), effect=effect, targets=targets, purposes=purposes)


F, U, T = Kleene.FALSE, Kleene.UNKNOWN, Kleene.TRUE
KNOWN = Viewer(
    org="o", country="VN", verified=2, purpose="rfq", member=True, sectors=frozenset({"s"}),
    roles=frozenset({"buyer"}), holds={"A": "document", "B": "peer", "C": "body"},
)  # fmt: skip
BOUND = Relation(
    grants=(ActiveGrant(tier=Tier.PARTNER, purpose="rfq", start=TODAY, until=TODAY),),
    ndas=frozenset({"n"}),
    groups=frozenset({"g"}),
)
SHOW, CAP = Effect.SHOW, Effect.CAP
WORDS = frozenset

# What the rule asks; then its truth for nobody, for any member, and for somebody known who is bound to the factory.
ATOMS = [
    ("anyone", rule(SHOW), T, T, T),
    ("org that it is", rule(SHOW, org=WORDS({"o", "p"})), U, U, T),
    ("org that it is not", rule(SHOW, org=WORDS({"p"})), U, U, F),
    ("country that it is", rule(CAP, country=WORDS({"VN"})), U, U, T),
    ("country that it is not", rule(CAP, country=WORDS({"JP"})), U, U, F),
    ("purpose that it is", rule(SHOW, WORDS({"rfq"})), U, U, T),
    ("purpose that it is not", rule(CAP, WORDS({"audit"})), U, U, F),
    ("show at least as verified", rule(SHOW, verified=2), U, U, T),
    ("show more verified", rule(SHOW, verified=3), U, U, F),
    ("show less verified", rule(SHOW, verified=1), U, U, T),
    ("cap at most as verified", rule(CAP, verified=2), U, U, T),
    ("cap less verified", rule(CAP, verified=1), U, U, F),
    ("cap up to more verified", rule(CAP, verified=3), U, U, T),
    ("member", rule(SHOW, tier=Tier.MEMBER), F, T, T),
    ("partner", rule(SHOW, tier=Tier.PARTNER), F, F, T),
    ("confidential", rule(SHOW, tier=Tier.CONFIDENTIAL), F, F, F),
    ("one of its sectors", rule(SHOW, sector=WORDS({"s", "t"})), F, F, T),
    ("another sector", rule(SHOW, sector=WORDS({"t"})), F, F, F),
    ("one of its roles", rule(SHOW, role=WORDS({"buyer", "auditor"})), F, F, T),
    ("another role", rule(SHOW, role=WORDS({"auditor"})), F, F, F),
    ("all schemes held", rule(SHOW, holds=WORDS({"A", "B"})), F, F, T),
    ("one scheme not held", rule(SHOW, holds=WORDS({"A", "D"})), F, F, F),
    ("peers say so", rule(SHOW, holds=WORDS({"B", "C"}), attested="peer"), F, F, T),
    ("only a document says so", rule(SHOW, holds=WORDS({"A"}), attested="peer"), F, F, F),
    ("a body says so", rule(SHOW, holds=WORDS({"C"}), attested="body"), F, F, T),
    ("only a peer says so", rule(SHOW, holds=WORDS({"B"}), attested="body"), F, F, F),
    ("an NDA accepted", rule(SHOW, nda=WORDS({"n", "m"})), F, F, T),
    ("another NDA", rule(SHOW, nda=WORDS({"m"})), F, F, F),
    ("on the owner's list", rule(SHOW, group=WORDS({"g"})), F, F, T),
    ("on another list", rule(SHOW, group=WORDS({"h"})), F, F, F),
    ("unknown and true is unknown", rule(SHOW, org=WORDS({"o"}), tier=Tier.MEMBER), F, U, T),
    ("unknown and false is false", rule(SHOW, org=WORDS({"o"}), sector=WORDS({"t"})), F, F, F),
    ("two unknown", rule(CAP, org=WORDS({"o"}), country=WORDS({"JP"})), U, U, F),
]


@pytest.mark.parametrize(("asked", "nobody", "member", "known"), [a[1:] for a in ATOMS], ids=[a[0] for a in ATOMS])
def test_atoms_are_three_valued(asked: Rule, nobody: Kleene, member: Kleene, known: Kleene) -> None:
    assert truth(asked, Viewer.anonymous(), NO_RELATION, TODAY) is nobody
    assert truth(asked, Viewer.any_member(), NO_RELATION, TODAY) is member
    assert truth(asked, KNOWN, BOUND, TODAY) is known


@pytest.mark.parametrize(("asked", "nobody", "member", "known"), [a[1:] for a in ATOMS], ids=[a[0] for a in ATOMS])
def test_shows_need_true_and_caps_do_not_need_certainty(asked: Rule, nobody: Kleene, member: Kleene, known: Kleene) -> None:
    everything = replace(rule(SHOW), id=RuleId("open"))
    policy = Policy(factory="F", revision=1, rules=(asked,) if asked.effect is SHOW else (everything, asked))
    viewers = ((Viewer.anonymous(), NO_RELATION), (Viewer.any_member(), NO_RELATION), (KNOWN, BOUND))
    for (viewer, relation), value in zip(viewers, (nobody, member, known), strict=True):
        listed = decide(policy, viewer, relation, TODAY, SMALL).listed
        assert listed == (value is T if asked.effect is SHOW else value is F)


@pytest.mark.parametrize(
    ("binds", "viewer", "listed"),
    [
        ("identified", Viewer.anonymous(), True),
        ("identified", replace(KNOWN, country="KP"), False),
        ("identified", KNOWN, True),
        ("everyone", Viewer.anonymous(), False),
        ("everyone", replace(KNOWN, country="KP"), False),
        ("everyone", KNOWN, True),
    ],
)
def test_platform_caps_bind_the_identified_or_everyone(binds: str, viewer: Viewer, listed: bool) -> None:
    sanctions = PlatformCap(rule=rule(CAP, country=WORDS({"KP"})), binds=binds)
    policy = Policy(factory="F", revision=1, rules=(rule(SHOW),))
    assert decide(policy, viewer, NO_RELATION, TODAY, SMALL, (sanctions,)).listed is listed


def decided(*rules: tuple[Effect, str, Level]) -> Decision:
    made = tuple(
        Rule(id=RuleId(f"r{place}"), to=Audience(), effect=effect, targets=((target, level),))
        for place, (effect, target, level) in enumerate(rules)
    )
    return decide(Policy(factory="F", revision=1, rules=made), KNOWN, NO_RELATION, TODAY, SMALL)


def test_a_capability_follows_the_listing_unless_it_is_capped() -> None:
    shown = decided((SHOW, "$listing", Level.EXACT), (CAP, "capability/c1", Level.HIDDEN))
    assert (shown.listed, shown.capability_listed("c1"), shown.capability_listed("c2")) == (True, False, True)
    assert not decided((SHOW, "capability/c1", Level.EXACT)).listed
    assert not decided((SHOW, "capability/c1", Level.EXACT)).capability_listed("c1")
    both = decided((SHOW, "*", Level.EXACT), (SHOW, "capability/c1", Level.EXACT), (CAP, "$listing", Level.HIDDEN))
    assert (both.listed, both.capability_listed("c1"), both.bits) == (False, False, 0)


def test_without_the_listing_nothing_is_shown() -> None:
    assert not any(decided((SHOW, "name", Level.EXACT)).levels.values())


def test_in_overlapping_targets_shows_take_the_highest_and_caps_the_lowest() -> None:
    targets = (("*", Level.BAND), ("price", Level.EXACT), ("capacity", Level.EXISTENCE))
    show = Rule(id=RuleId("s"), to=Audience(), effect=SHOW, targets=targets)
    cap = replace(show, id=RuleId("c"), effect=CAP)
    everything = replace(rule(SHOW), id=RuleId("open"))
    shown = decide(Policy(factory="F", revision=1, rules=(show,)), KNOWN, NO_RELATION, TODAY, SMALL)
    capped = decide(Policy(factory="F", revision=1, rules=(everything, cap)), KNOWN, NO_RELATION, TODAY, SMALL)
    assert [level.word for level in shown.levels.values()] == ["band", "band", "band", "exact"]
    assert [level.word for level in capped.levels.values()] == ["band", "band", "existence", "existence"]


@settings(max_examples=150, deadline=None)
@given(rng=rngs())
def test_everybody_sees_at_least_the_public_card_and_members_the_members_view(rng: object) -> None:
    """What the two logs carry is never more than what any reader of them may see."""
    world = random_world(rng, SMALL, everyone=True)
    seen = decide(world.policy, world.viewer, world.relation, world.day, SMALL, world.platform)
    public = decide(world.policy, Viewer.anonymous(), NO_RELATION, world.day, SMALL, world.platform)
    member = decide(world.policy, Viewer.any_member(), NO_RELATION, world.day, SMALL, world.platform)
    assert sees_no_more(public, member, world)
    assert sees_no_more(public, seen, world)
    if world.viewer.member:
        assert sees_no_more(member, seen, world)


def test_a_derived_field_is_shown_no_finer_than_the_coarsest_of_its_inputs() -> None:
    show = (
        ("$listing", Level.EXACT),
        ("load", Level.EXACT),
        ("hours", Level.BAND),
        ("price", Level.EXACT),
        ("peak", Level.EXACT),
    )
    rule = Rule(id=RuleId("r"), to=Audience(), effect=Effect.SHOW, targets=show)
    policy = Policy(factory="F", revision=1, rules=(rule,))
    levels = decide(policy, KNOWN, NO_RELATION, TODAY, DERIVED).levels
    assert levels == {"load": Level.BAND, "name": Level.HIDDEN, "hours": Level.BAND, "price": Level.EXACT, "peak": Level.BAND}
    cap = Rule(id=RuleId("c"), to=Audience(), effect=Effect.CAP, targets=(("price", Level.HIDDEN),))
    capped = decide(Policy(factory="F", revision=1, rules=(rule, cap)), KNOWN, NO_RELATION, TODAY, DERIVED).levels
    assert capped["load"] is capped["peak"] is Level.HIDDEN
