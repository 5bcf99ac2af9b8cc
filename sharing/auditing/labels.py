"""Labels: attestations among friends, which never count for more than the factory's own word.

`self`: the auditor's and the factory's organizations are one, or have the same beneficial owner. `reciprocal`: each
attested the other within twelve months. `ring`: attestations within twelve months lead from the factory's organization
back to the auditor, over at most LONGEST_RING organizations. Organizations under one beneficial owner count as one.

Guarantees: computed when an attestation is issued, for it and for every earlier one whose ring it closes; what was
revoked by then does not count; a label is never taken off and only ever replaced by a stronger one. An attestation from
before there was a list for its label gets none, but counts for others.

Whether a label is there does not depend on what its reader may see: otherwise hiding one side would be all it takes to
be believed (ADR 15). It names nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import membership
from network.database import hold_changes
from sharing.auditing.models import AttestationList
from sharing.house import House
from sharing.models import Attestation, Factory
from sharing.publications import note_change
from trust.status_list import LABELS, Label

WINDOW = timedelta(days=366)
LONGEST_RING = 5  # organizations
_AT_ONCE = 400  # ids in one question to the database


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edge:
    """One attestation: who attested whom, by the first of their beneficial owner's organizations."""

    attestation_id: str
    auditor: str
    owner: str


def label_between(house: House, session: Session, auditor_id: str, owner_id: str) -> Label | None:
    """The label that an attestation would get now."""
    return _Graph(house, session).label(auditor_id, owner_id)


def relabel(house: House, session: Session, issued: Attestation) -> frozenset[str]:
    """Label what was just issued, and every attestation whose ring it closes; returns the factories concerned.

    Holds the change number first, so that of two attestations that close a ring together one sees the other.
    """
    hold_changes(session)
    owner_id = session.get_one(Factory, issued.factory_id).organization_id
    graph = _Graph(house, session)
    return _store(session, graph.labels(issued.id, issued.auditor_id, owner_id))


def label_organization(house: House, session: Session, organization_id: str) -> None:
    """The same for every attestation by or about an organization, after its beneficial owner became known."""
    hold_changes(session)
    graph = _Graph(house, session)
    found: dict[str, Label] = {}
    together = graph.together(organization_id)
    touching = select(Attestation.id, Attestation.auditor_id, Factory.organization_id).join(
        Factory, Factory.id == Attestation.factory_id
    )
    touching = touching.where(
        Attestation.auditor_id.in_(together) | Factory.organization_id.in_(together),
        Attestation.issued_at.is_not(None),
        Attestation.revoked_at.is_(None),
    )
    for attestation_id, auditor_id, owner_id in session.execute(touching).all():
        for each, label in graph.labels(attestation_id, auditor_id, owner_id).items():
            found[each] = stronger(found.get(each), label)
    for factory_id in sorted(_store(session, found)):
        note_change(session, factory_id)


def stronger(one: str | None, other: Label) -> Label:
    """The stronger of two labels; `self` is the strongest."""
    return next(label for label in LABELS if label in {one, other})


class _Graph:
    """Who attested whom within the window, asked for as far as it is needed."""

    def __init__(self, house: House, session: Session) -> None:
        self._session = session
        self._since = house.now() - WINDOW
        self._groups = membership.owner_groups(session)

    def together(self, organization_id: str) -> frozenset[str]:
        """The organizations that count as one with this one."""
        first = self._group(organization_id)
        return frozenset(each for each, other in self._groups.items() if other == first) | {organization_id}

    def label(self, auditor_id: str, owner_id: str) -> Label | None:
        """What an attestation between these is."""
        auditor, owner = self._group(auditor_id), self._group(owner_id)
        if auditor == owner:
            return "self"
        from_owner, _ = self._distances(auditor, owner)
        return _named(from_owner[auditor] + 1) if auditor in from_owner else None

    def labels(self, attestation_id: str, auditor_id: str, owner_id: str) -> Mapping[str, Label]:
        """Attestation id -> label, for this attestation and for every other on a ring that it closes."""
        auditor, owner = self._group(auditor_id), self._group(owner_id)
        if auditor == owner:
            return {attestation_id: "self"}
        from_owner, edges = self._distances(auditor, owner)
        if auditor not in from_owner:
            return {}
        to_auditor = _distances_from(auditor, ((edge.owner, edge.auditor) for edge in edges))
        found: dict[str, Label] = {attestation_id: _named(from_owner[auditor] + 1)}
        for edge in edges:
            if edge.auditor in from_owner and edge.owner in to_auditor:
                length = from_owner[edge.auditor] + 1 + to_auditor[edge.owner] + 1
                if length <= LONGEST_RING:
                    found[edge.attestation_id] = stronger(found.get(edge.attestation_id), _named(length))
        return found

    def _distances(self, auditor: str, owner: str) -> tuple[Mapping[str, int], Collection[_Edge]]:
        """How many attestations lead from the owner to others, among those that can lead to the auditor; and these."""
        edges: dict[str, _Edge] = {}
        known, frontier = {auditor}, {auditor}
        for _ in range(LONGEST_RING - 1):  # backwards: nobody attests a certification body, so most searches end here
            found = self._about(frontier) if frontier else ()
            edges.update((edge.attestation_id, edge) for edge in found)
            frontier = {edge.auditor for edge in found} - known
            known |= frontier
        distances = _distances_from(owner, ((edge.auditor, edge.owner) for edge in edges.values()))
        return {each: steps for each, steps in distances.items() if steps < LONGEST_RING}, edges.values()

    def _about(self, owners: Iterable[str]) -> list[_Edge]:
        """The attestations about the factories of these organizations, and of those that count as one with them."""
        wanted = sorted({each for owner in owners for each in self.together(owner)})
        found: list[_Edge] = []
        for first in range(0, len(wanted), _AT_ONCE):
            query = (
                select(Attestation.id, Attestation.auditor_id, Factory.organization_id)
                .join(Factory, Factory.id == Attestation.factory_id)
                .where(
                    Factory.organization_id.in_(wanted[first : first + _AT_ONCE]),
                    Attestation.issued_at >= self._since,
                    Attestation.revoked_at.is_(None),
                )
            )
            for attestation_id, auditor_id, owner_id in self._session.execute(query):
                auditor, owner = self._group(auditor_id), self._group(owner_id)
                if auditor != owner:
                    found.append(_Edge(attestation_id=attestation_id, auditor=auditor, owner=owner))
        return found

    def _group(self, organization_id: str) -> str:
        return self._groups.get(organization_id, organization_id)


def _distances_from(start: str, steps: Iterable[tuple[str, str]]) -> Mapping[str, int]:
    """How many of the directed steps it takes to everything that they reach from `start`."""
    following: dict[str, set[str]] = {}
    for one, other in steps:
        following.setdefault(one, set()).add(other)
    distances, waiting = {start: 0}, deque([start])
    while waiting:
        here = waiting.popleft()
        for each in following.get(here, ()):
            if each not in distances:
                distances[each] = distances[here] + 1
                waiting.append(each)
    return distances


def _named(length: int) -> Label:
    return "reciprocal" if length == 2 else "ring"


def _store(session: Session, labels: Mapping[str, Label]) -> frozenset[str]:
    """Write the labels of those that have a list for one; returns the factories of which one changed."""
    changed: set[str] = set()
    for attestation_id in sorted(labels):
        row = session.get_one(Attestation, attestation_id)
        if session.get(AttestationList, (attestation_id, "message")) is None:
            continue
        label = stronger(row.label, labels[attestation_id])
        if label != row.label:
            row.label = label
            changed.add(row.factory_id)
    session.flush()
    return frozenset(changed)
