"""An owner's policy of one factory: read back in rules, tiers and words, and replaced.

A policy is in force from the next request: one that waits protects nobody. One that narrows is saved at once; one that may
show anybody more of a factory that was ever published asks once, and takes the digest of exactly that change as a yes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from policies import Level, Policy, Tier, decide_by_planes, policy_document, rule_document
from sharing import catalogue
from sharing.answers.names import grants_in_words, sentences_of
from sharing.answers.question import ask_about_widening
from sharing.factories import PUBLISHED, expect_revision, newest_policy, own_factory
from sharing.house import House
from sharing.models import Factory, PolicyRevision
from sharing.policy_reading import checked_policy, known_capabilities
from sharing.publications import republish
from sharing.sentences import Language, Sentence
from sharing.stored import policy_text
from sharing.viewers import Caller, pictured


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPolicy:
    """A factory's newest policy, for its owner; `matrix` reads its tiers back as groups x tiers.

    `inherited` are the rules of its templates as they were when it was saved; `sentences` are all of its rules in words, and
    `grants` what runs, or will run, beside them.
    """

    factory_id: str
    revision: int
    document: Mapping[str, object]
    matrix: Mapping[str, Mapping[str, str]]
    inherited: tuple[Mapping[str, object], ...]
    sentences: tuple[Sentence, ...]
    grants: tuple[str, ...]


def get_policy(house: House, session: Session, caller: Caller, factory_id: str, *, language: Language = "en") -> OwnPolicy:
    """The owner's policy, as rules, as a matrix and in words."""
    return _own_policy(house, session, own_factory(session, caller, factory_id), language)


def put_policy(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    document: object,
    *,
    confirmed: frozenset[str] = frozenset(),
    expected_revision: int | None = None,
    language: Language = "en",
) -> OwnPolicy:
    """Replace the policy, in force from the next request.

    Raises `InvalidDocument`; `ConfirmationNeeded` until `confirmed` holds the code of each warning; `WideningNotConfirmed`
    until it holds the digest of the change.
    """
    factory, policy = _asked(
        house, session, caller, factory_id, document, confirmed=confirmed, expected_revision=expected_revision, lock=True
    )
    factory.policy_revision += 1
    session.add(
        PolicyRevision(
            factory_id=factory_id,
            revision=factory.policy_revision,
            document=policy_text(policy),
            created_at=house.now(),
        )
    )
    session.flush()
    if factory.state == PUBLISHED:
        republish(house, session, factory, policy=policy)
    return _own_policy(house, session, factory, language)


def ask_first(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    document: object,
    *,
    confirmed: frozenset[str] = frozenset(),
    expected_revision: int | None = None,
) -> None:
    """Raise what `put_policy` would, out of a snapshot: whether a policy opens more can take seconds, and nobody else could
    write meanwhile. `put_policy` asks again, and finds the answer unless the saved policy was changed in between."""
    _asked(house, session, caller, factory_id, document, confirmed=confirmed, expected_revision=expected_revision)


def _asked(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    document: object,
    *,
    confirmed: frozenset[str],
    expected_revision: int | None,
    lock: bool = False,
) -> tuple[Factory, Policy]:
    factory = own_factory(session, caller, factory_id, lock=lock)
    expect_revision(factory.policy_revision, expected_revision)
    known = known_capabilities(session, factory)
    policy = checked_policy(document, factory_id, factory.policy_revision + 1, known, confirmed)
    ask_about_widening(house, factory, newest_policy(session, factory), policy, confirmed=confirmed)
    return factory, policy


def _own_policy(house: House, session: Session, factory: Factory, language: Language) -> OwnPolicy:
    policy = newest_policy(session, factory)
    return OwnPolicy(
        factory_id=factory.id,
        revision=factory.policy_revision,
        document=policy_document(policy),
        matrix=_matrix(house, policy),
        inherited=tuple(rule_document(rule) for rule in policy.inherited),
        sentences=sentences_of(session, factory, policy, language),
        grants=grants_in_words(session, factory, house.today(), language),
    )


def _matrix(house: House, policy: Policy) -> Mapping[str, Mapping[str, str]]:
    """Groups x tiers as words: what a made-up member on each tier gets today for the purpose `sourcing`, caps included.

    A group whose fields differ reads "mixed" and is followed by its fields.
    """
    levels = {tier.word: _levels_of(house, policy, tier) for tier in Tier}
    read: dict[str, dict[str, str]] = {}
    for group, fields in catalogue.vocabulary().groups.items():
        shown = {word: {each[name].word for name in fields} for word, each in levels.items()}
        read[group] = {word: found.pop() if len(found) == 1 else "mixed" for word, found in shown.items()}
        if "mixed" in read[group].values():
            for name in fields:
                read[name] = {word: each[name].word for word, each in levels.items()}
    return read


def _levels_of(house: House, policy: Policy, tier: Tier) -> Mapping[str, Level]:
    viewer, relation = pictured(tier, "sourcing", house.today())
    return decide_by_planes(policy, viewer, relation, house.today(), catalogue.vocabulary(), house.platform).levels
