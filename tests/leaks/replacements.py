"""What two answers may differ in, and nothing else: the one list that every comparison of this folder goes through.

`REPLACED` is that list. Lengthening it needs an ADR. Each item is replaced by a word, except the two whose content is
compared instead of their bytes: a cursor is opened (its nonce is random) and a token is read without its `jti`, with a
note of whether its signature holds (the signature covers the `jti`).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from werkzeug import Response

REPLACED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "header": ("Date", "X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
        "claim": ("jti",),
        "cursor": ("next",),
    }
)

Header = tuple[str, str]
Opened = Callable[[str], object]

_SEALED_FOR = b"guildnet search cursor 1"
_NONCE = 12
_SEALED = 12 + 48 + 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer after the replacements: status, headers in their order, body."""

    status: int
    headers: tuple[Header, ...]
    body: bytes

    def sorted(self) -> Answer:
        """The same with headers by name, for a reference that makes no promise about their order."""
        return Answer(status=self.status, headers=tuple(sorted(self.headers)), body=self.body)


def replaced(response: Response, *, cursor_key: bytes) -> Answer:
    """Everything a client got, with exactly the items of `REPLACED` replaced."""
    original = response.get_data()
    body = _body(original, response.headers.get("Content-Type", ""), cursor_key)
    headers = tuple(_header(name, value) for name, value in response.headers.items())
    if body != original and response.headers.get("Content-Length") == str(len(original)):
        # The length is that of what was replaced; both sides state the length of what they compare.
        headers = tuple((name, str(len(body))) if name == "Content-Length" else (name, value) for name, value in headers)
    return Answer(status=response.status_code, headers=headers, body=body)


def replaced_headers(headers: Iterable[Header]) -> tuple[Header, ...]:
    """Headers after the replacements."""
    return tuple(_header(name, value) for name, value in headers)


def opened_cursor(text: str, cursor_key: bytes) -> str:
    """A cursor by what is sealed in it, in exactly as many characters (so lengths stay part of the comparison)."""
    sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(sealed) != _SEALED:
        raise AssertionError(f"a cursor of {len(sealed)} bytes: its length must be constant")
    return "cursor" + AESGCM(cursor_key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _SEALED_FOR).hex()


def _header(name: str, value: str) -> Header:
    return (name, "(replaced)") if name in REPLACED["header"] else (name, value)


def _body(body: bytes, content_type: str, cursor_key: bytes) -> bytes:
    if content_type != "application/json" or not body:
        return body
    document: Any = json.loads(body)
    if not isinstance(document, dict):
        return body
    changes = {name: opened_cursor(document[name], cursor_key) for name in REPLACED["cursor"] if document.get(name)}
    if "access_token" in document:
        changes["access_token"] = _token(document["access_token"])
    # Only the replaced texts are exchanged, in the original bytes: spaces and order stay part of the comparison.
    for name, text in changes.items():
        body = body.replace(json.dumps(document[name]).encode(), json.dumps(text).encode(), 1)
    return body


def _token(text: str) -> str:
    header, payload, signature = text.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    kept = {name: value for name, value in claims.items() if name not in REPLACED["claim"]}
    return f"token:{header}.{json.dumps(kept, sort_keys=True)}.{len(signature)}"
