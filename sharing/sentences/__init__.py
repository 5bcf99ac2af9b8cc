"""What a policy says, as sentences for people, in English and Vietnamese.

    Acme sees exact spare hours until 30 June 2027.
    Acme xem được số giờ máy trống chính xác đến hết ngày 30/06/2027.

Guarantees: made from the rule alone and the names that the owner may know, so equal rules give equal sentences; nothing that
decides is left out. A sentence says what a rule says, not what somebody gets: other rules may show more or cap it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType

from policies import ActiveGrant, Audience, Policy, Rule
from sharing.sentences import english, vietnamese
from sharing.sentences.nouns import LANGUAGES, NOBODY_KNOWN, Known, Language, noun

__all__ = [
    "LANGUAGES",
    "NOBODY_KNOWN",
    "Known",
    "Language",
    "Sentence",
    "audience_words",
    "grant_sentence",
    "noun",
    "policy_sentences",
    "rule_sentence",
]

_IN: Mapping[Language, ModuleType] = MappingProxyType({"en": english, "vi": vietnamese})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What one rule says. `template`: whose rule it is, None for the owner's own."""

    rule: str
    template: bool
    text: str


def rule_sentence(rule: Rule, language: Language, known: Known = NOBODY_KNOWN) -> str:
    """One rule."""
    return str(_IN[language].rule_sentence(rule, known))


def policy_sentences(policy: Policy, language: Language, known: Known = NOBODY_KNOWN) -> tuple[Sentence, ...]:
    """Every rule that decides: the owner's own in their order, then those of templates."""
    own = [(rule, False) for rule in policy.rules]
    return tuple(
        Sentence(rule=rule.id, template=template, text=rule_sentence(rule, language, known))
        for rule, template in [*own, *((rule, True) for rule in policy.inherited)]
    )


def grant_sentence(grant: ActiveGrant, organization: str, language: Language) -> str:
    """What a grant gives to the organization of this name."""
    return str(_IN[language].grant_sentence(grant, organization))


def audience_words(to: Audience, language: Language, known: Known = NOBODY_KNOWN) -> str:
    """An audience on its own, in the middle of a sentence."""
    return str(_IN[language].who(to, known))
