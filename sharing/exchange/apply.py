"""A plan into drafts, inside one transaction, as often as one likes.

Guarantees: importing the same file again creates and changes nothing; a factory that was published is only touched when the
caller asks for it, and then shows nothing new before it is published again; a dry run goes the whole way, with the same
outcomes and errors, and rolls back.
Known hole: where a file's row changed, its values win over what the owner meanwhile wrote by hand; values that the file does
not state stay.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from network import points
from sharing.exchange.belonging import Orphans
from sharing.exchange.drafts import Made, StoredDrafts
from sharing.exchange.plan import ImportPlan, Progress
from sharing.exchange.stated import Draft, RowError
from sharing.exchange.targets import OF_FACTORY
from sharing.house import House
from sharing.viewers import Caller

_POINT_EVERY = 100  # factories


class Outcome(StrEnum):
    """What became of one draft. `changed`: a new revision; `kept`: left alone, as it was published or merged before."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One draft and its factory. In a dry run the id of a created factory belongs to nothing afterwards.

    `alike` are factories of the same organization that the new one may be; a person decides.
    """

    row: int
    factory_id: str
    outcome: Outcome
    published: bool  # now or at any time before; an import never publishes
    sheet: str = ""
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What applying a plan did, or (dry_run) would do, one entry per factory in the order of the file.

    `errors` are those that only showed beside what is stored; their factories are not among the applied.
    """

    dry_run: bool
    applied: tuple[Applied, ...]
    errors: tuple[RowError, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many drafts ended so."""
        return sum(each.outcome is outcome for each in self.applied)


def apply_import(
    house: House,
    session: Session,
    caller: Caller,
    plan: ImportPlan,
    *,
    dry_run: bool = False,
    revise: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Apply the whole plan, or nothing of it. `revise`: also make new revisions of factories that were published.

    A dry run takes everything back to where the session stood.
    """
    store = StoredDrafts(house, session, caller)
    applied: list[Applied] = []
    errors: list[RowError] = []
    total = len(plan.drafts) + len(plan.orphans)
    with session.begin_nested() as nested:
        todo: tuple[Draft | Orphans, ...] = (*plan.drafts, *plan.orphans)
        for done, each in enumerate(todo, start=1):
            found = _draft(store, each, revise) if isinstance(each, Draft) else _orphans(store, each, revise)
            if isinstance(found, Applied):
                applied.append(found)
            else:
                errors.extend(found)
            if done % _POINT_EVERY == 0:
                points.reached(f"import:row-{done}")
            if progress is not None:
                progress(done, total)
        if dry_run:
            nested.rollback()
    if dry_run:
        session.expire_all()
    return ImportResult(dry_run=dry_run, applied=tuple(applied), errors=tuple(errors))


def _draft(store: StoredDrafts, draft: Draft, revise: bool) -> Applied | list[RowError]:
    stored = store.find(draft)
    if stored is None:
        made = store.create(draft)
        if not isinstance(made, Made):
            return made
        return Applied(
            row=draft.row,
            factory_id=made.factory_id,
            outcome=Outcome.CREATED,
            published=False,
            sheet=draft.sheet,
            alike=made.alike,
        )
    outcome = Outcome.UNCHANGED
    if stored.merged:
        outcome = Outcome.UNCHANGED if stored.digest == draft.digest else Outcome.KEPT
    elif stored.digest != draft.digest:
        row = RowError(row=draft.row, column=None, code="", message="", sheet=draft.sheet)
        record = store.joined(stored, draft.document, draft.children, row)
        if isinstance(record, list):
            return record
        if record is not None:
            outcome = Outcome.KEPT if stored.published and not revise else Outcome.CHANGED
        if record is not None and outcome is Outcome.CHANGED:
            store.update(stored, record)
    if outcome is not Outcome.KEPT and not stored.merged:
        store.adopt(stored, draft)
    return Applied(row=draft.row, factory_id=stored.factory_id, outcome=outcome, published=stored.published, sheet=draft.sheet)


def _orphans(store: StoredDrafts, orphans: Orphans, revise: bool) -> Applied | list[RowError]:
    """Elements of a factory that was there before; without one, each of their rows is in error."""
    found = store.resolve(orphans.of)
    if len(found) != 1:
        named = f"called {orphans.of[:60]!r}" if orphans.of else "that these rows could mean"
        code = "factory_ambiguous" if found else "factory_unknown"
        message = f"{len(found)} factories of yours are {named}" if found else f"no factory of yours is {named}"
        if not orphans.of:
            code, message = "factory_missing", "this row does not say which factory it belongs to"
        return [each.finding(OF_FACTORY, code, message) for each in orphans.children]
    stored, first = found[0], orphans.children[0]
    row = RowError(row=first.row, column=None, code="", message="", sheet=first.sheet)
    record = store.joined(stored, {}, orphans.children, row)
    if isinstance(record, list):
        return record
    outcome = Outcome.UNCHANGED
    if record is not None:
        outcome = Outcome.KEPT if stored.published and not revise else Outcome.CHANGED
        if outcome is Outcome.CHANGED:
            store.update(stored, record)
    return Applied(row=first.row, factory_id=stored.factory_id, outcome=outcome, published=stored.published, sheet=first.sheet)
