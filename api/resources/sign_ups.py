"""Getting an account, without being logged in: sign-up, confirmation, a new password; the terms to read before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, request

from api import signing_in
from api.container import container_of
from api.errors import Refusal
from api.faults import Fault
from api.routing import Answer, Door, Kind
from api.schemas import people as schemas
from network.people import terms as terms_in_words
from sharing.catalogue.identifiers import SCHEMES, identifier

door = Door("sign-ups", url_prefix="/v1", description="Getting an account, and getting back into it.")

_WAITING = {"state": "waiting"}


@door.answers("POST", "/sign-ups", kind=Kind.NODE, public=True)
@door.takes(schemas.SignUpBody)
@door.gives(202, schemas.Waiting, description="The same for every address.")
def sign_up(body: Mapping[str, Any]) -> Answer:
    """Ask for an account and an organization. A letter says how to go on.

    With the token of a letter to this address, the sign-up takes the place of all others for it and no letter is due.
    """
    organization = organization_of(body["organization"])
    signing_in.sign_up(
        container_of(current_app),
        address=body["email"],
        password=body["password"],
        name=body["name"],
        language=body["language"],
        organization=organization,
        place=request.remote_addr or "",
        token=body["token"],
    )
    return _WAITING, 202


@door.answers("POST", "/sign-ups/confirmation", kind=Kind.NODE, public=True)
@door.takes(schemas.ConfirmationBody)
@door.gives(204)
def confirm_sign_up(body: Mapping[str, Any]) -> Answer:
    """Confirm the address with the mailed token and the password of the sign-up; now there is an account."""
    signing_in.confirm(container_of(current_app), **body)
    return None, 204


@door.answers("POST", "/password-resets", kind=Kind.NODE, public=True)
@door.takes(schemas.ResetBody)
@door.gives(202, schemas.Waiting, description="The same for every address.")
def request_reset(body: Mapping[str, Any]) -> Answer:
    """Ask for a letter with which a new password can be chosen."""
    signing_in.request_reset(container_of(current_app), address=body["email"], place=request.remote_addr or "")
    return _WAITING, 202


@door.answers("POST", "/password-resets/completion", kind=Kind.NODE, public=True)
@door.takes(schemas.NewPasswordBody)
@door.gives(204)
def finish_reset(body: Mapping[str, Any]) -> Answer:
    """Choose a new password; every session ends, a second factor stays on."""
    signing_in.finish_reset(container_of(current_app), **body, place=request.remote_addr or "")
    return None, 204


@door.answers("GET", "/terms", kind=Kind.NODE, public=True)
@door.gives(200, schemas.Terms)
def terms() -> Answer:
    """The terms in force."""
    return terms_in_words.in_force()


def organization_of(given: Mapping[str, Any]) -> dict[str, object]:
    """An organization as somebody describes it, its identifiers in their canonical spelling; raises `Refusal`."""
    faults, spelled = [], {}
    for scheme, text in given["identifiers"].items():
        found = identifier(scheme, text) if scheme in SCHEMES else None
        if found is None:
            code, message = "unknown_scheme", "One of: " + ", ".join(SCHEMES) + "."
            if scheme in SCHEMES:
                code, message = "check_digit", "Not an identifier of this scheme, or its check digit is wrong."
            faults.append(Fault(path=f"organization/identifiers/{scheme}", code=code, message=message))
        else:
            spelled[scheme] = found
    if faults:
        raise Refusal("validation_failed", "The request does not fit its schema.", errors=faults)
    return {**given, "identifiers": spelled}
