"""Templates: taken over whole, with their version, and never changed behind an owner's back."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from policies import NO_RELATION, Level, Relation, Viewer, decide, rule_document
from policies.levels import TIERS
from sharing import catalogue, templates
from sharing.catalogue.country_groups import COUNTRY_GROUPS
from sharing.catalogue.places import COUNTRIES
from sharing.errors import InvalidDocument
from sharing.policy_reading import read_policy
from sharing.stored import policy_text, stored_policy
from sharing.templates import TEMPLATES
from sharing.viewers import pictured
from trust import strict_json

DAY = date(2026, 11, 22)
DIGESTS = {
    "bands-for-members@1": "ac6eb65dff51aec4",
    "nda-exact@1": "623a35b9a12ca969",
    "open-card@1": "964c993d9a2c0bcb",
    "stealth@1": "076424f67a128ae3",
}
"""Of each version's rules: a version that was offered once never says anything else."""


def read(**members: Any) -> Any:
    return read_policy({"v": 1, "rules": [], **members}, "F", 1, frozenset())


def test_a_version_never_changes() -> None:
    found = {
        each.key: hashlib.sha256(strict_json.canonical([rule_document(rule) for rule in each.rules])).hexdigest()[:16]
        for each in TEMPLATES
    }
    assert found == DIGESTS


def test_ids_of_rules_are_one_templates_own() -> None:
    ids = [rule.id for each in templates.newest().values() for rule in each.rules]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", sorted(templates.newest()))
def test_a_template_is_saved_with_its_version_and_its_rules(name: str) -> None:
    policy = read(extends=[name])
    assert policy.extends == (f"{name}@1",)
    assert policy.effective == templates.offered()[name]
    assert stored_policy(policy_text(policy)) == policy


def test_a_later_version_changes_no_policy_that_was_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    text = policy_text(read(extends=["open-card", "stealth"]))
    before = stored_policy(text)
    later = replace(TEMPLATES[0], version=2, rules=(replace(TEMPLATES[0].rules[0], targets=(("*", Level.EXACT),)),))
    monkeypatch.setattr(templates, "TEMPLATES", (*TEMPLATES, later))
    for each in (templates.newest, templates.offered):
        each.cache_clear()
    try:
        assert read(extends=["open-card"]).extends == ("open-card@2",)
        assert read(extends=["open-card@1"]).inherited == TEMPLATES[0].rules
        assert stored_policy(text) == before
    finally:
        monkeypatch.undo()
        for each in (templates.newest, templates.offered):
            each.cache_clear()


def test_rules_and_templates_are_one_set() -> None:
    own = {"id": "mine", "to": "anyone", "show": [["note", "exact"]]}
    policy = read(extends=["open-card", "open-card@1"], rules=[own])
    assert [rule.id for rule in policy.effective] == ["mine", "open-card"]
    found = decide(policy, Viewer.anonymous(), NO_RELATION, DAY, catalogue.vocabulary())
    assert (found.level("note"), found.level("legal_name"), found.level("hourly_rate")) == (3, 3, 0)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"rules": []}, "too_few"),
        ({"rules": [], "extends": []}, "too_few"),
        ({"extends": ["no-such"]}, "unknown_template"),
        ({"extends": ["open-card@2"]}, "unknown_template"),
        ({"extends": ["open-card"], "rules": [{"id": "open-card", "to": "anyone", "show": [["*", "exact"]]}]}, "duplicate"),
    ],
)
def test_what_is_not_a_policy_is_refused(members: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        read(**members)
    assert [problem.code for problem in refused.value.problems] == [code]


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("open-card", {"public": True, "member": True, "partner": True}),
        ("bands-for-members", {"public": False, "member": True, "partner": True}),
        ("nda-exact", {"public": False, "member": False, "partner": False}),
        ("stealth", {"public": False, "member": False, "partner": True}),
    ],
)
def test_who_finds_a_factory_under_a_template_alone(name: str, listed: dict[str, bool]) -> None:
    for word, expected in listed.items():
        viewer, relation = pictured(TIERS[word], "sourcing", DAY)
        assert decide(read(extends=[name]), viewer, relation, DAY, catalogue.vocabulary()).listed is expected


def test_nda_exact_speaks_to_whoever_has_the_agreement() -> None:
    agreed = Relation(ndas=frozenset({templates.NDA}))
    found = decide(read(extends=["nda-exact"]), Viewer.any_member(), agreed, DAY, catalogue.vocabulary())
    assert (found.level("capacity.spare_hours"), found.level("hourly_rate")) == (Level.EXACT, Level.HIDDEN)


def test_a_group_of_countries_is_saved_as_its_countries() -> None:
    policy = read(rules=[{"id": "eu", "to": {"country": ["EU", "CH"]}, "show": [["*", "exact"]]}])
    (rule,) = policy.rules
    assert rule.to.country == COUNTRY_GROUPS["EU"].countries | {"CH"}
    assert "EU" not in policy_text(policy)


def test_groups_of_countries_hold_countries_and_none_is_called_like_one() -> None:
    for name, group in COUNTRY_GROUPS.items():
        assert all(code in COUNTRIES for code in group.countries)
        assert name not in COUNTRIES
        assert group.as_of <= DAY
    assert (len(COUNTRY_GROUPS["EU"].countries), len(COUNTRY_GROUPS["ASEAN"].countries)) == (27, 11)
