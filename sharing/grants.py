"""Grants: an organization's place on a factory's tier, for a purpose, until a day, signed by the factory's owner.

A grant is read from the table at each request, so giving, ending and expiry are effective at the next one, whatever tokens
are out. It stands in no list of a reader who no longer sees the factory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from network import identity, membership
from policies import PURPOSES, Tier
from sharing import catalogue
from sharing.errors import InvalidDocument, NotFound, Problems, StateConflict, invalid
from sharing.factories import own_factory
from sharing.factory_id import factory_urn
from sharing.house import House
from sharing.models import Factory, Grant
from sharing.parties import MOST_LISTED, Parties
from sharing.projection import Projection
from sharing.viewers import Caller
from trust import jws

GRANT_TYPE = "guildnet-grant+jwt"
GRANTABLE = (Tier.PARTNER.word, Tier.CONFIDENTIAL.word)
LONGEST = timedelta(days=3 * 366)
USUAL = timedelta(days=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantView:
    """A grant for one of its two parties; `signed` is the owner's JWS over the same facts."""

    id: str
    factory: Projection
    organization: str
    tier: str | None
    fields: tuple[str, ...] | None
    purpose: str
    start: date
    until: date
    state: str
    signed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an owner grants: a tier, perhaps narrowed to fields, from a day until a day (whole days, inclusive, UTC)."""

    tier: str | None
    fields: tuple[str, ...] | None
    purpose: str
    start: date
    until: date
    direct: bool = False


def give_grant(
    house: House,
    session: Session,
    caller: Caller,
    *,
    factory_id: str,
    organization: str,
    tier: str,
    purpose: str,
    until: date | None = None,
    start: date | None = None,
    fields: Sequence[str] | None = None,
) -> GrantView:
    """The owner grants without having been asked."""
    own_factory(session, caller, factory_id, lock=True)
    member = membership.find(session, organization)
    if member is None or member.id == caller.organization_id:
        raise invalid("organization", "unknown_organization", "Name another organization by its slug or DID.")
    check_purpose(purpose)
    terms = checked_terms(house, tier=tier, fields=fields, purpose=purpose, start=start, until=until)
    row = add_grant(house, session, factory_id, member.id, terms)
    return _grant_view(house, session, row, Parties(house, session, caller).own(factory_id))


def list_grants(house: House, session: Session, caller: Caller, *, most: int | None = MOST_LISTED) -> Sequence[GrantView]:
    """The grants that the caller gave or holds, newest first; only about factories that the caller sees now."""
    query = (
        select(Grant)
        .join(Factory, Factory.id == Grant.factory_id)
        .where(or_(Grant.organization_id == caller.organization_id, Factory.organization_id == caller.organization_id))
        .order_by(Grant.created_at.desc(), Grant.id)
    )

    def shown(held: Session, row: Grant, projection: Projection) -> GrantView:
        return _grant_view(house, held, row, projection)

    return Parties(house, session, caller).each_shown(session.scalars(query), shown, most=most)


def get_grant(house: House, session: Session, caller: Caller, grant_id: str) -> GrantView:
    """One grant, for its two parties."""
    row, projection = _grant(house, session, caller, grant_id)
    return _grant_view(house, session, row, projection)


def withdraw_grant(house: House, session: Session, caller: Caller, grant_id: str) -> None:
    """The owner ends the grant, or its holder gives it back: effective at the next request, whatever tokens are out."""
    row, _ = _grant(house, session, caller, grant_id, lock=True)
    if row.withdrawn_at is not None:
        raise StateConflict("The grant has been withdrawn already.", state="withdrawn")
    end_grant(house, session, row)


def end_grant(house: House, session: Session, grant: Grant) -> None:
    """Mark a grant withdrawn now."""
    grant.withdrawn_at = house.now()
    session.flush()


def add_grant(house: House, session: Session, factory_id: str, organization_id: str, terms: Terms) -> Grant:
    """Store and sign a grant of the owner's locked factory."""
    factory = session.get_one(Factory, factory_id)
    owner = membership.member_of(session, factory.organization_id)
    holder = membership.member_of(session, organization_id)
    row = Grant(
        id=house.new_id(),
        factory_id=factory_id,
        organization_id=organization_id,
        tier=terms.tier,
        fields=None if terms.fields is None else list(terms.fields),
        direct=terms.direct,
        purpose=terms.purpose,
        start=terms.start,
        until=terms.until,
        created_at=house.now(),
    )
    stated: dict[str, object] = {
        "iss": owner.did,
        "sub": holder.did,
        "jti": row.id,
        "factory": factory_urn(factory_id),
        "purpose": terms.purpose,
        "from": terms.start.isoformat(),
        "until": terms.until.isoformat(),
    }
    if terms.tier is not None:
        stated["tier"] = terms.tier
    if terms.fields is not None:
        stated["fields"] = list(terms.fields)
    signer = identity.organization_signer(session, house.keystore, owner.id)
    row.signed = jws.sign(stated, typ=GRANT_TYPE, signer=signer)
    session.add(row)
    session.flush()
    return row


def checked_terms(
    house: House,
    *,
    tier: str,
    fields: Sequence[str] | None,
    purpose: str,
    start: date | None,
    until: date | None,
) -> Terms:
    """An owner's terms, with every problem named at once. Without `until` a grant runs 90 days."""
    problems = Problems()
    first = start or house.today()
    if tier not in GRANTABLE:
        problems.add("tier", "unknown_tier", "Grant partner or confidential.")
    if first > house.today() + LONGEST:
        problems.add("from", "too_far", "A grant begins within three years.")
        first = house.today()
    last = until or first + USUAL
    if last < first:
        problems.add("until", "ends_before_start", "A grant cannot end before it begins.")
    elif last - first > LONGEST:
        problems.add("until", "too_long", "A grant runs three years at the most; give another one then.")
    if last < house.today():
        problems.add("until", "in_the_past", "This day is over.")
    named = None if fields is None else expand_fields(fields, problems)
    if problems.found:
        raise InvalidDocument(tuple(problems.found))
    return Terms(tier=tier, fields=named, purpose=purpose, start=first, until=last)


def expand_fields(targets: Sequence[str], problems: Problems) -> tuple[str, ...]:
    """Fields and groups as the fields they stand for, in catalogue order; notes unknown ones and an empty list."""
    vocabulary = catalogue.vocabulary()
    wanted: set[str] = set()
    for place, target in enumerate(targets):
        if target in vocabulary.groups:
            wanted.update(vocabulary.groups[target])
        elif target in vocabulary.positions:
            wanted.add(target)
        else:
            problems.add(f"fields/{place}", "unknown_field", f"The catalogue has no field or group {target!r}.")
    if not targets:
        problems.add("fields", "empty", "Name at least one field, or leave the list out for the whole tier.")
    return tuple(name for name in vocabulary.fields if name in wanted)


def check_purpose(purpose: str) -> None:
    """Refuse a purpose that is not in the language."""
    if purpose not in PURPOSES:
        raise invalid("purpose", "unknown_purpose", "A purpose is one of: " + ", ".join(PURPOSES) + ".")


def _grant(house: House, session: Session, caller: Caller, grant_id: str, *, lock: bool = False) -> tuple[Grant, Projection]:
    row = session.get(Grant, grant_id, with_for_update=lock or None)
    if row is None:
        raise NotFound
    return row, Parties(house, session, caller).about(row.factory_id, row.organization_id)


def _grant_view(house: House, session: Session, row: Grant, projection: Projection) -> GrantView:
    fields = row.fields
    return GrantView(
        id=row.id,
        factory=projection,
        organization=membership.member_of(session, row.organization_id).did,
        tier=row.tier,
        fields=tuple(str(each) for each in fields) if isinstance(fields, list) else None,
        purpose=row.purpose,
        start=row.start,
        until=row.until,
        state=_state(house, row),
        signed=row.signed,
    )


def _state(house: House, row: Grant) -> str:
    today = house.today()
    if row.withdrawn_at is not None:
        return "withdrawn"
    if row.until < today:
        return "expired"
    return "upcoming" if row.start > today else "active"
