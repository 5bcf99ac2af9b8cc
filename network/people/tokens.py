"""Random secrets that people are given once: session secrets, mailed tokens, recovery codes.

Guarantees: 256 random bits (codes: 80), kept as SHA-256 alone, which is enough for what nobody chose (as for client
secrets). A text that cannot be one is looked up all the same, as one that nobody has.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Final

from trust import base64url
from trust.keys import Entropy

SESSION_PREFIX: Final = "gns_"
"""How a session's secret begins, so that it is told from an access token, and found by scanners of leaked secrets."""

_BYTES: Final = 32
_CODE_BYTES: Final = 10


def new_token(entropy: Entropy, prefix: str = "") -> str:
    """43 characters of base64url after the prefix."""
    return prefix + base64url.encode(entropy(_BYTES))


def new_code(entropy: Entropy) -> str:
    """A recovery code: 16 characters of base32 in four groups."""
    text = base64.b32encode(entropy(_CODE_BYTES)).decode().lower()
    return "-".join(text[place : place + 4] for place in range(0, 16, 4))


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def code_digest(code: str) -> bytes:
    """What is kept of a recovery code; case, spaces and hyphens do not count."""
    return digest("".join(mark for mark in code.lower() if mark.isalnum()))


def base32(raw: bytes) -> str:
    """Bytes as authenticators read them."""
    return base64.b32encode(raw).decode()
