"""The ledgers: every leaf made anew from its row, and every signed head from the leaves."""

from __future__ import annotations

from collections.abc import Iterator

from sharing.fsck.examine import Check, Examination
from sharing.fsck.report import Finding
from sharing.ledger import checking


def _ledgers(seen: Examination) -> Iterator[Finding]:
    for owner_id in checking.owners(seen.session):
        checked = checking.check(seen.session, owner_id)
        seen.count += checked.size
        for what, problem in checked.problems:
            yield LEDGERS.finding(checked.ledger, problem, what)


LEDGERS = Check(name="ledger", look=_ledgers)
