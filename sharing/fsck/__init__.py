"""Examining a node: whether what is stored, signed, derived and counted still fits together.

`fsck(house)` looks through `CHECKS` in one snapshot and returns a `Report`; it changes nothing. `rebuild(house, report)` makes
anew what is derived from something else: standing views, the index snapshot.
"""

from __future__ import annotations

from sharing.fsck.examine import Check, Examination
from sharing.fsck.report import Finding, Report
from sharing.fsck.run import CHECKS, fsck, rebuild

__all__ = ["CHECKS", "Check", "Examination", "Finding", "Report", "fsck", "rebuild"]
