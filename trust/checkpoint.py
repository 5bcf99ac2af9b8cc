"""Checkpoints: the signed head of a Merkle tree as a text (C2SP tlog-checkpoint in signed-note, Ed25519 signatures).

    <origin>                     which log this is: `<host>/...`, also the name of the key
    <size>                       leaves, decimal
    <root>                       32 bytes, base64 with padding
                                 (an empty line)
    — <origin> <signature>       base64 of the key's 4-byte hash and the 64 bytes of signature

Guarantees of `read`: the text is exactly what `issue` writes for what it says, and signed by that key under that origin;
further signature lines (cosignatures) are allowed and not judged. Not here: whether the key may be believed, and whether one
head follows from another (`merkle`).
"""

import base64
import binascii
import re
from dataclasses import dataclass
from hashlib import sha256

from .errors import CheckpointError, SignatureInvalidError
from .keys import PublicKey, Signer

MAX_TEXT = 20_000  # characters; a few cosignatures
MAX_SIZE = 2**63

_ED25519 = b"\x01"
_ORIGIN = re.compile(r"[!-*,-~]{1,300}", re.ASCII)  # printable, no blank, no plus: a signed note's key name
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MARK = "\u2014 "


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The head of one log: its root over the first `size` leaves."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def issue(checkpoint: Checkpoint, *, signer: Signer) -> str:
    """The signed note of a checkpoint, under its origin as the key's name."""
    text = checkpoint.text
    if _parse(text) != checkpoint:
        raise CheckpointError("not_a_checkpoint")
    signature = _key_hash(checkpoint.origin, signer.public) + signer.sign(text.encode("ascii"))
    return f"{text}\n{_MARK}{checkpoint.origin} {base64.b64encode(signature).decode()}\n"


def peek(note: str) -> Checkpoint:
    """What a note says, its signatures checked by nobody: only for finding the key and the log. Raises `CheckpointError`."""
    return _parse(_split(note)[0])


def read(note: str, *, key: PublicKey) -> Checkpoint:
    """The checkpoint of a note that this key signed under its origin. Raises `CheckpointError`, `SignatureInvalidError`."""
    text, lines = _split(note)
    checkpoint = _parse(text)
    wanted = _key_hash(checkpoint.origin, key)
    for line in lines:
        name, signature = _signature(line)
        if name == checkpoint.origin and signature[:4] == wanted:
            key.verify(signature[4:], text.encode("ascii"))
            return checkpoint
    raise SignatureInvalidError("not_signed_by_this_key")


def _key_hash(name: str, key: PublicKey) -> bytes:
    return sha256(name.encode("ascii") + b"\n" + _ED25519 + key.raw).digest()[:4]


def _split(note: str) -> tuple[str, list[str]]:
    """The signed text and its signature lines."""
    if len(note) > MAX_TEXT:
        raise CheckpointError("too_large")
    text, gap, signatures = note.partition("\n\n")
    if not gap or not signatures.endswith("\n") or not text.isascii():
        raise CheckpointError("not_a_signed_note")
    return text + "\n", signatures[:-1].split("\n")


def _parse(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise CheckpointError("lines")
    origin, size, root = lines[:3]
    if not _ORIGIN.fullmatch(origin):
        raise CheckpointError("origin")
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise CheckpointError("size")
    raw = _decoded(root)
    if len(raw) != 32:
        raise CheckpointError("root")
    return Checkpoint(origin=origin, size=int(size), root=raw)


def _signature(line: str) -> tuple[str, bytes]:
    name, blank, text = line.removeprefix(_MARK).partition(" ")
    raw = _decoded(text)
    if not line.startswith(_MARK) or not blank or not name or len(raw) <= 4:
        raise CheckpointError("signature_line")
    return name, raw


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise CheckpointError("not_base64") from None
    if base64.b64encode(raw).decode() != text:
        raise CheckpointError("not_base64")
    return raw
