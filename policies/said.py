"""Every rule that speaks about a factory, with where it comes from: the owner, a template, the platform.

Guarantees the levels that the reference evaluator takes from a rule, key by key. A key is a field, ``$listing`` or
``capability/<id>``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
    """What the rule says of a key, None for nothing. Targets that overlap: the highest in a show, the lowest in a cap.

    Raises UnknownField for a key or target outside the vocabulary.
    """
    if not key.startswith(CAPABILITY_PREFIX):
        vocabulary.position(key)
    said = [level for target, level in rule.targets if _covers(target, key, vocabulary)]
    if not said:
        return None
    return max(said) if rule.effect is Effect.SHOW else min(said)


def _covers(target: str, key: str, vocabulary: Vocabulary) -> bool:
    if key.startswith(CAPABILITY_PREFIX):
        return target in (key, EVERYTHING, LISTING)
    return not target.startswith(CAPABILITY_PREFIX) and key in vocabulary.expand(target)
