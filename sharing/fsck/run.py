"""The list of checks, looking through them, and making anew what is derived.

A room of the house with tables of its own adds its check to `CHECKS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from network.errors import NetworkError
from sharing import publications, snapshots
from sharing.errors import SharingError
from sharing.fsck import index, ledger, signed, tables
from sharing.fsck.examine import Check, Examination
from sharing.fsck.report import Finding, Report
from sharing.house import House
from trust.errors import TrustError

CHECKS: Final[tuple[Check, ...]] = (
    tables.FILE,
    tables.ROWS,
    tables.CHANGES,
    tables.PUBLISHED_ROWS,
    signed.SEALED,
    signed.KEYS,
    signed.VIEWS,
    signed.STATUS,
    signed.GRANTS,
    signed.ATTESTATIONS,
    ledger.LEDGERS,
    index.SNAPSHOT,
    index.INDEX,
)


def fsck(house: House, checks: Sequence[Check] = CHECKS, *, at_once: int = 500) -> Report:
    """Look through the node in one snapshot. A check that cannot go on is itself a finding; the others still run.

    Takes about as long as building the index does, and holds the replica meanwhile. Writers are not kept waiting.
    """
    checked: dict[str, int] = {}
    findings: list[Finding] = []
    notes: list[Finding] = []
    with house.database.read() as session:
        for check in checks:
            seen = Examination(house=house, session=session, at_once=at_once)
            try:
                findings += check.look(seen)
            except (SharingError, NetworkError, TrustError, SQLAlchemyError, ValueError, LookupError, TypeError) as error:
                code = str(getattr(error, "code", type(error).__name__))
                findings.append(check.finding(check.name, "check_ended", code))
            checked[check.name] = seen.count
            notes += seen.notes
            session.expunge_all()
    return Report(checked=checked, findings=tuple(findings), notes=tuple(notes))


def rebuild(house: House, report: Report) -> Report:
    """Make anew the standing views that `report` found wrong, and write a fresh index snapshot; then look again.

    What is stated or signed by somebody is never changed: such findings stay. A factory whose views cannot be signed (its
    owner keeps the key) loses them.
    """
    repaired = []
    for subject in sorted({each.subject for each in report.findings if each.check in _DERIVED}):
        with house.database.write("fsck-views") as session:
            if publications.state_anew(house, session, subject):
                repaired.append(signed.VIEWS.finding(subject, "signed_anew"))
    with house.database.read() as session:
        left = list(signed.STATUS.look(Examination(house=house, session=session)))
    for subject in sorted({each.subject for each in left}):
        with house.database.write("fsck-status") as session:
            if publications.take_back_left_over(session, subject):
                repaired.append(signed.STATUS.finding(subject, "taken_back"))
    if snapshots.save(house, anew=True):
        repaired.append(index.SNAPSHOT.finding("snapshot", "written_anew"))
    house.replica.forget()
    again = fsck(house)
    return Report(checked=again.checked, findings=again.findings, notes=again.notes, repaired=tuple(repaired))


_DERIVED: Final = frozenset({"views", "status"})
