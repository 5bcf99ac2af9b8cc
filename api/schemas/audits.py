"""Audits, worksheets and attestations."""

from __future__ import annotations

import marshmallow as ma

from api.faults import Wrong
from api.schemas.auditing import Recorded
from api.schemas.fields import Day, Document, Flag, Shown, Text, Whole
from sharing.audits import KINDS, MODALITIES


class AuditBody(ma.Schema):
    """Propose an audit: the owner invites an auditor, or an auditor offers itself."""

    factory = Text(most=21, required=True, metadata={"description": "Your own, or one that you see"})
    auditor = Text(most=400, required=True, metadata={"description": "A slug or a DID"})
    scheme = Text(most=100, required=True)
    scheme_version = Text(most=50, least=0, load_default="")
    type = Text(most=16, load_default="initial", metadata={"enum": list(KINDS)})
    modality = Text(most=16, load_default="onsite", metadata={"enum": list(MODALITIES)})
    scope = ma.fields.List(
        Text(most=64), required=True, metadata={"description": "Fields or groups of the catalogue", "minItems": 1}
    )
    scope_text = Text(most=2000, least=0, lines=True, load_default="")
    objective = Text(most=2000, least=0, lines=True, load_default="")
    announced = Flag(load_default=None, allow_none=True)
    sites = ma.fields.List(Text(most=200), load_default=[], validate=ma.validate.Length(max=50))
    previous_audit = Text(
        most=32, load_default=None, allow_none=True, metadata={"description": "Of this factory, by this auditor"}
    )
    start = Day(data_key="from", required=True)
    until = Day(required=True)


class Audit(ma.Schema):
    """An audit, for one of its two parties."""

    id = ma.fields.String(required=True)
    factory = Shown(required=True)
    owner = ma.fields.String(required=True)
    auditor = ma.fields.String(required=True)
    scheme = ma.fields.String(required=True)
    scheme_version = ma.fields.String(required=True)
    type = ma.fields.String(required=True, attribute="kind")
    modality = ma.fields.String(required=True)
    scope = ma.fields.List(ma.fields.String(), required=True)
    scope_text = ma.fields.String(required=True)
    start = Day(data_key="from", required=True)
    until = Day(required=True)
    state = ma.fields.String(required=True, metadata={"enum": ["proposed", "accepted", "closed", "declined"]})
    proposed_by = ma.fields.String(required=True)
    grant = ma.fields.String(required=True, allow_none=True, attribute="grant_id")
    record = ma.fields.Nested(Recorded, required=True)


class AuditList(ma.Schema):
    """The caller's audits, newest first, about factories that it sees now."""

    audits = ma.fields.List(ma.fields.Nested(Audit), required=True)


class WorksheetBody(ma.Schema):
    """Which fields of the scope the worksheet is for; left out: all of them."""

    fields_ = ma.fields.List(Text(most=64), data_key="fields", load_default=None)


class Independence(ma.Schema):
    """For how long the auditor was no customer, supplier or competitor of the factory's organization. It is signed."""

    months = Whole(least=1, most=120, required=True)
    exceptions = Text(most=500, least=0, load_default="", metadata={"description": "What has to be excepted"})


class AttestationBody(ma.Schema):
    """Either `sd_jwt`, signed offline, or what the node needs to sign with the key that it holds for the auditor."""

    attestation = Text(most=32, required=True, metadata={"description": "The id that the worksheet names"})
    sd_jwt = Text(most=400_000, load_default=None)
    paths = ma.fields.List(Text(most=200), load_default=None, metadata={"description": "Left out: the whole sheet"})
    assessed_on = Day(load_default=None)
    valid_until = Day(load_default=None)
    method = Text(most=20, load_default=None)
    independence = ma.fields.Nested(Independence, load_default=None)

    @ma.validates_schema
    def _one_way(self, data: dict[str, object], **_: object) -> None:
        needed = ("assessed_on", "valid_until", "method", "independence")
        if data.get("sd_jwt") is None:
            missing = [name for name in needed if data.get(name) is None]
            if missing:
                raise ma.ValidationError(
                    {name: [Wrong("Needed where sd_jwt is left out.", "needed_without_sd_jwt")] for name in missing}
                )
        else:
            given = [name for name in (*needed, "paths") if data.get(name) is not None]
            if given:
                raise ma.ValidationError(
                    {name: [Wrong("Not beside sd_jwt, which says it.", "said_by_sd_jwt")] for name in given}
                )


class Attestation(ma.Schema):
    """An attestation as the reader may see it: a presentation with the claims whose level the reader has."""

    id = ma.fields.String(required=True)
    factory = Shown(required=True)
    issuer = ma.fields.String(required=True)
    claims = ma.fields.List(ma.fields.String(), required=True)
    presentation = ma.fields.String(required=True)
    audit = ma.fields.String(required=True, attribute="audit_id")
    revoked = ma.fields.Boolean(required=True)
    state = ma.fields.String(required=True, metadata={"enum": ["in_force", "suspended", "revoked", "expired"]})
    label = ma.fields.String(required=True, allow_none=True, metadata={"enum": ["self", "reciprocal", "ring", None]})


class StandingBody(ma.Schema):
    """Revoke, suspend or resume an attestation. An auditor who keeps their own key sends the request signed."""

    reason = Text(most=500, lines=True, required=True)
    signed_request = Text(most=20_000, load_default=None)


class Worksheet(ma.Schema):
    """What the auditor signs; `guildnet attest` reads it offline."""

    worksheet = Document(required=True)
