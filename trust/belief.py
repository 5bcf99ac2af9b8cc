"""Which keys of a bundle may be believed, and how far. The only way in is an anchor the user brought.

A key is believed if the user pinned exactly it for its DID, or if a node root key that the user anchored states it.
A pin overrides the node: where a DID is pinned, no other key of it is believed, whatever is stated.

Not here: the log. Without it nobody knows when something was signed, so a key that has ended proves nothing about
what it signed earlier (`rotated_key_without_log`), and a compromised key proves nothing at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from . import did
from .anchors import Anchor, NodeAnchor
from .did import Origin
from .key_statement import KeyStatement, Role
from .keys import Kid, split_kid

CLOCK_TOLERANCE = timedelta(seconds=300)  # between the clocks of nodes

KeyCustody = Literal["node", "self", "pinned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """The key is its owner's, as far as the user's anchors reach.

    `custody`: `node` holds the key and could have signed itself; `self`: the owner holds it, says the node the user
    anchored; `pinned`: the user vouches for the key and nobody they trust says who holds it.
    """

    custody: KeyCustody
    through: Origin

    @property
    def words(self) -> str:
        """How to print the custody."""
        if self.custody == "node":
            return f"as stated through {self.through}"
        return "own key" if self.custody == "self" else "key pinned by you"


@dataclass(frozen=True, slots=True, kw_only=True)
class Untrusted:
    """No anchor leads to the key, or it must not be believed any more."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """An anchor leads to the key, but nothing here says that it was valid when it signed."""

    reason: str


Belief: TypeAlias = Believed | Untrusted | Undecided


class KeyRing:
    """The key statements of one bundle, judged by the user's anchors. Read only."""

    def __init__(self, anchors: Iterable[Anchor], statements: Mapping[Kid, KeyStatement]) -> None:
        self._statements = statements
        self._roots: set[Kid] = set()
        self._pins: dict[str, set[str]] = {}
        for anchor in anchors:
            if isinstance(anchor, NodeAnchor):
                self._roots.add(Kid(f"{anchor.did}#{anchor.thumbprint}"))
            else:
                self._pins.setdefault(anchor.did, set()).add(anchor.thumbprint)

    def judge(self, kid: Kid, role: Role, at: datetime) -> Belief:
        """Whether the key `kid`, stated in the bundle, may be believed at `at` to sign in `role`."""
        statement = self._statements.get(kid)
        if statement is None:
            return Untrusted(reason="no_key_statement")
        pins = self._pins.get(statement.subject, set())
        pinned = split_kid(kid)[1] in pins
        if pins and not pinned:
            return Untrusted(reason="another_key_pinned")
        if statement.role != role:
            return Untrusted(reason="key_role")
        through = did.origin_of(statement.issuer)
        root = self._judge_root(statement.signed_by, at)
        if not isinstance(root, Believed):
            if not pinned:
                return root
            # What an unbelieved node says against its own interest still counts: that it holds the key.
            return Believed(custody="node" if statement.custody == "node" else "pinned", through=through)
        return _in_time(statement, at, "key") or Believed(custody=statement.custody, through=through)

    def judge_named(self, named: Kid, kid: Kid, role: Role, at: datetime) -> Belief:
        """Like `judge`, for a key that a believed signed body names for this role: its thumbprint is a pin of the signer's."""
        belief = self.judge(kid, role, at)
        statement = self._statements.get(kid)
        if belief != Untrusted(reason="no_anchor") or statement is None or named != kid or statement.role != role:
            return belief
        through = did.origin_of(statement.issuer)
        return _in_time(statement, at, "key") or Believed(custody="pinned", through=through)

    def _judge_root(self, kid: Kid, at: datetime) -> Belief:
        statement = self._statements.get(kid)
        if kid not in self._roots or statement is None:
            return Untrusted(reason="no_anchor")
        doubt = _in_time(statement, at, "root")
        return doubt or Believed(custody=statement.custody, through=did.origin_of(statement.issuer))


def _in_time(statement: KeyStatement, at: datetime, which: str) -> Untrusted | Undecided | None:
    if statement.compromised_at is not None:
        return Untrusted(reason=f"compromised_{which}")  # never logged: invalid whenever it signed
    if statement.valid_until is not None and at >= statement.valid_until:
        return Undecided(reason=f"rotated_{which}_without_log")
    if at < statement.valid_from - CLOCK_TOLERANCE:
        return Undecided(reason=f"{which}_not_yet_valid")
    return None
