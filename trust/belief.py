"""Which keys of a bundle may be believed, and how far. The only way in is an anchor the user brought.

A key is believed if the user pinned exactly it for its DID, or if a node root key that the user anchored states it.
A pin overrides the node: where a DID is pinned, no other key of it is believed, whatever is stated.

A statement says nothing after the moment it was made, or a stolen key would only need one from before it was found
out. So what is dated later is not believed on it (`key_statement_older`), and what it does support is known to hold as
of `stated_at` and no later.

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
STATEMENT_GRAIN = timedelta(hours=1)  # statements are dated to the hour in which they were made
STATEMENT_FRESH = timedelta(hours=24)  # how long a statement is the current word, like a status list

KeyCustody = Literal["node", "self", "pinned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """The key is its owner's, as far as the user's anchors reach.

    `custody`: `node` holds the key and could have signed itself; `self`: the owner holds it, says the node the user
    anchored; `pinned`: the user vouches for the key, and no node holds it.
    `stated_at`: the older of the statements of the key and of its root; None: a pin alone, which has no age.
    """

    custody: KeyCustody
    through: Origin
    stated_at: datetime | None

    @property
    def words(self) -> str:
        """How to print the custody."""
        if self.custody == "node":
            return f"as stated through {self.through}"
        return f"own key, says {self.through}" if self.custody == "self" else "key pinned by you"

    def current(self, at: datetime) -> bool:
        """Whether the statements behind the key are the current word at `at`."""
        return self.stated_at is None or (
            self.stated_at - CLOCK_TOLERANCE <= at <= self.stated_at + STATEMENT_FRESH + CLOCK_TOLERANCE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Untrusted:
    """No anchor leads to the key, or it must not be believed any more."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """An anchor leads to the key, but nothing here says that it was valid when it signed.

    `stated_at`: as in `Believed`.
    """

    reason: str
    stated_at: datetime


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

    def judge(self, kid: Kid, role: Role, at: datetime, *, signed: datetime) -> Belief:
        """Whether the key `kid`, stated in the bundle, may be believed at `at` in `role` for an object dated `signed`."""
        statement = self._statements.get(kid)
        if statement is None:
            return Untrusted(reason="no_key_statement")
        pins = self._pins.get(statement.subject, set())
        pinned = split_kid(kid)[1] in pins
        if pins and not pinned:
            return Untrusted(reason="another_key_pinned")
        if statement.role != role:
            return Untrusted(reason="key_role")
        root = self._judge_root(statement.signed_by, at)
        if isinstance(root, Believed):
            held: KeyCustody = "pinned" if pinned and statement.custody == "self" else statement.custody
            return _of_statement(statement, at, signed=signed, custody=held, root_stated_at=root.stated_at)
        if not pinned:
            return root
        # What an unbelieved node says against its own interest still counts: that it holds the key.
        custody: KeyCustody = "node" if statement.custody == "node" else "pinned"
        return Believed(custody=custody, through=did.origin_of(statement.issuer), stated_at=None)

    def judge_named(self, named: Kid, kid: Kid, role: Role, at: datetime, *, signed: datetime) -> Belief:
        """Like `judge`, for a key that a believed signed body names for this role: its thumbprint is a pin of the signer's.

        Unlike the user's pin it has an age: the signer knew nothing of what became of the key afterwards.
        """
        belief = self.judge(kid, role, at, signed=signed)
        statement = self._statements.get(kid)
        if belief != Untrusted(reason="no_anchor") or statement is None or named != kid or statement.role != role:
            return belief
        return _of_statement(statement, at, signed=signed, custody="pinned", root_stated_at=None)

    def _judge_root(self, kid: Kid, at: datetime) -> Belief:
        # A root signs its own statement, so whoever stole it can date that as they like: its age only bounds freshness.
        statement = self._statements.get(kid)
        if kid not in self._roots or statement is None:
            return Untrusted(reason="no_anchor")
        return _in_time(statement, at, "root", stated_at=statement.issued) or Believed(
            custody=statement.custody, through=did.origin_of(statement.issuer), stated_at=statement.issued
        )


def _of_statement(
    statement: KeyStatement, at: datetime, *, signed: datetime, custody: KeyCustody, root_stated_at: datetime | None
) -> Belief:
    stated_at = statement.issued if root_stated_at is None else min(statement.issued, root_stated_at)
    doubt = _in_time(statement, at, "key", stated_at=stated_at)
    if doubt is not None:
        return doubt
    if signed > statement.issued + STATEMENT_GRAIN + CLOCK_TOLERANCE:
        return Undecided(reason="key_statement_older", stated_at=stated_at)
    return Believed(custody=custody, through=did.origin_of(statement.issuer), stated_at=stated_at)


def _in_time(statement: KeyStatement, at: datetime, which: str, *, stated_at: datetime) -> Untrusted | Undecided | None:
    if statement.compromised_at is not None:
        return Untrusted(reason=f"compromised_{which}")  # never logged: invalid whenever it signed
    if statement.valid_until is not None and at >= statement.valid_until:
        return Undecided(reason=f"rotated_{which}_without_log", stated_at=stated_at)
    if at < statement.valid_from - CLOCK_TOLERANCE:
        return Undecided(reason=f"{which}_not_yet_valid", stated_at=stated_at)
    return None
