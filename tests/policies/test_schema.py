"""Documents: what is read back, what is refused, and that every fault is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies import (
    Fault,
    Level,
    Policy,
    PolicyError,
    PolicyErrors,
    Rule,
    decide,
    parse_platform,
    parse_policy,
    platform_document,
    policy_document,
    rules_from_matrix,
)
from tests.policies.examples import DOCUMENT, example_policy
from tests.policies.worlds import LARGE, SMALL, TODAY, random_platform, random_policy, random_world, rngs

Json = dict[str, object]


def read(document: object, **known: object) -> Policy:
    return parse_policy(document, SMALL, **{"known_capabilities": {"c1", "c2"}, **known})


def faults(document: object, **known: object) -> list[Fault]:
    with pytest.raises(PolicyErrors) as refused:
        read(document, **known)
    return list(refused.value.errors)


def with_rule(**changes: object) -> Json:
    """A good document whose only rule is changed; ``...`` takes a key away."""
    rule: Json = {"id": "r", "to": "anyone", "show": [["$listing", "exact"]]} | changes
    return with_members(rules=[{key: value for key, value in rule.items() if value is not ...}])


def with_members(**changes: object) -> Json:
    rules = [{"id": "r", "to": "anyone", "show": [["$listing", "exact"]]}]
    document: Json = {"v": 1, "factory": "F1", "revision": 1, "rules": rules} | changes
    return {key: value for key, value in document.items() if value is not ...}


@settings(max_examples=100, deadline=None)
@given(rng=rngs())
def test_a_policy_is_read_back_as_it_was_written(rng: Random) -> None:
    policy = random_policy(rng, SMALL)
    assert read(policy_document(policy)) == policy


def test_many_policies_are_read_back_as_they_were_written() -> None:
    rng = Random(12)
    for vocabulary in (SMALL, LARGE):
        for _ in range(300):
            policy = random_policy(rng, vocabulary, most=50)
            written = policy_document(policy)
            again = parse_policy(written, vocabulary, known_capabilities=None)
            assert (again, policy_document(again)) == (policy, written)


def test_the_example_document_is_written_back_with_its_sets_sorted() -> None:
    expected = copy.deepcopy(DOCUMENT)
    for rule in expected["rules"]:
        if "for" in rule:
            rule["for"].sort()
    assert policy_document(example_policy()) == expected


@settings(max_examples=50, deadline=None)
@given(rng=rngs())
def test_platform_caps_are_read_back_as_they_were_written(rng: Random) -> None:
    caps = random_platform(rng, SMALL)
    assert parse_platform(platform_document(caps), SMALL) == caps


BAD_DOCUMENTS: list[tuple[object, str, str]] = [
    ([], "", "wrong_type"),
    (None, "", "wrong_type"),
    (with_members(v=2), "v", "wrong_version"),
    (with_members(v=True), "v", "wrong_version"),
    (with_members(v=1.0), "v", "wrong_version"),
    (with_members(v=...), "v", "missing_key"),
    (with_members(factory=...), "factory", "missing_key"),
    (with_members(factory=7), "factory", "wrong_type"),
    (with_members(factory="a b"), "factory", "bad_factory"),
    (with_members(revision=-1), "revision", "out_of_range"),
    (with_members(revision=False), "revision", "wrong_type"),
    (with_members(revision=10**400), "revision", "out_of_range"),
    (with_members(rules=...), "rules", "missing_key"),
    (with_members(rules={}), "rules", "wrong_type"),
    (with_members(rules=[]), "rules", "too_few"),
    (with_members(rules=[{}] * 51), "rules", "too_many"),
    (with_members(rules=[3]), "rules/0", "wrong_type"),
    (with_members(order=[]), "order", "unknown_key"),
    (with_members(**{"a/b~c": 1}), "a~1b~0c", "unknown_key"),
    (with_members(**{"\u202egnp": 1}), "?", "unknown_key"),
    (with_members(extends=["open-card"]), "extends/0", "unknown_template"),
    (with_members(extends="open-card"), "extends", "wrong_type"),
    (with_rule(id=...), "rules/0/id", "missing_key"),
    (with_rule(id="Card"), "rules/0/id", "bad_slug"),
    (with_rule(id="-card"), "rules/0/id", "bad_slug"),
    (with_rule(id="card\n"), "rules/0/id", "bad_slug"),
    (with_rule(id="c" * 65), "rules/0/id", "bad_slug"),
    (with_rule(id="tier-member"), "rules/0/id", "reserved_id"),
    (with_rule(id="tier-public", until="2026-01-01"), "rules/0/id", "reserved_id"),
    (with_rule(show=...), "rules/0", "show_or_cap"),
    (with_rule(cap=[["*", "band"]]), "rules/0", "show_or_cap"),
    (with_rule(hide=[["*", "band"]]), "rules/0/hide", "unknown_key"),
    (with_rule(note=""), "rules/0/note", "too_short"),
    (with_rule(note="x" * 501), "rules/0/note", "too_long"),
    (with_rule(note="a\x00b"), "rules/0/note", "bad_character"),
    (with_rule(note="a\nb"), "rules/0/note", "bad_character"),
    (with_rule(note="a\x9fb"), "rules/0/note", "bad_character"),
    (with_rule(note="a\u202eb"), "rules/0/note", "bad_character"),
    (with_rule(note="a\u2066b"), "rules/0/note", "bad_character"),
    (with_rule(note="a\ud800b"), "rules/0/note", "bad_character"),
    (with_rule(note=None), "rules/0/note", "wrong_type"),
    (with_rule(**{"for": []}), "rules/0/for", "too_few"),
    (with_rule(**{"for": ["fun"]}), "rules/0/for/0", "unknown_purpose"),
    (with_rule(**{"for": ["rfq", "rfq"]}), "rules/0/for/1", "duplicate"),
    (with_rule(**{"for": "rfq"}), "rules/0/for", "wrong_type"),
    (with_rule(**{"from": "2026-02-30"}), "rules/0/from", "bad_date"),
    (with_rule(**{"from": "20260228"}), "rules/0/from", "bad_date"),
    (with_rule(**{"from": "2026-W09-1"}), "rules/0/from", "bad_date"),
    (with_rule(**{"from": "2026-02-28T00:00:00Z"}), "rules/0/from", "bad_date"),
    (with_rule(**{"from": "٢٠٢٦-02-28"}), "rules/0/from", "bad_date"),
    (with_rule(until=20260228), "rules/0/until", "wrong_type"),
    (with_rule(**{"from": "2026-03-02", "until": "2026-03-01"}), "rules/0/until", "from_after_until"),
    (with_rule(to=...), "rules/0/to", "missing_key"),
    (with_rule(to="everyone"), "rules/0/to", "unknown_audience"),
    (with_rule(to={}), "rules/0/to", "empty_audience"),
    (with_rule(to=["anyone"]), "rules/0/to", "wrong_type"),
    (with_rule(to={"not": {}}), "rules/0/to/not", "unknown_key"),
    (with_rule(to={"org": []}), "rules/0/to/org", "too_few"),
    (with_rule(to={"org": ["did:web:a"] * 251}), "rules/0/to/org", "too_many"),
    (with_rule(to={"org": ["acme"]}), "rules/0/to/org/0", "bad_organization"),
    (with_rule(to={"country": ["VN", "vn"]}), "rules/0/to/country/1", "unknown_country"),
    (with_rule(to={"country": ["EU", "ASEAN"]}), "rules/0/to/country/1", "unknown_country"),
    (with_rule(to={"country": [7]}), "rules/0/to/country/0", "wrong_type"),
    (with_rule(to={"sector": ["a b"]}), "rules/0/to/sector/0", "bad_code"),
    (with_rule(to={"holds": []}), "rules/0/to/holds", "too_few"),
    (with_rule(to={"holds": ["A"], "attested": "document"}), "rules/0/to/attested", "unknown_backing"),
    (with_rule(to={"attested": "body"}), "rules/0/to/attested", "attested_without_holds"),
    (with_rule(to={"verified": 0}), "rules/0/to/verified", "out_of_range"),
    (with_rule(to={"verified": 4}), "rules/0/to/verified", "out_of_range"),
    (with_rule(to={"verified": True}), "rules/0/to/verified", "wrong_type"),
    (with_rule(to={"tier": "public"}), "rules/0/to/tier", "unknown_tier"),
    (with_rule(to={"tier": ["member"]}), "rules/0/to/tier", "wrong_type"),
    (with_rule(to={"role": ["boss"]}), "rules/0/to/role/0", "unknown_role"),
    (with_rule(show=[]), "rules/0/show", "too_few"),
    (with_rule(show=[["*", "exact"]] * 201), "rules/0/show", "too_many"),
    (with_rule(show=[["*", "exact", "x"]]), "rules/0/show/0", "too_many"),
    (with_rule(show={"*": "exact"}), "rules/0/show", "wrong_type"),
    (with_rule(show=[["hour", "exact"]]), "rules/0/show/0/0", "unknown_target"),
    (with_rule(show=[[{}, "exact"]]), "rules/0/show/0/0", "wrong_type"),
    (with_rule(show=[["hours", "fuzzy"]]), "rules/0/show/0/1", "unknown_level"),
    (with_rule(show=[["hours", 3]]), "rules/0/show/0/1", "wrong_type"),
    (with_rule(show=[["hours", "band"], ["hours", "exact"]]), "rules/0/show/1/0", "duplicate"),
    (with_rule(show=[["capability/c9", "exact"]]), "rules/0/show/0/0", "unknown_capability"),
    (with_rule(show=[["capability/", "exact"]]), "rules/0/show/0/0", "unknown_capability"),
    (with_rule(show=[["capability/c1", "band"]]), "rules/0/show/0/1", "capability_level"),
    (with_rule(show=..., cap=[["capability/c1", "band"]]), "rules/0/cap/0/1", "capability_level"),
    (with_rule(show=..., cap=[["capability/c1", "exact"]]), "rules/0/cap/0/1", "capability_level"),
    *[
        (with_rule(show=..., cap=[["*", "band"]], to={atom: value}), f"rules/0/to/{atom}", "cap_needs_mandatory_attribute")
        for atom, value in {
            "tier": "member", "sector": ["C29"], "holds": ["A"], "nda": ["n"], "role": ["buyer"], "group": ["g"]
        }.items()
    ],
]  # fmt: skip


@pytest.mark.parametrize(("document", "path", "code"), BAD_DOCUMENTS)
def test_a_bad_document_is_refused_where_it_is_bad(document: object, path: str, code: str) -> None:
    told = faults(document, country_groups={"EU": ("DE", "FR")})
    assert [(fault.path, fault.code) for fault in told] == [(path, code)]
    assert told[0].message


def test_rule_ids_are_unique() -> None:
    rule = {"id": "r", "to": "anyone", "show": [["*", "exact"]]}
    assert [(f.path, f.code) for f in faults(with_members(rules=[rule, rule]))] == [("rules/1/id", "duplicate")]


def test_all_faults_are_told_at_once() -> None:
    document = {
        "v": 9,
        "factory": "F1",
        "extra": 0,
        "rules": [
            {"id": "ok", "to": "anyone", "show": [["*", "exact"]]},
            {"id": "B", "to": {"country": ["Vietnam"], "verified": 9}, "show": [["what", "exactly"]]},
            {"id": "ok", "to": {"group": ["friends"]}, "cap": [["price", "band"]], "until": "soon"},
        ],
    }
    assert {(fault.path, fault.code) for fault in faults(document)} == {
        ("v", "wrong_version"),
        ("extra", "unknown_key"),
        ("revision", "missing_key"),
        ("rules/1/id", "bad_slug"),
        ("rules/1/to/country/0", "unknown_country"),
        ("rules/1/to/verified", "out_of_range"),
        ("rules/1/show/0/0", "unknown_target"),
        ("rules/1/show/0/1", "unknown_level"),
        ("rules/2/id", "duplicate"),
        ("rules/2/to/group", "cap_needs_mandatory_attribute"),
        ("rules/2/until", "bad_date"),
    }


def test_the_limits_themselves_are_allowed() -> None:
    rule = {"id": "r", "to": {"org": [f"did:web:h:orgs:{n}" for n in range(250)]}, "show": [["*", "exact"]]}
    rules = [rule | {"id": f"r{place}" + "x" * 60, "note": "ữ" * 500} for place in range(10)]
    assert len(read(with_members(rules=rules)).rules) == 10
    assert len(read(with_members(rules=[rule | {"id": f"r{place}"} for place in range(50)])).rules) == 50
    same_day = read(with_rule(**{"from": "2028-02-29", "until": "2028-02-29"})).rules[0]
    assert same_day.start == same_day.until
    assert read(with_members(extends=[])) == read(with_members())


def test_country_groups_are_stored_expanded() -> None:
    groups = {"EU": ("DE", "FR"), "NOWHERE": ()}
    policy = read(with_rule(to={"country": ["EU", "VN"]}), country_groups=groups)
    assert policy.rules[0].to.country == {"DE", "FR", "VN"}
    assert read(policy_document(policy)) == policy
    assert [f.code for f in faults(with_rule(to={"country": ["NOWHERE"]}), country_groups=groups)] == ["unknown_country"]


def test_misspelt_countries_are_refused_where_the_known_ones_are_given() -> None:
    document = with_rule(to={"country": ["UK", "GB"]})
    assert read(document).rules[0].to.country == {"UK", "GB"}
    assert [(f.path, f.code) for f in faults(document, countries={"GB", "VN"})] == [("rules/0/to/country/0", "unknown_country")]


def test_a_stored_policy_outlives_its_capability() -> None:
    document = with_rule(show=..., cap=[["capability/gone", "hidden"]])
    assert [f.code for f in faults(document)] == ["unknown_capability"]
    assert read(document, known_capabilities=None).capabilities == ("gone",)


def test_templates_that_the_caller_knows_are_inherited() -> None:
    shown: tuple[Rule, ...] = rules_from_matrix({"*": (Level.EXACT,) * 4}, SMALL)
    templates = {"open-card": shown}
    policy = read(with_members(extends=["open-card"]), templates=templates)
    assert policy.inherited == shown
    assert read(policy_document(policy), templates=templates) == policy
    world = random_world(Random(1), SMALL)
    seen = decide(policy, world.viewer, world.relation, TODAY, SMALL)
    assert all(level is Level.EXACT for level in seen.levels.values())
    assert [f.code for f in faults(with_members(extends=["open-card", "open-card"]), templates=templates)] == ["duplicate"]


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"binds": "nobody"}, "0/binds", "unknown_binding"),
        ({"binds": 1}, "0/binds", "wrong_type"),
        ({"cap": [["capability/c1", "hidden"]]}, "0/cap/0/0", "unknown_capability"),
        ({"to": {"role": ["buyer"]}}, "0/to/role", "cap_needs_mandatory_attribute"),
        ({"id": "tier-public"}, "0/id", "reserved_id"),
    ],
)
def test_a_bad_platform_cap_is_refused(change: Json, path: str, code: str) -> None:
    cap: Json = {"id": "sanctions", "to": {"country": ["KP"]}, "cap": [["*", "hidden"]]}
    assert parse_platform([cap], SMALL)[0].binds == "identified"
    with pytest.raises(PolicyErrors) as refused:
        parse_platform([cap | change], SMALL)
    assert [(fault.path, fault.code) for fault in refused.value.errors] == [(path, code)]


def test_the_platform_never_shows() -> None:
    with pytest.raises(PolicyErrors) as refused:
        parse_platform([{"id": "a", "to": "anyone", "show": [["*", "exact"]]}], SMALL)
    assert [(f.path, f.code) for f in refused.value.errors] == [("0/show", "platform_only_caps")]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
WORDS = st.sampled_from(
    ["v", "factory", "revision", "rules", "extends", "id", "to", "for", "from", "until", "show", "cap", "note", "anyone",
     "org", "country", "verified", "holds", "attested", "tier", "member", "exact", "hidden", "*", "$listing", "hours",
     "capability/c1", "did:web:a", "VN", "rfq", "2026-01-01", "\u202e", "\ud800", "binds", "everyone", "tier-public"]
)  # fmt: skip
NEARLY = st.recursive(
    WORDS | SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6), max_leaves=25
)


@settings(max_examples=300, deadline=None)
@given(document=JSON | NEARLY)
@example(document={1: 2, None: 3})
@example(document={"v": float("nan")})
def test_any_object_is_read_or_refused_with_a_policy_error(document: object) -> None:
    readers: list[Callable[[], object]] = [
        lambda: read(document),
        lambda: read(with_members(rules=document)),
        lambda: read(with_members(rules=[document])),
        lambda: read(with_rule(to=document)),
        lambda: read(with_rule(show=document)),
        lambda: read(with_rule(to=document, show=..., cap=[["*", "band"]])),
        lambda: read(with_members(extends=document)),
        lambda: parse_platform(document, SMALL),
        lambda: parse_platform([document], SMALL),
    ]
    for reader in readers:
        refused = refusal(reader)
        if refused is not None:
            assert isinstance(refused, PolicyErrors)
            assert refused.errors
            assert all(fault.code and fault.message for fault in refused.errors)


def refusal(reader: Callable[[], object]) -> PolicyError | None:
    try:
        reader()
    except PolicyError as refused:
        return refused
    return None


@settings(max_examples=100, deadline=None)
@given(rng=rngs(), junk=JSON)
def test_a_good_document_with_one_spot_of_junk_is_read_or_refused(rng: Random, junk: object) -> None:
    document = policy_document(random_policy(rng, SMALL))
    spot: object = document
    while True:
        keys = list(spot) if isinstance(spot, dict) else list(range(len(spot)))
        key = rng.choice(keys)
        if not isinstance(spot[key], (dict, list)) or not spot[key] or rng.random() < 0.3:
            break
        spot = spot[key]
    spot[key] = junk
    if refusal(lambda: read(document)) is None:
        policy = read(document)
        assert read(policy_document(policy)) == policy


def test_what_is_read_can_always_be_decided() -> None:
    world = random_world(Random(3), SMALL)
    for seed in range(200):
        policy = read(policy_document(random_policy(Random(seed), SMALL)))
        decide(replace(policy, revision=0), world.viewer, world.relation, world.day, SMALL)


def test_a_deep_document_is_refused_without_exhausting_the_stack() -> None:
    deep: object = []
    for _ in range(100_000):
        deep = [deep]
    assert [fault.code for fault in faults(with_rule(to=deep))] == ["wrong_type"]
