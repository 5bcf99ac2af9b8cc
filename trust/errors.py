"""Every way a proof can be refused.

    TrustError                      trust_error           the root; nothing else leaves this package
    |-- JsonError                   json_refused          not strict JSON, or not representable in RFC 8785
    |-- EncodingError               encoding_refused      not canonical unpadded base64url
    |-- KeyMaterialError            key_refused           not a key we accept (form, low order, not on the curve)
    |-- TokenError                  token_refused         a JWS that is malformed, of another type or header
    |   `-- SignatureInvalidError   signature_invalid     well formed, but not signed by that key
    |-- DisclosureError             disclosure_refused    an SD-JWT whose digests and disclosures do not fit together
    |-- CredentialError             credential_refused    a signed payload that has not the shape its type demands
    |   `-- StatusListError         status_list_refused   a status list too short, too large, or badly encoded
    |-- DidError                    did_refused           not a DID, origin or DID document of ours
    |-- AnchorError                 anchor_refused        not an anchor, or no anchor given
    |-- BundleError                 bundle_refused        a bundle that is not exactly what it should be
    |-- CheckpointError             checkpoint_refused    a signed head, or a ledger under one, that is not what it should be
    |-- ProofError                  proof_refused         a Merkle proof that does not prove it
    `-- HttpSignatureError          http_signature_refused  a request whose signature, digest or time does not hold
        |-- ClockSkewError          clock_skew            signed at a time too far from ours; names the offset
        |-- UnknownKeyError         unknown_key           the keyid is not in the caller's table
        `-- DigestMismatchError     digest_mismatch       the body is not the one that was signed

Each error has `code` (stable per class) and `reason` (stable snake_case: which check failed). Messages never repeat
salts, claim values or key material: what is refused may be secret.
"""

from typing import ClassVar


class TrustError(Exception):
    """Root of the package's errors."""

    code: ClassVar[str] = "trust_error"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{self.code}: {reason}" + (f" ({detail})" if detail else ""))
        self.reason = reason
        self.detail = detail


class JsonError(TrustError):
    """Input is not strict JSON, or a value cannot be written as RFC 8785 JSON."""

    code = "json_refused"


class EncodingError(TrustError):
    """Text is not canonical, unpadded base64url."""

    code = "encoding_refused"


class KeyMaterialError(TrustError):
    """A key, JWK or key id that must not be used."""

    code = "key_refused"


class TokenError(TrustError):
    """A compact JWS refused before or apart from its signature."""

    code = "token_refused"


class SignatureInvalidError(TokenError):
    """The signature does not fit the bytes and the key."""

    code = "signature_invalid"


class DisclosureError(TrustError):
    """An SD-JWT refused as a whole: RFC 9901 section 7.1, never dropping parts silently."""

    code = "disclosure_refused"


class CredentialError(TrustError):
    """A payload without the exact shape of its type."""

    code = "credential_refused"


class StatusListError(CredentialError):
    """A status list that cannot be read safely."""

    code = "status_list_refused"


class DidError(TrustError):
    """A DID, an origin or a DID document that is not acceptable."""

    code = "did_refused"


class AnchorError(TrustError):
    """An anchor that cannot be read, or no anchor at all."""

    code = "anchor_refused"


class BundleError(TrustError):
    """A bundle that is not canonical, not complete or carries what it does not need."""

    code = "bundle_refused"


class CheckpointError(TrustError):
    """A checkpoint, or a file of leaves under one, that is malformed or not signed by whom it should be."""

    code = "checkpoint_refused"


class ProofError(TrustError):
    """A Merkle inclusion or consistency proof that fails."""

    code = "proof_refused"


class HttpSignatureError(TrustError):
    """An HTTP message signature that is missing, malformed, incomplete or wrong."""

    code = "http_signature_refused"


class ClockSkewError(HttpSignatureError):
    """Signed too long ago or in the future; `offset` is signer minus verifier, in seconds."""

    code = "clock_skew"

    def __init__(self, reason: str, *, offset: int) -> None:
        super().__init__(reason, f"offset {offset:+d} s")
        self.offset = offset


class UnknownKeyError(HttpSignatureError):
    """The caller's table has no key of that id."""

    code = "unknown_key"


class DigestMismatchError(HttpSignatureError):
    """The received body does not have the signed digest."""

    code = "digest_mismatch"
