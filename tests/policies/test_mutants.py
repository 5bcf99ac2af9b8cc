"""Wrong evaluators are caught: by a law when the reference is wrong, by the agreement when the compiled form is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

import policies.conditions
import policies.evaluate
import policies.planes
from policies import Decision, Effect, Kleene, Level, Policy, Rule, Vocabulary, decide
from tests.policies import laws
from tests.policies.laws import LAWS
from tests.policies.test_planes import compiled_answer, reference_answer
from tests.policies.worlds import SMALL, World, random_world

Patch = Callable[[pytest.MonkeyPatch], None]
ROUNDS = 1500


def broken_laws() -> set[str]:
    """Names of the laws that the evaluator, as it is now patched, breaks in some random world."""
    broken = set()
    for law in LAWS:
        rng = Random(99)
        for _ in range(ROUNDS):
            try:
                law(policies.evaluate.decide, random_world(rng, SMALL), rng)
            except AssertionError:
                broken.add(law.__name__)
                break
    return broken


def disagreement() -> World | None:
    """A random world in which the compiled form, as it is now patched, differs from the reference."""
    rng = Random(7)
    worlds = (random_world(rng, SMALL) for _ in range(ROUNDS))
    return next((world for world in worlds if compiled_answer(world) != reference_answer(world)), None)


def patched(module: object, name: str, value: object) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(module, name, value)


def absent_mandatory_is_false(value: str | None, asked: frozenset[str]) -> Kleene:
    return Kleene.TRUE if value in asked else Kleene.FALSE


def absent_mandatory_is_true(value: str | None, asked: frozenset[str]) -> Kleene:
    return Kleene.TRUE if value is None or value in asked else Kleene.FALSE


def verified_always_at_least(value: int | None, asked: int, effect: Effect) -> Kleene:
    return Kleene.UNKNOWN if value is None else policies.evaluate.kleene(value >= asked)


def last_rule_is_forgotten(policy: Policy, *rest: object) -> Decision:
    return decide(replace(policy, rules=policy.rules[:-1]), *rest)


def later_rules_win(policy: Policy, *rest: object) -> Decision:
    """Each rule only keeps the targets that no later rule with the same effect names."""
    kept, claimed = [], set()
    for rule in reversed(policy.rules):
        kept.append(replace(rule, targets=tuple(t for t in rule.targets if (rule.effect, t[0]) not in claimed)))
        claimed |= {(rule.effect, target) for target, _ in rule.targets}
    return decide(replace(policy, rules=tuple(reversed(kept))), *rest)


def repeated_rules_cancel(policy: Policy, *rest: object) -> Decision:
    return decide(replace(policy, rules=tuple(r for r in policy.rules if policy.rules.count(r) % 2)), *rest)


def templates_are_ignored(policy: Policy, *rest: object) -> Decision:
    return decide(replace(policy, inherited=()), *rest)


def a_single_cap_wins_over_all(policy: Policy, *rest: object) -> Decision:
    caps = [rule for rule in policy.rules if rule.effect is Effect.CAP]
    weaker = [rule for rule in policy.rules if rule.effect is Effect.SHOW] + caps[-1:]
    return decide(replace(policy, rules=tuple(weaker)), *rest)


REFERENCE_MUTANTS = {
    "absent mandatory is false": (
        patched(policies.evaluate, "_mandatory", absent_mandatory_is_false),
        "removing_an_attribute_never_raises",
    ),
    "absent mandatory is true": (
        patched(policies.evaluate, "_mandatory", absent_mandatory_is_true),
        "removing_an_attribute_never_raises",
    ),
    "verified means at least in caps too": (
        patched(policies.evaluate, "_verified", verified_always_at_least),
        "adding_a_credential_never_lowers",
    ),
    "the last rule is forgotten": (
        patched(policies.evaluate, "decide", last_rule_is_forgotten),
        "order_of_rules_does_not_matter",
    ),
    "later rules win": (patched(policies.evaluate, "decide", later_rules_win), "adding_a_show_never_lowers"),
    "repeated rules cancel": (
        patched(policies.evaluate, "decide", repeated_rules_cancel),
        "repeating_a_rule_changes_nothing",
    ),
    "templates are ignored": (patched(policies.evaluate, "decide", templates_are_ignored), "extending_is_set_union"),
    "one cap wins over the others": (
        patched(policies.evaluate, "decide", a_single_cap_wins_over_all),
        "adding_a_cap_never_raises",
    ),
    "a platform cap that binds everyone lets strangers pass": (
        patched(policies.evaluate, "_platform_cap_bites", lambda cap, viewer, day: (
            policies.evaluate.truth(cap.rule, viewer, policies.NO_RELATION, day) is Kleene.TRUE
        )),
        "removing_an_attribute_never_raises",
    ),
    "unlisted factories keep their bits": (
        patched(Decision, "__post_init__", lambda self: None),
        "unlisted_is_absent",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("patch", "law"), REFERENCE_MUTANTS.values(), ids=REFERENCE_MUTANTS.keys())
def test_a_wrong_reference_breaks_a_law(patch: Patch, law: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies.evaluate, "decide", decide)
    patch(monkeypatch)
    monkeypatch.setattr("tests.policies.test_mutants.LAWS", (getattr(laws, law),))
    assert broken_laws() == {law}


def half_open_caps(position: int, level: Level, width: int) -> int:
    return sum(1 << (position + width * (k - 1)) for k in range(level, 4) if k)


def shows_without_lower_levels(position: int, level: Level, width: int) -> int:
    return 1 << (position + width * (level - 1)) if level else 0


def any_scheme_is_enough(to: policies.Audience, viewer: policies.Viewer) -> bool:
    return any(scheme in viewer.holds for scheme in to.holds or ())


def any_backing_is_enough(to: policies.Audience, viewer: policies.Viewer) -> bool:
    return all(scheme in viewer.holds for scheme in to.holds or ())


def listing_forgets_capabilities(target: str, capabilities: tuple[str, ...], vocabulary: Vocabulary) -> int:
    return REAL_CAPABILITY_BITS(target, capabilities, vocabulary) if target.startswith("capability/") else 0


REAL_CAPABILITY_BITS = policies.planes._capability_bits
REAL_CONDITION_OF = policies.conditions.condition_of


def conditions_forget(name: str) -> Callable[[Rule], policies.Condition]:
    return lambda rule: replace(REAL_CONDITION_OF(rule), **{name: None})


COMPILED_MUTANTS = {
    "narrow grants are not cut": patched(policies.planes, "cut", lambda *_: policies.planes.UNCUT),
    "caps also take their own level": patched(policies.planes, "bits_above", half_open_caps),
    "shows set only their own level": patched(policies.planes, "bits_up_to", shows_without_lower_levels),
    "any scheme is enough": patched(policies.conditions, "_holds", any_scheme_is_enough),
    "any backing is enough": patched(policies.conditions, "_holds", any_backing_is_enough),
    "credentials are not checked": patched(policies.conditions, "_credentials", lambda *_: True),
    "the listing forgets capabilities": patched(policies.planes, "_capability_bits", listing_forgets_capabilities),
    "platform caps are forgotten": patched(policies.planes, "platform_bits", lambda *_: 0),
    "purposes are forgotten": patched(policies.planes, "condition_of", conditions_forget("purposes")),
    "beginnings are forgotten": patched(policies.planes, "condition_of", conditions_forget("start")),
    "ends are forgotten": patched(policies.planes, "condition_of", conditions_forget("until")),
    "direct grants are forgotten": patched(policies.planes, "_direct_bits", lambda *_: 0),
}


@pytest.mark.parametrize("patch", COMPILED_MUTANTS.values(), ids=COMPILED_MUTANTS.keys())
def test_a_wrong_compiled_form_disagrees_with_the_reference(patch: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    patch(monkeypatch)
    assert disagreement() is not None


def test_without_a_mutant_nothing_is_caught() -> None:
    assert broken_laws() == set()
    assert disagreement() is None
