"""A signed projection: what one audience may see of one factory. VC 2.0 as `vc+jwt`, signed by the organization's key.

Two kinds. A stored view (audience `public` or `member`) has a status entry and no end: it holds until its bit says it
was superseded or withdrawn. A live view has an end, at most a day away, and no status. Guarantees of `read`:
signature, shape, and that the organization inside the content is the issuer. Judges no time, no status, no trust.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from . import did, instant, jws, members, status_list
from .cell import Shown, check_factory, shown_cells, walk
from .credential import CONTEXT, JWT_TYP, credential_type
from .did import Did
from .errors import CredentialError
from .keys import Kid, PublicKey, Signer, split_kid
from .status_list import Entry
from .strict_json import JSON

OPEN_AUDIENCES = ("public", "member")
MAX_LIVE = timedelta(hours=24)

_TYPE = "FactoryCapabilityView"
_REQUIRED = ("@context", "type", "issuer", "aud", "validFrom", "credentialSubject")
_OPTIONAL = ("validUntil", "credentialStatus")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A view, read. `audience` is `public`, `member` or the viewer's DID."""

    issuer: Did
    signed_by: Kid
    factory: str
    audience: str
    valid_from: datetime
    valid_until: datetime | None
    status: tuple[Entry, ...]
    content: Mapping[str, JSON]

    def cells(self) -> Iterator[Shown]:
        """Every visible value, in path order."""
        return shown_cells(self.content)


def issue(
    content: Mapping[str, object],
    *,
    audience: str,
    valid_from: datetime,
    valid_until: datetime | None = None,
    status: tuple[Entry, ...] = (),
    signer: Signer,
) -> str:
    """The signed view of projection `content`, by the organization whose key `signer` is.

    Exactly one of `valid_until` (live) and `status` (stored) is given. CredentialError otherwise.
    """
    payload: dict[str, object] = {
        "@context": list(CONTEXT),
        "type": credential_type(_TYPE),
        "issuer": split_kid(signer.kid)[0],
        "aud": audience,
        "validFrom": instant.write(valid_from),
        "credentialSubject": content,
    }
    if valid_until is not None:
        payload["validUntil"] = instant.write(valid_until)
    if status:
        payload["credentialStatus"] = [dict(entry) for entry in status_list.entry_documents(status)]
    token = jws.sign(payload, typ=JWT_TYP, signer=signer)
    # Shape only: the bytes were signed a line above. What cannot be read must not leave.
    _read(cast(Mapping[str, JSON], jws.peek(token).payload), signer.kid)
    return token


def signed_by(token: str) -> Kid:
    """The kid a view names; to be checked with `read`."""
    return jws.kid_of(token)


def read(token: str, *, key: PublicKey) -> View:
    """The view of `token`, signed by `key` under its issuer's DID; TokenError or CredentialError otherwise."""
    kid = signed_by(token)
    payload = jws.verify(token, typ=JWT_TYP, key=key, kid=kid)
    view = _read(payload, kid)
    if kid != f"{view.issuer}#{key.thumbprint}":
        raise CredentialError("issuer")
    return view


def _read(payload: Mapping[str, JSON], kid: Kid) -> View:
    members.only(payload, required=_REQUIRED, optional=_OPTIONAL)
    if payload["@context"] != list(CONTEXT) or payload["type"] != credential_type(_TYPE):
        raise CredentialError("type")
    issuer, audience = members.text(payload, "issuer"), members.text(payload, "aud")
    content = members.mapping(payload, "credentialSubject")
    if content.get("organization") != issuer or split_kid(kid)[0] != issuer:
        raise CredentialError("issuer")
    if did.parse(issuer).slug is None:
        raise CredentialError("issuer")
    if audience not in OPEN_AUDIENCES:
        did.parse(audience)
    valid_from = members.when(payload, "validFrom")
    live, stored = "validUntil" in payload, "credentialStatus" in payload
    if live == stored:
        raise CredentialError("live_or_stored")
    valid_until = members.when(payload, "validUntil") if live else None
    if valid_until is not None and not valid_from < valid_until <= valid_from + MAX_LIVE:
        raise CredentialError("validity")
    for _ in walk(content):
        pass  # the walk refuses content of any other shape
    return View(
        issuer=Did(issuer),
        signed_by=kid,
        factory=check_factory(content.get("id")),
        audience=audience,
        valid_from=valid_from,
        valid_until=valid_until,
        status=status_list.read_entries(payload["credentialStatus"]) if stored else (),
        content=content,
    )
