"""How long the ledger says who saw what: then a sealed row keeps its leaf and its hash alone, and the tree still holds.

Guarantees: nothing that is not sealed is shortened; the salt goes with the content, so the hash tells nothing any more. The
counts of alike questions are kept for a quarter. An organization that erases what it said takes its ledger with it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from sharing.house import House
from sharing.ledger.collecting import PUBLIC
from sharing.ledger.models import Disclosure, FirstSight, LedgerHead, Question
from sharing.models import Factory

QUESTION_DAYS: Final = 92
AT_ONCE: Final = 2000
_BLANK: Final = {
    "id": "", "factory_id": None, "viewer": "", "actor": None, "purpose": None, "way": "", "form": "", "subject": None,
    "legend": "", "shown": "", "rules": "", "close": None, "policy_revision": None, "question": None,
}  # fmt: skip


def shorten(house: House, *, days: int, public_days: int) -> int:
    """Shorten what is older than `days`, of the public `public_days`; how many rows. Opens transactions of its own."""
    now, done = house.now(), 0
    old = or_(
        Disclosure.at < now - timedelta(days=days),
        (Disclosure.viewer == PUBLIC) & (Disclosure.at < now - timedelta(days=public_days)),
    )
    chosen = select(Disclosure.number).where(Disclosure.factory_id.is_not(None), Disclosure.leaf.is_not(None), old)
    while True:
        with house.database.write("shorten-ledger") as session:
            numbers = list(session.scalars(chosen.order_by(Disclosure.number).limit(AT_ONCE)))
            if numbers:
                session.execute(update(Disclosure).where(Disclosure.number.in_(numbers)).values(**_BLANK))
            session.execute(delete(Question).where(Question.week < now.date() - timedelta(days=QUESTION_DAYS)))
        done += len(numbers)
        if len(numbers) < AT_ONCE:
            return done


def destroy(session: Session, owner_id: str) -> None:
    """Destroy an organization's ledger: nobody is left who may read it."""
    own = select(Factory.id).where(Factory.organization_id == owner_id)
    session.execute(delete(FirstSight).where(FirstSight.factory_id.in_(own)))
    session.execute(delete(Disclosure).where(Disclosure.owner_id == owner_id))
    session.execute(delete(LedgerHead).where(LedgerHead.organization_id == owner_id))
    session.execute(delete(Question).where(Question.asker == owner_id))
