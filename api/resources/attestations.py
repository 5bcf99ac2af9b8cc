"""Attestations and the status lists that say which were taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, url_for

from api import auth, repeats
from api.container import house
from api.routing import Answer, Door, Kind
from api.schemas import auditing as recorded
from api.schemas import audits as schemas
from sharing import attestations, status, views
from sharing.auditing import listing, standing
from sharing.worksheet import Assessment
from trust.attestation import Independence

SIGNED = "application/vc+jwt"

door = Door("attestations", url_prefix="/v1", description="What auditors signed about named fields.")


@door.answers("POST", "/attestations", kind=Kind.PARTY, once=True)
@door.takes(schemas.AttestationBody)
@door.gives(201, schemas.Attestation)
def attest(body: Mapping[str, Any]) -> Answer:
    """Hand in an attestation signed offline, or have the node sign with the key it holds for the auditor.

    `Idempotency-Key` makes it safe to send again.
    """
    with auth.writing() as (session, caller):
        key = repeats.key("attestations")
        made = repeats.made_before(session, caller, key, house().now())
        if made is None:
            made = body["attestation"]
            if body["sd_jwt"] is not None:
                attestations.submit_attestation(house(), session, caller, made, body["sd_jwt"])
            else:
                attestations.attest_with_node_key(house(), session, caller, made, _assessment(body))
            repeats.remember(session, caller, key, made, house().now())
        found = attestations.get_attestation(house(), session, caller, made)
    return found, 201, {"Location": url_for("attestations.get_attestation", attestation_id=made)}


@door.answers("GET", "/attestations", kind=Kind.PARTY)
@door.takes(recorded.AttestationQuery, location="query")
@door.gives(200, recorded.AttestationList)
def list_attestations(query: Mapping[str, Any]) -> Answer:
    """Those about the caller's factories and those it signed, with their state; about factories that it sees now."""
    with auth.reading() as (session, caller):
        return {"attestations": listing.list_attestations(house(), session, caller, factory_id=query["factory"])}


@door.answers("GET", "/attestations/<hex:attestation_id>", kind=Kind.PARTY, public=True)
@door.gives(200, schemas.Attestation, etag=True)
def get_attestation(attestation_id: str) -> Answer:
    """The claims of an attestation whose field and level the caller sees."""
    with auth.reading() as (session, caller):
        return attestations.get_attestation(house(), session, caller, attestation_id)


@door.answers("POST", "/attestations/<hex:attestation_id>/revocation", kind=Kind.PARTY)
@door.takes(schemas.StandingBody)
@door.gives(204)
def revoke_attestation(body: Mapping[str, Any], attestation_id: str) -> Answer:
    """The auditor takes an attestation back; its status list says so from the next reading on."""
    with auth.writing() as (session, caller):
        standing.revoke_attestation(house(), session, caller, attestation_id, **body)
    return None, 204


@door.answers("POST", "/attestations/<hex:attestation_id>/suspension", kind=Kind.PARTY)
@door.takes(schemas.StandingBody)
@door.gives(204)
def suspend_attestation(body: Mapping[str, Any], attestation_id: str) -> Answer:
    """The auditor takes an attestation out of force until they resume it."""
    with auth.writing() as (session, caller):
        standing.suspend_attestation(house(), session, caller, attestation_id, **body)
    return None, 204


@door.answers("POST", "/attestations/<hex:attestation_id>/resumption", kind=Kind.PARTY)
@door.takes(schemas.StandingBody)
@door.gives(204)
def resume_attestation(body: Mapping[str, Any], attestation_id: str) -> Answer:
    """The auditor ends a suspension."""
    with auth.writing() as (session, caller):
        standing.resume_attestation(house(), session, caller, attestation_id, **body)
    return None, 204


@door.answers("GET", "/status/<hex:list_id>", kind=Kind.NODE, public=True)
@door.gives(200, media_type=SIGNED, etag=True, description="A Bitstring Status List credential, re-signed each hour.")
def status_list(list_id: str) -> Answer:
    """Which of the things signed under this list were taken back."""
    views.refresh_list(house(), list_id)
    with auth.reading() as (session, _):
        text = status.status_list(house(), session, list_id)
    return Response(text, content_type=SIGNED)


def _assessment(body: Mapping[str, Any]) -> Assessment:
    return Assessment(
        paths=None if body["paths"] is None else tuple(body["paths"]),
        method=body["method"],
        assessed_on=body["assessed_on"],
        valid_until=body["valid_until"],
        independence=Independence(**body["independence"]),
    )
