"""Bring a restored node to where it may sign again: the journal, the tables, and the operator's word.

Guarantees: one transaction; without `really` it is rolled back, so what is said is what would be done. Where the journal
does not tell of every generation since the backup, nothing is settled unless the operator gives up exactness.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.backups.errors import BackupFailed, RehearsalOnly
from api.container import journal_name
from network import membership, standing
from network.errors import OrganizationUnknown
from network.journal import Entry, Journal
from network.models import Restoration, SigningState
from network.replay import missing
from sharing import erasing, reimport, restored
from sharing.house import House
from sharing.ledger.heads import BLIND
from sharing.restored import Settled

__all__ = ["confirm", "journal_name", "settle"]


class _NotReally(Exception):
    """Rolls back what was only to be said."""

    def __init__(self, done: Settled) -> None:
        super().__init__()
        self.done = done


def settle(
    house: House, others: Sequence[Journal], *, keep: frozenset[str] | None, really: bool, take_over: bool = False
) -> Settled:
    """Settle the restored database. `others`: journals of other machines. `keep`: settle without knowing, but keep these.
    `take_over`: a copy restored elsewhere is to be the node from now on.

    Raises `BackupFailed` when there is nothing to settle, or the journals do not tell of everything; `RehearsalOnly`.
    """
    journals = [each for each in (house.database.journal, *others) if each is not None]
    newest = max((each.newest() for each in journals), default=0)
    try:
        with house.database.write("restore-accept") as session:
            done = _settled(house, session, journals, newest, keep, really=really, take_over=take_over)
    except _NotReally as said:
        return said.done
    if done.erased or done.left:
        erasing.scrub(house)
    return done


def _settled(
    house: House,
    session: Session,
    journals: Sequence[Journal],
    newest: int,
    keep: frozenset[str] | None,
    *,
    really: bool,
    take_over: bool,
) -> Settled:
    if not standing.is_behind(session):
        raise BackupFailed("This database is not behind: there is nothing to settle.")
    standing.settling(session)
    state = session.scalars(select(SigningState)).one()
    if really and state.elsewhere and not take_over:
        raise RehearsalOnly(
            "This copy was restored to another place than the node's. Settled, it would write into the journal of the node, "
            "and a node that still runs would be behind. If that one is gone and this copy takes its place, add --take-over."
        )
    copied, restored_at, restored_from = state.generation, state.restored_at, state.restored_from
    if keep is None:
        done = restored.settle_exactly(house, session, _entries(journals, copied, newest))
    else:
        done = restored.settle_doubting(house, session, keep=keep)
    if not really:
        raise _NotReally(done)
    number = (session.scalar(select(func.max(Restoration.id))) or 0) + 1
    session.add(
        Restoration(
            id=number,
            accepted_at=house.now(),
            restored_at=restored_at,
            restored_from=restored_from,
            generation=copied,
            settled="exactly" if done.exactly else BLIND,
        )
    )
    session.flush()
    standing.settled(session, newest)
    return done


def _entries(journals: Sequence[Journal], copied: int, newest: int) -> list[Entry]:
    found = {entry.generation: entry for journal in journals for entry in journal.entries(after=copied)}
    gaps = missing(found.values(), copied, newest)
    if newest < copied or gaps:
        raise BackupFailed(
            "The journal does not tell of everything that was signed since the backup"
            + (f" ({gaps} transactions are missing)" if gaps else "")
            + ". Give the journals of this node's other machines with --journal, or settle --without-journal."
        )
    return [found[number] for number in sorted(found)]


def confirm(house: House, attestations: Sequence[str], auditor: str | None, lists: Sequence[str]) -> dict[str, object]:
    """Confirm doubted attestations, by name, by auditor, or by status lists that readers hold; says which are left."""
    with house.database.write("restore-confirm") as session:
        wanted = list(attestations)
        if auditor is not None:
            member = membership.find(session, auditor)
            if member is None:
                raise OrganizationUnknown(f"There is no organization {auditor!r}; `guildnet org list` shows them.")
            wanted += restored.doubted(session, member.id)
        confirmed = restored.confirm(house, session, wanted)
        read = reimport.reimport(house, session, lists, _last_signed(house))
        left = restored.doubted(session)
    return {"confirmed": confirmed, "lists": read.confirmed, "revoked": read.taken, "refused": read.refused, "doubted": left}


def _last_signed(house: House) -> datetime | None:
    journal = house.database.journal
    hours = [] if journal is None else [entry.hour for entry in journal.entries(after=0)]
    return datetime.fromisoformat(max(hours)).astimezone(UTC) if hours else None
