"""Who an applicant may be already: candidates for the operator to look at, never a decision.

Guarantees: organizations at home here and other waiting applications with the same identifier come first (by scheme),
then those of the same country whose folded name is the same: without marks, case, punctuation and legal form, words
in any order. Found candidates are shown to the operator alone.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import membership
from network.people.applications import Application, waiting
from network.people.models import OrganizationIdentifierRow

_FORMS = """
ag aktiengesellschaft bv cie co company corp corporation cp cphan cty gmbh inc incorporated jsc joint kg ltd limited llc llp
plc sa sarl sas spa srl stock sx tm tnhh the and und va
"""
_LEGAL: Final = frozenset(_FORMS.split())
_PHRASES: Final = ("cong ty", "trach nhiem huu han", "co phan", "mot thanh vien", "mtv", "kabushiki kaisha", "co ltd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """`kind`: `organization` or `application`; `reason`: `identifier:<scheme>` or `name`."""

    kind: str
    id: str
    slug: str
    name: str
    reason: str


def folded(name: str) -> str:
    """The words of a name that tell it from others, sorted."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("đ", "d"))
    words = re.sub(r"[^\w]+", " ", "".join(mark for mark in plain if not unicodedata.combining(mark))).strip()
    text = f" {words} "
    for phrase in _PHRASES:
        text = text.replace(f" {phrase} ", " ")
    left = sorted(word for word in text.split() if word not in _LEGAL)
    return " ".join(left) or words


def candidates(session: Session, about: Application) -> tuple[Candidate, ...]:
    """Whom an application may duplicate: by identifiers, then by name and country."""
    found: dict[str, Candidate] = {}
    others = [each for each in waiting(session) if each.id != about.id]
    known = {each.id: each for each in membership.members(session)}
    for scheme, value in about.asked.identifiers.items():
        query = select(OrganizationIdentifierRow.organization_id).where(
            OrganizationIdentifierRow.scheme == scheme, OrganizationIdentifierRow.value == value
        )
        reason = f"identifier:{scheme}"
        for identifier in sorted(session.scalars(query)):
            member = known[membership.OrganizationId(identifier)]
            found.setdefault(identifier, _organization(member, reason))
        for each in others:
            if each.asked.identifiers.get(scheme) == value:
                found.setdefault(each.id, _application(each, reason))
    name = folded(about.asked.legal_name)
    for member in known.values():
        if member.country == about.asked.country and folded(member.name) == name:
            found.setdefault(member.id, _organization(member, "name"))
    for each in others:
        if each.asked.country == about.asked.country and folded(each.asked.legal_name) == name:
            found.setdefault(each.id, _application(each, "name"))
    return tuple(found.values())


def _organization(member: membership.Member, reason: str) -> Candidate:
    return Candidate(kind="organization", id=member.id, slug=member.slug, name=member.name, reason=reason)


def _application(each: Application, reason: str) -> Candidate:
    return Candidate(kind="application", id=each.id, slug=each.asked.slug, name=each.asked.legal_name, reason=reason)
