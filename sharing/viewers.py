"""Who is looking, in the words of the policies, read from the tables at each request.

A token names an organization and a purpose and nothing else is taken from it: country, roles, verification, held
certificates, grants, agreements and lists are facts of the database, in the same snapshot as the answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from network.membership import Member
from policies import NO_RELATION, ActiveGrant, Level, Relation, Tier, Viewer
from policies.levels import TIERS
from policies.signature import Ties
from sharing import catalogue
from sharing.errors import RoleRequired
from sharing.models import Attestation, Factory, Grant, ListMember, NdaAcceptance, Publication
from sharing.profile import Record
from sharing.search.reading import NOT_IN_FORCE
from sharing.stored import stored_record

_NONE: frozenset[str] = frozenset()
READ_AND_WRITE = frozenset({"read", "write"})
MANAGE = "manage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The organization behind a request, or nobody, and the purpose its token is bound to.

    `person_id`: who acts for it, None for a program. `may`: `read`, `write`, and for owners `manage`: people, programs,
    leaving and erasing.
    """

    member: Member | None
    purpose: str | None
    person_id: str | None = None
    may: frozenset[str] = READ_AND_WRITE

    @classmethod
    def anonymous(cls) -> Self:
        """Nobody in particular."""
        return cls(member=None, purpose=None, may=frozenset())

    @property
    def organization_id(self) -> str | None:
        """The id of the calling organization; None for nobody."""
        return None if self.member is None else self.member.id


def managed(caller: Caller) -> Member:
    """The organization that the caller manages; raises `RoleRequired` for whoever is no owner of theirs."""
    if caller.member is None or MANAGE not in caller.may:
        raise RoleRequired("Only an owner of the organization may do this.", role="owner")
    return caller.member


def viewer_of(session: Session, caller: Caller, day: date) -> Viewer:
    """The caller as the policies see them on `day`."""
    if caller.member is None:
        return Viewer.anonymous()
    member = caller.member
    return Viewer(
        org=member.did,
        country=member.country,
        verified=member.verified,
        purpose=caller.purpose,
        member=True,
        sectors=frozenset(member.sectors),
        roles=frozenset(member.roles),
        holds=_held_schemes(session, member.id, day),
    )


def directory_viewer(member: Member, purpose: str | None) -> Viewer:
    """`member` as every other member knows them: what they hold is theirs to show, so it is not looked up here."""
    return Viewer(
        org=member.did,
        country=member.country,
        verified=member.verified,
        purpose=purpose,
        member=True,
        sectors=frozenset(member.sectors),
        roles=frozenset(member.roles),
        holds={},
    )


def pictured(tier: Tier, purpose: str, day: date) -> tuple[Viewer, Relation]:
    """A made-up viewer on a tier of some factory, come for `purpose`: nobody, any member, or one with a grant for the day."""
    if tier is Tier.PUBLIC:
        return Viewer.anonymous(), NO_RELATION
    viewer = Viewer(org=None, country=None, verified=None, purpose=purpose, member=True)
    if tier is Tier.MEMBER:
        return viewer, NO_RELATION
    return viewer, Relation(grants=(ActiveGrant(tier=tier, purpose=purpose, start=day, until=day),))


def relations_of(session: Session, caller: Caller, day: date, *, factory_id: str | None = None) -> Mapping[str, Relation]:
    """What ties the caller to single factories on `day`: running grants, agreements recorded by both, owners' lists.

    Factories with no tie are absent from the mapping. With `factory_id` only that one is looked up.
    """
    organization_id = caller.organization_id
    if organization_id is None:
        return Ties({})
    grants: defaultdict[str, list[ActiveGrant]] = defaultdict(list)

    # Columns, not rows of the mapper: a buyer may hold hundreds of grants, each with its signed text.
    running = select(Grant.factory_id, Grant.tier, Grant.fields, Grant.direct, Grant.purpose, Grant.start, Grant.until).where(
        Grant.organization_id == organization_id,
        Grant.withdrawn_at.is_(None),
        Grant.start <= day,
        Grant.until >= day,
    )
    if factory_id is not None:
        running = running.where(Grant.factory_id == factory_id)
    for identifier, tier, fields, direct, purpose, start, until in session.execute(running.order_by(Grant.id)):
        grants[identifier].append(
            ActiveGrant(
                tier=None if tier is None else TIERS[tier],
                purpose=purpose,
                start=start,
                until=until,
                fields=frozenset(str(item) for item in fields) if isinstance(fields, list) else None,
                direct=direct,
            )
        )

    agreed = select(NdaAcceptance.owner_id, NdaAcceptance.template).where(
        NdaAcceptance.organization_id == organization_id,
        NdaAcceptance.owner_accepted_at.is_not(None),
        NdaAcceptance.organization_accepted_at.is_not(None),
    )
    listed = select(ListMember.owner_id, ListMember.name).where(ListMember.organization_id == organization_id)
    ndas, groups = _by_owner(session, agreed), _by_owner(session, listed)
    # Of an owner's many factories all are tied alike: one object stands for them, so that it is asked once.
    alike = {
        owner_id: Relation(ndas=ndas.get(owner_id, _NONE), groups=groups.get(owner_id, _NONE))
        for owner_id in ndas.keys() | groups.keys()
    }
    found: dict[str, Relation] = {}
    if alike:
        owners = agreed.with_only_columns(NdaAcceptance.owner_id).union(listed.with_only_columns(ListMember.owner_id))
        owned = select(Factory.id, Factory.organization_id).where(Factory.organization_id.in_(owners))
        if factory_id is not None:
            owned = owned.where(Factory.id == factory_id)
        found = {identifier: alike[owner_id] for identifier, owner_id in session.execute(owned)}
    for identifier, given in grants.items():
        found[identifier] = replace(found.get(identifier, NO_RELATION), grants=tuple(given))
    return Ties(found)


def _by_owner(session: Session, query: Select[str, str]) -> dict[str, frozenset[str]]:
    """What each owner has agreed or listed."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for owner_id, name in session.execute(query):
        found[owner_id].add(name)
    return {owner_id: frozenset(names) for owner_id, names in found.items()}


def _held_schemes(session: Session, organization_id: str, day: date) -> Mapping[str, str]:
    """Schemes of running certificates in the organization's own published factories, attested by others."""
    query = (
        select(Attestation.schemes, Publication.document)
        .join(Publication, Publication.factory_id == Attestation.factory_id)
        .where(
            Publication.organization_id == organization_id,
            Attestation.auditor_id != organization_id,
            Attestation.issued_at.is_not(None),
            Attestation.revoked_at.is_(None),
            Attestation.suspended_at.is_(None),
            Attestation.label.is_(None),
            or_(Attestation.valid_until.is_(None), Attestation.valid_until >= day),
        )
    )
    held: dict[str, str] = {}
    for schemes, document in session.execute(query):
        if isinstance(schemes, list) and schemes:
            held.update((scheme, "peer") for scheme in _certified(stored_record(document), day).intersection(schemes))
    return held


def _certified(record: Record, day: date) -> set[str]:
    """The schemes of a record's certificates that have not run out by their own dates and are not suspended or withdrawn."""
    scheme, until = catalogue.field("certificate.scheme"), "certificate.valid_until"
    return {
        term
        for each in record.certificates.values()
        if date.fromisoformat(str(each.values.get(until, "9999-12-31"))) >= day
        and each.values.get("certificate.status") not in NOT_IN_FORCE
        for term in scheme.terms(each.values["certificate.scheme"], Level.EXACT)
    }
