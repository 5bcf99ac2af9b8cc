"""An auditor's signed statement about named fields of one factory: VC 2.0 as SD-JWT (RFC 9901), `typ: vc+sd-jwt`.

Each claim is a disclosure of its own, named `path@level`, inside `credentialSubject`. So a claim cannot be moved to
another field, element or factory, and a holder shows exactly the levels a viewer has. Digests are padded with decoys
to a multiple of 16. Everything that decides validity is plain. Guarantees of `read`: signature, shape, and that every
disclosed claim is a well-formed cell whose level is the one in its name. Judges no time, no status, no trust.

Selective disclosure is not copy protection: whoever was shown a claim can show it on.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal, NewType, cast

from . import base64url, did, instant, jws, members, sdjwt, status_list
from .cell import ClaimName, check_cell, check_factory, split_claim_name
from .credential import CONTEXT, SD_JWT_TYP, credential_type
from .did import Did
from .errors import CredentialError, DisclosureError
from .keys import Entropy, Kid, PublicKey, Signer, split_kid
from .status_list import Entry
from .strict_json import JSON

AttestationId = NewType("AttestationId", str)
AssessorLevel = Literal["self", "commercial", "buyer", "membership", "peer", "3rdParty"]
Method = Literal["onsite", "remote", "document", "test_report"]

ASSESSOR_LEVELS: tuple[AssessorLevel, ...] = ("self", "commercial", "buyer", "membership", "peer", "3rdParty")
METHODS: tuple[Method, ...] = ("onsite", "remote", "document", "test_report")
REVISION_DIGEST = "revision_digest"
DIGESTS_MULTIPLE = 16
MAX_CLAIMS = 4000
ID_PREFIX = "urn:guildnet:attestation:"

_TYPE = "FieldAttestation"
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_BODY = (
    *("@context", "type", "id", "issuer", "validFrom", "validUntil", "credentialStatus", "credentialSubject"),
    *("scheme", "assessorLevel", "method", "audit"),
)
_OPTIONAL = ("independence",)  # attestations from before it was asked for keep verifying
_PERIOD = re.compile(r"P([1-9][0-9]{0,2})M", re.ASCII)
RELATIONS = ("customer", "supplier", "competitor")
MAX_EXCEPTIONS = 500  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The audit behind the attestation: its id (32 lower hex) and its first and last day."""

    id: str
    started: date
    ended: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Independence:
    """The auditor's word that for `months` months they were no customer, supplier or competitor of the factory's
    organization, with what has to be excepted in one line of words (empty: nothing)."""

    months: int
    exceptions: str = ""

    def document(self) -> dict[str, object]:
        """The member `independence` of the body; the period is that of ISO 8601."""
        return {"period": f"P{self.months}M", "noRelation": list(RELATIONS), "exceptions": self.exceptions}


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the auditor puts their name to, apart from the claims themselves. Instants are aware UTC."""

    id: AttestationId
    issuer: Did
    factory: str
    scheme: str
    assessor_level: AssessorLevel
    method: Method
    audit: Audit
    valid_from: datetime
    valid_until: datetime
    status: tuple[Entry, ...]
    independence: Independence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """An attestation, read: the statement, who signed it, and the claims this presentation discloses."""

    statement: Statement
    signed_by: Kid
    claims: Mapping[ClaimName, Mapping[str, JSON]]
    revision_digest: Mapping[str, JSON] | None


def issue(
    statement: Statement,
    *,
    claims: Mapping[str, Mapping[str, object]],
    revision_digest: Mapping[str, str],
    signer: Signer,
    entropy: Entropy,
) -> str:
    """The SD-JWT with all disclosures, for the factory and the auditor to keep.

    `claims` maps claim names to cells: one entry per field and level. `revision_digest` comes from
    `digest_of_revision`. CredentialError if a name and its cell disagree or the statement is not consistent.
    """
    if not claims or len(claims) > MAX_CLAIMS:
        raise CredentialError("claims")
    for name, cell in claims.items():
        if check_cell(cell) != split_claim_name(name)[1]:
            raise CredentialError("claim_level")
    if split_kid(signer.kid)[0] != statement.issuer:
        raise CredentialError("issuer")
    _check_revision_digest(revision_digest)
    hidden: list[tuple[str | None, object]] = [*claims.items(), (REVISION_DIGEST, revision_digest)]
    digests, texts = sdjwt.disclose(hidden, entropy=entropy, decoys=-len(hidden) % DIGESTS_MULTIPLE)
    payload = {
        **plain_body(statement),
        "credentialSubject": {"id": statement.factory, "_sd": digests},
        "_sd_alg": sdjwt.ALGORITHM,
    }
    _read_statement({name: each for name, each in payload.items() if name != "_sd_alg"})
    return sdjwt.join(jws.sign(payload, typ=SD_JWT_TYP, signer=signer), texts)


def digest_of_revision(revision: bytes, *, entropy: Entropy) -> dict[str, str]:
    """The salted digest of the audited revision: proof for the owner and the auditor, nothing for anyone else."""
    salt = entropy(16)
    return {"salt": base64url.encode(salt), "digest": base64url.encode(sha256(salt + revision).digest())}


def is_of_revision(revision_digest: Mapping[str, JSON], revision: bytes) -> bool:
    """Whether `revision` is the one that was audited."""
    _check_revision_digest(revision_digest)
    salt = base64url.decode(str(revision_digest["salt"]))
    return base64url.encode(sha256(salt + revision).digest()) == revision_digest["digest"]


def claim_names(text: str) -> tuple[ClaimName, ...]:
    """The names of the disclosed claims, in their order, without the revision digest. Checks no signature."""
    names = [item.name for item in sdjwt.split(text).disclosures if item.name != REVISION_DIGEST]
    if None in names:
        raise CredentialError("claim_name")
    return tuple(ClaimName(str(name)) for name in names)


def present(text: str, names: Collection[str]) -> str:
    """`text` disclosing exactly the claims in `names`. CredentialError if it does not have all of them.

    The revision digest goes along only when `names` contains `REVISION_DIGEST`.
    """
    kept = sdjwt.present(text, lambda item: item.name in names)
    if kept.count("~") - 1 != len(set(names)):
        raise CredentialError("claim_missing")
    return kept


def signed_by(text: str) -> Kid:
    """The kid an attestation names; to be checked with `read`."""
    return sdjwt.kid_of(text)


def read(text: str, *, key: PublicKey) -> Attestation:
    """The attestation of `text`, signed by `key` under its issuer's DID.

    TokenError, DisclosureError or CredentialError if anything at all does not hold.
    """
    kid = signed_by(text)
    payload = sdjwt.verify(text, typ=SD_JWT_TYP, key=key, kid=kid)
    subject = members.mapping(payload, "credentialSubject")
    statement = _read_statement(payload)
    if kid != f"{statement.issuer}#{key.thumbprint}":
        raise CredentialError("issuer")
    claims: dict[ClaimName, Mapping[str, JSON]] = {}
    revision: Mapping[str, JSON] | None = None
    for name, value in subject.items():
        if name == "id":
            continue
        if not isinstance(value, dict):
            raise CredentialError("cell")
        if name == REVISION_DIGEST:
            _check_revision_digest(value)
            revision = value
        elif check_cell(value) != split_claim_name(name)[1]:
            raise CredentialError("claim_level")
        else:
            claims[ClaimName(name)] = value
    _refuse_plain_claims(text, subject)
    return Attestation(statement=statement, signed_by=kid, claims=claims, revision_digest=revision)


def _refuse_plain_claims(text: str, subject: Mapping[str, JSON]) -> None:
    # A claim that is not a disclosure could not be withheld, so no holder could present the others safely; and a
    # disclosure elsewhere in the body would be neither a claim nor plain.
    if len(subject) - 1 != text.count("~") - 1:
        raise DisclosureError("not_a_claim")


def plain_body(statement: Statement) -> dict[str, object]:
    """What every reader of any claim reads, apart from the subject's id and the number of digests."""
    independence = {} if statement.independence is None else {"independence": statement.independence.document()}
    return {
        **independence,
        "@context": list(CONTEXT),
        "type": credential_type(_TYPE),
        "id": ID_PREFIX + statement.id,
        "issuer": statement.issuer,
        "validFrom": instant.write(statement.valid_from),
        "validUntil": instant.write(statement.valid_until),
        "credentialStatus": [dict(entry) for entry in status_list.entry_documents(statement.status)],
        "scheme": statement.scheme,
        "assessorLevel": statement.assessor_level,
        "method": statement.method,
        "audit": {
            "id": statement.audit.id,
            "started": statement.audit.started.isoformat(),
            "ended": statement.audit.ended.isoformat(),
        },
    }


def _read_statement(payload: Mapping[str, object]) -> Statement:
    body = cast(Mapping[str, JSON], payload)
    members.only(body, required=_BODY, optional=_OPTIONAL)
    if body["@context"] != list(CONTEXT) or body["type"] != credential_type(_TYPE):
        raise CredentialError("type")
    identifier, issuer = members.text(body, "id"), members.text(body, "issuer")
    if not identifier.startswith(ID_PREFIX) or not _ID.fullmatch(identifier.removeprefix(ID_PREFIX)):
        raise CredentialError("attestation_id")
    did.parse(issuer)
    valid_from, valid_until = members.when(body, "validFrom"), members.when(body, "validUntil")
    if not valid_from < valid_until:
        raise CredentialError("validity")
    entries = status_list.read_entries(body["credentialStatus"])
    if "revocation" not in {entry.purpose for entry in entries}:
        raise CredentialError("status_entry")  # what cannot be withdrawn must not be issued
    return Statement(
        id=AttestationId(identifier.removeprefix(ID_PREFIX)),
        issuer=Did(issuer),
        factory=check_factory(members.mapping(body, "credentialSubject").get("id")),
        scheme=members.text(body, "scheme"),
        assessor_level=cast(AssessorLevel, members.choice(body, "assessorLevel", ASSESSOR_LEVELS)),
        method=cast(Method, members.choice(body, "method", METHODS)),
        audit=_read_audit(members.mapping(body, "audit")),
        valid_from=valid_from,
        valid_until=valid_until,
        status=entries,
        independence=_read_independence(members.mapping(body, "independence")) if "independence" in body else None,
    )


def _read_independence(said: Mapping[str, JSON]) -> Independence:
    members.only(said, required=("period", "noRelation", "exceptions"))
    period, exceptions = _PERIOD.fullmatch(members.text(said, "period")), said["exceptions"]
    if period is None or said["noRelation"] != list(RELATIONS):
        raise CredentialError("independence")
    # One printable line: it is read by people beside the verdict.
    if not isinstance(exceptions, str) or len(exceptions) > MAX_EXCEPTIONS or not exceptions.isprintable():
        raise CredentialError("independence")
    return Independence(months=int(period[1]), exceptions=exceptions)


def _read_audit(audit: Mapping[str, JSON]) -> Audit:
    members.only(audit, required=("id", "started", "ended"))
    identifier = members.text(audit, "id")
    started, ended = instant.read_date(audit["started"]), instant.read_date(audit["ended"])
    if not _ID.fullmatch(identifier) or started > ended:
        raise CredentialError("audit")
    return Audit(id=identifier, started=started, ended=ended)


def _check_revision_digest(value: Mapping[str, object]) -> None:
    if set(value) != {"salt", "digest"} or not all(isinstance(text, str) for text in value.values()):
        raise CredentialError("revision_digest")
    if [len(base64url.decode(str(value[name]))) for name in ("salt", "digest")] != [16, 32]:
        raise CredentialError("revision_digest")
