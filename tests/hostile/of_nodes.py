"""Parsers of `network` and of the doors: addresses, keys, settings, access tokens, journals, backups, key files."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import click

from api.backups.errors import BackupError
from api.backups.manifest import Manifest, beside, written
from api.backups.manifest import _seal as manifest_seal
from api.backups.manifest import read as read_manifest_of
from api.cli.keyfile import make_key_file, read_key_file
from api.settings import Settings, SettingsError
from api.tokens import Claims, TokenRefused, issue_token, read_token
from network.database import parse_url
from network.errors import NetworkError
from network.journal import Journal
from network.keystore import Kek, Keystore, parse_kek, read_kek
from network.media import media_type
from network.names import parse_origin, parse_slug
from network.people.addresses import parse_address
from tests.documents import jpeg, pdf, png
from tests.hostile import mutate
from tests.hostile.parser import Parser, as_json, folder, from_file, texts
from tests.trust.world import NOW
from trust import (
    base64url,
    strict_json,
)
from trust.errors import TrustError
from trust.keys import PrivateKey

TOKEN_KEY = PrivateKey.from_seed(bytes(32), did="did:web:home.example")


def token_samples() -> list[str]:
    claims = Claims(
        issuer="did:web:home.example",
        audience="https://home.example",
        client_id="c" * 32,
        organization="did:web:home.example:orgs:acme",
        purpose="rfq",
        scope=("read",),
        id="0" * 32,
        issued=datetime(2026, 11, 22, tzinfo=UTC),
        expires=datetime(2026, 11, 22, 1, tzinfo=UTC),
    )
    return [issue_token(claims, TOKEN_KEY)]


def read_access_token(text: str) -> object:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    key = Ed25519PublicKey.from_public_bytes(TOKEN_KEY.public.raw)
    now = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    return read_token(text, keys={TOKEN_KEY.kid: key}, audience="https://home.example", issuer="did:web:home.example", now=now)


def kek_text() -> str:
    return base64url.encode(bytes(range(32))) + "\n"


def key_file_samples() -> list[Any]:
    path = folder() / "made.key"
    path.unlink(missing_ok=True)
    make_key_file(path, "did:web:home.example:orgs:auditor", random.Random(3).randbytes)
    return [json.loads(path.read_bytes())]


KEYSTORE = Keystore(Kek(secret=bytes(range(32))), random.Random(5).randbytes)


SEALED = KEYSTORE.seal("label", b"a secret")


def settings_of(given: Any) -> object:
    entries = given.items() if isinstance(given, dict) else ()
    return Settings.from_env({str(name): str(value) for name, value in entries})


ENVIRONMENT = {
    "GUILDNET_DATABASE_URL": "sqlite:////tmp/x.db",
    "GUILDNET_RATE_LIMIT": "100 per minute",
    "GUILDNET_TOKEN_LIFETIME_S": "900",
    "GUILDNET_SEARCH_FLOOR_MS": "20",
    "GUILDNET_DEVELOPMENT": "true",
    "GUILDNET_TRUSTED_PROXIES": "1",
}


def journal_entries(data: bytes) -> object:
    path = folder() / "journal"
    path.write_bytes(data)
    path.chmod(0o600)
    journal = Journal(path, "0" * 32, lambda: NOW)
    try:
        return journal.entries(0)
    finally:
        journal.close()


def journal_samples() -> list[bytes]:
    path = folder() / "journal-made"
    path.unlink(missing_ok=True)
    journal = Journal(path, "0" * 32, lambda: NOW)
    try:
        for number in range(1, 6):
            notes = [["set", "grants", [f"{number:032x}"], {"withdrawn_at": "2026-11-22T09:30:00Z"}]]
            journal.reserve(notes)
            journal.append(number, notes)
    finally:
        journal.close()
    return [path.read_bytes().rstrip(b"\0") + bytes(64)]


def _resigned_access(sample: str, rng: random.Random) -> str:
    """Half of them signed by the node's own key: what a defect of ours could issue."""
    if rng.random() < 0.5:
        return mutate.token(sample, rng)
    import jwt
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    payload = mutate.value(jwt.decode(sample, options={"verify_signature": False}), rng)
    if not isinstance(payload, dict):
        return mutate.token(sample, rng)
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    try:
        text = json.dumps(payload).encode()
        return jwt.PyJWS().encode(text, key, algorithm="EdDSA", headers={"typ": "at+jwt", "kid": TOKEN_KEY.kid})
    except (ValueError, TypeError):
        return mutate.token(sample, rng)


MANIFEST = Manifest(
    form="sqlite",
    node="did:web:node.example",
    tables="0009",
    change=12,
    generation=3,
    taken_at="2026-11-22T12:00:00+00:00",
    release="0.1.0",
    size=1_000,
    sha256="0" * 64,
    checked=("pages", "keys"),
    kek=KEYSTORE.name,
)


def manifest_samples() -> list[Any]:
    stated = json.loads(written(MANIFEST, KEYSTORE))
    return [stated]


def read_manifest(data: bytes) -> object:
    place = folder() / "node.backup"
    beside(place).write_bytes(data)
    return read_manifest_of(place, KEYSTORE)


def sealed_manifest(sample: Any, rng: random.Random) -> bytes:
    """Half of them sealed again by the node's own key."""
    if rng.random() < 0.5:
        return mutate.json_bytes(sample, rng)
    changed = mutate.value({name: value for name, value in sample.items() if name != "seal"}, rng)
    if not isinstance(changed, dict):
        return mutate.json_bytes(sample, rng)
    try:
        return strict_json.canonical({**changed, "seal": manifest_seal(changed, KEYSTORE)})
    except (TrustError, UnicodeEncodeError):
        return mutate.json_bytes(sample, rng)


PARSERS: tuple[Parser, ...] = (
    Parser(
        name="network.database:parse_url",
        call=parse_url,
        samples=texts("sqlite:////tmp/a.db", "postgresql+psycopg://u:p@host:5432/db?sslmode=require"),
        mutate=mutate.text,
        errors=(NetworkError,),
    ),
    Parser(
        name="network.keystore:parse_kek",
        call=parse_kek,
        samples=lambda: [kek_text()],
        mutate=mutate.text,
        errors=(NetworkError,),
    ),
    Parser(
        name="network.keystore:read_kek",
        call=from_file(read_kek, "kek"),
        samples=lambda: [kek_text().encode()],
        mutate=mutate.noise,
        errors=(NetworkError,),
    ),
    Parser(
        name="network.keystore:Keystore.open",
        call=lambda sealed: KEYSTORE.open("label", sealed),
        samples=lambda: [SEALED],
        mutate=mutate.noise,
        errors=(NetworkError,),
    ),
    Parser(
        name="network.names:parse_origin",
        call=parse_origin,
        samples=texts("https://registry.example.org", "https://node.example:8443"),
        mutate=mutate.text,
        errors=(NetworkError,),
    ),
    Parser(
        name="network.names:parse_slug",
        call=parse_slug,
        samples=texts("an-phat"),
        mutate=mutate.text,
        errors=(NetworkError,),
    ),
    Parser(
        name="journal file",
        call=journal_entries,
        samples=journal_samples,
        mutate=mutate.noise,
        errors=(NetworkError,),
        quick=60,
    ),
    Parser(
        name="network.media:media_type",
        call=media_type,
        samples=lambda: [pdf(), png(), jpeg()],
        mutate=mutate.noise,
        errors=(NetworkError,),
        refused=lambda found: found is None,
    ),
    Parser(
        name="network.people.addresses:parse_address",
        call=parse_address,
        samples=texts("an.phat+x@example.org", "a@b.xn--p1ai"),
        mutate=mutate.text,
        errors=(NetworkError,),
    ),
    Parser(
        name="api.backups.manifest:read",
        call=read_manifest,
        samples=manifest_samples,
        mutate=sealed_manifest,
        whole=as_json,
        errors=(BackupError,),
    ),
    Parser(
        name="api.tokens:read_token",
        call=read_access_token,
        samples=token_samples,
        mutate=_resigned_access,
        errors=(TokenRefused,),
        plain=True,
    ),
    Parser(
        name="api.settings:Settings.from_env",
        call=settings_of,
        samples=lambda: [ENVIRONMENT],
        mutate=mutate.value,
        errors=(SettingsError,),
        plain=True,
    ),
    Parser(
        name="api.cli.keyfile:read_key_file",
        call=from_file(read_key_file, "auditor.key"),
        samples=key_file_samples,
        mutate=mutate.json_bytes,
        whole=as_json,
        errors=(click.ClickException,),
        also=("api.cli.files:read_bounded",),
    ),
)
