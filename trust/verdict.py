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
from .belief import CLOCK_TOLERANCE, Belief, Believed, KeyRing, Undecided, Untrusted
from .status_list import Clear, Entry, Label, Labelled, Set, StatusList, look_up
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
    """A verdict, why, and the oldest moment of the lists and key statements it rests on (None: no status was read)."""

    verdict: Verdict
    reason: str
    status_as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """No bit is set. True at `as_of` (None: rests on no moment, for example without a status); `current`: still true now.

    The moments are those of the lists and of the statements of their keys. `label`: what a list says of who stands
    behind the object.
    """

    as_of: datetime | None
    current: bool
    label: Label | None = None


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
    """What the status lists (by URL) say about an object of `issuer` with these entries. A set bit beats a doubt.

    A label takes nothing back, and yet its list must be there: leaving it out would be a way to be rid of the label.
    """
    whole, doubt = InForce(as_of=None, current=True), None
    for entry in entries:
        found = lists.get(entry.url)
        if found is None:
            doubt = doubt or StatusUnknown(reason="status_list_missing")
            continue
        belief = ring.judge_named(entry.key, found.signed_by, "status", at, signed=found.valid_from)
        if not isinstance(belief, Believed):
            doubt = doubt or StatusUnknown(reason=f"status_{belief.reason}")
            continue
        status = look_up(entry, found, issuer=issuer)
        if isinstance(status, Set):
            return Revoked(purpose=entry.purpose, as_of=found.valid_from)
        if not isinstance(status, (Clear, Labelled)):
            doubt = doubt or StatusUnknown(reason=status.reason)
            continue
        listed = InForce(
            as_of=found.valid_from,
            current=found.valid_from - CLOCK_TOLERANCE <= at < found.valid_until,
            label=status.label if isinstance(status, Labelled) else None,
        )
        whole = both(whole, under_key(listed, belief, at=at))
    return doubt or whole


def both(one: InForce, other: InForce) -> InForce:
    """What rests on two things is as of the older moment, and current only if both are."""
    moments = [moment for moment in (one.as_of, other.as_of) if moment is not None]
    return InForce(as_of=min(moments, default=None), current=one.current and other.current, label=one.label or other.label)


def under_key(status: InForce, key: Believed, *, at: datetime) -> InForce:
    """`status` of an object that `key` signed: it rests on the statements behind the key as well."""
    return both(status, InForce(as_of=key.stated_at, current=key.current(at)))


def of_key(belief: Untrusted | Undecided) -> Finding:
    """The finding that a key which is not believed makes of everything it signed."""
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
    """The verdict one attested cell earns for the cell shown at the same path and level.

    `view_status` includes the age of what is stated of the view's key.
    """
    # 1. key, withdrawal, time; 2. the value; 3. doubts about the status; 4. how fresh the status is
    if not isinstance(belief, Believed):
        return of_key(belief)
    if isinstance(status, Revoked):
        reason = "suspended" if status.purpose == "suspension" else status.purpose
        return Finding(verdict=Verdict.WITHDRAWN, reason=reason, status_as_of=status.as_of)
    void = _of_life(attestation, at)
    if void is not None:
        return void
    if not cell.supports(attested, shown):
        return Finding(verdict=Verdict.CHANGED_SINCE, reason="value_differs")
    if isinstance(status, StatusUnknown):
        return Finding(verdict=Verdict.UNRESOLVABLE, reason=status.reason)
    # The value is only as current as the oldest of what it rests on.
    whole = both(under_key(status, belief, at=at), view_status)
    return Finding(
        verdict=Verdict.VERIFIED_CURRENT if whole.current else Verdict.VERIFIED_AS_OF,
        reason="status_valid" if whole.current else "status_of_earlier_time",
        status_as_of=whole.as_of,
    )


def _of_life(attestation: Attestation, at: datetime) -> Finding | None:
    if at >= attestation.statement.valid_until:
        return Finding(verdict=Verdict.EXPIRED, reason="attestation_expired")
    if at < attestation.statement.valid_from - CLOCK_TOLERANCE:
        return Finding(verdict=Verdict.UNRESOLVABLE, reason="attestation_not_yet_valid")
    return None


def label_of(attestation: Attestation, status: Standing, *, view_issuer: str) -> Label | None:
    """Why the auditor does not count as another: it is the factory's own organization, or the status list says so."""
    if attestation.statement.issuer == view_issuer or attestation.statement.assessor_level == "self":
        return "self"
    return status.label if isinstance(status, InForce) else None


def provenance_of(attestation: Attestation, *, label: Label | None) -> Provenance:
    """The class an attestation can give a value. One with a label never gives more than the factory's own word."""
    statement = attestation.statement
    if label is not None:
        return Provenance.SELF
    return Provenance.DOCUMENT if statement.method == "document" else Provenance.PEER


def rank(word: Verdict, provenance: Provenance) -> tuple[bool, int, int]:
    """Sort key, best first: others before oneself, then the verdict, then the provenance."""
    return (
        provenance is Provenance.SELF,
        _BEST_FIRST.index(word),
        _STRONGEST_FIRST.index(provenance),
    )
