"""Owners are told what their rules mean before they are saved."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from policies import NO_RELATION, Effect, Level, Viewer, decide, parse_policy, policy_warnings
from tests.policies.examples import example_policy
from tests.policies.worlds import SMALL, TODAY, random_policy


def warned(*rules: dict[str, object]) -> list[tuple[str, str]]:
    numbered = [{"id": f"r{place}", **rule} for place, rule in enumerate(rules)]
    document = {"v": 1, "factory": "F", "revision": 1, "rules": numbered}
    policy = parse_policy(document, SMALL, known_capabilities={"c1"})
    return [(warning.path, warning.code) for warning in policy_warnings(policy)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"to": "anyone", "show": [["*", "exact"]]}, []),
        ({"to": {"org": ["did:web:a"]}, "show": [["*", "exact"]]}, []),
        ({"to": "anyone", "cap": [["*", "band"]]}, []),
        ({"to": "anyone", "from": "2026-01-01", "cap": [["capability/c1", "hidden"]]}, []),
        ({"to": {"org": ["did:web:a"]}, "cap": [["*", "band"]]}, [("rules/0", "cap_reaches_public")]),
        ({"to": {"country": ["VN"]}, "cap": [["*", "band"]]}, [("rules/0", "cap_reaches_public")]),
        ({"to": {"verified": 1}, "cap": [["*", "band"]]}, [("rules/0", "cap_reaches_public")]),
        ({"to": "anyone", "for": ["benchmark"], "cap": [["*", "band"]]}, [("rules/0", "cap_reaches_public")]),
        ({"to": "anyone", "show": [["name", "exact"], ["price", "hidden"]]}, [("rules/0/show/1", "no_effect")]),
        ({"to": "anyone", "cap": [["price", "exact"]]}, [("rules/0/cap/0", "no_effect")]),
        ({"to": "anyone", "show": [["capability/c1", "exact"]]}, [("rules/0/show/0", "no_effect")]),
    ],
)
def test_warnings(rule: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert warned(rule) == expected


def test_the_example_policy_is_warned_about_its_two_caps() -> None:
    warnings = policy_warnings(example_policy())
    assert [(warning.path, warning.code) for warning in warnings] == [
        ("rules/5", "cap_reaches_public"),
        ("rules/6", "cap_reaches_public"),
    ]
    assert "log out" in warnings[0].message


def test_a_target_said_to_have_no_effect_can_be_left_out() -> None:
    rng, left_out = Random(8), 0
    for _ in range(1500):
        policy = random_policy(rng, SMALL)
        idle = {warning.path for warning in policy_warnings(policy) if warning.code == "no_effect"}
        rules = tuple(
            replace(
                rule,
                targets=tuple(
                    target
                    for place, target in enumerate(rule.targets)
                    if f"rules/{number}/{rule.effect.value}/{place}" not in idle
                ),
            )
            for number, rule in enumerate(policy.rules)
        )
        left_out += len(idle)
        without = replace(policy, rules=rules)
        viewer = Viewer(org=None, country="VN", verified=3, purpose="rfq", member=True)
        one, other = (decide(each, viewer, NO_RELATION, TODAY, SMALL) for each in (policy, without))
        assert (one.level("$listing"), one.levels) == (other.level("$listing"), other.levels)
        assert all(one.capability_listed(each) == other.capability_listed(each) for each in ("c1", "c2"))
    assert left_out > 100


def test_a_cap_without_a_warning_treats_the_public_like_everybody() -> None:
    for policy in (random_policy(Random(seed), SMALL) for seed in range(400)):
        warned_about = {w.path for w in policy_warnings(policy) if w.code == "cap_reaches_public"}
        for place, rule in enumerate(policy.rules):
            if rule.effect is Effect.CAP and f"rules/{place}" not in warned_about:
                alone = replace(policy, rules=(OPEN, replace(rule, start=None, until=None)))
                public = decide(alone, Viewer.anonymous(), NO_RELATION, TODAY, SMALL)
                known = Viewer(org="o", country="VN", verified=3, purpose="rfq", member=True)
                assert public == decide(alone, known, NO_RELATION, TODAY, SMALL)


OPEN = replace(example_policy().rules[0], targets=(("*", Level.EXACT),))
