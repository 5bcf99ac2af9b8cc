"""What an owner may call others in an answer: the directory's names, else the DID they wrote themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from network.models import OrganizationRow
from policies import TIERS, ActiveGrant, Policy, Rule
from policies.model import CAPABILITY_PREFIX
from sharing.catalogue.processes import PROCESSES
from sharing.factories import newest_record
from sharing.models import Factory, Grant
from sharing.sentences import Known, Language, Sentence, grant_sentence, policy_sentences

_AT_ONCE = 500


def known_to_owner(session: Session, factory: Factory, rules: Iterable[Rule]) -> Known:
    """Names of the organizations that these rules name and of the factory's capabilities."""
    listed = tuple(rules)
    dids = sorted({did for rule in listed for did in rule.to.org or ()})
    named = any(target.startswith(CAPABILITY_PREFIX) for rule in listed for target, _ in rule.targets)
    return Known(organizations=names_of(session, dids), capabilities=_capabilities(session, factory) if named else {})


def names_of(session: Session, dids: list[str]) -> Mapping[str, str]:
    """The names of those that are at home here; the others stay what they were called."""
    found: dict[str, str] = {}
    for start in range(0, len(dids), _AT_ONCE):
        some = OrganizationRow.did.in_(dids[start : start + _AT_ONCE])
        rows = session.execute(select(OrganizationRow.did, OrganizationRow.name).where(some))
        found |= {row.did: row.name for row in rows}
    return found


def sentences_of(session: Session, factory: Factory, policy: Policy, language: Language) -> tuple[Sentence, ...]:
    """The whole policy in words."""
    return policy_sentences(policy, language, known_to_owner(session, factory, policy.effective))


def grants_in_words(session: Session, factory: Factory, today: date, language: Language) -> tuple[str, ...]:
    """The grants on this factory that run today or begin later, oldest end first."""
    running = (
        select(Grant, OrganizationRow.name)
        .join(OrganizationRow, OrganizationRow.id == Grant.organization_id)
        .where(Grant.factory_id == factory.id, Grant.withdrawn_at.is_(None), Grant.until >= today)
        .order_by(Grant.until, Grant.id)
    )
    return tuple(grant_sentence(active(row), name, language) for row, name in session.execute(running))


def active(row: Grant) -> ActiveGrant:
    """A stored grant as the policies read it."""
    return ActiveGrant(
        tier=None if row.tier is None else TIERS[row.tier],
        purpose=row.purpose,
        start=row.start,
        until=row.until,
        fields=frozenset(str(item) for item in row.fields) if isinstance(row.fields, list) else None,
        direct=row.direct,
    )


def _capabilities(session: Session, factory: Factory) -> Mapping[str, Mapping[Language, str]]:
    labels: dict[str, Mapping[Language, str]] = {}
    for identifier, element in newest_record(session, factory).capabilities.items():
        code = PROCESSES.get(str(element.values.get("capability.process")))
        if code is not None:
            labels[identifier] = {"en": code.label_en, "vi": code.label_vi}
    return labels
