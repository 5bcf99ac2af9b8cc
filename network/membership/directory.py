"""The directory: which organizations are at home here, and what is known about them.

Guarantees: a fact always carries its source and date; country and verification are one value each, sector and role may
be several, as may beneficial owners; nothing an organization says of itself becomes a fact. Facts are read at each request,
never from a token.

Writers of one organization's facts queue on its row, so that a single-valued attribute never gets two values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from network.columns import as_utc
from network.errors import FactInvalid, OrganizationUnknown
from network.models import OrganizationFactRow, OrganizationRow
from network.names import OrganizationId, Slug, check_name, is_did, is_id, is_slug
from trust.did import Did

ROLES: Final = ("supplier", "buyer", "auditor", "accreditor", "operator")
SOURCES: Final = ("operator", "computed", "node")
"""Set by the operator at approval; derived by this program from other facts; asserted by a peer node allowed to."""

SINGLE_VALUED: Final = frozenset({"country", "verified"})
_PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    "country": re.compile(r"[A-Z]{2}"),  # ISO 3166-1 alpha-2
    "verified": re.compile(r"[123]"),
    "sector": re.compile(r"[A-U](?:[0-9]{2}(?:\.[0-9]{1,2})?)?"),  # NACE: section, then division, then group or class
    "role": re.compile("|".join(ROLES)),
    "beneficial_owner": re.compile(r"[a-z0-9](?:[a-z0-9.:-]{0,62}[a-z0-9])?"),  # the operator's own name for whoever owns it
}
_MOST_VALUES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An organization as policies and pages know it. `country` and `verified` are None until established."""

    id: OrganizationId
    did: Did
    slug: Slug
    name: str
    country: str | None
    verified: int | None
    sectors: frozenset[str]
    roles: frozenset[str]
    suspended_at: datetime | None

    @property
    def suspended(self) -> bool:
        """Whether it may not act now."""
        return self.suspended_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One value of one attribute, who says so, and since when."""

    attribute: str
    value: str
    source: str
    set_at: datetime


def find(session: Session, name: str) -> Member | None:
    """The organization with this id, DID or slug, if there is one; what looks like an id is tried as one first."""
    for fits, column in (
        (is_id, OrganizationRow.id),
        (is_did, OrganizationRow.did),
        (is_slug, OrganizationRow.slug),
    ):
        # Any other text need not be looked up, and some (NUL, surrogates) a database cannot even be asked.
        if fits(name) and (found := _members(session, column == name)):
            return found[0]
    return None


def member_of(session: Session, organization_id: str) -> Member:
    """One organization by its id; raises `OrganizationUnknown`."""
    found = _members(session, OrganizationRow.id == organization_id) if is_id(organization_id) else ()
    if not found:
        raise OrganizationUnknown("There is no such organization.")
    return found[0]


def members(session: Session) -> tuple[Member, ...]:
    """Every organization at home here, suspended ones too, in the order of their slugs."""
    return _members(session, None)


def facts(session: Session, organization_id: str) -> tuple[Fact, ...]:
    """Every fact about one organization with its source, in the order of attribute and value."""
    rows = session.scalars(
        select(OrganizationFactRow)
        .where(OrganizationFactRow.organization_id == organization_id)
        .order_by(OrganizationFactRow.attribute, OrganizationFactRow.value)
    )
    return tuple(Fact(attribute=row.attribute, value=row.value, source=row.source, set_at=row.set_at) for row in rows)


def owner_groups(session: Session) -> Mapping[str, str]:
    """Organization -> the smallest id among those under the same beneficial owners, directly or through others; an
    organization of which no owner is known is left out."""
    by_owner: dict[str, list[str]] = {}
    rows = session.execute(
        select(OrganizationFactRow.value, OrganizationFactRow.organization_id)
        .where(OrganizationFactRow.attribute == "beneficial_owner")
        .order_by(OrganizationFactRow.organization_id)
    )
    for value, organization_id in rows:
        by_owner.setdefault(value, []).append(organization_id)
    group: dict[str, str] = {}
    for together in by_owner.values():
        known = {group.get(each, each) for each in together}
        first = min(known)
        group.update(dict.fromkeys(together, first))
        group.update({each: first for each, other in group.items() if other in known})
    return group


def set_facts(
    session: Session, organization_id: str, attribute: str, values: Iterable[str], *, source: str, now: datetime
) -> None:
    """Replace all values of one attribute; no values removes it.

    A value that stays keeps its date if its source stays too. Raises `FactInvalid`, `OrganizationUnknown`.
    """
    wanted = _checked(attribute, values)
    if source not in SOURCES:
        raise FactInvalid("A fact is set by the operator, computed, or asserted by a node.", attribute=attribute)
    _locked(session, organization_id)
    kept = {
        fact.value for fact in facts(session, organization_id) if fact.attribute == attribute and fact.source == source
    } & wanted
    session.execute(
        delete(OrganizationFactRow).where(
            OrganizationFactRow.organization_id == organization_id,
            OrganizationFactRow.attribute == attribute,
            OrganizationFactRow.value.not_in(kept),
        )
    )
    moment = as_utc(now)
    session.add_all(
        OrganizationFactRow(organization_id=organization_id, attribute=attribute, value=value, source=source, set_at=moment)
        for value in sorted(wanted - kept)
    )
    session.flush()


def rename(session: Session, organization_id: str, name: str) -> None:
    """Change the display name; slug and DID stay."""
    _locked(session, organization_id).name = check_name(name)
    session.flush()


def suspend(session: Session, organization_id: str, *, now: datetime) -> None:
    """Suspend from `now`; already suspended: the older date stays."""
    row = _locked(session, organization_id)
    row.suspended_at = row.suspended_at or as_utc(now)
    session.flush()


def reinstate(session: Session, organization_id: str) -> None:
    """End a suspension, if there is one."""
    _locked(session, organization_id).suspended_at = None
    session.flush()


def _checked(attribute: str, values: Iterable[str]) -> set[str]:
    pattern = _PATTERNS.get(attribute)
    if pattern is None:
        raise FactInvalid("There is no such attribute.", allowed=", ".join(_PATTERNS))
    wanted = set(values)
    if len(wanted) > (1 if attribute in SINGLE_VALUED else _MOST_VALUES):
        raise FactInvalid("There are too many values for this attribute.", attribute=attribute)
    if not all(pattern.fullmatch(value) for value in wanted):
        raise FactInvalid("A value is not of the form this attribute has.", attribute=attribute)
    return wanted


def queue(session: Session, organization_id: str) -> None:
    """Wait until no other transaction does what an organization may do one at a time, and make the others wait in turn."""
    _locked(session, organization_id)


def _locked(session: Session, organization_id: str) -> OrganizationRow:
    query = select(OrganizationRow).where(OrganizationRow.id == organization_id).with_for_update()
    row = session.scalars(query.execution_options(populate_existing=True)).one_or_none() if is_id(organization_id) else None
    if row is None:
        raise OrganizationUnknown("There is no such organization.")
    return row


def _members(session: Session, where: ColumnElement[bool] | None) -> tuple[Member, ...]:
    query = select(OrganizationRow).order_by(OrganizationRow.slug)
    attributes = select(OrganizationFactRow.organization_id, OrganizationFactRow.attribute, OrganizationFactRow.value)
    if where is not None:
        query = query.where(where)
        attributes = attributes.join(OrganizationRow, OrganizationRow.id == OrganizationFactRow.organization_id).where(where)
    known: dict[str, dict[str, list[str]]] = {}
    for organization_id, attribute, value in session.execute(attributes):
        known.setdefault(organization_id, {}).setdefault(attribute, []).append(value)
    return tuple(_member(row, known.get(row.id, {})) for row in session.scalars(query))


def _member(row: OrganizationRow, values: Mapping[str, Sequence[str]]) -> Member:
    verified = values.get("verified")
    return Member(
        id=OrganizationId(row.id),
        did=Did(row.did),
        slug=Slug(row.slug),
        name=row.name,
        country=next(iter(values.get("country", ())), None),
        verified=int(verified[0]) if verified else None,
        sectors=frozenset(values.get("sector", ())),
        roles=frozenset(values.get("role", ())),
        suspended_at=row.suspended_at,
    )
