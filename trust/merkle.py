"""Merkle trees of RFC 6962: roots, inclusion and consistency, made and verified.

Guarantees: leaves and nodes have different prefixes (0x00, 0x01), so no node passes for a leaf; a proof has exactly the
length its sizes demand, so nothing missing or extra is accepted; every node is 32 bytes. The empty tree has a root and
no leaf. Verifying recomputes the roots: ProofError unless they are those given.
"""

from collections.abc import Sequence
from hashlib import sha256

from .errors import ProofError

MAX_SIZE = 2**63  # entries; more than any log, and it bounds the shifting


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 6962 section 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes; of no leaf: SHA-256 of nothing."""
    if not leaves:
        return sha256(b"").digest()
    # Adjacent pairs level by level; an odd last node rises unpaired, which gives the tree of the RFC.
    level = list(leaves)
    while len(level) > 1:
        pairs = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + (level[-1:] if len(level) % 2 else [])
    return level[0]


def grown(edge: Sequence[bytes], size: int, leaf: bytes) -> list[bytes]:
    """The edge of a tree of `size` leaves after one more: the roots of its whole subtrees, largest first, one for each bit of
    the size. A tree that only grows needs nothing else of its leaves."""
    if len(edge) != size.bit_count():
        raise ProofError("not_an_edge")
    subtrees, node = list(edge), leaf
    while size & 1:
        node = node_hash(subtrees.pop(), node)
        size >>= 1
    return [*subtrees, node]


def root_of_edge(edge: Sequence[bytes]) -> bytes:
    """The root of the tree with this edge."""
    if not edge:
        return root([])
    value = edge[-1]
    for subtree in reversed(edge[:-1]):
        value = node_hash(subtree, value)
    return value


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path of leaf `index` in the tree over `leaves`, lowest node first (section 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise ProofError("index_out_of_range")
    proof: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(root(leaves[middle:high]))
            high = middle
        else:
            proof.append(root(leaves[low:middle]))
            low = middle
    return proof[::-1]


def consistency_proof(size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The proof that the tree over the first `size` leaves is a prefix of the one over `leaves` (section 2.1.2)."""
    if not 0 <= size <= len(leaves):
        raise ProofError("size_out_of_range")
    if size in {0, len(leaves)}:
        return []
    proof: list[bytes] = []
    low, high, whole = 0, len(leaves), True
    while size != high:
        middle = low + _split(high - low)
        if size <= middle:
            proof.append(root(leaves[middle:high]))
            high = middle
        else:
            proof.append(root(leaves[low:middle]))
            low, whole = middle, False
    # The old root itself is known to the verifier; any other subtree must be told.
    return (proof if whole else [*proof, root(leaves[low:high])])[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected_root: bytes) -> None:
    """Return if the leaf hash stands at `index` in the tree of `size` with this root; ProofError otherwise.

    Source: RFC 9162 section 2.1.3.2, which has the algorithm for the trees of RFC 6962.
    """
    _check_hashes([leaf, expected_root, *proof])
    if not 0 <= index < size <= MAX_SIZE:
        raise ProofError("index_out_of_range")
    node, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("proof_too_long")
        if node % 2 or node == last:
            value = node_hash(sibling, value)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("proof_too_short")
    if value != expected_root:
        raise ProofError("wrong_root")


def verify_consistency(*, old_size: int, new_size: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Return if the older tree is a prefix of the newer one; ProofError otherwise (RFC 9162 section 2.1.4.2)."""
    _check_hashes([old_root, new_root, *proof])
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise ProofError("size_out_of_range")
    if old_size in {0, new_size}:
        if proof:
            raise ProofError("proof_too_long")
        # The empty tree is a prefix of every tree, but it has one root only.
        if old_root != (new_root if old_size == new_size else root([])):
            raise ProofError("wrong_root")
        return
    # A whole subtree as old tree: its root opens the proof and is not sent.
    nodes = [*proof] if old_size & (old_size - 1) else [old_root, *proof]
    if not nodes:
        raise ProofError("proof_too_short")
    older, newer = _replay(old_size, new_size, nodes)
    if older != old_root or newer != new_root:
        raise ProofError("wrong_root")


def _replay(old_size: int, new_size: int, nodes: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The roots of both trees as the nodes of a consistency proof give them."""
    node, last = old_size - 1, new_size - 1
    while node % 2:
        node, last = node >> 1, last >> 1
    older = newer = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            raise ProofError("proof_too_long")
        if node % 2 or node == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("proof_too_short")
    return older, newer


def _split(size: int) -> int:
    """The largest power of two smaller than `size`."""
    return int(1 << (size - 1).bit_length() - 1)


def _check_hashes(hashes: Sequence[bytes]) -> None:
    if any(len(value) != 32 for value in hashes):
        raise ProofError("not_a_hash")
