"""The members of the network as every member may know them, in as few kinds as some rules tell apart, for one owner.

Guarantees: read are name, country, sectors, roles and verification, and what ties a member to this owner (grants on this
factory, agreements with the owner, the owner's lists); never what a member holds, or what it agreed with others. Suspended
and departed organizations and the owner are left out. Members of one kind are the same to the rules it was made for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from network.models import OrganizationFactRow, OrganizationRow
from network.people.leaving import departures
from policies import NO_RELATION, Credentials, Listed, Relation, Rule, Viewer
from sharing.answers.names import active
from sharing.models import Factory, Grant, ListMember, NdaAcceptance

_BETWEEN, _WITHIN = "\n", "="
_MOST_WORDS = 200  # as many parameters as a database takes without complaint
_ATTRIBUTES = ("country", "verified", "sector", "role")


class Entry(NamedTuple):
    """One member, by what everybody calls it. A tuple: there may be very many."""

    did: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """`kinds` are named by numbers; `entries` says who is of a kind, in the order of their slugs."""

    kinds: tuple[Listed, ...]
    entries: Mapping[str, Sequence[Entry]]

    @property
    def size(self) -> int:
        """How many members."""
        return sum(len(each) for each in self.entries.values())

    def of(self, names: Iterable[str]) -> list[Entry]:
        """The members of these kinds."""
        return [entry for name in names for entry in self.entries[name]]

    def able(self, names: Iterable[str], given: Credentials) -> list[str]:
        """Of these kinds those to whom a condition may apply: this owner's agreements and lists are known, so whoever is
        in none of them now does not come under a condition that asks for it."""
        ties = {each.name: each.relation for each in self.kinds}
        return [each for each in names if given.ndas <= ties[each].ndas and given.groups <= ties[each].groups]


def directory(session: Session, factory: Factory, rules: Iterable[Rule], day: date) -> Directory:
    """The directory for these rules of this factory, as ties stand on `day`."""
    listed = tuple(rules)
    named = {did for rule in listed for did in rule.to.org or ()}
    ties = _ties(session, factory, day)
    stated = _stated(session, listed)
    gone = departures(session)
    rows = session.execute(
        select(OrganizationRow.id, OrganizationRow.did, OrganizationRow.slug, OrganizationRow.name)
        .where(OrganizationRow.suspended_at.is_(None), OrganizationRow.id != factory.organization_id)
        .order_by(OrganizationRow.slug)
    )
    found: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    apart: dict[tuple[str, str], Relation] = {}
    for identifier, did, slug, name in rows:
        if identifier in gone:
            continue
        own = did if did in named or identifier in ties else ""
        alone = (stated.get(identifier, ""), own)
        if own:
            apart[alone] = ties.get(identifier, NO_RELATION)
        found[alone].append(Entry(did=did, slug=slug, name=name))
    sieve = _Words.of(listed)
    kinds: list[Listed] = []
    entries: dict[str, list[Entry]] = {}
    alike: dict[object, str] = {}
    for (text, own), members in found.items():
        viewer = sieve.viewer(text, members[0].did if own else _UNNAMED)
        key = (viewer.org, viewer.country, viewer.verified, viewer.sectors, viewer.roles)
        if key in alike:
            entries[alike[key]].extend(members)
            continue
        number = alike[key] = str(len(kinds))
        kinds.append(Listed(name=number, viewer=viewer, relation=apart.get((text, own), NO_RELATION)))
        entries[number] = members
    return Directory(kinds=tuple(kinds), entries=entries)


_UNNAMED = "did:web:unnamed.invalid"
"""Stands for every organization that no rule names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The values that some rule names: another one is as good as any."""

    country: frozenset[str]
    sector: frozenset[str]
    role: frozenset[str]

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> _Words:
        every = [rule.to for rule in rules]
        return cls(
            country=frozenset[str]().union(*(to.country or () for to in every)),
            sector=frozenset[str]().union(*(to.sector or () for to in every)),
            role=frozenset[str]().union(*(to.role or () for to in every)),
        )

    def viewer(self, text: str, did: str) -> Viewer:
        """The viewer of these facts, without what no rule asks."""
        values: dict[str, list[str]] = {}
        for fact in text.split(_BETWEEN) if text else ():
            attribute, _, value = fact.partition(_WITHIN)
            values.setdefault(attribute, []).append(value)
        country = next(iter(values.get("country", ())), None)
        verified = values.get("verified")
        return Viewer(
            org=did,
            country=country if country is None or country in self.country else "",
            verified=int(verified[0]) if verified else None,
            purpose=None,
            member=True,
            sectors=self.sector.intersection(values.get("sector", ())),
            roles=self.role.intersection(values.get("role", ())),
        )


def _stated(session: Session, rules: Sequence[Rule]) -> Mapping[str, str]:
    """Organization -> its facts as one text, of the attributes that some rule asks."""
    asked = [_facts(name, rules) for name in _ATTRIBUTES if any(getattr(rule.to, name) is not None for rule in rules)]
    if not asked:
        return {}
    fact = OrganizationFactRow.attribute + _WITHIN + OrganizationFactRow.value
    rows = session.execute(
        select(OrganizationFactRow.organization_id, func.aggregate_strings(fact, _BETWEEN))
        .where(or_(*asked))
        .group_by(OrganizationFactRow.organization_id)
    )
    return {identifier: text for identifier, text in rows}  # noqa: C416 - rows are not pairs to a type checker


def _facts(name: str, rules: Sequence[Rule]) -> ColumnElement[bool]:
    """The facts of one attribute that make a difference: of those of which one has any number, the values that rules name."""
    named = OrganizationFactRow.attribute == name
    if name not in {"sector", "role"}:
        return named
    words = sorted(frozenset[str]().union(*(getattr(rule.to, name) or () for rule in rules)))
    return and_(named, OrganizationFactRow.value.in_(words)) if len(words) <= _MOST_WORDS else named


def _ties(session: Session, factory: Factory, day: date) -> Mapping[str, Relation]:
    """What ties organizations to this factory: grants that run on `day`, agreements with its owner, the owner's lists."""
    grants: defaultdict[str, list[Grant]] = defaultdict(list)
    running = select(Grant).where(
        Grant.factory_id == factory.id, Grant.withdrawn_at.is_(None), Grant.start <= day, Grant.until >= day
    )
    for row in session.scalars(running.order_by(Grant.id)):
        grants[row.organization_id].append(row)
    ndas: defaultdict[str, set[str]] = defaultdict(set)
    agreed = select(NdaAcceptance.organization_id, NdaAcceptance.template).where(
        NdaAcceptance.owner_id == factory.organization_id,
        NdaAcceptance.owner_accepted_at.is_not(None),
        NdaAcceptance.organization_accepted_at.is_not(None),
    )
    for identifier, template in session.execute(agreed):
        ndas[identifier].add(template)
    groups: defaultdict[str, set[str]] = defaultdict(set)
    listed = select(ListMember.organization_id, ListMember.name).where(ListMember.owner_id == factory.organization_id)
    for identifier, name in session.execute(listed):
        groups[identifier].add(name)
    return {
        identifier: Relation(
            grants=tuple(active(row) for row in grants.get(identifier, ())),
            ndas=frozenset(ndas.get(identifier, ())),
            groups=frozenset(groups.get(identifier, ())),
        )
        for identifier in grants.keys() | ndas.keys() | groups.keys()
    }
