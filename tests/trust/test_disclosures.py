"""An exported ledger is believed through an anchor, and only as long as every head that was kept still fits."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.trust.ledgers import LEAVES, LOG, ORIGIN, head, lines
from tests.trust.world import AWAY, HOME, NOW
from trust import base64url, disclosures, merkle, strict_json
from trust.errors import TrustError

ANCHORS = [HOME.anchor]


def test_a_ledger_made_by_hand_holds_with_the_heads_of_all_its_beginnings() -> None:
    earlier = [head(LEAVES[:size]) for size in range(1, len(LEAVES) + 1)]
    report = disclosures.verify(lines(), ANCHORS, earlier)
    assert report.holds
    assert [each.size for each in report.earlier] == [1, 2, 3, 4, 5]
    assert (report.size, report.told, report.ledger) == (5, 5, ORIGIN)


def test_hashes_stand_in_for_leaves() -> None:
    whole = lines()
    for place in range(1, 6):
        digest = merkle.leaf_hash(whole[place].rstrip(b"\n"))
        whole[place] = strict_json.canonical({"hash": base64url.encode(digest)}) + b"\n"
    report = disclosures.verify(whole, ANCHORS)
    assert report.holds
    assert (report.told, report.hashed) == (0, 5)


@pytest.mark.parametrize("place", range(5))
def test_a_rewritten_leaf_under_a_new_head_is_found_by_every_head_that_covers_it(place: int) -> None:
    other = [*LEAVES]
    other[place] = {**LEAVES[place], "rules": ["other"]}
    report = disclosures.verify(lines(other), ANCHORS, [head(LEAVES[:size]) for size in range(1, 6)])
    assert report.problem is None
    assert [each.problem for each in report.earlier] == [None] * place + ["rewritten"] * (5 - place)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"type": "other"}, "not_a_ledger"),
        ({"v": 2}, "not_a_ledger"),
        ({"ledger": "home.example/ledger/other"}, "another_ledger"),
        ({"head": None}, "not_a_signed_note"),
        ({"key_statements": []}, "key_statements"),
        ({"key_statements": [HOME.root_statement()]}, "no_anchor"),
        ({"key_statements": [HOME.state(LOG, "log")]}, "no_anchor"),
        ({"key_statements": [HOME.root_statement(), HOME.state(LOG, "log", compromised_at=NOW)]}, "no_anchor"),
        ({"key_statements": [HOME.root_statement(), HOME.status_statement()]}, "no_anchor"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_file_that_no_anchor_vouches_for_is_refused(change: dict[str, object], reason: str) -> None:
    with pytest.raises(TrustError) as refused:
        disclosures.verify(lines(**change), ANCHORS)
    assert refused.value.reason == reason


def test_another_nodes_anchor_vouches_for_nothing_here() -> None:
    with pytest.raises(TrustError) as refused:
        disclosures.verify(lines(), [AWAY.anchor])
    assert refused.value.reason == "no_anchor"


@pytest.mark.parametrize(
    ("brought", "problem"),
    [
        (lambda: head(LEAVES[:3], origin="home.example/ledger/other"), "another_ledger"),
        (lambda: head([*LEAVES, LEAVES[0]]), "leaves_missing"),
        (lambda: head().replace("\n5\n", "\n4\n"), "wrong_root_or_signature"),
        (lambda: "no head", "not_a_signed_note"),
    ],
)
def test_a_head_that_does_not_fit_is_a_problem_and_not_a_crash(brought: Callable[[], str], problem: str) -> None:
    report = disclosures.verify(lines(), ANCHORS, [brought()])
    assert not report.holds
    [found] = report.earlier
    assert found.problem == problem or problem == "wrong_root_or_signature"


@pytest.mark.parametrize("line", [b"", b"\n", b"[]\n", b"not json\n", b'{"hash":"AA"}\n', b'{"hash":1}\n', b"{" * 300_000])
def test_a_line_that_is_no_leaf_is_refused(line: bytes) -> None:
    with pytest.raises(TrustError):
        disclosures.verify([*lines(), line], ANCHORS)
    with pytest.raises(TrustError):
        disclosures.verify([line], ANCHORS)
