"""Measuring decisions and the answers before saving: whole decisions beside Cedar, impact beside asking viewers one by one.

The factory has the rules of the example policy, in the catalogue's own fields; the members and the policy of fifty rules are
made up from the seed. Nothing here reads the network's tables.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from random import Random

import cedarpy

from policies import (
    LISTING,
    NO_RELATION,
    PURPOSES,
    ROLES,
    Audience,
    ConditionTable,
    Effect,
    Impact,
    Level,
    Listed,
    Policy,
    Rule,
    RuleId,
    Tier,
    Viewer,
    Vocabulary,
    compile_policy,
    decide,
    decide_compiled,
    impact,
    impact_on,
    parse_policy,
)
from sharing import catalogue
from tests.benchmarks.timing import Row, in_turns, in_turns_timed, once
from tests.policies.cedar_export import cedar_keys, cedar_policies, cedar_request, cedar_viewer
from tests.policies.examples import BUYER, DAY, DOCUMENT

GROUP, IN_A_ROW = "policies", 100
MEMBERS, ASKED, RULES = 50_000, 20, 50
CEDAR, ONE_BY_ONE = "the same by cedarpy, in one batch", f"both policies decided for {ASKED} of them one by one"
COUNTRIES = ("VN", "JP", "KR", "DE", "FR", "US", "CN", "TH", "IN", "TW")
SECTORS = ("C20", "C22", "C24", "C25", "C26", "C27", "C28", "C29", "C30")


class Disagreement(Exception):
    """What is measured and its baseline do not say the same, so their times say nothing."""


def example() -> Policy:
    """The example policy over the catalogue's groups, where prices are commercial terms."""
    rules = json.loads(json.dumps(DOCUMENT["rules"]).replace('"price"', '"commercial"'))
    return parse_policy(DOCUMENT | {"rules": rules}, catalogue.vocabulary(), known_capabilities=())


def deciding(seed: int, budget: float, members: int = MEMBERS) -> list[Row]:
    """The rows. Raises `Disagreement`."""
    vocabulary, policy, random = catalogue.vocabulary(), example(), Random(f"{seed}/deciding")
    people = directory(random, members)
    fifty = made_up(random, vocabulary)
    edited = replace(fifty, rules=(*fifty.rules[:7], one_rule(random, vocabulary, 7), *fifty.rules[8:]))
    less = replace(policy, rules=tuple(rule for rule in policy.rules if rule.id != "members"))
    rows = [_whole(policy, vocabulary, budget)]
    for name, before, after in (("the example policy", policy, less), (f"{RULES} rules, one edited", fifty, edited)):
        found = impact(before, after, today=DAY, vocabulary=vocabulary)
        if not isinstance(found, Impact) or not found.changes:
            raise Disagreement(f"{name}: nothing to measure")
        one_by_one = partial(_one_by_one, before, after, people[:ASKED], vocabulary)
        over_all = partial(impact, before, after, today=DAY, vocabulary=vocabulary)
        over_members = partial(impact_on, before, after, people, day=DAY, vocabulary=vocabulary)
        for what, work in (
            (f"on all possible viewers ({found.regions} regions)", over_all),
            (f"on {members} members", over_members),
        ):
            measured, base = in_turns([work, one_by_one], budget)
            name_of_row = f"impact of a draft {what}, {name}"
            rows.append(Row(group=GROUP, name=name_of_row, viewer="", measured=measured, baseline=ONE_BY_ONE, base=base))
    return rows


def _whole(policy: Policy, vocabulary: Vocabulary, budget: float) -> Row:
    table = ConditionTable()
    compiled = compile_policy(policy, vocabulary, table)
    keys = cedar_keys(policy, vocabulary)
    shown = (Level.EXISTENCE, Level.BAND, Level.EXACT)
    requests = [cedar_request("v", key, level, DAY) for key in keys for level in shown]
    text, entities = cedar_policies(policy, (), vocabulary), cedar_viewer("v", BUYER, NO_RELATION, DAY)

    def ours() -> dict[str, Level]:
        decision = decide_compiled(compiled, table, BUYER, NO_RELATION, DAY)
        return {LISTING: decision.level(LISTING), **decision.levels}

    def theirs() -> dict[str, Level]:
        results = iter(cedarpy.is_authorized_batch(requests, text, entities))
        levels = {key: Level(sum(next(results).allowed for _ in shown)) for key in keys}
        for name, inputs in vocabulary.inputs.items():
            levels[name] = min(levels[each] for each in (name, *inputs))
        return levels

    def in_a_row() -> float:
        begun = time.perf_counter()
        for _ in range(IN_A_ROW):
            decide_compiled(compiled, table, BUYER, NO_RELATION, DAY)
        return (time.perf_counter() - begun) / IN_A_ROW

    asking_cedar = partial(once, partial(cedarpy.is_authorized_batch, requests, text, entities))
    measured, base = in_turns_timed([in_a_row, asking_cedar], budget)
    return Row(
        group=GROUP,
        name=f"decide all {len(vocabulary.fields)} fields of a factory (mean of {IN_A_ROW} in a row)",
        viewer="",
        measured=measured,
        baseline=CEDAR,
        base=base,
        answers=(ours(), theirs()),
    )


def directory(random: Random, count: int) -> list[Listed]:
    """Members as a directory shows them."""
    return [
        Listed(
            name=f"m{number}",
            viewer=Viewer(
                org=f"did:web:node.example:orgs:m{number}",
                country=random.choice(COUNTRIES) if random.random() < 0.95 else None,
                verified=random.randint(0, 3),
                purpose=None,
                member=True,
                sectors=frozenset(random.sample(SECTORS, random.randint(0, 3))),
                roles=frozenset(random.sample(ROLES[:4], random.randint(1, 2))),
            ),
        )
        for number in range(count)
    ]


def made_up(random: Random, vocabulary: Vocabulary) -> Policy:
    """A card for everybody and many rules with up to three conditions, as an owner with many partners may have."""
    card = Rule(
        id=RuleId("card"),
        to=Audience(),
        effect=Effect.SHOW,
        targets=((LISTING, Level.EXACT), ("identity", Level.EXACT), ("process", Level.BAND)),
    )
    return Policy(factory="F", revision=1, rules=(card, *(one_rule(random, vocabulary, place) for place in range(1, RULES))))


def one_rule(random: Random, vocabulary: Vocabulary, place: int) -> Rule:
    """A rule for somebody, of some groups."""
    cap = random.random() < 0.1
    atoms: dict[str, object] = {
        "org": frozenset(f"did:web:node.example:orgs:m{random.randrange(200)}" for _ in range(3)),
        "country": frozenset(random.sample(COUNTRIES, 2)),
        "verified": random.randint(1, 3),
    }
    if not cap:
        atoms |= {
            "sector": frozenset(random.sample(SECTORS, 2)),
            "holds": frozenset(random.sample(("ISO9001", "IATF16949", "AS9100"), 1)),
            "nda": frozenset(random.sample(("short", "long"), 1)),
            "group": frozenset(random.sample(("friends", "pilots", "region"), 1)),
            "tier": random.choice((Tier.MEMBER, Tier.PARTNER, Tier.CONFIDENTIAL)),
        }
    chosen = random.sample(sorted(atoms), random.randint(1, 3))
    levels = (Level.HIDDEN, Level.BAND) if cap else (Level.EXISTENCE, Level.BAND, Level.EXACT)
    return Rule(
        id=RuleId(f"r{place}"),
        to=Audience(**{name: atoms[name] for name in chosen}),  # type: ignore[arg-type]
        effect=Effect.CAP if cap else Effect.SHOW,
        targets=tuple(
            (group, random.choice(levels)) for group in random.sample(sorted(vocabulary.groups), random.randint(1, 4))
        ),
        purposes=frozenset(random.sample(PURPOSES, 2)) if random.random() < 0.3 else None,
        until=DAY + timedelta(days=random.randint(1, 400)) if random.random() < 0.3 else None,
    )


def _one_by_one(before: Policy, after: Policy, people: Sequence[Listed], vocabulary: Vocabulary, day: date = DAY) -> int:
    return sum(
        decide(before, replace(each.viewer, purpose=purpose), each.relation, day, vocabulary)
        != decide(after, replace(each.viewer, purpose=purpose), each.relation, day, vocabulary)
        for each in people
        for purpose in PURPOSES
    )
