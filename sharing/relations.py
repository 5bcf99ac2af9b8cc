"""What an owner records about other organizations: their own lists (`group` in a policy) and confidentiality agreements.

A list is known to its owner alone. An agreement counts in a policy (`nda`) only once both sides have recorded it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from network import membership
from network.membership import Member
from sharing.errors import InvalidDocument, NotFound, Problems, RoleRequired, StateConflict
from sharing.house import House
from sharing.models import ListMember, NdaAcceptance
from sharing.parties import MOST_LISTED
from sharing.viewers import Caller

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
MOST_MEMBERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnList:
    """One of the owner's lists: organizations by DID, sorted."""

    name: str
    organizations: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NdaView:
    """An agreement for one of its two sides; in force once both accepted."""

    id: str
    owner: str
    organization: str
    template: str
    owner_accepted_at: datetime | None
    organization_accepted_at: datetime | None


def put_list(house: House, session: Session, caller: Caller, name: str, organizations: Sequence[str]) -> OwnList:
    """Replace the caller's list `name` by these organizations (slugs or DIDs)."""
    owner = _member(caller)
    membership.queue(session, owner.id)
    problems = Problems()
    if not _SLUG.fullmatch(name):
        problems.add("name", "bad_slug", "A list is named with lower-case letters, digits and hyphens.")
    if len(organizations) > MOST_MEMBERS:
        problems.add("organizations", "too_many", f"A list holds {MOST_MEMBERS} organizations at the most.")
    found: dict[str, Member] = {}
    for place, given in enumerate(() if problems.found else organizations):
        member = membership.find(session, given)
        if member is None:
            problems.add(f"organizations/{place}", "unknown_organization", "No organization has this slug or DID.")
        else:
            found[member.id] = member
    if problems.found:
        raise InvalidDocument(tuple(problems.found))
    kept = _cut_list(session, owner.id, name, frozenset(found))
    session.add_all(ListMember(owner_id=owner.id, name=name, organization_id=each) for each in found if each not in kept)
    session.flush()
    return OwnList(name=name, organizations=tuple(sorted(each.did for each in found.values())))


def get_lists(house: House, session: Session, caller: Caller) -> list[OwnList]:
    """The caller's lists, by name."""
    rows = session.scalars(select(ListMember).where(ListMember.owner_id == caller.organization_id))
    lists: dict[str, set[str]] = {}
    for row in rows:
        lists.setdefault(row.name, set()).add(membership.member_of(session, row.organization_id).did)
    return [OwnList(name=name, organizations=tuple(sorted(lists[name]))) for name in sorted(lists)]


def delete_list(house: House, session: Session, caller: Caller, name: str) -> None:
    """Remove the caller's list `name`; raises `NotFound`."""
    if name not in {each.name for each in get_lists(house, session, caller)}:
        raise NotFound
    _cut_list(session, str(caller.organization_id), name, frozenset())
    session.flush()


def _cut_list(session: Session, owner_id: str, name: str, wanted: frozenset[str]) -> frozenset[str]:
    """Take everybody off a list who is not wanted on it, row by row; returns who was there."""
    rows = session.scalars(select(ListMember).where(ListMember.owner_id == owner_id, ListMember.name == name)).all()
    for row in rows:
        if row.organization_id not in wanted:
            session.delete(row)
    return frozenset(row.organization_id for row in rows)


def propose_nda(house: House, session: Session, caller: Caller, *, organization: str, template: str) -> NdaView:
    """The owner of factories records an agreement with another organization, which then accepts it or not."""
    owner = _member(caller)
    problems = Problems()
    other = membership.find(session, organization)
    if other is None or other.id == owner.id:
        problems.add("organization", "unknown_organization", "Name another organization by its slug or DID.")
    if not _SLUG.fullmatch(template):
        problems.add("template", "bad_slug", "A template is named with lower-case letters, digits and hyphens.")
    if other is None or problems.found:
        raise InvalidDocument(tuple(problems.found))
    row = NdaAcceptance(
        id=house.new_id(),
        owner_id=owner.id,
        organization_id=other.id,
        template=template,
        owner_accepted_at=house.now(),
        created_at=house.now(),
    )
    session.add(row)
    session.flush()
    return _view(session, row)


def get_nda(session: Session, caller: Caller, nda_id: str) -> NdaView:
    """One agreement, for its two sides; raises `NotFound`."""
    row = session.get(NdaAcceptance, nda_id)
    if row is None or caller.organization_id not in {row.owner_id, row.organization_id}:
        raise NotFound
    return _view(session, row)


def accept_nda(house: House, session: Session, caller: Caller, nda_id: str) -> NdaView:
    """The other side accepts; from the next request on the agreement counts."""
    row = session.get(NdaAcceptance, nda_id)
    if row is None or caller.organization_id not in {row.owner_id, row.organization_id}:
        raise NotFound
    if row.organization_id != caller.organization_id or row.organization_accepted_at is not None:
        raise StateConflict("You have accepted this agreement already.")
    row.organization_accepted_at = house.now()
    session.flush()
    return _view(session, row)


def end_nda(house: House, session: Session, caller: Caller, nda_id: str) -> None:
    """Either side ends the agreement; from the next request on it does not count."""
    row = session.get(NdaAcceptance, nda_id)
    if row is None or caller.organization_id not in {row.owner_id, row.organization_id}:
        raise NotFound
    session.delete(row)
    session.flush()


def list_ndas(house: House, session: Session, caller: Caller, *, most: int | None = MOST_LISTED) -> list[NdaView]:
    """The newest `most` agreements that the caller is a side of (all for None), newest first."""
    query = (
        select(NdaAcceptance)
        .where(
            or_(
                NdaAcceptance.owner_id == caller.organization_id,
                NdaAcceptance.organization_id == caller.organization_id,
            )
        )
        .order_by(NdaAcceptance.created_at.desc(), NdaAcceptance.id)
        .limit(most)
    )
    return [_view(session, row) for row in session.scalars(query)]


def _view(session: Session, row: NdaAcceptance) -> NdaView:
    return NdaView(
        id=row.id,
        owner=membership.member_of(session, row.owner_id).did,
        organization=membership.member_of(session, row.organization_id).did,
        template=row.template,
        owner_accepted_at=row.owner_accepted_at,
        organization_accepted_at=row.organization_accepted_at,
    )


def _member(caller: Caller) -> Member:
    if caller.member is None:
        raise RoleRequired("Only a member keeps lists and agreements.", role="member")
    return caller.member
