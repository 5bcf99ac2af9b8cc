"""How the values of a factory are backed, per path and level: the one answer that the search index and its second opinion use.

Guarantees: `backing` is a pure function of a record and of what attestations say of it. It equals the provenance in the
verdicts of the bundle verifier (a test compares): a claim backs a value at its own level, while that value is still what is
stated, until the attestation's last whole day, under keys that are open. Attesting oneself backs nothing.
The class `document` depends on who looks and is not in its answer: a certificate's file backs the certificate's other values
for a viewer who reads its digest (`SHOWN_DOCUMENT` shown exactly), and so may fetch it. Search adds it, the verifier likewise.
Does not guarantee: that a bundle has room for every attestation that backs a value (it takes the newest 32).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from policies import Level
from sharing import catalogue
from sharing.profile import Record
from trust.cell import ClaimName, supports
from trust.strict_json import JSON
from trust.verdict import Provenance

CLASSES: Mapping[str, int] = {each.value: rank for rank, each in enumerate(Provenance)}
"""The classes by name, weakest first, and their order."""
SHOWN_DOCUMENT = "certificate.document"
"""Derived from `document.file` in the catalogue: shown exactly only to whoever is given the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the node knows of one attestation in force: its claims (name -> cell), the class it gives, its last whole day."""

    claims: Mapping[ClaimName, Mapping[str, JSON]]
    provenance: Provenance
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Backed:
    """The value at `path`, shown at `level`, is backed so until the end of the day `until`."""

    path: str
    level: Level
    provenance: Provenance
    until: date


Backing = tuple[Backed, ...]


def documented(content: Mapping[str, object]) -> bool:
    """Whether a projection's content shows the digest of a certificate's file, which then backs the certificate."""
    scope, _, name = SHOWN_DOCUMENT.partition(".")
    elements = cast("Mapping[str, Mapping[str, Mapping[str, JSON]]]", content.get(scope, {}))
    return any(name in each and each[name]["level"] == "exact" for each in elements.values())


def backing(record: Record, known: Sequence[Facts]) -> Backing:
    """Every value of the record that an attestation backs, once for each such attestation and level that shows a value."""
    if not known:
        return ()
    found = []
    for path, key, value in record.values():
        each = catalogue.field(key)
        for level in (Level.BAND, Level.EXACT):
            cell = each.cell(value, level) if each.shown(level) is level else None
            for facts in known if cell is not None else ():
                claim = facts.claims.get(ClaimName(f"{path}@{level.name.lower()}"))
                if claim is not None and supports(claim, cast("Mapping[str, JSON]", cell)):
                    found.append(Backed(path=path, level=level, provenance=facts.provenance, until=facts.until))
    return tuple(found)
