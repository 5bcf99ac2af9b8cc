"""Imports as something that can be asked about afterwards: what each did, and the workbook of its errors.

Guarantees: the report of a dry run is that of the real run that follows it, ids of new factories aside; an organization's own
imports are nobody else's; the newest 20 of each organization are kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sharing.errors import NotFound, RoleRequired
from sharing.exchange.apply import ImportResult, Outcome
from sharing.exchange.error_workbook import error_workbook
from sharing.exchange.models import ImportRow
from sharing.exchange.plan import ImportPlan, cell_of
from sharing.exchange.sheets import held_by
from sharing.exchange.stated import RowError
from sharing.house import House
from sharing.viewers import Caller

KEPT = 20  # imports of one organization


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """One import as its owner reads it. `result` is JSON; `has_errors` says that there is an error workbook."""

    id: str
    dry_run: bool
    made_at: datetime
    result: Mapping[str, object]
    has_errors: bool


def require_supplier(caller: Caller) -> None:
    """Raise `RoleRequired` for an organization that has no factories, before its file is read."""
    if caller.member is None or "supplier" not in caller.member.roles:
        raise RoleRequired("Only an organization with the role supplier lists factories.", role="supplier")


def keep_report(house: House, session: Session, caller: Caller, plan: ImportPlan, *, result: ImportResult, data: bytes) -> str:
    """Store what an import of these bytes did; returns its id."""
    organization = caller.organization_id
    if organization is None:
        raise NotFound
    bad = bool(plan.errors or result.errors)
    row = ImportRow(
        id=house.new_id(),
        organization_id=organization,
        dry_run=result.dry_run,
        result=json.dumps(report(plan, result), ensure_ascii=False, sort_keys=True),
        errors=error_workbook(data, plan, result.errors) if bad else None,
        made_at=house.now(),
    )
    session.add(row)
    session.flush()
    kept = (
        select(ImportRow.id)
        .where(ImportRow.organization_id == organization)
        .order_by(ImportRow.made_at.desc(), ImportRow.id)
        .limit(KEPT)
    )
    held = session.scalars(select(ImportRow.id).where(ImportRow.organization_id == organization))
    gone = set(held) - set(session.scalars(kept)) - {row.id}
    if gone:
        session.execute(delete(ImportRow).where(ImportRow.id.in_(gone)))
    return row.id


def get_import(session: Session, caller: Caller, import_id: str) -> ImportReport:
    """One of the caller's imports; raises `NotFound` for any other."""
    row = _own(session, caller, import_id)
    return ImportReport(
        id=row.id,
        dry_run=row.dry_run,
        made_at=row.made_at,
        result=json.loads(row.result),
        has_errors=row.errors is not None,
    )


def get_errors(session: Session, caller: Caller, import_id: str) -> bytes:
    """The error workbook of one of the caller's imports; raises `NotFound` when it had no error."""
    errors = _own(session, caller, import_id).errors
    if errors is None:
        raise NotFound
    return errors


def report(plan: ImportPlan, result: ImportResult) -> dict[str, object]:
    """The JSON form. For a list of factories `rows` = `drafts` + `repeats` + `error_rows`."""
    errors = (*plan.errors, *result.errors)
    return {
        "dry_run": result.dry_run,
        "source_sha256": plan.source_digest,
        "sheets": [
            {
                "name": each.name,
                "holds": held_by(each.scope),
                "rows": each.rows,
                "mapping": each.mapping.document(),
                "ignored": list(each.mapping.ignored),
            }
            for each in plan.sheets
        ],
        "left_out": list(plan.left_out),
        "links_ignored": plan.linked,
        "rows": plan.rows,
        "drafts": len(plan.drafts),
        "repeats": [
            {
                "row": each.row,
                "first_row": each.first_row,
                "kind": "literal" if each.literal else "folded",
                "differs": list(each.differs),
            }
            for each in plan.repeats
        ],
        "error_rows": len({(each.sheet, each.row) for each in errors}),
        "errors": [_finding(each) for each in errors],
        "notices": [_finding(each) for each in plan.notices],
        "outcomes": {outcome.value: result.count(outcome) for outcome in Outcome},
        "factories": [
            # In a dry run a created factory's id belongs to nothing.
            {
                "row": each.row,
                "outcome": each.outcome.value,
                "factory": None if result.dry_run and each.outcome is Outcome.CREATED else each.factory_id,
                **({"sheet": each.sheet} if each.sheet else {}),
                **({"alike": len(each.alike)} if each.alike else {}),
            }
            for each in result.applied
        ],
    }


def _finding(found: RowError) -> dict[str, object]:
    place = {"sheet": found.sheet, "cell": cell_of(found) or None} if found.sheet else {}
    return {"row": found.row, "column": found.column, "code": found.code, "message": found.message, **place}


def _own(session: Session, caller: Caller, import_id: str) -> ImportRow:
    query = select(ImportRow).where(ImportRow.id == import_id, ImportRow.organization_id == (caller.organization_id or ""))
    row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFound
    return row
