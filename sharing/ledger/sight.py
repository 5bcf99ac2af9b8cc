"""For whom a projection was made, and why it says what it says: carried by the projection itself, never emitted.

Whoever gives a projection out to somebody else than its owner needs it for the ledger; one without cannot be given out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from policies import Decision, Granted, Policy, Relation, Viewer, granted


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The decision behind a projection and what it was made of; `owner_id` is the owner's organization."""

    owner_id: str
    policy: Policy
    viewer: Viewer
    relation: Relation
    day: date
    decision: Decision

    def granted(self, shown: Iterable[str]) -> Granted:
        """Which rules gave the fields `shown`. Worked out when asked: most projections are never given out."""
        return granted(self.policy, self.viewer, self.relation, self.day, decision=self.decision, shown=shown)
