"""Questions that differ in little: counted from the questions alone, week by week, for an organization and all that have the
same beneficial owners together.

A question has two shapes. The narrow one keeps what it names (parameters, codes, words, order) and leaves out every number,
week and day: questions of one narrow shape feel their way along a number. The wide one keeps the names of the parameters
alone. Guarantees: nothing here looks at what a question found, so neither the count nor the refusal says anything about
anybody's data; asking the same question again, and turning its pages, counts once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from network import membership
from network.models import OrganizationFactRow
from sharing.ledger.collecting import Asked
from sharing.ledger.errors import ProbingLimited
from sharing.ledger.models import Question
from sharing.search.query import Atom, Query

_NUMBERS: Final = frozenset({"bound", "first", "last", "tenths", "days", "day", "each"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many different questions of one narrow and of one wide shape a week has room for."""

    narrow: int = 200
    wide: int = 5000


BOUNDS: Final = Bounds()


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def asked_of(asker: str, query: Query) -> Asked:
    """What a question of `asker` has in common with others, and what is its own."""
    names = sorted({atom.name for atom in (*query.filters, *query.wishes)})
    kept = [sorted(json.dumps(_kept(atom), default=str) for atom in group) for group in (query.filters, query.wishes)]
    narrow = _digest("narrow", [query.order.value, *kept])
    wide = _digest("wide", names)
    return Asked(asker=asker, shapes=(narrow, wide), variant=query.digest()[:16].hex(), names=" ".join(names))


def _kept(atom: Atom) -> object:
    return [type(atom).__name__, _without_numbers(asdict(atom))]


def _without_numbers(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _without_numbers(each) for key, each in value.items() if key not in _NUMBERS}
    if isinstance(value, list | tuple):
        return [_without_numbers(each) for each in value]
    return value


def _digest(kind: str, parts: object) -> str:
    return hashlib.sha256(json.dumps([kind, parts]).encode()).hexdigest()[:32]


def asker_of(session: Session, organization_id: str) -> str:
    """Under which id an organization's questions are counted: its own, or that of all with its beneficial owners."""
    owned = select(OrganizationFactRow.organization_id).where(
        OrganizationFactRow.organization_id == organization_id, OrganizationFactRow.attribute == "beneficial_owner"
    )
    if session.scalars(owned).first() is None:
        return organization_id
    return membership.owner_groups(session).get(organization_id, organization_id)


def require_room(session: Session, asked: Asked, day: date, bounds: Bounds) -> Asked:
    """The question, with whether this week counted it already, so that asking again writes nothing.

    Raises `ProbingLimited` for a new question of a shape of which this week has had enough; one asked before is answered.
    """
    counted = (
        select(Question.shape, func.count(), func.max(case((Question.variant == asked.variant, 1), else_=0)))
        .where(Question.asker == asked.asker, Question.week == week_of(day), Question.shape.in_(asked.shapes))
        .group_by(Question.shape)
    )
    most = dict(zip(asked.shapes, (bounds.narrow, bounds.wide), strict=True))
    again = 0
    for shape, count, known in session.execute(counted):
        if not known and count >= most[shape]:
            raise ProbingLimited("Too many questions this week that differ in little; those asked before are answered.")
        again += known
    return replace(asked, counted=again == len(asked.shapes))
