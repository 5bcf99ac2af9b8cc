"""Who of several processes does a periodic piece of work, and when it is to be done again.

Guarantees: of any number of processes that ask for a name at once at most one gets it, since it is given in a write
transaction; nobody else gets it before `until`, which its holder moves forward while it works; a holder that died loses
it then. A name that was let go with a time to come again is not given before that time.
Does not guarantee: that a holder which was stopped for longer than its lease (a machine that slept) has noticed. What is
done under a lease must therefore be harmless when it is done twice. The clocks of machines that share a database must
agree to within a lease.

Owns the table `leases`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Integer, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from network.columns import UtcTime
from network.database import Base


class LeaseRow(Base):
    """One name, who holds it until when, and how its work went. An empty holder holds nothing."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(UtcTime)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcTime)
    failures: Mapped[int] = mapped_column(Integer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """How a piece of work stands: who does it now (None: nobody), when it is due, when it was last done, and how often it
    failed since."""

    name: str
    holder: str | None
    until: datetime
    due_at: datetime
    done_at: datetime | None
    failures: int


def take(session: Session, name: str, holder: str, *, now: datetime, lasts: timedelta, waiting: bool = True) -> bool:
    """Take the name until `now + lasts`. False when somebody else holds it, or (`waiting`) when its work is not due."""
    row = session.scalars(select(LeaseRow).where(LeaseRow.name == name).with_for_update()).one_or_none()
    if row is None:
        try:
            with session.begin_nested():
                session.add(
                    LeaseRow(name=name, holder=holder, until=now + lasts, due_at=now, done_at=None, failures=0),
                )
        except IntegrityError:
            return False  # another process was the first, this very moment
        return True
    if (row.holder and row.until > now) or (waiting and row.due_at > now):
        return False
    row.holder, row.until = holder, now + lasts
    session.flush()
    return True


def renew(session: Session, name: str, holder: str, *, now: datetime, lasts: timedelta) -> bool:
    """Hold it until `now + lasts`; False when it is another's by now."""
    row = _held(session, name, holder)
    if row is None:
        return False
    row.until = max(row.until, now + lasts)
    session.flush()
    return True


def release(session: Session, name: str, holder: str, *, now: datetime, again: datetime, done: bool) -> bool:
    """Let go; the work is due at `again`. False, and nothing is changed, when it is another's by now."""
    row = _held(session, name, holder)
    if row is None:
        return False
    row.holder, row.until, row.due_at = "", now, again
    row.done_at = now if done else row.done_at
    row.failures = 0 if done else row.failures + 1
    session.flush()
    return True


def leases(session: Session, now: datetime) -> list[Lease]:
    """Every name, by name."""
    return [
        Lease(
            name=row.name,
            holder=row.holder if row.holder and row.until > now else None,
            until=row.until,
            due_at=row.due_at,
            done_at=row.done_at,
            failures=row.failures,
        )
        for row in session.scalars(select(LeaseRow).order_by(LeaseRow.name))
    ]


def _held(session: Session, name: str, holder: str) -> LeaseRow | None:
    query = select(LeaseRow).where(LeaseRow.name == name, LeaseRow.holder == holder).with_for_update()
    return session.scalars(query).one_or_none()
