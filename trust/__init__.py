"""Proofs: signatures, credentials, status, Merkle trees and offline verification. Pure.

No input or output, no clock, no randomness: time and entropy are arguments. Verifiers return what they found and never
log. Everything that can go wrong is a `TrustError`.

The public rooms: `strict_json`, `keys`, `jws`, `sdjwt`, `did`, `anchors`, `key_statement`, `view`, `attestation`,
`cell`, `status_list`, `bundle`, `report`, `verdict`, `merkle`, `http_signature`. The names below are those most
callers need.
"""

from .anchors import Anchor
from .did import Did, Origin
from .errors import TrustError
from .keys import Entropy, Kid, PrivateKey, PublicKey, Signer, Thumbprint

__all__ = [
    "Anchor",
    "Did",
    "Entropy",
    "Kid",
    "Origin",
    "PrivateKey",
    "PublicKey",
    "Signer",
    "Thumbprint",
    "TrustError",
]
