"""What is live: the published row of a factory, its signed standing views, and the change number that search follows.

Guarantees, inside the caller's transaction: the published record and policy are read together; a standing view keeps its
bytes until its projection changes, and then the old one's status bit is set; exactly one change number is taken, last.
No number here leaves the node.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import identity, points
from network.database import next_change
from network.errors import KeyNotHeld, KeyUnknown
from network.models import OrganizationRow
from policies import NO_RELATION, Decision, Level, Policy, Relation, Viewer, decide_by_planes
from policies.decision import decision_of_levels
from policies.model import LISTING
from sharing import catalogue, status
from sharing.errors import NotFound
from sharing.house import House
from sharing.ledger.sight import Sight
from sharing.models import Attestation, Change, Factory, ProfileRevision, Publication, StatusEntry, StoredView
from sharing.profile import Record
from sharing.projection import Projection, project
from sharing.stated import Stated, stated_of, stated_text
from sharing.stored import policy_text, record_text, stored_policy, stored_record
from trust import view as signed_views
from trust.keys import Signer

PUBLIC, MEMBER = "public", "member"
LAST_SHOWN = 0
"""Under this revision stands what a factory showed when it was last taken off."""
STANDING = {PUBLIC: Viewer.anonymous(), MEMBER: Viewer.any_member()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A published factory as it stands: what is shared and who may see it."""

    factory_id: str
    organization_id: str
    organization_did: str
    record: Record
    policy: Policy
    stated: Stated

    def decide(self, house: House, viewer: Viewer, relation: Relation, day: date) -> Decision:
        """The one decision point: the level of every field for one viewer."""
        return decide_by_planes(self.policy, viewer, relation, day, catalogue.vocabulary(), house.platform)

    def projected(self, house: House, viewer: Viewer, relation: Relation, day: date) -> Projection | None:
        """What the viewer may be told; None when for them there is no such factory."""
        return self.seen(house, viewer, relation, day)[1]

    def seen(self, house: House, viewer: Viewer, relation: Relation, day: date) -> tuple[Decision, Projection | None]:
        """What was decided for the viewer, and what they may be told."""
        decision = self.decide(house, viewer, relation, day)
        return decision, self.shown_to(viewer, relation, day, decision)

    def shown_to(self, viewer: Viewer, relation: Relation, day: date, decision: Decision) -> Projection | None:
        """What the viewer may be told by a decision that was made for them under rules equal to this factory's."""
        sight = Sight(
            owner_id=self.organization_id, policy=self.policy, viewer=viewer, relation=relation, day=day, decision=decision
        )
        return self.cut(decision, sight)

    def whole(self) -> Projection:
        """Everything at exact: the factory as its own owner reads it."""
        levels = {LISTING: Level.EXACT} | dict.fromkeys(catalogue.vocabulary().fields, Level.EXACT)
        projection = self.cut(decision_of_levels(levels, {}, catalogue.vocabulary()))
        if projection is None:  # pragma: no cover - a decision with its listing shown always projects
            raise NotFound
        return projection

    def cut(self, decision: Decision, sight: Sight | None = None) -> Projection | None:
        """The record cut down to a decision; without `sight` nobody but the owner can be given it."""
        return project(
            self.record,
            decision,
            stated=self.stated,
            factory_id=self.factory_id,
            organization_did=self.organization_did,
            sight=sight,
        )


def live(session: Session, factory_id: str) -> Live:
    """The published factory; raises `NotFound`."""
    row = session.get(Publication, factory_id)
    if row is None:
        raise NotFound
    return live_of(row)


def live_capabilities(session: Session, factory_id: str) -> frozenset[str]:
    """The ids of the capabilities that are published now; none for a factory that is not."""
    row = session.get(Publication, factory_id)
    return frozenset() if row is None else frozenset(stored_record(row.document).capabilities)


def live_of(row: Publication) -> Live:
    """A published row, read."""
    return Live(
        factory_id=row.factory_id,
        organization_id=row.organization_id,
        organization_did=row.organization_did,
        record=stored_record(row.document),
        policy=stored_policy(row.policy),
        stated=stated_of(row.stated),
    )


class Seals:
    """What standing views are signed with, looked up when first needed. One object serves one transaction, in which many
    factories of an owner may be published, and is not kept beyond it: it holds opened keys."""

    def __init__(self, house: House, session: Session) -> None:
        self._house = house
        self._session = session
        self._signers: dict[str, Signer] = {}
        self._owners: dict[str, OrganizationRow] = {}

    @cached_property
    def register(self) -> status.Register:
        """Where the status lists stand."""
        return status.register(self._session)

    def signer(self, organization_id: str) -> Signer:
        """The owner's signer."""
        if organization_id not in self._signers:
            self._signers[organization_id] = identity.organization_signer(self._session, self._house.keystore, organization_id)
        return self._signers[organization_id]

    def did(self, organization_id: str) -> str:
        """The owner's DID."""
        if organization_id not in self._owners:
            self._owners[organization_id] = self._session.get_one(OrganizationRow, organization_id)
        return self._owners[organization_id].did


def republish(
    house: House,
    session: Session,
    factory: Factory,
    *,
    record: Record | None = None,
    policy: Policy | None = None,
    stated: Stated | None = None,
    seals: Seals | None = None,
) -> None:
    """Put a new record, a new policy or new days of a locked factory live; a record comes with its days."""
    seals = seals or Seals(house, session)
    row = session.get(Publication, factory.id)
    if row is None:
        row = Publication(
            factory_id=factory.id,
            organization_id=factory.organization_id,
            organization_did=seals.did(factory.organization_id),
        )
        session.add(row)
    if record is not None:
        row.document = record_text(record)
        row.revision = factory.revision
    if stated is not None:
        row.stated = stated_text(stated)
    if policy is not None:
        row.policy = policy_text(policy)
        row.restate_on = next_restatement(policy, house)
    now = Live(
        factory_id=factory.id,
        organization_id=row.organization_id,
        organization_did=row.organization_did,
        record=record or stored_record(row.document),
        policy=policy or stored_policy(row.policy),
        stated=stated or stated_of(row.stated),
    )
    restate(house, session, now, seals)
    note_change(session, factory.id)


def unpublish(session: Session, factory: Factory) -> None:
    """Take a locked factory off: no published row, no standing view, every stored view's status bit set.

    What it showed is kept for its owner, with the days that it showed: published again, it goes on from there.
    """
    row = session.get_one(Publication, factory.id)
    shown = session.get(ProfileRevision, (factory.id, LAST_SHOWN))
    if shown is None:
        shown = ProfileRevision(factory_id=factory.id, revision=LAST_SHOWN, created_at=factory.created_at)
        session.add(shown)
    shown.document, shown.stated = row.document, row.stated
    session.delete(row)
    for audience in STANDING:
        _drop_view(session, session.get(StoredView, (factory.id, audience)))
    session.flush()
    note_change(session, factory.id)


def shown_last(session: Session, factory: Factory) -> Publication | ProfileRevision | None:
    """What the factory shows, or showed when it was taken off: a document and its days. None when it was never seen."""
    return session.get(Publication, factory.id) or (
        session.get(ProfileRevision, (factory.id, LAST_SHOWN)) if factory.first_published_at is not None else None
    )


def note_change(session: Session, factory_id: str) -> None:
    """Take the next change number for this factory. From here to the commit other writers wait, so this comes last."""
    session.add(Change(number=next_change(session), factory_id=factory_id))
    session.flush()


def restate(house: House, session: Session, factory: Live, seals: Seals) -> None:
    """Sign anew each standing view whose projection changed, and only those; written with the session's next flush."""
    views = session.scalars(select(StoredView).where(StoredView.factory_id == factory.factory_id))
    known = {row.audience: row for row in views}
    for audience, viewer in STANDING.items():
        projection = factory.projected(house, viewer, NO_RELATION, house.today())
        stored = known.get(audience)
        if projection is None:
            _drop_view(session, stored)
        elif stored is None or stored.projection_digest != projection.digest:
            _store_view(house, session, factory, projection, audience=audience, stored=stored, seals=seals)


def resign(house: House, session: Session, organization_id: str) -> int:
    """Sign every standing view of an organization anew, after its key was replaced; returns how many.

    Without a log nobody can tell that the old key signed while it was valid, so what it signed stops to verify. Raises
    `KeyNotHeld` when the organization holds its new key itself: then nobody here can speak for it.
    """
    query = select(Publication).where(Publication.organization_id == organization_id).order_by(Publication.factory_id)
    seals, signed = Seals(house, session), 0
    for row in session.scalars(query.with_for_update()):
        factory = live_of(row)
        for audience, viewer in STANDING.items():
            stored = session.get(StoredView, (factory.factory_id, audience))
            projection = factory.projected(house, viewer, NO_RELATION, house.today())
            if stored is not None and projection is not None:
                _store_view(house, session, factory, projection, audience=audience, stored=stored, seals=seals)
                signed += 1
    return signed


def is_due(house: House, session: Session, factory_id: str) -> bool:
    """Whether a dated rule of this factory began or ended since its standing views were signed."""
    row = session.get(Publication, factory_id)
    return row is not None and row.restate_on is not None and row.restate_on <= house.today()


def restate_due(house: House, session: Session, factory_id: str) -> None:
    """Sign the factory's standing views as they are today. Raises what signing raises; see `retire`."""
    row = session.get(Publication, factory_id, with_for_update=True)
    if row is not None and is_due(house, session, factory_id):
        factory = live_of(row)
        restate(house, session, factory, Seals(house, session))
        row.restate_on = next_restatement(factory.policy, house)


def retire(house: House, session: Session, factory_id: str) -> None:
    """Take back the standing views of a factory that cannot be signed as it is today: what was signed is not true any more."""
    row = session.get(Publication, factory_id, with_for_update=True)
    if row is not None:
        for audience in STANDING:
            _drop_view(session, session.get(StoredView, (factory_id, audience)))
        row.restate_on = next_restatement(stored_policy(row.policy), house)


def state_anew(house: House, session: Session, factory_id: str) -> bool:
    """Sign both standing views of a published factory anew whatever is stored, and take everything back that their lists say
    is valid; False when there was nothing to do. For `fsck`: a view is derived from the record and the policy."""
    factory = session.get(Factory, factory_id, with_for_update=True)
    row = session.get(Publication, factory_id)
    stored = list(session.scalars(select(StoredView).where(StoredView.factory_id == factory_id)))
    for view in stored:
        entries = select(StatusEntry).where(StatusEntry.list_id == view.status_list_id, ~StatusEntry.revoked)
        for entry in session.scalars(entries):
            entry.revoked = True
        session.delete(view)
    session.flush()
    if factory is None or row is None:
        return bool(stored)
    try:
        restate(house, session, live_of(row), Seals(house, session))
    except (KeyNotHeld, KeyUnknown):
        return bool(stored)
    session.flush()
    return True


def take_back_left_over(session: Session, list_id: str) -> int:
    """Set every bit of a status list that no standing view and no attestation stands in; how many were clear."""
    for kind in (StoredView, Attestation):
        if session.scalar(select(kind.status_index).where(kind.status_list_id == list_id).limit(1)) is not None:
            return 0
    entries = session.scalars(select(StatusEntry).where(StatusEntry.list_id == list_id, ~StatusEntry.revoked)).all()
    for entry in entries:
        entry.revoked = True
    return len(entries)


def next_restatement(policy: Policy, house: House) -> date | None:
    """The next day on which a dated rule, the owner's or the platform's, begins or has ended; None without one."""
    rules = (*policy.effective, *(cap.rule for cap in house.platform))
    ends = {rule.until + timedelta(days=1) for rule in rules if rule.until and rule.until < date.max}
    days = {rule.start for rule in rules if rule.start} | ends
    return min((day for day in days if day > house.today()), default=None)


def _store_view(
    house: House,
    session: Session,
    factory: Live,
    projection: Projection,
    *,
    audience: str,
    stored: StoredView | None,
    seals: Seals,
) -> None:
    if stored is None:
        list_id, index = status.first_entry(house, session, factory.organization_id)
    else:
        list_id = stored.status_list_id
        status.revoke(session, list_id, stored.status_index)
        index = status.allocate(house, session, list_id)
    jwt = signed_views.issue(
        projection.seen,
        audience=audience,
        valid_from=house.hour(),
        status=seals.register.entry(list_id, index),
        signer=seals.signer(factory.organization_id),
    )
    points.reached("view:signed")
    if stored is None:
        stored = StoredView(factory_id=factory.factory_id, audience=audience, status_list_id=list_id)
    stored.jwt, stored.status_index, stored.projection_digest = jwt, index, projection.digest
    session.add(stored)


def _drop_view(session: Session, stored: StoredView | None) -> None:
    if stored is not None:
        status.revoke(session, stored.status_list_id, stored.status_index)
        session.delete(stored)
