"""What an owner wrote as a policy, read: templates and groups of countries written out, known names only.

Guarantees: what comes out is what would be stored, ready to be decided by; nothing is stored here, and nobody is asked.
"""

from __future__ import annotations

import pycountry
from sqlalchemy.orm import Session

from policies import Policy, PolicyErrors, parse_policy, policy_warnings
from policies.review import CAP_REACHES_PUBLIC
from sharing import catalogue, templates
from sharing.catalogue.country_groups import COUNTRIES_OF
from sharing.errors import ConfirmationNeeded, InvalidDocument, Problem
from sharing.models import Factory, ProfileRevision
from sharing.publications import live_capabilities
from sharing.stored import stored_record

COUNTRIES = frozenset(country.alpha_2 for country in pycountry.countries)


def read_policy(document: object, factory_id: str, revision: int, capabilities: frozenset[str]) -> Policy:
    """Read an owner's policy; `factory` and `revision` may be left out of it, and are ours in any case.

    Raises `InvalidDocument` with everything that is wrong.
    """
    stated: object = document
    if isinstance(document, dict):
        stated = {**document, "factory": document.get("factory", factory_id), "revision": revision}
        if stated["factory"] != factory_id:
            problem = Problem(path="factory", code="wrong_factory", message="This policy names another factory.")
            raise InvalidDocument((problem,))
    try:
        policy = parse_policy(
            stated,
            catalogue.vocabulary(),
            known_capabilities=capabilities,
            templates=templates.offered(),
            country_groups=COUNTRIES_OF,
            countries=COUNTRIES,
        )
    except PolicyErrors as errors:
        raise InvalidDocument(
            tuple(Problem(path=each.path, code=each.code, message=each.message) for each in errors.errors)
        ) from errors
    policy = templates.pinned(policy)
    _refuse_names_of_templates(policy)
    return policy


def checked_policy(
    document: object, factory_id: str, revision: int, capabilities: frozenset[str], confirmed: frozenset[str]
) -> Policy:
    """The same, asking for a yes to what its owner may not expect: raises `ConfirmationNeeded`."""
    policy = read_policy(document, factory_id, revision, capabilities)
    asked = tuple(
        Problem(path=each.path, code=each.code, message=each.message)
        for each in policy_warnings(policy)
        if each.code == CAP_REACHES_PUBLIC and each.code not in confirmed
    )
    if asked:
        raise ConfirmationNeeded(asked)
    return policy


def known_capabilities(session: Session, factory: Factory) -> frozenset[str]:
    """The capabilities that a rule of this factory's policy may name: of the newest profile, and those that are live."""
    row = session.get_one(ProfileRevision, (factory.id, factory.revision))
    return frozenset(stored_record(row.document).capabilities) | live_capabilities(session, factory.id)


def _refuse_names_of_templates(policy: Policy) -> None:
    """Each rule of a policy has one id, so that an answer can say which rule it was."""
    taken = {rule.id for rule in policy.inherited}
    problems = tuple(
        Problem(path=f"rules/{place}/id", code="duplicate", message="A rule of a template that is named has this id.")
        for place, rule in enumerate(policy.rules)
        if rule.id in taken
    )
    if problems:
        raise InvalidDocument(problems)
