"""Going public: preview, the question asked before the first publication, publish and withdraw.

The first publication waits until its owner sends the digest of the very preview they saw: what everybody and what every
member would see. Published once, a factory's later revisions go live with one call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from network import membership
from policies import NO_RELATION, ActiveGrant, Relation, Viewer
from policies.levels import TIERS
from sharing import catalogue
from sharing.errors import Incomplete, PreviewNotConfirmed, StateConflict, invalid
from sharing.factories import PUBLISHED, WITHDRAWN, newest_policy, newest_record, own_factory
from sharing.house import House
from sharing.models import Factory
from sharing.projection import Projection
from sharing.publications import STANDING, Live, republish, unpublish
from sharing.viewers import Caller, directory_viewer, relations_of
from trust import strict_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A factory that is live now, and with which of its revisions."""

    factory_id: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewItem:
    """What everybody and what every member would see of one factory; None: nothing at all."""

    factory_id: str
    public: Projection | None
    member: Projection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The first-publish question: the digest stands for exactly these items."""

    digest: str
    items: tuple[PreviewItem, ...]


def preview(
    house: House, session: Session, caller: Caller, factory_id: str, *, audience: str, purpose: str | None = None
) -> Projection | None:
    """The newest profile under the newest policy, as `audience` would see it.

    `audience` is a tier (a made-up member on it, here for `purpose`) or an organization's slug. Of another organization
    only what the directory knows is used, never the certificates or lists that are others' to show.
    """
    factory = own_factory(session, caller, factory_id)
    viewer, relation = _pictured(house, session, factory, audience, purpose)
    return draft(session, factory).projected(house, viewer, relation, house.today())


def first_preview(house: House, session: Session, caller: Caller, factory_ids: Sequence[str]) -> Preview:
    """What publishing these factories would show, and the digest that says it was seen."""
    items = tuple(_preview_item(house, session, own_factory(session, caller, each)) for each in factory_ids)
    seen = [
        {"factory": each.factory_id, "public": _content(each.public), "member": _content(each.member)} for each in items
    ]
    digest = hashlib.sha256(strict_json.canonical({"guildnet": "first-publication", "items": seen})).hexdigest()
    return Preview(digest=digest, items=items)


def publish(house: House, session: Session, caller: Caller, factory_id: str, *, confirm: str | None) -> Published:
    """Put the newest revision live. Raises `PreviewNotConfirmed` at the first time, `Incomplete`."""
    return publish_many(house, session, caller, [factory_id], confirm=confirm)[0]


def publish_many(
    house: House, session: Session, caller: Caller, factory_ids: Sequence[str], *, confirm: str | None
) -> list[Published]:
    """Publish several factories in one transaction, all or none, with one answer to the first-publish question."""
    factories = [own_factory(session, caller, each, lock=True) for each in factory_ids]
    asked = [each.id for each in factories if each.first_published_at is None]
    if asked:
        question = first_preview(house, session, caller, asked)
        if confirm != question.digest:
            raise PreviewNotConfirmed(digest=question.digest)
    return [_publish(house, session, factory) for factory in factories]


def withdraw(house: House, session: Session, caller: Caller, factory_id: str) -> None:
    """Hide the factory everywhere, from the next request on. Its profile and policy stay the owner's."""
    factory = own_factory(session, caller, factory_id, lock=True)
    if factory.state != PUBLISHED:
        raise StateConflict("Only a published factory can be withdrawn.", state=factory.state)
    factory.state = WITHDRAWN
    unpublish(session, factory)


def _publish(house: House, session: Session, factory: Factory) -> Published:
    record = newest_record(session, factory)
    missing = [field.key for field in catalogue.FIELDS if field.required and field.key not in record.factory]
    if missing:
        raise Incomplete("The profile lacks what publishing needs: " + ", ".join(missing), missing=missing)
    factory.state = PUBLISHED
    factory.first_published_at = factory.first_published_at or house.now()
    republish(house, session, factory, record=record, policy=newest_policy(session, factory))
    return Published(factory_id=factory.id, revision=factory.revision)


def _preview_item(house: House, session: Session, factory: Factory) -> PreviewItem:
    stated = draft(session, factory)
    shown = {name: stated.projected(house, viewer, NO_RELATION, house.today()) for name, viewer in STANDING.items()}
    return PreviewItem(factory_id=factory.id, public=shown["public"], member=shown["member"])


def draft(session: Session, factory: Factory) -> Live:
    """A factory's newest profile under its newest policy, published or not."""
    owner = membership.member_of(session, factory.organization_id)
    return Live(
        factory_id=factory.id,
        organization_id=owner.id,
        organization_did=owner.did,
        record=newest_record(session, factory),
        policy=newest_policy(session, factory),
    )


def _pictured(
    house: House, session: Session, factory: Factory, audience: str, purpose: str | None
) -> tuple[Viewer, Relation]:
    if audience in STANDING:
        return STANDING[audience], NO_RELATION
    if audience in TIERS:
        today = house.today()
        meant = purpose or "sourcing"
        grant = ActiveGrant(tier=TIERS[audience], purpose=meant, start=today, until=today)
        viewer = Viewer(org=None, country=None, verified=None, purpose=meant, member=True)
        return viewer, Relation(grants=(grant,))
    member = membership.find(session, audience)
    if member is None:
        raise invalid("as", "unknown_audience", "Preview as public, member, partner, confidential or an organization.")
    caller = Caller(member=member, purpose=purpose)
    ties = relations_of(session, caller, house.today(), factory_id=factory.id)
    return directory_viewer(member, purpose), ties.get(factory.id, NO_RELATION)


def _content(projection: Projection | None) -> object:
    return None if projection is None else projection.content
