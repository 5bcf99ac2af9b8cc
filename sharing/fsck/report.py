"""What an examination of the node found.

A finding names what is wrong where, by ids and codes: never a value of a factory, so that a report can be sent to whoever
helps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it must be: the check that saw it, the row or file, a stable code, details."""

    check: str
    subject: str
    problem: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`checked`: how many things each check looked at. `notes`: what is no damage, and worth a look. `repaired`: what was
    derived and has been made anew."""

    checked: Mapping[str, int]
    findings: tuple[Finding, ...]
    notes: tuple[Finding, ...] = ()
    repaired: tuple[Finding, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.findings
