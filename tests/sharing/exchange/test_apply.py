"""Applying a plan is one transaction, repeatable, and never touches what was published."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from sharing.exchange import Draft, ImportPlan, ImportResult, Outcome, RowKey, StoredDraft, apply_import, plan_import
from trust.strict_json import JSON


class Shelf:
    """A store that keeps its drafts in memory and gives transactions; `fail_at` breaks the n-th creation."""

    def __init__(self, fail_at: int | None = None) -> None:
        self.kept: dict[tuple[str, RowKey], StoredDraft] = {}
        self._open: dict[tuple[str, RowKey], StoredDraft] = {}
        self._fail_at = fail_at
        self.writes = 0

    @contextmanager
    def transaction(self) -> Iterator["Shelf"]:
        self._open = dict(self.kept)
        yield self
        self.kept = self._open

    def find(self, organization: str, key: RowKey) -> StoredDraft | None:
        return self._open.get((organization, key))

    def create(self, organization: str, draft: Draft) -> str:
        if len(self._open) == self._fail_at:
            raise RuntimeError("the disk is full")
        factory_id = f"F{len(self._open)}"
        self._open[organization, draft.key] = StoredDraft(
            factory_id=factory_id, published=False, digest=draft.digest, document=draft.document
        )
        self.writes += 1
        return factory_id

    def update(self, organization: str, stored: StoredDraft, document: Mapping[str, JSON], digest: str) -> None:
        (place,) = [place for place, each in self._open.items() if each.factory_id == stored.factory_id]
        self._open[place] = StoredDraft(factory_id=stored.factory_id, published=False, digest=digest, document=document)
        self.writes += 1

    def edit(self, factory_id: str, *, published: bool = False, **values: JSON) -> None:
        (place,) = [place for place, each in self.kept.items() if each.factory_id == factory_id]
        old = self.kept[place]
        self.kept[place] = StoredDraft(
            factory_id=factory_id, published=published, digest=old.digest, document={**old.document, **values}
        )

    def document(self, factory_id: str) -> Mapping[str, JSON]:
        return next(each.document for each in self.kept.values() if each.factory_id == factory_id)


def plan(*rows: str) -> ImportPlan:
    return plan_import(io.BytesIO("\n".join(("name,country,address,website", *rows)).encode()))


def apply(shelf: Shelf, made: ImportPlan, *, dry_run: bool = False, organization: str = "one") -> ImportResult:
    return apply_import(made, shelf.transaction, organization=organization, dry_run=dry_run)


def outcomes(result: ImportResult) -> list[tuple[int, Outcome]]:
    return [(each.row, each.outcome) for each in result.applied]


def test_every_draft_is_created_once_and_the_second_import_changes_nothing() -> None:
    shelf, made = Shelf(), plan("A,VN,1,", "B,VN,2,", "a,Vietnam,1,")
    assert outcomes(apply(shelf, made)) == [(2, Outcome.CREATED), (3, Outcome.CREATED)]
    before = dict(shelf.kept)
    second = apply(shelf, made)
    assert outcomes(second) == [(2, Outcome.UNCHANGED), (3, Outcome.UNCHANGED)]
    assert second.count(Outcome.UNCHANGED) == 2
    assert shelf.kept == before
    assert shelf.writes == 2


def test_a_dry_run_does_the_same_and_leaves_nothing() -> None:
    shelf, made = Shelf(), plan("A,VN,1,", "B,VN,2,")
    trial = apply(shelf, made, dry_run=True)
    assert trial.dry_run
    assert shelf.kept == {}
    assert outcomes(trial) == outcomes(apply(shelf, made))


def test_a_failure_half_way_leaves_nothing_and_is_not_swallowed() -> None:
    shelf = Shelf(fail_at=1)
    for dry_run in (False, True):
        with pytest.raises(RuntimeError, match="disk"):
            apply(shelf, plan("A,VN,1,", "B,VN,2,"), dry_run=dry_run)
    assert shelf.kept == {}


def test_a_changed_row_updates_an_unpublished_draft_and_keeps_what_the_list_does_not_state() -> None:
    shelf = Shelf()
    apply(shelf, plan("A,VN,1,http://old.example"))
    shelf.edit("F0", note="by hand")
    assert outcomes(apply(shelf, plan("A,VN,1,http://new.example"))) == [(2, Outcome.CHANGED)]
    assert shelf.document("F0")["contacts"] == [{"role": "website", "channel": "http://new.example"}]
    assert shelf.document("F0")["note"] == "by hand"
    assert outcomes(apply(shelf, plan("A,VN,1,http://new.example"))) == [(2, Outcome.UNCHANGED)]


def test_a_changed_row_never_touches_a_published_factory() -> None:
    shelf = Shelf()
    apply(shelf, plan("A,VN,1,http://old.example"))
    shelf.edit("F0", published=True)
    before = dict(shelf.kept)
    assert outcomes(apply(shelf, plan("A,VN,1,http://new.example"))) == [(2, Outcome.KEPT)]
    assert shelf.kept == before


def test_what_the_owner_wrote_by_hand_survives_an_unchanged_list() -> None:
    shelf = Shelf()
    apply(shelf, plan("A,VN,1,http://old.example"))
    shelf.edit("F0", contacts=[{"role": "sales", "channel": "by hand"}])
    assert outcomes(apply(shelf, plan("A,VN,1,http://old.example"))) == [(2, Outcome.UNCHANGED)]
    assert shelf.document("F0")["contacts"] == [{"role": "sales", "channel": "by hand"}]


def test_two_organizations_may_import_the_same_list() -> None:
    shelf, made = Shelf(), plan("A,VN,1,")
    apply(shelf, made, organization="one")
    assert outcomes(apply(shelf, made, organization="two")) == [(2, Outcome.CREATED)]


def test_progress_counts_the_drafts() -> None:
    seen: list[tuple[int, int]] = []
    made = plan("A,VN,1,", "B,VN,2,")
    apply_import(made, Shelf().transaction, organization="one", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
