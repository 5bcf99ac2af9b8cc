"""View(D, v): everything that database D shows to viewer v, cut down by the reference evaluator and `project` alone.

Not made by any service: the record and the policy come from the published row, the viewer and their relations from what
the test itself arranged. Beside the projections it holds what the stated exception and the standing forms add: for each
attestation with a visible claim its presentation, for nobody the random name of the stored view's status entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import identity, membership
from policies import Viewer, decide
from sharing import catalogue
from sharing.auditing.models import AttestationList
from sharing.models import (
    AccessRequest,
    Attestation,
    Audit,
    Factory,
    Grant,
    NdaAcceptance,
    Publication,
    StatusEntry,
    StoredView,
)
from sharing.projection import project
from sharing.stated import stated_of
from sharing.stored import stored_policy, stored_record
from tests.leaks.nodes import ORGANIZATIONS, Node, Signed, Who
from trust import attestation, jws


@dataclass(frozen=True, kw_only=True)
class Presented:
    """What a viewer gets of one attestation; `claims` are the names of the visible claims."""

    id: str
    factory_id: str
    issuer: str
    audit_id: str
    lists: tuple[str, ...]
    presentation: str
    claims: tuple[str, ...]
    for_auditor: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where the stored public view stands: its status list and index, and since when it is in force."""

    list_id: str
    index: int
    since: str


@dataclass(frozen=True, kw_only=True)
class View:
    """One viewer's world. Two databases with equal views must answer that viewer with equal bytes."""

    contents: Mapping[str, Mapping[str, Any]]
    presented: Mapping[str, tuple[Presented, ...]]
    standing: Mapping[str, Standing]
    lists: Mapping[str, tuple[str, str, tuple[int, ...]]]
    """Status list id -> whose, for what, and the bits that are set."""
    own: tuple[object, ...]
    hidden: int
    """How many values of published factories the viewer is not shown exactly; not a part of what they see."""

    def same_as(self, other: View) -> bool:
        """Whether the viewer sees the same in both."""
        mine, theirs = ((each.contents, each.presented, each.standing, each.lists, each.own) for each in (self, other))
        return mine == theirs


def viewer(node: Node, who: Who) -> Viewer:
    """The viewer as the policies should see them, from the test's own table of organizations."""
    if who.slug is None:
        return Viewer.anonymous()
    facts = ORGANIZATIONS[who.slug]
    return Viewer(
        org=f"did:web:node.example:orgs:{who.slug}",
        country=facts["country"],
        verified=facts["verified"],
        purpose=who.purpose,
        member=True,
        sectors=frozenset(facts.get("sectors", ())),
        roles=frozenset(facts["roles"]),
        holds=node.held(who.slug),
    )


def look(node: Node, who: Who) -> View:
    """The viewer's world in this node's database, today."""
    contents: dict[str, Mapping[str, Any]] = {}
    presented: dict[str, tuple[Presented, ...]] = {}
    standing: dict[str, Standing] = {}
    lists: dict[str, tuple[str, str, tuple[int, ...]]] = {}
    hidden = 0
    with node.house.database.read() as session:
        for row in session.scalars(select(Publication).order_by(Publication.factory_id)):
            record, factory_id = stored_record(row.document), row.factory_id
            hidden += sum(1 for _ in record.values())
            decision = decide(
                stored_policy(row.policy), viewer(node, who), node.relation(who.slug, factory_id),
                node.house.today(), catalogue.vocabulary(), node.house.platform,
            )  # fmt: skip
            projection = project(
                record, decision, stated=stated_of(row.stated), factory_id=factory_id, organization_did=row.organization_did
            )
            if projection is None:
                continue
            contents[factory_id] = projection.content
            cells = dict(projection.cells())
            hidden -= sum(cell["level"] == "exact" for cell in cells.values())
            names = {f"{path}@{cell['level']}" for path, cell in cells.items()}
            shown = _presented(session, node, factory_id, names)
            if shown:
                presented[factory_id] = shown
            for each in shown:
                lists.update(_lists(session, each.issuer, node.signed[each.id]))
            if who.slug is None:
                standing[factory_id] = stands = _standing(session, factory_id)
                lists[stands.list_id] = (row.organization_did, "revocation", _revoked(session, stands.list_id))
        own = _own(session, node, who)
    return View(contents=contents, presented=presented, standing=standing, lists=lists, own=own, hidden=hidden)


def _presented(session: Session, node: Node, factory_id: str, names: set[str]) -> tuple[Presented, ...]:
    found = []
    for signed in sorted(node.signed.values(), key=lambda each: each.id):
        claims = names.intersection(attestation.claim_names(signed.whole)) if signed.factory_id == factory_id else ()
        if claims:
            digest = {attestation.REVISION_DIGEST}
            found.append(
                Presented(
                    id=signed.id,
                    factory_id=factory_id,
                    issuer=attestation.signed_by(signed.whole).partition("#")[0],
                    audit_id=signed.audit_id,
                    lists=(signed.list_id, *signed.further.values()),
                    presentation=attestation.present(signed.whole, claims),
                    claims=tuple(sorted(claims)),
                    for_auditor=attestation.present(signed.whole, {*claims, *digest}),
                    state=_state(session, node, signed),
                )
            )
    return tuple(found)


def _state(session: Session, node: Node, signed: Signed) -> str:
    if _revoked(session, signed.list_id):
        return "revoked"
    if signed.until < node.house.today():
        return "expired"
    return "suspended" if _suspended(session, signed.id) else "in_force"


def _standing(session: Session, factory_id: str) -> Standing:
    row = session.get_one(StoredView, (factory_id, "public"))
    since = str(jws.peek(row.jwt).payload["validFrom"])
    return Standing(list_id=row.status_list_id, index=row.status_index, since=since)


def _revoked(session: Session, list_id: str) -> tuple[int, ...]:
    query = select(StatusEntry.index).where(StatusEntry.list_id == list_id, StatusEntry.revoked)
    return tuple(sorted(session.scalars(query)))


def _suspended(session: Session, attestation_id: str) -> bool:
    return session.get_one(Attestation, attestation_id).suspended_at is not None


def _lists(session: Session, issuer: str, signed: Signed) -> dict[str, tuple[str, str, tuple[int, ...]]]:
    """Its three lists. Nobody in these worlds attests an organization that attested them, so there are no labels."""
    place = session.get_one(AttestationList, (signed.id, "suspension")).index
    suspended = (place,) if _suspended(session, signed.id) else ()
    return {
        signed.list_id: (issuer, "revocation", _revoked(session, signed.list_id)),
        signed.further["suspension"]: (issuer, "suspension", suspended),
        signed.further["message"]: (issuer, "message", ()),
    }


def _own(session: Session, node: Node, who: Who) -> tuple[object, ...]:
    """What the viewer is an owner or a party of: theirs to read whole, so a change of it is no hidden change."""
    if who.slug is None:
        return ()
    mine = node.world.ids[who.slug]
    factories = session.scalars(select(Factory).where(Factory.organization_id == mine).order_by(Factory.id)).all()
    ids = [each.id for each in factories]
    rows: list[object] = [(each.id, each.state, each.revision, each.policy_revision) for each in factories]
    for table, other in ((Grant, "organization_id"), (AccessRequest, "organization_id"), (Audit, "auditor_id")):
        party = (table.factory_id.in_(ids)) | (getattr(table, other) == mine)
        rows += [
            tuple(str(getattr(row, column.key)) for column in table.__mapper__.column_attrs)
            for row in session.scalars(select(table).where(party).order_by(table.id))
        ]
    ndas = select(NdaAcceptance.id).where((NdaAcceptance.owner_id == mine) | (NdaAcceptance.organization_id == mine))
    return (*rows, *session.scalars(ndas.order_by(NdaAcceptance.id)))


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What the node signs with and what it says of keys: the same in every copy, whatever is in the tables of factories."""

    origin: str
    organization: Mapping[str, Any]
    status: Any
    statements: Mapping[str, str]
    anchors: tuple[Any, ...]
    root: str


def keys(node: Node) -> Keys:
    """The keys of this node at this hour."""
    house = node.house
    with house.database.read() as session:
        here = identity.node(session)
        organizations, statements = {}, {}
        for member in membership.members(session):
            kid = identity.organization_key(session, member.id).kid
            statements[kid] = identity.key_statement(session, house.keystore, kid, at=house.hour())
            if member.slug != "auditor":
                organizations[member.did] = identity.organization_signer(session, house.keystore, member.id)
        for role in ("root", "status"):
            kid = identity.current_key(session, here.did, role).kid
            statements[kid] = identity.key_statement(session, house.keystore, kid, at=house.hour())
        return Keys(
            origin=here.origin,
            organization=organizations,
            status=identity.node_signer(session, house.keystore, "status"),
            statements=statements,
            anchors=tuple(identity.own_anchors(session)),
            root=identity.current_key(session, here.did, "root").kid,
        )


def moment(node: Node) -> tuple[datetime, datetime, date]:
    """(now, the hour, the day) of the node's clock."""
    return node.house.now(), node.house.hour(), node.house.today()
