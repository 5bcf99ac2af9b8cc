"""Every rule that speaks about a factory, with where it comes from: the owner, a template, the platform.

Guarantees the levels that the reference evaluator takes from a rule, key by key. A key is a field, ``$listing`` or
``capability/<id>``.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from policies.levels import Kleene, Level
from policies.model import CAPABILITY_PREFIX, EVERYTHING, LISTING, Effect, PlatformCap, Policy, Rule, Vocabulary


class Origin(StrEnum):
    """Who wrote a rule. An owner can change OWN, leave out TEMPLATE, and not touch PLATFORM."""

    OWN = "own"
    TEMPLATE = "template"
    PLATFORM = "platform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A rule and who wrote it. ``binds`` is of interest for the platform's caps alone."""

    rule: Rule
    origin: Origin
    binds: Literal["identified", "everyone"] = "everyone"

    def bites(self, truth: Kleene) -> bool:
        """Whether it counts, given its truth: a show when true, a cap unless false or unable to tell whom it binds."""
        if self.rule.effect is Effect.SHOW or self.binds == "identified":
            return truth is Kleene.TRUE
        return truth is not Kleene.FALSE


def said_by(policy: Policy, platform: Sequence[PlatformCap] = ()) -> tuple[Said, ...]:
    """All of them: the owner's in document order, templates', the platform's."""
    return (
        *(Said(rule=rule, origin=Origin.OWN) for rule in policy.rules),
        *(Said(rule=rule, origin=Origin.TEMPLATE) for rule in policy.inherited),
        *(Said(rule=cap.rule, origin=Origin.PLATFORM, binds=cap.binds) for cap in platform),
    )


def level_of(rule: Rule, key: str, vocabulary: Vocabulary) -> Level | None:
    """What the rule says of a key, None for nothing. Raises UnknownField for a key or target outside the vocabulary."""
    if not key.startswith(CAPABILITY_PREFIX):
        vocabulary.position(key)
    return levels_of(rule, (key,), vocabulary).get(key)


def about(policy: Policy, keys: Collection[str], vocabulary: Vocabulary) -> Policy:
    """The policy with only those rules that say something of some keys; it decides the same of them, given ``$listing``."""
    return replace(
        policy,
        rules=tuple(rule for rule in policy.rules if levels_of(rule, keys, vocabulary)),
        inherited=tuple(rule for rule in policy.inherited if levels_of(rule, keys, vocabulary)),
    )


def levels_of(rule: Rule, keys: Collection[str], vocabulary: Vocabulary) -> Mapping[str, Level]:
    """What the rule says of each of ``keys``. Targets that overlap: the highest in a show, the lowest in a cap.

    Raises UnknownField for a target outside the vocabulary.
    """
    strongest = max if rule.effect is Effect.SHOW else min
    named = frozenset(keys)
    found: dict[str, Level] = {}
    for target, level in rule.targets:
        for key in _covered(target, named, vocabulary):
            found[key] = strongest(level, found.get(key, level))
    return found


def _covered(target: str, keys: frozenset[str], vocabulary: Vocabulary) -> Iterator[str]:
    if target.startswith(CAPABILITY_PREFIX):
        yield from keys & {target}
        return
    yield from keys.intersection(vocabulary.expand(target))
    if target in (EVERYTHING, LISTING):
        yield from (key for key in keys if key.startswith(CAPABILITY_PREFIX))
