"""A plan into drafts, in one transaction, as often as one likes.

Guarantees: everything or nothing; importing the same list again creates and changes nothing; a factory that was
published, or whose row says what it said at the last import, is never touched; a dry run goes the whole way and rolls
back.
Known hole: where a list's row changed, its values win over what the owner meanwhile wrote by hand into the unpublished
draft; values that the row does not state stay.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from network import points
from sharing.exchange.plan import ImportPlan, Progress
from sharing.exchange.rows import Draft, RowKey

POINT_EVERY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDraft:
    """A factory that an earlier import made. `digest` is the `Draft.digest` of the row it was last made from."""

    factory_id: str
    published: bool  # now or at any time before
    digest: str
    document: Mapping[str, object]


class DraftStore(Protocol):
    """The factories of one organization, inside one open transaction."""

    def find(self, organization: str, key: RowKey) -> StoredDraft | None:
        """The factory that was imported under this key."""
        ...

    def create(self, organization: str, draft: Draft) -> str:
        """Store a new unpublished factory with the draft's key, digest and document; returns its id."""
        ...

    def update(self, organization: str, stored: StoredDraft, document: Mapping[str, object], digest: str) -> None:
        """Give an unpublished factory a new revision and note the digest of the row it came from."""
        ...


class Outcome(StrEnum):
    """What became of one draft. `changed` updated an unpublished draft; `kept` left a published factory as it is."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """One draft and its factory. In a dry run the id of a created factory belongs to nothing afterwards."""

    row: int
    factory_id: str
    outcome: Outcome
    published: bool  # now or at any time before; an import never publishes


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What applying a plan did, or (dry_run) would do, one entry per draft in the order of the list."""

    dry_run: bool
    applied: tuple[Applied, ...]

    def count(self, outcome: Outcome) -> int:
        """How many drafts ended so."""
        return sum(each.outcome is outcome for each in self.applied)


class _DryRun(Exception):
    pass


def apply_import(
    plan: ImportPlan,
    transaction: Callable[[], AbstractContextManager[DraftStore]],
    *,
    organization: str,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportResult:
    """Apply every draft of `plan` in one `transaction()`, which commits on success and rolls back on any exception."""
    applied: list[Applied] = []
    with contextlib.suppress(_DryRun), transaction() as store:
        for done, draft in enumerate(plan.drafts, start=1):
            applied.append(_apply(store, organization, draft))
            if done % POINT_EVERY == 0:
                points.reached(f"import:row-{done}")
            if progress is not None:
                progress(done, len(plan.drafts))
        if dry_run:
            raise _DryRun
    return ImportResult(dry_run=dry_run, applied=tuple(applied))


def _apply(store: DraftStore, organization: str, draft: Draft) -> Applied:
    stored = store.find(organization, draft.key)
    if stored is None:
        return Applied(row=draft.row, factory_id=store.create(organization, draft), outcome=Outcome.CREATED, published=False)
    outcome = Outcome.UNCHANGED
    if stored.digest != draft.digest:
        outcome = Outcome.KEPT if stored.published else Outcome.CHANGED
    if outcome is Outcome.CHANGED:
        store.update(organization, stored, {**stored.document, **draft.document}, draft.digest)
    return Applied(row=draft.row, factory_id=stored.factory_id, outcome=outcome, published=stored.published)
