"""Signed requests between nodes: RFC 9421 HTTP Message Signatures with RFC 9530 Content-Digest, Ed25519.

Guarantees of `verify`: one signature with the right tag covers the method, the exact target URI the caller built from
its own node id and the raw request target, and the digest of the body that was received; it carries `created`,
`expires`, `nonce` and `keyid`; it is young enough. Does not remember nonces: the caller refuses a second use of
(`key_id`, `nonce`) until `created` + 900 s. Keys come from the caller's table and are never fetched.

The signature is checked before the time, so that a clock offset is only ever reported to someone known.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.digests import ContentDigest
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.structures import VerifyResult

from . import instant
from .errors import ClockSkewError, CredentialError, DigestMismatchError, HttpSignatureError, UnknownKeyError
from .keys import PublicKey, Signer

TAG = "guildnet-fed-1"
COMPONENTS = ("@method", "@target-uri", "content-digest")
MAX_AGE = timedelta(seconds=300)  # of a signature, and between created and expires
MAX_SKEW = timedelta(seconds=300)  # of the signer's clock ahead of ours
MAX_NONCE = 128  # characters

_LABEL = "guildnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a signature must cover and carry. The default is what nodes require of each other."""

    components: tuple[str, ...] = COMPONENTS
    tag: str | None = TAG
    required: frozenset[str] = frozenset({"created", "expires", "nonce", "keyid", "tag"})
    body: bool = True


FEDERATION = Policy()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedRequest:
    """Who signed the request, and the nonce the caller must not accept again from that key."""

    key_id: str
    nonce: str
    created: datetime
    expires: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """A request as the library reads it."""

    method: str
    url: str
    headers: dict[str, str]


def sign(
    *,
    method: str,
    target_uri: str,
    body: bytes,
    signer: Signer,
    created: datetime,
    lifetime: timedelta = MAX_AGE,
    nonce: str,
) -> dict[str, str]:
    """The headers to add to a request: Content-Digest, Signature-Input, Signature.

    `target_uri` is the absolute URI that will be requested; `nonce` is fresh and unguessable, from the caller.
    """
    if not timedelta(0) < lifetime <= MAX_AGE or not 0 < len(nonce) <= MAX_NONCE:
        raise HttpSignatureError("parameters")
    message = _Message(method=method, url=target_uri, headers={"Content-Digest": _digest(body)})
    made = instant.aware(created)
    library = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)
    try:
        prepared = library.prepare(
            message,
            key_id=signer.kid,
            created=made,
            expires=made + lifetime,
            nonce=nonce,
            label=_LABEL,
            tag=TAG,
            include_alg=False,
            covered_component_ids=COMPONENTS,
            body=body,
            use_existing_digest=True,
        )
        library.apply(message, prepared, signer.sign(prepared.signature_base))
    except (HTTPMessageSignaturesException, ValueError, TypeError):
        raise HttpSignatureError("cannot_sign") from None
    return message.headers


def verify(
    *,
    method: str,
    target_uri: str,
    headers: Iterable[tuple[str, str]],
    body: bytes,
    find_key: Callable[[str], PublicKey | None],
    now: datetime,
    policy: Policy = FEDERATION,
) -> VerifiedRequest:
    """Who signed this request.

    `target_uri` is the node's own origin and the raw request target as received, never a URL the framework rebuilt.
    `headers` are all header lines. HttpSignatureError (or UnknownKeyError, DigestMismatchError, ClockSkewError with
    the offset) if anything does not hold.
    """
    message = _Message(method=method, url=target_uri, headers=_join(headers))
    result = _checked(message, _Table(find_key), policy)
    parameters = result.parameters
    if not policy.required <= parameters.keys():
        raise HttpSignatureError("missing_parameter")
    if policy.body:
        _check_body(message.headers, body)
    created = _check_times(parameters, instant.aware(now))
    expires = _moment(parameters["expires"]) if "expires" in parameters else None
    nonce = str(parameters.get("nonce", ""))
    if len(nonce) > MAX_NONCE or ("nonce" in policy.required and not nonce):
        raise HttpSignatureError("nonce")
    return VerifiedRequest(key_id=str(parameters["keyid"]), nonce=nonce, created=created, expires=expires)


class _Table(HTTPSignatureKeyResolver):
    """The caller's keys, in the library's words. Remembers whether it had to say no."""

    def __init__(self, find_key: Callable[[str], PublicKey | None]) -> None:
        self._find_key = find_key
        self.unknown = False

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        key = self._find_key(key_id)
        self.unknown = key is None
        return None if key is None else Ed25519PublicKey.from_public_bytes(key.raw)

    def resolve_private_key(self, key_id: str) -> None:
        raise HttpSignatureError("cannot_sign", key_id)


class _Verifier(HTTPMessageVerifier):
    """The library's verifier without its clock: times are judged here, against the caller's."""

    def validate_created_and_expires(self, sig_input: object, max_age: timedelta | None = None) -> None:
        """Nothing: see `_check_times`."""


def _checked(message: _Message, table: _Table, policy: Policy) -> VerifyResult:
    library = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=table)
    try:
        results = library.verify(message, max_age=None, expect_tag=policy.tag, require_components=policy.components, body=None)
    except Exception as error:  # noqa: BLE001  # the library's parsers raise more kinds than it documents
        if table.unknown:
            raise UnknownKeyError("unknown_key") from None
        raise HttpSignatureError("invalid", type(error).__name__) from None
    if len(results) != 1:
        raise HttpSignatureError("several_signatures")
    return results[0]


def _check_body(headers: Mapping[str, str], body: bytes) -> None:
    value = next((value for name, value in headers.items() if name.lower() == "content-digest"), "")
    try:
        ContentDigest.verify(value, body)
    except HTTPMessageSignaturesException:
        raise DigestMismatchError("digest_mismatch") from None


def _check_times(parameters: Mapping[str, int | str], now: datetime) -> datetime:
    created = _moment(parameters.get("created"))
    offset = int((created - now).total_seconds())
    if created > now + MAX_SKEW:
        raise ClockSkewError("created_in_future", offset=offset)
    if created < now - MAX_AGE:
        raise ClockSkewError("too_old", offset=offset)
    if "expires" in parameters:
        expires = _moment(parameters["expires"])
        if not created < expires <= created + MAX_AGE:
            raise HttpSignatureError("lifetime")
        if expires < now:
            raise ClockSkewError("expired", offset=offset)
    return created


def _moment(seconds: object) -> datetime:
    try:
        return instant.from_numeric(seconds)
    except CredentialError:
        raise HttpSignatureError("not_a_time") from None


def _digest(body: bytes) -> str:
    return ContentDigest.create(body)


def _join(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Header lines joined by name, in order (RFC 9421 section 2.1)."""
    joined: dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        joined[lower] = f"{joined[lower]}, {value}" if lower in joined else value
    return joined
