"""The checklist of an audit as it is kept, and the auditor's results at its items. Both sides read them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from sharing.auditing.checklist import Item, check_items
from sharing.auditing.models import ChecklistItem
from sharing.auditing.parties import AUDITOR, acting
from sharing.audits import ACCEPTED, party_audit
from sharing.errors import InvalidDocument, Problems, StateConflict
from sharing.house import House
from sharing.projection import Projection
from sharing.viewers import Caller
from trust.strict_json import JSON

OUTCOMES: Final = ("conform", "minor_nc", "major_nc", "critical_nc", "ofi", "good_practice", "not_assessed", "na")
METHODS: Final = ("interview", "document", "observation", "measurement")
MATURITY = range(6)
MOST_SAMPLED = 1_000_000
MOST_EVIDENCE = 50
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,63}/[a-z0-9][a-z0-9.+-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A piece of evidence by its SHA-256 (hex): the piece itself stays with whoever collected it."""

    digest: str
    media_type: str
    collected_at: date
    method: str

    def document(self) -> dict[str, JSON]:
        """As it is stored."""
        return {
            "digest": self.digest,
            "media_type": self.media_type,
            "collected_at": self.collected_at.isoformat(),
            "method": self.method,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the auditor found at one item. `maturity` 0 to 5, `sampled_n` how many were looked at."""

    item: str
    outcome: str
    maturity: int | None = None
    sampled_n: int | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item and its result, if there is one yet."""

    item: Item
    result: Result | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """An audit's checklist for one of its two parties, in the order of the file."""

    audit_id: str
    factory: Projection
    entries: tuple[Entry, ...]


def put_checklist(house: House, session: Session, caller: Caller, audit_id: str, documents: Sequence[object]) -> Checklist:
    """The auditor states or replaces the items; those that have a result must be among them, unchanged."""
    audit, _ = party_audit(house, session, caller, audit_id, lock=True)
    acting(session, caller, audit, AUDITOR)
    _check_running(audit.state)
    items = check_items(documents)
    kept = {row.item: row for row in _rows(session, audit_id)}
    stated = {item.id: item for item in items}
    for name, row in kept.items():
        if row.outcome is not None and stated.get(name) != _item(row):
            raise StateConflict(f"Item {name} has a result already and must stay as it is.", item=name)
    for name in kept.keys() - stated.keys():
        session.delete(kept[name])
    for place, item in enumerate(items):
        row = kept.get(item.id) or ChecklistItem(audit_id=audit_id, item=item.id, evidence=[])
        row.place, row.criterion, row.kind = place, item.criterion, item.kind
        row.applicable, row.na_reason, row.field_paths = item.applicable, item.na_reason, list(item.field_paths)
        session.add(row)
    session.flush()
    return get_checklist(house, session, caller, audit_id)


def get_checklist(house: House, session: Session, caller: Caller, audit_id: str) -> Checklist:
    """The checklist, for the audit's two parties."""
    _, projection = party_audit(house, session, caller, audit_id)
    return Checklist(
        audit_id=audit_id,
        factory=projection,
        entries=tuple(Entry(item=_item(row), result=_result(row)) for row in _rows(session, audit_id)),
    )


def put_results(house: House, session: Session, caller: Caller, audit_id: str, results: Sequence[Result]) -> Checklist:
    """The auditor records what they found at these items; a second result for an item replaces the first."""
    audit, _ = party_audit(house, session, caller, audit_id, lock=True)
    acting(session, caller, audit, AUDITOR)
    _check_running(audit.state)
    kept = {row.item: row for row in _rows(session, audit_id)}
    problems = Problems()
    for place, result in enumerate(results):
        _check(house, result, kept.get(result.item), f"results/{place}", problems)
    if problems.found:
        raise InvalidDocument(tuple(problems.found))
    for result in results:
        row = kept[result.item]
        row.outcome, row.maturity, row.sampled_n = result.outcome, result.maturity, result.sampled_n
        row.evidence = [each.document() for each in result.evidence]
        row.assessed_at = house.now()
    session.flush()
    return get_checklist(house, session, caller, audit_id)


def _check(house: House, result: Result, row: ChecklistItem | None, path: str, problems: Problems) -> None:
    if row is None:
        problems.add(f"{path}/item", "unknown_item", "The checklist has no such item.")
    elif (result.outcome == "na") is row.applicable:
        problems.add(f"{path}/outcome", "applicability", "`na` is for items that do not apply, and for no others.")
    if result.outcome not in OUTCOMES:
        problems.add(f"{path}/outcome", "unknown_outcome", "An outcome is one of: " + ", ".join(OUTCOMES) + ".")
    if result.maturity is not None and result.maturity not in MATURITY:
        problems.add(f"{path}/maturity", "out_of_range", "Maturity is 0 to 5.")
    if result.sampled_n is not None and not 0 <= result.sampled_n <= MOST_SAMPLED:
        problems.add(f"{path}/sampled_n", "out_of_range", f"A sample has 0 to {MOST_SAMPLED} pieces.")
    if len(result.evidence) > MOST_EVIDENCE:
        problems.add(f"{path}/evidence", "too_many", f"At most {MOST_EVIDENCE} pieces of evidence for an item.")
    for number, each in enumerate(result.evidence[:MOST_EVIDENCE]):
        where = f"{path}/evidence/{number}"
        if not _DIGEST.fullmatch(each.digest):
            problems.add(f"{where}/digest", "digest", "A digest is a SHA-256 in 64 lower-case hex characters.")
        if not _MEDIA_TYPE.fullmatch(each.media_type):
            problems.add(f"{where}/media_type", "media_type", "A media type is type/subtype.")
        if each.method not in METHODS:
            problems.add(f"{where}/method", "unknown_method", "A method is one of: " + ", ".join(METHODS) + ".")
        if each.collected_at > house.today():
            problems.add(f"{where}/collected_at", "in_the_future", "Evidence was collected in the past.")


def _check_running(state: str) -> None:
    if state != ACCEPTED:
        raise StateConflict(f"The audit is {state}; its checklist is worked through while it runs.", state=state)


def _rows(session: Session, audit_id: str) -> Sequence[ChecklistItem]:
    query = select(ChecklistItem).where(ChecklistItem.audit_id == audit_id).order_by(ChecklistItem.place, ChecklistItem.item)
    return session.scalars(query).all()


def _item(row: ChecklistItem) -> Item:
    return Item(
        id=row.item,
        criterion=row.criterion,
        kind=row.kind,
        applicable=row.applicable,
        na_reason=row.na_reason,
        field_paths=tuple(cast("list[str]", row.field_paths)),
    )


def _result(row: ChecklistItem) -> Result | None:
    if row.outcome is None:
        return None
    evidence = cast("list[dict[str, str]]", row.evidence)
    return Result(
        item=row.item,
        outcome=row.outcome,
        maturity=row.maturity,
        sampled_n=row.sampled_n,
        evidence=tuple(
            Evidence(
                digest=each["digest"],
                media_type=each["media_type"],
                collected_at=date.fromisoformat(each["collected_at"]),
                method=each["method"],
            )
            for each in evidence
        ),
    )
