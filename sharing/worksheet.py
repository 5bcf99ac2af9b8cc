"""What an auditor signs, and how: the worksheet of one attestation, turned into a signed SD-JWT without any database.

The worksheet lists every field in scope with its value at each level, and says what stands in the attestation's plain
body. The auditor keeps the paths they verified, corrects none (a value that differs is not attested) and signs with their
own key, on a machine that may have no network. The node makes the same signature when it holds the key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from policies import Level
from sharing import catalogue
from sharing.catalogue import Cell, Field
from sharing.errors import InvalidAttestation
from trust import attestation, jws
from trust.attestation import METHODS, AssessorLevel, AttestationId, Independence, Statement
from trust.cell import split_claim_name
from trust.did import Did
from trust.errors import TrustError
from trust.keys import Entropy, Signer
from trust.status_list import read_entries
from trust.strict_json import JSON

TYPE = "guildnet-worksheet"
REQUEST_TYPES = {
    "revoke": "guildnet-revocation+jwt",
    "suspend": "guildnet-suspension+jwt",
    "resume": "guildnet-resumption+jwt",
}
"""What an auditor asks about one attestation -> the type of the signed request; one cannot be used as another."""
MONTHS = range(1, 121)
LONGEST = timedelta(days=3 * 366)
LEVELS = (Level.EXACT, Level.BAND, Level.EXISTENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What the auditor adds: which paths (None: all), how and until which day they looked, how long it holds, and their
    word that they are independent of the factory's organization, without which nothing is signed."""

    paths: tuple[str, ...] | None
    method: str
    assessed_on: date
    valid_until: date
    independence: Independence


def field_of(path: str) -> Field:
    """The catalogue's field of a path such as `capability/<id>/process`; raises `UnknownField`."""
    parts = path.split("/")
    return catalogue.field(parts[0] if len(parts) == 1 else f"{parts[0]}.{parts[-1]}")


def claims_of(path: str, value: catalogue.Value) -> dict[str, Cell]:
    """Claim name -> cell, one for each level that the field's chain can show."""
    field = field_of(path)
    claims: dict[str, Cell] = {}
    for level in LEVELS:
        cell = field.cell(value, level)
        if cell is not None:
            claims.setdefault(f"{path}@{cell['level']}", cell)
    return claims


def paths_of(worksheet: Mapping[str, JSON]) -> tuple[str, ...]:
    """The paths in a worksheet, in its order."""
    return tuple(dict.fromkeys(split_claim_name(name)[0] for name in _claims(worksheet)))


def sign_worksheet(
    worksheet: Mapping[str, JSON], assessment: Assessment, *, signer: Signer, at: datetime, entropy: Entropy
) -> str:
    """The attestation with all its disclosures. Raises `InvalidAttestation` with what is wrong."""
    try:
        claims = _chosen(worksheet, assessment.paths)
        statement = _statement(worksheet, assessment, at)
        digest = cast(Mapping[str, str], worksheet["revision_digest"])
        return attestation.issue(statement, claims=claims, revision_digest=digest, signer=signer, entropy=entropy)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidAttestation("worksheet", "This is not a worksheet that this node made.") from error
    except TrustError as error:
        raise InvalidAttestation(error.code, f"This worksheet cannot be signed so: {error}.") from error


def plain_part(worksheet: Mapping[str, JSON], assessment: Assessment, *, at: datetime) -> Mapping[str, object]:
    """What everybody reads who sees at least one claim. Raises `InvalidAttestation` like `sign_worksheet`."""
    try:
        return attestation.plain_body(_statement(worksheet, assessment, at))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InvalidAttestation("worksheet", "This is not a worksheet that this node made.") from error
    except TrustError as error:
        raise InvalidAttestation(error.code, f"This worksheet cannot be signed so: {error}.") from error


def digests_of(worksheet: Mapping[str, JSON], assessment: Assessment) -> int:
    """How many digests the attestation has: its claims and the revision's, rounded up; every reader can count them."""
    hidden = len(_chosen(worksheet, assessment.paths)) + 1
    return hidden + -hidden % attestation.DIGESTS_MULTIPLE


def sign_request(action: str, attestation_id: str, *, signer: Signer, at: datetime, reason: str) -> str:
    """An auditor's signed request to `revoke`, `suspend` or `resume` one attestation."""
    payload = {"attestation": attestation_id, "iat": int(at.timestamp()), "reason": reason}
    return jws.sign(payload, typ=REQUEST_TYPES[action], signer=signer)


def sign_revocation(attestation_id: str, *, signer: Signer, at: datetime, reason: str) -> str:
    """An auditor's signed request to withdraw one attestation."""
    return sign_request("revoke", attestation_id, signer=signer, at=at, reason=reason)


def _claims(worksheet: Mapping[str, JSON]) -> Mapping[str, Mapping[str, object]]:
    return cast(Mapping[str, Mapping[str, object]], worksheet["claims"])


def _chosen(worksheet: Mapping[str, JSON], paths: Sequence[str] | None) -> Mapping[str, Mapping[str, object]]:
    if worksheet.get("type") != TYPE or worksheet.get("v") != 1:
        raise InvalidAttestation("worksheet", "This is not a worksheet that this node made.")
    if paths is None:
        return _claims(worksheet)
    unknown = sorted(set(paths) - set(paths_of(worksheet)))
    if unknown:
        raise InvalidAttestation("unknown_path", "The worksheet does not have " + ", ".join(unknown) + ".")
    return {name: cell for name, cell in _claims(worksheet).items() if split_claim_name(name)[0] in paths}


def _statement(worksheet: Mapping[str, JSON], assessment: Assessment, at: datetime) -> Statement:
    audit = cast(Mapping[str, str], worksheet["audit"])
    started = date.fromisoformat(audit["started"])
    if assessment.method not in METHODS:
        raise InvalidAttestation("method", "A method is one of: " + ", ".join(METHODS) + ".")
    if not started <= assessment.assessed_on <= at.date():
        raise InvalidAttestation(
            "assessed_on",
            f"The last day you looked (--assessed-on) is not before the audit began, {started}, nor after today, {at.date()}.",
        )
    if not at.date() <= assessment.valid_until <= at.date() + LONGEST:
        raise InvalidAttestation(
            "valid_until", f"The last day this holds (--valid-until) is from today, {at.date()}, to {at.date() + LONGEST}."
        )
    if assessment.independence.months not in MONTHS:
        raise InvalidAttestation("independence", f"Independence is declared for 1 to {MONTHS[-1]} months.")
    return Statement(
        id=AttestationId(str(worksheet["attestation"])),
        issuer=Did(str(worksheet["issuer"])),
        factory=str(worksheet["factory"]),
        scheme=str(worksheet["scheme"]),
        assessor_level=cast(AssessorLevel, worksheet["assessor_level"]),
        method=assessment.method,
        audit=attestation.Audit(id=audit["id"], started=started, ended=assessment.assessed_on),
        valid_from=at.replace(minute=0, second=0, microsecond=0),
        valid_until=datetime.combine(assessment.valid_until + timedelta(days=1), time(), tzinfo=UTC),
        status=read_entries(worksheet["status"]),
        independence=assessment.independence,
    )
