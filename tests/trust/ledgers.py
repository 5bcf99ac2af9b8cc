"""An owner's ledger as a file, made by hand: what the product exports must be read by this reading of the format."""

from __future__ import annotations

from collections.abc import Sequence

from tests.trust.world import HOME, key
from trust import checkpoint, merkle, strict_json
from trust.checkpoint import Checkpoint

LOG = key(f"log {HOME.origin}", HOME.did)
ORIGIN = "home.example/ledger/lathe"
LEAVES = tuple({"id": f"{place:032x}", "rules": ["card"], "shown": {"exact": ["country"]}} for place in range(5))


def head(leaves: Sequence[object] = LEAVES, *, origin: str = ORIGIN) -> str:
    """The signed head over these leaves."""
    hashes = [merkle.leaf_hash(strict_json.canonical(each)) for each in leaves]
    return checkpoint.issue(Checkpoint(origin=origin, size=len(hashes), root=merkle.root(hashes)), signer=LOG)


def lines(leaves: Sequence[object] = LEAVES, **changes: object) -> list[bytes]:
    """The file."""
    first = {
        "type": "guildnet-ledger",
        "v": 1,
        "ledger": ORIGIN,
        "organization": f"{HOME.did}:orgs:lathe",
        "head": head(leaves),
        "restored": [],
        "key_statements": [HOME.root_statement(), HOME.state(LOG, "log")],
    }
    return [strict_json.canonical(each) + b"\n" for each in (first | changes, *leaves)]
