"""Access tokens: short JWTs (RFC 9068, `at+jwt`) that say which organization asks, through which client, for what.

A person's token also names the person and the session it was got with; its `client_id` is `SESSIONS`.

Guarantees of `read_token`: signed with EdDSA by a token key that the node itself holds, of exactly this type, for this
node, not expired and not from the future (60 s of tolerance, on the clock that is passed in). A header with any other
member than `typ`, `alg` and `kid` is refused. Nothing in a token says what its bearer may see: roles, grants, facts and
revocation are read from the database at each request.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from jwt.algorithms import Algorithm

TYPE = "at+jwt"
ALGORITHM = "EdDSA"
SESSIONS = "session"
TOLERANCE_S = 60
LENGTH_MAX = 4096
"""Characters. Ours have about 900."""

_CLAIMS = ("iss", "aud", "sub", "client_id", "org", "jti", "iat", "exp", "scope")


def replaced_since(now: datetime, lifetime_s: int) -> datetime:
    """Tokens signed with a key that was replaced before this moment have all expired."""
    return now - timedelta(seconds=lifetime_s + TOLERANCE_S)


class TokenSigner(Protocol):
    """The node's token key; the private half stays behind `sign`."""

    @property
    def kid(self) -> str:
        """The key's DID URL."""

    def sign(self, data: bytes) -> bytes:
        """An Ed25519 signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """What a token says. `organization` is a DID, `scope` is sorted, times are aware and in UTC."""

    issuer: str
    audience: str
    client_id: str
    organization: str
    purpose: str | None
    scope: tuple[str, ...]
    id: str
    issued: datetime
    expires: datetime
    person: str | None = None
    session: str | None = None

    @property
    def subject(self) -> str:
        """The person who acts, else the program."""
        return self.person or self.client_id


class TokenRefused(Exception):
    """The token does not count. `reason` is safe to show: it says nothing that the bearer could not see."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _HeldKey(Algorithm):
    """Lets PyJWT sign with a key that it never sees."""

    def prepare_key(self, key: Any) -> Any:
        return key

    def sign(self, msg: bytes, key: Any) -> bytes:
        signature: bytes = key.sign(msg)
        return signature

    def verify(self, msg: bytes, key: Any, sig: bytes) -> bool:
        raise NotImplementedError

    @staticmethod
    def to_jwk(key_obj: Any, as_dict: bool = False) -> Any:
        raise NotImplementedError

    @staticmethod
    def from_jwk(jwk: Any) -> Any:
        raise NotImplementedError


def issue_token(claims: Claims, signer: TokenSigner) -> str:
    """The signed compact form of `claims`."""
    payload: dict[str, object] = {
        "iss": claims.issuer,
        "aud": claims.audience,
        "sub": claims.subject,
        "client_id": claims.client_id,
        "org": claims.organization,
        "jti": claims.id,
        "iat": int(claims.issued.timestamp()),
        "exp": int(claims.expires.timestamp()),
        "scope": " ".join(claims.scope),
    }
    if claims.purpose is not None:
        payload["purpose"] = claims.purpose
    if claims.person is not None:
        payload |= {"person": claims.person, "session": claims.session}
    maker = jwt.PyJWS(algorithms=[])
    maker.register_algorithm(ALGORITHM, _HeldKey())
    text = json.dumps(payload, separators=(",", ":"), sort_keys=True).encode()
    return maker.encode(text, signer, algorithm=ALGORITHM, headers={"typ": TYPE, "kid": signer.kid})  # type: ignore[arg-type]


def read_token(text: str, *, keys: Mapping[str, Ed25519PublicKey], audience: str, issuer: str, now: datetime) -> Claims:
    """What a token says, if it counts; raises `TokenRefused`. `keys` are the node's token keys by kid."""
    if len(text) > LENGTH_MAX or not text.isascii():
        raise TokenRefused("The token is not one of this node's.")
    try:
        header = jwt.get_unverified_header(text)
        if set(header) != {"typ", "alg", "kid"} or header["typ"] != TYPE or header["alg"] != ALGORITHM:
            raise TokenRefused("The token is not of the type this node issues.")
        if header["kid"] not in keys:
            raise TokenRefused("The token is signed with a key that is not in use.")
        payload: Mapping[str, Any] = jwt.decode(
            text,
            keys[header["kid"]],
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=issuer,
            # Times are judged below, on the request's own clock reading.
            options={"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
        return _judged(payload, now)
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise TokenRefused("The token is not one of this node's.") from error


def _judged(payload: Mapping[str, Any], now: datetime) -> Claims:
    issued = datetime.fromtimestamp(int(payload["iat"]), UTC)
    expires = datetime.fromtimestamp(int(payload["exp"]), UTC)
    if expires + timedelta(seconds=TOLERANCE_S) <= now:
        raise TokenRefused("The token has expired.")
    if issued - timedelta(seconds=TOLERANCE_S) > now:
        ahead = math.ceil((issued - now).total_seconds())
        raise TokenRefused(f"The token is from {ahead} s in the future.")
    purpose = payload.get("purpose")
    person, session = payload.get("person"), payload.get("session")
    acts = payload["client_id"] if person is None else person
    if payload["sub"] != acts or not all(each is None or isinstance(each, str) for each in (purpose, person, session)):
        raise TokenRefused("The token is not one of this node's.")
    return Claims(
        issuer=payload["iss"],
        audience=payload["aud"],
        client_id=str(payload["client_id"]),
        organization=str(payload["org"]),
        purpose=purpose,
        scope=tuple(sorted(str(payload["scope"]).split())),
        id=str(payload["jti"]),
        issued=issued,
        expires=expires,
        person=person,
        session=session,
    )
