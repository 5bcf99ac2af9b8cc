"""An auditor's own key, in a file that never meets a node.

    {"crv":"Ed25519","d":...,"did":...,"kid":...,"kty":"OKP","x":...}     an RFC 8037 private JWK, and whose it is

Guarantees: a file that others can read, or whose parts do not belong together, is refused; the private half is never
printed.
"""

from __future__ import annotations

import stat
from pathlib import Path

import click

from api.cli.files import read_bounded, write_secret
from trust import base64url, did, strict_json
from trust.errors import TrustError
from trust.keys import Entropy, PrivateKey

_MOST_BYTES = 4096
_MEMBERS = frozenset({"crv", "d", "did", "kid", "kty", "x"})


def make_key_file(path: Path, subject: str, entropy: Entropy) -> PrivateKey:
    """A new key of the organization `subject` (a DID), in a new file of mode 0600. Raises TrustError for what is no DID."""
    did.parse(subject)
    seed = entropy(32)
    key = PrivateKey.from_seed(seed, did=subject)
    members = {**key.public.jwk, "d": base64url.encode(seed), "did": subject, "kid": key.kid}
    write_secret(path, strict_json.canonical(members) + b"\n")
    return key


def read_key_file(path: Path) -> PrivateKey:
    """The key of a file that nobody but its owner may read."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise click.ClickException(f"{path} cannot be read: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise click.ClickException(f"{path} can be read by others; a key file has mode 0600 (chmod 600 {path}).")
    try:
        members = strict_json.loads_object(read_bounded(path, most=_MOST_BYTES))
        texts = {name: value for name, value in members.items() if isinstance(value, str)}
        if texts.keys() != _MEMBERS or members.keys() != _MEMBERS:
            raise click.ClickException(f"{path} is not a key file of `guildnet key new`.")
        key = PrivateKey.from_seed(base64url.decode(texts["d"]), did=texts["did"])
        did.parse(texts["did"])
    except TrustError as error:
        raise click.ClickException(f"{path} is not a key file of `guildnet key new` [{error.code}].") from error
    if key.kid != texts["kid"] or key.public.jwk != {name: texts[name] for name in ("crv", "kty", "x")}:
        raise click.ClickException(f"The parts of {path} do not belong together.")
    return key
