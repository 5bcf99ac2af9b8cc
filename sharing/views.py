"""One factory for one viewer: the projection, its verdicts, its signed form and its bundle.

The viewer "nobody" gets the stored public view, whose bytes stay until its projection changes. Everybody else gets a view
made on the spot for them alone, dated to the hour: whether a member's view equals that of any member would say whether
some rule speaks of them. Verdicts are those of the bundle verifier run on what this viewer gets, never on the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from network import identity, membership
from network.errors import NetworkError, StorageFull
from policies import NO_RELATION
from sharing import attestations, status
from sharing.backing import documented
from sharing.errors import NotFound, invalid
from sharing.factories import own_factory
from sharing.freshness import freshness
from sharing.house import House
from sharing.ledger.collecting import note
from sharing.models import StoredView
from sharing.projection import Projection
from sharing.publications import MEMBER, PUBLIC, STANDING, Live, is_due, live, restate_due, retire
from sharing.seeing import see
from sharing.viewers import Caller
from trust import attestation as credentials
from trust import bundle as bundles
from trust import status_list as bitstring
from trust import view as signed_views
from trust.errors import TrustError
from trust.report import FieldReport

log = structlog.get_logger("guildnet.views")

LIVE_LIFETIME = timedelta(hours=1)
VERDICT_MEMBERS = ("verdict", "reason", "provenance", "who", "when", "status_as_of", "custody", "attestations")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactoryView:
    """A projection with one verdict per visible value (path -> the verifier's words), and how old what ages is today."""

    projection: Projection
    verdicts: Mapping[str, Mapping[str, object]]
    freshness: Mapping[str, Mapping[str, object]]


def view(house: House, session: Session, caller: Caller, factory_id: str) -> FactoryView:
    """What the caller sees of the factory, and how each value is backed."""
    factory, projection = see(house, session, caller, factory_id)
    aged = freshness(projection, house.today())
    if not documented(projection.seen) and not attestations.shown(house, session, factory, projection):
        return FactoryView(projection=projection, verdicts={}, freshness=aged)
    try:
        data = _assembled(house, session, factory, projection, _audience(caller))
    except (NetworkError, TrustError) as error:
        # Nobody can sign for the owner just now. The values are theirs all the same; nothing is said of how they are backed.
        log.warning("view_not_signed", alarm=True, factory=factory_id, reason=error.code)
        return FactoryView(projection=projection, verdicts={}, freshness=aged)
    anchors, development = identity.own_anchors(session), identity.node(session).development
    report = bundles.verify(data, anchors, house.now(), development=development)
    return FactoryView(projection=projection, verdicts={each.path: _verdict(each) for each in report.fields}, freshness=aged)


def signed_view(house: House, session: Session, caller: Caller, factory_id: str) -> str:
    """The view as `vc+jwt`."""
    factory, projection = see(house, session, caller, factory_id)
    spoken = _spoken(house, session, factory, projection, _audience(caller))
    note(projection)
    return spoken.jwt


def bundle(house: House, session: Session, caller: Caller, factory_id: str) -> bytes:
    """Everything that somebody needs to check this view without us, as canonical JSON."""
    factory, projection = see(house, session, caller, factory_id)
    data = _assembled(house, session, factory, projection, _audience(caller))
    note(projection)
    return data


def bundle_for(
    house: House, session: Session, owner: Caller, factory_id: str, *, audience: str, purpose: str | None = None
) -> bytes:
    """The bundle that `public`, any `member` or an organization (slug) may have of the owner's own factory."""
    own_factory(session, owner, factory_id)
    if audience == MEMBER:
        factory = live(session, factory_id)
        projection = factory.projected(house, STANDING[MEMBER], NO_RELATION, house.today())
        if projection is None:
            raise NotFound
        note(projection)
        return _assembled(house, session, factory, projection, MEMBER)
    if audience == PUBLIC:
        return bundle(house, session, Caller.anonymous(), factory_id)
    member = membership.find(session, audience)
    if member is None:
        raise invalid("as", "unknown_audience", "Export as public, member or an organization's slug.")
    return bundle(house, session, Caller(member=member, purpose=purpose), factory_id)


def refresh(house: House, factory_id: str) -> None:
    """Bring a factory's standing views to today, if a dated rule of it began or ended. Call it before they are read.

    Nothing is raised to the asker: a factory that cannot be signed (its owner's key is elsewhere, or was compromised)
    loses its standing views, and an alarm is logged.
    """
    with house.database.read() as session:
        if not is_due(house, session, factory_id):
            return
    try:
        with house.database.write("restate-views") as session:
            restate_due(house, session, factory_id)
    except StorageFull:
        # Reading goes on without room to write: whoever asks gets a view made on the spot, and the next asker tries again.
        log.warning("standing_view_not_stored", alarm=True, factory=factory_id)
    except (NetworkError, TrustError) as error:
        log.warning("standing_view_not_signed", alarm=True, factory=factory_id, reason=error.code)
        with house.database.write("retire-views") as session:
            retire(house, session, factory_id)


def refresh_list(house: House, list_id: str) -> None:
    """The same for the factory whose standing views a status list is about, if it is about any."""
    with house.database.read() as session:
        factory_id = session.scalars(select(StoredView.factory_id).where(StoredView.status_list_id == list_id)).first()
    if factory_id is not None:
        refresh(house, factory_id)


def _audience(caller: Caller) -> str:
    return PUBLIC if caller.member is None else caller.member.did


def _verdict(field: FieldReport) -> Mapping[str, object]:
    """The verifier's words on one value, without repeating the value."""
    said = field.document()
    return {name: said[name] for name in VERDICT_MEMBERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """A signed view, and the status list that a stored one stands in."""

    jwt: str
    status_list_id: str | None


def _spoken(house: House, session: Session, factory: Live, projection: Projection, audience: str) -> _Spoken:
    """What the node says to an audience: the stored view of a standing one, else one made on the spot.

    A stored view that is not this very projection (the platform's caps changed while the node was down) is never given.
    """
    stored = session.get(StoredView, (factory.factory_id, audience)) if audience in STANDING else None
    if stored is not None and stored.projection_digest == projection.digest:
        return _Spoken(jwt=stored.jwt, status_list_id=stored.status_list_id)
    hour = house.hour()
    jwt = signed_views.issue(
        projection.seen,
        audience=audience,
        valid_from=hour,
        valid_until=hour + LIVE_LIFETIME,
        signer=identity.organization_signer(session, house.keystore, factory.organization_id),
    )
    return _Spoken(jwt=jwt, status_list_id=None)


def _assembled(house: House, session: Session, factory: Live, projection: Projection, audience: str) -> bytes:
    spoken = _spoken(house, session, factory, projection, audience)
    presented = attestations.shown(house, session, factory, projection)
    lists = {each for one in presented for each in one.status_list_ids} | (
        {spoken.status_list_id} if spoken.status_list_id else set()
    )
    presentations = [each.presentation for each in presented]
    status_lists = [status.status_list(house, session, each) for each in sorted(lists) if not status.is_doubted(session, each)]
    kids = {signed_views.signed_by(spoken.jwt), identity.current_key(session, identity.node(session).did, "root").kid}
    kids |= {credentials.signed_by(each) for each in presentations} | {bitstring.signed_by(each) for each in status_lists}
    return bundles.assemble(
        view=spoken.jwt,
        presentations=presentations,
        status_lists=status_lists,
        key_statements=[identity.key_statement(session, house.keystore, kid, at=house.hour()) for kid in sorted(kids)],
    )
