"""RFC 6962 trees: the published vectors, and every small tree against the definition."""

import base64
import json
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shared_material import shared
from trust import merkle
from trust.errors import ProofError

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(40)]


def defined_root(leaves):
    """The tree head as RFC 6962 section 2.1 defines it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


def decode(value):
    return base64.b64decode(value or "")


def inclusion(case):
    merkle.verify_inclusion(
        leaf=decode(case["leafHash"]),
        index=case["leafIdx"],
        size=case["treeSize"],
        proof=[decode(item) for item in case["proof"] or []],
        expected_root=decode(case["root"]),
    )


def test_every_published_proof_is_judged_as_published():
    files = sorted(shared("vectors/merkle").rglob("*.json"))
    refused = 0
    for path in files:
        case = json.loads(path.read_text())
        if case["wantErr"]:
            refused += 1
            with pytest.raises(ProofError):
                inclusion(case)
        else:
            inclusion(case)
    assert len(files) == 98
    assert refused > 80


def test_leaves_and_nodes_are_hashed_with_their_prefixes():
    assert merkle.leaf_hash(b"x") == sha256(b"\x00x").digest()
    assert merkle.node_hash(b"l" * 32, b"r" * 32) == sha256(b"\x01" + b"l" * 32 + b"r" * 32).digest()
    assert merkle.root([]) == sha256(b"").digest()


@pytest.mark.parametrize("size", range(34))
def test_roots_are_those_of_the_definition(size):
    assert merkle.root(LEAVES[:size]) == defined_root(LEAVES[:size])


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_of_every_small_tree_proves_its_place_and_no_other(size):
    leaves = LEAVES[:size]
    root = merkle.root(leaves)
    for index in range(size):
        proof = merkle.inclusion_proof(index, leaves)
        merkle.verify_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, expected_root=root)
        for other in range(size + 2):
            if other != index:
                with pytest.raises(ProofError):
                    merkle.verify_inclusion(leaf=leaves[index], index=other, size=size, proof=proof, expected_root=root)


@pytest.mark.parametrize("new", range(34))
def test_every_small_tree_is_consistent_with_its_prefixes(new):
    for old in range(new + 1):
        proof = merkle.consistency_proof(old, LEAVES[:new])
        roots = {"old_root": merkle.root(LEAVES[:old]), "new_root": merkle.root(LEAVES[:new])}
        merkle.verify_consistency(old_size=old, new_size=new, proof=proof, **roots)
        extra = [*proof, bytes(32)]
        with pytest.raises(ProofError):
            merkle.verify_consistency(old_size=old, new_size=new, proof=extra, **roots)
        for cut in range(len(proof)):
            with pytest.raises(ProofError):
                merkle.verify_consistency(old_size=old, new_size=new, proof=[*proof[:cut], *proof[cut + 1 :]], **roots)
        # Every tree extends the empty one, so from size 0 the new root proves nothing.
        for name in roots if old else ["old_root"]:
            wrong = roots | {name: sha256(b"no").digest()}
            with pytest.raises(ProofError):
                merkle.verify_consistency(old_size=old, new_size=new, proof=proof, **wrong)


def test_a_rewritten_prefix_has_no_consistency_proof():
    forked = [merkle.leaf_hash(b"forged"), *LEAVES[1:9]]
    for old in range(1, 8):
        with pytest.raises(ProofError):
            merkle.verify_consistency(
                old_size=old,
                new_size=9,
                proof=merkle.consistency_proof(old, forked),
                old_root=merkle.root(LEAVES[:old]),
                new_root=merkle.root(forked),
            )


def test_two_roots_of_one_size_are_never_consistent():
    with pytest.raises(ProofError) as refused:
        merkle.verify_consistency(old_size=3, new_size=3, proof=[], old_root=LEAVES[0], new_root=LEAVES[1])
    assert refused.value.reason == "wrong_root"


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (5, 5), (0, 2**63 + 1), (2**64, 2**64 + 1), (0, -1)])
def test_an_index_outside_the_tree_is_refused(index, size):
    with pytest.raises(ProofError) as refused:
        merkle.verify_inclusion(leaf=LEAVES[0], index=index, size=size, proof=[], expected_root=LEAVES[0])
    assert refused.value.reason == "index_out_of_range"


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1), (1, 2**63 + 1)])
def test_sizes_that_cannot_be_are_refused(old, new):
    with pytest.raises(ProofError):
        merkle.verify_consistency(old_size=old, new_size=new, proof=[], old_root=LEAVES[0], new_root=LEAVES[1])
    with pytest.raises(ProofError):
        merkle.consistency_proof(3, LEAVES[:2])
    with pytest.raises(ProofError):
        merkle.inclusion_proof(2, LEAVES[:2])


def test_the_largest_size_is_a_size():
    with pytest.raises(ProofError) as refused:
        merkle.verify_inclusion(leaf=LEAVES[0], index=0, size=2**63, proof=[], expected_root=LEAVES[0])
    assert refused.value.reason == "proof_too_short"
    merkle.verify_consistency(old_size=2**63, new_size=2**63, proof=[], old_root=LEAVES[0], new_root=LEAVES[0])


def test_a_leaf_of_one_entry_is_its_own_root():
    merkle.verify_inclusion(leaf=LEAVES[0], index=0, size=1, proof=[], expected_root=LEAVES[0])
    with pytest.raises(ProofError):
        merkle.verify_inclusion(leaf=LEAVES[0], index=0, size=1, proof=[LEAVES[0]], expected_root=LEAVES[0])


@pytest.mark.parametrize("short", [b"", b"x" * 31, b"x" * 33])
def test_a_node_of_another_length_is_refused(short):
    with pytest.raises(ProofError) as refused:
        merkle.verify_inclusion(leaf=LEAVES[0], index=0, size=2, proof=[short], expected_root=LEAVES[0])
    assert refused.value.reason == "not_a_hash"


@settings(deadline=None)
@given(st.integers(1, 40), st.data())
def test_no_changed_bit_of_a_proof_verifies(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves = LEAVES[:size]
    proof = merkle.inclusion_proof(index, leaves)
    if not proof:
        return
    where, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    flipped = bytearray(proof[where])
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ProofError):
        merkle.verify_inclusion(
            leaf=leaves[index],
            index=index,
            size=size,
            proof=[*proof[:where], bytes(flipped), *proof[where + 1 :]],
            expected_root=merkle.root(leaves),
        )
