"""Secrets at rest: the key-encryption key (KEK), and sealing under it.

Guarantees
    * AES-256-GCM with a fresh random 96-bit nonce; the associated data name what is sealed and whose it is, so a
      ciphertext moved to another row does not open. One key is good for 2^32 sealings (NIST SP 800-38D section 8.3).
    * A private key is opened for one call and not kept. (Python cannot wipe memory: a core dump may still hold it.)
    * The KEK is in a file that only its owner may read, outside the database, and is never overwritten.

Not here: backups of the KEK, which must never lie beside those of the database. Changing it: `network.sealing`.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from network.errors import KekExists, KekInvalid, KekUnreadable, SealBroken
from trust import base64url
from trust.errors import TrustError
from trust.keys import Entropy, Kid, PrivateKey, PublicKey, Signer

KEK_BYTES: Final = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_FORMAT = b"\x01"
"""First byte of everything sealed: AES-256-GCM under the KEK itself, associated data as `_associated` writes them."""
_MAX_KEK_FILE = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Kek:
    """The 32 bytes that open everything sealed on this node. Never shown, not even by `repr`."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEK_BYTES:
            raise KekInvalid("The key-encryption key must be 32 bytes.")


def parse_kek(text: str) -> Kek:
    """The KEK from 43 characters of unpadded base64url; one line feed at the end is forgiven."""
    try:
        return Kek(secret=base64url.decode(text.removesuffix("\n")))
    except TrustError as error:
        raise KekInvalid("The key-encryption key must be 32 bytes in base64url without padding.") from error


def create_kek(path: Path, entropy: Entropy) -> Kek:
    """Make a KEK file (mode 0600) and return the KEK; raises `KekExists` rather than touch a file that is there."""
    kek = Kek(secret=entropy(KEK_BYTES))
    try:
        # O_EXCL also refuses a symbolic link, so nobody can have the key written somewhere else.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KekExists("There is a key file already; it is never overwritten.", path=str(path)) from error
    except (OSError, ValueError) as error:
        raise KekUnreadable("The key file cannot be made.", path=str(path)) from error
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, 0o600)  # whatever the umask took away or a default ACL added
            file.write(base64url.encode(kek.secret).encode() + b"\n")
            file.flush()
            # Keys are sealed under it from now on: it must survive a power cut that they survive.
            os.fsync(handle)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise KekUnreadable("The key file cannot be written.", path=str(path)) from error
    return kek


def read_kek(path: Path) -> Kek:
    """The KEK of a file that nobody but its owner may read; raises `KekUnreadable` or `KekInvalid`."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode) or mode & 0o077:
                raise KekUnreadable("The key file must be a file that only its owner can read (mode 0600).", path=str(path))
            data = file.read(_MAX_KEK_FILE)
    except (OSError, ValueError) as error:
        raise KekUnreadable("The key file cannot be read.", path=str(path)) from error
    try:
        return parse_kek(data.decode("ascii"))
    except UnicodeDecodeError as error:
        raise KekInvalid("The key file does not hold a key-encryption key.", path=str(path)) from error


def load_kek(path: Path, override: str) -> Kek:
    """The KEK of the text `override` if there is any, else of the file."""
    return parse_kek(override) if override else read_kek(path)


class Keystore:
    """Seals and opens under one KEK. Safe to share between threads."""

    def __init__(self, kek: Kek, entropy: Entropy) -> None:
        """`entropy`: n -> n random bytes, for nonces and new keys; it must never repeat itself."""
        self._kek = kek
        self._aead = AESGCM(kek.secret)
        self.entropy = entropy

    def seal(self, label: str, plaintext: bytes) -> bytes:
        """Encrypt for the place that `label` names, e.g. `disclosure/<attestation id>`; 29 bytes longer than it was."""
        return self._seal(plaintext, "blob", label)

    def open(self, label: str, sealed: bytes) -> bytes:
        """What was sealed under the same label; raises `SealBroken`."""
        return self._open(sealed, "blob", label)

    def derive(self, label: str, length: int = 32) -> bytes:
        """A key for one purpose, the same in every process with this KEK (RFC 5869 section 2.3, SHA-256)."""
        return HKDFExpand(
            algorithm=SHA256(), length=length, info=b"guildnet/derived\x00" + label.encode("utf-8", "surrogatepass")
        ).derive(self._kek.secret)

    @property
    def name(self) -> str:
        """32 hex characters that tell this KEK from any other and say nothing else about it."""
        return self.derive("name of the key-encryption key", 16).hex()

    def new_key(self, did: str) -> tuple[PublicKey, Kid, bytes]:
        """A new key pair of `did`: public half, kid, sealed private half."""
        seed = self.entropy(32)
        private = PrivateKey.from_seed(seed, did=did)
        return private.public, private.kid, self._seal(seed, "key", private.kid, did)

    def signer(self, *, kid: Kid, owner: str, sealed: bytes) -> Signer:
        """The private half of a key made by `new_key`, opened. Keep it no longer than the call that signs.

        Raises `SealBroken`, also when what opens is not the key that `kid` names.
        """
        private = PrivateKey.from_seed(self._open(sealed, "key", kid, owner), did=owner)
        if private.kid != kid:
            raise SealBroken("A sealed private key does not belong to its key id.")
        return private

    def seal_anew(self, old: Keystore, names: tuple[str, ...], sealed: bytes) -> bytes:
        """What `old` sealed for the place `names`, sealed for the same place under this key; see `network.sealing`."""
        return self._seal(old._open(sealed, *names), *names)

    def _seal(self, plaintext: bytes, *names: str) -> bytes:
        nonce = self.entropy(_NONCE_BYTES)
        return _FORMAT + nonce + self._aead.encrypt(nonce, plaintext, _associated(*names))

    def _open(self, sealed: bytes, *names: str) -> bytes:
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _FORMAT or len(body) < _TAG_BYTES:
            raise SealBroken("A sealed value is not in the form this program writes.")
        try:
            return self._aead.decrypt(nonce, body, _associated(*names))
        except InvalidTag as error:
            raise SealBroken("A sealed value does not open: another key-encryption key, another place, or damage.") from error


def _associated(*names: str) -> bytes:
    # Length-prefixed: ("a", "bc") and ("ab", "c") must not be the same place.
    parts = (name.encode("utf-8", "surrogatepass") for name in names)
    return b"guildnet/seal\x00" + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
