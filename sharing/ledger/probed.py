"""Who feels their way along a number, as the owner of what was found is told.

An owner is told of a viewer's alike questions of a week once at least one of them gave out something of the owner's: how many
there were, counted from the questions alone, whatever they hit, and which parameters they had, never a value. So the number
says nothing of anybody else's factories, and an owner of whom nothing was given out hears nothing (docs/adr/0025).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sharing.house import House
from sharing.ledger.collecting import MEMBER, PUBLIC
from sharing.ledger.models import Disclosure, Question
from sharing.ledger.probing import asker_of, week_of
from sharing.ledger.reading import Reader, owner_of
from sharing.viewers import Caller

FEWEST: Final = 10
"""Fewer alike questions in a week are a search like any other."""
WEEKS: Final = 5
MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Probing:
    """Alike questions of one viewer in the week from the Monday `week`: how many different ones, the parameters they had, and
    which of the owner's factories some of them gave something of."""

    viewer: str
    name: str | None
    week: date
    questions: int
    parameters: tuple[str, ...]
    factories: tuple[str, ...]


def list_probing(house: House, session: Session, caller: Caller) -> Sequence[Probing]:
    """What the owner is told of the last `WEEKS` weeks, the newest first, the most questions first."""
    owner_id, reader = owner_of(caller), Reader(session)
    found: list[Probing] = []
    for back in range(WEEKS):
        week = week_of(house.today()) - timedelta(weeks=back)
        alike = [
            each
            for (viewer, question), factories in _touched(session, owner_id, week).items()
            if (each := _counted(session, reader, viewer, question, week, factories)) is not None
        ]
        found += sorted(alike, key=lambda each: (-each.questions, each.viewer))
    return found[:MOST]


def _touched(session: Session, owner_id: str, week: date) -> dict[tuple[str, str], list[str]]:
    """(viewer, shape of the question) -> the owner's factories of which such questions gave out something."""
    first = datetime.combine(week, clock_time.min, UTC)
    seen = (
        select(Disclosure.viewer, Disclosure.question, Disclosure.factory_id)
        .where(
            Disclosure.owner_id == owner_id,
            Disclosure.at >= first,
            Disclosure.at < first + timedelta(weeks=1),
            Disclosure.question.is_not(None),
            Disclosure.factory_id.is_not(None),
            Disclosure.viewer.not_in((PUBLIC, MEMBER)),
        )
        .distinct()
    )
    touched: dict[tuple[str, str], list[str]] = {}
    for viewer, question, factory_id in session.execute(seen):
        touched.setdefault((viewer, str(question)), []).append(str(factory_id))
    return touched


def _counted(  # noqa: PLR0917 - one line of the answer, and what it is made of
    session: Session, reader: Reader, viewer: str, question: str, week: date, factories: list[str]
) -> Probing | None:
    counted = select(func.count(), func.min(Question.names)).where(
        Question.asker == asker_of(session, viewer), Question.week == week, Question.shape == question
    )
    number, names = session.execute(counted).one()
    if number < FEWEST:
        return None
    did, name = reader.viewer(viewer)
    return Probing(
        viewer=did,
        name=name,
        week=week,
        questions=number,
        parameters=tuple((names or "").split()),
        factories=tuple(sorted(factories)),
    )
