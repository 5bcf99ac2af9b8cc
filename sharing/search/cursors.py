"""Cursors: where a page ended, sealed so that they say nothing and only continue the search they came from.

Guarantees: AES-256-GCM under a key of the node, constant length; inside are the digest of the viewer, the digest of
the query, the sort key and the tie of the last hit, and nothing else: no epoch, count or record number. Continuing
seeks behind the position, so it is exact even when records appeared or went in between. A cursor of another viewer or
query, a changed one and garbage raise the same error.
Does not guarantee: that a page can be continued for ever; a new key ends every cursor.

`viewer` must be a function of what the viewer knows about itself (organization, purpose). It must not hold relations
such as an owner's private lists: being put on a list that changes nothing visible would otherwise show itself by a
refused cursor.
"""

import base64
import binascii
import hashlib
import struct
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sharing.search.errors import InvalidCursor

Entropy = Callable[[int], bytes]

KEY_BYTES = 32
_NONCE = 12
_TAG = 16
_PURPOSE = b"guildnet search cursor 1"
_BODY = struct.Struct(">16s16sqQ")
_SEALED = _NONCE + _BODY.size + _TAG
LENGTH = -(-_SEALED * 8 // 6)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Position:
    """The sort key (smaller comes first) and the tie of a hit; together they order all hits."""

    key: int
    tie: int


def _digest(viewer: str) -> bytes:
    return hashlib.sha256(viewer.encode()).digest()[:16]


def seal(position: Position, *, viewer: str, query: bytes, key: bytes, entropy: Entropy) -> str:
    """The cursor of a position: LENGTH characters of base64url. `key`: KEY_BYTES bytes; `query`: `Query.digest`."""
    nonce = entropy(_NONCE)
    body = _BODY.pack(_digest(viewer), query[:16], position.key, position.tie)
    sealed = nonce + AESGCM(key).encrypt(nonce, body, _PURPOSE)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def unseal(cursor: str, *, viewer: str, query: bytes, key: bytes) -> Position:
    """The position inside a cursor of this viewer and query. Raises `InvalidCursor`."""
    if len(cursor) != LENGTH or not cursor.isascii():
        raise InvalidCursor
    try:
        sealed = base64.b64decode(cursor + "=" * (-LENGTH % 4), altchars=b"-_", validate=True)
        body = AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _PURPOSE)
    except (binascii.Error, InvalidTag):
        raise InvalidCursor from None
    for_viewer, for_query, sort_key, tie = _BODY.unpack(body)
    if for_viewer != _digest(viewer) or for_query != query[:16]:
        raise InvalidCursor
    return Position(key=sort_key, tie=tie)
