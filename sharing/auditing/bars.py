"""Which fields an auditor cannot attest at a factory: those of criteria with an open major or critical finding.

Every audit of this factory by this auditor counts, not only the one under way: a new engagement does not close what the
last one left open. A serious result without a serious finding bars as well, since nothing has been done about it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.auditing.models import ChecklistItem, Dispute, Finding
from sharing.models import Audit
from sharing.worksheet import field_of

SERIOUS: Final = frozenset({"major", "critical"})
SERIOUS_OUTCOMES: Final = frozenset({"major_nc", "critical_nc"})
SETTLED: Final = frozenset({"verified", "closed"})
AMENDED: Final = "amended"
"""What an auditor answers to a dispute who gives the finding another grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """Why a field is barred: a finding by its id, or the item whose result has none."""

    finding: str | None
    item: str | None

    def words(self) -> str:
        """For people."""
        return f"finding {self.finding}" if self.finding else f"the result of item {self.item}, which has no finding"


def bars(session: Session, factory_id: str, auditor_id: str) -> Mapping[str, Bar]:
    """Field of the catalogue, or path of one element -> why it is barred."""
    audits = select(Audit.id).where(Audit.factory_id == factory_id, Audit.auditor_id == auditor_id)
    items = session.scalars(select(ChecklistItem).where(ChecklistItem.audit_id.in_(audits))).all()
    findings = session.scalars(
        select(Finding).where(Finding.audit_id.in_(audits)).order_by(Finding.raised_at, Finding.id)
    ).all()
    barred: dict[str, Bar] = {}
    # One that was serious until a dispute amended it is an answer to the result, too; one that never was is none.
    amended = set(session.scalars(select(Dispute.finding_id).where(Dispute.audit_id.in_(audits), Dispute.outcome == AMENDED)))
    with_finding = {(each.audit_id, each.item) for each in findings if each.grade in SERIOUS or each.id in amended}
    for row in items:
        if row.outcome in SERIOUS_OUTCOMES and (row.audit_id, row.item) not in with_finding:
            barred |= dict.fromkeys(_paths(row.field_paths), Bar(finding=None, item=row.item))
    for finding in findings:
        if finding.grade not in SERIOUS or finding.status in SETTLED:
            continue
        criteria = {finding.clause} | {
            row.criterion for row in items if (row.audit_id, row.item) == (finding.audit_id, finding.item)
        }
        about = set(_paths(finding.field_paths))
        about.update(
            path
            for row in items
            if row.audit_id == finding.audit_id and row.criterion in criteria
            for path in _paths(row.field_paths)
        )
        barred |= dict.fromkeys(sorted(about), Bar(finding=finding.id, item=finding.item))
    return barred


def bar_of(barred: Mapping[str, Bar], path: str) -> Bar | None:
    """Why the value at this path cannot be attested; None: it can."""
    return barred.get(path) or barred.get(field_of(path).key)


def _paths(stored: object) -> tuple[str, ...]:
    return tuple(cast("list[str]", stored))
