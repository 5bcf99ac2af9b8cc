"""The words of a verdict, and how one attested claim earns its word.

One verdict per visible value, never one for the whole factory. Absent means unknown, never "no".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from . import cell
from .attestation import Attestation
from .belief import CLOCK_TOLERANCE, Belief, Believed, KeyRing, Untrusted
from .status_list import Clear, Entry, Set, StatusList, look_up
from .strict_json import JSON


class Verdict(StrEnum):
    """What can be said about one value."""

    VERIFIED_CURRENT = "verified_current"
    VERIFIED_AS_OF = "verified_as_of"
    CHANGED_SINCE = "changed_since"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ISSUER_UNTRUSTED = "issuer_untrusted"
    UNRESOLVABLE = "unresolvable"
    NOT_ATTESTED = "not_attested"


class Provenance(StrEnum):
    """How a value is backed, weakest first. `accredited` needs accreditation anchors."""

    SELF = "self"
    DOCUMENT = "document"
    PEER = "peer"
    ACCREDITED = "accredited"


VERIFIED = frozenset({Verdict.VERIFIED_CURRENT, Verdict.VERIFIED_AS_OF})

_BEST_FIRST = (
    Verdict.VERIFIED_CURRENT,
    Verdict.VERIFIED_AS_OF,
    Verdict.CHANGED_SINCE,
    Verdict.EXPIRED,
    Verdict.WITHDRAWN,
    Verdict.UNRESOLVABLE,
    Verdict.ISSUER_UNTRUSTED,
    Verdict.NOT_ATTESTED,
)
_STRONGEST_FIRST = (Provenance.ACCREDITED, Provenance.PEER, Provenance.DOCUMENT, Provenance.SELF)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A verdict, why, and the moment its status was true (None: no status was read)."""

    verdict: Verdict
    reason: str
    status_as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """No bit is set. True at `as_of` (None: the object has no status); `current`: the lists are valid now."""

    as_of: datetime | None
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """A bit is set."""

    purpose: str
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUnknown:
    """The lists at hand do not answer."""

    reason: str


Standing: TypeAlias = InForce | Revoked | StatusUnknown


def standing(
    entries: Iterable[Entry], lists: Mapping[str, StatusList], ring: KeyRing, *, issuer: str, at: datetime
) -> Standing:
    """What the status lists (by URL) say about an object of `issuer` with these entries. A set bit beats a doubt."""
    moments: list[datetime] = []
    current, doubt = True, None
    for entry in entries:
        found = lists.get(entry.url)
        if found is None:
            doubt = doubt or StatusUnknown(reason="status_list_missing")
            continue
        belief = ring.judge_named(entry.key, found.signed_by, "status", at)
        if not isinstance(belief, Believed):
            doubt = doubt or StatusUnknown(reason=f"status_{belief.reason}")
            continue
        status = look_up(entry, found, issuer=issuer)
        if isinstance(status, Set):
            return Revoked(purpose=entry.purpose, as_of=found.valid_from)
        if not isinstance(status, Clear):
            doubt = doubt or StatusUnknown(reason=status.reason)
            continue
        moments.append(found.valid_from)
        current = current and found.valid_from - CLOCK_TOLERANCE <= at < found.valid_until
    return doubt or InForce(as_of=min(moments, default=None), current=current)


def of_key(belief: Belief) -> Finding | None:
    """The finding that a key which is not believed makes of everything it signed; None for a believed one."""
    if isinstance(belief, Believed):
        return None
    verdict = Verdict.ISSUER_UNTRUSTED if isinstance(belief, Untrusted) else Verdict.UNRESOLVABLE
    return Finding(verdict=verdict, reason=belief.reason)


def of_claim(
    attestation: Attestation,
    attested: Mapping[str, JSON],
    shown: Mapping[str, JSON],
    *,
    belief: Belief,
    status: Standing,
    view_status: InForce,
    at: datetime,
) -> Finding:
    """The verdict one attested cell earns for the cell shown at the same path and level."""
    # 1. key, withdrawal, time; 2. the value; 3. doubts about the status; 4. how fresh the status is
    void = of_key(belief) or _of_life(attestation, status, at)
    if void is not None:
        return void
    if not cell.supports(attested, shown):
        return Finding(verdict=Verdict.CHANGED_SINCE, reason="value_differs")
    if isinstance(status, StatusUnknown):
        return Finding(verdict=Verdict.UNRESOLVABLE, reason=status.reason)
    # The value is only as current as the older of the two statuses it rests on.
    as_of = min(moment for moment in (status.as_of, view_status.as_of) if moment is not None)
    if isinstance(status, InForce) and status.current and view_status.current:
        return Finding(verdict=Verdict.VERIFIED_CURRENT, reason="status_valid", status_as_of=as_of)
    return Finding(verdict=Verdict.VERIFIED_AS_OF, reason="status_of_earlier_time", status_as_of=as_of)


def _of_life(attestation: Attestation, status: Standing, at: datetime) -> Finding | None:
    if isinstance(status, Revoked):
        return Finding(verdict=Verdict.WITHDRAWN, reason=status.purpose, status_as_of=status.as_of)
    if at >= attestation.statement.valid_until:
        return Finding(verdict=Verdict.EXPIRED, reason="attestation_expired")
    if at < attestation.statement.valid_from - CLOCK_TOLERANCE:
        return Finding(verdict=Verdict.UNRESOLVABLE, reason="attestation_not_yet_valid")
    return None


def provenance_of(attestation: Attestation, *, view_issuer: str) -> Provenance:
    """The class an attestation can give a value. Attesting one's own factory is always `self`."""
    statement = attestation.statement
    if statement.issuer == view_issuer or statement.assessor_level == "self":
        return Provenance.SELF
    return Provenance.DOCUMENT if statement.method == "document" else Provenance.PEER


def rank(word: Verdict, provenance: Provenance) -> tuple[bool, int, int]:
    """Sort key, best first: others before oneself, then the verdict, then the provenance."""
    return (
        provenance is Provenance.SELF,
        _BEST_FIRST.index(word),
        _STRONGEST_FIRST.index(provenance),
    )
