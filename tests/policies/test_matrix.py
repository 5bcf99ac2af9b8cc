"""The tier matrix is stored as rules and read back the same."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import (
    NO_RELATION,
    ActiveGrant,
    Level,
    Policy,
    Relation,
    Row,
    Tier,
    UnknownField,
    Viewer,
    Vocabulary,
    decide,
    matrix_from,
    matrix_of,
    parse_policy,
    policy_document,
    rules_from_matrix,
)
from tests.policies.worlds import LARGE, SMALL, TODAY, random_policy

LEVELS = st.sampled_from(Level)
ROWS = st.tuples(LEVELS, LEVELS, LEVELS, LEVELS)
RISING = ROWS.map(lambda row: tuple(sorted(row)))
HIDDEN, EXISTENCE, BAND, EXACT = Level
KNOWN = Viewer(org="o", country="VN", verified=3, purpose="rfq", member=True)


def policy_with(rows: dict[str, Row], vocabulary: Vocabulary) -> Policy:
    return Policy(factory="F", revision=1, rules=rules_from_matrix(rows, vocabulary))


def rows_for(vocabulary: Vocabulary) -> st.SearchStrategy[dict[str, Row]]:
    return st.fixed_dictionaries(dict.fromkeys(("$listing", *vocabulary.fields), RISING))


@settings(max_examples=100, deadline=None)
@given(rows=rows_for(SMALL))
def test_a_matrix_is_read_back_as_it_was_written(rows: dict[str, Row]) -> None:
    policy = policy_with(rows, SMALL)
    assert matrix_of(policy, SMALL).rows == rows
    assert rules_from_matrix(matrix_of(policy, SMALL).rows, SMALL) == policy.rules
    if policy.rules:
        assert parse_policy(policy_document(policy), SMALL, known_capabilities=()) == policy


@settings(max_examples=20, deadline=None)
@given(rows=rows_for(LARGE))
def test_a_large_matrix_is_read_back_as_it_was_written(rows: dict[str, Row]) -> None:
    policy = policy_with(rows, LARGE)
    assert matrix_of(policy, LARGE).rows == rows
    if policy.rules:
        assert parse_policy(policy_document(policy), LARGE, known_capabilities=()) == policy


@settings(max_examples=100, deadline=None)
@given(rows=rows_for(SMALL), tier=st.sampled_from(Tier))
def test_a_column_is_what_somebody_on_that_tier_sees(rows: dict[str, Row], tier: Tier) -> None:
    grant = ActiveGrant(tier=max(tier, Tier.MEMBER), purpose="rfq", start=TODAY, until=TODAY)
    viewer = replace(KNOWN, member=tier > Tier.PUBLIC)
    relation = Relation(grants=(grant,)) if tier > Tier.MEMBER else NO_RELATION
    decision = decide(policy_with(rows, SMALL), viewer, relation, TODAY, SMALL)
    assert decision.listed == (rows["$listing"][tier] > Level.HIDDEN)
    if decision.listed:
        assert decision.levels == {name: rows[name][tier] for name in SMALL.fields}


@settings(max_examples=50, deadline=None)
@given(row=ROWS)
def test_a_higher_tier_never_shows_less(row: Row) -> None:
    written = matrix_from({"price": row}, SMALL).rows["price"]
    assert written == tuple(max(row[: place + 1]) for place in range(4))
    assert matrix_of(policy_with({"price": row}, SMALL), SMALL).rows["price"] == written


def test_mixed_cells_open_into_their_fields() -> None:
    rows = {"capacity": (HIDDEN, BAND, BAND, EXACT), "price": (HIDDEN, HIDDEN, BAND, EXACT)}
    matrix = matrix_of(policy_with(rows, SMALL), SMALL)
    assert [matrix.cell("capacity", tier) for tier in Tier] == [HIDDEN, None, BAND, EXACT]
    assert matrix.cell("hours", Tier.MEMBER) is BAND
    assert matrix.cell("price", Tier.MEMBER) is HIDDEN
    assert matrix.cell("$listing", Tier.MEMBER) is HIDDEN


def test_rules_of_a_matrix_read_like_an_owner_would_write_them() -> None:
    card = (EXACT, EXACT, EXACT, EXACT)
    rows = {"$listing": card, "identity": card, "capacity": (HIDDEN, BAND, EXACT, EXACT), "price": (HIDDEN,) * 3 + (BAND,)}
    document = policy_document(policy_with(rows, SMALL))
    open_to_all = [["$listing", "exact"], ["identity", "exact"]]
    assert document["rules"] == [
        {"id": "tier-public", "to": "anyone", "show": open_to_all},
        {"id": "tier-member", "to": {"tier": "member"}, "show": [*open_to_all, ["hours", "band"]]},
        {"id": "tier-partner", "to": {"tier": "partner"}, "show": [*open_to_all, ["hours", "exact"]]},
        {
            "id": "tier-confidential",
            "to": {"tier": "confidential"},
            "show": [*open_to_all, ["hours", "exact"], ["price", "band"]],
        },
    ]


def test_a_matrix_that_shows_nothing_has_no_rules() -> None:
    assert rules_from_matrix({}, SMALL) == ()


def test_other_rules_are_not_in_the_matrix() -> None:
    rng = Random(1)
    rows = {"price": (HIDDEN, BAND, BAND, EXACT)}
    policy = policy_with(rows, SMALL)
    with_others = replace(policy, rules=(*random_policy(rng, SMALL).rules, *policy.rules))
    assert matrix_of(with_others, SMALL) == matrix_of(policy, SMALL)
    disguised = replace(policy, rules=tuple(replace(rule, until=TODAY) for rule in policy.rules))
    assert not any(any(row) for row in matrix_of(disguised, SMALL).rows.values())


def test_a_row_for_an_unknown_field_is_refused() -> None:
    with pytest.raises(UnknownField):
        rules_from_matrix({"prise": (HIDDEN, BAND, BAND, EXACT)}, SMALL)
