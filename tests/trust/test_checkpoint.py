"""Signed heads: one text for one head, and nothing else passes for it."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust import checkpoint, merkle
from trust.checkpoint import Checkpoint
from trust.errors import CheckpointError, ProofError, SignatureInvalidError, TrustError
from trust.keys import PrivateKey

KEY = PrivateKey.from_seed(bytes(range(32)), did="did:web:node.example")
OTHER = PrivateKey.from_seed(bytes(range(1, 33)), did="did:web:node.example")
HEAD = Checkpoint(origin="node.example/ledger/acme", size=3, root=bytes(range(32)))
HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=70)


def test_a_head_is_read_back_and_is_signed_by_its_key_alone() -> None:
    note = checkpoint.issue(HEAD, signer=KEY)
    assert checkpoint.read(note, key=KEY.public) == HEAD == checkpoint.peek(note)
    assert note.startswith(
        "node.example/ledger/acme\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n\u2014 node.example/ledger/acme "
    )
    with pytest.raises(SignatureInvalidError):
        checkpoint.read(note, key=OTHER.public)


def test_the_signature_is_that_of_a_signed_note() -> None:
    note = checkpoint.issue(HEAD, signer=KEY)
    text, _, line = note.partition("\n\n")
    raw = base64.b64decode(line.split()[-1])
    assert raw[:4] == sha256(HEAD.origin.encode() + b"\n\x01" + KEY.public.raw).digest()[:4]
    KEY.public.verify(raw[4:], (text + "\n").encode())


def test_a_cosignature_beside_it_is_let_be() -> None:
    note = checkpoint.issue(HEAD, signer=KEY)
    beside = base64.b64encode(b"abcd" + bytes(72)).decode()
    assert checkpoint.read(f"{note}\u2014 witness.example {beside}\n", key=KEY.public) == HEAD


@pytest.mark.parametrize(
    "change",
    [
        ("\n3\n", "\n4\n"),
        ("\n3\n", "\n03\n"),
        ("\n3\n", "\n-3\n"),
        ("\n3\n", "\n3\nextension\n"),
        ("acme\n3", "rival\n3"),
        ("AAEC", "AAED"),
        ("HR8=\n", "HR8\n"),
        ("=\n\n", "=\n"),
        ("\u2014", "-"),
        ("acme\n3", "ac me\n3"),
    ],
)
def test_a_changed_note_is_refused(change: tuple[str, str]) -> None:
    note = checkpoint.issue(HEAD, signer=KEY)
    changed = note.replace(*change)
    if changed != note:
        with pytest.raises(TrustError):
            checkpoint.read(changed, key=KEY.public)


@given(st.text(max_size=300))
def test_any_text_is_a_head_or_refused(text: str) -> None:
    try:
        checkpoint.peek(text)
    except CheckpointError:
        return
    assert checkpoint.peek(text).text in text


def test_what_could_not_be_read_is_not_issued() -> None:
    for origin in ("", "two words", "a+b", "a\nb", "x" * 301, "đ"):
        with pytest.raises(CheckpointError):
            checkpoint.issue(Checkpoint(origin=origin, size=1, root=bytes(32)), signer=KEY)
    with pytest.raises(CheckpointError):
        checkpoint.issue(Checkpoint(origin="a", size=-1, root=bytes(32)), signer=KEY)
    with pytest.raises(CheckpointError):
        checkpoint.issue(Checkpoint(origin="a", size=1, root=bytes(31)), signer=KEY)


@given(HASHES)
def test_a_tree_that_grows_leaf_by_leaf_has_the_roots_of_whole_trees(leaves: list[bytes]) -> None:
    edge: list[bytes] = []
    assert merkle.root_of_edge(edge) == merkle.root([])
    for size, leaf in enumerate(leaves):
        edge = merkle.grown(edge, size, leaf)
        assert merkle.root_of_edge(edge) == merkle.root(leaves[: size + 1])


def test_an_edge_of_another_size_is_refused() -> None:
    with pytest.raises(ProofError):
        merkle.grown([bytes(32)], 2, bytes(32)) and merkle.grown([bytes(32)], 3, bytes(32))
