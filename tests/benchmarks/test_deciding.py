"""The rows about decisions measure what they say: Cedar decides the same, and there is an impact to find."""

from __future__ import annotations

from random import Random

from policies import Impact, impact
from sharing import catalogue
from tests.benchmarks.deciding import GROUP, RULES, deciding, made_up
from tests.benchmarks.measuring import agree
from tests.policies.examples import DAY


def test_every_row_has_its_baseline_and_cedar_decides_the_same() -> None:
    rows = deciding(4, 0, members=300)
    assert {row.group for row in rows} == {GROUP}
    assert len({row.name for row in rows}) == len(rows) == 5
    assert [row.answers is not None for row in rows] == [True, False, False, False, False]
    agree(rows)


def test_a_policy_of_many_rules_is_answered_whichever_rule_is_left_out() -> None:
    policy = made_up(Random("1/left out"), catalogue.vocabulary())
    assert len(policy.rules) == RULES
    for place in range(0, RULES, 7):
        less = type(policy)(factory="F", revision=2, rules=policy.rules[:place] + policy.rules[place + 1 :])
        assert isinstance(impact(policy, less, today=DAY, vocabulary=catalogue.vocabulary()), Impact)
