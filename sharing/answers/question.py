"""The question before a policy shows anybody more: asked once, answered with the digest of exactly that change."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from policies import Effect, Policy
from sharing.answers.drafts import matter
from sharing.answers.names import known_to_owner
from sharing.answers.widening import digest_of, may_widen, openings
from sharing.errors import WideningNotConfirmed
from sharing.house import House
from sharing.models import Factory
from sharing.sentences import Language, rule_sentence
from sharing.viewers import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A rule because of which somebody may see more: `shows`, or `limits_no_more` where a cap is gone or cut."""

    rule: str
    change: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an owner looks at before they say yes."""

    digest: str
    opens: tuple[Opened, ...]


def ask_about_widening(
    house: House, session: Session, factory: Factory, old: Policy, new: Policy, *, confirmed: frozenset[str]
) -> None:
    """Raise `WideningNotConfirmed` if `new` may show anybody more than `old`, unless `confirmed` holds the change's digest.

    A factory that was never published has its own question, at the first publication.
    """
    del session
    if factory.first_published_at is None or not may_widen(old, new, house.today()):
        return
    digest = digest_of(old, new)
    if digest not in confirmed:
        raise WideningNotConfirmed(digest=digest)


def about(
    house: House, session: Session, caller: Caller, factory_id: str, document: object, *, language: Language = "en"
) -> Question:
    """What saving this draft would open."""
    found = matter(session, caller, factory_id, document)
    rules = openings(found.saved, found.policy, house.today())
    known = known_to_owner(session, found.factory, rules)
    opens = tuple(
        Opened(
            rule=rule.id,
            change="shows" if rule.effect is Effect.SHOW else "limits_no_more",
            text=rule_sentence(rule, language, known),
        )
        for rule in rules
    )
    return Question(digest=digest_of(found.saved, found.policy), opens=opens)
