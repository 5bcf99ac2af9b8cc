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
from policies import NO_RELATION
from policies.model import CAPABILITY_PREFIX, Effect, Rule
from sharing import catalogue
from sharing.errors import ConfirmationNeeded, Incomplete, NotFound, PreviewNotConfirmed, Problem, StateConflict
from sharing.factories import PUBLISHED, WITHDRAWN, newest_policy, newest_statement, own_factory
from sharing.house import House
from sharing.models import Factory
from sharing.projection import Projection
from sharing.publications import STANDING, Live, Seals, republish, shown_last, unpublish
from sharing.stated import published, stated_of
from sharing.stored import stored_record
from sharing.viewers import Caller
from trust import strict_json

CAP_WITHOUT_CAPABILITY = "cap_without_capability"


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


def first_preview(house: House, session: Session, caller: Caller, factory_ids: Sequence[str]) -> Preview:
    """What publishing these factories would show, and the digest that says it was seen."""
    return _question(house, [_own_draft(session, caller, own_factory(session, caller, each)) for each in factory_ids])


def publish(
    house: House,
    session: Session,
    caller: Caller,
    factory_id: str,
    *,
    confirm: str | None,
    confirmed: frozenset[str] = frozenset(),
) -> Published:
    """Put the newest revision live. Raises `PreviewNotConfirmed` at the first time, `ConfirmationNeeded`, `Incomplete`."""
    return publish_many(house, session, caller, [factory_id], confirm=confirm, confirmed=confirmed)[0]


def publish_many(
    house: House,
    session: Session,
    caller: Caller,
    factory_ids: Sequence[str],
    *,
    confirm: str | None,
    confirmed: frozenset[str] = frozenset(),
) -> list[Published]:
    """Publish several factories in one transaction, all or none, with one answer to the first-publish question."""
    factories = [own_factory(session, caller, each, lock=True) for each in factory_ids]
    drafts = [_own_draft(session, caller, each) for each in factories]
    asked = [stated for factory, stated in zip(factories, drafts, strict=True) if factory.first_published_at is None]
    if asked:
        question = _question(house, asked)
        if confirm != question.digest:
            raise PreviewNotConfirmed(digest=question.digest)
    if CAP_WITHOUT_CAPABILITY not in confirmed:
        _ask_about_idle_caps(drafts)
    seals = Seals(house, session)
    return [_publish(house, session, *each, seals) for each in zip(factories, drafts, strict=True)]


def withdraw(house: House, session: Session, caller: Caller, factory_id: str) -> None:
    """Hide the factory everywhere, from the next request on. Its profile and policy stay the owner's."""
    factory = own_factory(session, caller, factory_id, lock=True)
    if factory.state != PUBLISHED:
        raise StateConflict("Only a published factory can be withdrawn.", state=factory.state)
    factory.state = WITHDRAWN
    unpublish(session, factory)


def _publish(house: House, session: Session, factory: Factory, stated: Live, seals: Seals) -> Published:
    missing = [field.key for field in catalogue.FIELDS if field.required and field.key not in stated.record.factory]
    if missing:
        raise Incomplete("The profile lacks what publishing needs: " + ", ".join(missing), missing=missing)
    factory.state = PUBLISHED
    factory.first_published_at = factory.first_published_at or house.now()
    republish(house, session, factory, record=stated.record, policy=stated.policy, stated=stated.stated, seals=seals)
    return Published(factory_id=factory.id, revision=factory.revision)


def _ask_about_idle_caps(drafts: Sequence[Live]) -> None:
    """A cap names a capability by its id. A profile sent again without ids gets new ones, and the cap would hide nothing."""
    asked = tuple(
        Problem(
            path=f"rules/{place}/cap",
            code=CAP_WITHOUT_CAPABILITY,
            message=f"The policy hides capability {capability}, which this profile does not have (any more, or under this id). "
            "If it is still there under another id, it would be shown.",
        )
        for stated in drafts
        for place, rule in enumerate(stated.policy.rules)
        for capability in _capped_capabilities(rule)
        if capability not in stated.record.capabilities
    )
    if asked:
        raise ConfirmationNeeded(asked)


def _capped_capabilities(rule: Rule) -> list[str]:
    named = [target for target, _ in rule.targets if target.startswith(CAPABILITY_PREFIX)]
    return [target.removeprefix(CAPABILITY_PREFIX) for target in named] if rule.effect is Effect.CAP else []


def _question(house: House, drafts: Sequence[Live]) -> Preview:
    items = tuple(_preview_item(house, stated) for stated in drafts)
    seen = [{"factory": each.factory_id, "public": _digest(each.public), "member": _digest(each.member)} for each in items]
    digest = hashlib.sha256(strict_json.canonical({"guildnet": "first-publication", "items": seen})).hexdigest()
    return Preview(digest=digest, items=items)


def _preview_item(house: House, stated: Live) -> PreviewItem:
    shown = {name: stated.projected(house, viewer, NO_RELATION, house.today()) for name, viewer in STANDING.items()}
    return PreviewItem(factory_id=stated.factory_id, public=shown["public"], member=shown["member"])


def draft(session: Session, factory: Factory) -> Live:
    """A factory's newest profile under its newest policy, published or not."""
    return _draft(session, factory, membership.member_of(session, factory.organization_id).did)


def _own_draft(session: Session, caller: Caller, factory: Factory) -> Live:
    """The same of the caller's own factory, whose owner was read already."""
    if caller.member is None:  # pragma: no cover - nobody owns nothing
        raise NotFound
    return _draft(session, factory, caller.member.did)


def _draft(session: Session, factory: Factory, owner_did: str) -> Live:
    record, stated = newest_statement(session, factory)
    row = shown_last(session, factory)
    if row is not None:
        stated = published(stored_record(row.document), stated_of(row.stated), record, stated)
    return Live(
        factory_id=factory.id,
        organization_id=factory.organization_id,
        organization_did=owner_did,
        record=record,
        policy=newest_policy(session, factory),
        stated=stated,
    )


def _digest(projection: Projection | None) -> str | None:
    return None if projection is None else projection.digest
