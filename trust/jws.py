"""Compact JWS with one algorithm (RFC 7515, RFC 8037), for every signed object of the network.

Guarantees: the algorithm is the key record's, never the token's; `typ` and `kid` are exactly those expected; header
parameters that bring keys or extensions are refused; the bytes verified are the bytes received. Does not judge times,
issuers or whether the key may be believed: those belong to the payload's own room.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from . import base64url, strict_json
from .errors import EncodingError, JsonError, SignatureInvalidError, TokenError
from .keys import ALGORITHMS, EMITTED_ALGORITHM, Kid, PublicKey, Signer
from .strict_json import JSON

MAX_TOKEN = 400_000  # characters; a payload of 256 kB in base64url, a header and a signature

_HEADER_MEMBERS = frozenset({"alg", "typ", "kid", "cty"})
# Refused by name so that the error says why: each would let the token choose its own key or rules.
_KEY_BRINGING = ("jwk", "jku", "x5u", "x5c")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unverified:
    """What a token says about itself, before anyone checked it. Only good for finding the key to check it with."""

    header: dict[str, JSON]
    payload: dict[str, JSON]
    kid: str
    typ: str


def sign(payload: Mapping[str, object], *, typ: str, signer: Signer) -> str:
    """The compact JWS of `payload` under `signer`, header `alg`, `kid` and `typ`."""
    header = {"alg": EMITTED_ALGORITHM, "kid": signer.kid, "typ": typ}
    body = strict_json.compact(payload)
    if len(body) > strict_json.MAX_BYTES:
        raise TokenError("too_large")
    signed = f"{base64url.encode(strict_json.compact(header))}.{base64url.encode(body)}"
    return f"{signed}.{base64url.encode(signer.sign(signed.encode('ascii')))}"


def kid_of(token: str) -> Kid:
    """The kid a token names, checked by nobody: only for finding the key."""
    return Kid(str(_header(_split(token)[0])["kid"]))


def peek(token: str) -> Unverified:
    """The header and payload of a well-formed token whose signature nobody checked."""
    header, payload, _ = _split(token)
    parsed = _header(header)
    return Unverified(header=parsed, payload=_payload(payload), kid=str(parsed["kid"]), typ=str(parsed["typ"]))


def verify(token: str, *, typ: str, key: PublicKey, kid: str) -> dict[str, JSON]:
    """The payload of `token`, signed by `key` under exactly this `kid` and `typ`.

    TokenError if the token is malformed, of another type or kid, or asks for another algorithm than the key record
    allows (checked before any cryptography); SignatureInvalidError if the signature is wrong.
    """
    head, body, tail = _split(token)
    header = _header(head)
    if header["typ"] != typ:
        raise TokenError("wrong_type")
    if header["kid"] != kid:
        raise TokenError("wrong_key_id")
    if header["alg"] not in key.algorithms:
        raise TokenError("wrong_algorithm")
    try:
        signature = base64url.decode(tail)
    except EncodingError:
        raise TokenError("signature_encoding") from None
    if len(signature) != 64:
        raise SignatureInvalidError("wrong_signature")
    key.verify(signature, f"{head}.{body}".encode("ascii"))
    return _payload(body)


def _split(token: str) -> tuple[str, str, str]:
    if len(token) > MAX_TOKEN:
        raise TokenError("too_large")
    parts = token.split(".")
    if len(parts) != 3 or not token.isascii():
        raise TokenError("not_compact_jws")
    return parts[0], parts[1], parts[2]


def _header(text: str) -> dict[str, JSON]:
    try:
        header = strict_json.loads_object(base64url.decode(text))
    except (EncodingError, JsonError) as error:
        raise TokenError("header", error.reason) from None
    if "crit" in header:
        raise TokenError("critical_extension")
    if any(name in header for name in _KEY_BRINGING):
        raise TokenError("key_in_header")
    if not _HEADER_MEMBERS.issuperset(header):
        raise TokenError("unknown_header")
    if not all(isinstance(value, str) for value in header.values()) or not header.keys() >= {"alg", "typ", "kid"}:
        raise TokenError("header_members")
    if header["alg"] not in ALGORITHMS:
        raise TokenError("unknown_algorithm")
    return header


def _payload(text: str) -> dict[str, JSON]:
    try:
        payload = strict_json.loads_object(base64url.decode(text))
    except (EncodingError, JsonError) as error:
        raise TokenError("payload", error.reason) from None
    # VC-JOSE-COSE section 1.1.2.1: the VC 1.1 claims must not appear; with them a payload would have two subjects.
    if "vc" in payload or "vp" in payload:
        raise TokenError("vc_or_vp_claim")
    return payload
