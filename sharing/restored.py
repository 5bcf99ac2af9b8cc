"""Settle a restored copy: what the node said after the backup must not be unsaid by it.

With a journal that tells of every generation since the backup, everything taken back is taken back again, exactly; a factory
whose publication or policy changed since is withdrawn until its owner has looked, since the copy may show what the owner
had closed. Without one nobody knows, so everything that can be taken back is doubted: factories are withdrawn, grants
ended, passwords asked for anew, roles taken away until the operator gives them again, and the status of attestations stays
unsaid until their auditors confirm it. What the operator vouches for is kept.

Guarantees: after it, no status list that this node signs has a bit cleared that it had set before (as far as the journal
or the operator knows), and no view that readers hold of a later time than the backup reads as in force. With a journal, no
secret of a program and no password lets in whom a change of it since the backup kept out, and who left has left. Not here:
second factors and recovery codes, which are as the copy has them behind the new password.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network import identity, membership
from network.database import Base
from network.journal import Entry
from network.models import ClientRow, KeyRow, OrganizationRow
from network.people import roles
from network.people.leaving import MAILED, forget_again
from network.people.models import DepartureRow, PersonRow
from network.replay import Made, Replayed, replay
from sharing.auditing.models import AttestationList
from sharing.erasing import erase_again
from sharing.factories import PUBLISHED, WITHDRAWN
from sharing.grants import end_grant
from sharing.house import House
from sharing.leaving import leave
from sharing.ledger import sealing
from sharing.models import Attestation, Factory, Grant, Publication, StatusEntry, StatusList, StoredView
from sharing.publications import resign, unpublish
from sharing.viewers import MANAGE, READ_AND_WRITE, Caller
from trust.key_statement import Role

FACTORIES, GRANTS, ATTESTATIONS, PEOPLE, ROLES = "factories", "grants", "attestations", "people", "roles"
KINDS: Final = (FACTORIES, GRANTS, ATTESTATIONS, PEOPLE, ROLES)
"""PEOPLE: nobody changed a password or a second factor, and nobody lost a role; ROLES: only the last."""


@dataclass(slots=True, kw_only=True)
class Settled:
    """What was done: numbers by table, and ids, slugs and addresses that somebody has to look at."""

    exactly: bool
    again: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    doubted: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    without_key: list[str] = field(default_factory=list)
    clients: list[str] = field(default_factory=list)
    without_password: list[str] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    mailed: dict[str, int] = field(default_factory=dict)
    ledgers: dict[str, int] = field(default_factory=dict)
    """Organization's slug -> rows of its ledger of which the hash alone is left."""


def settle_exactly(house: House, session: Session, entries: Iterable[Entry]) -> Settled:
    """Take back again what the journal remembers; `entries` tell of every generation since the backup."""
    done = replay(session, entries)
    session.expire_all()
    settled = Settled(exactly=True, again=done.again)
    for made in done.made:
        if made.table != DepartureRow.__tablename__:
            settled.lost[made.table] = settled.lost.get(made.table, 0) + 1
    _close_lost_entries(session, done.made)
    _renew_keys(house, session, done.made, settled)
    for owner_id, lost in sealing.go_on(house, session, done.kept).items():
        settled.ledgers[membership.member_of(session, owner_id).slug] = lost
    _withdraw(session, _touched(done, Publication), settled)
    settled.erased = erase_again(session)
    _leave_again(house, session, done, settled)
    _revoke(house, session, _touched(done, ClientRow), settled)
    settled.mailed = _mailed(session)
    settled.without_password = forget_again(session, _touched(done, PersonRow))
    return settled


def _mailed(session: Session) -> dict[str, int]:
    """Tokens that wait in somebody's mail, and will count no more: how many, by table."""
    counts = {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in MAILED}
    return {name: count for name, count in counts.items() if count}


def settle_doubting(house: House, session: Session, *, keep: frozenset[str] = frozenset()) -> Settled:
    """Without a journal: doubt everything that may have been taken back, but for the `KINDS` that the operator vouches for."""
    settled = Settled(exactly=False)
    standing = set(session.scalars(select(StoredView.status_list_id)))
    if FACTORIES not in keep:
        _withdraw(session, session.scalars(select(Factory.id).where(Factory.state == PUBLISHED)).all(), settled)
        # Views of later than the backup stand in these lists at places that nobody remembers.
        _doubt(house, session, standing)
    if GRANTS not in keep:
        for grant in session.scalars(select(Grant).where(Grant.withdrawn_at.is_(None), Grant.until >= house.today())):
            end_grant(house, session, grant)
            settled.ended.append(grant.id)
    if ATTESTATIONS not in keep:
        rows = session.scalars(select(Attestation).where(Attestation.revoked_at.is_(None))).all()
        settled.doubted = sorted(row.id for row in rows if row.sealed is not None)
        _doubt(house, session, {each for row in rows for each in _lists(session, row)})
    settled.mailed = _mailed(session)
    settled.without_password = forget_again(session, () if PEOPLE in keep else None)
    settled.roles = list(roles.everywhere(session))
    if not keep & {PEOPLE, ROLES}:
        roles.end_all(session)
    return settled


def confirm(house: House, session: Session, attestations: Sequence[str]) -> list[str]:
    """What these attestations' status lists say is confirmed by who may know; returns those that had been doubted."""
    confirmed = []
    for row in session.scalars(select(Attestation).where(Attestation.id.in_(attestations)).order_by(Attestation.id)):
        found = [session.get_one(StatusList, each) for each in _lists(session, row)]
        if any(each.doubted_since is not None for each in found):
            confirmed.append(row.id)
        for each in found:
            each.doubted_since = None
    session.flush()
    return confirmed


def doubted(session: Session, auditor_id: str | None = None) -> list[str]:
    """The attestations whose status nobody has confirmed since the node was restored."""
    query = (
        select(Attestation.id)
        .join(StatusList, StatusList.id == Attestation.status_list_id)
        .where(StatusList.doubted_since.is_not(None), Attestation.sealed.is_not(None))
    )
    if auditor_id is not None:
        query = query.where(Attestation.auditor_id == auditor_id)
    return list(session.scalars(query.order_by(Attestation.id)))


def _lists(session: Session, row: Attestation) -> list[str]:
    """Every list that says something of an attestation: that of its revocation, and those of its suspension and label."""
    further = select(AttestationList.list_id).where(AttestationList.attestation_id == row.id)
    return [row.status_list_id, *session.scalars(further)]


def _touched(done: Replayed, table: type[Base]) -> list[str]:
    return sorted(str(key[0]) for name, key in done.touched if name == table.__tablename__)


def _leave_again(house: House, session: Session, done: Replayed, settled: Settled) -> None:
    """Who left since the backup, or had everything erased since, does so again, at the time at which it did."""
    departures = [(str(each.key[0]), each.said) for each in done.made if each.table == DepartureRow.__tablename__]
    for name, key in sorted(done.changed, key=str):
        if name == DepartureRow.__tablename__:
            row = session.get_one(DepartureRow, key[0])
            departures.append((row.organization_id, {"left_at": row.left_at, "erased": row.erased}))
    for organization_id, said in departures:
        if session.get(OrganizationRow, organization_id) is None:
            continue  # it was approved since the backup, and is lost with all it said
        member = membership.member_of(session, organization_id)
        caller = Caller(member=member, purpose=None, may=READ_AND_WRITE | {MANAGE})
        leave(house, session, caller, erase=bool(said["erased"]))
        session.get_one(DepartureRow, organization_id).left_at = cast(datetime, said["left_at"])
        settled.left.append(member.slug)


def _revoke(house: House, session: Session, client_ids: Iterable[str], settled: Settled) -> None:
    """A secret that was replaced since is the copy's again, and the new one is lost: its program gets a new client."""
    for client_id in client_ids:
        client = membership.client(session, client_id)
        if client is not None and client.revoked_at is None:
            membership.revoke_client(session, client.organization_id, client_id, now=house.now())
            settled.clients.append(client_id)


def _close_lost_entries(session: Session, made: Iterable[Made]) -> None:
    """What was signed since the backup under a list that the copy has is superseded: nobody here knows what it said."""
    for each in made:
        if each.table != StatusEntry.__tablename__:
            continue
        list_id, index = each.key
        if session.get(StatusList, list_id) is not None and session.get(StatusEntry, (list_id, index)) is None:
            session.add(StatusEntry(list_id=str(list_id), index=int(str(index)), revoked=True))
    session.flush()


def _renew_keys(house: House, session: Session, made: Iterable[Made], settled: Settled) -> None:
    """A key that was replaced since the backup stays closed, and its successor is lost: the node makes the next one."""
    lost = {(str(each.key[0]).partition("#")[0], str(each.said["role"])) for each in made if each.table == KeyRow.__tablename__}
    for owner, role in sorted(lost, key=lambda each: (each[1] != "root", each)):
        keys = identity.keys_of(session, owner, cast(Role, role))
        if not keys or keys[-1].valid_until is None:
            continue
        if keys[-1].custody == "self":
            settled.without_key.append(owner)
            continue
        settled.keys.append(identity.rotate(session, house.keystore, owner, keys[-1].role, now=house.now()).kid)
        organization_id = keys[-1].organization_id
        if organization_id is not None:
            resign(house, session, organization_id)


def _withdraw(session: Session, factory_ids: Iterable[str], settled: Settled) -> None:
    for factory_id in sorted(factory_ids):
        factory = session.get(Factory, factory_id, with_for_update=True)
        if factory is not None and factory.state == PUBLISHED:
            factory.state = WITHDRAWN
            unpublish(session, factory)
            settled.withdrawn.append(factory_id)


def _doubt(house: House, session: Session, list_ids: Iterable[str]) -> None:
    for list_id in sorted(set(list_ids)):
        session.get_one(StatusList, list_id).doubted_since = house.now()
    session.flush()
