"""An owner's ledger as a file, checked by somebody who trusts only the anchors they pinned and the heads they kept.

JSON lines. The first: `{"type":"guildnet-ledger","v":1,"ledger":<origin>,"organization":<DID>,"head":<signed head>,
"key_statements":[...], ...}`. Then one line for each leaf, in order: the leaf's very bytes, or `{"hash":<base64url>}` where the
content is kept no longer or was left out.

Guarantees of `verify`: the head is signed by a log key that an anchored root key states, and is of exactly the lines that
follow; each earlier head that was brought is signed likewise, and the tree that it speaks of is the beginning of this one
(`EarlierHead.problem` says what is not so). Whoever rewrites a leaf, and everything after it, cannot keep both an earlier
head and its root. Does not guarantee that everything disclosed was recorded: what never entered leaves no trace here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import base64url, checkpoint, key_statement, merkle, strict_json
from .anchors import Anchor, NodeAnchor
from .checkpoint import Checkpoint
from .errors import CheckpointError, EncodingError, TrustError
from .key_statement import KeyStatement
from .keys import PublicKey
from .strict_json import JSON

TYPE = "guildnet-ledger"
MAX_LINE = 256_000  # bytes
MAX_STATEMENTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierHead:
    """One head that was brought; `problem` is None when this ledger goes on from it."""

    size: int
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReport:
    """What was found. `told`: leaves with their content, `hashed`: leaves of which only the hash is there. `problem`: why the
    lines are not those that the head is of; None when they are."""

    organization: str
    ledger: str
    size: int
    told: int
    hashed: int
    head: str
    problem: str | None
    earlier: tuple[EarlierHead, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing was rewritten, as far as the heads reach."""
        return self.problem is None and all(each.problem is None for each in self.earlier)


class Tree:
    """A tree that grows leaf by leaf, and the roots it had at the sizes asked for. Holds a hash for each bit of its size."""

    def __init__(self, wanted: Iterable[int] = ()) -> None:
        self._wanted = frozenset(wanted)
        self._edge: list[bytes] = []
        self.size = 0
        self.roots: dict[int, bytes] = {}
        self._note()

    def append(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        self._edge = merkle.grown(self._edge, self.size, leaf)
        self.size += 1
        self._note()

    @property
    def root(self) -> bytes:
        """The root over all leaves so far."""
        return merkle.root_of_edge(self._edge)

    def _note(self) -> None:
        if self.size in self._wanted:
            self.roots[self.size] = self.root


def verify(lines: Iterable[bytes], anchors: Sequence[Anchor], heads: Sequence[str] = ()) -> LedgerReport:
    """Check a file, given line by line, against anchors and against heads that were received earlier.

    Raises `TrustError` when the file is no such file, or its own head is not signed by a log key that an anchor leads to.
    """
    remaining = iter(lines)
    first = _object(next(remaining, b""))
    if first.get("type") != TYPE or first.get("v") != 1:
        raise CheckpointError("not_a_ledger")
    keys = _log_keys(first.get("key_statements"), anchors)
    note = first.get("head")
    head = _signed(note if isinstance(note, str) else "", keys)
    if head.origin != first.get("ledger"):
        raise CheckpointError("another_ledger")
    brought = [_brought(each, keys, head) for each in heads]
    tree = Tree(each.size for each in brought if isinstance(each, Checkpoint))
    hashed = 0
    for line in remaining:
        leaf, told = _leaf(line)
        tree.append(leaf)
        hashed += not told
    return LedgerReport(
        organization=str(first.get("organization", "")),
        ledger=head.origin,
        size=tree.size,
        told=tree.size - hashed,
        hashed=hashed,
        head=str(note),
        problem=_compared(head, tree.size, tree.root),
        earlier=tuple(_judged(each, tree, head.origin) for each in brought),
    )


def _compared(head: Checkpoint, size: int, root: bytes) -> str | None:
    if size != head.size:
        return "leaves_missing" if size < head.size else "leaves_added"
    return None if root == head.root else "rewritten"


def _brought(note: str, keys: Sequence[PublicKey], head: Checkpoint) -> Checkpoint | EarlierHead:
    try:
        earlier = _signed(note, keys)
    except TrustError as error:
        return EarlierHead(size=0, problem=error.reason)
    if not same_ledger(earlier.origin, head.origin):
        return EarlierHead(size=earlier.size, problem="another_ledger")
    return earlier


def _judged(earlier: Checkpoint | EarlierHead, tree: Tree, origin: str) -> EarlierHead:
    if isinstance(earlier, EarlierHead):
        return earlier
    return EarlierHead(size=earlier.size, problem=compared(earlier, tree, origin))


def same_ledger(earlier: str, later: str) -> bool:
    """Whether a ledger of the one name goes on under the other: `<host>/ledger/<slug>`, and then `.1`, `.2` for each time that
    its node was restored without knowing what it had signed."""
    (host, _, one), (other_host, _, other) = earlier.rpartition("/"), later.rpartition("/")
    return (host, one.partition(".")[0]) == (other_host, other.partition(".")[0])


def compared(head: Checkpoint, tree: Tree, origin: str) -> str | None:
    """Why a head is not of the beginning of this tree, which goes by `origin` now; None when it is."""
    root = tree.roots.get(head.size)
    if root == head.root:
        return None
    if head.origin != origin:
        return "lost_in_restoring"
    return "leaves_missing" if root is None else "rewritten"


def _signed(note: str, keys: Sequence[PublicKey]) -> Checkpoint:
    for key in keys:
        try:
            return checkpoint.read(note, key=key)
        except CheckpointError:
            raise
        except TrustError:
            continue
    raise CheckpointError("not_signed_by_the_node")


def _log_keys(statements: JSON, anchors: Sequence[Anchor]) -> list[PublicKey]:
    """The log keys that an anchored root key states, replaced ones too: who kept a head vouches for when they got it. One that
    was compromised is none."""
    texts = statements if isinstance(statements, list) else []
    if not 1 <= len(texts) <= MAX_STATEMENTS or not all(isinstance(each, str) for each in texts):
        raise CheckpointError("key_statements")
    roots = [root for each in texts if key_statement.is_root(str(each)) and (root := _anchored(str(each), anchors))]
    stated = [found for each in texts for root in roots if (found := _stated(str(each), root))]
    keys = [each.key for each in stated if each.role == "log" and each.compromised_at is None]
    if not keys:
        raise CheckpointError("no_anchor")
    return keys


def _anchored(statement: str, anchors: Sequence[Anchor]) -> KeyStatement | None:
    root = key_statement.read_root(statement)
    for anchor in anchors:
        if isinstance(anchor, NodeAnchor) and anchor.did == root.subject and anchor.thumbprint == root.key.thumbprint:
            return root
    return None


def _stated(statement: str, root: KeyStatement) -> KeyStatement | None:
    try:
        return key_statement.read(statement, root=root.key)
    except TrustError:
        return None


def _object(line: bytes) -> dict[str, JSON]:
    if len(line) > MAX_LINE:
        raise CheckpointError("too_large")
    return strict_json.loads_object(line.rstrip(b"\n"))


def _leaf(line: bytes) -> tuple[bytes, bool]:
    """The hash of a leaf, and whether its content is there."""
    data = line.rstrip(b"\n")
    document = _object(data)
    if document.keys() != {"hash"}:
        return merkle.leaf_hash(data), True
    try:
        found = base64url.decode(str(document["hash"]))
    except EncodingError:
        raise CheckpointError("hash") from None
    if len(found) != 32:
        raise CheckpointError("hash")
    return found, False


def leaves(lines: Iterable[bytes]) -> Iterator[dict[str, JSON]]:
    """The leaves of a file whose content is there, in order; checks nothing."""
    for place, line in enumerate(lines):
        document = _object(line)
        if place and document.keys() != {"hash"}:
            yield document
