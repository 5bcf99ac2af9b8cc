"""Which fields cannot be attested while a finding stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sharing import audits
from sharing.auditing import findings, results
from sharing.auditing.record import Agreed
from sharing.auditing.results import Result
from sharing.errors import InvalidAttestation, StateConflict
from tests.sharing.auditing import engagements as do
from tests.sharing.auditing.working import SERIOUS, ask, disputed, paths, step
from tests.world import World


def test_an_open_major_finding_bars_the_fields_of_its_criterion_until_it_is_verified(world: World, audit: str) -> None:
    before = do.sheet_of(world, audit)
    assert paths(before) == {"process", "tolerance_um"}
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    assert found.bars
    sheet = do.sheet_of(world, audit)
    assert paths(sheet) == {"process"}
    assert [each["finding"] for each in sheet["barred"]] == [found.id]
    for slug, name in (("maker", "answer"), ("auditor", "accept")):
        assert step(world, slug, found.id, name).bars
        assert paths(do.sheet_of(world, audit)) == {"process"}
    assert not step(world, "auditor", found.id, "verify").bars
    assert paths(do.sheet_of(world, audit)) == {"process", "tolerance_um"}


def test_what_was_signed_offline_on_an_older_sheet_is_refused_with_path_and_finding(world: World, audit: str) -> None:
    older = do.sheet_of(world, audit)
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    with pytest.raises(InvalidAttestation) as refused:
        do.hand_in(world, older)
    assert refused.value.reason == "field_barred"
    assert "/tolerance_um" in str(refused.value)
    assert found.id in str(refused.value)
    kept = tuple(name.partition("@")[0] for name in older["claims"] if "/process@exact" in name)
    assert do.hand_in(world, older, paths=kept)


def test_when_everything_is_barred_there_is_no_sheet_and_it_says_why(world: World, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, replace(SERIOUS, field_paths=("capability.process",)))
    with pytest.raises(StateConflict, match=found.id):
        do.sheet_of(world, audit)


@pytest.mark.parametrize(("grade", "barred"), [("minor", False), ("ofi", False), ("major", True), ("critical", True)])
def test_only_serious_findings_bar(world: World, audit: str, grade: str, barred: bool) -> None:
    ask(world, "auditor", findings.raise_finding, audit, replace(SERIOUS, grade=grade))
    assert ("tolerance_um" not in paths(do.sheet_of(world, audit))) is barred


def test_a_finding_of_an_earlier_audit_bars_in_the_next_one(world: World, factory: str, audit: str) -> None:
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    ask(world, "auditor", audits.close_audit, audit)
    later = do.engaged(world, factory, agreed=Agreed(previous_audit=audit))
    assert paths(do.sheet_of(world, later)) == {"process"}
    for slug, name in (("maker", "answer"), ("auditor", "accept"), ("auditor", "verify"), ("auditor", "close")):
        step(world, slug, found.id, name)
    assert paths(do.sheet_of(world, later)) == {"process", "tolerance_um"}


def test_a_serious_result_without_a_finding_bars_too(world: World, audit: str) -> None:
    ask(world, "auditor", results.put_results, audit, [Result(item="2", outcome="major_nc")])
    sheet = do.sheet_of(world, audit)
    assert paths(sheet) == {"tolerance_um"}
    assert [(each["finding"], each["item"]) for each in sheet["barred"]] == [(None, "2")]


@pytest.mark.parametrize("grade", ["ofi", "minor"])
def test_a_light_finding_does_not_lift_the_bar_of_a_serious_result(world: World, audit: str, grade: str) -> None:
    ask(world, "auditor", results.put_results, audit, [Result(item="1", outcome="critical_nc")])
    ask(world, "auditor", findings.raise_finding, audit, replace(SERIOUS, grade=grade))
    assert paths(do.sheet_of(world, audit)) == {"process"}


def test_a_serious_finding_that_a_dispute_amended_is_an_answer_to_the_result(world: World, audit: str) -> None:
    ask(world, "auditor", results.put_results, audit, [Result(item="1", outcome="major_nc")])
    found = ask(world, "auditor", findings.raise_finding, audit, SERIOUS)
    assert paths(do.sheet_of(world, audit)) == {"process"}
    disputed(world, found.id, outcome="amended", grade="minor")
    assert paths(do.sheet_of(world, audit)) == {"process", "tolerance_um"}
