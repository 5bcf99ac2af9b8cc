"""Values that could not mean anything cannot be made."""

from __future__ import annotations

from datetime import date

import pytest

from policies import ActiveGrant, MalformedGrant, MalformedVocabulary, Tier, UnknownField, Vocabulary
from tests.policies.worlds import LARGE, SMALL


@pytest.mark.parametrize(
    ("fields", "groups"),
    [
        pytest.param(("a", "a"), {"g": ("a", "a")}, id="a field twice"),
        pytest.param(("a", "b"), {"g": ("a",)}, id="a field without group"),
        pytest.param(("a",), {"g": ("a",), "h": ("a",)}, id="a field in two groups"),
        pytest.param(("a",), {"g": ("a", "b")}, id="a group with an unknown field"),
        pytest.param(("$listing",), {"g": ("$listing",)}, id="a field named like the listing"),
        pytest.param(("a",), {"*": ("a",)}, id="a group named like everything"),
        pytest.param(("capability/a",), {"g": ("capability/a",)}, id="a field named like a capability"),
        pytest.param(("a", "b"), {"a": ("a", "b")}, id="a group named like one of its fields"),
    ],
)
def test_an_inconsistent_vocabulary_is_refused(fields: tuple[str, ...], groups: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(MalformedVocabulary):
        Vocabulary(fields=fields, groups=groups)


@pytest.mark.parametrize(
    "derived",
    [
        pytest.param({"c": ("a",)}, id="a derived field that is none"),
        pytest.param({"a": ("c",)}, id="an input that is no field"),
        pytest.param({"a": ("a",)}, id="a field derived from itself"),
        pytest.param({"a": ("b",), "b": ("a",)}, id="two fields derived from each other"),
    ],
)
def test_a_derivation_that_cannot_be_is_refused(derived: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(MalformedVocabulary):
        Vocabulary(fields=("a", "b"), groups={"g": ("a", "b")}, derived=derived)


def test_the_inputs_of_a_derived_field_are_those_at_any_remove() -> None:
    derived = {"a": ("b",), "b": ("c",)}
    made = Vocabulary(fields=("a", "b", "c"), groups={"g": ("a", "b", "c")}, derived=derived)
    assert made.inputs == {"a": {"b", "c"}, "b": {"c"}}


def test_the_large_vocabulary_is_as_large_as_a_real_one() -> None:
    assert len(LARGE.fields) >= 35
    assert len(LARGE.groups) == 12


def test_targets_expand_to_fields() -> None:
    assert SMALL.expand("*") == ("$listing", "name", "place", "hours", "price")
    assert SMALL.expand("$listing") == ("$listing",)
    assert SMALL.expand("capacity") == ("hours", "price")
    assert SMALL.expand("hours") == ("hours",)
    with pytest.raises(UnknownField):
        SMALL.expand("hour")


@pytest.mark.parametrize(
    ("tier", "fields", "direct"),
    [
        pytest.param(None, frozenset({"hours"}), False, id="neither tier nor direct"),
        pytest.param(Tier.PUBLIC, None, False, id="the public tier"),
        pytest.param(Tier.PARTNER, frozenset({"hours"}), True, id="direct with a tier"),
        pytest.param(None, None, True, id="direct without fields"),
    ],
)
def test_a_grant_that_means_nothing_is_refused(tier: Tier | None, fields: frozenset[str] | None, direct: bool) -> None:
    day = date(2026, 1, 1)
    with pytest.raises(MalformedGrant):
        ActiveGrant(tier=tier, purpose="rfq", start=day, until=day, fields=fields, direct=direct)
