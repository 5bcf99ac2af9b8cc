"""What becomes of an attestation after it was issued: revoked for good, suspended, resumed.

Guarantees: only its auditor moves it, also when the factory is hidden from them by now; an auditor who keeps their own key
proves it is them with a signed request, dated after the one before, so that nobody can send an old one again; its lists
say so from their next reading on, and search hears of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from network import identity
from network.database import hold_changes
from sharing import status
from sharing.auditing.models import AttestationList
from sharing.errors import InvalidAttestation, NotFound, StateConflict
from sharing.house import House
from sharing.models import Attestation
from sharing.publications import note_change
from sharing.viewers import Caller
from sharing.worksheet import REQUEST_TYPES
from trust import jws
from trust.errors import TrustError

CLOCK_SKEW = timedelta(seconds=300)
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class _Asked:
    """What an auditor asks, about which attestation, and the request that they signed if they keep their own key."""

    action: str
    attestation_id: str
    signed: str | None


def revoke_attestation(
    house: House,
    session: Session,
    caller: Caller,
    attestation_id: str,
    *,
    reason: str,
    signed_request: str | None = None,
) -> None:
    """The auditor withdraws an attestation for good."""

    def revoked(row: Attestation) -> None:
        row.revoked_at = house.now()
        row.revocation_reason = reason[:LONGEST_REASON]
        status.revoke(session, row.status_list_id, row.status_index)

    _move(house, session, caller, _Asked("revoke", attestation_id, signed_request), revoked)


def suspend_attestation(
    house: House,
    session: Session,
    caller: Caller,
    attestation_id: str,
    *,
    reason: str,
    signed_request: str | None = None,
) -> None:
    """The auditor takes an attestation out of force until they resume it; meanwhile it backs nothing."""

    def suspended(row: Attestation) -> None:
        if row.suspended_at is not None:
            raise StateConflict("The attestation is suspended already.", state="suspended")
        if session.get(AttestationList, (row.id, "suspension")) is None:
            raise StateConflict("This attestation was signed before there was suspension; it can only be revoked.")
        row.suspended_at = house.now()
        row.suspension_reason = reason[:LONGEST_REASON]

    _move(house, session, caller, _Asked("suspend", attestation_id, signed_request), suspended)


def resume_attestation(
    house: House,
    session: Session,
    caller: Caller,
    attestation_id: str,
    *,
    reason: str,
    signed_request: str | None = None,
) -> None:
    """The auditor ends a suspension. `reason` stands in the signed request."""
    del reason

    def resumed(row: Attestation) -> None:
        if row.suspended_at is None:
            raise StateConflict("The attestation is not suspended.", state="in_force")
        row.suspended_at = row.suspension_reason = None

    _move(house, session, caller, _Asked("resume", attestation_id, signed_request), resumed)


def state_of(house: House, row: Attestation) -> str:
    """`in_force`, `suspended`, `revoked` or `expired`, the first of these that is true from the strongest on."""
    if row.revoked_at is not None:
        return "revoked"
    if row.valid_until is not None and row.valid_until < house.today():
        return "expired"
    return "in_force" if row.suspended_at is None else "suspended"


def _move(
    house: House,
    session: Session,
    caller: Caller,
    asked: _Asked,
    change: Callable[[Attestation], None],
) -> None:
    found = session.get(Attestation, asked.attestation_id)
    if found is None or found.sealed is None or found.auditor_id != caller.organization_id:
        raise NotFound
    # The number before the row: whoever labels holds the number, and then writes rows.
    hold_changes(session)
    row = session.get_one(Attestation, asked.attestation_id, with_for_update=True, populate_existing=True)
    if row.revoked_at is not None:
        raise StateConflict("The attestation has been revoked already.", state="revoked")
    key = identity.organization_key(session, row.auditor_id)
    if key.custody == "self":
        row.asked_at = _date_of(house, key, row, asked)
    change(row)
    session.flush()
    note_change(session, row.factory_id)


def _date_of(house: House, key: identity.Key, row: Attestation, request: _Asked) -> datetime:
    """The date of a request that is the auditor's own, about this attestation, and newer than the last."""
    if request.signed is None:
        raise InvalidAttestation("signature_needed", "You keep your own key: send a request signed with it.")
    try:
        asked = jws.verify(request.signed, typ=REQUEST_TYPES[request.action], key=key.public, kid=key.kid)
    except TrustError as error:
        raise InvalidAttestation(error.code, "The request is not signed by your key for this.") from error
    at = asked.get("iat")
    if asked.get("attestation") != row.id or not isinstance(at, int):
        raise InvalidAttestation("other_attestation", "The request names another attestation.")
    latest = house.now() + CLOCK_SKEW
    if not 0 <= at <= latest.timestamp():
        raise InvalidAttestation("in_the_future", "The request is dated in the future.")
    signed_at = datetime.fromtimestamp(at, UTC)
    if row.asked_at is not None and signed_at <= row.asked_at:
        raise InvalidAttestation("older_request", "You have asked something since this request was signed; sign another.")
    return signed_at
