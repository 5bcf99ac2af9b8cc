"""What a node's root key states about a key: whose it is, what for, since when, and who holds it.

A JWT, `typ: guildnet-key+jwt`. Guarantees of `read`: signed by the root key it names; about a DID of the very host
that states it; `kid` fits the key; a root's own statement is signed by that same root key. Does not say whether the
root key is to be believed: only an anchor does that.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from . import did, instant, jws, members
from .did import Did
from .errors import CredentialError
from .keys import Kid, PublicKey, Signer, kid_of, split_kid

TYP = "guildnet-key+jwt"

Role = Literal["organization", "root", "status", "token", "log", "transport"]
Custody = Literal["node", "self"]

ROLES: tuple[Role, ...] = ("organization", "root", "status", "token", "log", "transport")
CUSTODIES: tuple[Custody, ...] = ("node", "self")

_MEMBERS = ("iss", "sub", "kid", "jwk", "role", "custody", "valid_from", "valid_until", "compromised_at", "iat")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStatement:
    """One statement, read. Instants are aware UTC; `valid_until` and `compromised_at` are None while they are open."""

    issuer: Did
    signed_by: Kid
    subject: Did
    kid: Kid
    key: PublicKey
    role: Role
    custody: Custody
    valid_from: datetime
    valid_until: datetime | None
    compromised_at: datetime | None
    issued: datetime


def issue(
    *,
    root: Signer,
    subject: str,
    key: PublicKey,
    role: Role,
    custody: Custody,
    valid_from: datetime,
    valid_until: datetime | None = None,
    compromised_at: datetime | None = None,
    issued: datetime,
) -> str:
    """The signed statement. `root` is the root key of the subject's own node; `issued` is cut to the hour."""
    payload = {
        "iss": split_kid(root.kid)[0],
        "sub": subject,
        "kid": kid_of(subject, key),
        "jwk": key.jwk,
        "role": role,
        "custody": custody,
        "valid_from": instant.write(valid_from),
        "valid_until": None if valid_until is None else instant.write(valid_until),
        "compromised_at": None if compromised_at is None else instant.write(compromised_at),
        "iat": instant.numeric(instant.to_the_hour(issued)),
    }
    token = jws.sign(payload, typ=TYP, signer=root)
    read(token, root=root.public)
    return token


def signed_by(token: str) -> Kid:
    """The kid of the root key a statement says it is signed by; to be checked with `read`."""
    return jws.kid_of(token)


def is_root(token: str) -> bool:
    """Whether a statement says it is a root key's about itself; to be checked with `read_root`."""
    return jws.peek(token).payload.get("role") == "root"


def read_root(token: str) -> KeyStatement:
    """A root key's statement about itself, checked against the key it contains.

    It proves that someone holds that key, no more: compare `key.thumbprint` with an anchor.
    """
    stated = jws.peek(token).payload
    statement = read(token, root=PublicKey.from_jwk(stated.get("jwk")))
    if statement.role != "root" or statement.kid != statement.signed_by:
        raise CredentialError("not_a_root_statement")
    return statement


def read(token: str, *, root: PublicKey) -> KeyStatement:
    """The statement of `token`, signed by `root`.

    TokenError, KeyMaterialError, DidError or CredentialError if signature, key or shape do not hold.
    """
    kid = signed_by(token)
    payload = jws.verify(token, typ=TYP, key=root, kid=kid)
    members.only(payload, required=_MEMBERS)
    issuer, subject = members.text(payload, "iss"), members.text(payload, "sub")
    if kid != kid_of(issuer, root) or did.node_of(issuer) != issuer:
        raise CredentialError("not_signed_by_node")
    if did.node_of(subject) != issuer:
        raise CredentialError("foreign_subject")
    key = PublicKey.from_jwk(payload["jwk"])
    if payload["kid"] != kid_of(subject, key):
        raise CredentialError("key_id")
    role = cast(Role, members.choice(payload, "role", ROLES))
    # Roles are never shared: an organization key belongs to an organization, every other one to the node itself.
    if (role == "organization") == (subject == issuer):
        raise CredentialError("role_of_subject")
    if role == "root" and payload["kid"] != kid:
        raise CredentialError("root_not_self_signed")
    return KeyStatement(
        issuer=Did(issuer),
        signed_by=kid,
        subject=Did(subject),
        kid=kid_of(subject, key),
        key=key,
        role=role,
        custody=cast(Custody, members.choice(payload, "custody", CUSTODIES)),
        valid_from=members.when(payload, "valid_from"),
        valid_until=members.when_or_none(payload, "valid_until"),
        compromised_at=members.when_or_none(payload, "compromised_at"),
        issued=instant.from_numeric(payload["iat"]),
    )
