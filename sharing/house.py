"""What every service of `sharing` works with, made once by the composition root and handed in.

Services are functions of `(house, session, caller, ...)`: the door opens one transaction, resolves the caller inside it and
calls one service. A service never commits and never opens a second transaction, so an exception leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from network.database import Database
from network.keystore import Keystore
from policies import PlatformCap
from sharing.ledger.recording import Recorder
from sharing.search import Replica

Clock = Callable[[], datetime]
Entropy = Callable[[int], bytes]

ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The shared dependencies: database, keys, time, chance, the search replica, the platform's own caps, and who notes what
    is disclosed."""

    database: Database
    keystore: Keystore
    clock: Clock
    entropy: Entropy
    replica: Replica
    platform: tuple[PlatformCap, ...] = ()
    recorder: Recorder = field(default_factory=Recorder)

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return self.clock().astimezone(UTC)

    def today(self) -> date:
        """The UTC day that dated rules, grants and certificates are read against."""
        return self.now().date()

    def hour(self) -> datetime:
        """The start of the current UTC hour: what is signed on the spot carries no finer date."""
        return self.now().replace(minute=0, second=0, microsecond=0)

    def new_id(self) -> str:
        """128 random bits as 32 lower-case hex characters."""
        return self.entropy(ID_BYTES).hex()
