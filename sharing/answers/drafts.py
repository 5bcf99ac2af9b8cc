"""What an answer is about: the owner's factory under the saved policy, or under a draft that nobody saved."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from policies import Policy
from sharing.errors import invalid
from sharing.factories import newest_policy, own_factory
from sharing.house import House
from sharing.models import Factory, Publication
from sharing.policy_reading import known_capabilities, read_policy
from sharing.publications import Live, live_of
from sharing.publish import draft
from sharing.viewers import Caller

NEWEST, LIVE = "newest", "live"
PROFILES = (NEWEST, LIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One factory of the caller's. `policy` is what the answer is about, `saved` the one in force; they may be the same."""

    factory: Factory
    saved: Policy
    policy: Policy


def matter(session: Session, caller: Caller, factory_id: str, document: object = None) -> Matter:
    """The caller's factory under its saved policy, or under this draft. Raises `NotFound`, `InvalidDocument`."""
    factory = own_factory(session, caller, factory_id)
    saved = newest_policy(session, factory)
    if document is None:
        return Matter(factory=factory, saved=saved, policy=saved)
    known = known_capabilities(session, factory)
    return Matter(factory=factory, saved=saved, policy=read_policy(document, factory_id, saved.revision + 1, known))


def shown_as(house: House, session: Session, found: Matter, *, profile: str = NEWEST) -> Live:
    """The factory as it would be decided: its newest profile, or the one that is published, under the policy asked about."""
    if profile == LIVE:
        row = session.get(Publication, found.factory.id)
        if row is None:
            raise invalid("profile", "not_published", "This factory is not published: ask about its newest profile.")
        return replace(live_of(row), policy=found.policy)
    return replace(draft(session, found.factory), policy=found.policy)
