"""Ed25519 keys that are safe to verify with (RFC 8032, RFC 8037, RFC 7638).

A `PublicKey` exists only for a canonical encoding of a point on the curve that is not of low order: with a low-order
key one signature fits many messages, and the library underneath loads such keys. A `PublicKey` knows which `alg`
names its record allows; nothing in a token can widen that. Private keys never appear in reprs or errors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import NewType, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from . import base64url
from .errors import EncodingError, KeyMaterialError, SignatureInvalidError

Thumbprint = NewType("Thumbprint", str)
Kid = NewType("Kid", str)
Entropy = Callable[[int], bytes]
"""n -> n random bytes. The caller's, so that this package is pure."""

ALGORITHMS = frozenset({"EdDSA", "Ed25519"})  # RFC 8037 and its fully specified name in RFC 9864
EMITTED_ALGORITHM = "EdDSA"

_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
# The y coordinates of the eight points of small order; the sign of x does not matter.
_ORDER_8_Y = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_LOW_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y})
_JWK_MEMBERS = frozenset({"kty", "crv", "x", "alg", "use", "kid"})


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A verification key. Build it with `from_bytes` or `from_jwk`, which check it."""

    raw: bytes
    algorithms: frozenset[str] = ALGORITHMS
    _loaded: Ed25519PublicKey = field(repr=False, compare=False, kw_only=True)

    @classmethod
    def from_bytes(cls, raw: bytes, *, algorithms: frozenset[str] = ALGORITHMS) -> "PublicKey":
        """The key of 32 bytes (RFC 8032 section 5.1.2); KeyMaterialError if it must not be used."""
        if not algorithms or not algorithms <= ALGORITHMS:
            raise KeyMaterialError("unknown_algorithm")
        return cls(raw, algorithms, _loaded=_load(raw))

    @classmethod
    def from_jwk(cls, jwk: object) -> "PublicKey":
        """The key of a public OKP/Ed25519 JWK (RFC 8037); KeyMaterialError otherwise, private keys included."""
        if not isinstance(jwk, Mapping) or not _JWK_MEMBERS.issuperset(jwk):
            raise KeyMaterialError("jwk_members")
        if jwk.get("kty") != "OKP" or jwk.get("crv") != "Ed25519" or jwk.get("use", "sig") != "sig":
            raise KeyMaterialError("jwk_type")
        text, algorithm = jwk.get("x"), jwk.get("alg")
        if not isinstance(text, str) or not isinstance(jwk.get("kid", ""), str):
            raise KeyMaterialError("jwk_members")
        if algorithm is not None and (not isinstance(algorithm, str) or algorithm not in ALGORITHMS):
            raise KeyMaterialError("unknown_algorithm")
        try:
            raw = base64url.decode(text)
        except EncodingError:
            raise KeyMaterialError("jwk_encoding") from None
        return cls.from_bytes(raw, algorithms=ALGORITHMS if algorithm is None else frozenset({algorithm}))

    @property
    def jwk(self) -> dict[str, str]:
        """The members RFC 7638 hashes, and `alg` if the record allows only one."""
        members = {"crv": "Ed25519", "kty": "OKP", "x": base64url.encode(self.raw)}
        return members if len(self.algorithms) > 1 else members | {"alg": next(iter(self.algorithms))}

    @property
    def thumbprint(self) -> Thumbprint:
        """RFC 7638, SHA-256, base64url. Of the key alone: `alg` and `kid` do not change it."""
        members = f'{{"crv":"Ed25519","kty":"OKP","x":"{base64url.encode(self.raw)}"}}'
        return Thumbprint(base64url.encode(sha256(members.encode("ascii")).digest()))

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return if `signature` is this key's over `message`; SignatureInvalidError otherwise."""
        try:
            self._loaded.verify(signature, message)
        except InvalidSignature:
            raise SignatureInvalidError("wrong_signature") from None


@lru_cache(maxsize=4096)  # the same few keys come again and again, and the curve check costs half a verification
def _load(raw: bytes) -> Ed25519PublicKey:
    if len(raw) != 32:
        raise KeyMaterialError("wrong_length")
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _P:
        raise KeyMaterialError("not_canonical")
    if y in _LOW_ORDER_Y:
        raise KeyMaterialError("low_order")
    # x^2 = u/v is a square iff u*v is (Euler); v is never zero on this curve.
    if pow((y * y - 1) * (_D * y * y + 1), (_P - 1) // 2, _P) != 1:
        raise KeyMaterialError("not_on_curve")
    return Ed25519PublicKey.from_public_bytes(raw)


class Signer(Protocol):
    """Something that can sign for one key: a `PrivateKey`, a keystore, a hardware token."""

    @property
    def kid(self) -> Kid:
        """`<did>#<thumbprint>` of `public`."""

    @property
    def public(self) -> PublicKey:
        """The key that verifies what `sign` makes."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519 signature (pure, RFC 8032 section 5.1.6)."""


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """A signing key held in this process, named for the DID it signs for. A `Signer`."""

    kid: Kid
    public: PublicKey
    _loaded: Ed25519PrivateKey = field(repr=False, compare=False, kw_only=True)

    @classmethod
    def from_seed(cls, seed: bytes, *, did: str) -> "PrivateKey":
        """The key of a 32-byte seed, with the kid it has under `did`."""
        if len(seed) != 32:
            raise KeyMaterialError("wrong_length")
        loaded = Ed25519PrivateKey.from_private_bytes(seed)
        public = PublicKey.from_bytes(loaded.public_key().public_bytes_raw())
        return cls(kid_of(did, public), public, _loaded=loaded)

    def sign(self, message: bytes) -> bytes:
        """64 bytes of Ed25519 signature."""
        return self._loaded.sign(message)


def kid_of(did: str, key: PublicKey) -> Kid:
    """The one key id of `key` under `did`: a DID URL ending in the thumbprint."""
    return Kid(f"{did}#{key.thumbprint}")


def split_kid(kid: str) -> tuple[str, Thumbprint]:
    """(DID, thumbprint) of a key id; KeyMaterialError unless both are there and the thumbprint is one of SHA-256."""
    did, _, thumbprint = kid.partition("#")
    try:
        length = len(base64url.decode(thumbprint))
    except EncodingError:
        length = 0
    if not did or length != 32:
        raise KeyMaterialError("kid_form")
    return did, Thumbprint(thumbprint)
