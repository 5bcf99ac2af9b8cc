"""Every parser of the product with valid samples, what mutates them, and the only errors that may come out.

    Parser(name="trust.did:parse", call=did.parse, samples=..., mutate=mutate.text, errors=(TrustError,))

`test_registry.py` compares the names with the product (see `convention.py`), so a parser without an entry fails there.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
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
from policies import PolicyError, parse_platform, parse_policy, policy_document
from sharing import catalogue, snapshots
from sharing.auditing.checklist import read_checklist
from sharing.errors import SharingError
from sharing.exchange import Limits, plan_import
from sharing.exchange.cell_forms import Finding, read_cell, read_date, split
from sharing.exchange.source import decode
from sharing.exchange.template import template
from sharing.exchange.units import NotANumber, read_quantity
from sharing.factories import default_policy
from sharing.profile import parse_profile
from sharing.search import parse_query
from sharing.search.cursors import Position, seal, unseal
from sharing.search.errors import SearchError
from sharing.snapshots import SnapshotFile
from sharing.synthetic import synthetic_factories
from tests.documents import jpeg, pdf, png
from tests.hostile import mutate
from tests.trust.world import AUDITOR, AWAY, HOME, NOW, SUPPLIER, Parts, attest, stored_view
from trust import (
    anchors,
    attestation,
    base64url,
    bundle,
    cell,
    contents,
    did,
    http_signature,
    instant,
    jws,
    key_statement,
    keys,
    merkle,
    sdjwt,
    status_list,
    strict_json,
    view,
)
from trust.errors import TrustError
from trust.keys import PrivateKey, PublicKey

Samples = Callable[[], Sequence[Any]]

DOORS = frozenset({"journal file", "checklist as CSV", "network.media:media_type"})
"""Entries that stand for no function: what is read there is read by private ones."""


def as_json(sample: Any) -> bytes:
    """A document as bytes."""
    return json.dumps(sample).encode()


@dataclass(frozen=True, kw_only=True)
class Parser:
    """One parser. `errors` may come out and nothing else; `seconds` and `megabytes` bound one call."""

    name: str
    call: Callable[[Any], object]
    samples: Samples
    mutate: mutate.Mutator
    errors: tuple[type[BaseException], ...]
    seconds: float = 5.0
    megabytes: int = 64
    slow: int = 5_000
    quick: int = 200
    paths: bool = False
    """Whether its errors name every fault with its path and code."""
    plain: bool = False
    """Whether its error is one of the door's own, without a code: a setting, a token."""
    also: tuple[str, ...] = field(default=())
    """Further names that this entry stands for: they are reached through the same call."""
    refused: Callable[[Any], bool] = lambda _: False
    """Whether what came back is a refusal, for parsers that return one instead of raising."""
    whole: Callable[[Any], Any] = lambda sample: sample
    """The unmutated sample as `call` takes it."""


SIGNED = {
    "view": (stored_view, SUPPLIER, "vc+jwt"),
    "attestation": (attest, AUDITOR, "vc+sd-jwt"),
    "status list": (HOME.status_list, HOME.status, "vc+jwt"),
    "key statement": (HOME.status_statement, HOME.root, "guildnet-key+jwt"),
    "root statement": (HOME.root_statement, HOME.root, "guildnet-key+jwt"),
}


CHECKLIST = """id,criterion,class,applicable,na_reason,field_paths
6.2.1,VDA 6.3 P6.2.1,must,yes,,capability.tolerance_um capability.process
A-4,8.5.1.2,should,no,Không có đúc,
""".encode()


def _checklist(sample: bytes, rng: random.Random) -> bytes:
    """CSV as text and as bytes, JSON as JSON."""
    if sample.startswith(b"{"):
        return mutate.json_bytes(json.loads(sample), rng)
    if rng.random() < 0.3:
        return mutate.noise(sample, rng)
    return mutate.text(sample.decode(), rng).encode("utf-8", "surrogatepass")


def resigned(kind: str) -> mutate.Mutator:
    """The payload mutated and signed again by the right key: what a hostile but real issuer could send."""
    _, signer, typ = SIGNED[kind]

    def mutated(sample: str, rng: random.Random) -> str:
        if rng.random() < 0.3:
            return mutate.token(sample, rng)
        head, *rest = sample.split("~")
        payload = mutate.value(dict(jws.peek(head).payload), rng)
        if not isinstance(payload, dict):
            return mutate.token(sample, rng)
        try:
            signed = jws.sign(payload, typ=typ, signer=signer)
        except TrustError:
            return mutate.token(sample, rng)
        return "~".join((signed, *rest))

    return mutated


def did_document(data: bytes) -> object:
    return did.read_document(strict_json.loads(data), did="did:web:home.example", relationship="assertionMethod")


def did_samples() -> list[Any]:
    return [did.document("did:web:home.example", {"assertionMethod": [HOME.root.public], "authentication": [SUPPLIER.public]})]


def signed_request() -> dict[str, Any]:
    """A request with its signature headers, as one of our nodes sends it."""
    target, body = "https://home.example/fed/v1/x", b'{"a":1}'
    headers = http_signature.sign(method="POST", target_uri=target, body=body, signer=HOME.root, created=NOW, nonce="0" * 32)
    return {"method": "POST", "target": target, "headers": [list(each) for each in headers.items()], "body": body.decode()}


def verified_request(given: Any) -> object:
    headers = given.get("headers") if isinstance(given, dict) else None
    headers = headers if isinstance(headers, list) else []
    pairs = [tuple(map(str, each)) for each in headers if isinstance(each, list) and len(each) == 2]
    body = str(given.get("body", "") if isinstance(given, dict) else "")
    return http_signature.verify(
        method=str(given.get("method", "")) if isinstance(given, dict) else "",
        target_uri=str(given.get("target", "")) if isinstance(given, dict) else "",
        headers=pairs,  # type: ignore[arg-type]
        body=body.encode("utf-8", "surrogatepass"),
        find_key=lambda _: HOME.root.public,
        now=NOW,
    )


POLICY = {
    "v": 1,
    "factory": "F",
    "revision": 3,
    "rules": [
        {"id": "all", "note": "for all", "to": "anyone", "show": [["identity", "exact"], ["capability.tolerance_um", "band"]]},
        {
            "id": "partners",
            "to": {"tier": "partner", "country": ["VN", "JP"], "holds": ["ISO9001"], "attested": "peer"},
            "for": ["rfq"],
            "from": "2026-01-01",
            "until": "2026-12-31",
            "show": [["*", "exact"]],
        },
        {"id": "rivals", "to": {"org": ["did:web:node.example:orgs:rival"], "verified": 2}, "cap": [["*", "hidden"]]},
    ],
}
PLATFORM = [{"id": "sanctions", "to": {"country": ["KP"]}, "cap": [["*", "hidden"]], "binds": "everyone"}]


@cache
def profiles() -> list[Any]:
    """Profiles as owners send them; together they state every kind of value."""
    return list(synthetic_factories(4, 7, date(2026, 11, 22)))


@cache
def policies() -> list[Any]:
    """A hand-made policy, and the one that every factory begins with."""
    return [POLICY, policy_document(default_policy("F"))]


def parsed_profile(document: Any) -> object:
    number = iter(range(10**9))
    return parse_profile(document, existing_ids=(), new_id=lambda: f"{next(number):032x}")


QUERY = {
    "process": ["3.2.1"],
    "material": ["P", "S"],
    "tolerance_um_max": ["20"],
    "q": ["gia công"],
    "spare_hours": ["10"],
    "weeks_from": ["2026-W48"],
    "weeks_until": ["2026-W50"],
    "wish": ["process"],
    "sort": ["spare_hours"],
    "country": ["VN"],
}


def parsed_query(given: Any) -> object:
    """Parameters reach the parser as lists of texts: werkzeug sees to that."""
    texts = given.items() if isinstance(given, dict) else ()
    shaped = {str(name): [str(each) for each in (values if isinstance(values, list) else [values])] for name, values in texts}
    return parse_query(shaped, date(2026, 11, 22))


CURSOR_KEY = bytes(range(32))


def cursor_samples() -> list[str]:
    position = Position(key=12, tie=2**40)
    return [seal(position, viewer="v", query=bytes(32), key=CURSOR_KEY, entropy=random.Random(1).randbytes)]


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


@cache
def folder() -> Path:
    """One folder for every file that a parser reads."""
    return Path(tempfile.mkdtemp(prefix="guildnet-hostile-"))


def from_file(read: Callable[[Path], object], name: str, mode: int = 0o600) -> Callable[[bytes], object]:
    """A parser of bytes out of one of files."""

    def call(data: bytes) -> object:
        path = folder() / name
        path.write_bytes(data)
        path.chmod(mode)
        return read(path)

    return call


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

CSV = (
    "Company,Tax code,Country,Province,Website,Employees\n"
    "Công ty Đông Anh,0101234567,Vietnam,Hà Nội,https://a.example,12\n"
    '"Works, Ltd",,JP,,,"1.000"\n'
)


CHECKLIST_CSV = "id,criterion,class,applicable,na_reason,field_paths\n1,8.5.1,must,yes,,capability.tolerance_um\n"


def csv_bytes(sample: str, rng: random.Random) -> bytes:
    if rng.random() < 0.3:
        return mutate.noise(sample.encode(), rng)
    rows = sample.splitlines(keepends=True)
    what = rng.randrange(6)
    if what == 0:
        rows.insert(rng.randrange(len(rows) + 1), rng.choice(rows))
    elif what == 1:
        rows[rng.randrange(len(rows))] = '"' * rng.randrange(5) + rng.choice(rows)
    elif what == 2:
        rows = [row.replace(",", rng.choice((";", "\t", "|", ",,", "\x00"))) for row in rows]
    elif what == 3:
        rows = rows * rng.choice((0, 2, 200))
    elif what == 4:
        return "".join(rows).encode(rng.choice(("utf-16", "cp1258", "utf-32", "utf-8-sig")), "replace")
    return mutate.text("".join(rows), rng).encode("utf-8", "surrogatepass")


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


@cache
def workbooks() -> list[bytes]:
    """A filled workbook of several sheets, and the empty template."""
    from openpyxl import Workbook

    book = Workbook()
    rows = {
        "Factories": [["Company", "Tax code", "Country", "Province"], ["Works", "0101234567", "Vietnam", "Hà Nội"]],
        "Capabilities": [["Company", "Process", "Tolerance um"], ["Works", "3.2.1", 12], ["Works", "3.2.2", 20.5]],
        "Certificates": [["Company", "Scheme", "Scope", "Valid until"], ["Works", "ISO9001", "Turning", date(2027, 5, 1)]],
    }
    for name, lines in rows.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    del book["Sheet"]
    stream = io.BytesIO()
    book.save(stream)
    return [stream.getvalue(), template(first_week=date(2026, 11, 23))]


def workbook_bytes(sample: bytes, rng: random.Random) -> bytes:
    """The archive taken apart, one of its files or its directory mutated, and put together again."""
    if rng.random() < 0.2:
        return mutate.noise(sample, rng)
    with zipfile.ZipFile(io.BytesIO(sample)) as archive:
        files = [(each.filename, archive.read(each)) for each in archive.infolist()]
    for _ in range(rng.choice((1, 1, 2))):
        at = rng.randrange(len(files))
        name, data = files[at]
        what = rng.randrange(7)
        if what == 0:
            del files[at]
        elif what == 1:
            files.append((name, data))
        elif what == 2:
            files[at] = (rng.choice(("../../etc/passwd", "xl/vbaProject.bin", "a/b.zip", name.upper(), "\u202e.xml")), data)
        elif what == 3:
            files[at] = (name, data.decode("utf-8", "replace").encode(rng.choice(("utf-16", "utf-32", "cp037")), "replace"))
        elif what == 4:
            files[at] = (name, mutate.noise(data, rng))
        elif what == 5:
            entity = b'<!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]>'
            files[at] = (name, data.replace(b"?>", b"?>" + entity, 1))
        else:
            files[at] = (name, mutate.text(data.decode("utf-8", "replace"), rng).encode("utf-8", "surrogatepass"))
        if not files:
            break
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")
        for name, data in files:
            archive.writestr(name, data)
    return stream.getvalue()


def cell_of_every_field(text: str) -> list[object]:
    """A cell of the text in the column of every field."""
    return [read_cell(field, text) for field in catalogue.FIELDS] + [split(text), read_date(text)]


def quantity(text: str) -> object:
    return read_quantity(text, unit="MMT", decimals=3, given=None, decimal_comma="," in text)


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


@cache
def shelf() -> SnapshotFile:
    """Where a node with one published factory keeps its index."""
    from tests.api import world as worlds
    from tests.api.test_factories import made

    world = worlds.world(worlds.template(folder()), folder())
    made(world)
    house = world.app.extensions["guildnet"].house
    snapshots.save(house)
    world.database.dispose()
    found = house.replica.shelf
    assert isinstance(found, SnapshotFile)
    return found


@cache
def snapshot_samples() -> list[bytes]:
    return [shelf().path.read_bytes()]


def snapshot_bytes(sample: bytes, rng: random.Random) -> bytes:
    """Noise, and noise inside a digest that holds: what a defect of ours could write."""
    if rng.random() < 0.3:
        return mutate.noise(sample, rng)
    body = mutate.noise(sample[:-32], rng)
    return body + hashlib.blake2b(body, key=shelf()._key, digest_size=32).digest()


def read_snapshot(data: bytes) -> object:
    shelf().path.write_bytes(data)
    return shelf().read()


TRUST = (TrustError,)
TOKENS = [attest, stored_view, HOME.status_list, HOME.root_statement, lambda: AWAY.state(AUDITOR)]


def canonical_bytes(sample: Any, rng: random.Random) -> bytes:
    """Mostly canonical, since one byte more is refused before anything is looked at."""
    if rng.random() < 0.7:
        try:
            return strict_json.canonical(mutate.value(sample, rng))
        except TrustError:
            pass
    return mutate.json_bytes(sample, rng)


def tokens() -> list[str]:
    return [make() for make in TOKENS]


def texts(*samples: str) -> Samples:
    return lambda: list(samples)


def _signed(kind: str) -> Samples:
    return lambda: [SIGNED[kind][0]()]


PARSERS: tuple[Parser, ...] = (
    Parser(
        name="trust.strict_json:loads",
        call=strict_json.loads,
        samples=lambda: [*profiles(), POLICY],
        mutate=mutate.json_bytes,
        whole=as_json,
        errors=TRUST,
    ),
    Parser(
        name="trust.strict_json:loads_object",
        call=strict_json.loads_object,
        samples=lambda: [*profiles(), POLICY],
        mutate=mutate.json_bytes,
        whole=as_json,
        errors=TRUST,
    ),
    Parser(
        name="trust.base64url:decode",
        call=base64url.decode,
        samples=texts("AAECAwQFBgc", "eyJh"),
        mutate=mutate.text,
        errors=TRUST,
    ),
    Parser(name="trust.jws:peek", call=jws.peek, samples=tokens, mutate=mutate.token, errors=TRUST),
    Parser(
        name="trust.jws:verify",
        call=lambda text: jws.verify(text, typ="vc+jwt", key=SUPPLIER.public, kid=SUPPLIER.kid),
        samples=_signed("view"),
        mutate=resigned("view"),
        errors=TRUST,
        also=("trust.keys:PublicKey.verify",),
    ),
    Parser(name="trust.sdjwt:split", call=sdjwt.split, samples=_signed("attestation"), mutate=mutate.token, errors=TRUST),
    Parser(
        name="trust.sdjwt:verify",
        call=lambda text: sdjwt.verify(text, typ="vc+sd-jwt", key=AUDITOR.public, kid=AUDITOR.kid),
        samples=_signed("attestation"),
        mutate=resigned("attestation"),
        errors=TRUST,
    ),
    Parser(
        name="trust.sdjwt:parse_disclosure",
        call=sdjwt.parse_disclosure,
        samples=lambda: [attest().split("~")[1]],
        mutate=lambda sample, rng: mutate.token("~" + sample, rng).lstrip("~"),
        errors=TRUST,
    ),
    Parser(
        name="trust.attestation:read",
        call=lambda text: attestation.read(text, key=AUDITOR.public),
        samples=_signed("attestation"),
        mutate=resigned("attestation"),
        errors=TRUST,
    ),
    Parser(
        name="trust.view:read",
        call=lambda text: view.read(text, key=SUPPLIER.public),
        samples=_signed("view"),
        mutate=resigned("view"),
        errors=TRUST,
    ),
    Parser(
        name="trust.status_list:read",
        call=lambda text: status_list.read(text, key=HOME.status.public),
        samples=_signed("status list"),
        mutate=resigned("status list"),
        errors=TRUST,
    ),
    Parser(
        name="trust.status_list:decode",
        call=status_list.decode,
        samples=lambda: [status_list.encode([1, 5, 131_071])],
        mutate=lambda sample, rng: (
            sample[0] + base64url.encode(mutate.noise(base64url.decode(sample[1:]), rng))
            if rng.random() < 0.7
            else mutate.text(sample, rng)
        ),
        errors=TRUST,
    ),
    Parser(
        name="trust.status_list:read_entry",
        call=status_list.read_entry,
        samples=lambda: [dict(HOME.entry(3).document())],
        mutate=mutate.value,
        errors=TRUST,
    ),
    Parser(
        name="trust.status_list:read_entries",
        call=status_list.read_entries,
        samples=lambda: [[dict(HOME.entry(3).document())]],
        mutate=mutate.value,
        errors=TRUST,
    ),
    Parser(
        name="trust.key_statement:read",
        call=lambda text: key_statement.read(text, root=HOME.root.public),
        samples=_signed("key statement"),
        mutate=resigned("key statement"),
        errors=TRUST,
    ),
    Parser(
        name="trust.key_statement:read_root",
        call=key_statement.read_root,
        samples=_signed("root statement"),
        mutate=resigned("root statement"),
        errors=TRUST,
    ),
    Parser(
        name="trust.bundle:verify",
        call=lambda data: bundle.verify(data, [HOME.anchor, AWAY.anchor], NOW),
        samples=lambda: [json.loads(Parts().pack())],
        mutate=canonical_bytes,
        whole=strict_json.canonical,
        errors=TRUST,
    ),
    Parser(
        name="trust.contents:unpack",
        call=contents.unpack,
        samples=lambda: [json.loads(Parts().pack())],
        mutate=canonical_bytes,
        whole=strict_json.canonical,
        errors=TRUST,
    ),
    Parser(
        name="trust.anchors:parse",
        call=anchors.parse,
        samples=lambda: [anchors.write(HOME.anchor)],
        mutate=mutate.text,
        errors=TRUST,
    ),
    Parser(
        name="trust.did:parse",
        call=did.parse,
        samples=texts("did:web:home.example", "did:web:localhost%3A8000:orgs:an-phat"),
        mutate=mutate.text,
        errors=TRUST,
    ),
    Parser(
        name="trust.did:read_document",
        call=did_document,
        samples=did_samples,
        mutate=mutate.json_bytes,
        whole=as_json,
        errors=TRUST,
    ),
    Parser(
        name="trust.http_signature:verify",
        call=verified_request,
        samples=lambda: [signed_request()],
        mutate=mutate.value,
        errors=TRUST,
    ),
    Parser(
        name="trust.instant:read", call=instant.read, samples=texts("2026-11-22T12:00:00Z"), mutate=mutate.text, errors=TRUST
    ),
    Parser(
        name="trust.instant:read_date", call=instant.read_date, samples=texts("2026-11-22"), mutate=mutate.text, errors=TRUST
    ),
    Parser(name="trust.keys:split_kid", call=keys.split_kid, samples=lambda: [HOME.root.kid], mutate=mutate.text, errors=TRUST),
    Parser(
        name="trust.keys:PublicKey.from_bytes",
        call=PublicKey.from_bytes,
        samples=lambda: [HOME.root.public.raw],
        mutate=mutate.noise,
        errors=TRUST,
    ),
    Parser(
        name="trust.keys:PublicKey.from_jwk",
        call=PublicKey.from_jwk,
        samples=lambda: [dict(HOME.root.public.jwk)],
        mutate=mutate.value,
        errors=TRUST,
    ),
    Parser(
        name="trust.cell:split_claim_name",
        call=cell.split_claim_name,
        samples=texts("capability/" + "0f" * 16 + "/tolerance_um@exact", "legal_name@band"),
        mutate=mutate.text,
        errors=TRUST,
    ),
    Parser(
        name="trust.merkle:verify_inclusion",
        call=lambda data: merkle.verify_inclusion(leaf=data, index=len(data), size=300, proof=[data[:32]], expected_root=data),
        samples=lambda: [bytes(64)],
        mutate=mutate.noise,
        errors=TRUST,
    ),
    Parser(
        name="trust.merkle:verify_consistency",
        call=lambda data: merkle.verify_consistency(
            old_size=len(data), new_size=300, proof=[data[:32], data[32:64]], old_root=data[:32], new_root=data[32:]
        ),
        samples=lambda: [bytes(64)],
        mutate=mutate.noise,
        errors=TRUST,
    ),
    Parser(
        name="policies.schema:parse_policy",
        call=lambda document: parse_policy(document, catalogue.vocabulary(), known_capabilities=None),
        samples=policies,
        mutate=mutate.value,
        errors=(PolicyError,),
        paths=True,
    ),
    Parser(
        name="sharing.auditing.checklist:read_checklist",
        call=read_checklist,
        samples=lambda: [CHECKLIST, as_json({"items": [item.document() for item in read_checklist(CHECKLIST)]})],
        mutate=_checklist,
        errors=(SharingError,),
        paths=True,
    ),
    Parser(
        name="policies.schema:parse_platform",
        call=lambda document: parse_platform(document, catalogue.vocabulary()),
        samples=lambda: [PLATFORM],
        mutate=mutate.value,
        errors=(PolicyError,),
        paths=True,
    ),
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
        name="sharing.profile.reading:parse_profile",
        call=parsed_profile,
        samples=profiles,
        mutate=mutate.value,
        errors=(SharingError,),
        paths=True,
    ),
    Parser(
        name="sharing.search.parameters:parse_query",
        call=parsed_query,
        samples=lambda: [QUERY],
        mutate=mutate.value,
        errors=(SharingError, SearchError),
        paths=True,
    ),
    Parser(
        name="sharing.search.cursors:unseal",
        call=lambda text: unseal(text, viewer="v", query=bytes(32), key=CURSOR_KEY),
        samples=cursor_samples,
        mutate=mutate.text,
        errors=(SharingError, SearchError),
    ),
    Parser(
        name="sharing.exchange.workbook:open_workbook",
        call=from_file(lambda path: plan_import(path, limits=Limits(max_bytes=1_000_000)), "list.xlsx"),
        samples=workbooks,
        mutate=workbook_bytes,
        errors=(SharingError,),
        quick=60,
        also=(
            "sharing.exchange.archive:inspect_archive",
            "sharing.exchange.sheets:open_sheets",
            "sharing.exchange.elements:read_element",
        ),
    ),
    Parser(
        name="sharing.exchange.cell_forms:read_cell",
        call=cell_of_every_field,
        samples=texts("2026-11-23", "12,5 mm", "± 0.01", "ISO 9001; IATF 16949", "USD 12.50", '{"en": "Works"}', "IT7", "VN"),
        mutate=mutate.text,
        errors=(SharingError,),
        refused=lambda found: all(isinstance(each, Finding) for each in found[:-2]) or found[-1] is None,
        also=(
            "sharing.exchange.cell_forms:read_date",
            "sharing.exchange.cell_forms:read_number",
            "sharing.exchange.cell_forms:split",
        ),
    ),
    Parser(
        name="sharing.exchange.units:read_quantity",
        call=quantity,
        samples=texts("12,5 mm", "± 0.01", '1/2"', "1.000,5 cm", "1 000"),
        mutate=mutate.text,
        errors=(SharingError,),
        refused=lambda found: isinstance(found, NotANumber),
    ),
    Parser(
        name="checklist as CSV",
        call=read_checklist,
        samples=lambda: [CHECKLIST_CSV],
        mutate=csv_bytes,
        whole=str.encode,
        errors=(SharingError,),
        paths=True,
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
        name="sharing.snapshots:SnapshotFile.read",
        call=read_snapshot,
        samples=snapshot_samples,
        mutate=snapshot_bytes,
        errors=(SharingError,),
        seconds=20.0,
        megabytes=256,
    ),
    Parser(
        name="sharing.exchange.source:decode",
        call=decode,
        samples=lambda: [CSV],
        mutate=csv_bytes,
        whole=str.encode,
        errors=(SharingError,),
    ),
    Parser(
        name="sharing.exchange.plan:plan_import",
        call=from_file(lambda path: plan_import(path, limits=Limits(max_bytes=100_000)), "list.csv"),
        samples=lambda: [CSV],
        mutate=csv_bytes,
        whole=str.encode,
        errors=(SharingError,),
        also=(
            "sharing.exchange.source:read_source",
            "sharing.exchange.rows:read_row",
            "sharing.exchange.source:ByteStream.read",
        ),
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


def names() -> Mapping[str, Parser]:
    """Every name an entry stands for."""
    return {name: each for each in PARSERS for name in (each.name, *each.also)}
