"""Attestations: what an auditor signed about a factory, kept whole and shown in part.

Guarantees: an attestation enters only if it is signed by the auditor's own key, stands in an accepted audit, keeps to its
worksheet and says one thing at all levels; its salts rest encrypted; a viewer is given exactly the claims at the level they
see, and none that the profile no longer has; a revoked one goes on being shown, so that its withdrawal is seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from network import identity, membership, points
from sharing import status
from sharing.auditing.bars import bar_of, bars
from sharing.auditing.labels import label_between, relabel
from sharing.auditing.models import AttestationList
from sharing.auditing.standing import CLOCK_SKEW, state_of
from sharing.audits import ACCEPTED, party_audit
from sharing.errors import InvalidAttestation, InvalidDocument, NotFound, Problems, StateConflict
from sharing.factory_id import factory_urn
from sharing.grants import expand_fields
from sharing.house import House
from sharing.ledger.collecting import note
from sharing.models import Attestation, Audit, Factory, Publication
from sharing.projection import Projection
from sharing.publications import Live, note_change
from sharing.seeing import see
from sharing.viewers import Caller
from sharing.worksheet import (
    LONGEST,
    TYPE,
    Assessment,
    claims_of,
    field_of,
    paths_of,
    sign_worksheet,
)
from trust import attestation as credentials
from trust import strict_json
from trust.cell import ClaimName, split_claim_name
from trust.errors import TrustError
from trust.keys import PublicKey
from trust.status_list import entry_documents
from trust.strict_json import JSON

MOST_PRESENTED = 32
MOST_PRESENTED_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """An attestation as one viewer gets it: the claims at the levels they see and no other."""

    id: str
    auditor_id: str
    status_list_ids: tuple[str, ...]
    presentation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationView:
    """One attestation for one reader; `claims` are the names that the presentation discloses."""

    id: str
    factory: Projection
    issuer: str
    audit_id: str
    presentation: str
    claims: tuple[str, ...]
    state: str
    label: str | None

    @property
    def revoked(self) -> bool:
        """Whether it was taken back for good."""
        return self.state == "revoked"


def make_worksheet(
    house: House, session: Session, caller: Caller, audit_id: str, *, fields: Sequence[str] | None = None
) -> Mapping[str, JSON]:
    """What the auditor of an accepted audit may sign: every attestable value in scope that they see exactly."""
    audit, projection = party_audit(house, session, caller, audit_id, lock=True)
    auditor = membership.member_of(session, audit.auditor_id)
    if auditor.id != caller.organization_id:
        raise StateConflict("Only the auditor makes a worksheet.")
    if audit.state != ACCEPTED or not audit.start <= house.today() <= audit.until:
        raise StateConflict("A worksheet is made while an accepted audit runs.", state=audit.state)
    claims = _claims_in_scope(audit, projection, fields)
    barred = bars(session, audit.factory_id, audit.auditor_id)
    left_out = {path: bar for path in paths_of({"claims": cast(JSON, claims)}) if (bar := bar_of(barred, path)) is not None}
    claims = {name: cell for name, cell in claims.items() if split_claim_name(name)[0] not in left_out}
    if not claims:
        path, bar = next(iter(left_out.items()))
        raise StateConflict(f"Everything in scope is barred, {path} by {bar.words()}.", path=path, finding=bar.finding)
    owner_id = session.get_one(Factory, audit.factory_id).organization_id
    list_id = status.new_list(house, session, auditor.id)
    index = status.allocate(house, session, list_id)
    attestation_id = house.new_id()
    row = Attestation(
        id=attestation_id,
        audit_id=audit.id,
        factory_id=audit.factory_id,
        auditor_id=auditor.id,
        worksheet="",
        schemes=[],
        status_list_id=list_id,
        status_index=index,
        created_at=house.now(),
    )
    session.add(row)
    session.flush()
    entries = (
        *status.entry(session, list_id, index),
        *status.further_entries(house, session, auditor.id, attestation_id),
    )
    sheet: dict[str, JSON] = {
        "v": 1,
        "type": TYPE,
        "attestation": attestation_id,
        "issuer": auditor.did,
        "factory": factory_urn(audit.factory_id),
        "scheme": f"{audit.scheme} {audit.scheme_version}".strip(),
        "assessor_level": "peer" if audit.kind == "peer" else "membership",
        "audit": {"id": audit.id, "started": audit.start.isoformat()},
        "status": cast(JSON, entry_documents(entries)),
        "label": label_between(house, session, auditor.id, owner_id),
        "revision_digest": cast(JSON, credentials.digest_of_revision(projection.canonical, entropy=house.entropy)),
        "claims": cast(JSON, claims),
        "barred": cast(JSON, [{"path": path, "finding": bar.finding, "item": bar.item} for path, bar in left_out.items()]),
    }
    row.worksheet = _seal(house, f"worksheet/{attestation_id}", strict_json.canonical(sheet))
    session.flush()
    note(projection, fields={field_of(path).key for path in paths_of(sheet)}, subject=attestation_id)
    return sheet


def attest_with_node_key(
    house: House, session: Session, caller: Caller, attestation_id: str, assessment: Assessment
) -> AttestationView:
    """Sign a worksheet with the auditor's key where this node holds it; raises `KeyNotHeld` where it does not."""
    row, sheet = _drafted(house, session, caller, attestation_id)
    signer = identity.organization_signer(session, house.keystore, row.auditor_id)
    signed = sign_worksheet(sheet, assessment, signer=signer, at=house.now(), entropy=house.entropy)
    points.reached("attestation:signed")
    return submit_attestation(house, session, caller, attestation_id, signed)


def submit_attestation(house: House, session: Session, caller: Caller, attestation_id: str, sd_jwt: str) -> AttestationView:
    """Take in an attestation that the auditor signed. Raises `InvalidAttestation` with the reason."""
    row, sheet = _drafted(house, session, caller, attestation_id)
    audit = session.get_one(Audit, row.audit_id)
    if audit.state != ACCEPTED:
        raise StateConflict(f"The audit is {audit.state}; nothing more can be attested under it.", state=audit.state)
    read = _read(sd_jwt, identity.organization_key(session, row.auditor_id).public)
    _check_statement(house, sheet, read)
    _check_claims(sheet, read)
    _check_bars(session, row, read)
    row.sealed = _seal(house, f"attestation/{row.id}", sd_jwt.encode())
    row.schemes = sorted(_schemes(read.claims))
    row.issued_at = house.now()
    row.valid_until = (read.statement.valid_until - timedelta(seconds=1)).astimezone(UTC).date()
    session.flush()
    for factory_id in sorted(relabel(house, session, row) | {row.factory_id}):
        note_change(session, factory_id)
    return get_attestation(house, session, caller, attestation_id)


def get_attestation(house: House, session: Session, caller: Caller, attestation_id: str) -> AttestationView:
    """The part of an attestation that the caller sees; its owner and its auditor get the revision digest too."""
    row = session.get(Attestation, attestation_id)
    if row is None or row.sealed is None:
        raise NotFound
    factory, projection = see(house, session, caller, row.factory_id)
    whole = _open(house, row)
    names = _visible_names(whole, projection)
    if not names:
        raise NotFound
    if caller.organization_id in {row.auditor_id, factory.organization_id}:
        names |= {credentials.REVISION_DIGEST}
    return AttestationView(
        id=row.id,
        factory=projection,
        issuer=membership.member_of(session, row.auditor_id).did,
        audit_id=row.audit_id,
        presentation=credentials.present(whole, names),
        claims=tuple(sorted(names - {credentials.REVISION_DIGEST})),
        state=state_of(house, row),
        label=row.label,
    )


def shown(house: House, session: Session, factory: Live, projection: Projection) -> list[Presented]:
    """The attestations of the factory of which this projection's reader sees a claim, cut to those claims.

    Those in force first, then the newest, as many as a bundle has room for.
    """
    rows = session.scalars(
        select(Attestation)
        .where(Attestation.factory_id == factory.factory_id, Attestation.sealed.is_not(None))
        .order_by(Attestation.revoked_at.is_not(None), Attestation.issued_at.desc(), Attestation.id)
    )
    presented: list[Presented] = []
    room = MOST_PRESENTED_BYTES
    for row in rows:
        whole = _open(house, row)
        names = _visible_names(whole, projection)
        presentation = credentials.present(whole, names) if names else ""
        if not presentation or len(presentation) > room or len(presented) == MOST_PRESENTED:
            continue
        room -= len(presentation)
        further = session.scalars(select(AttestationList.list_id).where(AttestationList.attestation_id == row.id))
        presented.append(
            Presented(
                id=row.id,
                auditor_id=row.auditor_id,
                status_list_ids=(row.status_list_id, *further),
                presentation=presentation,
            )
        )
    return presented


def _visible_names(whole: str, projection: Projection) -> set[str]:
    visible = {f"{path}@{cell['level']}" for path, cell in projection.cells()}
    return visible.intersection(credentials.claim_names(whole))


def _claims_in_scope(audit: Audit, projection: Projection, fields: Sequence[str] | None) -> dict[str, object]:
    scope = {str(each) for each in audit.scope} if isinstance(audit.scope, list) else set()
    if fields is not None:
        problems = Problems()
        scope &= set(expand_fields(fields, problems))
        if problems.found:
            raise InvalidDocument(tuple(problems.found))
    claims: dict[str, object] = {}
    for path, cell in projection.cells():
        if cell["level"] == "exact" and field_of(path).key in scope:
            claims.update(claims_of(path, cell["value"]))
    if not claims:
        raise StateConflict("There is nothing in scope that you can see exactly; ask with the purpose audit.")
    return claims


def _drafted(house: House, session: Session, caller: Caller, attestation_id: str) -> tuple[Attestation, Mapping[str, JSON]]:
    row = session.get(Attestation, attestation_id, with_for_update=True)
    if row is None or row.auditor_id != caller.organization_id or session.get(Publication, row.factory_id) is None:
        raise NotFound
    see(house, session, caller, row.factory_id)
    if row.sealed is not None:
        raise StateConflict("This attestation has been issued already.")
    opened = house.keystore.open(f"worksheet/{row.id}", bytes.fromhex(row.worksheet))
    return row, cast(Mapping[str, JSON], strict_json.loads(opened, max_bytes=len(opened)))


def _read(sd_jwt: str, key: PublicKey) -> credentials.Attestation:
    try:
        return credentials.read(sd_jwt, key=key)
    except TrustError as error:
        raise InvalidAttestation(error.code, f"This is not an attestation signed by your key: {error}.") from error


def _check_statement(house: House, sheet: Mapping[str, JSON], read: credentials.Attestation) -> None:
    stated = read.statement
    audit = cast(Mapping[str, str], sheet["audit"])
    fits = {
        "attestation": (stated.id, sheet["attestation"]),
        "issuer": (stated.issuer, sheet["issuer"]),
        "factory": (stated.factory, sheet["factory"]),
        "scheme": (stated.scheme, sheet["scheme"]),
        "assessor_level": (stated.assessor_level, sheet["assessor_level"]),
        "audit": ((stated.audit.id, stated.audit.started.isoformat()), (audit["id"], audit["started"])),
        "status": (entry_documents(stated.status), sheet["status"]),
    }
    for name, (said, meant) in fits.items():
        if said != meant:
            raise InvalidAttestation("not_the_worksheet", f"The attestation names another {name} than its worksheet.")
    if stated.independence is None:
        raise InvalidAttestation("independence", "Declare in the attestation how independent of the factory you are.")
    if not read.claims:
        raise InvalidAttestation("no_claims", "The attestation discloses no claim; send it with all its disclosures.")
    if stated.valid_from > house.now() + CLOCK_SKEW or stated.audit.ended > house.today():
        raise InvalidAttestation("in_the_future", "The attestation is dated in the future.")
    if stated.valid_from.date() < stated.audit.started:
        raise InvalidAttestation("before_the_audit", "The attestation is dated before its audit began.")
    if stated.valid_until > house.now() + LONGEST + timedelta(days=1):
        raise InvalidAttestation("valid_until", "An attestation holds for three years at the most.")
    if stated.valid_until <= house.now():
        raise InvalidAttestation("expired", "The attestation has run out already.")


def _check_claims(sheet: Mapping[str, JSON], read: credentials.Attestation) -> None:
    """Whole values of the worksheet and nothing else: an auditor who saw another value leaves its path out."""
    asked = cast(Mapping[str, JSON], sheet["claims"])
    paths = {split_claim_name(name)[0] for name in read.claims}
    whole = {name: cell for name, cell in asked.items() if split_claim_name(name)[0] in paths}
    if dict(read.claims) != whole or read.revision_digest != sheet["revision_digest"]:
        raise InvalidAttestation("not_the_worksheet", "The attestation says something else than its worksheet, or a part.")


def _check_bars(session: Session, row: Attestation, read: credentials.Attestation) -> None:
    """The worksheet may be older than the finding."""
    barred = bars(session, row.factory_id, row.auditor_id)
    for path in sorted({split_claim_name(name)[0] for name in read.claims}):
        bar = bar_of(barred, path)
        if bar is not None:
            raise InvalidAttestation("field_barred", f"{path} is barred by {bar.words()}.")


def _schemes(claims: Mapping[ClaimName, Mapping[str, JSON]]) -> set[str]:
    field = field_of("certificate/0/scheme")
    return {
        term
        for name, cell in claims.items()
        if name.endswith("/scheme@exact")
        for term in field.cell_terms(dict(cast(Mapping[str, str], cell)))
    }


def _seal(house: House, label: str, data: bytes) -> str:
    return house.keystore.seal(label, data).hex()


def _open(house: House, row: Attestation) -> str:
    return house.keystore.open(f"attestation/{row.id}", bytes.fromhex(row.sealed or "")).decode()
